// REQ-DETECT-012
// Time between two records, when time may repeat or go backwards.
//
// It goes backwards a little when a capture merges two interfaces, and a lot when a clock is set. A little (under SET)
// counts as no time passed and the later time stays the reference; a lot starts again from the earlier time. So neither
// disorder makes statistics forget too fast, nor one stamp in the far future keeps them from ever forgetting.

const SET: u64 = 1000000000;

/** Nanoseconds from `last` to `now`, 0 where time went backwards. */
@inline export function elapsed(last: u64, now: u64): u64 {
  return now > last ? now - last : 0;
}

/** What is left of a value of then, which is worth half after `half` seconds. */
@inline export function faded(value: f64, then: u64, now: u64, half: f64): f64 {
  return value * NativeMath.exp2((-1e-9 * <f64>elapsed(then, now)) / half);
}

/** What to store as the last time. */
@inline export function later(last: u64, now: u64): u64 {
  return now >= last || last - now > SET ? now : last;
}
