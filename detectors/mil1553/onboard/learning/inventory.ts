// Learning the inventory: every message identity, on which of the two buses, and at which intervals it comes.
//
//   Known, 120 bytes: see the class; then 6 x { u32 least, u32 most, u32 count << 8 | kind }, intervals in 0.1 us
//
// An interval's kind is its bucket in a logarithmic scale with eight steps to each power of two; of each kind the least and
// the most are kept, so a schedule with two or three intervals is described to 0.1 us. Intervals of a seventh kind are
// counted only: such a message is not periodic.
//
// Not learned as intervals: repetitions of a message that failed, and what happened while messages failed that normally
// succeed. They are late by what the failure took (Common.effort), which is allowed for in operation in the same way. On a
// bus where more than one message in NOISY fails no interval would be left: there all are learned, and nothing allowed for.
import { Message } from "../../../../mil1553/onboard/message";
import { bucket } from "../../../onboard/histogram";
import { LEARNED, learned } from "../arena";
import { NONE, RANGES } from "../capacity";
import { Common, again, lessonOf } from "../buses";
import { add, find } from "../identities";
import { apart, damaged, key, start } from "../observed";

@unmanaged
export class Known {
  onA: u32;
  onB: u32;
  damaged: u32;
  samples: u32; // messages whose data words were learned
  last: u64;
  effort: u32; // Common.effort at the last message
  effortBefore: u32; // and at the one before
  irregular: u16; // intervals of a seventh kind
  repeats: u16; // blocks of data that were among those remembered
  epoch: u16;
  wordsAt: u16; // its first data word; NONE = no profile
  wordCount: u8;
  format: u8;
  kinds: u8;
  interrupted: u8; // the message before had no data that could be believed
  again: u16; // messages right behind a failed one: which side they are on says nothing
  disturbed: u16; // intervals that were not learned
}
export const INTERVALS: usize = 48;

// @ts-ignore: decorator
@inline export function knownAt(i: u32): Known {
  return changetype<Known>(learned + <usize>(i * LEARNED));
}
// @ts-ignore: decorator
@inline export function interval(i: u32, k: u32): usize {
  return learned + <usize>(i * LEARNED) + INTERVALS + <usize>(k * 12);
}

/** Of a trusted message. Its identity's number; NONE when there was no room. */
export function learnIdentity(m: Message, bus: u32, b: Common): u32 {
  let i = find(key);
  if (i == NONE) {
    i = add(key);
    if (i == NONE) {
      lessonOf(bus).identitiesLost += 1;
      return NONE;
    }
    const k = knownAt(i);
    k.format = <u8>m.format;
    k.wordsAt = <u16>NONE;
    k.epoch = b.epoch - 1;
  }
  const k = knownAt(i);
  if (b.lastDamaged) {
    if (k.again < 0xffff) k.again += 1;
  } else if (m.busB) k.onB += 1;
  else k.onA += 1;
  if (damaged) k.damaged += 1;
  if (k.epoch == b.epoch) again(b, apart(start, k.last), k.effort);
  if (b.retry) return i;
  if (k.epoch == b.epoch) {
    const dt = apart(start, k.last);
    if (dt > 0 && dt <= <i64>u32.MAX_VALUE && (k.effortBefore == b.effort || noisy(bus))) addInterval(i, k, <u32>dt);
    else if (k.disturbed < 0xffff) k.disturbed += 1;
    k.effortBefore = k.effort;
  } else {
    k.epoch = b.epoch;
    k.effortBefore = b.effort;
    k.interrupted = 1;
  }
  k.effort = b.effort;
  k.last = start;
  if (damaged && !fails(k)) b.effort += m.duration + OVERHEAD;
  return i;
}

/** No-response timeout and gap of a failed message, 0.1 us: 100 us. */
export const OVERHEAD: u32 = 1000;

/** Fails so often that its failures belong to the schedule. */
// @ts-ignore: decorator
@inline function fails(k: Known): bool {
  return k.damaged * 8 > k.onA + k.onB + <u32>k.again;
}

/** On such a bus failures are part of every interval. */
const NOISY: u32 = 128;
// @ts-ignore: decorator
@inline function noisy(bus: u32): bool {
  const s = lessonOf(bus);
  return s.failures * NOISY > s.trusted + s.untrusted;
}

function addInterval(i: u32, k: Known, dt: u32): void {
  const kind = bucket(<u64>dt);
  for (let n: u32 = 0; n < <u32>k.kinds; ++n) {
    const p = interval(i, n);
    const c = load<u32>(p, 8);
    if ((c & 255) != kind) continue;
    if (dt < load<u32>(p)) store<u32>(p, dt);
    if (dt > load<u32>(p, 4)) store<u32>(p, dt, 4);
    if (c < 0xffffff00) store<u32>(p, c + 256, 8);
    return;
  }
  if (<u32>k.kinds == RANGES) {
    if (k.irregular < 0xffff) k.irregular += 1;
    return;
  }
  const p = interval(i, <u32>k.kinds);
  k.kinds += 1;
  store<u32>(p, dt);
  store<u32>(p, dt, 4);
  store<u32>(p, 256 | kind, 8);
}
