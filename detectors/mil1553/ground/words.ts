/** What was learned of a data word: that it never changed, or how. Both compose, and a constant is a change that never came. */
import { z } from "zod";
import {
  bits,
  commonBits,
  count,
  counts,
  expected,
  type Fields,
  largest,
  list,
  merged,
  nested,
  number,
  numbers,
  sum,
  whole,
} from "../../baseline/members.ts";

type Four = [number, number, number, number];

/** A data word that changed: values as unsigned and as two's complement at once (../onboard/learning/data.ts). */
export const CHANGE = {
  n: sum,
  sum: merged(number, (x: number, y: number) => x + y),
  squares: merged(number, (x: number, y: number) => x + y),
  /** Values with the top bit set. */
  negative: sum,
  negativeSum: merged(number, (x: number, y: number) => x + y),
  /** Least and most, unsigned; least and most as two's complement. */
  range: merged<Four>(numbers(4), (x, y) => [
    Math.min(x[0], y[0]),
    Math.max(x[1], y[1]),
    Math.min(x[2], y[2]),
    Math.max(x[3], y[3]),
  ]),
  /** Bits that were always 1; bits that were ever 1. */
  ones: commonBits,
  zeros: bits,
  /** Times in a row that the value was the same. */
  longest: largest,
  /** Times that the value went from one end of its range to the other. */
  swings: sum,
  /** Largest cumulative sum, 1/256 of a deviation. */
  peak: largest,
  /** The first two moves of each capture: pairs of the move and how often it came. */
  steps: counts<[number, number]>(2, 1024),
  /** How often it moved by 0, 1, 2-3, 4-7, ... */
  moves: merged(list(count, 0, 64), (x, y) =>
    Array.from({ length: Math.max(x.length, y.length) }, (_, i) => (x[i] ?? 0) + (y[i] ?? 0)),
  ),
};
const change = nested(CHANGE);
export type Change = Fields<typeof CHANGE>;

const index = whole(31);
/** [index, value, how often, in how many captures (1), how often in a row (as often as it came)] */
const constant = z.tuple([index, whole(0xffff), count, count.optional(), count.optional()]);
/** [index, profile], or null where there was no room for one. */
const changing = z.tuple([index, change.schema.nullable()]);
const word = z.union([constant, changing], expected("[index, value, how often], or [index, profile]"));
type Constant = z.output<typeof constant>;
export type Word = z.output<typeof word>;

export const isConstant = (w: Word): w is Constant => typeof w[1] === "number";

/** Of a message, by index. */
export const words = merged(list(word, 0, 32), (a, b) => {
  const all = new Map<number, Word>(a.map((w) => [w[0], w]));
  for (const w of b) {
    const before = all.get(w[0]);
    all.set(w[0], before ? mergeWords(before, w) : w);
  }
  return [...all.values()].sort((x, y) => x[0] - y[0]);
});

function mergeWords(a: Word, b: Word): Word {
  // What had no room once is not known
  if (a[1] === null || b[1] === null) return [a[0], null];
  if (isConstant(a) && isConstant(b) && a[1] === b[1]) {
    const [[, , n, captures = 1, longest = n], [, , m, others = 1, most = m]] = [a, b];
    return [a[0], a[1], n + m, captures + others, Math.max(longest, most)];
  }
  return [a[0], change.merge(changeOf(a), changeOf(b), {}, {})];
}

/** A constant as a profile. */
export function changeOf(w: Word): Change {
  if (!isConstant(w)) return w[1]!;
  const [, x, n, captures = 1, longest = n] = w;
  const negative = x > 0x7fff ? n : 0;
  const s = x > 0x7fff ? x - 0x10000 : x;
  return {
    n,
    sum: x * n,
    squares: x * x * n,
    negative,
    negativeSum: x * negative,
    range: [x, x, s, s],
    ones: x,
    zeros: x,
    longest: Math.min(longest, 0xffff),
    swings: 0,
    peak: 0,
    steps: [],
    moves: n > captures ? [n - captures] : [],
  };
}
