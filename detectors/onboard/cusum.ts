// Cumulative sums: finds a small lasting shift that no single value betrays.
// Page, "Continuous Inspection Schemes", Biometrika 41 (1954); tabular two-sided form and its tuning: Montgomery,
// "Introduction to Statistical Quality Control", section 9.1.
//
//   Cusum, 32 bytes    +0 f64 up    +8 f64 down    +16 u64 upSince    +24 u64 downSince   (ns; when the sum left 0)
//
// Values come standardised: z = (x - expected) / deviation. `slack` is half the shift (in deviations) to be found, and
// `limit` is the sum that alarms: slack 0.5 and limit 5 give a run of 465 values between false alarms (two-sided, normal
// values) and find a shift of one deviation in 10. One z counts at most SINGLE; the sum stops at twice the limit, so
// that the end of an attack shows after a time that does not depend on how long it lasted.
// Two of these do not compose: they are about order.
import { clamp } from "./numeric";

export const CUSUM: u32 = 32;
const SINGLE: f64 = 8;

@unmanaged
export class Cusum {
  up: f64;
  down: f64;
  upSince: u64;
  downSince: u64;
}

/** One-sided: adds a standardised value at time `now`, looks for an increase only. */
export function rise(p: usize, now: u64, z: f64, slack: f64, limit: f64): void {
  const s = changetype<Cusum>(p);
  if (s.up == 0) s.upSince = now;
  s.up = clamp(s.up + clamp(z, -SINGLE, SINGLE) - slack, 0, 2 * limit);
}

/** Two-sided. */
export function update(p: usize, now: u64, z: f64, slack: f64, limit: f64): void {
  const s = changetype<Cusum>(p);
  rise(p, now, z, slack, limit);
  if (s.down == 0) s.downSince = now;
  s.down = clamp(s.down - clamp(z, -SINGLE, SINGLE) - slack, 0, 2 * limit);
}

/** The larger sum in parts of the limit, 0 .. 2; an alarm from 1 on. */
export function score(p: usize, limit: f64): f64 {
  const s = changetype<Cusum>(p);
  return limit > 0 ? max<f64>(s.up, s.down) / limit : 0;
}

/** When the larger sum left 0: the estimate of when the change began. */
export function since(p: usize): u64 {
  const s = changetype<Cusum>(p);
  return s.up >= s.down ? s.upSince : s.downSince;
}
