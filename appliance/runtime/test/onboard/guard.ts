// Passes on, as it came, each frame that inspect has nothing against. Stops early after each `part`th frame, where the
// first byte of its policy is not 0. Dies of a frame that begins with 0xf4, and breaks the contract at one with 0xf6
// (says that it has more frames than it has memory), 0xf7 (a frame longer than its buffer), 0xf8 (does not go on).
import { Action, FRAME_HEADER, RECORD_HEADER, RecordKind } from "../../../contract/onboard/abi";
import { align8 } from "../../../../lib/onboard/bytes";
import { INPUT, OUTPUT, OUTPUT_SIZE, next, record } from "./common";
export { abi, inputAt, inputSize, key, spare } from "./common";

const LIST: usize = memory.data(8, 8);
let used: u32 = 0;
let part: u32 = 0;

export function configure(length: u32): u32 {
  part = length ? load<u8>(INPUT) : 0;
  return length ? 0 : 1;
}
export function run(from: u32, to: u32): u32 {
  used = 0;
  let frames: u32 = 0;
  for (let at = from; at < to; at = next(at)) {
    const r = record(at);
    const size = FRAME_HEADER + align8(r.captured);
    if (used + size > OUTPUT_SIZE || (part && frames == part)) return at;
    assert(!r.captured || load<u8>(INPUT + at + RECORD_HEADER) != 0xf4);
    if (r.kind != RecordKind.FRAME || (r.verdict & 15) != Action.PASS) continue;
    const first: u32 = r.captured ? load<u8>(INPUT + at + RECORD_HEADER) : 0;
    if (first == 0xf8) return from;
    const f = OUTPUT + used;
    store<u32>(f, first == 0xf7 ? 0x10000 : r.captured);
    store<u32>(f, at, 4);
    store<u64>(f, 0, 8);
    memory.copy(f + FRAME_HEADER, INPUT + at + RECORD_HEADER, align8(r.captured));
    used += first == 0xf6 ? 0x7fff0000 : size;
    frames += 1;
  }
  return to;
}

export function measuresAt(): usize {
  return LIST;
}
export function tick(): u64 {
  return 0;
}
export function eventsAt(): usize {
  return OUTPUT;
}
export function eventsLength(): u32 {
  return 0;
}
export function framesAt(): usize {
  return OUTPUT;
}
export function framesLength(): u32 {
  return used;
}
