// REQ-DECODE-003
// A decoded packet: everything that detectors, flows and events need, in one structure of fixed size.
//
// decode() writes into it only what it could read; what a packet does not have is 0. Integers are in host order.
// Addresses are hi:lo, 64 bits each; an IPv4 address is hi = 0 and lo = its 32 bits. MAC addresses are the low 48 bits.
// Every `offset` counts from the first captured byte.
//
//   +0      Packet    the scalars below
//   +160    Ip        outermost IP header: the first one                               outermost(k)
//   +232    Ip        the last IP header when there are several (tunnels)              innermost(k)
//   +304    Ip        the header quoted in an ICMP error                               quotation(k)
//   +376    24 x 4    layers:    u8 protocol, u8 0, u16 offset, outermost first        layerProtocol(k, i)
//   +472     8 x 8    anomalies: u16 id, u8 protocol, u8 0, u32 offset of that layer   anomalyId(k, i)
//   =536 = PACKET_SIZE
//
// Which IP header to use: `innermost` is whom the ports, TCP and ICMP fields belong to, and what flows are keyed by; it
// is the outermost one when there is no tunnel. `outermost` is what the network in front of the appliance sees.
// Neither means anything while `ips` is 0 (both are all zero then).

const LAYERS: u32 = 24;
export const TUNNELS: u32 = 8;
const ANOMALIES: u32 = 8;
export const VLANS: u32 = 4;

export const OUTER: usize = 160;
export const INNER: usize = 232;
const QUOTED: usize = 304;
const LAYER: usize = 376;
const ANOMALY: usize = 472;
export const PACKET_SIZE: u32 = 536;

/** Packet.flags */
export const enum Is {
  FRAGMENT = 1, // the innermost IP packet is a fragment (an IPv6 atomic fragment is not)
  LATER = 2, // and not the first one: no ports, no TCP fields
  TUNNELLED = 4, // an IP or Ethernet header inside another IP packet
  BAD_CHECKSUM = 8, // at least one checksum is wrong
  UNVERIFIED = 16, // at least one could not be verified: fragment, cut short, or not asked for
  SNAPPED = 32, // the capture holds fewer bytes than the frame had
  CUT = 64, // and decoding would have needed the missing ones
  PORTS = 128, // sourcePort and destPort are those of the innermost transport
  MULTICAST = 256, // outer Ethernet destination has its group bit set
  ENCRYPTED = 512, // ESP: what is inside cannot be seen
  NO_CHECKSUMS = 1024, // decode() was told not to verify any
  NAMED_ONLY = 2048, // decode() was told to open only tunnels that the policy names
  UNASKED = 4096, // it opened one that the policy does not name (named.ts)
}

/** Packet.seen: extension headers met in this IP packet, and what makes its checksums unverifiable. */
export const enum Seen {
  HOPOPTS = 1,
  ROUTING = 2,
  FRAGMENT = 4,
  DSTOPTS = 8,
  DSTOPTS2 = 16,
  AH = 32,
  REWRITTEN = 128,
}

/** Ip.flags */
export const enum IpFlag {
  DONT_FRAGMENT = 1,
  MORE = 2,
  FRAGMENT = 4, // more fragments, or an offset, or (IPv6) an atomic fragment's header
  OPTIONS = 8, // IPv4 options, or IPv6 extension headers
}

@unmanaged
export class Ip {
  srcHi: u64;
  srcLo: u64;
  dstHi: u64;
  dstLo: u64;
  id: u32; // IPv4 identification; IPv6: of the fragment header
  label: u32; // IPv6 flow label
  offset: u32; // of the header
  totalLength: u32; // bytes on the wire as the header says: IPv4 total length, IPv6 40 + payload
  // length; where it says 0 (offload, jumbogram) what the frame has
  payloadOffset: u32; // behind options or extension headers
  payloadLength: u32; // bytes behind the header as it says, extension headers not counted
  fragmentOffset: u16; // bytes
  headerLength: u16; // bytes; IPv6: 40
  version: u8; // 4 or 6; 0 = there is none
  ttl: u8; // or hop limit
  protocol: u8; // IPv4: of the header; IPv6: the last next-header value
  tos: u8; // or traffic class
  flags: u8; // IpFlag
  pad0: u8;
  pad1: u16;
}

@unmanaged
export class Packet {
  // -- from the record; decode() leaves time and number alone
  time: u64; // nanoseconds since 1970
  number: u64;
  captured: u32;
  original: u32;
  link: u16; // LINKTYPE_
  etherType: u16; // of the outer frame, behind its tags; 0 = an IEEE 802.3 length, or no Ethernet
  flags: u32; // Is
  // -- outer Ethernet (or Linux cooked: source only)
  macSrc: u64;
  macDst: u64;
  // -- ARP for IPv4; MAC addresses are 0 when the hardware's have not 6 bytes
  arpSenderMac: u64;
  arpTargetMac: u64;
  arpSenderIp: u32;
  arpTargetIp: u32;
  // -- where decoding is: pointers. Of use to decoders only
  base: usize;
  at: usize;
  end: usize; // of the bytes at hand
  wire: usize; // of the bytes the frame had: >= end, larger when the capture was cut
  // -- transport, of the innermost packet
  seq: u32;
  ack: u32;
  payloadOffset: u32; // of the application's bytes
  payloadLength: u32; // of them at hand
  payloadClaimed: u32; // of them by the headers; larger than payloadLength when the capture was cut
  tunnelId: u32; // VXLAN/GENEVE network identifier, GTP TEID, GRE key of the last such header
  sourcePort: u16;
  destPort: u16;
  tcpFlags: u16; // 12 bits: reserved, AE/NS, CWR, ECE, URG, ACK, PSH, RST, SYN, FIN
  window: u16;
  urgent: u16;
  mss: u16; // TCP option; 0 = none
  udpLength: u16; // as in the header
  arpOp: u16; // 0 = no ARP
  vlan0: u16; // VLAN identifiers, outermost first: vlan(k, i)
  vlan1: u16;
  vlan2: u16;
  vlan3: u16;
  mplsLabel: u32; // the top one
  greProtocol: u16; // of the last GRE header
  quotedSource: u16; // ports in an ICMP error's quotation
  quotedDest: u16;
  protocol: u8; // IP protocol number of the innermost transport, also of a later fragment; 0 = none
  tcpHeader: u8; // bytes
  windowScale: u8; // TCP option: 1 + shift count; 0 = none
  icmpType: u8; // ICMP, ICMPv6 and IGMP
  icmpCode: u8;
  layers: u8;
  vlans: u8; // seen; at most VLANS have their identifier above
  labels: u8; // MPLS
  ips: u8; // IP headers seen, quotations not counted
  quoted: u8; // 1 = there is a quotation
  anomalies: u8; // recorded; at most ANOMALIES
  lost: u8; // anomalies that did not fit
  seen: u8; // Seen: of the IP packet being decoded. Of use to decoders only
  extensions: u8; // IPv6 extension headers of the innermost packet
}

@inline export function outermost(k: Packet): Ip {
  return changetype<Ip>(changetype<usize>(k) + OUTER);
}
@inline export function innermost(k: Packet): Ip {
  return changetype<Ip>(changetype<usize>(k) + (k.ips > 1 ? INNER : OUTER));
}
@inline export function quotation(k: Packet): Ip {
  return changetype<Ip>(changetype<usize>(k) + QUOTED);
}
@inline export function vlan(k: Packet, i: u32): u32 {
  return <u32>load<u16>(changetype<usize>(k) + ((<usize>i) << 1), offsetof<Packet>("vlan0"));
}
/** The identifier of the outermost VLAN; 0 where there is none. */
@inline export function outerVlan(k: Packet): u32 {
  return k.vlans ? vlan(k, 0) : 0;
}
@inline function layerProtocol(k: Packet, i: u32): u32 {
  return <u32>load<u8>(changetype<usize>(k) + LAYER + ((<usize>i) << 2));
}
@inline function layerOffset(k: Packet, i: u32): u32 {
  return <u32>load<u16>(changetype<usize>(k) + LAYER + ((<usize>i) << 2), 2);
}
@inline export function anomalyId(k: Packet, i: u32): u32 {
  return <u32>load<u16>(changetype<usize>(k) + ANOMALY + ((<usize>i) << 3));
}
@inline export function anomalyLayer(k: Packet, i: u32): u32 {
  return <u32>load<u8>(changetype<usize>(k) + ANOMALY + ((<usize>i) << 3), 2);
}

@inline export function anomalyOffset(k: Packet, i: u32): u32 {
  return load<u32>(changetype<usize>(k) + ANOMALY + ((<usize>i) << 3), 4);
}

/** Records an anomaly of the layer being decoded. The same one twice in a row is recorded once. */
export function note(k: Packet, id: u32): void {
  const n = <u32>k.layers;
  if (n == 0) noteAt(k, id, 0, 0);
  else noteAt(k, id, layerProtocol(k, n - 1), layerOffset(k, n - 1));
}

/** Records an anomaly of the given layer. */
export function noteAt(k: Packet, id: u32, protocol: u32, offset: u32): void {
  const n = <u32>k.anomalies;
  if (n != 0 && anomalyId(k, n - 1) == id) return;
  if (n == ANOMALIES) {
    if (k.lost < 255) k.lost += 1;
    return;
  }
  const a = changetype<usize>(k) + ANOMALY + ((<usize>n) << 3);
  store<u16>(a, <u16>id);
  store<u16>(a, <u16>protocol, 2);
  store<u32>(a, offset, 4);
  k.anomalies = <u8>(n + 1);
}

/** Starts a layer at k.at; false when the packet has too many. */
@inline export function push(k: Packet, protocol: u32): bool {
  const n = <u32>k.layers;
  if (n == LAYERS) return false;
  const offset = min<u32>(<u32>(k.at - k.base), 0xffff);
  store<u32>(changetype<usize>(k) + LAYER + ((<usize>n) << 2), (offset << 16) | protocol);
  k.layers = <u8>(n + 1);
  return true;
}

/** Whether `n` bytes from k.at on are at hand. If the frame itself was too short for them, that is the anomaly. */
@inline export function need(k: Packet, n: u32, anomaly: u32): bool {
  if (k.at + n <= k.end) return true;
  missing(k, n, anomaly);
  return false;
}

function missing(k: Packet, n: u32, anomaly: u32): void {
  if (k.at + n > k.wire) note(k, anomaly);
  else k.flags |= Is.CUT;
}

/** The packet ends `n` bytes behind k.at; false (and nothing changed) when that is more than the frame had. */
@inline export function limit(k: Packet, n: u32): bool {
  const wire = k.at + n;
  if (wire > k.wire) return false;
  k.wire = wire;
  if (k.end > wire) k.end = wire;
  return true;
}

/** Bytes on the wire from k.at on. */
@inline export function rest(k: Packet): u32 {
  return k.wire > k.at ? <u32>(k.wire - k.at) : 0;
}

/** All zero, but for time and number. */
export function clear(k: Packet): void {
  const start = changetype<usize>(k);
  for (let p = start + 16; p < start + LAYER; p += 8) store<u64>(p, 0);
}
