// bus-data: a data word outside of its profile. Of each word that changed while learning: its range, its largest move,
// the moves of a counter, bits that never changed, how long it may stand still, and where its mean is steady a
// cumulative sum that finds it led away slowly. Of words that never changed: that they do not. Of blocks: that they do
// not come again.
//
// What each is worth depends on what was learned: ../../ground/data.ts. One finding for each message, that of the word
// which is farthest out.
import { Message } from "../../../../mil1553/onboard/message";
import { Detector } from "../../../onboard/catalogue";
import { hashOf, remembered } from "../blocks";
import { profileAt, wordAt } from "../arena";
import { BusState } from "../bus";
import { NONE } from "../capacity";
import { Holds, IdentityFlag } from "../generated/section";
import { time, whole } from "../observed";
import { noveltyLimit } from "../section/read";
import { alarm, exceeds } from "./alarm";
import { IdentityModel, Profile, UNKNOWN } from "./state";

export const enum What {
  CONSTANT = 1,
  RANGE = 2,
  JUMP = 3,
  BITS = 4,
  COUNTER = 5,
  FROZEN = 6,
  DRIFT = 7,
  REPEATED = 8,
}

/** Jumps of a word that may jump, and odd bits, count together within this many values. */
const TOGETHER: u32 = 256;
/** Blocks that were there before: so many, each at most so many messages behind the one before. */
const REPEATS: u32 = 6;
const APART: u32 = 64;
const SLACK: f32 = 0.5;
const LEAK: f32 = 0.05;

let strange: u32 = 0; // constants that are not, as a hash
let strangeWord: u32 = 0,
  strangeValue: u32 = 0,
  strangeConstant: u32 = 0;
let worst: f64 = 0; // score in parts of its threshold
let worstWord: u32 = 0;
let worstWhat: u32 = 0;
let worstA: f64 = 0,
  worstB: f64 = 0,
  worstC: f64 = 0;
let worstSince: u64 = 0;

function candidate(what: u32, word: u32, score: f64, a: f64, b: f64, c: f64): void {
  if (score <= worst) return;
  worst = score;
  worstWhat = what;
  worstWord = word;
  worstA = a;
  worstB = b;
  worstC = c;
  worstSince = 0;
}

/** Of a trusted message that is known. complete: none is missing in front of it. */
export function judgeData(m: Message, b: BusState, k: IdentityModel, complete: bool): void {
  const n = <u32>k.words;
  if (n == 0) return;
  if (!whole || <u32>m.dataCount != n) {
    k.interrupted = 1;
    return;
  }
  const inOrder = k.begun != 0 && k.interrupted == 0 && complete && !b.retry;
  worst = 0;
  strange = 0;
  let p = m.data;
  for (let i: u32 = 0; i < n; ++i, p += 2) {
    const x = <u32>load<u16>(p);
    const w = wordAt(<u32>k.wordsAt + i);
    const profile = <u32>w.profile;
    if (profile < UNKNOWN) {
      judgeWord(profileAt(profile), i, x, <u32>w.value, inOrder, k.begun != 0);
      w.value = <u16>x;
    } else if (profile == NONE && x != <u32>w.value) constant(i, x, <u32>w.value);
  }
  constants(k);
  if (((<u32>k.flags) & IdentityFlag.NEVER_REPEATS) != 0 && !b.retry) repeated(m, k);
  k.begun = 1;
  k.interrupted = 0;
  if (worst > 0 && exceeds(Detector.BUS_DATA, worst, 1)) {
    const f = alarm(Detector.BUS_DATA, worstWhat, <u64>worstWord + 1, worst, 1);
    f.since = worstSince;
    f.a = worstA;
    f.b = worstB;
    f.c = worstC;
    f.d = <f64>worstWord;
  }
}

function constant(i: u32, x: u32, value: u32): void {
  if (strange == 0) {
    strangeWord = i;
    strangeValue = x;
    strangeConstant = value;
  }
  strange = ((strange ^ ((i << 16) | x)) * 0x9e3779b1) | 1;
}

// Words of one message change together, and what changed stays, or goes to and fro: a message adds its surprise once,
// and only when it is not as the last strange one.
function constants(k: IdentityModel): void {
  if (k.constantSum > 0) k.constantSum = max<f32>(k.constantSum - LEAK, 0);
  if (strange != k.strange && strange != 0) k.constantSum = min<f32>(k.constantSum + <f32>k.constant * 0.125, 64);
  if (strange) k.strange = strange;
  if (strange)
    candidate(
      What.CONSTANT,
      strangeWord,
      <f64>k.constantSum / noveltyLimit(),
      <f64>strangeValue,
      <f64>strangeConstant,
      0,
    );
}

function judgeWord(c: Profile, i: u32, x: u32, before: u32, inOrder: bool, begun: bool): void {
  const flags = <u32>c.flags;
  if (flags & Holds.RANGE) {
    const y = (x - <u32>c.base) & 0xffff;
    if (y > <u32>c.width) {
      const beyond = min<u32>(y - <u32>c.width, 0x10000 - y);
      candidate(
        What.RANGE,
        i,
        <f64>beyond / <f64>c.margin,
        <f64>x,
        <f64>c.base,
        <f64>((<u32>c.base + <u32>c.width) & 0xffff),
      );
    }
  }
  if (flags & Holds.FIXED) {
    const other = (x ^ (<u32>c.value)) & (<u32>c.mask);
    if (c.odd != 0xffff) c.odd += 1;
    if (other) {
      // A value sampled at an odd moment may have them once
      if (<u32>c.odd < TOGETHER) candidate(What.BITS, i, 2, <f64>x, <f64>other, <f64>c.value);
      c.odd = 0;
    }
  }
  if (flags & Holds.DRIFT) drift(c, i, x);
  if (!begun) return;
  const step = (x - before) & 0xffff;
  if (step == 0) {
    if (c.run < 0xffff) c.run += 1;
    if ((flags & Holds.RUN) != 0 && c.run > c.longest)
      candidate(What.FROZEN, i, <f64>c.run / <f64>c.longest, <f64>x, <f64>c.longest, <f64>c.run);
  } else c.run = 1;
  if (c.jump != 0xffff) c.jump += 1;
  if (!inOrder) return;
  if (flags & Holds.COUNTER) {
    if (step != <u32>c.stepA && step != <u32>c.stepB) candidate(What.COUNTER, i, 2, <f64>x, <f64>before, <f64>c.stepA);
  } else if (flags & Holds.MOVES) {
    const far: u32 = step > 0x8000 ? 0x10000 - step : step;
    if (far <= <u32>c.farthest) return;
    const score = <f64>far / <f64>c.farthest;
    if ((flags & Holds.ONE_JUMP) != 0 || <u32>c.jump < TOGETHER)
      candidate(What.JUMP, i, score, <f64>x, <f64>before, <f64>c.farthest);
    c.jump = 0;
  }
}

function drift(c: Profile, i: u32, x: u32): void {
  let z = (<f32>x - c.mean) * c.inverse;
  // The nearest way on the circle: the mean of a signed word may be below 0
  if (<f32>x - c.mean > 32768) z = (<f32>x - 65536 - c.mean) * c.inverse;
  z = min<f32>(max<f32>(z, -8), 8);
  if (c.up == 0 && c.down == 0) c.since = time;
  const most: f32 = <f32>4 * c.limit;
  c.up = min<f32>(max<f32>(c.up + z - SLACK, 0), most);
  c.down = min<f32>(max<f32>(c.down - z - SLACK, 0), most);
  const sum = max<f32>(c.up, c.down);
  if (sum <= c.limit) return;
  const before = worst;
  candidate(What.DRIFT, i, <f64>(sum / c.limit), <f64>x, <f64>c.mean, <f64>(1 / c.inverse));
  if (worst != before) worstSince = c.since;
}

function repeated(m: Message, k: IdentityModel): void {
  if (k.age != 255) k.age += 1;
  if (!remembered(hashOf(m))) return;
  k.repeats = <u32>k.age > APART ? 1 : k.repeats == 255 ? 255 : k.repeats + 1;
  k.age = 0;
  if (<u32>k.repeats >= REPEATS) candidate(What.REPEATED, 32, <f64>(k.repeats + 1) / REPEATS, 0, <f64>k.repeats, 0);
}
