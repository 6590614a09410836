/** Whether what was learned from clean traffic can be relied on: long enough, and the same all along. */
import { betaI, gammaP } from "../../lib/numerics/special.ts";
import type { Finding } from "./choose.ts";

/** Chance of at least `count` events where `mean` are to be expected (Poisson). */
export const poissonTail = (count: number, mean: number): number => (count <= 0 ? 1 : gammaP(count, mean));

/** Chance of at least `count` of `of` falling into a part of size `share` (binomial). */
export const binomialTail = (count: number, of: number, share: number): number =>
  count <= 0 ? 1 : share >= 1 ? 1 : betaI(count, of - count + 1, share);

export interface Uneven {
  /** Of the block that stands out, from 0. */
  block: number;
  count: number;
  /** In all blocks. */
  of: number;
  /** Chance of this or more in the block that has most for its length, were all the same; for all blocks together. */
  chance: number;
}

/** Times by which blocks are compared: fewer show no difference, at a lower level more than the tail is compared. */
const COMPARED = 30;

/**
 * The block in which more comes near an alarm than in the others: at the level that is exceeded in about 30 stretches of `gap`
 * seconds in all. If traffic is the same all along, and stretches independent, their counts by block are multinomial; the
 * largest excess by the exact binomial, times the number of blocks (Bonferroni). Stretches rather than alarms, since what goes
 * on and on is one alarm.
 */
export function unevenness(
  blocks: readonly (readonly Finding[])[],
  hours: readonly number[],
  gap: number,
): Uneven | undefined {
  const peaks = blocks.map((findings) => stretchPeaks(findings, Math.max(1, gap)));
  const all = peaks.flat().sort((a, b) => b - a);
  const total = hours.reduce((sum, h) => sum + h, 0);
  if (!all.length || !(total > 0)) return undefined;
  const level = all[Math.min(COMPARED, all.length) - 1]!;
  const counts = peaks.map((list) => list.filter((peak) => peak >= level).length);
  const of = counts.reduce((sum, n) => sum + n, 0);
  const chances = counts.map((count, k) => binomialTail(count, of, hours[k]! / total));
  const block = chances.indexOf(Math.min(...chances));
  return { block, count: counts[block]!, of, chance: Math.min(1, blocks.length * chances[block]!) };
}

/** The largest ratio of each stretch that has any. */
function stretchPeaks(findings: readonly Finding[], gap: number): number[] {
  const peaks = new Map<number, number>();
  for (const { time, ratio } of findings) {
    const stretch = Math.floor(time / gap);
    peaks.set(stretch, Math.max(ratio, peaks.get(stretch) ?? 0));
  }
  return [...peaks.values()];
}
