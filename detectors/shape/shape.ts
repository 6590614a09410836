// The traffic-shape detector on the ground: learns and scores records. Untrusted bytes are parsed in WebAssembly only, by
// the code that flies.
import { readFileSync } from "node:fs";
import { compileOnboard } from "../../lib/asc.ts";
import { type ExportsOf, exportsOf } from "../../lib/exports.ts";
import { DETECTOR } from "../catalogue.ts";
import type { Entry } from "../learned.ts";
import { NAMES } from "./features.ts";
import { FEATURES } from "./generated/model.ts";
import { Result } from "./ground/generated/result.ts";

type Exports = ExportsOf<"detectors/shape/ground/onboard/index.ts">;

export interface Scored {
  /** 0 .. 100; about 1 is rare. */
  score: number;
  /** The feature that deviates most in the block that adds most, in its unit. */
  feature: string;
  unit: string;
  seen: number;
  /** Given what else was seen in the block. */
  expected: number;
  /** Deviations between the two, -100 .. 100. */
  deviations: number;
}

const MODE = { score: 0, learn: 1, features: 2, decode: 3, explained: 4 } as const;

/** One detector with tables, model and learning state of its own. */
export class Shape {
  readonly #e: Exports;

  private constructor(e: Exports) {
    this.#e = e;
    e.reset();
  }

  /** @param section of the policy; without it everything scores 0 */
  static async create(section?: Uint8Array): Promise<Shape> {
    const path = await compileOnboard("detectors/shape/ground/onboard/index.ts");
    const shape = new Shape(
      exportsOf<"detectors/shape/ground/onboard/index.ts">(new WebAssembly.Module(readFileSync(path))),
    );
    if (section) shape.configure(section);
    return shape;
  }

  /** Where records (appliance/contract) are to be written, from its start. */
  get input(): Uint8Array {
    return new Uint8Array(this.#e.memory.buffer, this.#e.inputAt(), this.#e.inputSize());
  }

  /** Scores the `length` bytes of records in `input`, one number for each frame; with `explained`, explain() can follow. */
  score(length: number, explained = false): Float64Array {
    return this.#run(length, MODE.score | (explained ? MODE.explained : 0));
  }

  /** Learns the records; returns what each scored under the model as it was before it. */
  learn(length: number): Float64Array {
    return this.#run(length, MODE.learn);
  }

  /** Works through the records and returns how many frames there were: for measuring what each part costs. */
  bench(length: number, mode: keyof typeof MODE): number {
    this.#e.run(0, length, MODE[mode]);
    return this.#e.count();
  }

  /** Why frame i of the last score(length, true) has its score. */
  explain(i: number): Scored {
    const { score, seen, expected, deviations, feature } = this.#result(i);
    const { name, unit, value } = NAMES[feature]!;
    return { score, feature: name, unit, seen: value(seen), expected: value(expected), deviations };
  }

  /** Findings raised for the records of the last score(). */
  get findings(): number {
    return this.#e.findings();
  }

  /** What the alert of the last frame says; undefined when it raised none. */
  words(): { expected: string; seen: string } | undefined {
    const length = this.#e.words();
    if (!length) return undefined;
    const [expected, seen] = this.#text(length).split("\n");
    return { expected: expected!, seen: seen! };
  }

  /** Features of the last frame, as onboard/features.ts lays them out. */
  features(): Float32Array {
    return new Float32Array(this.#e.memory.buffer.slice(this.#e.vectorAt(), this.#e.vectorAt() + FEATURES * 4));
  }

  /** Forgets traffic, keeps the model: as at power-on. */
  forgetTraffic(): void {
    this.#e.forgetTraffic();
  }

  /** Everything: what was learned, model, traffic. */
  reset(): void {
    this.#e.reset();
  }

  /** Baseline entries of all that was learned, as the image exports them. */
  entries(): Entry[] {
    const entries: Entry[] = [];
    for (let n = this.#e.exportEntry(); n; n = this.#e.exportEntry()) entries.push(JSON.parse(this.#text(n)) as Entry);
    return entries;
  }

  /** Alarms are raised above; 0 without a model. */
  get limit(): number {
    return this.#e.alarmLimit();
  }

  /** The operator's factor on it. */
  scale(factor: number): void {
    this.#e.scale(DETECTOR.shape, factor);
  }

  /** @throws RangeError when it is no section that pack() makes */
  configure(section: Uint8Array): void {
    const input = this.input;
    if (section.length <= input.length) {
      input.set(section);
      if (this.#e.configure(section.length)) return;
    }
    throw new RangeError("not a section of the shape detector");
  }

  /** Keys forgotten because a table was full. */
  get evictions(): bigint {
    return this.#e.evictions();
  }

  #text(length: number): string {
    return Buffer.from(this.#e.memory.buffer, this.#e.textAt(), length).toString();
  }

  #run(length: number, mode: number): Float64Array {
    const e = this.#e;
    const stopped = e.run(0, length, mode);
    if (stopped !== length) throw new Error("records do not follow appliance/contract");
    const result = this.#result(0);
    const first = result.at;
    return Float64Array.from({ length: e.count() }, (_, i) => {
      result.at = first + i * Result.SIZE;
      return result.score;
    });
  }

  #result(i: number): Result {
    return new Result(new DataView(this.#e.memory.buffer), this.#e.resultsAt() + i * Result.SIZE);
  }
}

/** Batches of records: bytes as captures/reader.ts lays them out. */
export type Batches = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Baseline entries of clean traffic, learned from a fresh start. */
export async function learnShape(batches: Batches): Promise<Entry[]> {
  const shape = await Shape.create();
  for await (const batch of batches) {
    shape.input.set(batch);
    shape.learn(batch.length);
  }
  return shape.entries();
}
