// Small tunnel headers: ERSPAN (draft-foschiano-erspan), VXLAN (RFC 7348), GENEVE (RFC 8926), Teredo (RFC 4380), NSH
// (RFC 8300).
import { be16, be32 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { fromEtherType } from "./generated/numbers";
import { Packet, need, note } from "./packet";
import { Protocol } from "./generated/protocol";

/** Version (4), VLAN (12), class, session (10), then: type II index (8 bytes in all), type III more (12, or 20). */
export function erspan(k: Packet): u32 {
  if (!need(k, 8, Anomaly.ERSPAN_TOO_SMALL)) return Protocol.NONE;
  const first = be32(k.at);
  const version = first >> 28;
  if (version != 1 && version != 2) {
    note(k, Anomaly.ERSPAN_VERSION);
    return Protocol.NONE;
  }
  let header: u32 = 8,
    type: u32 = 0;
  if (version == 2) {
    if (!need(k, 12, Anomaly.ERSPAN_TOO_SMALL)) return Protocol.NONE;
    type = (be16(k.at + 10) >> 10) & 31; // what was mirrored: 0 Ethernet, 2 IP
    header = load<u8>(k.at, 11) & 1 ? 20 : 12; // O: a platform subheader follows
    if (!need(k, header, Anomaly.ERSPAN_TOO_SMALL)) return Protocol.NONE;
  }
  k.tunnelId = first & 0x3ff;
  k.at += header;
  if (type == 0) return Protocol.ETH;
  return type == 2 && k.at < k.end ? (load<u8>(k.at) >> 4 == 6 ? Protocol.IPV6 : Protocol.IP) : Protocol.NONE;
}

/** Flags, reserved (3), network identifier (3), reserved. */
export function vxlan(k: Packet): u32 {
  if (!need(k, 8, Anomaly.VXLAN_TOO_SMALL)) return Protocol.NONE;
  if (!(load<u8>(k.at) & 8)) {
    note(k, Anomaly.VXLAN_PAYLOAD);
    return Protocol.NONE;
  } // I: the identifier is valid
  k.tunnelId = be32(k.at + 4) >> 8;
  k.at += 8;
  return Protocol.ETH;
}

/** VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe): P among the flags says that the fourth byte is the next protocol. */
export function vxlanGpe(k: Packet): u32 {
  if (!need(k, 8, Anomaly.VXLAN_TOO_SMALL)) return Protocol.NONE;
  const next: u32 = load<u8>(k.at) & 4 ? <u32>load<u8>(k.at, 3) : 3;
  k.tunnelId = be32(k.at + 4) >> 8;
  k.at += 8;
  switch (next) {
    case 1:
      return Protocol.IP;
    case 2:
      return Protocol.IPV6;
    case 3:
      return Protocol.ETH;
    case 4:
      return Protocol.NSH;
    default:
      note(k, Anomaly.VXLAN_PAYLOAD);
      return Protocol.NONE;
  }
}

/** Version (2) and options length (6, 4-byte words), flags, protocol, network identifier (3), reserved, options. */
export function geneve(k: Packet): u32 {
  if (!need(k, 8, Anomaly.GENEVE_TOO_SMALL)) return Protocol.NONE;
  const p = k.at;
  const options = ((<u32>load<u8>(p)) & 63) << 2,
    type = be16(p + 2);
  if (load<u8>(p) >> 6 != 0) {
    note(k, Anomaly.GENEVE_OPTIONS);
    return Protocol.NONE;
  }
  if (!need(k, 8 + options, Anomaly.GENEVE_OPTIONS)) return Protocol.NONE;
  k.tunnelId = be32(p + 4) >> 8;
  // option: class (2), type, length (low 5 bits, 4-byte words)
  const end = p + 8 + options;
  for (let at = p + 8; at < end;) {
    at += 4 + (((<u32>load<u8>(at, 3)) & 31) << 2);
    if (at > end) note(k, Anomaly.GENEVE_OPTIONS);
  }
  k.at = end;
  const next = fromEtherType(type);
  if (next == Protocol.NONE) note(k, Anomaly.GENEVE_PAYLOAD);
  return next;
}

/** Optional authentication (00 01, lengths, values, 9) and origin (00 00, port, address) headers, then IPv6. */
export function teredo(k: Packet): u32 {
  if (k.at + 2 <= k.end && be16(k.at) == 1) {
    if (k.at + 4 > k.end) return Protocol.NONE;
    k.at += 13 + <u32>load<u8>(k.at, 2) + <u32>load<u8>(k.at, 3);
  }
  if (k.at + 8 <= k.end && be16(k.at) == 0) k.at += 8;
  // the port alone proves nothing: what is not IPv6 is somebody else's
  return k.at + 40 <= k.end && load<u8>(k.at) >> 4 == 6 ? Protocol.IPV6 : Protocol.NONE;
}

/**
 * Version (2), O, time to live, length (6 bits, 4-byte words), metadata type, next protocol, service path (4),
 * metadata.
 */
export function nsh(k: Packet): u32 {
  if (!need(k, 8, Anomaly.NSH_TOO_SMALL)) return Protocol.NONE;
  const first = be32(k.at);
  const length = ((first >> 16) & 63) << 2,
    type = (first >> 8) & 15;
  if (first >> 30 != 0) {
    note(k, Anomaly.NSH_VERSION);
    return Protocol.NONE;
  }
  if (length < 8 || (type == 1 && length != 24)) {
    note(k, Anomaly.NSH_LENGTH);
    return Protocol.NONE;
  }
  if (type == 0) note(k, Anomaly.NSH_RESERVED);
  else if (type > 2) note(k, Anomaly.NSH_TYPE);
  if (!need(k, length, Anomaly.NSH_LENGTH)) return Protocol.NONE;
  k.at += length;
  switch (first & 255) {
    case 1:
      return Protocol.IP;
    case 2:
      return Protocol.IPV6;
    case 3:
      return Protocol.ETH;
    case 4:
      return Protocol.NSH;
    case 5:
      return Protocol.MPLS;
    default:
      note(k, Anomaly.NSH_PAYLOAD);
      return Protocol.NONE;
  }
}
