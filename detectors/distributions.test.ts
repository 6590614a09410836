// Histogram, quantile sketch, entropy, distinct counter and Markov chain.
import fc from "fast-check";
import * as ss from "simple-statistics";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bytes, hostile, normals, type Statistics, statistics, uniforms } from "./testing/statistics.ts";

fc.configureGlobal({ seed: 20261120, numRuns: 100 });
let s: Statistics;
beforeAll(async () => {
  s = await statistics();
});
beforeEach(() => s.clear());

describe("histogram", () => {
  const values = fc.array(fc.oneof(fc.bigInt(0n, 100n), fc.bigInt(0n, 2n ** 40n), fc.bigInt(0n, 2n ** 64n - 1n)), {
    maxLength: 80,
  });
  const fill = (i: number, list: bigint[]) => list.forEach((v) => void s.f.histogramUpdate!(s.state(i), v));
  it("puts a value into the bucket whose edges enclose it, at most 1/8 wide", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 40n - 1n), (v) => {
        const b = s.f.bucket!(v);
        const low = BigInt(s.f.lowest!(b));
        const high = b === 303 ? 2n ** 40n : BigInt(s.f.lowest!(b + 1));
        return low <= v && v < high && (high - low) * 8n <= (low > 8n ? low : 8n);
      }),
    );
  });
  it("merges to the same bytes in any order", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        s.clear();
        fill(0, a);
        fill(1, b);
        fill(2, [...b, ...a].reverse());
        s.f.histogramMerge!(s.state(0), s.state(1));
        return bytes(s, 0, 1224) === bytes(s, 2, 1224);
      }),
    );
  });
  it("is surprised by what is rare: 0 .. 64 bits, more for rarer", () => {
    fill(0, [...Array(900).fill(60n), ...Array(100).fill(1500n)]);
    const [often, seldom, never] = [60n, 1500n, 9n].map((v) => s.f.histogramScore!(s.state(0), v));
    expect(often).toBeCloseTo(-Math.log2(900.5 / 1152), 12);
    expect(seldom).toBeCloseTo(-Math.log2(100.5 / 1152), 12);
    expect(never).toBeCloseTo(-Math.log2(0.5 / 1152), 12);
    expect(s.f.atLeast!(s.state(0), 1000n)).toBe(0.1);
    expect(s.f.atLeast!(s.state(0), 1600n)).toBe(0);
  });
});

describe("quantile sketch", () => {
  const fill = (i: number, list: number[]) => list.forEach((v) => void s.f.quantileUpdate!(s.state(i), v));
  const positive = fc.array(fc.double({ min: 1e-5, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 });
  const log = fc.array(
    fc.double({ min: -19, max: 19, noNaN: true }).map((e) => 2 ** e),
    { minLength: 1, maxLength: 200 },
  );
  it("is within 1/65 of the value of that rank", () => {
    fc.assert(
      fc.property(fc.oneof(positive, log), fc.double({ min: 0, max: 1, noNaN: true }), (xs, q) => {
        s.clear();
        fill(0, xs);
        const sorted = [...xs].sort((a, b) => a - b);
        const exact = sorted[Math.floor(q * (xs.length - 1))]!;
        return Math.abs(s.f.quantile!(s.state(0), q) - exact) <= exact / 65 + 1e-12;
      }),
    );
  });
  it("agrees with simple-statistics' quantile, median and MAD of a large sample", () => {
    const xs = normals(5, 4000).map((z) => Math.exp(z) * 100);
    fill(0, xs);
    for (const q of [0.01, 0.25, 0.5, 0.75, 0.99]) {
      const exact = ss.quantile(xs, q);
      expect(Math.abs(s.f.quantile!(s.state(0), q) / exact - 1)).toBeLessThan(1 / 65 + 0.003);
    }
    const median = s.f.quantile!(s.state(0), 0.5);
    fill(
      1,
      xs.map((x) => Math.abs(x - median)),
    );
    expect(Math.abs(s.f.quantile!(s.state(1), 0.5) / ss.medianAbsoluteDeviation(xs) - 1)).toBeLessThan(0.05);
  });
  it("merges to the same bytes in any order", () => {
    fc.assert(
      fc.property(hostile, positive, (a, b) => {
        s.clear();
        fill(0, a);
        fill(1, b);
        fill(2, [...b, ...a]);
        s.f.quantileMerge!(s.state(0), s.state(1));
        return bytes(s, 0, 5136) === bytes(s, 2, 5136);
      }),
    );
  });
  it("takes anything: too small counts as 0, too large as 2^20; ranks stay within 0 and 1", () => {
    fill(0, [Number.NaN, -1, 0, 1e-300, 1e300, Infinity]);
    expect(s.f.quantile!(s.state(0), 0)).toBe(0);
    expect(s.f.quantile!(s.state(0), 1)).toBe(2 ** 20);
    fc.assert(
      fc.property(hostile, fc.double(), fc.double(), (xs, x, q) => {
        s.clear();
        fill(0, xs);
        const score = s.f.quantileScore!(s.state(0), x);
        const value = s.f.quantile!(s.state(0), q);
        return score >= 0 && score <= 1 && value >= 0 && value <= 2 ** 20;
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
        return Math.abs(s.f.ofBytes!(s.state(0), data.length) - shannon(counts)) < 1e-9;
      }),
      { numRuns: 50 },
    );
    expect(s.f.fullness!(3, 8)).toBe(1);
    expect(s.f.fullness!(0, 0)).toBe(0);
  });
  it("of a stream is that of its counts, through halvings", () => {
    const list = fc.array(fc.integer({ min: 0, max: 127 }), { minLength: 1, maxLength: 1500 });
    fc.assert(
      fc.property(list, (symbols) => {
        s.clear();
        let counts = Array<number>(128).fill(0);
        for (const v of symbols) {
          s.f.entropyUpdate!(s.state(0), BigInt(v), 256);
          counts[v]!++;
          if (ss.sum(counts) >= 256) counts = counts.map((c) => c >> 1);
        }
        return Math.abs(s.f.entropy!(s.state(0)) - shannon(counts)) < 1e-9;
      }),
      { numRuns: 30 },
    );
  });
  it("merges by adding counts, and keeps to the window", () => {
    for (let i = 0; i < 200; i++) s.f.entropyUpdate!(s.state(0), 3n, 256);
    for (let i = 0; i < 200; i++) s.f.entropyUpdate!(s.state(1), 9n, 256);
    s.f.entropyMerge!(s.state(0), s.state(1), 256);
    expect(s.f.entropy!(s.state(0))).toBeCloseTo(1, 12);
    expect(s.memory().getUint32(s.state(0), true)).toBe(200);
    expect(s.f.entropyScore!(s.state(0), 4)).toBeCloseTo(3, 12);
  });
});

describe("distinct count", () => {
  const add = (i: number, from: number, to: number) => {
    for (let k = from; k < to; k++) s.f.distinctUpdate!(s.state(i), s.f.spread!(BigInt(k)) as unknown as bigint);
  };
  it("has the paper's standard error, 13 %, over 60 sets of each size", () => {
    for (const n of [5, 30, 100, 300, 1000, 20000]) {
      const errors: number[] = [];
      for (let run = 0; run < 60; run++) {
        s.clear();
        add(0, run * 1_000_003, run * 1_000_003 + n);
        errors.push(s.f.estimate!(s.state(0)) / n - 1);
      }
      expect(Math.abs(ss.mean(errors))).toBeLessThan(0.06);
      expect(ss.standardDeviation(errors)).toBeLessThan(n <= 100 ? 0.13 : 0.17);
    }
  });
  it("merges to the same bytes, counts nothing twice, and is bounded", () => {
    add(0, 0, 500);
    add(1, 250, 750);
    add(2, 0, 750);
    s.f.distinctMerge!(s.state(0), s.state(1));
    expect(bytes(s, 0, 64)).toBe(bytes(s, 2, 64));
    expect(s.f.distinctUpdate!(s.state(0), s.f.spread!(5n) as unknown as bigint)).toBe(0);
    s.clear();
    expect(s.f.estimate!(s.state(0))).toBe(0);
    for (let r = 0n; r < 64n; r++) s.f.distinctUpdate!(s.state(0), r << 58n);
    expect(s.f.distinctScore!(s.state(0), 1)).toBeLessThanOrEqual(58);
  });
});

describe("Markov chain", () => {
  const K = 5;
  const open = () => [0, 1, 2].forEach((i) => void s.f.markovOpen!(s.state(i), K));
  const learn = (i: number, list: number[]) => list.forEach((v) => void s.f.markovUpdate!(s.state(i), v));
  const list = fc.array(fc.integer({ min: 0, max: K - 1 }), { minLength: 1, maxLength: 150 });
  it("has the transitions' frequencies with half a transition more each; rows sum to 1", () => {
    fc.assert(
      fc.property(list, (symbols) => {
        s.clear();
        open();
        learn(0, symbols);
        for (let a = 0; a < K; a++) {
          const row = symbols.slice(1).filter((_, i) => symbols[i] === a);
          for (let b = 0; b < K; b++) {
            const p = (row.filter((v) => v === b).length + 0.5) / (row.length + 0.5 * K);
            if (Math.abs(s.f.probability!(s.state(0), a, b) - p) > 1e-12) return false;
          }
        }
        return true;
      }),
    );
  });
  it("expects, as surprise, the entropy of the row", () => {
    open();
    const u = uniforms(9, 3000);
    learn(
      0,
      u.map((v) => Math.floor(v * 2)),
    );
    const p = [0, 1, 2, 3, 4].map((b) => s.f.probability!(s.state(0), 0, b));
    expect(s.f.expected!(s.state(0), 0)).toBeCloseTo(-ss.sum(p.map((q) => q * Math.log2(q))), 9);
    s.f.markovStep!(s.state(0), 0);
    expect(s.f.markovScore!(s.state(0), 4)).toBeGreaterThan(9);
    expect(s.f.markovScore!(s.state(0), 1)).toBeLessThan(1.2);
  });
  it("merges by adding transitions; refuses another number of symbols; survives any symbol", () => {
    fc.assert(
      fc.property(list, list, (a, b) => {
        s.clear();
        open();
        learn(0, a);
        learn(1, b);
        learn(2, b);
        s.memory().setUint32(s.state(2) + 4, 0, true); // a break between the two
        learn(2, a);
        s.f.markovMerge!(s.state(0), s.state(1));
        const size = s.f.markovSize!(K);
        return bytes(s, 0, size) === bytes(s, 2, size);
      }),
    );
    s.f.markovOpen!(s.state(3), 4);
    expect(s.f.markovMerge!(s.state(0), s.state(3))).toBe(0);
    s.f.markovUpdate!(s.state(3), 4294967295);
    s.f.markovUpdate!(s.state(3), 77);
    expect(s.f.probability!(s.state(3), 3, 3)).toBe(1.5 / 3);
    expect(s.f.markovScore!(s.state(3), 2 ** 31)).toBeLessThanOrEqual(32);
  });
});
