// REQ-DETECT-007
// The limit of a score for a wanted rate of false alarms, from scores of clean traffic.
//
// Wanted: `rate` alarms per hour. Known: scores of `hours` of clean traffic; scores close in time belong together (one
// burst is one alarm), so first only the largest score of each burst is kept.
//
// Which method (stated with every limit it gives):
//   rank       when at least ENOUGH alarms would be wanted in the time observed: the k-th largest peak is the limit, its
//              rate known to about 1 / sqrt(k). No assumption. This is the conformal limit: among n + 1 exchangeable
//              peaks, that of rank floor(rank) from above exceeds with chance at most rank / (n + 1) (Vovk et al. 2005).
//   extreme    when fewer are wanted than that: peaks over threshold, generalised Pareto tail (Siffer, Fouque, Termier,
//              Largouet, "Anomaly Detection in Streams with Extreme Value Theory", KDD 2017, SPOT), if there are at least
//              PEAKS different peaks to fit.
//   largest    when neither can be: the largest score seen. Then `promised` says which rate that supports, which is more
//              than was wanted: observe longer.
import { type Interval, poisson } from "./intervals.ts";
import { excessOf, fitPareto, type Pareto, profileInterval } from "./pareto.ts";

export const ENOUGH = 10;
export const PEAKS = 30;

export interface Clean {
  scores: ArrayLike<number>;
  /** Seconds, ascending, one for each score. */
  times: ArrayLike<number>;
  /** Hours observed; without it, last minus first time. */
  hours?: number;
}

export interface Wanted {
  /** False alarms per hour, > 0. */
  rate: number;
  /** Peaks at most this many seconds apart are one alarm. Default 1. */
  gap?: number;
  /** Largest value the score can have: a limit beyond it can never be exceeded, and the answer says so. */
  ceiling?: number;
}

export interface Limit {
  /** Alarm when score > limit. */
  limit: number;
  method: "rank" | "extreme" | "largest";
  /** 95 % interval of the limit that gives the wanted rate. */
  interval: Interval;
  /** Alarms per hour this limit can be expected to give. */
  promised: number;
  /** True when the limit lies at or above the ceiling: this detector cannot alarm at the wanted rate. */
  mute: boolean;
  /** Bursts (independent peaks) and hours it was learned from. */
  peaks: number;
  hours: number;
  /**
   * Alarms wanted in the time observed. Far below 1 the limit is extrapolated beyond all that was seen: its interval
   * covers what chance does, not that traffic may differ on other days. Below 0.1: observe longer.
   */
  expected: number;
  tail?: Pareto & { threshold: number; excesses: number };
}

/** Largest score of each burst, in order of time. A gap is between neighbours that reach `floor`. */
export function burstPeaks(clean: Clean, floor: number, gap: number): Float64Array {
  const peaks: number[] = [];
  let last = -Infinity;
  for (let i = 0; i < clean.scores.length; i++) {
    const score = clean.scores[i]!;
    if (score < floor) continue;
    if (clean.times[i]! - last > gap) peaks.push(score);
    else peaks[peaks.length - 1] = Math.max(peaks.at(-1)!, score);
    last = clean.times[i]!;
  }
  return Float64Array.from(peaks);
}

/** @throws RangeError for an empty sample, a rate that is not positive, or a score that is not finite */
export function limitFor(clean: Clean, { rate, gap = 1, ceiling = Infinity }: Wanted): Limit {
  const n = clean.scores.length;
  if (n === 0) throw new RangeError("no scores to learn a limit from");
  if (!(rate > 0)) throw new RangeError("the wanted rate must be above 0 alarms per hour");
  const sorted = Float64Array.from(clean.scores).sort();
  if (!(sorted[0]! > -Infinity && sorted[n - 1]! < Infinity)) throw new RangeError("a score is not a finite number");
  const hours = clean.hours ?? (clean.times[n - 1]! - clean.times[0]!) / 3600;
  const expected = rate * hours;
  const floor = tailStart(sorted, expected);
  const peaks = burstPeaks(clean, floor, gap).sort();
  return limitOfPeaks(peaks, { hours, floor, count: peaks.length }, { rate, ceiling });
}

/** Largest independent peaks, from a list that was kept while a stream went by. */
export interface Kept {
  /** Falling. */
  largest: readonly number[];
  /** How many peaks there were; more than were kept, or as many. */
  count: number;
  hours: number;
}

/**
 * The limit from the largest peaks of clean traffic: as limitFor(), whose scores would have been in bursts already.
 * @throws RangeError as limitFor()
 */
export function limitOfLargest({ largest, count, hours }: Kept, wanted: Wanted): Limit {
  if (!largest.length) throw new RangeError("no peaks to learn a limit from");
  if (!(wanted.rate > 0)) throw new RangeError("the wanted rate must be above 0 alarms per hour");
  const tail = Math.min(largest.length - 1, Math.ceil(tailSize(count, wanted.rate * hours)));
  return limitOfPeaks(Float64Array.from(largest).sort(), { hours, count, floor: largest[tail]! }, wanted);
}

function limitOfPeaks(
  peaks: Float64Array,
  { hours, count, floor }: { hours: number; count: number; floor: number },
  { rate, ceiling = Infinity }: Wanted,
): Limit {
  const expected = rate * hours;
  const given = (part: Pick<Limit, "limit" | "method" | "interval" | "promised" | "tail">): Limit => ({
    ...part,
    mute: part.limit >= ceiling,
    peaks: count,
    hours,
    expected,
  });
  const ranked = (k: number) => peaks[Math.max(0, peaks.length - k)]!;
  if (expected >= ENOUGH && count > expected) {
    const k = Math.min(Math.floor(expected), peaks.length);
    const { low, high } = poisson(k);
    const interval = {
      low: ranked(Math.min(peaks.length, Math.ceil(high))),
      high: ranked(Math.max(1, Math.floor(low))),
    };
    return given({ limit: ranked(k), method: "rank", interval, promised: k / hours });
  }
  const excesses = Array.from(
    peaks.filter((s) => s > floor),
    (s) => s - floor,
  );
  if (new Set(excesses).size >= PEAKS && expected < excesses.length) {
    const tail = fitPareto(excesses);
    const p = expected / excesses.length;
    const { low, high } = profileInterval(excesses, tail, p);
    return given({
      limit: floor + excessOf(tail, p),
      method: "extreme",
      interval: { low: floor + low, high: floor + high },
      promised: rate,
      tail: { ...tail, threshold: floor, excesses: excesses.length },
    });
  }
  const largest = peaks.at(-1)!;
  const promised = hours > 0 ? Math.max(rate, 1 / hours) : Infinity;
  return given({ limit: largest, method: "largest", interval: { low: largest, high: Infinity }, promised });
}

/**
 * Where the tail begins: the 98 % quantile (Siffer et al.), lower when that leaves too few scores (at least 4 x PEAKS
 * are wanted, since bursts shrink them, but never more than the upper tenth) or fewer than the alarms wanted.
 */
function tailStart(sorted: Float64Array, expected: number): number {
  const n = sorted.length;
  return sorted[Math.max(0, n - 1 - Math.ceil(tailSize(n, expected)))]!;
}

const tailSize = (n: number, expected: number) =>
  Math.max(0.02 * n, Math.min(4 * PEAKS, 0.1 * n), Math.min(n, 4 * expected));
