/**
 * Limits of sequential tests for a wanted rate of false alarms. They follow from the tests' theory and the learned rates of
 * events, not from scores of clean traffic: a baseline keeps no scores. Where traffic is less independent than the theory
 * wants, the largest value that the same test reached while learning sets the limit.
 */

/**
 * Limit of a one-sided cumulative sum of standard normal values with this slack whose mean run between false alarms is
 * `length` values: Siegmund 1985 (Montgomery, section 9.1.3), (exp(2 k b) - 2 k b - 1) / (2 k^2) with b = limit + 1.166.
 */
export function sumLimit(length: number, slack: number): number {
  const run = (b: number) => (Math.exp(2 * slack * b) - 2 * slack * b - 1) / (2 * slack * slack);
  let low = 0;
  let high = 1000;
  while (high - low > 1e-6) {
    const b = (low + high) / 2;
    if (run(b) < length) low = b;
    else high = b;
  }
  return Math.max(4, low - 1.166);
}

/** Bits of surprise of something new after `n` things of which `once` came once (Good 1953); at most what u8 * 1/8 holds. */
export const newness = (n: number, once: number): number =>
  Math.min(31.8, Math.max(0, Math.log2((n + 1) / (once + 0.5))));

/** z that a normal value exceeds once in `n` values, n >= 1: Abramowitz and Stegun 26.2.23, to 4.5e-4. */
export function normalLimit(n: number): number {
  const t = Math.sqrt(2 * Math.log(Math.max(2, n)));
  return t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3);
}

/** A mean of n values is off by a part of the deviation, which a cumulative sum would add up: what the deviation is taken for. */
export const uncertainty = (n: number): number => 1 + 3 / Math.sqrt(n);

/** How much farther than all of n values the next ones may go, in parts of their range: a margin, not a law. */
export const margin = (n: number): number => 0.25 + 4 / Math.sqrt(n);

/** Bits of surprise for an alarm when one false alarm an hour is wanted. */
export const SURPRISE = 8;
/** The same for another wanted rate of false alarms per hour; and the rate that such a limit was made for. */
export const surpriseFor = (rate: number): number => Math.max(1, SURPRISE - Math.log2(rate));
export const rateFor = (surprise: number): number => 2 ** (SURPRISE - surprise);

/** So many in so much time, 0.1 us of the bus's own clock: in an hour. */
export const perHour = (n: number, { span }: { span: number }): number => n / Math.max(span / 36e9, 1e-9);

/** Detectors that share the wanted rate: those of ../onboard/judge. */
export const DETECTORS = 10;
