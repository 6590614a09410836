/** The IP detectors as inspect calls them (onboard/ip.probe.ts), for tests: records in, findings and entries out. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { CaptureReader } from "../../../captures/reader.ts";
import { record } from "../../../ip/testing/frames.ts";
import { compileOnboard } from "../../../lib/asc.ts";
import { type ExportsOf, exportsOf } from "../../../lib/exports.ts";
import { DETECTORS } from "../../baseline/registry.ts";
import { FAMILIES } from "../../catalogue.ts";
import type { Entry, LearnedDetector, Wanted } from "../../learned.ts";
import { Flight, type Scored } from "../../testing/flight.ts";
import type { Frame } from "../../testing/site.ts";

/** Those that learn of endpoints, as onboard/endpoints.probe.ts has them. */
export const IP_DETECTORS = DETECTORS.filter(({ name }) => name !== "shape" && name !== "bus");
const ITS_TAGS = new Set<number>(IP_DETECTORS.map(({ tag }) => tag));
const LEARNED = new Set(IP_DETECTORS.map(({ name }) => name as string));
const JUDGED = new Set<string>(IP_DETECTORS.flatMap(({ name }) => FAMILIES[name]!));

type Exports = ExportsOf<"detectors/ip/onboard/ip.probe.ts">;

export interface Found {
  detector: string;
  what: number;
  record: number;
  key: string;
  /** Seconds. */
  time: number;
  score: number;
  threshold: number;
  src: string;
  dst: string;
  expected: string;
  seen: string;
}

/** Scores at most 100 times the threshold, numbers finite, words plain: what every finding must keep to. */
export function sound({ score, threshold, expected, seen }: Found): boolean {
  const plain = (text: string) => text.length > 0 && text.length < 200 && /^[\x20-\x7e]+$/.test(text);
  return score > threshold && score <= 100 && threshold > 0 && plain(expected) && plain(seen) && !seen.includes("null");
}

/** Compiled once, however many probes are made at the same time. */
let compiled: Promise<WebAssembly.Module> | undefined;
const module = () =>
  (compiled ??= compileOnboard("detectors/ip/onboard/ip.probe.ts").then(
    (path) => new WebAssembly.Module(readFileSync(path)),
  ));

export class IpProbe {
  readonly e: Exports;
  /** Of the sections, beside it. */
  #flight: Flight | undefined;
  /** Learns beside it. */
  #pupil: Flight | undefined;

  private constructor(e: Exports) {
    this.e = e;
    e.reset();
  }

  static async create(sections: readonly { tag: number; bytes: Uint8Array }[] = []): Promise<IpProbe> {
    const probe = new IpProbe(exportsOf<"detectors/ip/onboard/ip.probe.ts">(await module()));
    await Flight.ready();
    for (const section of sections)
      if (!probe.#configure(section.tag, section.bytes)) throw new Error(`section ${section.tag} was refused`);
    probe.#flight = Flight.with(sections);
    return probe;
  }

  get input(): Uint8Array {
    return new Uint8Array(this.e.memory.buffer, this.e.inputAt(), this.e.inputSize());
  }

  /** Takes a section, or not: as inspect does. */
  configure(tag: number, bytes: Uint8Array): boolean {
    this.#flight = undefined; // what it was opened with is not what counts any more
    const accepted = this.#configure(tag, bytes);
    if (ITS_TAGS.has(tag) && !this.#pupil)
      expect(Flight.accepts([{ tag, bytes }]), `inspect accepts section ${tag}`).toBe(accepted);
    return accepted;
  }

  #configure(tag: number, bytes: Uint8Array): boolean {
    this.input.set(bytes);
    return this.e.configure(tag, bytes.length) === 1;
  }

  /** Findings of a batch of records. */
  check(batch: Uint8Array): Found[] {
    this.input.set(batch);
    const length = this.e.run(batch.length, 2);
    if (length >= 1 << 22) throw new Error("more findings than the test's buffer holds");
    const lines = Buffer.from(this.e.memory.buffer, this.e.outAt(), length).toString().split("\n").filter(Boolean);
    const found = lines.map((line) => {
      const { time, ...rest } = JSON.parse(line) as Found & { time: string };
      return { ...rest, time: Number(BigInt(time) / 1000n) / 1e6 };
    });
    this.#same(batch, found);
    return found;
  }

  #same(batch: Uint8Array, found: readonly Found[]): void {
    if (!this.#flight) return;
    const told = ({ detector, key }: Scored) => `${detector} ${key}`;
    const inFlight = this.#flight.run(batch).filter(({ detector }) => JUDGED.has(detector));
    expect(inFlight.map(told)).toEqual(found.map(told));
    // The probe writes numbers as text, with nine decimals
    const differ = (a: number, b: number) => !(Math.abs(a - b) <= 1e-8 * Math.max(1, Math.abs(a)));
    const others = found.filter(
      ({ score, threshold }, n) => differ(inFlight[n]!.score, score) || differ(inFlight[n]!.threshold, threshold),
    );
    expect(others).toEqual([]);
  }

  /** The highest score / threshold of each frame, without words. */
  scores(batch: Uint8Array): Float64Array {
    this.input.set(batch);
    this.e.run(batch.length, 0);
    this.#flight?.run(batch);
    return new Float64Array(this.e.memory.buffer, this.e.scoresAt(), this.e.frameCount()).slice();
  }

  learn(batch: Uint8Array): void {
    this.input.set(batch);
    this.e.run(batch.length, 1);
    this.#pupil ??= Flight.with([], true);
    this.#pupil!.run(batch);
  }

  /** What was learned; each entry is checked to be JSON of at most 900 bytes. */
  entries(): Entry[] {
    const entries: Entry[] = [];
    for (let length = this.e.exportNext(); length; length = this.e.exportNext()) {
      if (length > 900) throw new Error(`an entry of ${length} bytes`);
      const text = Buffer.from(this.e.memory.buffer, this.e.outAt(), length).toString();
      entries.push(JSON.parse(`{${text}}`) as Entry);
    }
    if (this.#pupil) expect(this.#pupil.learned(LEARNED)).toEqual(entries);
    return entries;
  }
}

const owner = (entry: Entry): LearnedDetector =>
  IP_DETECTORS.find(({ name }) => entry.detector === name || entry.detector.startsWith(`${name}.`))!;

/** Entries of the same thing merged, as baseline/merge.ts does it. */
export function mergeAll(entries: readonly Entry[]): Entry[] {
  const merged = new Map<string, Entry>();
  for (const entry of entries) {
    const key = `${entry.detector} ${owner(entry).keyOf(entry)}`;
    const before = merged.get(key);
    merged.set(key, before ? owner(entry).merge(before, entry) : entry);
  }
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

/** Sections of a baseline; `only` names detectors. */
export function packAll(entries: readonly Entry[], hours: number, wanted: Wanted = { rate: 0.1 }, only?: string[]) {
  return IP_DETECTORS.filter(({ name }) => !only || only.includes(name)).flatMap((detector) => {
    const own = entries.filter((entry) => owner(entry) === detector);
    if (!own.length) return [];
    return [{ tag: detector.tag, bytes: detector.pack(own, detector.thresholds(own, wanted, hours)) }];
  });
}

/** Frames as batches of records, numbered from 1. */
export function* batchesOfFrames(frames: readonly Frame[]): Generator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for (const [i, { time, data }] of frames.entries()) {
    const r = record(data, { time: BigInt(Math.round(time)), number: i + 1 });
    if (size + r.length > 131072) {
      yield Buffer.concat(parts);
      parts = [];
      size = 0;
    }
    parts.push(r);
    size += r.length;
  }
  if (size) yield Buffer.concat(parts);
}

/** Findings of frames (ascending in time). */
export function checkAll(probe: IpProbe, frames: readonly Frame[]): Found[] {
  return [...batchesOfFrames(frames)].flatMap((batch) => probe.check(batch));
}

/** What is learned from frames by itself. */
export async function lessonOf(frames: readonly Frame[]): Promise<Entry[]> {
  const teacher = await IpProbe.create();
  for (const batch of batchesOfFrames(frames)) teacher.learn(batch);
  return teacher.entries();
}

/** A probe that knows what it learned from frames. */
export async function taught(frames: readonly Frame[], wanted?: Wanted, only?: string[]): Promise<IpProbe> {
  const hours = frames.length ? (frames.at(-1)!.time - frames[0]!.time) / 3.6e12 : 0;
  return IpProbe.create(packAll(mergeAll(await lessonOf(frames)), hours, wanted, only));
}

/** Batches of a capture's records. */
export async function* captureBatches(path: string): AsyncGenerator<Uint8Array> {
  const reader = await CaptureReader.open([path]);
  const target = new Uint8Array(131072);
  for (let length = await reader.fill(target); length; length = await reader.fill(target))
    yield target.slice(0, length);
}
