/**
 * From the sums of baseline entries to the section of the policy. What makes a model of sums is the image's own code
 * (onboard/learn.ts, onboard/model.ts), given the state it would have had if it had learned everything itself.
 */
import { readFileSync } from "node:fs";
import { compileOnboardSync } from "../../lib/asc.ts";
import { type ExportsOf, exportsOf } from "../../lib/exports.ts";
import { type ClassSums, Learning } from "./generated/learning.ts";
import {
  BLOCK,
  BLOCKS,
  Description,
  LAST_BLOCK,
  LAST_TRIANGLE,
  ModelHead,
  PROTOCOLS,
  SERVICES,
  TRIANGLE,
} from "./generated/model.ts";

/** Features, and products of two features, in each block. */
const featuresOf = (b: number): number => (b === BLOCKS - 1 ? LAST_BLOCK : BLOCK);
const productsOf = (b: number): number => (b === BLOCKS - 1 ? LAST_TRIANGLE : TRIANGLE);
export const sumsLength = (b: number): number => featuresOf(b) + productsOf(b);

const COUNT_MAX = 2 ** 32 - 1;

/** What was learned of a protocol or a service: for each block its features' sums, then those of products. */
export interface LearnedClass {
  /** 0 .. 4, or a service's key (onboard/services.ts, serviceOf). */
  key: bigint;
  frames: bigint;
  blocks: bigint[][];
}

export interface Sums {
  classes: LearnedClass[];
  /** For each block, how many measured frames fell into each bucket of distance. */
  distances: number[][];
}

type Exports = ExportsOf<"detectors/shape/ground/onboard/index.ts">;

let instance: Exports | undefined;

function composer(): Exports {
  if (!instance) {
    const path = compileOnboardSync("detectors/shape/ground/onboard/index.ts");
    instance = exportsOf<"detectors/shape/ground/onboard/index.ts">(new WebAssembly.Module(readFileSync(path)));
  }
  return instance;
}

/** The services described by themselves: those with most frames. */
function chosen(classes: readonly LearnedClass[]): LearnedClass[] {
  return classes
    .filter(({ key }) => key >= PROTOCOLS)
    .sort((a, b) => (a.frames === b.frames ? (a.key < b.key ? -1 : 1) : a.frames > b.frames ? -1 : 1))
    .slice(0, SERVICES);
}

/**
 * The section (layouts/model.ts).
 * @param limit 1 .. 100
 * @throws RangeError when nothing was learned, or a sum is beyond 64 bits
 */
export function compose({ classes, distances }: Sums, limit: number): Uint8Array {
  const e = composer();
  const protocols = Array.from({ length: PROTOCOLS }, (_, p) => classes.find(({ key }) => key === BigInt(p)));
  const services = chosen(classes);
  e.reset();
  fill(new Learning(new Uint8Array(e.memory.buffer), e.learningAt()), [...protocols, ...services], distances);
  e.finish();
  // Protocols that were never seen are described alike: one description serves them all.
  const seen = protocols.flatMap((own, i) => (own?.frames ? [i] : []));
  if (!seen.length) throw new RangeError("shape: no frame was learned");
  const described = seen.length < PROTOCOLS ? [...seen, protocols.findIndex((own) => !own?.frames)] : seen;
  const memory = new Uint8Array(e.memory.buffer);
  const head = new ModelHead(memory.slice(e.headAt(), e.headAt() + ModelHead.SIZE));
  head.protocols = described.length;
  head.limit = limit;
  head.described.write(protocols.map((_, p) => (seen.includes(p) ? described.indexOf(p) : described.length - 1)));
  const keys = BigUint64Array.from(services, ({ key }) => key);
  const descriptions = [...described, ...services.map((_, s) => PROTOCOLS + s)].map((from) => {
    const at = e.descriptionsAt() + from * Description.SIZE;
    return memory.subarray(at, at + Description.SIZE);
  });
  return Uint8Array.from(Buffer.concat([bytesOf(head.view), bytesOf(keys), ...descriptions]));
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Puts in what would have been learned. classes: of protocols, undefined where none was seen, then of services. */
function fill(state: Learning, classes: readonly (LearnedClass | undefined)[], distances: readonly number[][]): void {
  for (const [i, own] of classes.entries()) if (own) fillClass(state.classes(i), own);
  state.keys.write(classes.slice(PROTOCOLS).map((own) => own!.key));
  const span = state.spans(0);
  for (const [b, counts] of distances.entries())
    span.distances(b).counts.write(counts.map((n) => Math.min(n, COUNT_MAX)));
}

function fillClass(to: ClassSums, { key, frames, blocks }: LearnedClass): void {
  const sum = (value: bigint) => {
    if (BigInt.asIntN(64, value) !== value) throw new RangeError(`shape: class ${key}: a sum beyond 64 bits`);
    return value;
  };
  to.frames = sum(frames);
  for (const [b, sums] of blocks.entries())
    for (const [i, value] of sums.entries()) {
      const product = i - featuresOf(b);
      if (product < 0) to.features.set(BLOCK * b + i, sum(value));
      else to.products.set(TRIANGLE * b + product, sum(value));
    }
}
