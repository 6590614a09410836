// Damped incremental statistics at five decay rates: what a stream has been like over the last fraction of a second, the
// last second, ten seconds, minutes. Mirsky, Doitshman, Elovici, Shabtai, "Kitsune: An Ensemble of Autoencoders for
// Online Network Intrusion Detection", NDSS 2018, section IV.A (AfterImage).
//
//   Damped, 128 bytes    +0 u64 last, ns    +8 five of { f64 weight, f64 mean, f64 variance }, fastest decay first
//
// A value's weight is 2^(-rate * age in seconds). The paper keeps (weight, linear sum, squared sum); this keeps (weight,
// mean, variance), which says the same (linear sum = weight * mean) but loses no digits to cancellation, so that the
// variance is never negative and that of a constant is exactly 0. And time changes only the weight: mean and variance
// stay what they are until the next value, which makes letting time pass one multiplication for each rate.
//
// Composes: both are brought to the later of the two times and merged like Welford's.
import { finite, deviation } from "./numeric";
import { elapsed, later } from "./clock";

export const RATES: u32 = 5; // 5, 3, 1, 0.1, 0.01 per second, those of the paper
export const DAMPED: u32 = 128;
export const LEVELS: usize = 8;
export const LEVEL: usize = 24;
const FORGOTTEN: f64 = 1e-9; // a weight below this is 0; also keeps denormal numbers out

const factors: usize = memory.data(40, 8);

@unmanaged
export class Level {
  weight: f64;
  mean: f64;
  variance: f64;
}

// @ts-ignore: decorator
@inline export function level(p: usize, rate: u32): Level {
  return changetype<Level>(p + LEVELS + <usize>rate * LEVEL);
}

/** Factor by which weights shrink in dt ns, for each rate, as five f64s. One exponential: the rest are its powers. */
export function decays(dt: u64): usize {
  const e = NativeMath.exp2(<f64>dt * -1e-11); // 0.01 per second
  const e2 = e * e,
    e4 = e2 * e2,
    e10 = e4 * e4 * e2; // 0.1
  const t2 = e10 * e10,
    t4 = t2 * t2,
    e100 = t4 * t4 * t2; // 1
  const e300 = e100 * e100 * e100;
  store<f64>(factors, e300 * e100 * e100);
  store<f64>(factors, e300, 8);
  store<f64>(factors, e100, 16);
  store<f64>(factors, e10, 24);
  store<f64>(factors, e, 32);
  return factors;
}

/** Lets time pass: brings the state to `now` and returns the ns since its last time. */
export function decay(p: usize, now: u64): u64 {
  const last = load<u64>(p);
  store<u64>(p, later(last, now));
  const dt = elapsed(last, now);
  if (dt != 0) shrink(p, decays(dt));
  return dt;
}

/** Multiplies the weights by five factors that decays() has made. */
export function shrink(p: usize, f: usize): void {
  for (let i: u32 = 0; i < RATES; ++i) {
    const s = level(p, i);
    const w = s.weight * load<f64>(f + ((<usize>i) << 3));
    s.weight = w < FORGOTTEN ? 0 : w;
  }
}

/** Adds a value at the current time. */
export function insert(p: usize, value: f64): void {
  const x = finite(value);
  for (let i: u32 = 0; i < RATES; ++i) {
    const s = level(p, i);
    const w = s.weight + 1;
    const share = 1 / w; // exactly 1 for the first value: then the mean is x and the variance 0
    const d = x - s.mean;
    const step = d * share;
    s.mean = w == 1 ? x : s.mean + step;
    s.variance = (1 - share) * (s.variance + d * step);
    s.weight = w;
  }
}

export function update(p: usize, now: u64, value: f64): void {
  decay(p, now);
  insert(p, value);
}

export function weight(p: usize, rate: u32): f64 {
  return level(p, rate).weight;
}
export function mean(p: usize, rate: u32): f64 {
  return level(p, rate).mean;
}
export function variance(p: usize, rate: u32): f64 {
  return level(p, rate).variance;
}

/** Deviations between x and the damped mean, 0 .. BOUND; 0 while less than two values' weight is remembered. */
export function score(p: usize, rate: u32, x: f64, floor: f64): f64 {
  return level(p, rate).weight < 2 ? 0 : deviation(x, mean(p, rate), variance(p, rate), floor);
}

/** Adds what `from` remembers to `into`; `from` is brought to the later time as well. */
export function merge(into: usize, from: usize): void {
  const now = max(load<u64>(into), load<u64>(from));
  decay(into, now);
  decay(from, now);
  for (let i: u32 = 0; i < RATES; ++i) {
    const a = level(into, i),
      b = level(from, i);
    if (b.weight == 0) continue;
    const w = a.weight + b.weight;
    const share = b.weight / w;
    const d = b.mean - a.mean;
    a.mean = a.weight == 0 ? b.mean : a.mean + d * share;
    a.variance += (b.variance - a.variance) * share + d * d * share * (1 - share);
    a.weight = w;
  }
}
