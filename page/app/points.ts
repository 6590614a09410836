/** What detectors said, ready to be drawn: of each detector its times and ratios, sorted both ways. */

import { type DetectorName, FIXED } from "../../detectors/catalogue.ts";
import type { Factors } from "../run.ts";
import { detectorName, LOWERED, type Scores } from "../scores.ts";

/** A ratio is score / (threshold at factor 1): an alarm where it is above the policy's factor. */
export interface Points {
  /** Seconds since 1970, as they came. */
  time: Float64Array;
  ratio: Float64Array;
  /** Record numbers. */
  number: Float64Array;
  /** The ratios, rising. */
  sorted: Float64Array;
}

/**
 * Above the policy's own factor the scores of the run are taken, below it those of the run with thresholds lowered, since
 * these end at 100 times the lowered threshold.
 */
export function pointsOf(run: Scores, lowered: Scores, own: Factors): Map<DetectorName, Points> {
  const counts = new Uint32Array(64);
  const each = (take: (detector: number, scores: Scores, i: number, ratio: number) => void) => {
    const pass = (scores: Scores, scale: number, above: boolean) => {
      const factors = factorArray(own);
      for (let i = 0; i < scores.length; i++) {
        const detector = scores.detector[i]!;
        const own = factors[detector]!;
        const ratio = (scores.score[i]! / scores.threshold[i]!) * own * scale;
        if (above || (ratio <= own && !FIXED.includes(detectorName(detector)))) take(detector, scores, i, ratio);
      }
    };
    pass(lowered, LOWERED, false);
    pass(run, 1, true);
  };
  each((detector) => counts[detector]!++);
  const columns = Array.from(counts, (n) => ({
    time: new Float64Array(n),
    ratio: new Float64Array(n),
    number: new Float64Array(n),
  }));
  counts.fill(0);
  each((detector, scores, i, ratio) => {
    const at = counts[detector]!++;
    const of = columns[detector]!;
    of.time[at] = Number(scores.time[i]!) / 1e9;
    of.ratio[at] = ratio;
    of.number[at] = scores.number[i]!;
  });
  const all = new Map<DetectorName, Points>();
  for (const [detector, of] of columns.entries())
    if (of.time.length) all.set(detectorName(detector), { ...of, sorted: of.ratio.slice().sort() });
  return all;
}

function factorArray(factors: Factors): Float64Array {
  return Float64Array.from({ length: 64 }, (_, i) => factors[detectorName(i)] ?? 1);
}

/** How many ratios are above a factor. */
export function above({ sorted }: Points, factor: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > factor) high = middle;
    else low = middle + 1;
  }
  return sorted.length - low;
}
