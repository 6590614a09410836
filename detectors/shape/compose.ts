/**
 * From the sums of baseline entries to the section of the policy. What makes a model of sums is the image's own code
 * (onboard/learn.ts, onboard/model.ts), given the state it would have had if it had learned everything itself.
 */
import { readFileSync } from "node:fs";
import { compileOnboardSync } from "../../lib/asc.ts";

export const PROTOCOLS = 5;
export const SERVICES = 27;
export const BLOCKS = 6;
export const BUCKETS = 304;
/** Features and products of two features in each block. */
export const blockLength = (b: number): number => (b === 5 ? 7 : 10);
export const sumsLength = (b: number): number => (b === 5 ? 7 + 28 : 10 + 55);

const HEAD = 48;
const DESCRIPTION = 1668;
/** onboard/learn.ts draws the learning state: where its parts begin, bytes. */
const LEARNING = { size: 108_456, keys: 16, sums: 232, spans: 92_648, classSize: 2888, histogram: 1224 };
const COUNT_MAX = 2 ** 32 - 1;

/** What was learned of a protocol or a service: for each block its features' sums, then those of products. */
export interface ClassSums {
  /** 0 .. 4, or a service's key (onboard/model.ts, serviceOf). */
  key: bigint;
  frames: bigint;
  blocks: bigint[][];
}

export interface Sums {
  classes: ClassSums[];
  /** For each block, how many measured frames fell into each bucket of distance. */
  distances: number[][];
}

interface Exports {
  memory: WebAssembly.Memory;
  learningAt(): number;
  headAt(): number;
  descriptionsAt(): number;
  reset(): void;
  finish(): void;
}

let instance: Exports | undefined;

function composer(): Exports {
  if (!instance) {
    const path = compileOnboardSync("detectors/shape/ground/onboard/index.ts");
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path)), {});
    instance = exports as unknown as Exports;
  }
  return instance;
}

/** The services described by themselves: those with most frames. */
function chosen(classes: readonly ClassSums[]): ClassSums[] {
  return classes
    .filter(({ key }) => key >= PROTOCOLS)
    .sort((a, b) => (a.frames === b.frames ? (a.key < b.key ? -1 : 1) : a.frames > b.frames ? -1 : 1))
    .slice(0, SERVICES);
}

/**
 * The section (onboard/model.ts has its layout).
 * @param limit 1 .. 100
 * @throws RangeError when nothing was learned, or a sum is beyond 64 bits
 */
export function compose({ classes, distances }: Sums, limit: number): Uint8Array {
  const e = composer();
  e.reset();
  const state = new DataView(e.memory.buffer, e.learningAt(), LEARNING.size);
  const protocols = Array.from({ length: PROTOCOLS }, (_, p) => classes.find(({ key }) => key === BigInt(p)));
  const services = chosen(classes);
  for (const [i, own] of [...protocols, ...services].entries())
    if (own) putSums(state, LEARNING.sums + i * LEARNING.classSize, own);
  for (const [i, { key }] of services.entries()) state.setBigUint64(LEARNING.keys + 8 * i, key, true);
  for (const [b, counts] of distances.entries())
    for (const [i, n] of counts.entries())
      state.setUint32(LEARNING.spans + b * LEARNING.histogram + 8 + 4 * i, Math.min(n, COUNT_MAX), true);
  e.finish();
  // Protocols that were never seen are described alike: one description serves them all.
  const seen = protocols.flatMap((own, i) => (own?.frames ? [i] : []));
  if (!seen.length) throw new RangeError("shape: no frame was learned");
  const described = seen.length < PROTOCOLS ? [...seen, protocols.findIndex((own) => !own?.frames)] : seen;
  const section = new Uint8Array(HEAD + 8 * services.length + DESCRIPTION * (described.length + services.length));
  const memory = new Uint8Array(e.memory.buffer);
  section.set(memory.subarray(e.headAt(), e.headAt() + HEAD));
  const view = new DataView(section.buffer);
  view.setUint32(0, described.length, true);
  view.setFloat64(8, limit, true);
  for (let p = 0; p < PROTOCOLS; p++) section[40 + p] = seen.includes(p) ? described.indexOf(p) : described.length - 1;
  for (const [i, { key }] of services.entries()) view.setBigUint64(HEAD + 8 * i, key, true);
  for (const [i, from] of [...described, ...services.map((_, s) => PROTOCOLS + s)].entries()) {
    const at = e.descriptionsAt() + from * DESCRIPTION;
    section.set(memory.subarray(at, at + DESCRIPTION), HEAD + 8 * services.length + i * DESCRIPTION);
  }
  return section;
}

function putSums(state: DataView, at: number, { key, frames, blocks }: ClassSums): void {
  const put = (i: number, value: bigint) => {
    if (BigInt.asIntN(64, value) !== value) throw new RangeError(`shape: class ${key}: a sum beyond 64 bits`);
    state.setBigInt64(at + 8 * i, value, true);
  };
  put(0, frames);
  for (const [b, sums] of blocks.entries())
    for (const [i, value] of sums.entries())
      put(i < blockLength(b) ? 1 + 10 * b + i : 58 + 55 * b + i - blockLength(b), value);
}
