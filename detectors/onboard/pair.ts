// Two streams seen together (both directions of a channel) at the five decay rates: covariance, correlation, magnitude,
// radius. Mirsky et al., NDSS 2018, section IV.A, "2D statistics".
//
//   Pair, 272 bytes    +0 u64 last, ns    +8 f64 newest a    +16 f64 newest b    +24 u64 seen: bit 0 a, bit 1 b
//                      +32 five of { f64 weight, meanA, meanB, varianceA, varianceB, covariance }, fastest decay first
//
// The streams tick at different times, so each arrival of one is paired with the newest value of the other, and the
// damped moments are those of these pairs. The paper sums products of residuals against two separately moving means
// instead; then |correlation| <= 1 does not hold. Here it does, by the Cauchy-Schwarz inequality.
//
// Composes like Welford's, brought to the later time; the newest values stay those of the later one.
import { finite, clamp, ratio } from "./numeric";
import { elapsed, later } from "./clock";
import { RATES, decays, mean, variance } from "./damped";

export const PAIR: u32 = 272;
const FORGOTTEN: f64 = 1e-9;

@unmanaged
class Head {
  last: u64;
  a: f64;
  b: f64;
  seen: u64;
}

@unmanaged
class Joint {
  weight: f64;
  meanA: f64;
  meanB: f64;
  varianceA: f64;
  varianceB: f64;
  covariance: f64;
}

// @ts-ignore: decorator
@inline function joint(p: usize, rate: u32): Joint {
  return changetype<Joint>(p + 32 + <usize>rate * 48);
}

function decay(p: usize, now: u64): void {
  const h = changetype<Head>(p);
  const dt = elapsed(h.last, now);
  h.last = later(h.last, now);
  if (dt == 0) return;
  const f = decays(dt);
  for (let i: u32 = 0; i < RATES; ++i) {
    const j = joint(p, i);
    const w = j.weight * load<f64>(f + ((<usize>i) << 3));
    j.weight = w < FORGOTTEN ? 0 : w;
  }
}

/** A value of stream a (side 0) or b (side 1). */
export function update(p: usize, now: u64, side: u32, value: f64): void {
  const h = changetype<Head>(p);
  decay(p, now);
  if (side == 0) h.a = finite(value);
  else h.b = finite(value);
  h.seen |= side == 0 ? 1 : 2;
  if (h.seen != 3) return;
  for (let i: u32 = 0; i < RATES; ++i) {
    const j = joint(p, i);
    const w = j.weight + 1;
    const share = 1 / w,
      rest = 1 - share; // rest is exactly 0 for the first pair
    const da = h.a - j.meanA;
    const db = h.b - j.meanB;
    j.meanA = w == 1 ? h.a : j.meanA + da * share;
    j.meanB = w == 1 ? h.b : j.meanB + db * share;
    j.varianceA = rest * (j.varianceA + da * da * share);
    j.varianceB = rest * (j.varianceB + db * db * share);
    j.covariance = rest * (j.covariance + da * db * share);
    j.weight = w;
  }
}

export function covariance(p: usize, rate: u32): f64 {
  return joint(p, rate).covariance;
}

/** Pearson's, -1 .. 1; 0 while either side is constant. */
export function correlation(p: usize, rate: u32): f64 {
  const j = joint(p, rate);
  return clamp(ratio(j.covariance, sqrt<f64>(j.varianceA) * sqrt<f64>(j.varianceB), 0), -1, 1);
}

/** Length of the vector of both means, of two Damped states. */
export function magnitude(a: usize, b: usize, rate: u32): f64 {
  const x = mean(a, rate),
    y = mean(b, rate);
  return sqrt<f64>(x * x + y * y);
}

/** Length of the vector of both variances (so the paper), of two Damped states. */
export function radius(a: usize, b: usize, rate: u32): f64 {
  const x = sqrt<f64>(variance(a, rate)),
    y = sqrt<f64>(variance(b, rate));
  // The variances' squares could overflow; those of deviations cannot.
  const larger = max<f64>(x, y),
    smaller = min<f64>(x, y);
  const q = ratio(smaller, larger, 0);
  return larger * larger * sqrt<f64>(1 + q * q * q * q);
}

/** Adds what `from` remembers to `into`; `from` is brought to the later time as well. */
export function merge(into: usize, from: usize): void {
  const x = changetype<Head>(into),
    y = changetype<Head>(from);
  const newer = y.last > x.last;
  const now = max(x.last, y.last);
  decay(into, now);
  decay(from, now);
  if (y.seen & 1 && (newer || !(x.seen & 1))) x.a = y.a;
  if (y.seen & 2 && (newer || !(x.seen & 2))) x.b = y.b;
  x.seen |= y.seen;
  for (let i: u32 = 0; i < RATES; ++i) {
    const a = joint(into, i),
      b = joint(from, i);
    if (b.weight == 0) continue;
    const w = a.weight + b.weight;
    const share = b.weight / w;
    const cross = share * (1 - share);
    const da = b.meanA - a.meanA;
    const db = b.meanB - a.meanB;
    a.meanA = a.weight == 0 ? b.meanA : a.meanA + da * share;
    a.meanB = a.weight == 0 ? b.meanB : a.meanB + db * share;
    a.varianceA += (b.varianceA - a.varianceA) * share + da * da * cross;
    a.varianceB += (b.varianceB - a.varianceB) * share + db * db * cross;
    a.covariance += (b.covariance - a.covariance) * share + da * db * cross;
    a.weight = w;
  }
}
