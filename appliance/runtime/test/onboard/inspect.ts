// Passes everything but a frame whose first byte is 0xdd, makes an event of each record, and dies of three kinds of
// frame: 0xf0 an assertion, 0xf1 a load outside its memory, 0xf2 a division by zero.
import { Action, EVENT_HEADER, RECORD_HEADER, RecordKind, Refusal, VERDICTS } from "../../../contract/onboard/abi";
import { INPUT, OUTPUT, OUTPUT_SIZE, next, record } from "./common";
export { abi, inputAt, inputSize, key, spare } from "./common";

const VERDICT: usize = memory.data(VERDICTS * sizeof<u32>(), 8);
const EVENT_SIZE: u32 = EVENT_HEADER + 8;
let done: u32 = 0;
let used: u32 = 0;
let first: u32 = 0;

export function configure(length: u32): u32 {
  first = length ? load<u8>(INPUT) : 0;
  return !length ? Refusal.MISSING : first == 0xee ? Refusal.VERSION : Refusal.NONE;
}
export function run(from: u32, to: u32): u32 {
  used = 0;
  done = 0;
  for (let at = from; at < to; at = next(at)) {
    if (done == VERDICTS || used + EVENT_SIZE > OUTPUT_SIZE) return at;
    const r = record(at);
    const byte: u32 = r.captured ? load<u8>(INPUT + at + RECORD_HEADER) : 0;
    assert(byte != 0xf0);
    if (byte == 0xf1) first = load<u32>(0x7fff0000 + (at << 4));
    if (byte == 0xf2) first = 1 / (byte - 0xf2);
    store<u32>(VERDICT + 4 * done, byte == 0xdd ? Action.DROP : Action.PASS);
    done += 1;
    event(at, r.kind == RecordKind.TICK ? 0xff : byte);
  }
  return to;
}

/** Eight bytes: the record's number in the JSON part, its first byte (a tick: 0xff) as two letters in the text. */
function event(at: u32, byte: u32): void {
  const e = OUTPUT + used;
  store<u32>(e, at);
  store<u16>(e, 4, 4);
  store<u16>(e, 2, 6);
  store<u16>(e, 6, 8);
  store<u64>(e, 0, 8 + 2);
  store<u32>(e, <u32>record(at).number, EVENT_HEADER);
  store<u8>(e, 0x61 + (byte >> 4), EVENT_HEADER + 4);
  store<u8>(e, 0x61 + (byte & 15), EVENT_HEADER + 5);
  store<u16>(e, 0, EVENT_HEADER + 6);
  used += EVENT_SIZE;
}

export function eventsAt(): usize {
  return OUTPUT;
}
export function eventsLength(): u32 {
  return used;
}
export function framesAt(): usize {
  return 0;
}
export function framesLength(): u32 {
  return 0;
}
export function verdictsAt(): usize {
  return VERDICT;
}
export function verdictsLength(): u32 {
  return done;
}
export function measuresAt(): usize {
  return 0;
}
export function measuresLength(): u32 {
  return 0;
}
