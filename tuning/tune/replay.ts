/** Captures through the appliance again and again, each time with other thresholds: what its detectors said. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { embed } from "../../appliance/hosts/node.ts";
import { recordStream } from "../../captures/records.ts";
import { type Baseline, baselineText, type Learned } from "../../detectors/baseline/file.ts";
import { DETECTOR_NAMES, type DetectorName } from "../../detectors/catalogue.ts";
import type { Entry } from "../../detectors/learned.ts";
import { type CompiledPolicy, type CompileOptions, compilePolicyText } from "../../diode/policy.ts";
import { type Alert, scoreRecords } from "../evaluate/alerts.ts";
import { type Exported, exportedOf } from "../learn/learn.ts";
import { type Recording, type Window, WindowSource } from "./blocks.ts";

/** A finding; `ratio` is score / threshold of the baseline: above its detector's factor it is an alarm. */
export interface Scored extends Alert {
  detector: DetectorName;
  /** Seconds on the line of all captures (blocks.ts). */
  position: number;
  /** Of the recording it is in, from 0. */
  recording: number;
}

/** Factors on the baseline's thresholds; a detector that is not in it has what the policy says. */
export type Factors = Partial<Record<DetectorName, number>>;

export interface Site {
  /** The policy's text, and the path it is known by. */
  text: string;
  file: string;
  ignoreChecksums: boolean;
}

/** Compiles a policy again and again with other baselines, which it keeps in a folder of its own. */
export class Bench {
  readonly #site: Site;
  readonly #folder: string;
  #files = 0;

  /** @param folder for baselines, to be removed by the caller */
  constructor(site: Site, folder: string) {
    this.#site = site;
    this.#folder = folder;
  }

  /** A baseline as a file for compile(). */
  keep(baseline: Baseline): string {
    const path = join(this.#folder, `${this.#files++}.baseline`);
    writeFileSync(path, baselineText(baseline));
    return path;
  }

  compile(factors: Factors, options: CompileOptions): CompiledPolicy {
    const { text, file, ignoreChecksums } = this.#site;
    const sets = Object.entries(factors).map(([name, factor]) => `detectors.${name}.threshold=${factor}`);
    return compilePolicyText(text, file, { ignoreChecksums, sets, ...options });
  }
}

/** Learns a window of recordings, each from a fresh start. */
export async function learnWindow(
  recordings: readonly Recording[],
  window: Window,
  policy: CompiledPolicy,
): Promise<{ learned: Learned[]; entries: Entry[] }> {
  const learned: Learned[] = [];
  const entries: Entry[] = [];
  for (const recording of recordings) {
    const source = await WindowSource.open([recording], window);
    const appliance = await embed(policy.parts);
    let end: Exported["end"];
    const record = (json: Uint8Array) => {
      const exported = exportedOf(json);
      if (exported?.entry) entries.push(exported.entry);
      if (exported?.end) end = exported.end;
    };
    for await (const chunk of recordStream(source, appliance.input))
      appliance.run(chunk.length, { forwarded: () => undefined, record });
    await source.close();
    const { packets = 0, messages = 0, seconds = 0 } = end ?? {};
    learned.push({ name: recording.name, sha256: "", bytes: 0, packets, messages, first: "", last: "", seconds });
  }
  return { learned, entries };
}

export interface ScoreRun {
  recordings: readonly Recording[];
  window?: Window;
  /** Which are kept; without it all. */
  keep?: (one: Scored) => boolean;
  /** Of each second only the largest of each detector: no more is needed to count alarms, and it bounds the memory. */
  thin?: boolean;
  /** Compiled with `ungrouped` and these factors. */
  policy: CompiledPolicy;
  factors: Factors;
}

/** What the detectors said, in the order in which they did. @throws Error for a name that this version does not know */
export async function scoresOf({ recordings, window, keep, thin, policy, factors }: ScoreRun): Promise<Scored[]> {
  const source = await WindowSource.open(recordings, window);
  const scored: Scored[] = [];
  const largest = new Map<string, number>();
  for await (const alert of scoreRecords(source, policy)) {
    const detector = alert.detector as DetectorName;
    const at = source.recording!;
    const { clock, start } = at;
    const position = clock === undefined ? source.position : start + clock.at(alert.time);
    const ratio = alert.ratio * (factors[detector] ?? 1);
    const one: Scored = { ...alert, detector, position, recording: recordings.indexOf(at), ratio };
    if (keep && !keep(one)) continue;
    if (!thin) {
      scored.push(one);
      continue;
    }
    const key = `${detector} ${Math.floor(alert.time)}`;
    const place = largest.get(key);
    if (place === undefined) {
      largest.set(key, scored.length);
      scored.push(one);
    } else if (one.ratio > scored[place]!.ratio) scored[place] = one;
  }
  await source.close();
  return scored;
}

/** The alerts that `weir replay` prints under this policy, by detector. */
export async function alertsOf(
  recordings: readonly Recording[],
  policy: CompiledPolicy,
): Promise<Map<DetectorName, number>> {
  const source = await WindowSource.open(recordings);
  const counts = new Map<DetectorName, number>();
  for await (const { detector } of scoreRecords(source, policy)) {
    const name = detector as DetectorName;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  await source.close();
  return new Map([...counts].sort(([a], [b]) => DETECTOR_NAMES.indexOf(a) - DETECTOR_NAMES.indexOf(b)));
}
