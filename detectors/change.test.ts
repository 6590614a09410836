// CUSUM, sequential probability ratio test, interval profile: statistics about order and time.
import fc from "fast-check";
import * as ss from "simple-statistics";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hostile, normals, type Statistics, statistics, times, uniforms } from "./testing/statistics.ts";

fc.configureGlobal({ seed: 20261120, numRuns: 100 });
let s: Statistics;
const MS = 1_000_000n;
beforeAll(async () => {
  s = await statistics();
});
beforeEach(() => s.clear());

describe("CUSUM", () => {
  /** Values until the alarm. */
  const run = (zs: number[], slack: number, limit: number) => {
    s.clear();
    const i = zs.findIndex((z, k) => {
      s.f.cusumUpdate!(s.state(0), BigInt(k), z, slack, limit);
      return s.f.cusumScore!(s.state(0), limit) >= 1;
    });
    return i < 0 ? zs.length : i + 1;
  };
  it("has the run lengths of the textbook (Montgomery, section 9.1: 465 at no shift, 10.4 at one deviation)", () => {
    const zs = normals(3, 400_000);
    const lengths = (shift: number, n: number) => {
      let at = 0;
      return Array.from({ length: n }, () => {
        const used = run(
          zs.slice(at, at + 6000).map((z) => z + shift),
          0.5,
          5,
        );
        at += used;
        return used;
      });
    };
    expect(ss.mean(lengths(0, 300))).toBeGreaterThan(400);
    expect(ss.mean(lengths(0, 300))).toBeLessThan(530);
    expect(Math.abs(ss.mean(lengths(1, 1500)) - 10.4)).toBeLessThan(0.6);
    expect(Math.abs(ss.mean(lengths(-1, 1500)) - 10.4)).toBeLessThan(0.6);
  });
  it("says when the change began, and forgets an attack in bounded time", () => {
    for (let k = 0; k < 100; k++) s.f.cusumUpdate!(s.state(0), BigInt(k), k < 60 ? -1 : 2, 0.5, 5);
    expect(s.f.cusumSince!(s.state(0)) as unknown as bigint).toBe(60n);
    expect(s.f.cusumScore!(s.state(0), 5)).toBe(2);
    let k = 0;
    for (; s.f.cusumScore!(s.state(0), 5) >= 1; k++) s.f.cusumUpdate!(s.state(0), BigInt(100 + k), 0, 0.5, 5);
    expect(k).toBe(11);
  });
  // REQ-DETECT-001
  it("is bounded under hostile values", () => {
    fc.assert(
      fc.property(hostile, times, (zs, t) => {
        s.clear();
        for (const z of zs) s.f.cusumUpdate!(s.state(0), t, z, 0.5, 4);
        const score = s.f.cusumScore!(s.state(0), 4);
        return score >= 0 && score <= 2;
      }),
    );
  });
});

describe("sequential probability ratio test", () => {
  it("refuses what are no probabilities", () => {
    for (const [a, b, c, d] of [
      [0.2, 0.8, 0.01, 0.01],
      [0.8, 0, 0.01, 0.01],
      [1, 0.2, 0.01, 0.01],
      [0.8, 0.2, 0.6, 0.5],
      [Number.NaN, 0.2, 0.1, 0.1],
    ] as const)
      expect(s.f.sprtPlan!(s.state(9), a, b, c, d)).toBe(0);
  });
  it("decides as Jung et al. compute: with 0.8/0.2, 0.01/0.01 four failures make a scanner, four successes clear", () => {
    s.f.sprtPlan!(s.state(9), 0.8, 0.2, 0.01, 0.01); // ln 99 / ln 4 = 3.31
    for (const [outcome, decided] of [
      [0, 2],
      [1, 1],
    ] as const) {
      s.clear();
      s.f.sprtPlan!(s.state(9), 0.8, 0.2, 0.01, 0.01);
      const decisions = [1, 2, 3, 4].map(() => {
        s.f.sprtUpdate!(s.state(0), s.state(9), outcome);
        return s.f.sprtDecision!(s.state(0), s.state(9));
      });
      expect(decisions).toEqual([0, 0, 0, decided]);
    }
  });
  // REQ-DETECT-005
  it("keeps Wald's error rates", () => {
    const u = uniforms(11, 200_000);
    let at = 0;
    for (const [p, wrong] of [
      [0.8, 2],
      [0.2, 1],
    ] as const) {
      let errors = 0;
      for (let i = 0; i < 4000; i++) {
        s.clear();
        s.f.sprtPlan!(s.state(9), 0.8, 0.2, 0.02, 0.05);
        let d = 0;
        while (!d) {
          s.f.sprtUpdate!(s.state(0), s.state(9), u[at++ % u.length]! < p ? 1 : 0);
          d = s.f.sprtDecision!(s.state(0), s.state(9));
        }
        if (d === wrong) errors++;
      }
      expect(errors / 4000).toBeLessThan(wrong === 2 ? 0.0213 : 0.052); // Wald: alpha/(1-beta), beta/(1-alpha)
    }
  });
  it("merges by adding walks; the score is bounded", () => {
    s.f.sprtPlan!(s.state(9), 0.8, 0.2, 0.001, 0.01);
    for (const i of [0, 1]) for (let k = 0; k < 2; k++) s.f.sprtUpdate!(s.state(i), s.state(9), 0);
    for (let k = 0; k < 4; k++) s.f.sprtUpdate!(s.state(2), s.state(9), 0);
    s.f.sprtMerge!(s.state(0), s.state(1), s.state(9));
    expect(s.f.sprtScore!(s.state(0), s.state(9))).toBeCloseTo(s.f.sprtScore!(s.state(2), s.state(9)), 12);
    for (let k = 0; k < 1000; k++) s.f.sprtUpdate!(s.state(2), s.state(9), 0);
    expect(s.f.sprtScore!(s.state(2), s.state(9))).toBe(2);
  });
});

describe("interval profile", () => {
  const feed = (i: number, gaps: number[], start = 1_000_000_000) => {
    let t = start;
    s.f.intervalUpdate!(s.state(i), BigInt(t));
    for (const g of gaps) {
      t += Math.round(g);
      s.f.intervalUpdate!(s.state(i), BigInt(t));
    }
    return BigInt(t);
  };
  const f64 = (i: number, offset: number) => s.memory().getFloat64(s.state(i) + offset, true);
  it("finds period and jitter of noisy polling, whatever its period (against simple-statistics)", () => {
    for (const [seed, period, jitter] of [
      [1, 1e9, 5e7],
      [2, 2e7, 1e6],
      [3, 6e10, 1e10],
    ] as const) {
      s.clear();
      const gaps = normals(seed, 3000).map((z) => period + jitter * z);
      feed(0, gaps);
      expect(Math.abs(f64(0, 8) / ss.mean(gaps) - 1)).toBeLessThan(0.04);
      const mad = ss.mean(gaps.map((g) => Math.abs(g - ss.mean(gaps))));
      expect(Math.abs(f64(0, 16) / mad - 1)).toBeLessThan(0.35);
    }
  });
  it("is hardly moved by one event in fifty being lost", () => {
    const gaps = normals(4, 3000).map((z, i) => (i % 50 === 49 ? 2e9 : 1e9) + 1e7 * z);
    feed(0, gaps);
    expect(Math.abs(f64(0, 8) / 1e9 - 1)).toBeLessThan(0.02);
    expect(s.f.regularity!(s.state(0))).toBeGreaterThan(0.9);
  });
  it("tells a metronome from bursts", () => {
    feed(0, Array(100).fill(1e8));
    feed(
      1,
      uniforms(5, 500).map((u) => -1e8 * Math.log(1 - u)),
    ); // Poisson: mean deviation 2/e of the mean
    expect(s.f.regularity!(s.state(0))).toBe(1);
    expect(s.f.regularity!(s.state(1))).toBeLessThan(0.55);
  });
  it("knows by when the next event is due, and scores silence from there on", () => {
    const last = feed(0, Array(100).fill(1e8));
    const due = s.f.deadline!(s.state(0), 10, 3, 1e6) as unknown as bigint;
    expect(due).toBe(last + 400n * MS);
    expect(s.f.silence!(s.state(0), last + 100n * MS, 1e6)).toBe(0);
    expect(s.f.silence!(s.state(0), last + 110n * MS, 1e6)).toBeCloseTo(10, 9);
    expect(s.f.silence!(s.state(0), last + 900_000n * MS, 1e6)).toBe(100);
    expect(s.f.intervalScore!(s.state(0), last + 90n * MS, 1e6)).toBeCloseTo(10, 9);
  });
  it("merges profiles of one regime to what one of them is", () => {
    feed(0, Array(50).fill(1e8));
    feed(1, Array(150).fill(1e8), 9_000_000_000);
    s.f.intervalMerge!(s.state(0), s.state(1));
    expect([f64(0, 8), f64(0, 16), f64(0, 24)]).toEqual([1e8, 0, 200]);
  });
  it("stays finite and bounded whatever the clock does", () => {
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 60 }), times, (ts, t) => {
        s.clear();
        for (const x of ts) s.f.intervalUpdate!(s.state(0), x);
        const scores = [s.f.intervalScore!(s.state(0), t, 0), s.f.silence!(s.state(0), t, 0)];
        const r = s.f.regularity!(s.state(0));
        const finite = [8, 16, 24, 32].every((o) => f64(0, o) >= 0 && f64(0, o) < Infinity);
        return finite && r >= 0 && r <= 1 && scores.every((x) => x >= 0 && x <= 100);
      }),
    );
  });
});
