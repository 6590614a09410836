// The statistics' test entry, instantiated; what their tests share.
import fc from "fast-check";
import { instantiateOnboard } from "../../lib/asc.ts";
import { normal, uniform } from "../../lib/numerics/random.ts";

type Call = (...values: (number | bigint)[]) => number;

export interface Probe {
  /** Export by name; u64 parameters are bigint. */
  [name: string]: Call;
}

export interface Statistics {
  f: Probe;
  /** Address of the i-th state (8 KiB apart). */
  state: (i: number) => number;
  memory: () => DataView;
  clear: () => void;
}

export async function statistics(): Promise<Statistics> {
  const f = (await instantiateOnboard("detectors/onboard/statistics.probe.ts")).exports as unknown as Probe;
  const base = f.at!();
  return {
    f,
    state: (i) => base + i * 8192,
    memory: () => new DataView((f.memory as unknown as WebAssembly.Memory).buffer),
    clear: () => void f.clear!(),
  };
}

/** The bytes of a state, for comparing two. */
export function bytes(s: Statistics, i: number, length: number): string {
  return Buffer.from(s.memory().buffer, s.state(i), length).toString("hex");
}

/** Numbers as traffic has them, and as an attacker would have them. */
export const plain = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 200 });
export const hostile = fc.array(
  fc.oneof(
    fc.double(),
    fc.constantFrom(0, -0, 1, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, Infinity, -Infinity, Number.NaN),
  ),
  { minLength: 1, maxLength: 60 },
);
/** Times in ns that repeat, jump and go backwards. */
export const times = fc.oneof(
  fc.bigInt(0n, 2n ** 64n - 1n),
  fc.bigInt(0n, 10n ** 10n),
  fc.constantFrom(0n, 1n, 2n ** 63n, 2n ** 64n - 1n),
);

/** Within a relative error of `scale` (at least 1e-9 of it). */
export const near = (a: number, b: number, scale = Math.max(Math.abs(a), Math.abs(b), 1)) =>
  Math.abs(a - b) <= 1e-9 * scale;

/** Normal and uniform deviates from a seed. */
export const normals = (seed: number, n: number): number[] => Array.from({ length: n }, normal(seed));
export const uniforms = (seed: number, n: number): number[] => Array.from({ length: n }, uniform(seed));
