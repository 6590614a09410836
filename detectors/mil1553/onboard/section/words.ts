// Data words of an identity, from a section.
import { profileAt, wordAt } from "../arena";
import { CHANGING_WORDS, NONE, WORDS } from "../capacity";
import {
  ChangingWord,
  ConstantWord,
  CounterOfWord,
  DriftOfWord,
  FixedOfWord,
  Holds,
  MovesOfWord,
  RangeOfWord,
  WordKind,
} from "../generated/section";
import { Profile, UNKNOWN, Word } from "../judge/state";
import { isGood, peek, require, requireFrom, take } from "./cursor";

let wordsUsed: u32 = 0;
let profilesUsed: u32 = 0;

export function beginWords(): void {
  wordsUsed = profilesUsed = 0;
}

export function haveRoom(n: u32): bool {
  return n + wordsUsed <= WORDS;
}

/** Returns the place of the first. */
export function readWords(n: u32): u32 {
  const first = wordsUsed;
  for (; n != 0 && isGood(); --n, ++wordsUsed) readWord(wordAt(wordsUsed));
  return first;
}

function readWord(w: Word): void {
  const kind = peek();
  if (kind == WordKind.CONSTANT) {
    const p = take(offsetof<ConstantWord>());
    if (p == 0) return;
    w.value = changetype<ConstantWord>(p).value;
    w.profile = <u16>NONE;
  } else if (kind == WordKind.UNKNOWN) {
    take(1);
    w.profile = <u16>UNKNOWN;
  } else if (require(kind == WordKind.CHANGING && profilesUsed < CHANGING_WORDS)) {
    w.profile = <u16>profilesUsed;
    readProfile(profileAt(profilesUsed));
    profilesUsed += 1;
  }
}

function readProfile(c: Profile): void {
  const p = take(offsetof<ChangingWord>());
  if (p == 0) return;
  const r = changetype<ChangingWord>(p);
  c.jump = c.odd = 0xffff;
  c.flags = <u16>r.flags;
  c.longest = r.longest;
  const flags = <u32>r.flags;
  if (flags & Holds.RANGE) readRange(c);
  if (flags & Holds.MOVES) readMoves(c);
  if (flags & Holds.COUNTER) readCounter(c);
  if (flags & Holds.FIXED) readFixed(c);
  if (flags & Holds.DRIFT) readDrift(c);
}

function readRange(c: Profile): void {
  const p = take(offsetof<RangeOfWord>());
  if (p == 0) return;
  const r = changetype<RangeOfWord>(p);
  c.base = r.base;
  c.width = r.width;
  c.margin = max<u16>(r.margin, 1);
}

function readMoves(c: Profile): void {
  const p = take(offsetof<MovesOfWord>());
  if (p != 0) c.farthest = max<u16>(changetype<MovesOfWord>(p).farthest, 1);
}

function readCounter(c: Profile): void {
  const p = take(offsetof<CounterOfWord>());
  if (p == 0) return;
  const r = changetype<CounterOfWord>(p);
  c.stepA = r.stepA;
  c.stepB = r.stepB;
}

function readFixed(c: Profile): void {
  const p = take(offsetof<FixedOfWord>());
  if (p == 0) return;
  const r = changetype<FixedOfWord>(p);
  c.mask = r.mask;
  c.value = r.value;
}

function readDrift(c: Profile): void {
  const p = take(offsetof<DriftOfWord>());
  if (p == 0) return;
  const r = changetype<DriftOfWord>(p);
  requireFrom(-65536, r.mean);
  requireFrom(0.1, r.deviation);
  requireFrom(0.001, r.limit);
  c.mean = r.mean;
  c.inverse = <f32>(1 / <f64>r.deviation);
  c.limit = r.limit;
}
