// The code: against other people's, and that any m losses are made up for.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { ReedSolomonErasure } from "@digitaldefiance/reed-solomon-erasure.wasm";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { instantiateOnboard } from "../lib/asc.ts";
import type { ExportsOf } from "../lib/exports.ts";

type Probe = ExportsOf<"transfer/onboard/code.probe.ts">;
const SHARD = 1424;
let e: Probe;
beforeEach(async () => {
  e = (await instantiateOnboard("transfer/onboard/code.probe.ts")).exports;
});
const bytes = (at: number, length: number) => Buffer.from(new Uint8Array(e.memory.buffer, at, length));
const put = (data: Uint8Array) => new Uint8Array(e.memory.buffer, e.inAt() + 32, SHARD).fill(0).set(data);
const frame = () => bytes(e.outAt(), 1472);

/** Frames of these shards, and of their parity at the end. */
function encoded(shards: readonly Uint8Array[]): Buffer[] {
  const frames: Buffer[] = [];
  const fetch = () => {
    while (e.parity()) frames.push(frame());
  };
  for (const shard of shards) {
    put(shard);
    e.add();
    frames.push(frame());
    fetch();
  }
  e.close();
  fetch();
  return frames;
}

/** Shards that come of these frames. */
function decoded(frames: readonly Buffer[]): Buffer[] {
  const shards: Buffer[] = [];
  for (const f of frames) {
    new Uint8Array(e.memory.buffer, e.inAt(), 1472).set(f);
    if (e.take()) shards.push(f.subarray(32, 32 + SHARD));
    for (let at = e.calculated(); at; at = e.calculated()) shards.push(bytes(at, SHARD));
  }
  return shards;
}

const numbered = (count: number) =>
  Array.from({ length: count }, (_, n) => Buffer.from(Array.from({ length: SHARD }, (_, i) => (n * 31 + i * 7) & 255)));
const sorted = (list: readonly Buffer[]) => list.map((b) => b.toString("latin1")).sort();

// REQ-TRANSFER-006
it("is Backblaze's code: the golden vector of k = 4, m = 2", () => {
  e.open(4, 2, 1);
  const shards = Array.from({ length: 4 }, (_, n) => Uint8Array.from({ length: 8 }, (_, i) => 8 * n + i));
  const parity = encoded(shards)
    .slice(4)
    .map((f) => f.subarray(32, 40));
  expect(parity).toEqual([
    Buffer.from([0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27]),
    Buffer.from([0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f]),
  ]);
});

it("gives the bytes of reed-solomon-erasure for every profile there can be", () => {
  const wasm = createRequire(import.meta.url)
    .resolve("@digitaldefiance/reed-solomon-erasure.wasm")
    .replace(/index\.\w+$/, "reed_solomon_erasure_bg.wasm");
  const oracle = ReedSolomonErasure.fromBytes(readFileSync(wasm));
  for (const [k, m] of [
    [32, 8],
    [16, 4],
    [1, 1],
    [2, 3],
    [31, 8],
    [7, 5],
  ] as const) {
    const shards = Array.from({ length: k }, () => randomBytes(SHARD));
    const all = Buffer.concat([...shards, Buffer.alloc(m * SHARD)]);
    expect(oracle.encode(all, k, m)).toBe(ReedSolomonErasure.RESULT_OK);
    e.open(k, m, 1);
    const parity = encoded(shards).slice(k);
    expect(parity.map((f) => f.subarray(32, 32 + SHARD))).toEqual(
      Array.from({ length: m }, (_, r) => all.subarray((k + r) * SHARD, (k + r + 1) * SHARD)),
    );
  }
});

describe("what is lost is calculated", () => {
  // REQ-TRANSFER-006
  it("any m of k + m, any profile, windows closed early or not", () => {
    fc.assert(
      fc.property(
        fc.constantFrom([32, 8, 16], [16, 4, 1], [4, 2, 3], [1, 1, 1], [5, 8, 2]),
        fc.integer({ min: 1, max: 300 }),
        fc.integer(),
        ([k, m, interleave], count, seed) => {
          e.open(k!, m!, interleave!);
          const shards = numbered(count);
          const frames = encoded(shards);
          // Of each block at most m of its frames, anywhere
          let state = seed >>> 0;
          const random = (n: number) => {
            state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
            return Math.floor((state / 2 ** 32) * n);
          };
          const gone = new Map<number, number>();
          const kept = frames.filter((f) => {
            const block = f.readUInt32LE(24);
            const lost = gone.get(block) ?? 0;
            if (lost >= m! || random(3)) return true;
            gone.set(block, lost + 1);
            return false;
          });
          expect(sorted(decoded(kept))).toEqual(sorted(shards));
        },
      ),
      { numRuns: 40, seed: 7 },
    );
  });
  it("a burst of 128 frames of a window of 640", () => {
    e.open(32, 8, 16);
    const shards = numbered(512);
    const frames = encoded(shards);
    expect(frames).toHaveLength(640);
    for (const at of [0, 100, 384, 512]) {
      e.open(32, 8, 16);
      expect(sorted(decoded(frames.toSpliced(at, 128)))).toEqual(sorted(shards));
    }
    e.open(32, 8, 16);
    const some = decoded(frames.toSpliced(100, 200));
    expect(some.length).toBeLessThan(512);
    expect(sorted(some).every((s) => sorted(shards).includes(s))).toBe(true);
  });
  it("in whatever order and however often frames come, as long as a window is not two behind", () => {
    e.open(32, 8, 16);
    const shards = numbered(1100);
    const frames = encoded(shards);
    const mixed = frames
      .flatMap((f, n) => (n % 7 ? [f] : [f, f]))
      .map((f, n) => ({ f, key: n + ((n * 7919) % 400) }))
      .sort((a, b) => a.key - b.key)
      .map(({ f }) => f)
      .filter((_, n) => (Math.imul(n, 2654435761) >>> 0) % 16 !== 0);
    expect(sorted(decoded(mixed))).toEqual(sorted(shards));
  });
  it("more than m of a block: those that came, nothing else, and what is lost is counted", () => {
    e.open(16, 4, 1);
    const shards = numbered(48);
    const frames = encoded(shards);
    const kept = frames.filter((_, n) => n < 3 || n >= 8);
    const out = decoded(kept);
    expect(sorted(out)).toEqual(sorted([...shards.slice(0, 3), ...shards.slice(8)]));
    expect(e.lost()).toBe(5);
  });
});
