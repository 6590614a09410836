// TCP options (RFC 9293 section 3.2, RFC 7323, RFC 2018): kind, and for all but the two padding options length and
// data.
import { be16 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { Packet, note } from "./packet";

const EOL: u32 = 0,
  NOP: u32 = 1,
  MSS: u32 = 2,
  SCALE: u32 = 3,
  SACK_PERMITTED: u32 = 4,
  SACK: u32 = 5,
  TIMESTAMPS: u32 = 8;
const MD5: u32 = 19,
  USER_TIMEOUT: u32 = 28;

/** Reads and checks the options in [p, end). */
export function tcpOptions(k: Packet, p: usize, end: usize): void {
  let seen: u32 = 0;
  while (p < end) {
    const kind = <u32>load<u8>(p);
    if (kind == EOL) return;
    if (kind == NOP) {
      p += 1;
      continue;
    }
    if (p + 2 > end) {
      note(k, Anomaly.TCP_OPTLEN);
      return;
    }
    const length = <u32>load<u8>(p, 1);
    if (length < 2 || p + length > end) {
      note(k, Anomaly.TCP_OPTLEN);
      return;
    }
    if (!valid(kind, length)) note(k, Anomaly.TCP_OPT_LEN);
    else if (kind == MSS) k.mss = <u16>be16(p + 2);
    // RFC 7323 section 2.3: at most 14
    else if (kind == SCALE) k.windowScale = <u8>(1 + min<u32>(<u32>load<u8>(p, 2), 14));
    if (kind < 32 && kind <= TIMESTAMPS) {
      const bit: u32 = 1 << kind;
      if (seen & bit) note(k, Anomaly.TCP_OPT_DUPLICATE);
      seen |= bit;
    }
    p += length;
  }
}

function valid(kind: u32, length: u32): bool {
  switch (kind) {
    case MSS:
    case USER_TIMEOUT:
      return length == 4;
    case SCALE:
      return length == 3;
    case SACK_PERMITTED:
      return length == 2;
    case SACK:
      return length >= 10 && ((length - 2) & 7) == 0;
    case TIMESTAMPS:
      return length == 10;
    case MD5:
      return length == 18;
    default:
      return true;
  }
}
