// REQ-DETECT-001
// Guards that every statistic uses, so that no score is ever NaN, infinite or without bound.
//
// Detectors see hostile values. Three rules: an input is made finite before it is stored; a division has a floor under
// it; a score ends at BOUND. (Kitsune divides by the range a feature had in training, and a feature that was constant
// then gives scores up to 3e18 later: one such feature drowns all others.)

/** No score of this folder exceeds this. */
export const BOUND: f64 = 100;

/** Largest magnitude stored: its square, summed 1e28 times, is still finite. */
export const HUGE: f64 = 1e140;

/** A number that can be squared and summed: NaN becomes 0, the rest is cut to +-HUGE. */
// @ts-ignore: decorator
@inline export function finite(x: f64): f64 {
  return x > HUGE ? HUGE : x < -HUGE ? -HUGE : x == x ? x : 0;
}

// @ts-ignore: decorator
@inline export function clamp(x: f64, low: f64, high: f64): f64 {
  return x > high ? high : x > low ? x : low;
}

/** a / b, `otherwise` where b is 0 or less. */
// @ts-ignore: decorator
@inline export function ratio(a: f64, b: f64, otherwise: f64): f64 {
  return b > 0 ? a / b : otherwise;
}

/**
 * How many standard deviations x lies from the mean, 0 .. BOUND. `floor` is the spread that is never worth a word, in
 * the unit of x: it is what stands in for the deviation of a feature that never varied.
 */
// @ts-ignore: decorator
@inline export function deviation(x: f64, mean: f64, variance: f64, floor: f64): f64 {
  const d = abs<f64>(finite(x) - mean);
  const s = sqrt<f64>(variance + floor * floor);
  return d < BOUND * s ? d / s : d > 0 ? BOUND : 0;
}

/**
 * log2 with straight lines between the powers of two (at most 0.087 too low), from the bits of a positive x. Monotone,
 * a twentieth of the cost of log2: for compressing features, not for probabilities. 0, negative and NaN give LOG_ZERO.
 */
// @ts-ignore: decorator
@inline export function coarseLog2(x: f64): f64 {
  return x >= SMALLEST ? <f64>(reinterpret<i64>(x) - ONE) * PER_BIT : LOG_ZERO;
}
export const LOG_ZERO: f64 = -40;
const SMALLEST: f64 = 9.094947017729282e-13; // 2^-40
const ONE: i64 = 0x3ff0000000000000;
const PER_BIT: f64 = 2.220446049250313e-16; // 2^-52
