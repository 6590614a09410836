/**
 * Captures through the appliance for people who want to look: alerts, the scores behind them, who talked, what was
 * filtered. The same code runs in Node and in the browser's worker.
 */

import { RecordHeader, RecordKind } from "../appliance/contract/abi.ts";
import { afterRecord } from "../appliance/contract/records.ts";
import { Appliance, eventsOf } from "../appliance/hosts/embedded/appliance.ts";
import { embed, loadModules } from "../appliance/hosts/node.ts";
import { Report } from "../appliance/hosts/report.ts";
import { damageText } from "../captures/damage.ts";
import { CaptureReader } from "../captures/reader.ts";
import { recordStream } from "../captures/records.ts";
import { DETECTOR_NAMES, type DetectorName } from "../detectors/catalogue.ts";
import { type CompiledPolicy, compilePolicy, problemLine } from "../diode/policy.ts";
import { type AlertRow, alertOf } from "./alert.ts";
import { grown } from "./columns.ts";
import { detectorName, LOWERED, type Scores, ScoreTable } from "./scores.ts";
import { type Talker, Talkers } from "./talkers.ts";

/** Which captures under which policy; all are paths. */
export interface Job {
  captures: readonly string[];
  policy: string;
  /** What weir learn has written, in place of the policy's. */
  baseline?: string;
  /** Values in place of the policy's: `detectors.rate.threshold=2`. */
  sets?: readonly string[];
  ignoreChecksums?: boolean;
  /** A threshold.config, in place of the policy's. */
  thresholds?: string;
}

export interface RunResult {
  alerts: AlertRow[];
  /** By detector; alerts beyond those that are kept count too. */
  alertCounts: Record<string, number>;
  findingCounts: Record<string, number>;
  anomalies: Record<string, number>;
  talkers: Talker[];
  rules: { rule: string; action: string; frames: number }[];
  files: { name: string; format: string; packets: number; seconds: number }[];
  packets: number;
  messages: number;
  flows: number;
  forwarded: number;
  /** Seconds since 1970 of the first and the last record. */
  first: number;
  last: number;
  /** For people: what was wrong with captures and policy. */
  notes: string[];
  /** Findings above the thresholds as they are. */
  scores: Scores;
  /** The policy's factor on each detector's thresholds; Infinity: it is off. */
  factors: Factors;
  /** The heartbeat at the end, as the appliance wrote it. */
  heartbeat: unknown;
}

export type Factors = Partial<Record<DetectorName, number>>;

/** Alerts that are kept with all they say. */
const KEPT = 20_000;
const decoder = new TextDecoder("latin1");

/** Called now and then with the packets so far. */
export type Progress = (packets: number) => void;

/** The page has no keys: what would be authenticated with one is not. */
export function compile(
  { policy, baseline, thresholds, sets = [], ignoreChecksums = false }: Job,
  factor = 1,
): CompiledPolicy {
  return compilePolicy(policy, {
    scores: true,
    keyless: true,
    sets,
    ignoreChecksums,
    threshold: factor,
    ...(baseline !== undefined && { baseline }),
    ...(thresholds !== undefined && { thresholds }),
  });
}

/**
 * Runs the captures through a fresh appliance.
 * @throws Problems of the policy; InputError for a capture that cannot be opened
 */
export async function run(job: Job, progress: Progress = () => {}): Promise<RunResult> {
  const policy = compile(job);
  const appliance = await embed(policy.parts);
  const reader = await CaptureReader.open([...job.captures]);
  const report = new Report();
  const talkers = new Talkers();
  const scores = new ScoreTable();
  const alerts: AlertRow[] = [];
  const sink = {
    forwarded: () => void report.forwarded++,
    scores: (events: DataView) => scores.take(events),
    record: (json: Uint8Array) => {
      report.take(json);
      const kind = kindOf(json);
      if (kind === "fl") talkers.take(json);
      if (kind === "al" && alerts.length < KEPT) alerts.push(alertOf(JSON.parse(decoder.decode(json))));
    },
  };
  let batches = 0;
  for await (const batch of recordStream(reader, appliance.input)) {
    appliance.run(batch.length, sink);
    if (++batches % 32 === 0) progress(reader.progress.packets);
  }
  await reader.close();
  const { summary } = reader;
  const scored = scores.done();
  const seconds = (ns: bigint | undefined) => (ns === undefined ? 0 : Number(ns) / 1e9);
  return {
    alerts,
    alertCounts: Object.fromEntries(report.byDetector),
    findingCounts: countsOf(scored),
    anomalies: Object.fromEntries(report.byAnomaly),
    talkers: talkers.largest(200),
    rules: [...report.rules, ...report.messageRules].map(([rule, { action, frames }]) => ({ rule, action, frames })),
    files: summary.files.map((file) => ({
      name: file.file,
      format: file.format,
      packets: file.packets,
      seconds: seconds(file.last) - seconds(file.first),
    })),
    packets: summary.packets,
    messages: report.heartbeat?.inspect.messages_1553 ?? 0,
    flows: report.flows,
    forwarded: report.forwarded,
    first: seconds(summary.first),
    last: seconds(summary.last),
    notes: [
      ...policy.warnings.map(problemLine),
      ...summary.skipped.map(({ file, why }) => `${file}: left out: ${why}`),
      ...summary.damage.map(damageText),
    ],
    scores: scored,
    factors: factorsOf(policy),
    heartbeat: report.heartbeat,
  };
}

export interface Lowered {
  /** Thresholds in it are LOWERED times those of the policy. A score here is at most 100 times its lowered threshold. */
  scores: Scores;
  /** Seconds since 1970 of each packet. */
  packetTimes: Float64Array;
}

/** What detectors say with their thresholds lowered: inspect alone. */
export async function runLowered(job: Job, progress: Progress = () => {}): Promise<Lowered> {
  const { inspect } = new Appliance(await loadModules(), compile(job, LOWERED).parts).compartments;
  const input = new Uint8Array(inspect.memory.buffer, inspect.inputAt(), inspect.inputSize());
  const reader = await CaptureReader.open([...job.captures]);
  const scores = new ScoreTable();
  const times = new Times();
  let batches = 0;
  for await (const batch of recordStream(reader, input)) {
    times.take(batch);
    for (let at = 0; at < batch.length; ) {
      at = inspect.run(at, batch.length);
      scores.take(eventsOf(inspect));
    }
    if (++batches % 32 === 0) progress(reader.progress.packets);
  }
  await reader.close();
  return { scores: scores.done(), packetTimes: times.done() };
}

/** Each finding has a score, also where an alert said it before. */
function countsOf({ length, detector }: Scores): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < length; i++) {
    const name = detectorName(detector[i]!);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

const factorsOf = ({ policy }: CompiledPolicy): Factors =>
  Object.fromEntries(DETECTOR_NAMES.map((name) => [name, policy.tuning.find((t) => t.name === name)?.threshold ?? 1]));

class Times {
  #times = new Float64Array(4096);
  #length = 0;

  take(batch: Uint8Array): void {
    for (const record = new RecordHeader(batch); record.at < batch.length; record.at = afterRecord(record)) {
      if (record.kind !== RecordKind.FRAME) continue;
      if (this.#length === this.#times.length) this.#times = grown(this.#times, 2 * this.#length);
      this.#times[this.#length++] = Number(record.time) / 1e9;
    }
  }

  done(): Float64Array {
    return this.#times.slice(0, this.#length);
  }
}

const KIND = [...'"event_type":"'].map((c) => c.charCodeAt(0));

/** The first two letters of an event's event_type, which stands before anything that traffic could have written. */
function kindOf(json: Uint8Array): string {
  for (let at = 46; at < 128; at++) {
    let i = 0;
    while (i < KIND.length && json[at + i] === KIND[i]) i++;
    if (i === KIND.length) return String.fromCharCode(json[at + i]!, json[at + i + 1]!);
  }
  return "";
}
