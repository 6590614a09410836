// IPv4 options: type, and for all but the two padding options length and data (RFC 791 section 3.1).
import { Anomaly } from "./generated/anomaly";
import { Packet, Seen, note } from "./packet";

const EOL: u32 = 0,
  NOP: u32 = 1;
const SECURITY: u32 = 130,
  LSRR: u32 = 131,
  TIMESTAMP: u32 = 68,
  EXTENDED: u32 = 133,
  CIPSO: u32 = 134,
  RR: u32 = 7;
const STREAM: u32 = 136,
  SSRR: u32 = 137,
  ROUTER_ALERT: u32 = 148,
  QUICK_START: u32 = 25;

/** Checks the options in [p, end). */
export function ipv4Options(k: Packet, p: usize, end: usize): void {
  let seen: u32 = 0;
  while (p < end) {
    const type = <u32>load<u8>(p);
    if (type == EOL) return; // what follows is padding
    if (type == NOP) {
      p += 1;
      continue;
    }
    if (p + 2 > end) {
      note(k, Anomaly.IPV4_OPT_MALFORMED);
      return;
    }
    const length = <u32>load<u8>(p, 1);
    if (length < 2 || p + length > end) {
      note(k, Anomaly.IPV4_OPT_LEN);
      return;
    }
    const bit = index(type);
    if (bit == 0) note(k, Anomaly.IPV4_OPT_UNKNOWN);
    else if (seen & bit) note(k, Anomaly.IPV4_OPT_DUPLICATE);
    seen |= bit;
    if (!valid(type, length, p)) note(k, Anomaly.IPV4_OPT_INVALID);
    // a source route not yet used up: the destination that the checksum covers is its last address
    if ((type == LSRR || type == SSRR) && length > 3 && <u32>load<u8>(p, 2) < length) k.seen |= <u8>Seen.REWRITTEN;
    p += length;
  }
}

function index(type: u32): u32 {
  switch (type) {
    case SECURITY:
      return 1;
    case LSRR:
      return 2;
    case TIMESTAMP:
      return 4;
    case EXTENDED:
      return 8;
    case CIPSO:
      return 16;
    case RR:
      return 32;
    case STREAM:
      return 64;
    case SSRR:
      return 128;
    case ROUTER_ALERT:
      return 256;
    case QUICK_START:
      return 512;
    default:
      return 0;
  }
}

function valid(type: u32, length: u32, p: usize): bool {
  switch (type) {
    case LSRR:
    case SSRR:
    case RR: // pointer counts from 1; the first address is at 4
      return length >= 3 && load<u8>(p, 2) >= 4 && ((length - 3) & 3) == 0;
    case TIMESTAMP:
      return length >= 4 && load<u8>(p, 2) >= 5;
    case STREAM:
    case ROUTER_ALERT:
      return length == 4;
    case SECURITY:
    case EXTENDED:
      return length >= 3;
    case CIPSO:
      return length >= 10;
    case QUICK_START:
      return length == 8;
    default:
      return true;
  }
}
