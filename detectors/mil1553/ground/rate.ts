/**
 * Messages without a schedule: what the section says of how often they come. One that comes by itself, independently of
 * those before, has intervals as a Poisson process has them; limits then follow from its rate. Bursts that belong to the
 * message, and pauses, are longer than such a process would have them; limits then follow from the tail that was learned.
 */
import { DETECTORS, perHour } from "./limits.ts";
import type { Identity } from "./model.ts";

/** As RateRecord of the section has it. */
export interface Rate {
  often: number;
  limit: number;
  absence: number;
}

/** Messages before which nothing is known. */
const FEW = 30;
/** Part of the intervals of a Poisson process at which the sum of ../onboard/rate.ts goes beyond h: EXCURSIONS exp(-h). By simulation. */
const EXCURSIONS = 0.28;
/** Nats: four intervals at once, which an ordinary repetition makes, are not too often. */
const LEAST = 6.5;
/** Parts of a detector's share of false alarms that each of the two tests has. */
const OFTEN = 0.5;
const ABSENT = 2;
/** The largest of n values of an exponential tail, where its mean excess is 1, is by so much higher than log(n) once in 50 times. */
const LARGEST = 4;
/** What was not learned: no sum is as high. */
const NEVER = 1e6;

/** @param rate wanted false alarms per hour, of which all of them together have these shares */
export function ratesOf(identities: readonly Identity[], rate: number): Map<Identity, Rate> {
  const free = identities.filter(
    ({ ranges, entry: m, bus }) => !ranges && m.longest !== undefined && m.a + m.b >= FEW && bus.entry.span > 0,
  );
  return new Map(free.map((identity) => [identity, rateOf(identity, rate / DETECTORS / free.length)]));
}

/** @param share false alarms per hour of each test */
function rateOf({ entry: m, bus }: Identity, share: number): Rate {
  const n = m.a + m.b;
  const interval = bus.entry.span / n;
  const hourly = perHour(n, bus.entry);
  return {
    // The mean of n intervals is off by this part of it
    often: (1 + 1 / Math.sqrt(n)) / interval,
    limit: burstLimit(
      (m.peaks ?? []).map((quarters) => quarters / 4),
      { n, hourly, share: OFTEN * share },
    ),
    absence: absence(m.longest!, (m.squares ?? 0) * 1e8, { n, interval, hourly, share: ABSENT * share }),
  };
}

/** @param peaks highest values of the sum while learning, each of another burst, nats, descending */
function burstLimit(peaks: readonly number[], { n, hourly, share }: { n: number; hourly: number; share: number }) {
  const [highest = 0] = peaks;
  if (highest > 63) return NEVER;
  const isPoisson = highest < Math.log(EXCURSIONS * n) + LARGEST;
  const theory = Math.max(LEAST, Math.log((EXCURSIONS * hourly) / share), isPoisson ? 0 : highest + 1);
  if (peaks.length < 5) return theory;
  const fifth = peaks[4]!;
  const excess = peaks.slice(0, 4).reduce((sum, peak) => sum + peak - fifth, 0) / 4;
  // Excesses of a Poisson process have a mean of 1, and a fifth one that is hardly higher than this
  if (fifth < Math.log((EXCURSIONS * n) / 5) + 1.5 && excess < 2) return theory;
  // Beyond the fifth they fall off exponentially (Weissman 1978): so high once in 1 / share hours
  return Math.max(theory, fifth + Math.max(1, 1.5 * excess) * Math.log((5 * hourly) / (n * share)));
}

interface Intervals {
  n: number;
  /** 0.1 us. */
  interval: number;
  hourly: number;
  share: number;
}

/** @param longest and squares of intervals, 0.1 us */
function absence(longest: number, squares: number, { n, interval, hourly, share }: Intervals): number {
  // Of a Poisson process 1, with a deviation of sqrt(8 / n). What is left of a pause has this mean, in usual intervals
  const spread = squares / n / interval ** 2 - 1;
  const isPoisson = spread < 1 + 3 * Math.sqrt(8 / n);
  const left = isPoisson ? 1 : (1 + spread) / 2;
  // So long once in 1 / share hours, as n intervals foretell the next ones: (1 + t / sum of all) ** -n
  const theory = interval * left * n * (Math.max(hourly / share, 9) ** (1 / n) - 1);
  return isPoisson && longest < interval * (Math.log(n) + LARGEST) ? theory : Math.max(theory, 1.25 * longest);
}
