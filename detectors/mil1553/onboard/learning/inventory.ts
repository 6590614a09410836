// Learning the inventory: every message identity, on which of the two buses, and at which intervals it comes.
//
// An interval's kind is its bucket in a logarithmic scale with eight steps to each power of two; of each kind the least
// and the most are kept, so a schedule with two or three intervals is described to 0.1 us. Intervals of a seventh kind
// are counted only: such a message is not periodic.
//
// Not learned as intervals: repetitions of a message that failed, and what happened while messages failed that normally
// succeed. They are late by what the failure took (BusState.effort), which is allowed for in operation in the same way.
// On a bus where more than one message in NOISY_SHARE fails no interval would be left: there all are learned, and
// nothing allowed for.
import { Message } from "../../../../mil1553/onboard/message";
import { wordCount } from "../../../../mil1553/onboard/words";
import { bucket } from "../../../onboard/histogram";
import { learnedBus, learnedIdentity, learnedInterval } from "../arena";
import { BusState } from "../bus";
import { again } from "../buses";
import { NONE, RANGES } from "../capacity";
import { NOISY_SHARE } from "../generated/section";
import { add, find } from "../identities";
import { apart, damaged, key, second, start } from "../observed";
import { learnClock } from "./controller";
import { learnRate } from "./rate";
import { LearnedIdentity } from "./state";

/** Of a trusted message. Its identity's number; NONE when there was no room. */
export function learnIdentity(m: Message, bus: u32, b: BusState): u32 {
  let i = find(key);
  if (i == NONE) {
    i = add(key);
    if (i == NONE) {
      learnedBus(bus).identitiesLost += 1;
      return NONE;
    }
    const k = learnedIdentity(i);
    k.format = <u8>m.format;
    k.wordsAt = <u16>NONE;
    k.epoch = b.epoch - 1;
  }
  const k = learnedIdentity(i);
  if (b.lastDamaged) {
    if (k.again < 0xffff) k.again += 1;
  } else if (m.busB) k.onB += 1;
  else k.onA += 1;
  if (damaged) k.damaged += 1;
  if (k.epoch == b.epoch) again(b, apart(start, k.last), k.effort);
  if (b.retry) return i;
  learnRate(k, bus, b);
  learnClock(bus, b, i);
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
  if (damaged && !fails(k)) b.effort += spent(m);
  return i;
}

/** No-response timeout and gap of a failed message, 0.1 us: 100 us. */
export const OVERHEAD: u32 = 1000;
/** Of a word, and of the answers and the second command that a message may have besides its data. */
const WORD: u32 = 200;
const BESIDES: u32 = 4;

/** By how much a failed message moves others, 0.1 us: later by what it took, or earlier by what it did not take. */
export function spent(m: Message): u32 {
  const words = wordCount(second < 32 ? <u32>m.cmd2 : <u32>m.cmd1) + BESIDES;
  return max<u32>(m.duration, words * WORD) + OVERHEAD;
}

/** Fails so often that its failures belong to the schedule. */
@inline function fails(k: LearnedIdentity): bool {
  return k.damaged * 8 > k.onA + k.onB + <u32>k.again;
}

/** On such a bus failures are part of every interval. */
@inline function noisy(bus: u32): bool {
  const s = learnedBus(bus);
  return s.failures * NOISY_SHARE > s.messages + s.untrusted;
}

function addInterval(i: u32, k: LearnedIdentity, dt: u32): void {
  const kind = bucket(<u64>dt);
  for (let n: u32 = 0; n < <u32>k.kinds; ++n) {
    const known = learnedInterval(i, n);
    if ((known.countAndKind & 255) != kind) continue;
    if (dt < known.least) known.least = dt;
    if (dt > known.most) known.most = dt;
    if (known.countAndKind < 0xffffff00) known.countAndKind += 256;
    return;
  }
  if (<u32>k.kinds == RANGES) {
    if (k.irregular < 0xffff) k.irregular += 1;
    return;
  }
  const fresh = learnedInterval(i, <u32>k.kinds);
  k.kinds += 1;
  fresh.least = dt;
  fresh.most = dt;
  fresh.countAndKind = 256 | kind;
}
