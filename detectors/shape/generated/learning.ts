// Generated from detectors/shape/layouts/learning.ts by `npm run generate`: do not edit.
//
// A state in inspect's memory, which the ground fills in, too, to have a model made of merged baselines.
import { Layout, Scalars } from "../../../appliance/contract/layout.ts";
import { Histogram } from "../../generated/histogram.ts";

export interface ClassSumsFields {
  frames: bigint;
}

/** 2888 bytes. Of a class of frames. */
export class ClassSums extends Layout<ClassSumsFields> implements ClassSumsFields {
  static readonly SIZE = 2888;
  static readonly AT = { frames: 0, features: 8, products: 464 } as const;
  get frames(): bigint {
    return this.view.getBigInt64(this.at, true);
  }
  set frames(value: bigint) {
    this.view.setBigInt64(this.at, value, true);
  }
  get features(): Scalars<bigint> {
    return new Scalars(this.view, "BigInt64", this.at + 8, 8, 57);
  }
  get products(): Scalars<bigint> {
    return new Scalars(this.view, "BigInt64", this.at + 464, 8, 303);
  }
}

export interface PeaksFields {
  second: bigint; // s: under way, from 1970
  highest: number; // largest score of it so far
  before: number; // largest score of the second before it; 0 = no frame was scored in that
  flags: number; // bit 0: a second is under way; bit 1: the one before had more than the one before that
  kept: number; // how many of `largest` there are
  seconds: bigint; // s: observed, from each second to the next; a pause counts in part
  maxima: bigint; // local maxima, kept or not
}

/** 560 bytes. The largest scores of normal traffic: ../onboard/peaks.ts. */
export class Peaks extends Layout<PeaksFields> implements PeaksFields {
  static readonly SIZE = 560;
  static readonly AT = {
    second: 0,
    highest: 8,
    before: 16,
    flags: 24,
    kept: 28,
    seconds: 32,
    maxima: 40,
    largest: 48,
  } as const;
  get second(): bigint {
    return this.view.getBigUint64(this.at, true);
  }
  set second(value: bigint) {
    this.view.setBigUint64(this.at, value, true);
  }
  get highest(): number {
    return this.view.getFloat64(this.at + 8, true);
  }
  set highest(value: number) {
    this.view.setFloat64(this.at + 8, value, true);
  }
  get before(): number {
    return this.view.getFloat64(this.at + 16, true);
  }
  set before(value: number) {
    this.view.setFloat64(this.at + 16, value, true);
  }
  get flags(): number {
    return this.view.getUint32(this.at + 24, true);
  }
  set flags(value: number) {
    this.view.setUint32(this.at + 24, value, true);
  }
  get kept(): number {
    return this.view.getUint32(this.at + 28, true);
  }
  set kept(value: number) {
    this.view.setUint32(this.at + 28, value, true);
  }
  get seconds(): bigint {
    return this.view.getBigUint64(this.at + 32, true);
  }
  set seconds(value: bigint) {
    this.view.setBigUint64(this.at + 32, value, true);
  }
  get maxima(): bigint {
    return this.view.getBigUint64(this.at + 40, true);
  }
  set maxima(value: bigint) {
    this.view.setBigUint64(this.at + 40, value, true);
  }
  get largest(): Scalars<number> {
    return new Scalars(this.view, "Uint16", this.at + 48, 2, 256);
  }
}

export type SpanFields = Record<never, never>;

/** 7904 bytes. What frames gave that were measured with the same model. */
export class Span extends Layout<SpanFields> implements SpanFields {
  static readonly SIZE = 7904;
  static readonly AT = { distances: 0, peaks: 7344 } as const;
  /** The n-th of 6. */
  distances(n: number): Histogram {
    return new Histogram(this.view, this.at + n * 1224);
  }
  /** The n-th of 1. */
  peaks(n: number): Peaks {
    return new Peaks(this.view, this.at + 7344 + n * 560);
  }
}

export interface LearningFields {
  frames: bigint;
  next: bigint; // frames at which the model is made next
}

/** 108456 bytes. Everything that is learned. */
export class Learning extends Layout<LearningFields> implements LearningFields {
  static readonly SIZE = 108456;
  static readonly AT = { frames: 0, next: 8, keys: 16, classes: 232, spans: 92648 } as const;
  get frames(): bigint {
    return this.view.getBigUint64(this.at, true);
  }
  set frames(value: bigint) {
    this.view.setBigUint64(this.at, value, true);
  }
  get next(): bigint {
    return this.view.getBigUint64(this.at + 8, true);
  }
  set next(value: bigint) {
    this.view.setBigUint64(this.at + 8, value, true);
  }
  get keys(): Scalars<bigint> {
    return new Scalars(this.view, "BigUint64", this.at + 16, 8, 27);
  }
  /** The n-th of 32. */
  classes(n: number): ClassSums {
    return new ClassSums(this.view, this.at + 232 + n * 2888);
  }
  /** The n-th of 2. */
  spans(n: number): Span {
    return new Span(this.view, this.at + 92648 + n * 7904);
  }
}
