// REQ-DECODE-029
// Whether a datagram is the tunnel that one of its ports is known for. A port proves nothing: hosts pick theirs from
// ranges that hold the ports of all tunnels here, so the answer of a DNS server goes to 4789 as well. A tunnel that no
// policy names is opened only when its header is as the standard says, the lengths inside fit, and what it announces
// begins as such a header begins (inner.ts). Bits that a receiver must ignore are ignored (RFC 7348 section 5, RFC 8926
// section 3.4), and so is the source port, which a tunnel may take from anywhere.
//
// What an attacker can still do: write such a header himself. named.ts says what becomes of that.
// Only bytes at hand are looked at: what the capture cut off proves nothing.
import { be16, be32 } from "../../lib/onboard/bytes";
import { fromEtherType } from "./generated/numbers";
import { isEthernet, isIpv4, isIpv6, isLabelled, isType, left } from "./inner";
import { provesL2tp } from "./l2tp";
import { Is, Packet } from "./packet";
import { Protocol } from "./generated/protocol";

/** Whether the bytes from k.at on, behind a UDP header, are such a tunnel. */
export function proves(k: Packet, tunnel: u32): bool {
  const p = k.at;
  if (p + 6 > k.end) return false;
  switch (tunnel) {
    case Protocol.VXLAN: // I: the identifier is valid
      return (load<u8>(p) & 8) != 0 && isEthernet(k, p + 8);
    case Protocol.VXLAN_GPE:
      return isGpe(k, p);
    case Protocol.GENEVE:
      return isGeneve(k, p);
    case Protocol.GTP:
      return isGtp(k, p);
    case Protocol.GTP_CONTROL:
      return isGtpControl(k, p);
    case Protocol.GTP_PRIME:
      return isGtpPrime(k, p);
    case Protocol.TEREDO:
      return isTeredo(k, p);
    case Protocol.GRE:
      return isGre(k, p);
    case Protocol.MPLS:
      return isLabelled(k, p, true);
    case Protocol.L2TP_UDP:
      return provesL2tp(k, p);
    default:
      return false;
  }
}

/** draft-ietf-nvo3-vxlan-gpe: version 0 and I among the flags; P, when the next protocol is said. */
function isGpe(k: Packet, p: usize): bool {
  if (p + 8 > k.end || (load<u8>(p) & 0x38) != 0x08) return false;
  switch (load<u8>(p) & 4 ? <u32>load<u8>(p, 3) : 3) {
    case 1:
      return isIpv4(k, p + 8, false);
    case 2:
      return isIpv6(k, p + 8);
    case 3:
      return isEthernet(k, p + 8);
    case 4:
      return isType(k, p + 8, 0x894f);
    default:
      return false;
  }
}

/** RFC 8926 section 3.4: version 0, options that end where the header says, a known type. */
function isGeneve(k: Packet, p: usize): bool {
  const end = p + 8 + (((<u32>load<u8>(p)) & 63) << 2);
  if (load<u8>(p) >> 6 != 0 || end > k.end) return false;
  let at = p + 8;
  while (at < end) at += 4 + (((<u32>load<u8>(at, 3)) & 31) << 2);
  if (at != end) return false;
  // Ethernet without its header: nothing in a header speaks against it, and its reserved byte for it
  if (be16(p + 2) == 0x6558 && left(k, end) < 14) return load<u8>(p, 7) == 0;
  return isType(k, end, be16(p + 2));
}

/** 3GPP TS 29.281 section 5.1: version 1, no GTP', a type of message that exists, and the length that is there. */
function isGtp(k: Packet, p: usize): bool {
  if (p + 8 > k.end || load<u8>(p) >> 4 != 3 || !isLength(k, 8 + be16(p + 2))) return false;
  switch (<u32>load<u8>(p, 1)) {
    case 1: // echo request and response, error indication, supported extensions, end marker, a packet
    case 2:
    case 26:
    case 31:
    case 254:
    case 255:
      return true;
    default:
      return false;
  }
}

/** Version 1 (3GPP TS 29.060), or version 2 (TS 29.274), whose messages may come several in a datagram. */
function isGtpControl(k: Packet, p: usize): bool {
  const first = <u32>load<u8>(p);
  if (first >> 4 == 3) return isLength(k, 8 + be16(p + 2));
  if (first >> 5 != 2) return false;
  const length: u32 = 4 + be16(p + 2);
  return first & 0x10 ? length <= left(k, k.at) : isLength(k, length);
}

/** GTP' (3GPP TS 32.295): its header has 6 bytes, or 20 in version 0. */
function isGtpPrime(k: Packet, p: usize): bool {
  const first = <u32>load<u8>(p);
  if (first & 0x10 || first >> 5 > 2) return false;
  return isLength(k, 6 + be16(p + 2)) || (first >> 5 == 0 && isLength(k, 20 + be16(p + 2)));
}

/** Whether that is all that the datagram has; of a fragment, whether it has no more. */
function isLength(k: Packet, length: u32): bool {
  const has = left(k, k.at);
  return length == has || (length > has && (k.flags & Is.FRAGMENT) != 0);
}

/**
 * RFC 4380 section 5.1.1: authentication and origin in front of IPv6, one of whose addresses is Teredo's own, or
 * link-local (section 5.2.1: router solicitations, bubbles).
 */
function isTeredo(k: Packet, p: usize): bool {
  if (be16(p) == 1) p += 13 + <u32>load<u8>(p, 2) + <u32>load<u8>(p, 3);
  if (p + 8 <= k.end && be16(p) == 0) p += 8;
  return isIpv6(k, p) && (isTeredoAddress(p + 8) || isTeredoAddress(p + 24));
}

function isTeredoAddress(p: usize): bool {
  const prefix = be32(p);
  return prefix == 0x20010000 || prefix == 0x3ffe831f || prefix >> 22 == 0xfe80 >> 6;
}

/** RFC 8086 section 3: version 0 without source routes, bits that are not assigned 0, then what the type announces. */
function isGre(k: Packet, p: usize): bool {
  const flags = be16(p);
  if (flags & 0x4fff) return false;
  p += 4;
  if (flags & 0x8000) p += 4; // checksum, key, sequence
  if (flags & 0x2000) p += 4;
  if (flags & 0x1000) p += 4;
  const type = be16(k.at + 2);
  if (type == 0x88be || type == 0x22eb) return p <= k.end; // ERSPAN
  if (type == 0x0800) return isIpv4(k, p, true);
  return fromEtherType(type) != Protocol.NONE && isType(k, p, type);
}
