// SCTP (RFC 9260): ports, verification tag, CRC-32C checksum, then chunks: type, flags, length, value, padding to 4.
import { be16, be32 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { bad, verifiable } from "./checksum";
import { crc32c } from "./crc32c";
import { Packet, need, note, rest } from "./packet";
import { Protocol } from "./generated/protocol";
import { ports, tooSmall } from "./tcp";

const MAX_CHUNKS: u32 = 64;
const DATA: u32 = 0,
  INIT: u32 = 1;

export function sctp(k: Packet): u32 {
  if (!need(k, 12, tooSmall(k, Anomaly.SCTP_TOO_SMALL))) {
    ports(k);
    return Protocol.NONE;
  }
  ports(k);
  const p = k.at,
    length = rest(k),
    tag = be32(p + 4);
  if (verifiable(k, length) && crc32c(p, length, 8) != load<u32>(p, 8)) bad(k, Anomaly.SCTP_CHECKSUM);
  k.at = p + 12;
  chunks(k, k.at, tag);
  return Protocol.NONE;
}

function chunks(k: Packet, p: usize, tag: u32): void {
  let init = false;
  for (let n: u32 = 0; p < k.wire; ++n) {
    if (n == MAX_CHUNKS) {
      note(k, Anomaly.SCTP_TOO_MANY);
      return;
    }
    if (p + 4 > k.wire) {
      note(k, Anomaly.SCTP_CHUNK_SMALL);
      return;
    }
    if (p + 4 > k.end) return;
    const type = <u32>load<u8>(p),
      length = be16(p + 2);
    if (length < 4 || p + length > k.wire) {
      note(k, Anomaly.SCTP_CHUNK_LEN);
      return;
    }
    if (init || (type == INIT && n != 0)) note(k, Anomaly.SCTP_INIT_BUNDLED); // RFC 9260 section 3.2: INIT comes alone
    if (type == INIT) {
      init = true;
      if (tag != 0) note(k, Anomaly.SCTP_INIT_VTAG);
    }
    if (type == DATA && tag == 0) note(k, Anomaly.SCTP_ZERO_VTAG);
    p += (length + 3) & ~3;
  }
}
