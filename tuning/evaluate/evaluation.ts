/**
 * How well detectors do against the truth: record by record (precision, recall, ROC), and as operators count (attacks found,
 * how soon, false alarms per hour).
 *
 * A record is called by a detector that raised an alert while it was at hand. Some detectors speak of what was before, or
 * is missing: an alert of theirs within an attack's time is that attack's, whatever record was at hand, and neither right
 * nor wrong of that record.
 */
import { BELATED } from "../../detectors/catalogue.ts";
import { atFalsePositiveRate, auc, type Curve, equalErrorRate, roc } from "../../lib/numerics/curve.ts";
import { type Interval, perHour, type Rate, wilson } from "../../lib/numerics/intervals.ts";
import type { Alert } from "./alerts.ts";
import type { Attack, Truth } from "./truth.ts";

export const FALSE_POSITIVE_RATES = [1e-4, 1e-3, 1e-2] as const;
/** All detectors together: the largest ratio of any. */
export const ALL = "all";
/** Ratios of records without alarm stay below the alarms'. */
const BELOW = 1 - 2 ** -20;

export interface Settings {
  /** False alerts of a detector at most this many seconds apart are one false alarm. */
  gap: number;
  /** Seconds after an attack's end in which belated detectors still speak of it; those that take longer have their own. */
  grace: number;
}

/** Addresses of an attack's records, of IP, of other frames those of Ethernet: an alert about none of them is not about it. */
export type Parties = ReadonlySet<string>;

/** Figures by record; NaN where they mean nothing (no alerts, no attacks). */
export interface ByRecord {
  detector: string;
  /** At the thresholds as they are. */
  alerts: number;
  truePositives: number;
  falsePositives: number;
  precision: number;
  recall: number;
  f1: number;
  falsePositiveRate: number;
  /** Over all thresholds. */
  auc: number;
  equalErrorRate: number;
  /** At most these false-positive rates: FALSE_POSITIVE_RATES. */
  truePositiveRates: number[];
  curve: Curve;
}

export interface FoundAttack extends Omit<Attack, "records"> {
  /** Seconds from the beginning of its capture. */
  at: number;
  records: number;
  /** Records called by any detector. */
  called: number;
  /** Seconds from its beginning to its first alert; null: it was not found. */
  delay: number | null;
  /** The same of each detector that found it, soonest first. */
  by: { detector: string; delay: number; alerts: number }[];
}

export interface Evaluation {
  records: { attack: number; benign: number; leftOut: number };
  /** All first, then each by itself, by name. */
  detectors: ByRecord[];
  attacks: FoundAttack[];
  found: number;
  /** Of the share of attacks found (Wilson). */
  foundInterval: Interval;
  falseAlarms: Rate & { byDetector: Record<string, number> };
  /** Alerts as eve.json has them, grouped as the policy says; the rate is of those outside of the attacks' times. */
  logged: Rate & { all: number };
}

/** Ratios of the records by detector; 0 where it said nothing. */
class Ratios {
  readonly #size: number;
  readonly #byDetector = new Map<string, Float64Array>();

  constructor(size: number) {
    this.#size = size;
  }

  raise(detector: string, number: number, ratio: number): void {
    let own = this.#byDetector.get(detector);
    if (!own) {
      own = new Float64Array(this.#size);
      this.#byDetector.set(detector, own);
    }
    own[number - 1] = Math.max(own[number - 1]!, ratio);
  }

  get names(): string[] {
    return [...this.#byDetector.keys()].sort();
  }

  /** @param detector or ALL */
  of(detector: string): Float64Array {
    if (detector !== ALL) return this.#byDetector.get(detector) ?? new Float64Array(this.#size);
    const most = new Float64Array(this.#size);
    for (const own of this.#byDetector.values())
      for (let i = 0; i < own.length; i++) if (own[i]! > most[i]!) most[i] = own[i]!;
    return most;
  }
}

/** Takes alerts as they come; evaluation() when both runs are through. */
export class Evaluator {
  readonly #truth: Truth;
  readonly #settings: Settings;
  readonly #ratios: Ratios;
  readonly #counts = new Map<string, number>();
  /** Of each attack: by detector, first delay and number of alerts. */
  readonly #found: Map<string, { delay: number; alerts: number }>[];
  readonly #ofRecord: Map<number, number[]>;
  /** Times of false alerts by detector. */
  readonly #false = new Map<string, number[]>();
  readonly #logged = { all: 0, outside: 0 };

  readonly #parties: readonly Parties[];

  /** @param parties of each attack; an empty set, or none: alerts about anybody are about it */
  constructor(truth: Truth, settings: Settings, parties: readonly Parties[] = []) {
    this.#parties = parties;
    this.#truth = truth;
    this.#settings = settings;
    this.#ratios = new Ratios(truth.labels.length);
    this.#found = truth.attacks.map(() => new Map());
    this.#ofRecord = new Map();
    for (const [i, { records }] of truth.attacks.entries())
      for (const number of records) {
        const list = this.#ofRecord.get(number);
        if (list) list.push(i);
        else this.#ofRecord.set(number, [i]);
      }
  }

  /** An alert at the thresholds as they are. */
  alarm(alert: Alert): void {
    const { labels } = this.#truth;
    const { detector, number, ratio } = alert;
    this.#counts.set(detector, (this.#counts.get(detector) ?? 0) + 1);
    const attacks = this.attacksOf(alert);
    const inside = number >= 1 && number <= labels.length;
    const time = this.#timeOf(alert);
    for (const i of attacks) {
      const delay = Math.max(0, time - this.#truth.attacks[i]!.from);
      const before = this.#found[i]!.get(detector);
      this.#found[i]!.set(detector, {
        delay: Math.min(delay, before?.delay ?? Infinity),
        alerts: (before?.alerts ?? 0) + 1,
      });
    }
    if (attacks.length === 0 && !(inside && labels[number - 1] === -1)) {
      const list = this.#false.get(detector);
      if (list) list.push(time);
      else this.#false.set(detector, [time]);
    }
    // Of a record that is not to blame for what it brought to light, nothing is said, nor of one that it is not about
    if (inside && (labels[number - 1] === 1) === attacks.length > 0)
      this.#ratios.raise(detector, number, Math.max(1, ratio));
  }

  /** What a detector said with its threshold lowered: how far from an alarm it was. */
  score(alert: Alert): void {
    const { detector, number, ratio } = alert;
    const { labels } = this.#truth;
    if (number < 1 || number > labels.length) return;
    if ((labels[number - 1] === 1) !== this.attacksOf(alert).length > 0) return;
    this.#ratios.raise(detector, number, Math.min(ratio, BELOW));
  }

  /** An alert of a run under the policy as it is. */
  logged(alert: Alert): void {
    const time = this.#timeOf(alert);
    const grace = this.#graceOf(alert.detector);
    this.#logged.all++;
    if (!this.#truth.attacks.some(({ from, to }) => time >= from && time <= to + grace)) this.#logged.outside++;
  }

  #graceOf(detector: string): number {
    return Math.max(this.#settings.grace, BELATED.get(detector) ?? 0);
  }

  #timeOf({ number, time }: Alert): number {
    return this.#truth.times[number - 1] ?? time;
  }

  /** Whose it is: the attacks of its record, or, of a belated detector, those in whose time it came; if it is about them. */
  attacksOf(alert: Alert): number[] {
    const own = this.#ofRecord.get(alert.number);
    if (own) return own.filter((i) => this.#isAbout(alert, i));
    if (!BELATED.has(alert.detector)) return [];
    const time = this.#timeOf(alert);
    const grace = this.#graceOf(alert.detector);
    return this.#truth.attacks.flatMap(({ from, to }, i) =>
      time >= from && time <= to + grace && this.#isAbout(alert, i) ? [i] : [],
    );
  }

  #isAbout({ about }: Alert, attack: number): boolean {
    const parties = this.#parties[attack];
    return !about || !parties?.size || about.some((address) => parties.has(address));
  }

  evaluation(): Evaluation {
    const { labels, attacks, spans } = this.#truth;
    const found = attacks.map(({ records, ...attack }, i): FoundAttack => {
      const by = [...this.#found[i]!].map(([detector, what]) => ({ detector, ...what }));
      by.sort((a, b) => a.delay - b.delay || (a.detector < b.detector ? -1 : 1));
      const at = attack.from - (spans[attack.capture]?.from ?? attack.from);
      return { ...attack, at, records: records.length, called: this.#called(records), delay: by[0]?.delay ?? null, by };
    });
    const number = found.filter(({ delay }) => delay !== null).length;
    const count = (wanted: number) => labels.reduce((n, label) => n + (label === wanted ? 1 : 0), 0);
    const byDetector: Record<string, number> = {};
    for (const [detector, list] of [...this.#false].sort()) byDetector[detector] = bursts(list, this.#settings.gap);
    const alarms = Object.values(byDetector).reduce((sum, n) => sum + n, 0);
    return {
      records: { attack: count(1), benign: count(0), leftOut: count(-1) },
      detectors: [ALL, ...this.#ratios.names].map((name) => this.#byRecord(name)),
      attacks: found,
      found: number,
      foundInterval: wilson(number, found.length),
      falseAlarms: { ...perHour(alarms, quietHours(this.#truth)), byDetector },
      logged: { ...perHour(this.#logged.outside, quietHours(this.#truth)), all: this.#logged.all },
    };
  }

  #called(records: readonly number[]): number {
    const ratios = this.#ratios.of(ALL);
    return records.filter((number) => ratios[number - 1]! >= 1).length;
  }

  #byRecord(detector: string): ByRecord {
    const { labels } = this.#truth;
    const ratios = this.#ratios.of(detector);
    const curve = roc(ratios, labels);
    let truePositives = 0;
    let falsePositives = 0;
    for (const [i, ratio] of ratios.entries()) {
      if (ratio < 1) continue;
      if (labels[i] === 1) truePositives++;
      else if (labels[i] === 0) falsePositives++;
    }
    const precision = truePositives / (truePositives + falsePositives);
    const recall = truePositives / curve.positives;
    const all = [...this.#counts.values()].reduce((sum, n) => sum + n, 0);
    return {
      detector,
      alerts: detector === ALL ? all : (this.#counts.get(detector) ?? 0),
      truePositives,
      falsePositives,
      precision,
      recall,
      f1: (2 * truePositives) / (truePositives + falsePositives + curve.positives),
      falsePositiveRate: falsePositives / curve.negatives,
      auc: auc(curve),
      equalErrorRate: curve.positives && curve.negatives ? equalErrorRate(curve) : Number.NaN,
      truePositiveRates: FALSE_POSITIVE_RATES.map((rate) =>
        curve.positives ? atFalsePositiveRate(curve, rate).truePositiveRate : Number.NaN,
      ),
      curve,
    };
  }
}

/** Runs of times at most `gap` apart. */
export function bursts(times: readonly number[], gap: number): number {
  let last = -Infinity;
  let n = 0;
  for (const time of [...times].sort((a, b) => a - b)) {
    if (time - last > gap) n++;
    last = time;
  }
  return n;
}

/** Hours of the captures outside of attacks. */
function quietHours({ spans, attacks }: Truth): number {
  const seconds = spans.map((span, capture) => {
    let busy = 0;
    let end = span.from;
    const own = attacks.filter((attack) => attack.capture === capture);
    for (const { from, to } of own.sort((a, b) => a.from - b.from)) {
      busy += Math.max(0, Math.min(to, span.to) - Math.max(from, end));
      end = Math.max(end, to);
    }
    return span.to - span.from - busy;
  });
  return seconds.reduce((sum, s) => sum + s, 0) / 3600;
}
