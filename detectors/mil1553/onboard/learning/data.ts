// Learning what each data word of an identity holds.
//
// A word gets a profile when it changes for the first time. A value is taken as unsigned and as two's complement at
// once; the ground uses what makes the range smaller. Moves are counted on the circle of 65,536 values, so a counter
// that wraps moves by one. All of it composes by sums, least, most and masks.
import { Message } from "../../../../mil1553/onboard/message";
import { wordCount } from "../../../../mil1553/onboard/words";
import { learnedBus, learnedWord, moves, wordAt } from "../arena";
import { hashOf, remembered } from "../blocks";
import { BusState, LearnedBus } from "../bus";
import { CHANGING_LEARNED, NONE, WORDS } from "../capacity";
import { UNKNOWN } from "../judge/state";
import { second, whole } from "../observed";
import { LearnedIdentity, LearnedWord } from "./state";

let wordsUsed: u32 = 0;
let used: u32 = 0;

export function forgetData(): void {
  wordsUsed = 0;
  used = 0;
}

/** Of a trusted message. */
export function learnData(m: Message, bus: u32, b: BusState, k: LearnedIdentity): void {
  const n = <u32>m.dataCount;
  if (!whole || n == 0 || n > 32 || n != wordCount(second < 32 ? <u32>m.cmd2 : <u32>m.cmd1)) {
    k.interrupted = 1;
    return;
  }
  if (<u32>k.wordsAt == NONE) {
    if (k.samples != 0 || wordsUsed + n > WORDS) {
      if (k.samples == 0) {
        learnedBus(bus).wordsLost += 1;
        k.samples = 1;
      }
      return;
    }
    k.wordsAt = <u16>wordsUsed;
    k.wordCount = <u8>n;
    for (let i: u32 = 0; i < n; ++i) {
      const w = wordAt(wordsUsed + i);
      w.value = load<u16>(m.data + ((<usize>i) << 1));
      w.profile = <u16>NONE;
    }
    wordsUsed += n;
    k.samples = 1;
    remembered(hashOf(m));
    return;
  }
  if (n != <u32>k.wordCount) return; // a key has one count; the standard's busy answers end here
  const inOrder = k.interrupted == 0 && !b.retry;
  for (let i: u32 = 0; i < n; ++i) {
    const w = wordAt(<u32>k.wordsAt + i);
    const x = <u32>load<u16>(m.data + ((<usize>i) << 1));
    if (<u32>w.profile == NONE) {
      if (x == <u32>w.value) continue;
      w.profile = <u16>begin(<u32>w.value, min<u32>(k.samples, MOST), learnedBus(bus));
    }
    if (<u32>w.profile < UNKNOWN) value(learnedWord(<u32>w.profile), x, <u32>w.value, inOrder);
    w.value = <u16>x;
  }
  if (inOrder && remembered(hashOf(m)) && k.repeats != 0xffff) k.repeats += 1;
  k.samples += 1;
  k.interrupted = 0;
}

/** The profile of a word that held `x` in all `samples` so far. */
function begin(x: u32, samples: u32, s: LearnedBus): u32 {
  if (used == CHANGING_LEARNED) {
    s.changesLost += 1;
    return UNKNOWN;
  }
  const i = used;
  used += 1;
  const c = learnedWord(i);
  c.count = samples;
  c.sum = <u64>x * samples;
  c.squares = <u64>(x * x) * samples;
  if (x & 0x8000) {
    c.negative = samples;
    c.negativeSum = c.sum;
  }
  c.least = c.most = <u16>x;
  c.signedLeast = c.signedMost = <i16>x;
  c.ones = c.zeros = <u16>x;
  c.run = c.longest = <u16>min<u32>(samples, 0xffff);
  store<u32>(moves(c, 0), samples - 1);
  return i;
}

const MOST: u32 = 1 << 20; // values that are summed: their squares stay below 2^53

function value(c: LearnedWord, x: u32, before: u32, inOrder: bool): void {
  if (c.count < MOST) {
    c.count += 1;
    c.sum += <u64>x;
    c.squares += <u64>(x * x);
    if (x & 0x8000) {
      c.negative += 1;
      c.negativeSum += <u64>x;
    }
  }
  if (x < <u32>c.least) c.least = <u16>x;
  if (x > <u32>c.most) c.most = <u16>x;
  const s = <i32>(<i16>x);
  if (s < <i32>c.signedLeast) c.signedLeast = <i16>s;
  if (s > <i32>c.signedMost) c.signedMost = <i16>s;
  c.ones &= <u16>x;
  c.zeros |= <u16>x;
  if (x == before) {
    if (c.run < 0xffff) c.run += 1;
    if (c.run > c.longest) c.longest = c.run;
  } else c.run = 1;
  if (inOrder) move(c, (x - before) & 0xffff);
  swing(c, x);
  drift(c, x);
}

function move(c: LearnedWord, step: u32): void {
  const far = step > 0x8000 ? 0x10000 - step : step;
  const at = moves(c, 32 - clz<u32>(far));
  store<u32>(at, load<u32>(at) + 1);
  if (step == 0) return;
  if (c.stepA == 0) c.stepA = <u16>step;
  if (<u32>c.stepA == step) {
    c.countA += 1;
    return;
  }
  if (c.stepB == 0) c.stepB = <u16>step;
  if (<u32>c.stepB == step) c.countB += 1;
}

@inline function isSigned(c: LearnedWord): bool {
  return <i32>c.signedMost - <i32>c.signedLeast < <i32>c.most - <i32>c.least;
}

// Whether the word has been through its range more than once: only then are the ends of its range, and the jumps from
// one end to the other, known. While the range still grows (by an eighth) the count begins anew.
function swing(c: LearnedWord, x: u32): void {
  const s = isSigned(c);
  const low = s ? <i32>c.signedLeast : <i32>c.least;
  const width = <u32>((s ? <i32>c.signedMost : <i32>c.most) - low);
  if (width > <u32>c.swingWidth + ((<u32>c.swingWidth) >> 3)) {
    c.swingWidth = <u16>width;
    c.swings = 0;
    c.side = 0;
    return;
  }
  const place = <u32>((s ? <i32>(<i16>x) : <i32>x) - low);
  const side: u8 = place <= width >> 2 ? 1 : place >= width - (width >> 2) ? 2 : 0;
  if (side == 0 || side == c.side) return;
  if (c.side != 0 && c.swings < 0xffff) c.swings += 1;
  c.side = side;
}

/** Before this many values mean and deviation are not known well enough. */
const ENOUGH: u32 = 64;

// The cumulative sums of judge/data.ts with the mean known so far: their largest value says how far this word wanders.
function drift(c: LearnedWord, x: u32): void {
  if (c.count < ENOUGH || c.peak == 0xffff) return;
  const n = <f64>c.count;
  let mean = <f64>c.sum / n,
    square = <f64>c.squares / n,
    v = <f64>x;
  if (isSigned(c)) {
    square += ((<f64>c.negative * 65536 - 2 * <f64>c.negativeSum) * 65536) / n;
    mean -= (65536 * <f64>c.negative) / n;
    v = <f64>(<i16>x);
  }
  const deviation = sqrt<f64>(max<f64>(square - mean * mean, 0) + 0.25);
  const z = min<f64>(max<f64>((v - mean) / deviation, -8), 8);
  c.up = summed(c.up, z - SLACK);
  c.down = summed(c.down, -z - SLACK);
  c.peak = max<u16>(c.peak, max<u16>(c.up, c.down));
}

/** Half the shift to be found, in deviations. */
const SLACK: f64 = 0.5;

function summed(s: u16, by: f64): u16 {
  return <u16>min<f64>(max<f64>(<f64>s + by * 256, 0), 65535);
}
