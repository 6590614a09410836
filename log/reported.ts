// REQ-LOG-014
/**
 * Which reports are written one by one. What outsiders can raise as often as they like has a budget for each class; how many more came
 * is told in one report, at intervals and at the end.
 */
import { Bucket } from "./bucket.ts";
import type { Class, Report } from "./reports.ts";

/** Reports of a class, one by one; the time is that of the clock, so a log that is read from a file has the burst alone. */
const EACH = { burst: 1000, perSecond: 1 };
/** ms between two reports of how many there were besides. */
const SUMMED = 60_000;

/** Needs the key, or the network to lose records: as many as there are records at most. */
const GENUINE: readonly Class[] = ["started", "restart", "missing", "reordered", "silent", "heard", "unwritten"];
/** Without a key, what does not come from traffic at all. */
const OURS: readonly Class[] = ["silent", "heard", "unwritten"];

export class ReportBudget {
  readonly #unlimited: readonly Class[];
  readonly #buckets = new Map<Class, Bucket>();
  readonly #omitted = new Map<Class, number>();
  #summed = 0;

  constructor(isAuthenticated: boolean) {
    this.#unlimited = isAuthenticated ? GENUINE : OURS;
  }

  /** Whether it is written; else it is counted. @param now ms */
  allows({ class: name, count = 1 }: Report, now: number): boolean {
    if (this.#unlimited.includes(name)) return true;
    const bucket = this.#buckets.get(name) ?? new Bucket(EACH);
    this.#buckets.set(name, bucket);
    if (bucket.has(now)) {
      bucket.take();
      return true;
    }
    this.#omitted.set(name, (this.#omitted.get(name) ?? 0) + count);
    return false;
  }

  /** What was left out since the last time. @param now ms; undefined: it is the end */
  summaries(now?: number): Report[] {
    if (now !== undefined && now - this.#summed < SUMMED) return [];
    this.#summed = now ?? 0;
    const all = [...this.#omitted].map(([name, count]): Report => ({ class: name, count, omitted: true }));
    this.#omitted.clear();
    return all;
  }
}
