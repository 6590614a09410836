/** Clean traffic, block by block: what the detectors say of it at given thresholds. */
import type { Baseline } from "../../detectors/baseline/file.ts";
import { baselineOf } from "../../detectors/baseline/merge.ts";
import type { DetectorName } from "../../detectors/catalogue.ts";
import type { Attacked } from "./attacks.ts";
import { type Recording, type Timeline, type Window, windowsOf } from "./blocks.ts";
import type { Job } from "./job.ts";
import { type Bench, type Factors, learnWindow, type Scored, scoresOf } from "./replay.ts";
import { familiesOf } from "./share.ts";

type Lesson = Awaited<ReturnType<typeof learnWindow>>;

export class Clean {
  readonly windows: (Window & { hours: number })[];
  readonly hours: number;
  readonly isClean: (one: Scored) => boolean;
  /** Captures that the baseline was learned from. */
  readonly known: readonly Recording[];
  /** The baseline with thresholds made anew, and the file that it is in. */
  baseline: Baseline;
  file = "";
  readonly #bench: Bench;
  readonly #recordings: readonly Recording[];
  /** What each block teaches; undefined: the captures were not learned, and are judged by the baseline as it is. */
  readonly #lessons: readonly Lesson[] | undefined;
  #others: string[] = [];

  private constructor(
    bench: Bench,
    job: Job,
    isClean: Clean["isClean"],
    { known, lessons }: { known: Recording[]; lessons: Lesson[] | undefined },
  ) {
    this.#bench = bench;
    this.#recordings = job.clean.recordings;
    this.#lessons = lessons;
    this.known = known;
    this.isClean = isClean;
    this.baseline = job.baseline;
    const attacked = job.attacked?.alsoClean ? job.attacked : undefined;
    this.windows = windowsOf(job.clean, job.blocks).map((window) => ({
      ...window,
      hours: quietHours(window, job.clean, attacked),
    }));
    this.hours = this.windows.reduce((sum, { hours }) => sum + hours, 0);
    if (!(this.hours > 0)) throw new Error("the captures span no time, so no rate per hour follows from them");
  }

  static async open(bench: Bench, job: Job, isClean: Clean["isClean"]): Promise<Clean> {
    const learned = new Set(job.baseline.captures.map(({ sha256 }) => sha256).filter((sha256) => sha256));
    const known = job.clean.recordings.filter(({ sha256 }) => learned.has(sha256));
    if (!known.length || job.attacked?.alsoClean) return new Clean(bench, job, isClean, { known, lessons: undefined });
    const policy = bench.compile({}, { learn: true });
    const lessons: Lesson[] = [];
    for (const window of windowsOf(job.clean, job.blocks)) lessons.push(await learnWindow(known, window, policy));
    return new Clean(bench, job, isClean, { known, lessons });
  }

  /** Blocks are judged by what the others teach. */
  get crossed(): boolean {
    return this.#lessons !== undefined;
  }

  /** Makes the baselines' thresholds. @param rate alarms per hour, of all detectors together */
  make(rate: number, shares: ReadonlyMap<DetectorName, number>): void {
    const wanted = { rate: rate / familiesOf(shares) };
    this.baseline = baselineOf(this.baseline.captures, this.baseline.entries, wanted, this.baseline.accepted);
    this.file = this.#bench.keep(this.baseline);
    const lessons = this.#lessons ?? [];
    this.#others = lessons.map((_, k) => {
      const rest = lessons.filter((_, j) => j !== k);
      const [captures, entries] = [rest.flatMap(({ learned }) => learned), rest.flatMap((one) => one.entries)];
      return this.#bench.keep(baselineOf(captures, entries, wanted));
    });
  }

  /** What is said of each block. @param thin of each second only the largest of each detector */
  async blockwise(factors: Factors, thin = false): Promise<Scored[][]> {
    if (!this.crossed) return this.alike(factors, thin);
    const blocks: Scored[][] = [];
    for (const [k, baseline] of this.#others.entries()) {
      const policy = this.#bench.compile(factors, { ungrouped: true, baseline });
      const window = this.windows[k]!;
      const found = await scoresOf({ recordings: this.#recordings, window, policy, factors, thin, keep: this.isClean });
      // Each block counts its records anew
      blocks[k] = found.map((one) => ({ ...one, number: one.number + k * 2 ** 32 }));
    }
    return blocks;
  }

  /** The same of all by one baseline: blocks that were judged by different ones cannot be compared. */
  async alike(factors: Factors, thin = false): Promise<Scored[][]> {
    const blocks: Scored[][] = this.windows.map(() => []);
    for (const one of await this.whole(factors, thin)) blocks[this.#blockOf(one)]!.push(one);
    return blocks;
  }

  /** What is said of the captures as they are. */
  async whole(factors: Factors, thin = false): Promise<Scored[]> {
    const policy = this.#bench.compile(factors, { ungrouped: true, baseline: this.file });
    return scoresOf({ recordings: this.#recordings, policy, factors, thin, keep: this.isClean });
  }

  #blockOf({ position }: Scored): number {
    return Math.max(
      0,
      this.windows.findLastIndex(({ from }) => position >= from),
    );
  }
}

/** Hours of a window outside of attacks. */
function quietHours(window: Window, line: Timeline, attacked: Attacked | undefined): number {
  const to = Math.min(window.to, line.seconds);
  let end = window.from;
  let busy = 0;
  const strikes = (attacked?.truth.attacks ?? []).map((attack) => {
    const shift = line.recordings[attack.capture]!.start - attacked!.truth.spans[attack.capture]!.from;
    return { from: attack.from + shift, to: attack.to + shift };
  });
  for (const strike of strikes.sort((a, b) => a.from - b.from)) {
    busy += Math.max(0, Math.min(strike.to, to) - Math.max(strike.from, end));
    end = Math.max(end, Math.min(strike.to, to));
  }
  return (to - window.from - busy) / 3600;
}
