// The statistics' test entry, instantiated; what their tests share.
import fc from "fast-check";
import { instantiateOnboard } from "../../lib/asc.ts";
import type { ExportsOf } from "../../lib/exports.ts";

export interface Statistics {
  f: ExportsOf<"detectors/onboard/statistics.probe.ts">;
  /** Address of the i-th state (8 KiB apart). */
  state: (i: number) => number;
  memory: () => DataView;
  clear: () => void;
}

export async function statistics(): Promise<Statistics> {
  const f = (await instantiateOnboard("detectors/onboard/statistics.probe.ts")).exports;
  const base = f.at();
  return {
    f,
    state: (i) => base + i * 8192,
    memory: () => new DataView(f.memory.buffer),
    clear: () => void f.clear(),
  };
}

/** The bytes of a state, for comparing two. */
export function bytes(s: Statistics, i: number, length: number): string {
  return Buffer.from(s.memory().buffer, s.state(i), length).toString("hex");
}

/** Times in ns that repeat, jump and go backwards. */
export const times = fc.oneof(
  fc.bigInt(0n, 2n ** 64n - 1n),
  fc.bigInt(0n, 10n ** 10n),
  fc.constantFrom(0n, 1n, 2n ** 63n, 2n ** 64n - 1n),
);
