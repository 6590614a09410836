// IEC 60870-5-104: APCI (IEC 60870-5-104:2006, clause 5), ASDU (IEC 60870-5-101, clause 7) with a cause of two octets,
// a common address of two and object addresses of three.
//
//   68  u8 length  4 control octets    I: u8 type  u8 number  u8 cause  u8 originator  u16le common address  objects
//
// kind    type of an I frame; 0x100 of an S frame, 0x200 | control octet of a U frame
// about   type, cause with its bits (negative, test), common address
import { AppMessage, says } from "./message";

const CONTROL: u32 = 4;
const ASDU: u32 = 10; // control octets and the ASDU's head
const LONGEST: u32 = 253;
const SUPERVISORY: u32 = 0x100;
const UNNUMBERED: u32 = 0x200;
const TIME: u32 = 7; // octets of a CP56Time2a

export function iec104(p: usize, end: usize, m: AppMessage): bool {
  if (p + 2 + CONTROL > end || load<u8>(p) != 0x68) return false;
  const length = <u32>load<u8>(p, 1),
    control = <u32>load<u8>(p, 2);
  if (length < CONTROL || length > LONGEST) return false;
  m.next = p + 2 + length;
  const last = min<usize>(m.next, end);
  if (control & 1) {
    if (length != CONTROL) return false;
    says(m, control & 2 ? UNNUMBERED | control : SUPERVISORY, last, last);
    return true;
  }
  if (length < ASDU || p + 2 + ASDU > end) return false;
  const type = <u32>load<u8>(p, 6),
    number = <u32>load<u8>(p, 7),
    cause = <u64>load<u8>(p, 8),
    common = <u64>load<u16>(p, 10);
  if (type == 0) return false;
  const body = p + 2 + ASDU;
  // the time of a single object is no value
  const values = isTimed(type) && number == 1 && last == m.next && last >= body + TIME ? last - TIME : last;
  says(m, type, body, values);
  m.about = ((<u64>type) << 32) | (cause << 16) | common;
  m.shape = m.about ^ ((<u64>(length & 0xff)) << 40);
  if (body + 3 <= last) m.shape ^= (<u64>load<u16>(body)) << 48; // the first object's
  return true;
}

/** Types whose objects end with a CP56Time2a. */
@inline function isTimed(type: u32): bool {
  return (type >= 30 && type <= 40) || (type >= 58 && type <= 64) || type == 103 || type == 107;
}
