// The largest scores of new things while learning, of each class: one for each second at most, so that one event counts
// once, and only those of the last three quarters of the time, since in the beginning everything is new. For that two
// spans are kept, the one under way and the one before, each twice as long as what was before it.
//
// Rule when full: the smallest goes. Two lists compose: the largest of both; seconds add up.
import { CLASSES } from "./novelty";

const MOST: u32 = 12;
const UNIT: f64 = 256;
const SECOND: u64 = 1000000000;

@unmanaged
class Span {
  kept: u32;
  pad: u32;
  largest: u64; // MOST x u16, falling
  largest1: u64;
  largest2: u64;
}
const SPANS: usize = memory.data(CLASSES * 2 * offsetof<Span>(), 8);
const OPEN: usize = memory.data(CLASSES * 8, 8); // u32 second, u32 score in it: not kept yet
let first: u64 = 0; // seconds
let last: u64 = 0;
let octave: u32 = 0; // of the span under way: from 2^octave seconds on

@inline function spanAt(which: u32, age: u32): Span {
  return changetype<Span>(SPANS + <usize>(which * 2 + age) * offsetof<Span>());
}

export function forgetPeaks(): void {
  memory.fill(SPANS, 0, CLASSES * 2 * offsetof<Span>());
  memory.fill(OPEN, 0, CLASSES * 8);
  first = 0;
  last = 0;
  octave = 0;
}

/** A packet was learned from. */
export function passPeaks(time: u64): void {
  const now = time / SECOND;
  if (first == 0) first = now;
  if (now <= last) return;
  last = now;
  const passed: u32 = 31 - <u32>clz<u32>((<u32>min<u64>(now - first, 0x7fffffff)) | 1);
  if (passed <= octave) return;
  for (let which: u32 = 0; which < CLASSES; ++which) {
    close(which);
    if (passed == octave + 1)
      memory.copy(changetype<usize>(spanAt(which, 1)), changetype<usize>(spanAt(which, 0)), offsetof<Span>());
    else memory.fill(changetype<usize>(spanAt(which, 1)), 0, offsetof<Span>());
    memory.fill(changetype<usize>(spanAt(which, 0)), 0, offsetof<Span>());
  }
  octave = passed;
}

/** The second under way. */
@inline export function second(): u32 {
  return <u32>last;
}

/** Whether what began in this second is known for half of the time: what is younger is new in many ways, once. */
@inline export function isOld(began: u32): bool {
  return 2 * (last - <u64>began) >= last - first;
}

/** Something new of this class scored so much. */
export function peak(which: u32, score: f64): void {
  const at = OPEN + ((<usize>which) << 3),
    value = <u32>ceil<f64>(score * UNIT);
  if (load<u32>(at) != <u32>last) {
    close(which);
    store<u32>(at, <u32>last);
  }
  if (value > load<u32>(at, 4)) store<u32>(at, value, 4);
}

function close(which: u32): void {
  const at = OPEN + ((<usize>which) << 3),
    value = load<u32>(at, 4);
  store<u32>(at, 0, 4);
  if (value != 0) keep(spanAt(which, 0), min<u32>(value, 0xffff));
}

@inline function largestAt(s: Span, i: u32): usize {
  return changetype<usize>(s) + offsetof<Span>("largest") + ((<usize>i) << 1);
}

function keep(s: Span, value: u32): void {
  let at = s.kept;
  if (at < MOST) s.kept += 1;
  else if (<u32>load<u16>(largestAt(s, MOST - 1)) >= value) return;
  else at = MOST - 1;
  for (; at > 0 && <u32>load<u16>(largestAt(s, at - 1)) < value; --at)
    store<u16>(largestAt(s, at), load<u16>(largestAt(s, at - 1)));
  store<u16>(largestAt(s, at), <u16>value);
}

/** Seconds that the spans kept are of. */
export function peakSeconds(): u64 {
  const passed = last - first;
  return octave == 0 ? passed : passed - min<u64>(passed, (<u64>1) << (octave - 1));
}

/** The i-th of the scores that are kept of a class, in 1 / UNIT; in no order. 0 beyond the last. */
export function peakOf(which: u32, i: u32): u32 {
  if (i == 0) return load<u32>(OPEN + ((<usize>which) << 3), 4);
  i -= 1;
  const a = spanAt(which, 0),
    b = spanAt(which, 1);
  if (i < a.kept) return <u32>load<u16>(largestAt(a, i));
  return i - a.kept < b.kept ? <u32>load<u16>(largestAt(b, i - a.kept)) : 0;
}
/** How many there are at most. */
export const PEAKS: u32 = 2 * MOST + 1;
