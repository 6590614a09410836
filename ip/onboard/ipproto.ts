// What an IP protocol number announces (IANA protocol-numbers), and the start of every IP packet.
import { Anomaly } from "./generated/anomaly";
import { ofExtension, ofIpProtocol } from "./generated/numbers";
import { openIp } from "./named";
import { INNER, IpFlag, Ip, Is, OUTER, Packet, TUNNELS, innermost, note } from "./packet";
import { Protocol } from "./generated/protocol";

/** The structure for the next IP header; what the packet around it said of transport is forgotten. 0: too deep. */
export function enter(k: Packet): usize {
  const n = <u32>k.ips;
  if (n == 0) {
    k.ips = 1;
    return changetype<usize>(k) + OUTER;
  }
  if (n > TUNNELS) {
    note(k, Anomaly.TOO_MANY_TUNNELS);
    return 0;
  }
  k.ips = <u8>(n + 1);
  k.flags = (k.flags & ~(Is.FRAGMENT | Is.LATER | Is.PORTS)) | Is.TUNNELLED;
  k.seen = 0;
  k.extensions = 0;
  k.sourcePort = 0;
  k.destPort = 0;
  k.udpLength = 0;
  const inner = changetype<usize>(k) + INNER;
  memory.fill(inner, 0, offsetof<Ip>());
  return inner;
}

/** The protocol behind an IPv4 header or an IPv6 extension header. k.at is at its first byte. */
export function fromIpProtocol(k: Packet, number: u32): u32 {
  const ip = innermost(k);
  if (ip.version == 6) ip.protocol = <u8>number;
  k.protocol = <u8>number;
  if (k.flags & Is.LATER) return Protocol.NONE;
  const protocol = ofIpProtocol(number);
  if (protocol != Protocol.NONE) {
    if (ip.version == 6) {
      if (protocol == Protocol.ICMP) note(k, Anomaly.IPV6_ICMPV4);
    } else if (protocol == Protocol.ICMPV6) note(k, Anomaly.IPV4_ICMPV6);
    return openIp(k, protocol);
  }
  if (ip.version == 6) {
    const extension = ofExtension(number);
    if (extension != Protocol.NONE) return extension;
    if (unassigned(number)) note(k, Anomaly.IPV6_UNKNOWN_NEXT);
  } else if (unassigned(number) || number == 0) note(k, Anomaly.IPV4_UNKNOWN_PROTOCOL);
  return Protocol.NONE;
}

/** IANA, November 2026: 148-252 unassigned, 253-254 for experiments, 255 reserved. */
@inline function unassigned(number: u32): bool {
  return number > 147;
}

/** Marks the packet as a fragment; `offset` in bytes. */
export function fragment(k: Packet, ip: Ip, offset: u32, more: bool): void {
  ip.fragmentOffset = <u16>offset;
  if (more) ip.flags |= <u8>IpFlag.MORE;
  if (offset == 0 && !more) return;
  ip.flags |= <u8>IpFlag.FRAGMENT;
  k.flags |= Is.FRAGMENT;
  if (offset != 0) k.flags |= Is.LATER;
}
