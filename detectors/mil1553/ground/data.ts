/** From what a data word held to what operation holds it against. */
import { margin, sumLimit, uncertainty } from "./limits.ts";
import type { Change } from "./words.ts";

export interface Profile {
  /** On the circle of 65,536 values: from `base` on `width` values; beyond them `margin` is allowed. */
  range?: { base: number; width: number; margin: number };
  /** Largest move. single: one larger one is enough; else two within 256 values. */
  moves?: { farthest: number; single: boolean };
  counter?: [number, number];
  /** Bits that never changed, and what they are. */
  fixed?: { mask: number; value: number };
  /** Times in a row that the value may be the same. */
  longest?: number;
  drift?: { mean: number; deviation: number; limit: number };
}

/** Values before a word is judged at all; before its mean is. */
const ENOUGH = 32;
const STEADY = 256;
/** Times that a word must have gone from one end of its range to the other before the range counts as known. */
const SWINGS = 4;
/** And before it is known roughly, and one jump is enough: it has turned back, and not by a jump. */
const TURNS = 2;
const SLACK = 0.5;

export interface Rates {
  /** Wanted false alarms per hour of one test of one word. */
  rate: number;
  /** Values per hour. */
  values: number;
}

export function profileOf(c: Change, { rate, values }: Rates): Profile {
  const out: Profile = {};
  if (c.n < ENOUGH) return out;
  const [least, most, signedLeast, signedMost] = c.range;
  const signed = signedMost - signedLeast < most - least;
  const [low, high] = signed ? [signedLeast, signedMost] : [least, most];
  const width = high - low;
  // A word that takes the whole circle wraps in small moves
  const circle = width >= 0.9 * 65536;
  const settled = circle || c.swings >= SWINGS;
  const turned = circle || c.swings >= TURNS;
  const beyond = Math.ceil(width * Math.max(margin(c.n), settled ? 0 : 1)) + 1;
  if (turned && width + 2 * beyond < 60_000) out.range = { base: low & 0xffff, width, margin: beyond };
  const varying = c.zeros & ~c.ones;
  const mask = varying ? ~varying & ((1 << (31 - Math.clz32(varying))) - 1) : 0;
  if (settled && mask && c.n >= 64) out.fixed = { mask, value: c.ones & mask };

  const moved = c.moves.reduce((sum, n) => sum + n, 0);
  if (moved >= ENOUGH) {
    const counter = counterOf(c, moved);
    if (counter && settled) out.counter = counter;
    else {
      const far = farthest(c.moves);
      const limit = Math.ceil(1.5 * far.move) + 2;
      if (limit < 30_000) out.moves = { farthest: limit, single: turned && !far.more };
    }
    const same = (c.moves[0] ?? 0) / moved;
    if (same < 0.95) {
      const theory = same > 0 ? Math.log(rate / Math.max(values, rate)) / Math.log(same) : 0;
      const limit = Math.max(2 * c.longest + 3, Math.ceil(theory) + 1);
      if (limit < 2000) out.longest = limit;
    }
  }
  // On the whole circle a mean says nothing
  if (c.n >= STEADY && !circle) {
    const n = c.n;
    const mean = signed ? (c.sum - 65536 * c.negative) / n : c.sum / n;
    const squares = signed ? c.squares - 2 * 65536 * c.negativeSum + 65536 * 65536 * c.negative : c.squares;
    const deviation = Math.sqrt(Math.max(0, squares / n - mean * mean) + 0.25) * uncertainty(n);
    const theory = sumLimit((2 * values) / rate, SLACK);
    const peak = c.peak / 256;
    // Independent values stay below the limit for as long as one learns: what came near it is not steady
    if (peak <= 0.8 * theory && deviation > 0.6) out.drift = { mean, deviation, limit: Math.max(theory, 2 * peak + 3) };
  }
  return out;
}

/** The one or two moves that a counter makes, if it made no other. */
function counterOf({ steps, moves }: Change, moved: number): [number, number] | undefined {
  if (steps.length === 0 || steps.length > 2 || moved < 64) return undefined;
  const counted = steps.reduce((sum, [, n]) => sum + n, 0);
  if (counted !== moved || (moves[0] ?? 0) > 0) return undefined;
  // Moves by 8 and by 9 are a ramp, rounded
  const apart = (steps[0]![0] - steps.at(-1)![0]) & 0xffff;
  if (steps.length === 2 && Math.min(apart, 0x10000 - apart) <= 1) return undefined;
  return [steps[0]![0], steps.at(-1)![0]];
}

/**
 * Upper edge of the moves that belong together, from the smallest on. `more`: few and far larger ones were seen, as when
 * a ramp begins again.
 */
function farthest(moves: readonly number[]): { move: number; more: boolean } {
  const moved = moves.slice(1).reduce((sum, n) => sum + n, 0);
  const highest = moves.length - 1;
  let top = highest;
  let more = false;
  for (;;) {
    while (top > 0 && !moves[top]) top--;
    // The group of moves that ends here: bins without a hole of two
    let bottom = top;
    while (bottom > 1 && (moves[bottom - 1] || (bottom > 2 && moves[bottom - 2]))) bottom--;
    const group = moves.slice(bottom, top + 1).reduce((sum, n) => sum + n, 0);
    if (group > 0.002 * moved) return { move: 2 ** top - 1, more };
    // Too few moves altogether to tell the usual from the unusual
    if (bottom <= 1) return { move: 2 ** highest - 1, more };
    more = true;
    top = bottom - 1;
  }
}
