// Whether bytes begin as a frame or a packet begins: what tells a tunnel from another datagram (proof.ts).
import { be16, be32, fold16, sum16 } from "../../lib/onboard/bytes";
import { fromEtherType, ofExtension, ofIpProtocol } from "./generated/numbers";
import { Is, Packet } from "./packet";
import { Protocol } from "./generated/protocol";

const MAX_LABELS: u32 = 8;
const MAX_TAGS: u32 = 4;
const PADDED: u32 = 46; // bytes of the shortest Ethernet payload
const TCP: u32 = 6;

/** Bytes that the frame had from p on. */
@inline export function left(k: Packet, p: usize): u32 {
  return k.wire > p ? <u32>(k.wire - p) : 0;
}

/** Version, header length, and a total length that fits; of a TCP segment that is not cut yet (TSO) it is 0. */
export function isIpv4(k: Packet, p: usize, isChecked: bool): bool {
  if (p + 20 > k.end) return false;
  const first = <u32>load<u8>(p),
    header = (first & 15) << 2,
    total = be16(p + 2);
  if (first >> 4 != 4 || header < 20) return false;
  if (total == 0 ? <u32>load<u8>(p, 9) != TCP : total < header || !fits(k, p, total)) return false;
  // nothing else has said what this is: no host takes a packet whose sum is wrong (RFC 1122 section 3.2.1.2)
  return (
    !isChecked ||
    (k.flags & Is.NO_CHECKSUMS) != 0 ||
    load<u16>(p, 10) == 0 ||
    (p + header <= k.end && fold16(sum16(p, header, 0)) == 0xffff)
  );
}

/** Version, a next header that exists, and a payload length that fits. */
export function isIpv6(k: Packet, p: usize): bool {
  if (p + 40 > k.end || load<u8>(p) >> 4 != 6) return false;
  const length = be16(p + 4),
    next = <u32>load<u8>(p, 6);
  if (ofIpProtocol(next) == Protocol.NONE && ofExtension(next) == Protocol.NONE && next != 59) return false;
  return length == 0 || fits(k, p, 40 + length);
}

/** A length that the frame has room for; the first fragment of a datagram has not all of it. */
function fits(k: Packet, p: usize, length: u32): bool {
  return length <= left(k, p) || (k.flags & Is.FRAGMENT) != 0;
}

/** A source that is one host's, and a type or a length that what follows bears out. */
export function isEthernet(k: Packet, p: usize): bool {
  return p + 14 <= k.end && !(load<u8>(p, 6) & 1) && isType(k, p + 14, be16(p + 12));
}

/** What begins at p is what this EtherType, or IEEE 802.3 length, announces. Of some types only that they exist. */
export function isType(k: Packet, p: usize, type: u32): bool {
  for (let tags: u32 = 0; tags < MAX_TAGS; ++tags)
    switch (type) {
      case 0x0800:
        return isIpv4(k, p, false);
      case 0x86dd:
        return isIpv6(k, p);
      case 0x0806:
      case 0x8035: // hardware, protocol, lengths of 6 and 4
        return p + 8 <= k.end && be32(p + 2) == 0x08000604;
      case 0x8847:
      case 0x8848:
        return isLabelled(k, p, false);
      case 0x894f: // NSH: version 0, a length of 8 bytes and more, a next protocol
        return p + 8 <= k.end && load<u8>(p) >> 6 == 0 && (load<u8>(p, 1) & 63) >= 2 && isNextOfNsh(load<u8>(p, 3));
      case 0x6558: // Ethernet
        if (p + 14 > k.end || load<u8>(p, 6) & 1) return false;
        type = be16(p + 12);
        p += 14;
        break;
      case 0x8100:
      case 0x88a8:
      case 0x9100:
        if (p + 4 > k.end) return false;
        type = be16(p + 2);
        p += 4;
        break;
      default:
        return type < 0x0600 ? isLlc(k, p, type) : fromEtherType(type) != Protocol.NONE;
    }
  return fromEtherType(type) != Protocol.NONE;
}

/** IPv4, IPv6, Ethernet, NSH, MPLS (RFC 8300 section 2.2). */
@inline function isNextOfNsh(next: u8): bool {
  return next >= 1 && next <= 5;
}

/** A length that is all there is, but for the padding of short frames, and a service that LLC has (llc.ts). */
function isLlc(k: Packet, p: usize, length: u32): bool {
  const has = left(k, p);
  if (length < 3 || p + 3 > k.end || length > has || (length < has && has > PADDED)) return false;
  switch (<u32>load<u8>(p)) {
    case 0x06:
    case 0x42:
    case 0xe0:
    case 0xf0:
    case 0xfe:
      return true;
    case 0xaa:
      return load<u8>(p, 1) == 0xaa && load<u8>(p, 2) == 3;
    default:
      return false;
  }
}

/**
 * A stack of labels that ends; with `isDeep` also what follows it: IP, or Ethernet with or without a control word
 * (RFC 4385).
 */
export function isLabelled(k: Packet, p: usize, isDeep: bool): bool {
  for (let n: u32 = 0; n < MAX_LABELS; ++n) {
    if (p + 4 > k.end) return false;
    const entry = be32(p);
    p += 4;
    if (!(entry & 0x100)) continue;
    if (!isDeep) return true;
    if (p >= k.end) return false;
    switch ((<u32>load<u8>(p)) >> 4) {
      case 4:
        return isIpv4(k, p, true);
      case 6:
        return isIpv6(k, p);
      case 0:
        return isEthernetAgain(k, p + 4) || isEthernetAgain(k, p);
      default:
        return isEthernetAgain(k, p);
    }
  }
  return false;
}

/** As isEthernet(), of what isType() knows without going deeper: the build refuses recursion. */
function isEthernetAgain(k: Packet, p: usize): bool {
  if (p + 14 > k.end || load<u8>(p, 6) & 1) return false;
  switch (be16(p + 12)) {
    case 0x0800:
      return isIpv4(k, p + 14, false);
    case 0x86dd:
      return isIpv6(k, p + 14);
    case 0x0806:
      return p + 22 <= k.end && be32(p + 16) == 0x08000604;
    default:
      return be16(p + 12) >= 0x0600 && fromEtherType(be16(p + 12)) != Protocol.NONE;
  }
}
