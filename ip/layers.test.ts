// What wraps frames and packets: tunnels that prove what they are, tags, and headers of capturing systems; held against tshark's
// names of layers where it has some.
import { beforeAll, describe, expect, it } from "vitest";
import { ip as addressText } from "./decode/addresses.ts";
import { Decoder } from "./decode/decoder.ts";
import { bytes, eth, ipv4, ipv6, record, SYN, tcp, udp } from "./testing/frames.ts";

let decoder: Decoder;
beforeAll(async () => {
  decoder = await Decoder.create();
});

function decoded(frame: Uint8Array, link = 1) {
  const one = record(frame, { link });
  decoder.input.set(one);
  for (const k of decoder.decode(one.length)) {
    const ip = k.inner ?? k.outer;
    const source = ip ? addressText(ip.version, ip.srcHi, ip.srcLo) : "";
    return { stack: k.protocols.join(":"), anomalies: k.anomalies.map(({ event }) => event), source };
  }
  throw new Error("no packet");
}
const stackOf = (frame: Uint8Array, link = 1): string => {
  const { stack, anomalies } = decoded(frame, link);
  return [stack, ...anomalies].join(" ");
};

const INNER = { src: "10.7.0.1", dst: "10.7.0.2" };
const packet = ipv4(6, tcp(SYN, INNER), INNER);
const six = ipv6(89, bytes("0201 0000"));
const u16 = (v: number) => [(v >> 8) & 255, v & 255];
const over = (data: Uint8Array, ends: { sport?: number; dport?: number }) => eth(0x0800, ipv4(17, udp(data, ends)));

/** An answer of DNS with this identifier, and flags as servers set them. */
function dns(id: number, flags: number, name: string): Uint8Array {
  const labels = name.split(".").flatMap((label) => [label.length, ...Buffer.from(label)]);
  return bytes(
    u16(id),
    u16(flags),
    "0001 0001 0000 0000",
    labels,
    "00 0001 0001 c00c 0001 0001 0000003c 0004 0a000009",
  );
}

const TUNNEL_PORTS = [4789, 4790, 4754, 6635, 2123, 3386, 6081, 2152, 3544, 1701];

// REQ-DECODE-029
describe("a datagram whose port is a tunnel's by chance", () => {
  it.each(TUNNEL_PORTS)(
    "DNS, client's port %i: each identifier, flags that servers set, names of all lengths",
    (port) => {
      const found = new Set<string>();
      for (let id = 0; id < 65536; id += 251)
        for (const flags of [0x8180, 0x8580, 0x8100, 0x8000, 0x8183, 0x0100]) {
          const data = dns(id, flags, `${"a".repeat(1 + (id % 40))}.example.com`);
          found.add(stackOf(over(data, { sport: 53, dport: port })));
          found.add(stackOf(over(data, { sport: port, dport: 53 })));
        }
      expect([...found]).toEqual(["eth:ip:udp"]);
    },
  );

  it.each(TUNNEL_PORTS)("whatever else comes to %i, from a service or from a client", (port) => {
    let state = 7;
    const random = () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state >>> 0;
    };
    let opened = 0;
    for (let n = 0; n < 3000; n++) {
      const data = Uint8Array.from({ length: 8 + (random() % 90) }, () => random() & 255);
      if (stackOf(over(data, n & 1 ? { sport: 443, dport: port } : { sport: port, dport: 50000 })) !== "eth:ip:udp")
        opened++;
    }
    expect(opened).toBe(0);
  });
});

const inVxlan = (flags: string, frame: Uint8Array) => over(bytes(flags, "00002a00", frame), { dport: 4789 });
const ppp = (protocol: string) => bytes("ff03", protocol, packet);

// REQ-DECODE-029
describe("tunnels that prove what they are", () => {
  it.each<[string, string, Uint8Array]>([
    ["VXLAN", "eth:ip:udp:vxlan:eth:ip:tcp", inVxlan("08000000", eth(0x0800, packet))],
    ["VXLAN, reserved bits set", "eth:ip:udp:vxlan:eth:ip:tcp", inVxlan("8800ffff", eth(0x0800, packet))],
    [
      "VXLAN of IPv6 in a VLAN",
      "eth:ip:udp:vxlan:eth:vlan:ipv6:ospf",
      inVxlan("08000000", eth(0x8100, bytes("0005 86dd", six))),
    ],
    ["GENEVE", "eth:ip:udp:geneve:eth:ip:tcp", over(bytes("0000 6558 00002a00", eth(0x0800, packet)), { dport: 6081 })],
    [
      "GENEVE with options, from a service's port",
      "eth:ip:udp:geneve:ip:tcp",
      over(bytes("0200 0800 00002a00 0102 0301 00000000", packet), { sport: 521, dport: 6081 }),
    ],
    ["GTP", "eth:ip:udp:gtp:ip:tcp", over(bytes("30ff", u16(packet.length), "00000007", packet), { dport: 2152 })],
    [
      "GTP from its port",
      "eth:ip:udp:gtp:ip:tcp",
      over(bytes("30ff", u16(packet.length), "00000007", packet), { sport: 2152 }),
    ],
    ["GTP control, version 1", "eth:ip:udp:gtp", over(bytes("3201 0004 00000001 00000000"), { dport: 2123 })],
    ["GTP control, version 2", "eth:ip:udp:gtp", over(bytes("4801 0008 00000001 00000000"), { dport: 2123 })],
    [
      "two GTP control messages",
      "eth:ip:udp:gtp",
      over(bytes("5801 0004 00000001", "4801 0004 00000001"), { dport: 2123 }),
    ],
    ["GTP'", "eth:ip:udp:gtpprime", over(bytes("4e01 0003 0001 aabbcc"), { dport: 3386 })],
    [
      "GTP' of the long header",
      "eth:ip:udp:gtpprime",
      over(bytes("0e01 0002 0001", "00".repeat(14), "aabb"), { dport: 3386 }),
    ],
    ["GRE in UDP", "eth:ip:udp:gre:ip:tcp", over(bytes("0000 0800", packet), { dport: 4754 })],
    ["MPLS in UDP", "eth:ip:udp:mpls:ip:tcp", over(bytes("00011040", packet).fill(0x11, 2, 3), { dport: 6635 })],
    ["L2TP", "eth:ip:udp:l2tp:ppp:ip:tcp", over(bytes("0002 0007 0009", ppp("0021")), { sport: 1701, dport: 1701 })],
    [
      "L2TP, length, sequence numbers and offset",
      "eth:ip:udp:l2tp:ppp:ip:tcp",
      over(bytes("4a02", u16(14 + 2 + 44), "0007 0009 0001 0002 0002 0000", ppp("0021")), { dport: 1701 }),
    ],
    [
      "an L2TP control message",
      "eth:ip:udp:l2tp",
      over(bytes("c802 0014 0001 0000 0000 0000 8008 0000 0000 0001"), { dport: 1701 }),
    ],
    ["link control in L2TP", "eth:ip:udp:l2tp:ppp", over(bytes("0002 0007 0009 ff03 c021 0101 0004"), { dport: 1701 })],
  ])("%s", (_, stack, frame) => expect(stackOf(frame)).toBe(stack));

  it.each<[string, Uint8Array]>([
    ["VXLAN without its flag", inVxlan("00000000", eth(0x0800, packet))],
    ["VXLAN of a type that nobody has", inVxlan("08000000", eth(0x9999, packet))],
    ["VXLAN whose inner source is a group", inVxlan("08000000", bytes("020000000001 030000000002 0800", packet))],
    ["VXLAN whose packet is longer than the frame", inVxlan("08000000", eth(0x0800, packet.subarray(0, 30)))],
    ["GENEVE of another version", over(bytes("4000 6558 00002a00", eth(0x0800, packet)), { dport: 6081 })],
    ["GENEVE whose options do not end", over(bytes("0100 0800 00002a00 0102 0301", packet), { dport: 6081 })],
    ["GTP control of another length", over(bytes("3201 0005 00000001 00000000"), { dport: 2123 })],
    ["GTP control, version 2, of another length", over(bytes("4801 0007 00000001 00000000"), { dport: 2123 })],
    ["GTP control, more of which was announced", over(bytes("5801 0009 00000001 00000000"), { dport: 2123 })],
    ["GTP' that is GTP", over(bytes("5e01 0003 0001 aabbcc"), { dport: 3386 })],
    ["GTP' of version 3", over(bytes("6e01 0003 0001 aabbcc"), { dport: 3386 })],
    ["GTP' of version 1 with the long header", over(bytes("2e01 0002 0001", "00".repeat(14), "aabb"), { dport: 3386 })],
    ["GTP of another length", over(bytes("30ff", u16(packet.length - 1), "00000007", packet), { dport: 2152 })],
    ["GTP of an unknown message", over(bytes("3050", u16(packet.length), "00000007", packet), { dport: 2152 })],
    ["GRE in UDP with source routes", over(bytes("4000 0800 00000000 00000000", packet), { dport: 4754 })],
    ["Teredo between other networks", over(six, { dport: 3544 })],
    ["L2TP of version 3", over(bytes("0003 0007 0009", ppp("0021")), { dport: 1701 })],
    ["L2TP of an unknown protocol", over(bytes("0002 0007 0009", ppp("0022")), { dport: 1701 })],
  ])("%s is not opened", (_, frame) => expect(stackOf(frame)).toBe("eth:ip:udp"));
});

const goose = bytes("0001 000a 0000 0000 6180");
// REQ-DECODE-030
it.each<[string, string, Uint8Array]>([
  ["HSR", "eth:hsr:ip:tcp", eth(0x892f, bytes("1034 0001 0800", packet))],
  ["HSR around GOOSE", "eth:hsr:goose", eth(0x892f, bytes("0034 0001 88b8", goose))],
  ["HSR in a VLAN", "eth:vlan:hsr:ip:tcp", eth(0x8100, bytes("0005 892f 1034 0001 0800", packet))],
  ["supervision of HSR and PRP", "eth:hsr_prp_supervision", eth(0x88fb, bytes("0000 0001 1406 020000000001"))],
  ["PRP's tag behind the frame", "eth:ip:tcp", eth(0x0800, bytes(packet, "0001 a02e 88fb"))],
  [
    "Cisco ISL",
    "eth:isl:eth:ip:tcp",
    bytes("01000c000000 020000000001 0020 aaaa03 00000c 0003 0000 0000", eth(0x0800, packet)),
  ],
  ["Cisco metadata", "eth:cmd:ip:tcp", eth(0x8909, bytes("0101 0001 0010 0800", packet))],
  [
    "Cisco metadata in GRE",
    "eth:ip:gre:cmd:ip:tcp",
    eth(0x0800, ipv4(47, bytes("2000 8909 00000028 0800 0101 0001 0010", packet))),
  ],
  ["Cisco metadata with two options", "eth:cmd:ip:tcp", eth(0x8909, bytes("0102 0001 0010 0002 0000 0800", packet))],
])("%s is decoded inside", (_, stack, frame) => expect(stackOf(frame)).toBe(stack));

const snap = bytes("aaaa03 000000 0800", packet);
const ADDRESSES = "020000000001 020000000002 020000000003 0000";
const data = (control: string, more = "") => bytes(control, "0000", ADDRESSES, more, snap);
// REQ-DECODE-031
it.each<[string, number, string, Uint8Array]>([
  ["802.11", 105, "wlan:llc:ip:tcp", data("0801")],
  ["802.11 with QoS control", 105, "wlan:llc:ip:tcp", data("8802", "0000")],
  ["802.11 between access points", 105, "wlan:llc:ip:tcp", data("8803", "020000000004 0000")],
  ["802.11, protected", 105, "wlan", data("0841")],
  ["an 802.11 beacon", 105, "wlan", data("8000")],
  ["radiotap", 127, "radiotap:wlan:llc:ip:tcp", bytes("0000 0800 00000000", data("0801"))],
  [
    "radiotap with three words of fields, one of them a vendor's, a clock and a check sequence",
    127,
    "radiotap:wlan:llc:ip:tcp",
    bytes("0000 2200 030000a0 000000c0 01000000 0000000000000000 10 00 00112233 0200 abcd", data("0801"), "00000000"),
  ],
  [
    "radiotap with a header that the radio filled up",
    127,
    "radiotap:wlan:llc:ip:tcp",
    bytes("0000 0900 02000000 20", data("8802", "0000 0000")),
  ],
  [
    "radiotap with one that needed no filling",
    127,
    "radiotap:wlan:llc:ip:tcp",
    bytes("0000 0900 02000000 20", data("0801")),
  ],
  [
    "radiotap with a clock, flags and a check sequence",
    127,
    "radiotap:wlan:llc:ip:tcp",
    bytes("0000 1100 03000000 0000000000000000 10", data("0801"), "00000000"),
  ],
  ["PPI around Ethernet", 192, "ppi:eth:ip:tcp", bytes("0000 0800 01000000", eth(0x0800, packet))],
  ["PPI around 802.11", 192, "ppi:wlan:llc:ip:tcp", bytes("0000 0c00 69000000 00000000", data("0801"))],
  ["PKTAP around Ethernet", 258, "pktap:eth:ip:tcp", bytes("10000000 01000000 01000000 00000000", eth(0x0800, packet))],
  ["PKTAP around IP", 258, "pktap:raw:ip:tcp", bytes("0c000000 01000000 0c000000", packet)],
  [
    "NFLOG",
    239,
    "nflog:ip:tcp",
    bytes("02000005 0800 0100 08000100 0500 0a00 61000000", [packet.length + 4, 0], "0900", packet),
  ],
  [
    "NFLOG of a big-endian host",
    239,
    "nflog:ipv6:ospf",
    bytes("0a000005 0008 0001 86dd0100 00", [six.length + 4], "0009", six),
  ],
  ["Frame Relay", 107, "fr:ip:tcp", bytes("1841 03cc", packet)],
  ["Frame Relay with SNAP", 107, "fr:ipv6:ospf", bytes("1841 0300 80 000000 86dd", six)],
  ["Frame Relay as Cisco has it", 107, "fr:ip:tcp", bytes("1841 0800", packet)],
  ["PPP of pppd", 166, "ppp:ppp:ip:tcp", bytes("0003 0021", packet)],
  ["PPP with direction", 204, "ppp:ppp:ip:tcp", bytes("01 ff03 0021", packet)],
  ["MPLS", 219, "mpls:ip:tcp", bytes("00011140", packet)],
])("link type: %s", (_, link, stack, frame) => expect(stackOf(frame, link)).toBe(stack));

// REQ-DECODE-029
it("a tunnel's own port and the other one are both looked at, and the inner packet is whose source counts", () => {
  expect(decoded(inVxlan("08000000", eth(0x0800, packet))).source).toBe("10.7.0.1");
  expect(decoded(over(dns(8, 0x8180, "a.example"), { sport: 53, dport: 4789 })).source).toBe("10.0.0.1");
});
