// Exponentially weighted moving average and variance, by samples rather than time.
// Roberts, "Control Chart Tests Based on Geometric Moving Averages", Technometrics 1 (1959); the variance's recursion:
// Finch, "Incremental calculation of weighted mean and variance" (2009), section 9.
//
//   Ewma, 24 bytes    +0 f64 count    +8 f64 mean    +16 f64 variance
//
// The first 1/alpha values count alike (a plain mean), so that the first value has no undue weight.
// Two of these do not compose: the order of the values is part of the state. Merge Welford's instead.
import { finite, deviation } from "./numeric";

export const EWMA: u32 = 24;

@unmanaged
export class Ewma {
  count: f64;
  mean: f64;
  variance: f64;
}

/** alpha: weight of a new value, 0 < alpha <= 1. */
export function update(p: usize, value: f64, alpha: f64): void {
  const s = changetype<Ewma>(p);
  s.count += 1;
  const a = s.count * alpha < 1 ? 1 / s.count : alpha;
  const d = finite(value) - s.mean;
  const step = a * d;
  s.mean += step;
  s.variance = (1 - a) * (s.variance + d * step);
}

/** Deviations between x and the average, 0 .. BOUND; 0 while fewer than `enough` values are known. Ask before update. */
export function score(p: usize, x: f64, floor: f64, enough: f64): f64 {
  const s = changetype<Ewma>(p);
  return s.count < enough ? 0 : deviation(x, s.mean, s.variance, floor);
}
