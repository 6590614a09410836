// Every anomaly of IP has its smallest frame here, and beside it the nearest one that does not raise it (testing/anomalies/).
import { beforeAll, describe, expect, it } from "vitest";
import { DECLARATIONS } from "./declarations.ts";
import { Decoder } from "./decode/decoder.ts";
import { anomaliesOf } from "./protocols.generate.ts";
import { CAPTURED } from "./testing/anomalies/captured.ts";
import { ICMP, ICMPV6, IGMP } from "./testing/anomalies/control.ts";
import { FRAGMENTS } from "./testing/anomalies/fragments.ts";
import { IPV4 } from "./testing/anomalies/ipv4.ts";
import { IPV6 } from "./testing/anomalies/ipv6.ts";
import { ETHERNET, FRAME, LLC, MPLS } from "./testing/anomalies/link.ts";
import { ARP, OTHER_LINKS, PPP } from "./testing/anomalies/link-other.ts";
import type { Made, Pair, Pairs } from "./testing/anomalies/pair.ts";
import { TCP, UDP } from "./testing/anomalies/transport.ts";
import { DCCP, SCTP } from "./testing/anomalies/transport-other.ts";
import { GRE, GTP, L2TP, NSH, TAGS, TUNNELS } from "./testing/anomalies/tunnels.ts";
import { ALL_TUNNELS, allTunnels, InFlight } from "./testing/compartment.ts";
import { bytes, eth, record } from "./testing/frames.ts";

const FAMILIES: Record<string, Pairs> = {
  ...{ FRAME, ETHERNET, LLC, MPLS, PPP, ARP, OTHER_LINKS, IPV4, FRAGMENTS, IPV6 },
  ...{ TCP, UDP, SCTP, DCCP, ICMP, ICMPV6, IGMP, GRE, TUNNELS, GTP, NSH },
  ...{ L2TP, TAGS, CAPTURED },
};

/** Longer than anything about a frame is remembered. */
const LATER = 1_000_000_000_000n;
const sides = new Map<Made, { decoded: string[]; flown: string[]; hex: string }>();

beforeAll(async () => {
  const all = Object.values(FAMILIES).flatMap((pairs) =>
    Object.values(pairs)
      .flat()
      .flatMap(({ bad, good }) => [bad, good]),
  );
  const [decoder, inspect] = [
    await Decoder.create({ checksums: true, tunnels: allTunnels() }),
    await InFlight.create(ALL_TUNNELS),
  ];
  let number = 0;
  let time = 0n;
  const ends: { made: Made; number: number; hex: string }[] = [];
  const records = all.flatMap((made) =>
    [made].flat().map(({ frame, link = 1, after }, place, list) => {
      time += place ? after! : LATER;
      if (++place === list.length) ends.push({ made, number, hex: Buffer.from(frame).toString("hex") });
      return record(frame, { link, time, number: ++number });
    }),
  );
  const whole = Buffer.concat(records);
  decoder.input.set(whole);
  const decoded: string[][] = [];
  for (const packet of decoder.decode(whole.length)) decoded.push(packet.anomalies.map(({ event }) => event));
  const flown = inspect.anomaliesOf(whole, records.length);
  const plain = (names: string[]) => names.map((name) => name.replace("decoder.", "")).sort();
  for (const { made, number, hex } of ends)
    sides.set(made, { decoded: plain(decoded[number]!), flown: plain(flown[number]!), hex });
});

// REQ-DECODE-002
describe.each(Object.entries(FAMILIES))("%s", (_, pairs) => {
  const cases = Object.entries(pairs).flatMap(([name, list]) =>
    [list].flat().map((one): [string, Pair] => [name, one]),
  );
  it.each(cases.map(([name, one]) => [name, one.values, one] as const))(
    "%s: %s",
    (name, _values, { bad, good, also, left }) => {
      const [raised, spared] = [sides.get(bad)!, sides.get(good)!];
      expect(raised.decoded, raised.hex).toEqual([name, ...also].sort());
      expect(spared.decoded, spared.hex).toEqual([...left].sort());
      expect([raised.flown, spared.flown]).toEqual([raised.decoded, spared.decoded]);
    },
  );
});

it("no anomaly is without a frame, and no frame is of an anomaly that nobody declares", () => {
  const declared = anomaliesOf(DECLARATIONS).map(({ name }) => name);
  expect(
    Object.values(FAMILIES)
      .flatMap((pairs) => Object.keys(pairs))
      .sort(),
  ).toEqual(declared.sort());
});

it("what a SNAP header announces is the next layer", async () => {
  const decoder = await Decoder.create();
  const protocols = (hex: string) => {
    const llc = bytes("aaaa03", hex);
    const one = record(eth(llc.length, llc));
    decoder.input.set(one);
    for (const packet of decoder.decode(one.length)) return packet.protocols.join(":");
    return "nothing";
  };
  const announced = {
    "000000 88cc": "eth:llc:lldp", // RFC 1042
    "0000f8 88cc": "eth:llc:lldp", // IEEE 802.1H
    "00000c 2000": "eth:llc:cdp", // Cisco
    "00000c 010b": "eth:llc:stp",
    "00000c 2001": "eth:llc",
    "0080c2 0007 000000000000 000000000000 88cc": "eth:llc:eth:lldp", // RFC 2684, without and with a frame check sequence
    "0080c2 0001 000000000000 000000000000 88cc": "eth:llc:eth:lldp",
    "0080c2 000d 000000000000 000000000000 88cc": "eth:llc",
    "00000c 2003": "eth:llc:vtp",
    "00000c 2004": "eth:llc:dtp",
    "00000c 0111": "eth:llc:udld",
    "00e02b 00bb": "eth:llc:edp",
    "00e02b 00bc": "eth:llc",
    "080007 809b": "eth:llc:ddp", // AppleTalk; its address resolution
    "080007 80f3": "eth:llc",
    "001090 0001": "eth:llc", // Cimetrics: BACnet MS/TP
    "000001 88cc": "eth:llc",
  };
  expect(Object.fromEntries(Object.keys(announced).map((hex) => [hex, protocols(hex)]))).toEqual(announced);
});
