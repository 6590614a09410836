// An inspect with faults, for the tests of debug/: passes every frame, and traps at those that begin with 0xf0 (the
// third of them: what came before matters), 0xf1 (a load outside its memory), 0xf2 (a division by zero). The functions
// are as long as they are so that no compiler inlines them, and there is a chain of calls to be found. Each fault's
// line says so.
import { Action, RECORD_HEADER, VERDICTS } from "../../../appliance/contract/onboard/abi";
import { INPUT, next, record } from "../../../appliance/runtime/test/onboard/common";
export { abi, inputAt, inputSize, key, spare } from "../../../appliance/runtime/test/onboard/common";

const VERDICT: usize = memory.data(VERDICTS * sizeof<u32>(), 8);
const BYTES: u32 = 256; // values that one has
const WEIGHTS: usize = memory.data(BYTES, 8);
let done: u32 = 0;
let marked: u32 = 0;
let sum: u32 = 0;

export function configure(length: u32): u32 {
  return length ? 0 : 1;
}

function weight(byte: u32, first: bool): u32 {
  let bits: u32 = 0;
  for (let left = byte; left; left &= left - 1) bits += load<u8>(WEIGHTS + left) + 1;
  for (let i: u32 = 0; i < bits; i++)
    store<u8>(WEIGHTS + i, load<u8>(WEIGHTS + i) ^ (load<u8>(WEIGHTS + (byte ^ i)) + <u8>bits));
  if (bits > 200)
    sum =
      ((sum << 5) | (sum >> 27)) +
      bits * 0x9e3779b1 +
      load<u32>(WEIGHTS + (bits & 0xf8)) * load<u32>(WEIGHTS + (sum & 0xf8));
  if (!first) return load<u8>(WEIGHTS + byte);
  if (byte == 0xf0) {
    marked += 1;
    assert(marked < 3); // fault: 0xf0
  }
  if (byte == 0xf1) return load<u8>(WEIGHTS + (byte << 23)); // fault: 0xf1
  return byte == 0xf2 ? sum / (byte - 0xf2) : byte; // fault: 0xf2
}

function weigh(at: u32, length: u32): u32 {
  let total: u32 = 0;
  for (let i: u32 = 0; i < length; i++) total = (total << 1) + weight(load<u8>(INPUT + at + i), i == 0); // call: weight
  for (let i: u32 = length; i > 0; i--) total ^= weight(load<u8>(INPUT + at + i - 1), false);
  return total;
}

export function run(from: u32, to: u32): u32 {
  done = 0;
  for (let at = from; at < to; at = next(at)) {
    if (done == VERDICTS) return at;
    const captured = record(at).captured;
    if (captured > 4) sum += weigh(at + RECORD_HEADER, 4) + weigh(at + RECORD_HEADER + 4, 0); // call: weigh
    store<u32>(VERDICT + 4 * done, Action.PASS);
    done += 1;
  }
  return to;
}

export function eventsAt(): usize {
  return 0;
}
export function eventsLength(): u32 {
  return 0;
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
