// Two streams seen together (both directions of a channel) at the five decay rates: covariance, correlation, magnitude,
// radius. Mirsky et al., NDSS 2018, section IV.A, "2D statistics".
//
//   Pair, 272 bytes    +0 u64 last, ns    +8 f64 newest a    +16 f64 newest b    +24 u64 seen: bit 0 a, bit 1 b
//                      +32 five of { f64 weight, meanA, meanB, aa, bb, ab }, fastest decay first
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
  aa: f64;
  bb: f64;
  ab: f64;
}

// @ts-ignore: decorator
@inline function joint(p: usize, rate: u32): Joint { return changetype<Joint>(p + 32 + <usize>rate * 48); }

function decay(p: usize, now: u64): void {
  const h = changetype<Head>(p);
  const dt = elapsed(h.last, now);
  h.last = later(h.last, now);
  if (dt == 0) return;
  const f = decays(dt);
  for (let i: u32 = 0; i < RATES; ++i) {
    const j = joint(p, i);
    const w = j.weight * load<f64>(f + (<usize>i << 3));
    const d = w < FORGOTTEN ? 0 : load<f64>(f + (<usize>i << 3));
    j.weight *= d;
    j.aa *= d;
    j.bb *= d;
    j.ab *= d;
  }
}

/** A value of stream a (side 0) or b (side 1). */
export function update(p: usize, now: u64, side: u32, value: f64): void {
  const h = changetype<Head>(p);
  decay(p, now);
  if (side == 0) h.a = finite(value); else h.b = finite(value);
  h.seen |= side == 0 ? 1 : 2;
  if (h.seen != 3) return;
  for (let i: u32 = 0; i < RATES; ++i) {
    const j = joint(p, i);
    const w = j.weight + 1;
    const da = j.weight == 0 ? 0 : h.a - j.meanA;
    const db = j.weight == 0 ? 0 : h.b - j.meanB;
    j.meanA = j.weight == 0 ? h.a : j.meanA + da / w;
    j.meanB = j.weight == 0 ? h.b : j.meanB + db / w;
    const shrink = j.weight / w;
    j.aa += da * da * shrink;
    j.bb += db * db * shrink;
    j.ab += da * db * shrink;
    j.weight = w;
  }
}

export function covariance(p: usize, rate: u32): f64 {
  const j = joint(p, rate);
  return ratio(j.ab, j.weight, 0);
}

/** Pearson's, -1 .. 1; 0 while either side is constant. */
export function correlation(p: usize, rate: u32): f64 {
  const j = joint(p, rate);
  return clamp(ratio(j.ab, sqrt<f64>(j.aa) * sqrt<f64>(j.bb), 0), -1, 1);
}

/** Length of the vector of both means, of two Damped states. */
export function magnitude(a: usize, b: usize, rate: u32): f64 {
  const x = mean(a, rate), y = mean(b, rate);
  return sqrt<f64>(x * x + y * y);
}

/** Length of the vector of both variances (so the paper), of two Damped states. */
export function radius(a: usize, b: usize, rate: u32): f64 {
  const x = sqrt<f64>(variance(a, rate)), y = sqrt<f64>(variance(b, rate));
  // The variances' squares could overflow; those of deviations cannot.
  const larger = max<f64>(x, y), smaller = min<f64>(x, y);
  const q = ratio(smaller, larger, 0);
  return larger * larger * sqrt<f64>(1 + q * q * q * q);
}

/** Adds what `from` remembers to `into`; `from` is brought to the later time as well. */
export function merge(into: usize, from: usize): void {
  const x = changetype<Head>(into), y = changetype<Head>(from);
  const newer = y.last > x.last;
  const now = max(x.last, y.last);
  decay(into, now);
  decay(from, now);
  if (y.seen & 1 && (newer || !(x.seen & 1))) x.a = y.a;
  if (y.seen & 2 && (newer || !(x.seen & 2))) x.b = y.b;
  x.seen |= y.seen;
  for (let i: u32 = 0; i < RATES; ++i) {
    const a = joint(into, i), b = joint(from, i);
    if (b.weight == 0) continue;
    const w = a.weight + b.weight;
    const da = a.weight == 0 ? 0 : b.meanA - a.meanA;
    const db = a.weight == 0 ? 0 : b.meanB - a.meanB;
    const share = b.weight / w;
    const cross = a.weight * share;
    a.meanA = a.weight == 0 ? b.meanA : a.meanA + da * share;
    a.meanB = a.weight == 0 ? b.meanB : a.meanB + db * share;
    a.aa += b.aa + da * da * cross;
    a.bb += b.bb + db * db * cross;
    a.ab += b.ab + da * db * cross;
    a.weight = w;
  }
}
