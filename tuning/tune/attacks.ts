/** Labelled captures: what thresholds find of the attacks in them. */
import { median } from "simple-statistics";
import { CaptureReader } from "../../captures/reader.ts";
import { recordStream } from "../../captures/records.ts";
import type { DetectorName } from "../../detectors/catalogue.ts";
import type { CompiledPolicy } from "../../diode/policy.ts";
import { messageTimes, packetTimes } from "../evaluate/alerts.ts";
import { type Evaluation, Evaluator, type Settings } from "../evaluate/evaluation.ts";
import type { OwnLabels, Unit } from "../evaluate/labels.ts";
import { type Truth, truthOf } from "../evaluate/truth.ts";
import type { Recording, Timeline } from "./blocks.ts";
import { type Bench, type Factors, type Scored, scoresOf } from "./replay.ts";

export interface Attacked {
  recordings: Recording[];
  truth: Truth;
  settings: Settings;
  /** They are the clean captures too: what is outside of attacks is clean. */
  alsoClean: boolean;
}

/** @throws Problems, RangeError: labels that do not fit the captures */
export async function attackedBy(
  { recordings }: Timeline,
  labels: readonly OwnLabels[],
  settings: Settings,
  alsoClean: boolean,
): Promise<Attacked> {
  const chapter10 = recordings.every(({ layout }) => layout);
  const unit: Unit = labels.find((one) => one.unit)?.unit ?? (chapter10 ? "messages" : "packets");
  const times: number[] = [];
  const perCapture: { name: string; records: number }[] = [];
  for (const { name } of recordings) {
    const own = unit === "messages" ? await messageTimes(name) : await timesOf(name);
    for (const time of own) times.push(time);
    perCapture.push({ name, records: own.length });
  }
  return { recordings, truth: truthOf({ unit, times, perCapture }, labels, settings.gap), settings, alsoClean };
}

async function timesOf(name: string): Promise<number[]> {
  const reader = await CaptureReader.open([name]);
  const times: number[] = [];
  for await (const batch of recordStream(reader, new Uint8Array(131072)))
    for (const time of packetTimes(batch)) times.push(time);
  await reader.close();
  return times;
}

/** Tells findings of clean traffic: those of no attack, of records that count, in the unit of the labels. */
export function cleanOf({ truth, settings }: Attacked): (one: Scored) => boolean {
  const evaluator = new Evaluator(truth, settings);
  return (one) =>
    one.unit === truth.unit && truth.labels[one.number - 1] !== -1 && evaluator.attacksOf(one).length === 0;
}

/** Of each attack, the largest ratio that each detector gave it. */
export async function peaksOf(
  { recordings, truth, settings }: Attacked,
  policy: CompiledPolicy,
  factors: Factors,
): Promise<Map<DetectorName, number>[]> {
  const evaluator = new Evaluator(truth, settings);
  const peaks = truth.attacks.map(() => new Map<DetectorName, number>());
  for (const one of await scoresOf({ recordings, policy, factors })) {
    if (one.unit !== truth.unit) continue;
    for (const i of evaluator.attacksOf(one))
      peaks[i]!.set(one.detector, Math.max(one.ratio, peaks[i]!.get(one.detector) ?? 0));
  }
  return peaks;
}

export interface Found {
  /** Attacks found. */
  found: number;
  /** Seconds to the first alert, of those found; null: none was. */
  medianDelay: number | null;
}

export interface AttackReport {
  attacks: number;
  old: Found;
  new: Found;
  /** Found at the old thresholds and not at the new ones, and the other way round. */
  lost: string[];
  gained: string[];
  byDetector: Map<DetectorName, { old: Found; new: Found }>;
}

export interface Thresholds {
  factors: Factors;
  /** Of the baseline. */
  file: string;
}

export async function compareAttacks(
  attacked: Attacked,
  bench: Bench,
  thresholds: { old: Thresholds; new: Thresholds },
): Promise<AttackReport> {
  const [before, after] = [
    await evaluated(attacked, bench, thresholds.old),
    await evaluated(attacked, bench, thresholds.new),
  ];
  const names = new Set(
    [before, after].flatMap(({ attacks }) => attacks.flatMap(({ by }) => by.map((b) => b.detector))),
  );
  const changed = (from: Evaluation, to: Evaluation) =>
    from.attacks.filter((a, i) => a.delay !== null && to.attacks[i]!.delay === null).map(({ name }) => name);
  return {
    attacks: after.attacks.length,
    old: foundBy(before),
    new: foundBy(after),
    lost: changed(before, after),
    gained: changed(after, before),
    byDetector: new Map(
      [...names]
        .sort()
        .map((name) => [name as DetectorName, { old: foundBy(before, name), new: foundBy(after, name) }]),
    ),
  };
}

async function evaluated({ recordings, truth, settings }: Attacked, bench: Bench, { factors, file }: Thresholds) {
  const policy = bench.compile(factors, { ungrouped: true, baseline: file });
  const evaluator = new Evaluator(truth, settings);
  for (const one of await scoresOf({ recordings, policy, factors })) if (one.unit === truth.unit) evaluator.alarm(one);
  return evaluator.evaluation();
}

/** @param detector without it, all together */
function foundBy({ attacks }: Evaluation, detector?: string): Found {
  const delays = attacks
    .flatMap(({ delay, by }) => (detector ? by.filter((b) => b.detector === detector).map((b) => b.delay) : [delay]))
    .filter((delay) => delay !== null);
  return { found: delays.length, medianDelay: delays.length ? median(delays) : null };
}
