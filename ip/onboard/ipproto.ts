// What an IP protocol number announces (IANA protocol-numbers), and the start of every IP packet.
import { Anomaly } from "./anomaly";
import { INNER, IpFlag, Ip, Is, OUTER, Packet, TUNNELS, innermost, note } from "./packet";
import { Protocol } from "./protocols";

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
  switch (number) {
    case 6:
      return Protocol.TCP;
    case 17:
      return Protocol.UDP;
    case 1:
      if (ip.version == 6) note(k, Anomaly.IPV6_ICMPV4);
      return Protocol.ICMP;
    case 58:
      if (ip.version == 4) note(k, Anomaly.IPV4_ICMPV6);
      return Protocol.ICMPV6;
    case 2:
      return Protocol.IGMP;
    case 4:
      return Protocol.IP;
    case 41:
      return Protocol.IPV6;
    case 47:
      return Protocol.GRE;
    case 50:
      return Protocol.ESP;
    case 51:
      return Protocol.AH;
    case 132:
      return Protocol.SCTP;
    case 33:
      return Protocol.DCCP;
    case 136:
      return Protocol.UDPLITE;
    case 137:
      return Protocol.MPLS;
    case 143:
      return Protocol.ETH; // RFC 8986
    case 8:
      return Protocol.EGP;
    case 9:
      return Protocol.IGRP;
    case 46:
      return Protocol.RSVP;
    case 88:
      return Protocol.EIGRP;
    case 89:
      return Protocol.OSPF;
    case 103:
      return Protocol.PIM;
    case 108:
      return Protocol.IPCOMP;
    case 112:
      return Protocol.VRRP;
    case 115:
      return Protocol.L2TP;
  }
  if (ip.version == 6) {
    switch (number) {
      case 0:
        return Protocol.HOPOPTS;
      case 43:
        return Protocol.ROUTING;
      case 44:
        return Protocol.FRAGHDR;
      case 59:
        return Protocol.NONEXT;
      case 60:
        return Protocol.DSTOPTS;
      case 135:
        return Protocol.MIPV6;
      case 139:
        return Protocol.HIP;
      case 140:
        return Protocol.SHIM6;
    }
    if (unassigned(number)) note(k, Anomaly.IPV6_UNKNOWN_NEXT);
  } else if (unassigned(number) || number == 0) note(k, Anomaly.IPV4_UNKNOWN_PROTOCOL);
  return Protocol.NONE;
}

/** IANA, November 2026: 148-252 unassigned, 253-254 for experiments, 255 reserved. */
// @ts-ignore: decorator
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
