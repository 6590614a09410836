// ICMP (RFC 792): type, code, checksum, 4 bytes by type; errors quote the packet that caused them.
import { Anomaly } from "./generated/anomaly";
import { checkPlain } from "./checksum";
import { Packet, need, note, rest } from "./packet";
import { Protocol } from "./generated/protocol";
import { quoteIpv4 } from "./quotation";
import { tooSmall } from "./tcp";

export function icmp(k: Packet): u32 {
  if (!need(k, 4, tooSmall(k, Anomaly.ICMPV4_TOO_SMALL))) return Protocol.NONE;
  const p = k.at;
  const type = <u32>load<u8>(p),
    code = <u32>load<u8>(p, 1);
  k.icmpType = <u8>type;
  k.icmpCode = <u8>code;
  checkPlain(k, rest(k), Anomaly.ICMPV4_CHECKSUM);
  if (!need(k, 8, tooSmall(k, Anomaly.ICMPV4_TOO_SMALL))) return Protocol.NONE;
  k.at = p + 8;
  const codes = lastCode(type);
  if (codes < 0) note(k, Anomaly.ICMPV4_TYPE);
  else if (<i32>code > codes) note(k, Anomaly.ICMPV4_CODE);
  if (type == 3 || type == 4 || type == 5 || type == 11 || type == 12)
    quoteIpv4(k, Anomaly.ICMPV4_QUOTE_SMALL, Anomaly.ICMPV4_QUOTE_VERSION);
  return Protocol.NONE;
}

/** The highest code of a type; -1 for a type that IANA's icmp-parameters does not assign. */
function lastCode(type: u32): i32 {
  switch (type) {
    case 3:
      return 15;
    case 5:
      return 3;
    case 9:
      return 16;
    case 11:
      return 1;
    case 12:
      return 2;
    case 40:
      return 5;
    case 42:
      return 0;
    case 43:
      return 4;
    case 0:
    case 4:
    case 6:
    case 8:
    case 10:
    case 13:
    case 14:
    case 15:
    case 16:
    case 17:
    case 18:
    case 30:
    case 31:
    case 32:
    case 33:
    case 34:
    case 35:
    case 36:
    case 37:
    case 38:
    case 39:
    case 41:
      return 0;
    default:
      return -1;
  }
}
