// The decoder, protocol by protocol: what it reads, and the name of each malformation.
import { beforeAll, describe, expect, it } from "vitest";
import { Decoder } from "./decode/decoder.ts";
import { fields } from "./decode/format.ts";
import { InFlight } from "./testing/compartment.ts";
import {
  ACK,
  bytes,
  DST6,
  eth,
  FIN,
  icmp,
  icmpv6,
  ipv4,
  ipv6,
  RST,
  record,
  SRC6,
  SYN,
  tcp,
  udp,
  vlan,
} from "./testing/frames.ts";

let decoder: Decoder;
beforeAll(async () => {
  decoder = await Decoder.create();
});

interface Decoded extends Record<string, unknown> {
  protocols: string;
  events: string[];
}

/** All that any test here had decoded. */
const given: { frame: Uint8Array; link?: number; original?: number }[] = [];

function decode(frame: Uint8Array, o: { link?: number; original?: number } = {}): Decoded {
  given.push({ frame, ...o });
  const r = record(frame, o);
  decoder.input.set(r);
  for (const k of decoder.decode(r.length)) return { ...fields(k), events: k.anomalies.map((a) => a.event) } as never;
  throw new Error("nothing decoded");
}

const DATA = bytes("00112233445566778899");
const names = (frame: Uint8Array, o = {}) => decode(frame, o).events.map((event) => event.replace("decoder.", ""));

describe("what is well-formed", () => {
  it("TCP over IPv4, with options and VLANs", () => {
    const segment = tcp(SYN, { options: bytes("020405b4 01 030307 0402 0000") });
    const d = decode(eth(0x88a8, vlan(100, 0x8100, vlan(7, 0x0800, ipv4(6, segment)))));
    expect(d).toMatchObject({
      protocols: "eth:vlan:vlan:ip:tcp",
      ethertype: "0x0800",
      vlan: [100, 7],
      src: "10.0.0.1",
      dst: "10.0.0.2",
      sport: 40000,
      dport: 502,
      tcp_flags: "SYN",
      tcp_mss: 1460,
      eth_src: "02:00:00:00:00:01",
      events: [],
    });
  });
  it("UDP over IPv6 behind extension headers", () => {
    const datagram = udp(DATA, { src: SRC6, dst: DST6 });
    const d = decode(eth(0x86dd, ipv6(0, bytes("3c00 0502 0000 0100", "1100 0b02 1122 0100", datagram))));
    // option 0x0b is not known: that alone is noted
    expect(d).toMatchObject({
      protocols: "eth:ipv6:ipv6.hopopts:ipv6.dstopts:udp",
      src: "2001:db8::1",
      payload: 10,
      proto: 17,
    });
    expect(d.events).toEqual(["decoder.ipv6.dstopts_unknown_opt"]);
  });
  it("an ICMP error with the packet it refuses", () => {
    const quoted = ipv4(17, udp(DATA, { sport: 1234, dport: 53 }), { src: "10.0.0.2", dst: "10.0.0.9" });
    expect(decode(eth(0x0800, ipv4(1, icmp(3, 3, bytes("00000000", quoted)))))).toMatchObject({
      icmp_type: 3,
      icmp_code: 3,
      quoted_src: "10.0.0.2",
      quoted_dst: "10.0.0.9",
      quoted_sport: 1234,
      quoted_dport: 53,
      events: [],
    });
  });
  it("tunnels: both IP headers, the inner ports", () => {
    const inner = eth(
      0x0800,
      ipv4(6, tcp(ACK, { src: "192.168.1.1", dst: "192.168.1.2" }), { src: "192.168.1.1", dst: "192.168.1.2" }),
    );
    const d = decode(eth(0x0800, ipv4(17, udp(bytes("0800 0000 0000 2a00", inner), { dport: 4789 }))));
    expect(d).toMatchObject({
      protocols: "eth:ip:udp:vxlan:eth:ip:tcp",
      outer_src: "10.0.0.1",
      src: "192.168.1.1",
      dport: 502,
      tunnel_id: 42,
      events: [],
    });
  });
  it("link types without Ethernet", () => {
    const packet = ipv4(17, udp(DATA));
    expect(decode(packet, { link: 101 }).protocols).toBe("raw:ip:udp");
    expect(decode(packet, { link: 228 }).protocols).toBe("ip:udp");
    expect(decode(bytes("02000000", packet), { link: 0 }).protocols).toBe("null:ip:udp");
    expect(decode(bytes("00000002", packet), { link: 108 }).protocols).toBe("null:ip:udp");
    expect(decode(bytes("0000 0001 0006 020000000001 0000 0800", packet), { link: 113 }).protocols).toBe("sll:ip:udp");
    const cooked2 = bytes("0800 0000 00000002 0001 00 06 020000000001 0000", packet);
    expect(decode(cooked2, { link: 276 })).toMatchObject({ protocols: "sll:ip:udp", eth_src: "02:00:00:00:00:01" });
    expect(names(packet, { link: 147 })).toEqual(["unknown_linktype"]);
  });
});

// REQ-DECODE-002
describe("what is malformed has a name", () => {
  const cases: [string, string, () => Uint8Array][] = [
    ["ethernet.pkt_too_small", "13 bytes", () => bytes("02000000000202000000000108")],
    ["vlan.header_too_small", "a tag cut short", () => eth(0x8100, bytes("0001 08"))],
    ["ethernet.len_invalid", "802.3 length beyond the frame", () => eth(100, bytes("424203", DATA))],
    ["ipv4.pkt_too_small", "19 bytes", () => eth(0x0800, ipv4(17, bytes("")).subarray(0, 19))],
    ["ipv4.wrong_ip_version", "version 6", () => eth(0x0800, ipv6(17, udp(DATA)))],
    ["ipv4.hlen_too_small", "4 words", () => eth(0x0800, bytes("44", ipv4(17, udp(DATA)).subarray(1)))],
    ["ipv4.iplen_smaller_than_hlen", "total length 19", () => eth(0x0800, ipv4(17, udp(DATA), { total: 19 }))],
    ["ipv4.trunc_pkt", "total length beyond the frame", () => eth(0x0800, ipv4(17, udp(DATA), { total: 1000 }))],
    ["ipv4.bad_checksum", "one bit wrong", () => eth(0x0800, ipv4(17, udp(DATA), { badChecksum: true }))],
    ["ipv4.opt_invalid_len", "length 40", () => eth(0x0800, ipv4(17, udp(DATA), { options: bytes("07280400") }))],
    [
      "ipv4.frag_pkt_too_large",
      "ping of death",
      () => eth(0x0800, ipv4(1, bytes(new Uint8Array(1400)), { offset: 65528 })),
    ],
    ["ipv4.frag_tiny", "TCP header in two parts", () => eth(0x0800, ipv4(6, tcp(SYN).subarray(0, 8), { more: true }))],
    ["ipv6.trunc_pkt", "payload beyond the frame", () => eth(0x86dd, ipv6(17, udp(DATA), 64, 500))],
    ["ipv6.trunc_exthdr", "longer than the packet", () => eth(0x86dd, ipv6(0, bytes("11ff 0000 0000 0000")))],
    ["ipv6.rh_type_0", "RFC 5095", () => eth(0x86dd, ipv6(43, bytes("3b00 0000 0000 0000")))],
    ["ipv6.exthdr_useless_fh", "atomic fragment", () => eth(0x86dd, ipv6(44, bytes("3b00 0000 0000 0001")))],
    ["ipv6.data_after_none_header", "after no next header", () => eth(0x86dd, ipv6(59, DATA))],
    ["tcp.pkt_too_small", "10 bytes", () => eth(0x0800, ipv4(6, DATA))],
    ["tcp.flags_null", "no flags", () => eth(0x0800, ipv4(6, tcp(0)))],
    ["tcp.flags_syn_fin", "SYN and FIN", () => eth(0x0800, ipv4(6, tcp(SYN | FIN)))],
    ["tcp.flags_syn_rst", "SYN and RST", () => eth(0x0800, ipv4(6, tcp(SYN | RST)))],
    ["tcp.flags_xmas", "FIN, PSH, URG", () => eth(0x0800, ipv4(6, tcp(0x29)))],
    [
      "tcp.invalid_optlen",
      "option beyond the header",
      () => eth(0x0800, ipv4(6, tcp(ACK, { options: bytes("08140000") }))),
    ],
    ["tcp.opt_duplicate", "MSS twice", () => eth(0x0800, ipv4(6, tcp(SYN, { options: bytes("02040500 02040500") })))],
    ["tcp.bad_checksum", "another sender", () => eth(0x0800, ipv4(6, tcp(SYN, { src: "10.0.0.9" })))],
    ["udp.pkt_too_small", "length beyond the packet", () => eth(0x0800, ipv4(17, udp(DATA, { length: 90 })))],
    ["udp.len_invalid", "length 7", () => eth(0x0800, ipv4(17, udp(DATA, { length: 7 })))],
    ["udp.hlen_invalid", "bytes behind it", () => eth(0x0800, ipv4(17, bytes(udp(DATA), "ff")))],
    ["icmpv4.unknown_type", "type 200", () => eth(0x0800, ipv4(1, icmp(200, 0, bytes("00000000"))))],
    ["icmpv4.ipv4_trunc_pkt", "quotes 5 bytes", () => eth(0x0800, ipv4(1, icmp(3, 1, bytes("00000000 4500001c 00"))))],
    [
      "icmpv6.ndp_invalid_hl",
      "came through a router",
      () => eth(0x86dd, ipv6(58, icmpv6(135, 0, new Uint8Array(20)), 64)),
    ],
    [
      "icmpv6.ndp_invalid_optlen",
      "option of length 0",
      () => eth(0x86dd, ipv6(58, icmpv6(135, 0, bytes(new Uint8Array(20), "0100000000000000")), 255)),
    ],
    ["gre.wrong_version", "version 3", () => eth(0x0800, ipv4(47, bytes("0003 0800", DATA)))],
    ["arp.unsupported_hardware", "hardware 9", () => eth(0x0806, bytes("0009 0800 06 04 0001", new Uint8Array(20)))],
    ["arp.invalid_pkt", "20 bytes", () => eth(0x0806, bytes("0001 0800 06 04 0001", new Uint8Array(12)))],
    ["mpls.bad_label_implicit_null", "label 3", () => eth(0x8847, bytes("00003140", ipv4(17, udp(DATA))))],
    ["pppoe.len_invalid", "length 99", () => eth(0x8864, bytes("1100 0001 0063 0021", ipv4(17, udp(DATA))))],
    ["sctp.bad_checksum", "zero", () => eth(0x0800, ipv4(132, bytes("0001 0002 00000001 00000000 0b000004")))],
    ["too_many_tunnels", "IP in IP, ten times", () => eth(0x0800, nested(10))],
    ["too_many_layers", "30 VLAN tags", () => eth(0x8100, tags(30))],
  ];
  for (const [name, what, frame] of cases) it(`${name}: ${what}`, () => expect(names(frame())).toContain(name));
});

const nested = (n: number): Uint8Array => (n === 0 ? ipv4(17, udp(DATA)) : ipv4(4, nested(n - 1)));
const tags = (n: number): Uint8Array =>
  n === 0 ? ipv4(17, udp(DATA)) : vlan(n, n === 1 ? 0x0800 : 0x8100, tags(n - 1));

// REQ-DECODE-003
describe("what the capture cut is not malformed", () => {
  it("a TCP header of which 10 bytes were captured", () => {
    const frame = eth(0x0800, ipv4(6, tcp(ACK, { data: DATA })));
    const d = decode(frame.subarray(0, 44), { original: frame.length });
    expect(d).toMatchObject({ protocols: "eth:ip:tcp", sport: 40000, flags: ["snapped", "cut"], events: [] });
  });
  it("payload: what is at hand and what there was", () => {
    const frame = eth(0x0800, ipv4(6, tcp(ACK, { data: new Uint8Array(500) })));
    expect(decode(frame.subarray(0, 100), { original: frame.length })).toMatchObject({
      payload: 46,
      payload_wire: 500,
      events: [],
    });
  });
});

// REQ-DECODE-005
describe("checksums", () => {
  const wrong = eth(0x0800, ipv4(6, tcp(SYN, { src: "10.0.0.9" }), { badChecksum: true }));
  it("are not looked at with -k none", async () => {
    await expect(Decoder.create({ checksums: true, tunnels: new Uint8Array(5) })).rejects.toThrow(
      "the list of tunnels is malformed",
    );
    const none = await Decoder.create({ checksums: false });
    const r = record(wrong);
    none.input.set(r);
    for (const k of none.decode(r.length)) expect(k.anomalies).toEqual([]);
  });
  it("of fragments cannot be verified", () => {
    const part = ipv4(17, udp(DATA, { src: "9.9.9.9", length: 100 }), { more: true });
    expect(names(eth(0x0800, part))).not.toContain("udp.bad_checksum");
  });
  it("SCTP's CRC-32C (the check value of RFC 3720: 32 zero bytes give 8a9136aa)", () => {
    const packet = bytes(new Uint8Array(32));
    // over 32 zero bytes, of which 8-11 are the field itself
    packet.set(bytes("aa36918a"), 8);
    expect(names(eth(0x0800, ipv4(132, packet)))).not.toContain("sctp.bad_checksum");
  });
});

// REQ-DECODE-003
it("inspect names the same of all of these, whole, and cut on the wire and by the capture at every byte", async () => {
  const [inspect, own] = [await InFlight.create(), await Decoder.create()];
  const all = [...given];
  expect(all.length).toBeGreaterThan(50);
  let number = 0;
  const same = (frame: Uint8Array, o: { link?: number; original?: number }) => {
    const r = record(frame, { ...o, time: BigInt(++number) * 1_000_000_000n, number });
    own.input.set(r);
    const named = [...own.decode(r.length)].flatMap((k) => k.anomalies.map(({ event }) => event));
    expect(inspect.anomalies(frame, o), Buffer.from(frame).toString("hex")).toEqual(named);
  };
  for (const { frame, ...o } of all) {
    same(frame, o);
    for (let length = 0; length < Math.min(frame.length, 400); length++) {
      const { link = 1 } = o;
      same(frame.subarray(0, length), { link });
      same(frame.subarray(0, length), { link, original: o.original ?? frame.length });
    }
  }
});
