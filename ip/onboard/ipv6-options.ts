// Options of hop-by-hop and destination headers: type, length, data (RFC 8200 section 4.2).
import { be32 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { Packet, Seen, innermost, note } from "./packet";

const PAD1: u32 = 0,
  PADN: u32 = 1,
  JUMBO: u32 = 0xc2,
  HOME_ADDRESS: u32 = 0xc9;

/** Checks the options in [p, end) of a hop-by-hop header or of a destination header. */
export function ipv6Options(k: Packet, p: usize, end: usize, hop: bool): void {
  let real = false;
  while (p < end) {
    const type = <u32>load<u8>(p);
    if (type == PAD1) {
      p += 1;
      continue;
    }
    if (p + 2 > end) {
      note(k, Anomaly.IPV6_OPTLEN);
      return;
    }
    const length = <u32>load<u8>(p, 1);
    if (p + 2 + length > end) {
      note(k, Anomaly.IPV6_OPTLEN);
      return;
    }
    if (type != PADN) {
      real = true;
      if (!known(type)) note(k, hop ? Anomaly.IPV6_HOPOPTS_UNKNOWN : Anomaly.IPV6_DSTOPTS_UNKNOWN);
      if (type == HOME_ADDRESS) k.seen |= <u8>Seen.REWRITTEN; // checksums cover the home address instead of the source
      if (type == JUMBO) jumbo(k, p, length, hop);
    }
    p += 2 + length;
  }
  if (!real) note(k, hop ? Anomaly.IPV6_HOPOPTS_PADDING : Anomaly.IPV6_DSTOPTS_PADDING);
}

/** RFC 2675 section 3: 4 bytes, in a hop-by-hop header, with a payload length of 0, and more than 65,535. */
function jumbo(k: Packet, p: usize, length: u32, hop: bool): void {
  if (length != 4 || !hop || innermost(k).totalLength != 40 || be32(p + 2) <= 65535)
    note(k, Anomaly.IPV6_JUMBO_INVALID);
}

/** IANA ipv6-parameters: destination options and hop-by-hop options. */
function known(type: u32): bool {
  switch (type) {
    case JUMBO:
    case HOME_ADDRESS:
    case 0x04:
    case 0x05:
    case 0x07:
    case 0x08:
    case 0x0f:
    case 0x11:
    case 0x12:
    case 0x13:
    case 0x23:
    case 0x26:
    case 0x30:
    case 0x31:
    case 0x63:
    case 0x6d:
    case 0x8b:
    case 0x8c:
    case 0x8f:
      return true;
    default:
      return false;
  }
}
