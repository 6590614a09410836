// Confidence intervals for shares (detections of attacks) and for rates (false alarms per hour).
import { betaI, gammaP, solve } from "./special.ts";

export interface Interval {
  low: number;
  high: number;
}

/** Two-sided normal quantile for a confidence, e.g. 0.95 -> 1.96 (by bisection on erf through the gamma function). */
export function normalQuantile(confidence: number): number {
  return solve((z) => gammaP(0.5, (z * z) / 2), confidence, 0, 40);
}

/** Wilson 1927: k successes of n. Good coverage on average, short; for tables. n = 0 gives 0 .. 1. */
export function wilson(k: number, n: number, confidence = 0.95): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const z = normalQuantile(confidence);
  const p = k / n;
  const centre = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return { low: k === 0 ? 0 : (centre - half) / scale, high: k === n ? 1 : (centre + half) / scale };
}

/** Clopper and Pearson 1934: never covers less than it says; for claims and gates. */
export function clopperPearson(k: number, n: number, confidence = 0.95): Interval {
  const tail = (1 - confidence) / 2;
  return {
    low: k === 0 ? 0 : solve((p) => betaI(k, n - k + 1, p), tail, 0, 1),
    high: k >= n ? 1 : solve((p) => betaI(k + 1, n - k, p), 1 - tail, 0, 1),
  };
}

/** Exact interval (Garwood 1936) of the expected count when `count` events of a Poisson process were seen. */
export function poisson(count: number, confidence = 0.95): Interval {
  const tail = (1 - confidence) / 2;
  const top = count + 20 * Math.sqrt(count + 1) + 50;
  return {
    low: count === 0 ? 0 : solve((m) => gammaP(count, m), tail, 0, top),
    high: solve((m) => gammaP(count + 1, m), 1 - tail, 0, top),
  };
}

export interface Rate extends Interval {
  count: number;
  hours: number;
  /** Per hour. */
  rate: number;
}

/** Alarms per hour with their exact interval. Zero hours: rate 0, bounded by nothing. */
export function perHour(count: number, hours: number, confidence = 0.95): Rate {
  const { low, high } = poisson(count, confidence);
  const by = (x: number) => (hours > 0 ? x / hours : x > 0 ? Infinity : 0);
  return { count, hours, rate: by(count), low: by(low), high: by(high) };
}
