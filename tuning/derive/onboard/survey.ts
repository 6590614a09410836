// For `weir policy derive`, not linked into the image: what guard's own parser makes of each frame of a batch, so that
// a derived policy speaks of frames as guard sees them, and of none that guard could never pass.
//
//   A row (64 bytes) for each frame: u64 time, u64 srcHi, srcLo, dstHi, dstLo, u32 reason (0: well-formed), u16 vlan,
//   u8 version, u8 protocol, u16 source port, u16 destination port (of ICMP: type), u32 payload length, u64 zero
import { INPUT_SIZE, RECORD_HEADER, RecordHeader, RecordKind } from "../../../appliance/contract/onboard/abi";
import { align8 } from "../../../lib/onboard/bytes";
import { FIELDS, Fields } from "../../../diode/onboard/fields";
import { parse } from "../../../diode/onboard/parse";
import { Reason } from "../../../diode/onboard/reasons";

const INPUT: usize = memory.data(INPUT_SIZE, 8);
const ROW: u32 = 64;
const ROWS: usize = memory.data((INPUT_SIZE / RECORD_HEADER) * ROW, 8);
const FRAME: usize = memory.data(FIELDS, 8);

export function inputAt(): usize {
  return INPUT;
}
export function inputSize(): u32 {
  return INPUT_SIZE;
}
export function rowsAt(): usize {
  return ROWS;
}

/** Surveys the records in input[0..length); how many rows there are. */
export function survey(length: u32, ignoreChecksums: bool): u32 {
  assert(length <= INPUT_SIZE);
  let rows: u32 = 0;
  for (let at: u32 = 0; at < length;) {
    const r = changetype<RecordHeader>(INPUT + at);
    assert(length - at >= RECORD_HEADER && align8(r.captured) <= length - at - RECORD_HEADER);
    if (r.kind == RecordKind.FRAME) write(ROWS + rows++ * ROW, r, at, ignoreChecksums);
    at += RECORD_HEADER + align8(r.captured);
  }
  return rows;
}

function write(row: usize, r: RecordHeader, at: u32, ignoreChecksums: bool): void {
  const f = changetype<Fields>(FRAME);
  let reason: u32 = Reason.LINK;
  if (r.link == 1)
    reason = r.captured == r.original ? parse(f, INPUT + at + RECORD_HEADER, r.captured, ignoreChecksums) : Reason.CUT;
  memory.fill(row, 0, ROW);
  store<u64>(row, r.time);
  store<u32>(row, reason, 40);
  if (reason != Reason.NONE) return;
  store<u64>(row, f.srcHi, 8);
  store<u64>(row, f.srcLo, 16);
  store<u64>(row, f.dstHi, 24);
  store<u64>(row, f.dstLo, 32);
  store<u16>(row, <u16>f.vlan, 44);
  store<u8>(row, <u8>f.version, 46);
  store<u8>(row, <u8>f.protocol, 47);
  store<u16>(row, <u16>f.srcPort, 48);
  store<u16>(row, <u16>f.dstPort, 50);
  store<u32>(row, f.payloadLength, 52);
}
