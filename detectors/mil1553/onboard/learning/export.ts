// What was learned, as baseline entries: one line of JSON each, at most 900 bytes. Entries with the same detector and
// subject add up, also within one export: rows that are too long continue in the next entry.
//
//   bus           {"channel", "messages", ...}                                        see ../../ground/traffic.ts
//   bus.message   {"channel", "commands": [c] or [c, c], "format", "a", "b", ...}     inventory and intervals
//   bus.order     {"channel", "commands", "next": [[c, c2, count], ...]}              c2 = -1 where there is one command
//   bus.terminal  {"channel", "terminal", ...}                                        status bits, failures
//   bus.response  {"channel", "terminal", "answer", "count", ..., "times": [[0.1 us, count], ...]}
//   bus.data      {"channel", "commands", "words": [[index, value, samples], [index, {..}], ...]}
import { Text, byte, decimal, lit, signed, unsigned } from "../../../../lib/onboard/text";
import { NONE, TRANSITIONS } from "../capacity";
import { LOWEST, busAt, busCount, lessonOf, lowestGaps } from "../buses";
import { channelOf, command1, command2, isPair } from "../observed";
import { identities, keyAt } from "../identities";
import { FIRST_TIME, TIMES, responseAt, responseCount, terminalAt, timeCount } from "./terminals";
import { interval, knownAt } from "./inventory";
import { countOf, nextFrom, toOf } from "./order";
import { changeAt, isFull, moves, wordChange, wordValue } from "./data";

const enum Stage {
  BUS,
  MESSAGE,
  ORDER,
  TERMINAL,
  RESPONSE,
  DATA,
  END,
}
const FULL: usize = 640; // bytes behind which no further item of a list is begun

let stage: u32 = 0;
let item: u32 = 0;
let inner: u32 = 0;
let begun: usize = 0;

/** Writes the members of the next entry; false when there is none left, and the next call begins anew. */
export function exportNext(t: Text): bool {
  begun = t.at;
  while (stage != Stage.END) {
    const written =
      stage == Stage.BUS
        ? bus(t)
        : stage == Stage.MESSAGE
          ? message(t)
          : stage == Stage.ORDER
            ? order(t)
            : stage == Stage.TERMINAL
              ? terminal(t)
              : stage == Stage.RESPONSE
                ? response(t)
                : data(t);
    if (written) return true;
    stage += 1;
    item = 0;
    inner = 0;
  }
  beginExport();
  return false;
}

export function beginExport(): void {
  stage = 0;
  item = 0;
  inner = 0;
}

// @ts-ignore: decorator
@inline function full(t: Text): bool {
  return t.at - begun > FULL;
}
function member(t: Text, name: string, v: u64): void {
  lit(t, ',"');
  lit(t, name);
  lit(t, '":');
  unsigned(t, v);
}
function head(t: Text, name: string, channel: u32): void {
  lit(t, '"detector":"bus');
  lit(t, name);
  lit(t, '","channel":');
  unsigned(t, channel);
}
function commands(t: Text, key: u64): void {
  lit(t, ',"commands":[');
  unsigned(t, command1(key));
  if (isPair(key)) {
    byte(t, 44);
    unsigned(t, command2(key));
  }
  byte(t, 93);
}

function bus(t: Text): bool {
  if (item == busCount()) return false;
  const i = item++;
  const b = busAt(i),
    s = lessonOf(i);
  head(t, "", b.channel);
  member(t, "messages", s.trusted);
  member(t, "untrusted", s.untrusted);
  member(t, "span", s.span);
  member(t, "failures", s.failures);
  lit(t, ',"peak":');
  decimal(t, <f64>s.peak, 3);
  member(t, "kinds", s.kinds);
  member(t, "kindsTwice", s.kindsTwice);
  member(t, "silence", s.silence);
  member(t, "windows", s.windows);
  if (s.windows != 0) {
    member(t, "loadMin", s.loadMin);
    member(t, "loadMax", s.loadMax);
    member(t, "loadSum", s.loadSum);
    member(t, "loadSquares", s.loadSquares);
    member(t, "countMin", s.countMin);
    member(t, "countMax", s.countMax);
  }
  member(t, "gaps", s.gaps);
  lit(t, ',"lowestGaps":[');
  for (let k: u32 = 0; k < min<u32>(s.gaps, LOWEST); ++k) {
    if (k) byte(t, 44);
    signed(t, load<i32>(lowestGaps(i) + ((<usize>k) << 2)));
  }
  byte(t, 93);
  member(t, "identitiesLost", s.identitiesLost);
  member(t, "wordsLost", s.wordsLost);
  member(t, "changesLost", s.changesLost);
  member(t, "transitionsLost", s.transitionsLost);
  return true;
}

function message(t: Text): bool {
  if (item == identities()) return false;
  const i = item++;
  const k = knownAt(i);
  head(t, ".message", channelOf(keyAt(i)));
  commands(t, keyAt(i));
  member(t, "format", k.format);
  member(t, "a", k.onA);
  member(t, "b", k.onB);
  member(t, "again", k.again);
  member(t, "damaged", k.damaged);
  member(t, "repeats", k.repeats);
  member(t, "irregular", k.irregular);
  member(t, "disturbed", k.disturbed);
  lit(t, ',"intervals":[');
  for (let n: u32 = 0; n < <u32>k.kinds; ++n) {
    const p = interval(i, n);
    if (n) byte(t, 44);
    byte(t, 91);
    unsigned(t, load<u32>(p, 8) & 255);
    byte(t, 44);
    unsigned(t, load<u32>(p, 8) >> 8);
    byte(t, 44);
    unsigned(t, load<u32>(p));
    byte(t, 44);
    unsigned(t, load<u32>(p, 4));
    byte(t, 93);
  }
  byte(t, 93);
  return true;
}

function order(t: Text): bool {
  for (; item < identities(); ++item, inner = 0) {
    let at = nextFrom(item, inner);
    if (at == TRANSITIONS) continue;
    head(t, ".order", channelOf(keyAt(item)));
    commands(t, keyAt(item));
    lit(t, ',"next":[');
    for (let n: u32 = 0; at != TRANSITIONS && !full(t); ++n) {
      const key = keyAt(toOf(at));
      if (n) byte(t, 44);
      byte(t, 91);
      unsigned(t, command1(key));
      if (isPair(key)) {
        byte(t, 44);
        unsigned(t, command2(key));
      } else lit(t, ",-1");
      byte(t, 44);
      unsigned(t, countOf(at));
      byte(t, 93);
      inner = at + 1;
      at = nextFrom(item, inner);
    }
    byte(t, 93);
    return true;
  }
  return false;
}

function terminal(t: Text): bool {
  for (; item < busCount() << 5; ++item) {
    const s = terminalAt(item);
    if (s.trials == 0 && s.statuses == 0) continue;
    head(t, ".terminal", busAt(item >> 5).channel);
    member(t, "terminal", item & 31);
    member(t, "statuses", s.statuses);
    member(t, "bits", s.bits);
    member(t, "twice", s.twice);
    member(t, "trials", s.trials);
    member(t, "failures", s.failures);
    lit(t, ',"peak":');
    decimal(t, <f64>s.peak, 3);
    item += 1;
    return true;
  }
  return false;
}

function response(t: Text): bool {
  for (; item < responseCount(); ++item, inner = 0) {
    const r = responseAt(item);
    if (inner >= TIMES) continue;
    const who = r.place >> 2;
    head(t, ".response", busAt(who >> 5).channel);
    member(t, "terminal", who & 31);
    member(t, "answer", r.place & 3);
    // Sums go with the first entry
    member(t, "count", inner ? 0 : r.count);
    member(t, "sum", inner ? 0 : r.sum);
    member(t, "squares", inner ? 0 : r.squares);
    lit(t, ',"times":[');
    let n: u32 = 0;
    for (; inner < TIMES && !full(t); ++inner) {
      const c = timeCount(item, inner);
      if (c == 0) continue;
      if (n++) byte(t, 44);
      byte(t, 91);
      unsigned(t, FIRST_TIME + inner);
      byte(t, 44);
      unsigned(t, c);
      byte(t, 93);
    }
    byte(t, 93);
    return true;
  }
  return false;
}

function data(t: Text): bool {
  for (; item < identities(); ++item, inner = 0) {
    const k = knownAt(item);
    if (<u32>k.wordsAt == NONE || inner >= <u32>k.wordCount) continue;
    head(t, ".data", channelOf(keyAt(item)));
    commands(t, keyAt(item));
    lit(t, ',"words":[');
    for (let n: u32 = 0; inner < <u32>k.wordCount && t.at - begun <= FULL - 120; ++inner, ++n) {
      if (n) byte(t, 44);
      byte(t, 91);
      unsigned(t, inner);
      byte(t, 44);
      word(t, <u32>k.wordsAt + inner, k.samples);
      byte(t, 93);
    }
    byte(t, 93);
    return true;
  }
  return false;
}

function word(t: Text, w: u32, samples: u32): void {
  const i = wordChange(w);
  if (i >= 0xfffe) {
    if (isFull(i)) lit(t, "null");
    else {
      unsigned(t, wordValue(w));
      byte(t, 44);
      unsigned(t, samples);
    }
    return;
  }
  const c = changeAt(i);
  lit(t, '{"n":');
  unsigned(t, c.count);
  member(t, "sum", c.sum);
  member(t, "squares", c.squares);
  member(t, "negative", c.negative);
  member(t, "negativeSum", c.negativeSum);
  lit(t, ',"range":[');
  unsigned(t, c.least);
  byte(t, 44);
  unsigned(t, c.most);
  byte(t, 44);
  signed(t, c.signedLeast);
  byte(t, 44);
  signed(t, c.signedMost);
  lit(t, '],"ones":');
  unsigned(t, c.ones);
  member(t, "zeros", c.zeros);
  member(t, "longest", c.longest);
  member(t, "swings", c.swings);
  member(t, "peak", c.peak);
  lit(t, ',"steps":[');
  if (c.stepA) {
    byte(t, 91);
    unsigned(t, c.stepA);
    byte(t, 44);
    unsigned(t, c.countA);
    byte(t, 93);
  }
  if (c.stepB) {
    lit(t, ",[");
    unsigned(t, c.stepB);
    byte(t, 44);
    unsigned(t, c.countB);
    byte(t, 93);
  }
  lit(t, '],"moves":[');
  let last: u32 = 17;
  while (last > 0 && moves(i, last - 1) == 0) --last;
  for (let m: u32 = 0; m < last; ++m) {
    if (m) byte(t, 44);
    unsigned(t, moves(i, m));
  }
  lit(t, "]}");
}
