// IPv6 (RFC 8200): version, traffic class, flow label, payload length, next header, hop limit, source, destination.
import { be16, be32, be64 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { enter, fromIpProtocol } from "./ipproto";
import { Ip, Packet, innermost, limit, need, note } from "./packet";
import { Protocol } from "./generated/protocol";

export function ipv6(k: Packet): u32 {
  const inIpv6 = k.ips != 0 && innermost(k).version == 6;
  if (!need(k, 40, inIpv6 ? Anomaly.IPV6_IN_IPV6_SMALL : Anomaly.IPV6_TOO_SMALL)) return Protocol.NONE;
  const p = k.at;
  const first = be32(p);
  if (first >> 28 != 6) {
    note(k, inIpv6 ? Anomaly.IPV6_IN_IPV6_VERSION : Anomaly.IPV6_VERSION);
    return Protocol.NONE;
  }
  const slot = enter(k);
  if (slot == 0) return Protocol.NONE;
  const ip = changetype<Ip>(slot);
  let length = be16(p + 4);
  const next = <u32>load<u8>(p, 6);
  ip.version = 6;
  ip.offset = <u32>(p - k.base);
  ip.headerLength = 40;
  ip.totalLength = 40 + length;
  ip.tos = <u8>(first >> 20);
  ip.label = first & 0xfffff;
  ip.ttl = load<u8>(p, 7);
  ip.srcHi = be64(p + 8);
  ip.srcLo = be64(p + 16);
  ip.dstHi = be64(p + 24);
  ip.dstLo = be64(p + 32);
  if (ip.ttl == 0) note(k, Anomaly.IPV6_HOP_ZERO);
  // 0 with a hop-by-hop header: a jumbogram (RFC 2675), or offload in the sender's capture; the frame says how long it
  // is
  if (length == 0 && next != 59) length = k.wire > p + 40 ? <u32>(k.wire - p) - 40 : 0;
  k.at = p + 40;
  if (!limit(k, length)) note(k, Anomaly.IPV6_TRUNC);
  ip.payloadOffset = ip.offset + 40;
  ip.payloadLength = length;
  return fromIpProtocol(k, next);
}
