// For `weir policy derive`, not linked into the image: what guard's own parser makes of each frame of a batch, so that
// a derived policy speaks of frames as guard sees them, and of none that guard could never pass.
// A Row (../layouts/survey.ts) for each frame.
import { INPUT_SIZE, RECORD_HEADER, RecordHeader, RecordKind } from "../../../appliance/contract/onboard/abi";
import { Row } from "./generated/survey";
import { align8 } from "../../../lib/onboard/bytes";
import { FIELDS, Fields } from "../../../diode/onboard/fields";
import { parse } from "../../../diode/onboard/parse";
import { Reason } from "../../../diode/onboard/generated/reasons";

const INPUT: usize = memory.data(INPUT_SIZE, 8);
const ROW: u32 = offsetof<Row>();
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
  const to = changetype<Row>(row);
  memory.fill(row, 0, ROW);
  to.time = r.time;
  to.reason = reason;
  if (reason != Reason.NONE) return;
  to.srcHi = f.srcHi;
  to.srcLo = f.srcLo;
  to.dstHi = f.dstHi;
  to.dstLo = f.dstLo;
  to.vlan = <u16>f.vlan;
  to.version = <u8>f.version;
  to.protocol = <u8>f.protocol;
  to.srcPort = <u16>f.srcPort;
  to.dstPort = <u16>f.dstPort;
  to.payloadLength = f.payloadLength;
}
