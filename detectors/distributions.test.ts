// Histogram, entropy of bytes, distinct counter.
import fc from "fast-check";
import * as ss from "simple-statistics";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bytes, type Statistics, statistics } from "./testing/statistics.ts";

fc.configureGlobal({ seed: 20261120, numRuns: 100 });
let s: Statistics;
beforeAll(async () => {
  s = await statistics();
});
beforeEach(() => s.clear());

describe("histogram", () => {
  it("puts a value into the bucket whose edges enclose it, at most 1/8 wide", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 40n - 1n), (v) => {
        const b = s.f.bucket(v);
        const low = BigInt(s.f.lowest(b));
        const high = b === 303 ? 2n ** 40n : BigInt(s.f.lowest(b + 1));
        return low <= v && v < high && (high - low) * 8n <= (low > 8n ? low : 8n);
      }),
    );
  });
  it("counts each value in its bucket, and all of them in total", () => {
    const any = fc.oneof(fc.bigInt(0n, 100n), fc.bigInt(0n, 2n ** 40n), fc.bigInt(0n, 2n ** 64n - 1n));
    fc.assert(
      fc.property(fc.array(any, { maxLength: 80 }), (list) => {
        s.clear();
        const counts = Array<number>(304).fill(0);
        for (const v of list) {
          s.f.histogramUpdate(s.state(0), v);
          counts[s.f.bucket(v)]!++;
        }
        const total = s.memory().getBigUint64(s.state(0), true);
        return total === BigInt(list.length) && counts.every((n, b) => s.f.histogramCount(s.state(0), b) === n);
      }),
    );
  });
});

describe("entropy", () => {
  const shannon = (counts: number[]) => {
    const n = ss.sum(counts);
    return n ? -ss.sum(counts.filter((c) => c).map((c) => (c / n) * Math.log2(c / n))) : 0;
  };
  it("of bytes is Shannon's", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (data) => {
        new Uint8Array(s.memory().buffer).set(data, s.state(0));
        const counts = Array<number>(256).fill(0);
        for (const b of data) counts[b]!++;
        return Math.abs(s.f.ofBytes(s.state(0), data.length) - shannon(counts)) < 1e-9;
      }),
      { numRuns: 50 },
    );
    expect(s.f.fullness(3, 8)).toBe(1);
    expect(s.f.fullness(0, 0)).toBe(0);
  });
});

describe("distinct count", () => {
  const add = (i: number, from: number, to: number) => {
    for (let k = from; k < to; k++) s.f.distinctUpdate(s.state(i), s.f.spread(BigInt(k)));
  };
  it("has the paper's standard error, 13 %, over 60 sets of each size", () => {
    for (const n of [5, 30, 100, 300, 1000, 20000]) {
      const errors: number[] = [];
      for (let run = 0; run < 60; run++) {
        s.clear();
        add(0, run * 1_000_003, run * 1_000_003 + n);
        errors.push(s.f.estimate(s.state(0)) / n - 1);
      }
      expect(Math.abs(ss.mean(errors))).toBeLessThan(0.06);
      expect(ss.standardDeviation(errors)).toBeLessThan(n <= 100 ? 0.13 : 0.17);
    }
  });
  it("counts nothing twice, and is bounded", () => {
    add(0, 0, 500);
    const once = bytes(s, 0, 64);
    add(0, 250, 500);
    expect(bytes(s, 0, 64)).toBe(once);
    expect(s.f.distinctUpdate(s.state(0), s.f.spread(5n))).toBe(0);
    s.clear();
    expect(s.f.estimate(s.state(0))).toBe(0);
    for (let r = 0n; r < 64n; r++) s.f.distinctUpdate(s.state(0), r << 58n);
    expect(s.f.estimate(s.state(0))).toBeLessThanOrEqual(0.709 * 64 * 2 ** 59); // every register full: alpha m, times 2^59
  });
});
