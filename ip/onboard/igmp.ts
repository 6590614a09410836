// IGMP (RFC 2236, RFC 3376): type, maximal response time, checksum, group; version 3 goes on with lists.
import { be16 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { checkPlain } from "./checksum";
import { Packet, need, note, rest } from "./packet";
import { Protocol } from "./generated/protocol";
import { tooSmall } from "./tcp";

const QUERY: u32 = 0x11,
  V1_REPORT: u32 = 0x12,
  DVMRP: u32 = 0x13,
  PIM: u32 = 0x14,
  V2_REPORT: u32 = 0x16,
  LEAVE: u32 = 0x17;
const V3_REPORT: u32 = 0x22;

export function igmp(k: Packet): u32 {
  if (!need(k, 8, tooSmall(k, Anomaly.IGMP_TOO_SMALL))) {
    if (k.at < k.end) k.icmpType = load<u8>(k.at);
    return Protocol.NONE;
  }
  const p = k.at,
    length = rest(k);
  const type = <u32>load<u8>(p);
  k.icmpType = <u8>type;
  checkPlain(k, length, Anomaly.IGMP_CHECKSUM);
  switch (type) {
    case QUERY: // RFC 3376 section 7.1: 8 bytes is version 1 or 2, 12 and more version 3
      if (length > 8 && length < 12) note(k, Anomaly.IGMP_V3_TOO_SMALL);
      else if (length >= 12 && p + 12 <= k.end && be16(p + 10) << 2 > length - 12) note(k, Anomaly.IGMP_MALFORMED);
      break;
    case V3_REPORT:
      records(k, p, length);
      break;
    case V1_REPORT:
    case V2_REPORT:
    case LEAVE:
    case DVMRP:
    case PIM:
    case 0x1e:
    case 0x1f:
    case 0x30:
    case 0x31:
    case 0x32:
      break;
    default:
      note(k, Anomaly.IGMP_TYPE);
  }
  k.at = p + 8;
  return Protocol.NONE;
}

/** Group records: type, auxiliary length (4-byte words), sources (2), group, sources, auxiliary data. */
function records(k: Packet, p: usize, length: u32): void {
  let at: u32 = 8;
  for (let n = be16(p + 6); n != 0; --n) {
    if (at + 8 > length) {
      note(k, Anomaly.IGMP_MALFORMED);
      return;
    }
    if (p + at + 8 > k.end) return;
    at += 8 + (be16(p + at + 2) << 2) + ((<u32>load<u8>(p + at, 1)) << 2);
    if (at > length) {
      note(k, Anomaly.IGMP_MALFORMED);
      return;
    }
  }
}
