// IPv6 extension headers (RFC 8200 section 4): next header (1), length in units of 8 bytes without the first 8 (1),
// data.
//
// All are layers of their own. Bounds: MAX_EXTENSIONS in one packet, and the limit of layers over all.
import { be16, be32 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { fragment, fromIpProtocol } from "./ipproto";
import { ipv6Options } from "./ipv6-options";
import { IpFlag, Is, Packet, Seen, innermost, need, note, rest } from "./packet";
import { Protocol } from "./generated/protocol";

const MAX_EXTENSIONS: u32 = 10;

/** Counts one more extension header; false when there are too many. */
function count(k: Packet): bool {
  k.extensions += 1;
  innermost(k).flags |= <u8>IpFlag.OPTIONS;
  if (<u32>k.extensions <= MAX_EXTENSIONS) return true;
  note(k, Anomaly.IPV6_TOO_MANY_EXTHDRS);
  return false;
}

/** Length of the header at k.at, all of it at hand; 0 when it is not. */
function measure(k: Packet): u32 {
  if (!count(k) || !need(k, 8, Anomaly.IPV6_TRUNC_EXTHDR)) return 0;
  const length = (<u32>load<u8>(k.at, 1) + 1) << 3;
  return need(k, length, Anomaly.IPV6_TRUNC_EXTHDR) ? length : 0;
}

function next(k: Packet, length: u32): u32 {
  const number = <u32>load<u8>(k.at);
  k.at += length;
  const ip = innermost(k);
  ip.payloadOffset = <u32>(k.at - k.base);
  ip.payloadLength = ip.payloadLength > length ? ip.payloadLength - length : 0;
  return fromIpProtocol(k, number);
}

export function hopByHop(k: Packet): u32 {
  const length = measure(k);
  if (length == 0) return Protocol.NONE;
  if (k.seen & Seen.HOPOPTS) note(k, Anomaly.IPV6_DUPL_HH);
  else if (k.extensions > 1) note(k, Anomaly.IPV6_HH_NOT_FIRST);
  k.seen |= <u8>Seen.HOPOPTS;
  ipv6Options(k, k.at + 2, k.at + length, true);
  return next(k, length);
}

export function destinationOptions(k: Packet): u32 {
  const length = measure(k);
  if (length == 0) return Protocol.NONE;
  if (k.seen & Seen.DSTOPTS2) note(k, Anomaly.IPV6_DUPL_DH); // twice is allowed: before routing, and before the payload
  k.seen |= <u8>(k.seen & Seen.DSTOPTS ? Seen.DSTOPTS2 : Seen.DSTOPTS);
  ipv6Options(k, k.at + 2, k.at + length, false);
  return next(k, length);
}

/** Type (1), segments left (1), then by type. Type 0 is forbidden (RFC 5095). */
export function routing(k: Packet): u32 {
  const length = measure(k);
  if (length == 0) return Protocol.NONE;
  if (k.seen & Seen.ROUTING) note(k, Anomaly.IPV6_DUPL_RH);
  k.seen |= <u8>Seen.ROUTING;
  const type = <u32>load<u8>(k.at, 2),
    left = <u32>load<u8>(k.at, 3);
  if (type == 0) note(k, Anomaly.IPV6_RH_TYPE_0);
  if ((type == 0 || type == 2 || type == 4) && left > (length - 8) >> 4) note(k, Anomaly.IPV6_RH_INVALID);
  if (left != 0) k.seen |= <u8>Seen.REWRITTEN; // the destination that checksums cover is the last segment
  return next(k, length);
}

/** Next header, reserved, offset (13 bits) reserved (2) more (1), identification (4): RFC 8200 section 4.5. */
export function fragmentHeader(k: Packet): u32 {
  if (!count(k) || !need(k, 8, Anomaly.IPV6_TRUNC_EXTHDR)) return Protocol.NONE;
  if (k.seen & Seen.FRAGMENT) note(k, Anomaly.IPV6_DUPL_FH);
  k.seen |= <u8>Seen.FRAGMENT;
  const place = be16(k.at + 2);
  const offset = place & 0xfff8,
    more = (place & 1) != 0;
  if (load<u8>(k.at, 1) != 0 || place & 6) note(k, Anomaly.IPV6_FH_RESERVED);
  const ip = innermost(k);
  ip.id = be32(k.at + 4);
  ip.flags |= <u8>IpFlag.FRAGMENT;
  if (offset == 0 && !more) note(k, Anomaly.IPV6_USELESS_FH); // an atomic fragment (RFC 6946)
  fragment(k, ip, offset, more);
  const length = ip.payloadLength > 8 ? ip.payloadLength - 8 : 0;
  if (more && length & 7) note(k, Anomaly.IPV6_FRAG_LENGTH);
  if (offset + length > 65535) note(k, Anomaly.IPV6_FRAG_TOO_LARGE);
  return next(k, 8);
}

/**
 * Mobility (RFC 6275), host identity (RFC 7401), shim6 (RFC 5533): same shape; what they carry ends the chain as a
 * rule.
 */
export function otherExtension(k: Packet): u32 {
  const length = measure(k);
  return length == 0 ? Protocol.NONE : next(k, length);
}

export function noNextHeader(k: Packet): u32 {
  if (rest(k) != 0) note(k, Anomaly.IPV6_DATA_AFTER_NONE);
  return Protocol.NONE;
}

/**
 * Authentication header (RFC 4302), in IPv4 too: next, length in units of 4 less 2, reserved (2), SPI, sequence, value.
 */
export function authentication(k: Packet): u32 {
  if (!count(k) || !need(k, 12, Anomaly.AH_TOO_SMALL)) return Protocol.NONE;
  if (k.seen & Seen.AH) note(k, Anomaly.IPV6_DUPL_AH);
  k.seen |= <u8>Seen.AH;
  if (be16(k.at + 2) != 0) note(k, Anomaly.IPV6_AH_RES);
  const length = (<u32>load<u8>(k.at, 1) + 2) << 2;
  if (length < 12)
    note(k, Anomaly.AH_TOO_SMALL); // 8 at least: what follows can still be read
  else if (!need(k, length, Anomaly.AH_TOO_SMALL)) return Protocol.NONE;
  return next(k, length);
}

/** Encapsulating security payload (RFC 4303): SPI (4), sequence number (4), then what cannot be read. */
export function encapsulation(k: Packet): u32 {
  if (!need(k, 8, Anomaly.ESP_TOO_SMALL)) return Protocol.NONE;
  k.flags |= Is.ENCRYPTED;
  k.at += 8;
  return Protocol.NONE;
}
