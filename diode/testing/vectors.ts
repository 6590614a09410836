/** Frames and what guard must make of each, one or more for every reason and every comparison of its rules. */
import {
  ACK,
  address4,
  address6,
  arp,
  checksum,
  ethernet,
  FIN,
  ICMP,
  ICMPV6,
  icmp,
  icmp6,
  ipv4,
  ipv6,
  mac,
  PSH,
  RST,
  SYN,
  TCP,
  tcp,
  UDP,
  udp,
  vlan,
} from "../../fixtures/frames.ts";
import { policyWith, type RecordInit, verdictOf } from "./guard.ts";

export const RULES = `- { name: no-bad, action: deny, from: [10.0.0.66, 10.0.0.68/31] }
- { name: telemetry, action: allow, protocol: udp, from: 10.0.0.0/24, to: 10.0.1.9, ports: [5000, 5002-5004], source-ports: 1024-65534, size: 4-100 }
- { name: no-admin, action: deny, protocol: tcp, to: 10.0.1.0/24, ports: 22 }
- { name: tcp, action: allow, protocol: tcp, from: 10.0.0.0/24, to: 10.0.1.0/25, ports: 1-1023 }
- { name: ping, action: allow, protocol: icmp, types: echo-request, from: 10.0.0.0/24, to: any }
- { name: pong, action: allow, protocol: icmp, types: echo-reply, payload: copy, from: 10.0.0.0/24, to: any }
- { name: six, action: allow, protocol: udp, from: fd00::/64, to: ["fd00:1::9", "fd00:2::/33"], ports: 5000 }
- { name: ping-six, action: allow, protocol: icmp6, from: fd00::/64, to: any }
- { name: tcp-six, action: allow, protocol: tcp, from: fd00::/64, to: "fd00:1::/64", ports: 443 }
- { name: camera, action: allow, protocol: udp, vlan: 12-13, from: 10.0.12.0/24, to: 239.1.2.3, ports: 5004, payload: zero }
- { name: tunnel, action: allow, protocol: 50, from: 10.0.0.5, to: 10.0.1.9 }
- { name: jumbo, action: allow, protocol: udp, from: 10.0.0.5, to: 10.0.3.0/24, ports: 9, source-ports: 4000 }
- { name: anywhere, action: allow, protocol: udp, from: any, to: any, ports: 7777 }`;

/** The policy that the vectors are for; `more` goes in front of its rules. */
export const VECTOR_POLICY = policyWith(RULES, "", ", mtu: 600");

export interface Vector extends Omit<RecordInit, "frame"> {
  name: string;
  frame: Buffer;
  /** `passes`, `rule:NAME`, or a built-in reason. */
  expected: string;
}

const MACS = { from: "02:00:00:00:00:05", to: "02:00:00:00:00:09" };
const A = "10.0.0.5";
const B = "10.0.1.9";
export const data = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, i) => (i * 7 + 1) & 255));

/** A frame changed in place; checksums are the caller's matter. */
function changed(frame: Buffer, change: (bytes: Buffer) => void): Buffer {
  const copy = Buffer.from(frame);
  change(copy);
  return copy;
}

const at4 = 14;
const inIp = (frame: Buffer, change: (ip: Buffer) => void): Buffer =>
  changed(frame, (bytes) => {
    const ip = bytes.subarray(at4);
    change(ip);
    ip.writeUInt16BE(0, 10);
    ip.writeUInt16BE(checksum(ip.subarray(0, 20)), 10);
  });

export interface Udp {
  src?: string;
  dst?: string;
  sport?: number;
  dport?: number;
  size?: number;
  payload?: Buffer;
}

export function udp4({
  src = A,
  dst = B,
  sport = 4000,
  dport = 5000,
  size = 20,
  payload = data(size),
}: Udp = {}): Buffer {
  const ends = { src, dst };
  return ethernet(MACS, 0x0800, ipv4({ ...ends, protocol: UDP, id: 7 }, udp({ ...ends, sport, dport }, payload)));
}

export function udp6({ src = "fd00::5", dst = "fd00:1::9", sport = 4000, dport = 5000, size = 20 }: Udp = {}): Buffer {
  const ends = { src, dst };
  return ethernet(MACS, 0x86dd, ipv6({ ...ends, next: UDP }, udp({ ...ends, sport, dport }, data(size))));
}

export interface Tcp extends Udp {
  flags?: number;
  options?: Buffer;
}

export function tcp4({
  src = A,
  dst = B,
  sport = 4000,
  dport = 80,
  flags = ACK | PSH,
  size = 20,
  options,
}: Tcp = {}): Buffer {
  const fields = {
    src,
    dst,
    sport,
    dport,
    seq: 0x01020304,
    ack: 0x0a0b0c0d,
    flags,
    window: 1000,
    ...(options && { options }),
  };
  return ethernet(MACS, 0x0800, ipv4({ src, dst, protocol: TCP }, tcp(fields, data(size))));
}

/** A TCP frame whose header was changed and whose checksum was then made right. */
function tcp4With(change: (segment: Buffer) => void, init: Tcp = {}): Buffer {
  return changed(tcp4(init), (bytes) => {
    const segment = bytes.subarray(34, 14 + bytes.readUInt16BE(16));
    change(segment);
    segment.writeUInt16BE(0, 16);
    const pseudo = Buffer.concat([
      bytes.subarray(26, 34),
      Buffer.from([0, TCP, segment.length >> 8, segment.length & 255]),
    ]);
    segment.writeUInt16BE(checksum(pseudo, segment), 16);
  });
}

export function tcp6({
  src = "fd00::5",
  dst = "fd00:1::9",
  sport = 4000,
  dport = 443,
  flags = ACK,
  size = 4,
}: Tcp = {}): Buffer {
  const fields = { src, dst, sport, dport, seq: 5, ack: 6, flags };
  return ethernet(MACS, 0x86dd, ipv6({ src, dst, next: TCP }, tcp(fields, data(size))));
}

export function ping4(type = 8, code = 0, { src = A, dst = B, size = 32 }: Udp = {}): Buffer {
  return ethernet(MACS, 0x0800, ipv4({ src, dst, protocol: ICMP }, icmp(type, code, 0x00110022, data(size))));
}

export function ping6(type = 128, code = 0, { src = "fd00::5", dst = "fd00:1::9", size = 32 }: Udp = {}): Buffer {
  return ethernet(
    MACS,
    0x86dd,
    ipv6({ src, dst, next: ICMPV6 }, icmp6({ src, dst }, type, code, 0x00110022, data(size))),
  );
}

export function tagged(id: number, payload: Buffer = camera(), type = 0x0800): Buffer {
  return ethernet(MACS, 0x8100, vlan(id, type, payload, 3));
}

function camera(size = 40): Buffer {
  const ends = { src: "10.0.12.7", dst: "239.1.2.3" };
  return ipv4({ ...ends, protocol: UDP }, udp({ ...ends, sport: 5004, dport: 5004 }, data(size)));
}

function other4(protocol: number, { src = A, dst = B, size = 24 }: Udp = {}): Buffer {
  return ethernet(MACS, 0x0800, ipv4({ src, dst, protocol }, data(size)));
}

function other6(next: number, payload: Uint8Array = data(24)): Buffer {
  return ethernet(MACS, 0x86dd, ipv6({ src: "fd00::5", dst: "fd00:1::9", next }, payload));
}

const PASSES = "passes";
const cut = (frame: Buffer, length: number) => Buffer.from(frame.subarray(0, length));

/** UDP to 7777 passes from anywhere to anywhere, so addresses alone decide. */
const from4 = (src: string) => udp4({ src, dport: 7777 });
const to4 = (dst: string) => udp4({ dst, dport: 7777 });
const from6 = (src: string) => udp6({ src, dport: 7777 });
const to6 = (dst: string) => udp6({ dst, dport: 7777 });

const list: [name: string, frame: Buffer, expected: string, record?: Omit<RecordInit, "frame">][] = [
  // ---- what must pass
  ["UDP", udp4(), PASSES],
  ["UDP without a checksum", changed(udp4(), (b) => b.writeUInt16BE(0, 40)), PASSES],
  ["UDP with an odd payload", udp4({ size: 21 }), PASSES],
  ["UDP whose checksum comes out as 0", udp4({ payload: Buffer.from([0, 0, 0, 0]), sport: 4000 }), PASSES],
  ["UDP over IPv6", udp6(), PASSES],
  ["TCP", tcp4(), PASSES],
  ["TCP SYN with options", tcp4({ flags: SYN, options: Buffer.from([2, 4, 5, 0xb4]), size: 0 }), PASSES],
  ["TCP FIN and ACK", tcp4({ flags: FIN | ACK }), PASSES],
  ["TCP RST", tcp4({ flags: RST }), PASSES],
  ["TCP RST and ACK", tcp4({ flags: RST | ACK }), PASSES],
  ["TCP SYN and ACK", tcp4({ flags: SYN | ACK }), PASSES],
  ["TCP SYN and PSH", tcp4({ flags: SYN | PSH }), PASSES],
  ["TCP with ECE and CWR", tcp4With((s) => (s[13] = 0xc0 | ACK)), PASSES],
  ["TCP with the longest header", tcp4({ options: Buffer.alloc(40, 1), size: 0 }), PASSES],
  ["TCP over IPv6", tcp6(), PASSES],
  ["echo request", ping4(8), PASSES],
  ["echo reply", ping4(0), PASSES],
  ["echo request without data", ping4(8, 0, { size: 0 }), PASSES],
  ["ICMPv6 echo request", ping6(128), PASSES],
  ["ICMPv6 echo reply", ping6(129), PASSES],
  ["VLAN 12", tagged(12), PASSES],
  ["VLAN 13", tagged(13), PASSES],
  ["padded to Ethernet's minimum behind a tag", tagged(12, Buffer.concat([camera(8), Buffer.alloc(10, 0xaa)])), PASSES],
  ["ESP", other4(50), PASSES],
  ["ESP of nothing", other4(50, { size: 0 }), PASSES],
  ["padding that is not zero", changed(udp4({ size: 4 }), (b) => b.fill(0xaa, 46)), PASSES],
  ["don't fragment", inIp(udp4(), (ip) => ip.writeUInt16BE(0x4000, 6)), PASSES],
  ["time to live 1", inIp(udp4(), (ip) => (ip[8] = 1)), PASSES],
  ["time to live 255", inIp(udp4(), (ip) => (ip[8] = 255)), PASSES],
  ["DSCP and ECN", inIp(udp4(), (ip) => (ip[1] = 0xff)), PASSES],
  ["hop limit 1", changed(udp6(), (b) => (b[21] = 1)), PASSES],
  ["traffic class and flow label", changed(udp6(), (b) => b.writeUInt32BE(0x6fffffff, 14)), PASSES],
  ["to the limited broadcast", to4("255.255.255.255"), PASSES],
  ["to a group", to4("224.0.0.1"), PASSES],
  ["to an IPv6 group", to6("ff02::1"), PASSES],
  ["as long as out takes", udp4({ dst: "10.0.3.3", dport: 9, size: 572 }), PASSES],

  // ---- the rules' comparisons, one step on either side
  ["payload of 3", udp4({ size: 3 }), "default"],
  ["payload of 4", udp4({ size: 4 }), PASSES],
  ["payload of 100", udp4({ size: 100 }), PASSES],
  ["payload of 101", udp4({ size: 101 }), "default"],
  ["port 4999", udp4({ dport: 4999 }), "default"],
  ["port 5001", udp4({ dport: 5001 }), "default"],
  ["port 5002", udp4({ dport: 5002 }), PASSES],
  ["port 5004", udp4({ dport: 5004 }), PASSES],
  ["port 5005", udp4({ dport: 5005 }), "default"],
  ["source port 1023", udp4({ sport: 1023 }), "default"],
  ["source port 1024", udp4({ sport: 1024 }), PASSES],
  ["source port 65534", udp4({ sport: 65534 }), PASSES],
  ["source port 65535", udp4({ sport: 65535 }), "default"],
  ["from the first of a network", udp4({ src: "10.0.0.0" }), PASSES],
  ["from the last of a network", udp4({ src: "10.0.0.255" }), PASSES],
  ["from one before a network", udp4({ src: "9.255.255.255" }), "default"],
  ["from one behind a network", udp4({ src: "10.0.1.0" }), "default"],
  ["to one before", udp4({ dst: "10.0.1.8" }), "default"],
  ["to one behind", udp4({ dst: "10.0.1.10" }), "default"],
  ["denied host", udp4({ src: "10.0.0.66" }), "rule:no-bad"],
  ["denied host, TCP", tcp4({ src: "10.0.0.66" }), "rule:no-bad"],
  ["before a denied host", udp4({ src: "10.0.0.65" }), PASSES],
  ["behind a denied host", udp4({ src: "10.0.0.67" }), PASSES],
  ["denied pair, first", udp4({ src: "10.0.0.68" }), "rule:no-bad"],
  ["denied pair, second", udp4({ src: "10.0.0.69" }), "rule:no-bad"],
  ["behind a denied pair", udp4({ src: "10.0.0.70" }), PASSES],
  ["denied port", tcp4({ dport: 22 }), "rule:no-admin"],
  ["denied port, UDP", udp4({ dport: 22 }), "default"],
  ["port 23", tcp4({ dport: 23 }), PASSES],
  ["port 1023", tcp4({ dport: 1023 }), PASSES],
  ["port 1024", tcp4({ dport: 1024 }), "default"],
  ["to the last of half a network", tcp4({ dst: "10.0.1.127" }), PASSES],
  ["to the other half of a network", tcp4({ dst: "10.0.1.128" }), "default"],
  ["IPv6 from another network", udp6({ src: "fd00:0:0:1::5" }), "default"],
  ["IPv6 from the last of its network", udp6({ src: "fd00::ffff:ffff:ffff:ffff" }), PASSES],
  ["IPv6 to one before", udp6({ dst: "fd00:1::8" }), "default"],
  ["IPv6 to one behind", udp6({ dst: "fd00:1::a" }), "default"],
  ["IPv6 to one with another first half", udp6({ dst: "fd00:1:0:1::9" }), "default"],
  ["IPv6 to a wide network", udp6({ dst: "fd00:2:7fff::1" }), PASSES],
  ["IPv6 behind a wide network", udp6({ dst: "fd00:2:8000::1" }), "default"],
  ["IPv6 address with the bits of an allowed IPv4 one", udp6({ src: "::10.0.0.5", dst: "::10.0.1.9" }), "default"],
  ["VLAN 11", tagged(11), "default"],
  ["VLAN 14", tagged(14), "default"],
  ["VLAN 0", tagged(0), "default"],
  ["VLAN 4094", tagged(4094), "default"],
  ["untagged where a VLAN is asked for", ethernet(MACS, 0x0800, camera()), "default"],
  ["tagged where none is asked for", tagged(12, cut(udp4(), 62).subarray(14)), "default"],
  ["protocol 51 under the rule for 50", other4(51), "default"],
  ["protocol 49 under the rule for 50", other4(49), "default"],
  ["ESP over IPv6", other6(50), "default"],
  ["echo reply under no copy", ping4(0, 0, { src: "10.0.0.6" }), PASSES],
  ["echo from elsewhere", ping4(8, 0, { src: "10.1.0.5" }), "default"],
  ["longer than out takes", udp4({ dst: "10.0.3.3", dport: 9, size: 573 }), "mtu"],

  ["echo as long as out takes", ping4(8, 0, { size: 572 }), PASSES],
  ["echo longer than out takes", ping4(8, 0, { size: 573 }), "mtu"],
  ["ICMPv6 as long as out takes", ping6(128, 0, { size: 552 }), PASSES],
  ["ICMPv6 longer than out takes", ping6(128, 0, { size: 553 }), "mtu"],
  ["TCP as long as out takes", tcp4({ size: 560 }), PASSES],
  ["TCP longer than out takes", tcp4({ size: 561 }), "mtu"],
  ["ESP as long as out takes", other4(50, { size: 580 }), PASSES],
  ["ESP longer than out takes", other4(50, { size: 581 }), "mtu"],
  ["IPv6 as long as out takes", udp6({ size: 552 }), PASSES],
  ["IPv6 longer than out takes", udp6({ size: 553 }), "mtu"],
  ["UDP of nothing", udp4({ size: 0, dport: 7777 }), PASSES],
  ["UDP of nothing over IPv6", udp6({ size: 0, dport: 7777 }), PASSES],
  ["TCP of nothing", tcp4({ size: 0 }), PASSES],
  ["from the port behind the list", udp4({ dst: "10.0.3.3", dport: 9, sport: 7777 }), "default"],
  ["the VLAN number behind the list", tagged(9), "default"],

  // ---- form: Ethernet and VLAN
  ["not Ethernet", udp4(), "link", { link: 101 }],
  ["cut by the capture", udp4(), "cut", { original: 63 }],
  ["nothing", Buffer.alloc(0), "too_short"],
  ["13 bytes", cut(udp4(), 13), "too_short"],
  ["14 bytes", cut(udp4(), 14), "too_short"],
  ["a tag cut off", cut(tagged(12), 17), "too_short"],
  ["a tag and nothing", cut(tagged(12), 18), "too_short"],
  ["two tags", tagged(12, vlan(12, 0x0800, camera()), 0x8100), "vlan"],
  ["a provider's tag inside", tagged(12, vlan(12, 0x0800, camera()), 0x88a8), "vlan"],
  ["a provider's tag", ethernet(MACS, 0x88a8, vlan(12, 0x0800, camera())), "vlan"],
  ["the old provider's tag", ethernet(MACS, 0x9100, vlan(12, 0x0800, camera())), "vlan"],
  ["VLAN 4095", tagged(4095), "vlan"],
  ["ARP", ethernet(MACS, 0x0806, arp(1, [MACS.from, A], [MACS.to, B])), "ethertype"],
  ["an IEEE 802.3 length", ethernet(MACS, 100, data(100)), "ethertype"],
  ["an unknown type behind a tag", tagged(12, data(60), 0x88b5), "ethertype"],

  // ---- form: IP
  ["IPv4's type, IPv6 inside", changed(udp6(), (b) => b.writeUInt16BE(0x0800, 12)), "ip_version"],
  ["IPv6's type, IPv4 inside", changed(udp4(), (b) => b.writeUInt16BE(0x86dd, 12)), "ip_version"],
  ["header length 4", inIp(udp4(), (ip) => (ip[0] = 0x44)), "ip_length"],
  [
    "options",
    ethernet(
      MACS,
      0x0800,
      ipv4(
        { src: A, dst: B, protocol: UDP, options: Buffer.from([1, 1, 1, 0]) },
        udp({ src: A, dst: B, sport: 4000, dport: 5000 }, data(20)),
      ),
    ),
    "ip_options",
  ],
  ["total length of 19", inIp(udp4(), (ip) => ip.writeUInt16BE(19, 2)), "ip_length"],
  ["total length of 20", inIp(cut(udp4(), 60), (ip) => ip.writeUInt16BE(20, 2)), "too_short"],
  ["total length beyond the frame", inIp(udp4(), (ip) => ip.writeUInt16BE(49, 2)), "ip_length"],
  ["33 bytes", cut(udp4(), 33), "too_short"],
  ["a byte behind the packet", Buffer.concat([udp4(), Buffer.alloc(1)]), "trailing"],
  ["a byte beyond the padding", Buffer.concat([udp4({ size: 4 }), Buffer.alloc(1)]), "trailing"],
  [
    "a byte beyond the padding behind a tag",
    Buffer.concat([tagged(12, Buffer.concat([camera(8), Buffer.alloc(10)])), Buffer.alloc(1)]),
    "trailing",
  ],
  ["wrong header checksum", changed(udp4(), (b) => (b[24]! ^= 1)), "ip_checksum"],
  ["the reserved flag", inIp(udp4(), (ip) => ip.writeUInt16BE(0x8000, 6)), "ip_flags"],
  ["more fragments", inIp(udp4(), (ip) => ip.writeUInt16BE(0x2000, 6)), "fragment"],
  ["a last fragment", inIp(udp4(), (ip) => ip.writeUInt16BE(1, 6)), "fragment"],
  ["a far fragment", inIp(udp4(), (ip) => ip.writeUInt16BE(0x1000, 6)), "fragment"],
  ["time to live 0", inIp(udp4(), (ip) => (ip[8] = 0)), "ttl"],
  ["from 0.255.255.255", from4("0.255.255.255"), "address"],
  ["from 1.0.0.0", from4("1.0.0.0"), PASSES],
  ["from 126.255.255.255", from4("126.255.255.255"), PASSES],
  ["from 127.0.0.0", from4("127.0.0.0"), "address"],
  ["from 127.255.255.255", from4("127.255.255.255"), "address"],
  ["from 128.0.0.0", from4("128.0.0.0"), PASSES],
  ["from 223.255.255.255", from4("223.255.255.255"), PASSES],
  ["from a group", from4("224.0.0.0"), "address"],
  ["from the limited broadcast", from4("255.255.255.255"), "address"],
  ["to 0.255.255.255", to4("0.255.255.255"), "address"],
  ["to 1.0.0.0", to4("1.0.0.0"), PASSES],
  ["to 126.255.255.255", to4("126.255.255.255"), PASSES],
  ["to 127.0.0.1", to4("127.0.0.1"), "address"],
  ["to 128.0.0.0", to4("128.0.0.0"), PASSES],
  ["to 239.255.255.255", to4("239.255.255.255"), PASSES],
  ["to 240.0.0.0", to4("240.0.0.0"), "address"],
  ["to 255.255.255.254", to4("255.255.255.254"), "address"],
  ["to itself", udp4({ dst: A, dport: 7777 }), "address"],
  ["IPv6 cut", cut(udp6(), 53), "too_short"],
  ["IPv6 payload length beyond the frame", changed(udp6(), (b) => b.writeUInt16BE(29, 18)), "ip_length"],
  ["IPv6 payload length short of the frame", changed(udp6(), (b) => b.writeUInt16BE(27, 18)), "trailing"],
  ["hop limit 0", changed(udp6(), (b) => (b[21] = 0)), "ttl"],
  ...[0, 43, 44, 51, 59, 60, 135, 139, 140, 253, 254].map((next): [string, Buffer, string] => [
    `next header ${next}`,
    other6(next),
    "extension",
  ]),
  ...[42, 45, 50, 52, 58, 61, 134, 136, 138, 141, 252, 255].map((next): [string, Buffer, string] => [
    `payload of protocol ${next}`,
    other6(next),
    next === 58 ? "icmp_type" : "default",
  ]),
  ["from ::", from6("::"), "address"],
  ["from ::1", from6("::1"), "address"],
  ["from ::2", from6("::2"), PASSES],
  ["from an IPv4-mapped address", from6("::ffff:10.0.0.5"), "address"],
  ["from ::fffe:10.0.0.5", from6("::fffe:10.0.0.5"), PASSES],
  ["from ::1:ffff:10.0.0.5", from6("::1:ffff:10.0.0.5"), PASSES],
  ["from ::1 with more in front", from6("0:0:0:1::1"), PASSES],
  ["from a group", from6("ff02::5"), "address"],
  ["from fe80::1", from6("fe80::1"), PASSES],
  ["to ::", to6("::"), "address"],
  ["to ::1", to6("::1"), "address"],
  ["to ::2", to6("::2"), PASSES],
  ["to an IPv4-mapped address", to6("::ffff:10.0.0.5"), "address"],
  ["to 1::1", to6("1::1"), PASSES],
  ["IPv6 to itself", udp6({ dst: "fd00::5", dport: 7777 }), "address"],
  ["IPv6 to its neighbour", udp6({ dst: "fd00::6", dport: 7777 }), PASSES],
  ["IPv6 to its like in another network", udp6({ dst: "fd00:0:0:1::5", dport: 7777 }), PASSES],

  // ---- form: transport
  ["UDP of 7 bytes", other4(UDP, { size: 7 }), "too_short"],
  ["UDP length 1 too long", changed(udp4(), (b) => b.writeUInt16BE(29, 38)), "udp_length"],
  ["UDP length 1 too short", changed(udp4(), (b) => b.writeUInt16BE(27, 38)), "udp_length"],
  ["UDP length 0", changed(udp4(), (b) => b.writeUInt16BE(0, 38)), "udp_length"],
  ["wrong UDP checksum", changed(udp4(), (b) => (b[50]! ^= 0x80)), "checksum"],
  ["wrong UDP checksum, last byte of an odd payload", changed(udp4({ size: 21 }), (b) => (b[62]! ^= 1)), "checksum"],
  [
    "UDP checksum of other addresses",
    changed(udp4(), (b) => b.writeUInt16BE(b.readUInt16BE(40) ^ 0x0101, 40)),
    "checksum",
  ],
  ["UDP over IPv6 without a checksum", changed(udp6(), (b) => b.writeUInt16BE(0, 60)), "checksum"],
  ["wrong UDP checksum over IPv6", changed(udp6(), (b) => (b[70]! ^= 1)), "checksum"],
  ["UDP from port 0", udp4({ sport: 0, dport: 7777 }), "port"],
  ["UDP to port 0", udp4({ dport: 0 }), "port"],
  ["TCP of 19 bytes", other4(TCP, { size: 19 }), "too_short"],
  ["TCP header length 4", tcp4With((s) => (s[12] = 0x40)), "tcp_header"],
  ["TCP header beyond the segment", tcp4With((s) => (s[12] = 0xb0)), "tcp_header"],
  ["TCP header of all the segment", tcp4With((s) => (s[12] = 0xa0)), PASSES],
  ["a reserved TCP bit", tcp4With((s) => (s[12] = 0x51)), "tcp_header"],
  ["another reserved TCP bit", tcp4With((s) => (s[12] = 0x58)), "tcp_header"],
  ["TCP without flags", tcp4({ flags: 0 }), "tcp_flags"],
  ["TCP FIN alone", tcp4({ flags: FIN }), "tcp_flags"],
  ["TCP PSH alone", tcp4({ flags: PSH }), "tcp_flags"],
  ["TCP SYN and FIN", tcp4({ flags: SYN | FIN }), "tcp_flags"],
  ["TCP SYN and RST", tcp4({ flags: SYN | RST }), "tcp_flags"],
  ["TCP SYN, FIN and ACK", tcp4({ flags: SYN | FIN | ACK }), "tcp_flags"],
  ["TCP URG", tcp4({ flags: 0x20 | ACK }), "tcp_flags"],
  ["TCP, all flags", tcp4({ flags: 0x3f }), "tcp_flags"],
  ["wrong TCP checksum", changed(tcp4(), (b) => (b[60]! ^= 4)), "checksum"],
  ["TCP from port 0", tcp4({ sport: 0 }), "port"],
  ["TCP to port 0", tcp4({ dport: 0 }), "port"],
  ["wrong TCP checksum over IPv6", changed(tcp6(), (b) => (b[60]! ^= 4)), "checksum"],
  ["ICMP of 7 bytes", other4(ICMP, { size: 7 }), "too_short"],
  ["echo with a code", ping4(8, 1), "icmp_type"],
  ["echo reply with a code", ping4(0, 1), "icmp_type"],
  ...[3, 4, 5, 9, 11, 13, 14, 128].map((type): [string, Buffer, string] => [
    `ICMP type ${type}`,
    ping4(type),
    "icmp_type",
  ]),
  ["wrong ICMP checksum", changed(ping4(), (b) => (b[70]! ^= 1)), "checksum"],
  ["ICMPv6 of 7 bytes", other6(ICMPV6, data(7)), "too_short"],
  ...[1, 2, 127, 130, 133, 135, 8, 0].map((type): [string, Buffer, string] => [
    `ICMPv6 type ${type}`,
    ping6(type),
    "icmp_type",
  ]),
  ["ICMPv6 echo with a code", ping6(128, 1), "icmp_type"],
  ["wrong ICMPv6 checksum", changed(ping6(), (b) => (b[70]! ^= 1)), "checksum"],
  ["ICMP over IPv6", other6(ICMP, icmp(8, 0, 1, data(8))), "icmp_type"],
  ["ICMPv6 over IPv4", other4(ICMPV6), "icmp_type"],

  // ---- inspect's verdict
  ["what inspect wants dropped", udp4(), "verdict", { verdict: verdictOf("DROP", { detector: 7 }) }],
  ["what inspect knows of but lets pass", udp4(), PASSES, { verdict: verdictOf("PASS", { detector: 7 }) }],
  ["a verdict nobody knows", udp4(), "verdict", { verdict: 7 }],
  ["another", udp4(), "verdict", { verdict: 15 }],
];

export const VECTORS: readonly Vector[] = list.map(([name, frame, expected, record]) => ({
  name,
  frame,
  expected,
  ...record,
}));

export { A as SENSOR, address4, address6, B as RECEIVER, MACS, mac };
