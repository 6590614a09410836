// Profile of the intervals between events: the period, how punctual it is, and by when the next one is due.
// The estimates are robust recursive ones (stochastic approximation: Robbins, Monro 1951; steps cut as in Huber's
// M-estimators), so a lost or an extra event hardly moves them.
//
//   Interval, 40 bytes    +0 u64 last, ns    +8 f64 period, ns    +16 f64 jitter, mean absolute deviation, ns
//                         +24 f64 count of intervals    +32 f64 longest, ns
//
// Two of these do not compose exactly; merge() weighs both by their counts, which is right where both saw one regime.
import { BOUND, clamp } from "./numeric";
import { later } from "./clock";

export const INTERVAL: u32 = 40;
const SETTLED: f64 = 8; // intervals that count alike before steps are cut
const WEIGHT: f64 = 0.03125; // of a new interval later on
const CUT: f64 = 4; // a step counts at most this many jitters
const LEAST: f64 = 0.001; // jitter below this share of the period is not worth a word

@unmanaged
export class Interval {
  last: u64;
  period: f64;
  jitter: f64;
  count: f64;
  longest: f64;
}

// @ts-ignore: decorator
@inline function spread(s: Interval, floor: f64): f64 {
  return max<f64>(s.jitter, max<f64>(s.period * LEAST, max<f64>(floor, 1)));
}

/** An event at `now`. The first one only sets the time. Time that goes backwards gives an interval of 0. */
export function update(p: usize, now: u64): void {
  const s = changetype<Interval>(p);
  const last = s.last;
  s.last = later(last, now);
  if (last == 0) {
    if (s.last == 0) s.last = 1;
    return;
  }
  const dt = now > last ? <f64>(now - last) : 0;
  s.count += 1;
  if (dt > s.longest) s.longest = dt;
  if (s.count == 1) {
    s.period = dt;
    return;
  }
  const settled = s.count > SETTLED;
  const a = settled ? WEIGHT : 1 / s.count;
  const limit = settled ? CUT * spread(s, 0) : Infinity;
  const d = clamp(dt - s.period, -limit, limit);
  s.jitter += a * (abs<f64>(d) - s.jitter);
  s.period += a * d;
}

/** How regular: 1 a metronome, 0.5 where the jitter is half the period, toward 0 for bursts. 0 until settled. */
export function regularity(p: usize): f64 {
  const s = changetype<Interval>(p);
  return s.count < SETTLED || s.period <= 0 ? 0 : 1 / (1 + (2 * s.jitter) / s.period);
}

/** Jitters between the interval that ends `now` and the period, 0 .. BOUND. floor in ns. Ask before update. */
export function score(p: usize, now: u64, floor: f64): f64 {
  const s = changetype<Interval>(p);
  if (s.count < SETTLED) return 0;
  const dt = now > s.last ? <f64>(now - s.last) : 0;
  return min<f64>(abs<f64>(dt - s.period) / spread(s, floor), BOUND);
}

/** Like score, but only for being late: what is asked when nothing came. */
export function silence(p: usize, now: u64, floor: f64): f64 {
  const s = changetype<Interval>(p);
  if (s.count < SETTLED || now <= s.last) return 0;
  return clamp((<f64>(now - s.last) - s.period) / spread(s, floor), 0, BOUND);
}

/** When silence reaches `limit` jitters but not before `missed` further periods went by; 0 until settled. */
export function deadline(p: usize, limit: f64, missed: f64, floor: f64): u64 {
  const s = changetype<Interval>(p);
  if (s.count < SETTLED) return 0;
  const wait = s.period + max<f64>(limit * spread(s, floor), missed * s.period);
  return s.last + <u64>min<f64>(wait, 1e18);
}

export function merge(into: usize, from: usize): void {
  const a = changetype<Interval>(into),
    b = changetype<Interval>(from);
  const n = a.count + b.count;
  if (n > 0) {
    const share = b.count / n;
    const between = abs<f64>(a.period - b.period) * 2 * share * (1 - share);
    a.jitter += (b.jitter - a.jitter) * share + between;
    a.period += (b.period - a.period) * share;
  }
  a.count = n;
  a.longest = max<f64>(a.longest, b.longest);
  a.last = max(a.last, b.last);
}
