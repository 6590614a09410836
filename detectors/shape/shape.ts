// The traffic-shape detector on the ground: learns its model from captures and scores records. Untrusted bytes are
// parsed in WebAssembly only, by the code that flies.
import { readFileSync } from "node:fs";
import { compileOnboard } from "../../appliance/build/asc.ts";
import { type Limit, limitFor, type Wanted } from "../numerics/threshold.ts";
import { FEATURES, NAMES } from "./features.ts";

interface Exports {
  memory: WebAssembly.Memory;
  inputAt(): number;
  inputSize(): number;
  run(from: number, to: number, mode: number): number;
  count(): number;
  resultsAt(): number;
  modelAt(): number;
  modelSize(): number;
  learningAt(): number;
  learningSize(): number;
  vectorAt(): number;
  evictions(): bigint;
  configure(bytes: number): number;
  merge(): void;
  begin(): void;
  finish(): void;
  reset(): void;
}

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

const MODE = { score: 0, learn: 1, explained: 4 } as const;
const LIMIT = 56; // offset in the model

/** One detector with tables, model and learning state of its own. */
export class Shape {
  readonly #e: Exports;

  private constructor(e: Exports) {
    this.#e = e;
    e.reset();
    e.begin();
  }

  /** @param model bytes of a model; without it everything scores 0 until one is learned or configured */
  static async create(model?: Uint8Array): Promise<Shape> {
    const path = await compileOnboard("detectors/shape/ground/onboard/index.ts");
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path)), {});
    const shape = new Shape(exports as unknown as Exports);
    if (model) shape.configure(model);
    return shape;
  }

  /** Where records (appliance/abi) are to be written, from its start. */
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

  /** Why frame i of the last score(length, true) has its score. */
  explain(i: number): Scored {
    const view = new DataView(this.#e.memory.buffer, this.#e.resultsAt() + i * 40, 40);
    const f = (offset: number) => view.getFloat64(offset, true);
    const { name, unit, value } = NAMES[view.getUint32(32, true)]!;
    return { score: f(0), feature: name, unit, seen: value(f(8)), expected: value(f(16)), deviations: f(24) };
  }

  /** Features of the last frame, as onboard/features.ts lays them out. */
  features(): Float64Array {
    return new Float64Array(this.#e.memory.buffer.slice(this.#e.vectorAt(), this.#e.vectorAt() + FEATURES * 8));
  }

  /** Forgets traffic, keeps the model: as at power-on. */
  reset(): void {
    this.#e.reset();
  }

  /** Makes the model of everything learned so far. */
  finish(): void {
    this.#e.finish();
  }

  get model(): Uint8Array {
    return new Uint8Array(this.#e.memory.buffer, this.#e.modelAt(), this.#e.modelSize()).slice();
  }

  /** Alarm limit in the model; 0 = none. */
  get limit(): number {
    return new DataView(this.#e.memory.buffer).getFloat64(this.#e.modelAt() + LIMIT, true);
  }

  set limit(value: number) {
    if (!(value > 0 && value < Infinity)) throw new RangeError("a limit must be a positive number");
    new DataView(this.#e.memory.buffer).setFloat64(this.#e.modelAt() + LIMIT, value, true);
  }

  /** @throws RangeError when these are not the bytes of a model */
  configure(model: Uint8Array): void {
    const input = this.input;
    if (model.length > input.length)
      throw new RangeError(`a model has ${this.#e.modelSize()} bytes, not ${model.length}`);
    input.set(model);
    if (!this.#e.configure(model.length))
      throw new RangeError(`a model has ${this.#e.modelSize()} bytes, not ${model.length}`);
  }

  /** The state of learning, to be kept and merged into another's. */
  get learning(): Uint8Array {
    return new Uint8Array(this.#e.memory.buffer, this.#e.learningAt(), this.#e.learningSize()).slice();
  }

  /** Adds what another has learned. @throws RangeError when these are not the bytes of a learning state */
  merge(learning: Uint8Array): void {
    if (learning.length !== this.#e.learningSize())
      throw new RangeError(`a learning state has ${this.#e.learningSize()} bytes, not ${learning.length}`);
    this.input.set(learning);
    this.#e.merge();
  }

  /** Keys forgotten because a table was full. */
  get evictions(): bigint {
    return this.#e.evictions();
  }

  #run(length: number, mode: number): Float64Array {
    const e = this.#e;
    const stopped = e.run(0, length, mode);
    if (stopped !== length) throw new Error("records do not follow appliance/abi");
    const view = new DataView(e.memory.buffer, e.resultsAt());
    return Float64Array.from({ length: e.count() }, (_, i) => view.getFloat64(i * 40, true));
  }
}

/** A batch of records: bytes as captures/reader.ts lays them out. */
export type Batches = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Learns model and limit from clean traffic. The captures are read twice: once for the model, once, from a cold start as
 * at power-on, for the scores that the limit comes from.
 * @param batches   called for each reading; each batch at most the input's size
 * @throws RangeError when there is no frame
 */
export async function learnShape(batches: () => Batches, wanted: Wanted): Promise<{ shape: Shape; limit: Limit }> {
  const shape = await Shape.create();
  for await (const batch of batches()) {
    shape.input.set(batch);
    shape.learn(batch.length);
  }
  shape.finish();
  shape.reset();
  const scores: number[] = [];
  const times: number[] = [];
  for await (const batch of batches()) {
    shape.input.set(batch);
    for (const score of shape.score(batch.length)) scores.push(score);
    for (const time of frameTimes(batch)) times.push(time);
  }
  const limit = limitFor({ scores, times }, { ceiling: 100, ...wanted });
  shape.limit = Math.max(limit.limit, Number.MIN_VALUE);
  shape.reset();
  return { shape, limit };
}

/** Seconds of the frames in a batch (ticks and the like left out); microseconds are kept. */
export function frameTimes(batch: Uint8Array): number[] {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  const times: number[] = [];
  for (let at = 0; at + 32 <= batch.length; at += 32 + ((view.getUint32(at + 16, true) + 7) & ~7))
    if (view.getUint8(at + 26) === 0) times.push(Number(view.getBigUint64(at, true) / 1000n) / 1e6);
  return times;
}
