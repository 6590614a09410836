// REQ-DETECT-014
/**
 * Thresholds for a budget of false alarms, from clean captures.
 *
 * The baseline's own thresholds are made for the budget's shares (share.ts) first. Then the captures are replayed with all of
 * them LOWERED, to see how near an alarm clean traffic comes; where the baseline was learned from these very captures each
 * block of time is judged by what the other blocks teach, for a capture that was learned holds nothing new. From that
 * follows a factor for each detector (choose.ts), which the policy carries. It is replayed, and raised until no more than
 * the share comes, out of the captures as they are and block by block.
 */
import type { Baseline } from "../../detectors/baseline/file.ts";
import { CEILING, DETECTOR_NAMES, type DetectorName, FIXED } from "../../detectors/catalogue.ts";
import { perHour, type Rate } from "../../lib/numerics/intervals.ts";
import { type Attacked, type AttackReport, cleanOf, compareAttacks, peaksOf } from "./attacks.ts";
import type { Window } from "./blocks.ts";
import { unevenness } from "./check.ts";
import { type Choice, choose, countAbove, HIGHEST, LOWERED, leastFactor, rounded } from "./choose.ts";
import { Clean } from "./clean.ts";
import type { Job, TunedDetector } from "./job.ts";
import { alertsOf, type Bench, type Factors, type Scored, scoresOf } from "./replay.ts";
import { sharesForAttacks, sharesOf } from "./share.ts";
import { type Warning, warningsOf } from "./warnings.ts";

/** What the captures as they are give. */
export interface Outcome {
  alarms: Rate;
  byDetector: Map<DetectorName, number>;
  /** As weir replay counts them. */
  alerts: Map<DetectorName, number>;
}

export interface Unmet {
  /** What stays above the share whatever the threshold, and how often it came. */
  detectors: { name: DetectorName; count: number }[];
  /** The lowest budget that can be met with all detectors on, in its unit. */
  least: number;
}

export interface Tuned {
  detectors: TunedDetector[];
  /** Those without a threshold, and what they cost. */
  fixed: { name: DetectorName; rate: Rate }[];
  hours: number;
  /** In the budget's unit: alarms, or records, per hour. */
  rate: number;
  windows: (Window & { hours: number })[];
  /** Blocks were judged by what the others teach. */
  crossed: boolean;
  /** With thresholds made anew. */
  baseline: Baseline;
  factors: Factors;
  here: { old: Outcome; new: Outcome };
  heldOut: Rate;
  attacks: AttackReport | undefined;
  warnings: Warning[];
  unmet: Unmet | undefined;
}

const ROUNDS = 24;
/** Its score is where the threshold was crossed, not how far beyond it was gone to: it does not tell of higher ones. */
const CROSSING: ReadonlySet<DetectorName> = new Set(["silence"]);
/** What is at least added to a threshold at a time. */
const STEP = 1.001;
const CROSSING_STEP = 1.25;

/** @throws Error when there is nothing to tune */
export async function tune(bench: Bench, job: Job): Promise<Tuned> {
  const shares = sharesOf(
    job.baseline.entries,
    job.off,
    job.clean.recordings.some(({ layout }) => !layout),
  );
  if (!shares.size) throw new Error("the baseline has no threshold for any detector that is switched on");
  const isClean = job.attacked?.alsoClean ? cleanOf(job.attacked) : () => true;
  const clean = await Clean.open(bench, job, isClean);
  return new Tuning(bench, job, clean, shares).run();
}

class Tuning {
  readonly #bench: Bench;
  readonly #job: Job;
  readonly #clean: Clean;
  #shares: Map<DetectorName, number>;
  readonly #choices = new Map<DetectorName, Choice>();
  /** Those that cannot be brought down to their share, with what they make. */
  readonly #failed = new Map<DetectorName, number>();
  /** Findings of the detectors with thresholds lowered, by block. */
  #low = new Map<DetectorName, Scored[][]>();
  /** The same by one baseline. */
  #alike: Scored[][] = [];
  /** Findings at the chosen thresholds, by block. */
  #verified: Scored[][] = [];
  /** Of the budget, per hour, when those without a threshold have had theirs. */
  #left = 0;

  constructor(bench: Bench, job: Job, clean: Clean, shares: Map<DetectorName, number>) {
    this.#bench = bench;
    this.#job = job;
    this.#clean = clean;
    this.#shares = shares;
  }

  async run(): Promise<Tuned> {
    const [job, clean] = [this.#job, this.#clean];
    const { unit } = job.budget;
    const rate = rateOf(job, clean.hours);
    const lowered: Factors = Object.fromEntries([...this.#shares.keys()].map((name) => [name, LOWERED]));
    clean.make(rate, this.#shares);
    const thin = unit.kind === "alarms" && unit.gap >= 1;
    let low = await clean.blockwise(lowered, thin);
    const fixed = FIXED.map((name) => ({
      name,
      rate: perHour(countAbove(of(low, name).flat(), 0, unit), clean.hours),
    }));
    this.#left = rate - fixed.reduce((sum, one) => sum + one.rate.rate, 0);
    if (this.#left > 0 && this.#left < rate) {
      clean.make(this.#left, this.#shares);
      low = await clean.blockwise(lowered, thin);
    }
    this.#alike = clean.crossed ? await clean.alike(lowered, thin) : low;
    this.#low = new Map([...this.#shares.keys()].map((name) => [name, of(low, name)]));
    if (job.attacked) this.#shares = await this.#divide(job.attacked, lowered);
    for (const [name, share] of this.#shares) {
      const findings = this.#low.get(name)!.flat();
      const choice = this.#choose(name, share, findings, clean.hours);
      if (isDumb(name, choice.factor)) this.#fail(name, { ...choice, factor: 1 }, findings);
      else this.#choices.set(name, choice);
    }
    for (let round = 0; round < ROUNDS && (await this.#raise()); round++);

    const detectors = this.#detectors();
    const held = [...detectors.map((one) => one.heldOut), ...fixed.map((one) => one.rate)];
    const heldOut = perHour(
      held.reduce((sum, { count }) => sum + count, 0),
      clean.hours,
    );
    const [before, after] = [
      { factors: job.old, file: job.baselineFile },
      { factors: this.#factors, file: clean.file },
    ];
    return {
      detectors,
      fixed: fixed.filter((one) => one.rate.count > 0),
      hours: clean.hours,
      rate,
      windows: clean.windows,
      crossed: clean.crossed,
      baseline: clean.baseline,
      factors: this.#factors,
      here: { old: await this.#outcome(before), new: await this.#outcome(after) },
      heldOut,
      attacks: job.attacked && (await compareAttacks(job.attacked, this.#bench, { old: before, new: after })),
      warnings: warningsOf({ job, detectors, heldOut, rate, left: this.#left, clean }),
      unmet: this.#unmet(fixed, rate),
    };
  }

  get #factors(): Factors {
    return Object.fromEntries([...this.#choices].map(([name, { factor }]) => [name, factor]));
  }

  #choose(name: DetectorName, share: number, findings: readonly Scored[], hours: number): Choice {
    const told = CROSSING.has(name) ? [] : findings;
    return choose(told, Math.max(this.#left * share, 1e-9), hours, this.#job.budget.unit);
  }

  /** No threshold brings it down to its share: it stays at one at which it says something. */
  #fail(name: DetectorName, choice: Choice, findings: readonly Scored[]): void {
    this.#choices.set(name, choice);
    this.#failed.set(name, countAbove(findings, choice.factor, this.#job.budget.unit));
  }

  #allowed(name: DetectorName): number {
    return Math.floor(Math.max(0, this.#left) * this.#shares.get(name)! * this.#clean.hours + 1e-9);
  }

  async #divide(attacked: Attacked, lowered: Factors): Promise<Map<DetectorName, number>> {
    const policy = this.#bench.compile(lowered, { ungrouped: true, baseline: this.#clean.file });
    const peaks = await peaksOf(attacked, policy, lowered);
    const factors = new Map<string, number>();
    return sharesForAttacks(
      this.#shares,
      (name, share) => {
        const key = `${name} ${share.toFixed(6)}`;
        const known = factors.get(key);
        if (known !== undefined) return known;
        const { factor } = this.#choose(name, share, this.#low.get(name)!.flat(), this.#clean.hours);
        factors.set(key, factor);
        return factor;
      },
      peaks,
    );
  }

  /** Replays with the factors; raises those whose detectors say more than they may. False when none had to be. */
  async #raise(): Promise<boolean> {
    const { unit } = this.#job.budget;
    const factors = this.#factors;
    this.#verified = await this.#clean.blockwise(factors);
    const whole = this.#clean.crossed ? [await this.#clean.whole(factors)] : this.#verified;
    let raised = false;
    for (const [name, choice] of this.#choices) {
      if (this.#failed.has(name)) continue;
      const allowed = this.#allowed(name);
      const step = choice.factor * (CROSSING.has(name) ? CROSSING_STEP : STEP);
      let { factor } = choice;
      for (const findings of [of(this.#verified, name).flat(), of(whole, name).flat()])
        if (countAbove(findings, choice.factor, unit) > allowed)
          factor = Math.max(factor, rounded(Math.max(step, leastFactor(findings, allowed, unit))));
      if (factor === choice.factor) continue;
      if (isDumb(name, factor)) {
        this.#fail(name, choice, of(this.#verified, name).flat());
        continue;
      }
      this.#choices.set(name, { ...choice, factor, method: "largest" });
      raised = true;
    }
    return raised;
  }

  #detectors(): TunedDetector[] {
    const { windows, hours } = this.#clean;
    const { unit } = this.#job.budget;
    const lengths = windows.map((window) => window.hours);
    return DETECTOR_NAMES.flatMap((name): TunedDetector[] => {
      const choice = this.#choices.get(name);
      if (!choice) return [];
      const blocks = this.#low.get(name)!;
      const share = this.#shares.get(name)!;
      const heldOut = windows.map((window, k) => {
        if (CROSSING.has(name) || this.#failed.has(name))
          return countAbove(of(this.#verified, name)[k]!, choice.factor, unit);
        const others = blocks.filter((_, j) => j !== k).flat();
        const { factor } = this.#choose(name, share, others, hours - window.hours);
        return countAbove(blocks[k]!, factor, unit);
      });
      const count = heldOut.reduce((sum, n) => sum + n, 0);
      const uneven = CROSSING.has(name) ? undefined : unevenness(of(this.#alike, name), lengths, unit.gap);
      return [{ name, share, old: this.#job.old[name] ?? 1, choice, heldOut: perHour(count, hours), uneven }];
    });
  }

  async #outcome({ factors, file }: { factors: Factors; file: string }): Promise<Outcome> {
    const { recordings } = this.#job.clean;
    const policy = this.#bench.compile(factors, { ungrouped: true, baseline: file });
    const found = await scoresOf({ recordings, policy, factors, keep: this.#clean.isClean });
    const counts = DETECTOR_NAMES.map((name): [DetectorName, number] => [
      name,
      countAbove(of([found], name)[0]!, 0, this.#job.budget.unit),
    ]);
    const byDetector = new Map(counts.filter(([, n]) => n > 0));
    const sum = counts.reduce((all, [, n]) => all + n, 0);
    const alerts = await alertsOf(recordings, this.#bench.compile(factors, { baseline: file }));
    return { alarms: perHour(sum, this.#clean.hours), byDetector, alerts };
  }

  /** What would do: as much as the detectors that failed make, in their shares. */
  #unmet(fixed: Tuned["fixed"], rate: number): Unmet | undefined {
    const spent = rate - this.#left;
    if (!this.#failed.size && this.#left > 0) return undefined;
    const tuned = [...this.#failed].map(([name, count]) => ({ name, count }));
    const costly = this.#left > 0 ? [] : fixed.filter((one) => one.rate.count > 0);
    const needed = tuned.map(({ name, count }) => count / this.#clean.hours / this.#shares.get(name)!);
    const least = (spent + Math.max(0, ...needed)) * (this.#job.budget.most / rate);
    return { detectors: [...costly.map((one) => ({ name: one.name, count: one.rate.count })), ...tuned], least };
  }
}

/** From there on a detector has nothing left to say. */
const isDumb = (name: DetectorName, factor: number) => factor >= (CEILING[name] ?? HIGHEST);

const of = (blocks: readonly (readonly Scored[])[], name: DetectorName) =>
  blocks.map((list) => list.filter(({ detector }) => detector === name));

/** The budget per hour. */
function rateOf({ budget, clean }: Job, hours: number): number {
  if (budget.unit.kind === "alarms") return budget.most;
  const only1553 = clean.recordings.every(({ layout }) => layout);
  const records = clean.recordings.reduce((sum, one) => sum + (only1553 ? one.messages : one.packets), 0);
  return (budget.most * records) / hours;
}
