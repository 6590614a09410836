// REQ-DETECT-001
// Guards that statistics use, so that no score is ever NaN, infinite or unbounded.
//
// Detectors see hostile values. A score ends at BOUND. (Kitsune divides by the range that a feature had in training,
// and a feature that was constant then gives scores up to 3e18 later: one such feature drowns all others.)

/** No score of this folder exceeds this. */
export const BOUND: f64 = 100;

@inline export function clamp(x: f64, low: f64, high: f64): f64 {
  return x > high ? high : x > low ? x : low;
}

/**
 * log2 with straight lines between the powers of two (at most 0.087 too low), from the bits of a positive x. Monotone,
 * a twentieth of the cost of log2: for compressing features, not for probabilities. 0, negative and NaN give LOG_ZERO.
 */
@inline export function coarseLog2(x: f64): f64 {
  return x >= SMALLEST ? <f64>(reinterpret<i64>(x) - ONE) * PER_BIT : LOG_ZERO;
}
const LOG_ZERO: f64 = -40;
const SMALLEST: f64 = 9.094947017729282e-13; // 2^-40
const ONE: i64 = 0x3ff0000000000000;
const PER_BIT: f64 = 2.220446049250313e-16; // 2^-52
