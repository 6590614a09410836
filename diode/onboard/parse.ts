// REQ-FILTER-004
// First checker, form: takes an Ethernet frame apart, strictly. Hand-written, and on purpose none of inspect's decoder:
// a mistake there must not open anything here.
//
// Every byte it accepts is either kept in Fields or named below as ignored, to be made anew by remake.ts:
// MAC addresses, VLAN tag, traffic class, ECN, flow label, IPv4 identification, don't-fragment flag, time to live,
// all checksums, TCP options, ECE, CWR, and the padding of short Ethernet frames. Anything else is a Reason to drop.
//
// Untrusted: all bytes of the frame. Lengths are compared before anything is read.
import { UNTAGGED } from "../../appliance/contract/onboard/config";
import { be16, be32, be64, fold16, sum16 } from "../../lib/onboard/bytes";
import { Fields, Known } from "./fields";
import { Reason } from "./generated/reasons";
import { parseTransport } from "./transport";

const ETHERNET: u32 = 14;
const TAG: u32 = 4;
const MINIMUM: u32 = 60; // IEEE 802.3 section 4.2.3.3, without the frame check sequence
const IPV4: u32 = 20;
const IPV6: u32 = 40;

/** Parses p[0..length) into f; Reason.NONE, or why not. */
export function parse(f: Fields, p: usize, length: u32, ignoreChecksums: bool): u32 {
  f.known = Known.NOTHING;
  f.vlan = UNTAGGED;
  f.srcPort = 0;
  f.dstPort = 0;
  f.sequence = 0;
  f.acknowledgement = 0;
  f.flags = 0;
  f.window = 0;
  if (length < ETHERNET) return Reason.TOO_SHORT;
  f.macDst = be64(p) >> 16;
  f.macSrc = be64(p + 6) >> 16;
  let type = be16(p + 12);
  let at = ETHERNET;
  f.etherType = type;
  f.known = Known.MAC;
  if (type == 0x8100) {
    if (length < ETHERNET + TAG) return Reason.TOO_SHORT;
    f.vlan = be16(p + 14) & 0xfff;
    type = be16(p + 16);
    at += TAG;
    f.etherType = type;
    if (f.vlan == 4095 || type == 0x8100 || type == 0x88a8) return Reason.VLAN;
  }
  // Padding may fill up a short frame; one tag may come on top of a frame that was filled up already.
  const padded = length <= MINIMUM + (at - ETHERNET);
  if (type == 0x0800) return parseIpv4(f, p + at, length - at, padded, ignoreChecksums);
  if (type == 0x86dd) return parseIpv6(f, p + at, length - at, padded, ignoreChecksums);
  return type == 0x88a8 || type == 0x9100 ? Reason.VLAN : Reason.ETHERTYPE;
}

/** RFC 791 section 3.1. */
function parseIpv4(f: Fields, p: usize, length: u32, padded: bool, ignoreChecksums: bool): u32 {
  if (length < IPV4) return Reason.TOO_SHORT;
  const first = <u32>load<u8>(p);
  if (first >> 4 != 4) return Reason.IP_VERSION;
  const total = be16(p + 2);
  f.version = 4;
  f.protocol = <u32>load<u8>(p, 9);
  f.srcHi = 0;
  f.srcLo = be32(p + 12);
  f.dstHi = 0;
  f.dstLo = be32(p + 16);
  f.known = Known.ADDRESSES;
  if ((first & 15) < 5 || total < IPV4 || total > length) return Reason.IP_LENGTH;
  if ((first & 15) != 5) return Reason.IP_OPTIONS;
  if (total < length && !padded) return Reason.TRAILING;
  if (!ignoreChecksums && fold16(sum16(p, IPV4, 0)) != 0xffff) return Reason.IP_CHECKSUM;
  const fragment = be16(p + 6);
  if (fragment & 0x8000) return Reason.IP_FLAGS;
  if (fragment & 0x3fff) return Reason.FRAGMENT;
  if (load<u8>(p, 8) == 0) return Reason.TTL;
  if (badIpv4(<u32>f.srcLo, <u32>f.dstLo)) return Reason.ADDRESS;
  const pseudo = sum16(p + 12, 8, <u64>bswap<u16>(<u16>f.protocol) + <u64>bswap<u16>(<u16>(total - IPV4)));
  return parseTransport(f, p + IPV4, total - IPV4, pseudo, ignoreChecksums);
}

/** RFC 8200 section 3. Of extension headers none is passed: what they carry could not be made anew. */
function parseIpv6(f: Fields, p: usize, length: u32, padded: bool, ignoreChecksums: bool): u32 {
  if (length < IPV6) return Reason.TOO_SHORT;
  if ((<u32>load<u8>(p)) >> 4 != 6) return Reason.IP_VERSION;
  const payload = be16(p + 4);
  f.version = 6;
  f.protocol = <u32>load<u8>(p, 6);
  f.srcHi = be64(p + 8);
  f.srcLo = be64(p + 16);
  f.dstHi = be64(p + 24);
  f.dstLo = be64(p + 32);
  f.known = Known.ADDRESSES;
  if (payload > length - IPV6) return Reason.IP_LENGTH;
  if (payload < length - IPV6 && !padded) return Reason.TRAILING;
  if (isExtension(f.protocol)) return Reason.EXTENSION;
  if (load<u8>(p, 7) == 0) return Reason.TTL;
  if (badIpv6(f)) return Reason.ADDRESS;
  const pseudo = sum16(p + 8, 32, <u64>bswap<u16>(<u16>f.protocol) + <u64>bswap<u16>(<u16>payload));
  return parseTransport(f, p + IPV6, payload, pseudo, ignoreChecksums);
}

/** IANA, "IPv6 Extension Header Types", and 59, no next header. ESP (50) is left: to guard it is an opaque payload. */
function isExtension(protocol: u32): bool {
  switch (protocol) {
    case 0:
    case 43:
    case 44:
    case 51:
    case 59:
    case 60:
    case 135:
    case 139:
    case 140:
    case 253:
    case 254:
      return true;
    default:
      return false;
  }
}

/** Sources must be single hosts; destinations may be groups (RFC 1112) or the limited broadcast, if a rule says so. */
function badIpv4(src: u32, dst: u32): bool {
  const s = src >> 24,
    d = dst >> 24;
  if (s == 0 || s == 127 || s >= 224) return true;
  if (d == 0 || d == 127 || (d >= 240 && dst != 0xffffffff)) return true;
  return src == dst;
}

/** RFC 4291: unspecified and loopback, IPv4-mapped, and groups as sources. */
function badIpv6(f: Fields): bool {
  if (f.srcHi >> 56 == 0xff) return true;
  if (f.srcHi == 0 && (f.srcLo <= 1 || f.srcLo >> 32 == 0xffff)) return true;
  if (f.dstHi == 0 && (f.dstLo <= 1 || f.dstLo >> 32 == 0xffff)) return true;
  return f.srcHi == f.dstHi && f.srcLo == f.dstLo;
}
