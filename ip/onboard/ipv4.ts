// IPv4 (RFC 791): version and header length, type of service, total length, identification, flags and fragment offset,
// time to live, protocol, header checksum, source, destination, options.
import { be16, be32, fold16, sum16 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { bad } from "./checksum";
import { enter, fragment, fromIpProtocol } from "./ipproto";
import { ipv4Options } from "./ipv4-options";
import { Ip, IpFlag, Is, Packet, innermost, limit, need, note } from "./packet";
import { Protocol } from "./generated/protocol";

export function ipv4(k: Packet): u32 {
  const inIpv6 = k.ips != 0 && innermost(k).version == 6;
  if (!need(k, 20, inIpv6 ? Anomaly.IPV4_IN_IPV6_SMALL : Anomaly.IPV4_TOO_SMALL)) return Protocol.NONE;
  const p = k.at;
  const first = <u32>load<u8>(p);
  if (first >> 4 != 4) {
    note(k, inIpv6 ? Anomaly.IPV4_IN_IPV6_VERSION : Anomaly.IPV4_VERSION);
    return Protocol.NONE;
  }
  const header = (first & 15) << 2;
  if (header < 20) {
    note(k, Anomaly.IPV4_HLEN);
    return Protocol.NONE;
  }
  const slot = enter(k);
  if (slot == 0) return Protocol.NONE;
  const ip = changetype<Ip>(slot);
  let total = be16(p + 2);
  const place = be16(p + 6);
  ip.version = 4;
  ip.offset = <u32>(p - k.base);
  ip.headerLength = <u16>header;
  ip.totalLength = total;
  ip.tos = load<u8>(p, 1);
  ip.id = be16(p + 4);
  ip.ttl = load<u8>(p, 8);
  ip.protocol = load<u8>(p, 9);
  ip.srcLo = be32(p + 12);
  ip.dstLo = be32(p + 16);
  if (place & 0x4000) ip.flags |= <u8>IpFlag.DONT_FRAGMENT;
  if (place & 0x8000) note(k, Anomaly.IPV4_RESERVED_FLAG);
  if (ip.ttl == 0) note(k, Anomaly.IPV4_TTL_ZERO);
  k.protocol = ip.protocol;
  const offset = (place & 0x1fff) << 3,
    more = (place & 0x2000) != 0;
  if (place & 0x3fff) fragment(k, ip, offset, more);
  if (total < header) {
    // segmentation offload leaves 0 in captures of the sender, whose sums are not to be verified either
    if (total != 0 || !(k.flags & Is.NO_CHECKSUMS)) note(k, Anomaly.IPV4_IPLEN);
    if (total != 0) return Protocol.NONE;
    total = <u32>(k.wire - p);
    ip.totalLength = total;
  }
  if (!limit(k, total)) note(k, Anomaly.IPV4_TRUNC);
  if (!need(k, header, Anomaly.IPV4_TOO_SMALL)) return Protocol.NONE;
  if (k.flags & Is.NO_CHECKSUMS) k.flags |= Is.UNVERIFIED;
  else if (fold16(sum16(p, header, 0)) != 0xffff) bad(k, Anomaly.IPV4_CHECKSUM);
  if (header > 20) {
    ip.flags |= <u8>IpFlag.OPTIONS;
    ipv4Options(k, p + 20, p + header);
  }
  ip.payloadOffset = ip.offset + header;
  ip.payloadLength = total - header;
  k.at = p + header;
  if (place & 0x3fff) {
    if (offset + total - header > 65535 - 20) note(k, Anomaly.IPV4_FRAG_TOO_LARGE);
    if (more && (total - header) & 7) note(k, Anomaly.IPV4_FRAG_LENGTH);
    if (offset == 8 && ip.protocol == 6) note(k, Anomaly.IPV4_FRAG_TINY); // RFC 1858: would overwrite the TCP flags
  }
  return fromIpProtocol(k, <u32>ip.protocol);
}
