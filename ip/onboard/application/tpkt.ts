// What S7 and MMS travel in: TPKT (RFC 1006, section 6), and COTP, the transport protocol of class 0 (ISO 8073 / X.224,
// clause 13).
//
//   03 00  u16 length  |  u8 header's length without itself  u8 code  ...  [data]
import { be16 } from "../../../lib/onboard/bytes";
import { AppMessage, says } from "./message";

const HEADER: u32 = 4;
const DATA: u32 = 0xf0;
const LAST: u32 = 0x80; // of the TPDUs that a message is cut into

/** Kinds of TPDUs that are no data: this and their code. */
export const TPDU: u32 = 0x10000;

/** The TPDU at p as a message that carries no data; its data, if it has any, are m.body to m.end. */
export function tpkt(p: usize, end: usize, m: AppMessage): bool {
  if (p + HEADER + 2 > end || load<u8>(p) != 3 || load<u8>(p, 1) != 0) return false;
  const length = be16(p + 2),
    header = <u32>load<u8>(p, 4) + 1,
    code = <u32>load<u8>(p, 5);
  if (header < 2 || HEADER + header > length || !isCode(code)) return false;
  if (code == DATA && header != 3) return false;
  m.next = p + length;
  const last = min<usize>(m.next, end);
  says(m, TPDU | code, min<usize>(p + HEADER + header, last), last);
  return true;
}

/** Whether a TPDU begins at p. */
export function isTpkt(p: usize, end: usize): bool {
  if (p + HEADER + 2 > end || load<u8>(p) != 3 || load<u8>(p, 1) != 0) return false;
  return be16(p + 2) > HEADER + <u32>load<u8>(p, 4) && isCode(load<u8>(p, 5));
}

/** Whether its data go on in the next TPDU; of one that has none, whether those of an earlier one do. */
export function goesOn(p: usize, end: usize, isWithin: bool): bool {
  if (p + 7 > end || load<u8>(p, 5) != DATA || (<u32>load<u8>(p, 6)) & LAST) return false;
  return isWithin || be16(p + 2) > HEADER + 3;
}

@inline export function isData(m: AppMessage): bool {
  return m.kind == (TPDU | DATA);
}

/**
 * Data, connection request and confirm, disconnect request and confirm, expedited data, their acknowledgements, error.
 */
function isCode(code: u32): bool {
  switch (code) {
    case DATA:
    case 0x70:
    case 0x80:
    case 0xc0:
      return true;
    default:
      return code >> 4 == 0xe || code >> 4 == 0xd || code == 0x10 || code == 0x20 || code == 0x60;
  }
}
