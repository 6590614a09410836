// The values that a command writes, for people (`weir decode`): of Modbus, DNP3, IEC 104, S7 and CIP, as far as they
// are at hand, the first MOST of them. Names are those of Suricata's EVE where it has them (modbus data; of DNP3's
// points index, op_type, tcc, count, ontime, offtime, value).
import { be16 } from "../../../lib/onboard/bytes";
import { Text, byte, decimal, hex8, lit, signed, unsigned } from "../../../lib/onboard/text";
import { App, AppMessage } from "./message";

const MOST: u32 = 4;
const OCTETS: u32 = 16;
const DIGITS: u32 = 6;

export function writeValues(t: Text, m: AppMessage): void {
  switch (m.app) {
    case App.MODBUS:
      if (m.about >> 63 == 0) modbus(t, m.body, m.end, m.kind);
      return;
    case App.DNP3:
      if (m.kind >= 0x102 && m.kind <= 0x106) dnp3(t, m.body, m.end);
      return;
    case App.IEC104:
      if (m.kind < 0x100) iec104(t, m.body, m.end, m.kind);
      return;
    case App.S7:
      if (m.kind == 0x01000005) s7(t, m.body, m.end);
      return;
    case App.ENIP:
      cip(t, m);
  }
}

function member(t: Text, name: string, value: u64): void {
  lit(t, name);
  unsigned(t, value);
}
function real(t: Text, name: string, value: f64): void {
  lit(t, name);
  decimal(t, value, DIGITS);
}
/** Octets as they are. */
function octets(t: Text, p: usize, end: usize): void {
  if (p >= end) return;
  const length = min<u32>(<u32>(end - p), OCTETS);
  lit(t, ", data 0x");
  for (let i: u32 = 0; i < length; ++i) hex8(t, load<u8>(p + i));
  if (p + length < end) lit(t, "...");
}

// ---- Modbus: address, then a value, or quantity, bytes, values

function modbus(t: Text, p: usize, end: usize, code: u32): void {
  if (code == 5 || code == 6) {
    if (p + 4 <= end) member(t, ", data ", be16(p + 2));
  } else if (code == 15) octets(t, p + 5, end);
  else if (code == 16) registers(t, p + 5, end);
  else if (code == 22) {
    if (p + 6 > end) return;
    member(t, ", and_mask ", be16(p + 2));
    member(t, ", or_mask ", be16(p + 4));
  } else if (code == 23) registers(t, p + 9, end);
}

function registers(t: Text, p: usize, end: usize): void {
  for (let i: u32 = 0; p + 2 <= end; ++i, p += 2) {
    if (i == MOST) {
      lit(t, "...");
      return;
    }
    member(t, i == 0 ? ", data " : " ", be16(p));
  }
}

// ---- DNP3: group, variation, qualifier, how many or from where to where, then points

function dnp3(t: Text, p: usize, end: usize): void {
  if (p + 4 > end) return;
  const group = <u32>load<u8>(p),
    variation = <u32>load<u8>(p, 1),
    qualifier = <u32>load<u8>(p, 2),
    size = pointSize(group, variation),
    prefix: u32 = qualifier >> 4 == 1 ? 1 : qualifier >> 4 == 2 ? 2 : 0, // octets of an index before each
    wide: u32 = qualifier & 15; // 0 and 1: from, to, in one or two octets each; 7 and 8: how many
  let index: u32 = 0,
    count: u32 = 0;
  if (size == 0) return;
  p += 3;
  if (wide == 7 || wide == 8) {
    count = numberAt(p, end, wide - 6);
    p += wide - 6;
  } else if (wide < 2) {
    index = numberAt(p, end, wide + 1);
    count = numberAt(p + wide + 1, end, wide + 1) - index + 1;
    p += 2 * (wide + 1);
  }
  for (let i: u32 = 0; i < count && p + prefix + size <= end; ++i, ++index) {
    if (i == MOST) {
      lit(t, "...");
      return;
    }
    if (prefix != 0) index = numberAt(p, end, prefix);
    p += prefix;
    member(t, ", index ", index);
    point(t, p, group, variation);
    p += size;
  }
}

@inline function numberAt(p: usize, end: usize, width: u32): u32 {
  if (p + width > end) return 0;
  return width == 1 ? <u32>load<u8>(p) : <u32>load<u16>(p);
}

/** Of a control relay output block (group 12) or an analog output (41), with its status; 0: of none of these. */
function pointSize(group: u32, variation: u32): u32 {
  if (group == 12) return variation == 1 ? 11 : 0;
  if (group != 41) return 0;
  return variation == 1 || variation == 3 ? 5 : variation == 2 ? 3 : variation == 4 ? 9 : 0;
}

function point(t: Text, p: usize, group: u32, variation: u32): void {
  if (group == 12) {
    const code = <u32>load<u8>(p);
    member(t, ", op_type ", code & 15);
    member(t, ", tcc ", code >> 6);
    member(t, ", count ", load<u8>(p, 1));
    member(t, ", ontime ", load<u32>(p, 2));
    member(t, ", offtime ", load<u32>(p, 6));
    return;
  }
  if (variation == 3) real(t, ", value ", <f64>load<f32>(p));
  else if (variation == 4) real(t, ", value ", load<f64>(p));
  else {
    lit(t, ", value ");
    signed(t, variation == 1 ? <i64>load<i32>(p) : <i64>load<i16>(p));
  }
}

// ---- IEC 104: address of the first object, its value, and what follows that

function iec104(t: Text, p: usize, end: usize, type: u32): void {
  const plain = type >= 58 && type <= 64 ? type - 13 : type, // those with a time say the same
    size: u32 = plain == 48 || plain == 49 ? 3 : plain == 50 ? 5 : plain == 51 ? 4 : 1;
  if (plain < 45 || plain > 51 || p + 3 + size > end) return;
  member(t, ", object ", (<u32>load<u16>(p)) | ((<u32>load<u8>(p, 2)) << 16));
  p += 3;
  const last = <u32>load<u8>(p + size - 1);
  if (plain == 45) member(t, ", value ", last & 1);
  else if (plain <= 47) member(t, ", value ", last & 3);
  else if (plain == 48) real(t, ", value ", <f64>load<i16>(p) / 32768);
  else if (plain == 49) {
    lit(t, ", value ");
    signed(t, <i64>load<i16>(p));
  } else if (plain == 50) real(t, ", value ", <f64>load<f32>(p));
  else member(t, ", value ", load<u32>(p));
  if (plain != 51 && last & 0x80) lit(t, ", select");
}

// ---- S7: items of 12 octets, then of each its value with a head of four

function s7(t: Text, p: usize, end: usize): void {
  if (p + 2 > end) return;
  const data = p + 2 + 12 * <usize>load<u8>(p, 1);
  if (data + 4 > end) return;
  const unit = <u32>load<u8>(data, 1), // 3, 4 and 5: the length is of bits
    length = <usize>be16(data + 2),
    size = unit >= 3 && unit <= 5 ? (length + 7) >> 3 : length;
  octets(t, data + 4, min<usize>(end, data + 4 + size));
}

// ---- CIP: set attribute, write tag

function cip(t: Text, m: AppMessage): void {
  if ((m.kind & 0x180) != 0x100) return;
  const service = m.kind & 0x7f;
  if (service == 0x10) octets(t, m.body, m.end);
  else if (service == 0x4d || service == 0x53) octets(t, m.body + 4, m.end); // behind type and number
}

/** A name that was sent, quoted; what is no printable ASCII shows as `?`. */
export function writeName(t: Text, p: usize, length: u32): void {
  for (let i: u32 = 0; i < length; ++i) {
    const octet = <u32>load<u8>(p + i);
    byte(t, octet < 33 || octet > 126 ? 63 : octet);
  }
}
