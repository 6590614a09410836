// Scanners of UDP are found by what refuses their datagrams: ICMP port unreachable. Through inspect as it flies.
import { beforeAll, expect, it } from "vitest";
import { bytes, eth, icmp, icmpv6, ipv4, ipv6, record, SRC6, udp } from "../../ip/testing/frames.ts";
import { Flight } from "../testing/flight.ts";

const SCANNER = "10.0.0.66";
const TARGET = "10.0.0.5";
const UNUSED = new Uint8Array(4);

beforeAll(() => Flight.ready());

/** What says that a datagram of SCANNER's to this port did not arrive. */
function refused4(port: number, type = 3, code = 3): Uint8Array {
  const ends = { src: SCANNER, dst: TARGET };
  const quoted = ipv4(17, udp(new Uint8Array(0), { ...ends, sport: 4000, dport: port }), ends);
  return eth(0x0800, ipv4(1, icmp(type, code, bytes(UNUSED, quoted)), { src: TARGET, dst: SCANNER }));
}
function refused6(port: number, type = 1, code = 4): Uint8Array {
  const quoted = ipv6(17, bytes([0x0f, 0xa0, port >> 8, port & 255], "0008 0000"));
  return eth(0x86dd, ipv6(58, icmpv6(type, code, bytes(UNUSED, quoted))));
}

/** Sources that are called scanners when so many ports refuse. */
function called(frame: (port: number) => Uint8Array, ports: number): (string | undefined)[] {
  const records = Array.from({ length: ports }, (_, n) =>
    record(frame(1 + n), { time: 1_000_000_000n + BigInt(n), number: n + 1 }),
  );
  const flight = Flight.with([])!;
  flight.run(Buffer.concat(records));
  return flight.said.filter(({ alert }) => alert?.context.detector === "scan").map(({ src_ip }) => src_ip);
}

// REQ-DETECT-005
it("nine ports that say they are closed make a scanner, eight do not", () => {
  expect(called(refused4, 9)).toEqual([SCANNER]);
  expect(called(refused4, 8)).toEqual([]);
  expect(called(refused6, 9)).toEqual(["2001:db8::1"]);
  expect(called(refused6, 8)).toEqual([]);
  expect(SRC6).toBe("2001:db8:0:0:0:0:0:1");
});

it("errors that are no refusals make none", () => {
  for (const [type, code] of [
    [4, 0],
    [5, 1],
    [11, 0],
    [12, 0],
  ] as const)
    expect(called((port) => refused4(port, type, code), 20)).toEqual([]);
  for (const type of [2, 3, 4]) expect(called((port) => refused6(port, type, 0), 20)).toEqual([]);
});
