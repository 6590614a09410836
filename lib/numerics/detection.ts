// From alarms in time to what an operator counts: attacks found, how soon, and false alarms per hour.
import { median } from "simple-statistics";
import { type Interval, perHour, type Rate, wilson } from "./intervals.ts";

export interface Attack {
  name: string;
  /** Seconds; an alarm at from <= t <= to counts. */
  from: number;
  to: number;
}

export interface Found {
  name: string;
  /** Seconds from the attack's begin to its first alarm; null when there was none. */
  delay: number | null;
  alarms: number;
}

export interface Detection {
  attacks: Found[];
  detected: number;
  share: number;
  /** Of `share`, Wilson's. */
  interval: Interval;
  /** Median delay of the attacks found; null when none was. */
  medianDelay: number | null;
  falseAlarms: Rate;
}

/**
 * @param alarms  times in seconds, any order
 * @param span    seconds observed, from and to
 * @param grace   seconds after an attack's end in which an alarm is still its own (a window closes later)
 */
export function detection(
  alarms: ArrayLike<number>,
  attacks: readonly Attack[],
  span: { from: number; to: number },
  grace = 0,
): Detection {
  const times = Float64Array.from(alarms).sort();
  const found = attacks.map(({ name, from, to }): Found => {
    const first = lowerBound(times, from);
    const end = upperBound(times, to + grace);
    return { name, delay: first < end ? times[first]! - from : null, alarms: Math.max(0, end - first) };
  });
  const busy = union(attacks.map((a) => [Math.max(a.from, span.from), Math.min(a.to + grace, span.to)]));
  const inside = busy.reduce((n, [from, to]) => n + upperBound(times, to) - lowerBound(times, from), 0);
  const quiet = span.to - span.from - busy.reduce((sum, [from, to]) => sum + to - from, 0);
  const delays = found.flatMap((f) => (f.delay === null ? [] : [f.delay]));
  const observed = upperBound(times, span.to) - lowerBound(times, span.from);
  return {
    attacks: found,
    detected: delays.length,
    share: attacks.length ? delays.length / attacks.length : 0,
    interval: wilson(delays.length, attacks.length),
    medianDelay: delays.length ? median(delays) : null,
    falseAlarms: perHour(observed - inside, quiet / 3600),
  };
}

/** Overlapping intervals joined, those that are empty left out. */
function union(intervals: [number, number][]): [number, number][] {
  const joined: [number, number][] = [];
  for (const [from, to] of intervals.filter(([a, b]) => a <= b).sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** Number of elements below x, in an ascending array. */
function lowerBound(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const m = (low + high) >> 1;
    if (sorted[m]! < x) low = m + 1;
    else high = m;
  }
  return low;
}

/** Number of elements at most x. */
function upperBound(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const m = (low + high) >> 1;
    if (sorted[m]! <= x) low = m + 1;
    else high = m;
  }
  return low;
}
