/** From the kinds of interval of a message to what operation allows: at most six ranges with a tolerance each. */
import type { MessageEntry } from "./entries.ts";

/** 0.1 us. */
export interface Range {
  count: number;
  least: number;
  most: number;
  tolerance: number;
}

export const RANGES = 6;
/** Nothing is early or late by less: 30 us. */
const LEAST = 300;
/** Of the interval. */
const SHARE = 0.02;

/**
 * The ranges of a message with a schedule, ascending; undefined when it has none: too few intervals, most of them not to
 * be relied on, intervals of too many kinds, or so spread that they cover half of everything up to the longest.
 */
export function rangesOf({ intervals, irregular, disturbed }: MessageEntry): Range[] | undefined {
  const seen = intervals.reduce((sum, [, count]) => sum + count, 0);
  if (seen < 4 || irregular > 0.01 * seen || disturbed > seen) return undefined;
  const found: Range[] = [];
  for (const [, count, least, most] of [...intervals].sort((a, b) => a[2] - b[2])) {
    const last = found.at(-1);
    if (last && least - last.most <= 0.03 * least) {
      last.count += count;
      last.most = most;
    } else found.push({ count, least, most, tolerance: 0 });
  }
  for (const range of found) {
    const { least, most, count } = range;
    const few = 1 + 8 / count;
    range.tolerance = Math.ceil(Math.max(LEAST, SHARE * most * few, 0.5 * (most - least) * few));
  }
  const covered = found.reduce((sum, r) => sum + r.most - r.least + 2 * r.tolerance, 0);
  return found.length > RANGES || covered > 0.5 * found.at(-1)!.most ? undefined : found;
}
