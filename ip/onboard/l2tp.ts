// REQ-DECODE-030
// L2TP version 2 over UDP (RFC 2661 section 3.1): flags and version, length if L, tunnel, session, sequence numbers
// if S, offset and so many bytes if O; then a PPP frame, or attributes in a control message (T).
import { be16, be32 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { isIpv4, isIpv6, left } from "./inner";
import { Is, Packet, limit, need, note } from "./packet";
import { Protocol } from "./generated/protocol";

const CONTROL: u32 = 0x8000,
  LENGTH: u32 = 0x4000,
  SEQUENCE: u32 = 0x0800,
  OFFSET: u32 = 0x0200;
const VERSION: u32 = 2;

export function l2tp(k: Packet): u32 {
  if (!need(k, 6, Anomaly.L2TP_TOO_SMALL)) return Protocol.NONE;
  const p = k.at,
    flags = be16(p);
  if ((flags & 15) != VERSION) return Protocol.NONE; // 1: L2F (RFC 2341), 3: L2TPv3 (RFC 3931)
  const header = sizeOf(flags);
  if (!need(k, header, Anomaly.L2TP_TOO_SMALL)) return Protocol.NONE;
  if (flags & LENGTH) {
    const length = be16(p + 2);
    if (length < header || !limit(k, length)) note(k, Anomaly.L2TP_LENGTH);
  }
  k.tunnelId = be32(p + (flags & LENGTH ? 4 : 2)); // tunnel and session
  k.at = p + header;
  if (flags & CONTROL) return Protocol.NONE;
  if (flags & OFFSET) {
    const padding = be16(k.at - 2);
    if (!need(k, padding, Anomaly.L2TP_LENGTH)) return Protocol.NONE;
    k.at += padding;
  }
  return k.at < k.wire ? Protocol.PPP : Protocol.NONE; // an empty one keeps the session's numbers going
}

/** Bytes of the header, the padding that O announces not counted. */
function sizeOf(flags: u32): u32 {
  let size: u32 = 6;
  if (flags & LENGTH) size += 2;
  if (flags & SEQUENCE) size += 4;
  if (flags & OFFSET) size += 2;
  return size;
}

/**
 * Whether a datagram of port 1701 is one (proof.ts). A control message says its length, and opens nothing; a data
 * message has PPP inside. Reserved bits are ignored (section 3.1).
 */
export function provesL2tp(k: Packet, p: usize): bool {
  const flags = be16(p);
  let header = sizeOf(flags);
  if ((flags & 15) != VERSION || p + header > k.end) return false;
  if (flags & LENGTH) {
    const length = be16(p + 2);
    if (length < header || (length > left(k, p) && !(k.flags & Is.FRAGMENT))) return false;
  }
  if (flags & CONTROL) return (flags & (LENGTH | OFFSET)) == LENGTH;
  if (flags & OFFSET) header += be16(p + header - 2);
  return isPpp(k, p + header);
}

/** Address and control may be left out, as may the high byte of the protocol (RFC 1661 sections 2 and 6.5). */
function isPpp(k: Packet, p: usize): bool {
  if (p + 2 <= k.end && be16(p) == 0xff03) p += 2;
  if (p + 2 > k.end) return false;
  let protocol = <u32>load<u8>(p);
  if (protocol & 1) p += 1;
  else {
    protocol = be16(p);
    p += 2;
  }
  switch (protocol) {
    case 0x0021:
      return isIpv4(k, p, true);
    case 0x0057:
      return isIpv6(k, p);
    case 0x003d: // multilink, encrypted, compressed
    case 0x0053:
    case 0x00fd:
      return true;
    case 0x8021: // control of IPv4, IPv6, encryption, compression, MPLS; of the link, its quality, who is there
    case 0x8057:
    case 0x8053:
    case 0x80fd:
    case 0x8281:
    case 0xc021:
    case 0xc023:
    case 0xc025:
    case 0xc223:
    case 0xc227:
      return p + 4 <= k.end && be16(p + 2) <= left(k, p);
    default:
      return false;
  }
}
