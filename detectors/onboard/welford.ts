// Count, mean and variance of a stream, without keeping it.
// Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products", Technometrics 4 (1962);
// merge: Chan, Golub, LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979).
//
//   Welford, 24 bytes    +0 f64 count    +8 f64 mean    +16 f64 m2, sum of squared deviations from the mean
//
// Composes exactly (but for rounding): merge(a, b) is what one pass over both streams gives.
import { finite, deviation } from "./numeric";

export const WELFORD: u32 = 24;

@unmanaged
export class Welford {
  count: f64;
  mean: f64;
  m2: f64;
}

export function update(p: usize, value: f64): void {
  const s = changetype<Welford>(p);
  const x = finite(value);
  const n = s.count + 1;
  const d = x - s.mean;
  const mean = s.mean + d / n;
  s.count = n;
  s.mean = mean;
  s.m2 += d * (x - mean);
}

/** Adds what `from` has seen to `into`. */
export function merge(into: usize, from: usize): void {
  const a = changetype<Welford>(into),
    b = changetype<Welford>(from);
  if (b.count == 0) return;
  const n = a.count + b.count;
  const d = b.mean - a.mean;
  a.mean += d * (b.count / n);
  a.m2 += b.m2 + d * d * ((a.count * b.count) / n);
  a.count = n;
}

/** Of the population; 0 until there is a value. */
export function variance(p: usize): f64 {
  const s = changetype<Welford>(p);
  return s.count > 0 ? s.m2 / s.count : 0;
}

/** Deviations between x and the mean, 0 .. BOUND; 0 while fewer than two values are known. */
export function score(p: usize, x: f64, floor: f64): f64 {
  const s = changetype<Welford>(p);
  return s.count < 2 ? 0 : deviation(x, s.mean, s.m2 / (s.count - 1), floor);
}
