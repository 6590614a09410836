// REQ-DETECT-005
// Sequential probability ratio test between two success probabilities.
// Wald, "Sequential Tests of Statistical Hypotheses", Annals of Mathematical Statistics 16 (1945), as used by Jung,
// Paxson, Berger, Balakrishnan, "Fast Portscan Detection Using Sequential Hypothesis Testing", IEEE S&P 2004 (there:
// success = a first contact is answered; H0 benign, H1 scanner).
//
//   Plan, 32 bytes    +0 f64 onSuccess    +8 f64 onFailure    +16 f64 upper    +24 f64 lower
//   Sprt, 16 bytes    +0 f64 walk, log likelihood ratio of H1 to H0    +8 f64 count of outcomes in it
//
// Composes: outcomes are independent under either hypothesis, so walks add up. The walk stays within twice its bounds.
import { clamp } from "./numeric";

export const PLAN: u32 = 32;
export const SPRT: u32 = 16;

@unmanaged
export class Plan {
  onSuccess: f64;
  onFailure: f64;
  upper: f64;
  lower: f64;
}

@unmanaged
export class Sprt {
  walk: f64;
  count: f64;
}

export const enum Decision {
  UNDECIDED = 0,
  H0 = 1,
  H1 = 2,
}

/**
 * success0, success1: probability of success under H0 and H1, success0 > success1. falseAlarm: accepting H1 though H0
 * holds; miss: the reverse. False, and the plan unchanged, where these are no such probabilities.
 */
export function plan(p: usize, success0: f64, success1: f64, falseAlarm: f64, miss: f64): bool {
  if (!(success0 < 1 && success1 < success0 && success1 > 0)) return false;
  if (!(falseAlarm > 0 && miss > 0 && falseAlarm + miss < 1)) return false;
  const s = changetype<Plan>(p);
  s.onSuccess = NativeMath.log(success1 / success0);
  s.onFailure = NativeMath.log((1 - success1) / (1 - success0));
  s.upper = NativeMath.log((1 - miss) / falseAlarm);
  s.lower = NativeMath.log(miss / (1 - falseAlarm));
  return true;
}

export function update(p: usize, planned: usize, success: bool): void {
  const s = changetype<Sprt>(p),
    q = changetype<Plan>(planned);
  s.count += 1;
  s.walk = clamp(s.walk + (success ? q.onSuccess : q.onFailure), 2 * q.lower, 2 * q.upper);
}

export function decision(p: usize, planned: usize): Decision {
  const walk = changetype<Sprt>(p).walk;
  if (walk >= changetype<Plan>(planned).upper) return Decision.H1;
  return walk <= changetype<Plan>(planned).lower ? Decision.H0 : Decision.UNDECIDED;
}

/** The walk in parts of the upper bound, 0 .. 2; H1 is accepted from 1 on. */
export function score(p: usize, planned: usize): f64 {
  return clamp(changetype<Sprt>(p).walk / changetype<Plan>(planned).upper, 0, 2);
}

export function merge(into: usize, from: usize, planned: usize): void {
  const a = changetype<Sprt>(into),
    b = changetype<Sprt>(from),
    q = changetype<Plan>(planned);
  a.count += b.count;
  a.walk = clamp(a.walk + b.walk, 2 * q.lower, 2 * q.upper);
}
