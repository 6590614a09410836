/**
 * The time of a capture's frames as a line without holes: what lies between a wrong time stamp and the others is no time in which
 * anything was heard, so nothing was learned in it.
 */

const MINUTE = 60;
/** Seconds of silence that are never a hole: a quiet network has them. */
const PAUSE = 600;
/** Pauses beyond that which may be holes; where there are more of them, so long, the traffic is like that. */
const HOLES = 3;
/** Times the longest of the others. */
const FACTOR = 2;

/** A stretch of time, seconds since 1970, and its place on the line. */
interface Stretch {
  from: number;
  to: number;
  at: number;
}

export class Clock {
  readonly #stretches: readonly Stretch[];
  /** Length of the line, seconds. */
  readonly seconds: number;
  /** Length of what was left out. */
  readonly holes: number;

  /** @param spans of frames' times, rising, which do not overlap */
  constructor(spans: readonly (readonly [from: number, to: number])[]) {
    const pauses = spans.slice(1).map(([from], i) => from - spans[i]![1]);
    const longest = Math.max(PAUSE, FACTOR * (pauses.toSorted((a, b) => b - a)[HOLES] ?? 0));
    const stretches: Stretch[] = [];
    let [at, holes] = [0, 0];
    for (const [i, [from, to]] of spans.entries()) {
      const last = stretches.at(-1);
      if (last && pauses[i - 1]! <= longest) {
        last.to = to;
        continue;
      }
      if (last) {
        at += last.to - last.from;
        holes += pauses[i - 1]!;
      }
      stretches.push({ from, to, at });
    }
    const last = stretches.at(-1);
    this.#stretches = stretches;
    this.seconds = last ? at + last.to - last.from : 0;
    this.holes = holes;
  }

  /** The longest stretch: where a wrong time stamp is not. Seconds since 1970. */
  get longest(): { from: number; to: number } {
    return this.#stretches.reduce((best, one) => (one.to - one.from > best.to - best.from ? one : best), {
      ...{ from: 0, to: 0, at: 0 },
      ...this.#stretches[0],
    });
  }

  /** The time at a place of the line. */
  timeOf(position: number): number {
    const one = this.#stretches.findLast(({ at }) => at <= position) ?? this.#stretches[0];
    return one ? one.from + position - one.at : 0;
  }

  /** Place of a time on the line: seconds from its beginning; what lies in a hole, or outside, is at its edge. */
  at(time: number): number {
    const stretches = this.#stretches;
    let [low, high] = [0, stretches.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (stretches[middle]!.from <= time) low = middle;
      else high = middle;
    }
    const one = stretches[low];
    return one ? one.at + Math.min(Math.max(time - one.from, 0), one.to - one.from) : 0;
  }
}

/** Collects the times of frames: of each minute the first and the last. */
export class Times {
  readonly #minutes = new Map<number, [from: number, to: number]>();
  #last = -1;
  #open: [from: number, to: number] = [0, 0];

  /** @param time seconds since 1970 */
  add(time: number): void {
    const minute = Math.floor(time / MINUTE);
    if (minute !== this.#last) {
      this.#last = minute;
      this.#open = this.#minutes.get(minute) ?? [time, time];
      this.#minutes.set(minute, this.#open);
    }
    if (time < this.#open[0]) this.#open[0] = time;
    if (time > this.#open[1]) this.#open[1] = time;
  }

  clock(): Clock {
    return new Clock([...this.#minutes].sort(([a], [b]) => a - b).map(([, span]) => span));
  }
}
