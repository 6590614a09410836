// What the ground reads of a decoded packet is what is in the frame, field by field.
import { expect, it } from "vitest";
import { bytes, eth, ipv4, ipv6, record, udp } from "../testing/frames.ts";
import { Decoder, type PacketView } from "./decoder.ts";

const decoder = await Decoder.create();

/** The first packet of a frame. */
function decoded<T>(frame: Uint8Array, read: (packet: PacketView) => T): T {
  const r = record(frame);
  decoder.input.set(r);
  for (const packet of decoder.decode(r.length)) return read(packet);
  throw new Error("nothing decoded");
}

const datagram = udp(bytes("0011"), { sport: 1, dport: 2 });
const header = bytes("45b8001e1234 6000 3711 0000 0a000105 ac1f0209");

it("an IPv4 header", () => {
  const frame = eth(0x0800, Buffer.concat([header, datagram]));
  expect(decoded(frame, ({ outer, inner }) => ({ outer, inner }))).toEqual({
    outer: {
      ...{ version: 4, srcHi: 0n, srcLo: 0x0a000105n, dstHi: 0n, dstLo: 0xac1f0209n },
      ...{ ttl: 0x37, tos: 0xb8, protocol: 17, id: 0x1234, totalLength: 30, headerLength: 20 },
      ...{ dontFragment: true, fragment: { offset: 0, more: true } },
    },
    inner: expect.objectContaining({ id: 0x1234 }),
  });
});

it("an IPv6 header, the inner one, and the one that ICMP quotes", () => {
  const addresses = "20010db8000000010000000000000005 fd120000000000070000000000000009";
  const six = Buffer.concat([bytes(`6a1 00000 000a 11 40 ${addresses}`), datagram]);
  const found = decoded(eth(0x0800, ipv4(41, six)), ({ outer, inner }) => ({ outer, inner }));
  expect(found.outer).toMatchObject({ version: 4, protocol: 41 });
  expect(found.inner).toEqual({
    ...{ version: 6, srcHi: 0x20010db800000001n, srcLo: 5n, dstHi: 0xfd12000000000007n, dstLo: 9n },
    ...{ ttl: 0x40, tos: 0xa1, protocol: 17, id: 0, totalLength: 50, headerLength: 40, dontFragment: false },
  });
  const unreachable = Buffer.concat([bytes("0301 0000 00000000"), header, datagram]);
  expect(decoded(eth(0x0800, ipv4(1, unreachable)), ({ quoted }) => quoted)).toMatchObject({
    ...{ version: 4, srcLo: 0x0a000105n, dstLo: 0xac1f0209n, id: 0x1234 },
  });
  expect(decoded(eth(0x86dd, ipv6(17, datagram)), ({ quoted }) => quoted)).toBeUndefined();
});

it("what kind of IGMP it is, however little of it there is", () => {
  const kind = (igmp: string) => decoded(eth(0x0800, ipv4(2, bytes(igmp))), (packet) => packet.u8("icmpType"));
  expect(["22", "16000000", "1600e9ff00000000", ""].map(kind)).toEqual([0x22, 0x16, 0x16, 0]);
});
