// Whose addresses an attack has, of the packets that its labels name.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { pcapFile } from "../../captures/testing/files.ts";
import { bytes, eth, ipv4, ipv6, udp } from "../../ip/testing/frames.ts";
import { partiesOf } from "./parties.ts";
import type { Truth } from "./truth.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-parties-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("of IP each header's, of ARP its own and those of Ethernet; no groups, nobody else's", async () => {
  const inner = ipv4(17, udp(bytes("00"), {}), { src: "10.1.0.1", dst: "10.1.0.2" });
  const frames = [
    eth(0x0800, ipv4(17, udp(bytes("00"), {}), { src: "10.0.0.1", dst: "239.1.2.3" })),
    eth(0x0800, ipv4(4, inner, { src: "10.0.0.5", dst: "10.0.0.6" })),
    eth(0x0806, bytes("0001080006040001", "020000000001", "0a000009", "000000000000", "0a00000a")),
    eth(0x86dd, ipv6(17, udp(bytes("00"), {}))),
  ];
  const path = join(folder, "a.pcap");
  writeFileSync(path, pcapFile(frames.map((frame, n) => ({ seconds: n, fraction: 0, bytes: frame }))));
  const attack = (...records: number[]) => ({ name: "a", capture: 0, from: 0, to: 9, records });
  const truth = { unit: "packets", attacks: [attack(1, 4), attack(2), attack(3, 1), attack()] } as unknown as Truth;
  const [groups, nested, arp, none] = (await partiesOf([path], truth)).map((one) => [...one].sort());
  expect(groups).toEqual(["10.0.0.1", "2001:db8::1", "2001:db8::2"]);
  expect(nested).toEqual(["10.0.0.5", "10.0.0.6", "10.1.0.1", "10.1.0.2"]);
  expect(arp).toEqual(["02:00:00:00:00:01", "02:00:00:00:00:02", "10.0.0.1", "10.0.0.10", "10.0.0.9"]);
  expect(none).toEqual([]);
  expect(await partiesOf([path], { ...truth, unit: "messages" })).toEqual([new Set(), new Set(), new Set(), new Set()]);
});
