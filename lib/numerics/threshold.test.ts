import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conformalLimit, pValue } from "./conformal.ts";
import { normal, uniform } from "./random.ts";
import { burstPeaks, limitFor, limitOfLargest } from "./threshold.ts";

fc.configureGlobal({ seed: 20261120, numRuns: 100 });

/** One score each second: |normal|, exponential or heavy-tailed. */
const draw = {
  normal: (seed: number) => {
    const z = normal(seed);
    return () => Math.abs(z());
  },
  exponential: (seed: number) => {
    const u = uniform(seed);
    return () => -Math.log(1 - u());
  },
  heavy: (seed: number) => {
    const u = uniform(seed);
    return () => (1 - u()) ** -0.25;
  },
};
const series = (kind: keyof typeof draw, seed: number, n: number) => {
  const next = draw[kind](seed);
  return Float64Array.from({ length: n }, next);
};
const seconds = (n: number) => Float64Array.from({ length: n }, (_, i) => 2 * i);

// REQ-DETECT-007
describe("limit for a wanted rate", () => {
  it("gives that rate on traffic it has not seen, by tail fit (training 5.6 h, wanted one in 2.8 h)", () => {
    for (const kind of ["normal", "exponential", "heavy"] as const) {
      let alarms = 0;
      for (let seed = 0; seed < 20; seed++) {
        const limit = limitFor({ scores: series(kind, seed, 10_000), times: seconds(10_000) }, { rate: 0.36, gap: 1 });
        expect(limit.method).toBe("extreme");
        expect(limit.interval.low).toBeLessThanOrEqual(limit.limit);
        expect(limit.interval.high).toBeGreaterThanOrEqual(limit.limit);
        alarms += series(kind, seed + 1000, 50_000).filter((x) => x > limit.limit).length;
      }
      const rate = alarms / ((20 * 100_000) / 3600);
      expect(rate).toBeGreaterThan(0.36 / 2);
      expect(rate).toBeLessThan(0.36 * 2);
    }
  });
  it("takes the rank when enough alarms are wanted, without any assumption", () => {
    const limit = limitFor({ scores: series("heavy", 5, 20_000), times: seconds(20_000) }, { rate: 9, gap: 1 });
    expect(limit.method).toBe("rank");
    const later = series("heavy", 6, 200_000).filter((x) => x > limit.limit).length;
    expect(later / 1000).toBeGreaterThan(0.6);
    expect(later / 1000).toBeLessThan(1.4);
  });
  it("says so when the sample is too small or has no tail: the largest score, and the rate that supports", () => {
    const few = limitFor({ scores: [1, 2, 3, 2, 1], times: [0, 900, 1800, 2700, 3600] }, { rate: 0.01 });
    expect(few).toMatchObject({ method: "largest", limit: 3, promised: 1, mute: false });
    const constant = limitFor({ scores: Array(5000).fill(4), times: seconds(5000) }, { rate: 0.01, ceiling: 4 });
    expect(constant).toMatchObject({ method: "largest", limit: 4, mute: true });
  });
  it("counts a burst as one alarm", () => {
    expect([...burstPeaks({ scores: [5, 1, 7, 6, 9], times: [0, 0.5, 0.9, 1.5, 9] }, 2, 1)]).toEqual([7, 9]);
    const two = (gap: number, floor = 2) => [...burstPeaks({ scores: [5, 7], times: [10, 10 + gap] }, floor, 1)];
    expect([two(1), two(1.25)]).toEqual([[7], [5, 7]]); // as far apart as the gap, and farther
    expect([two(1, 5), two(2, 5), two(2, 5.5)]).toEqual([[7], [5, 7], [7]]); // the floor is reached, or not
  });
  it("takes the rank from ten alarms wanted on, and fits a tail from thirty different peaks on", () => {
    const rising = (n: number) => ({ scores: Array.from({ length: n }, (_, i) => 1 + i), times: seconds(n) });
    const wanting = (expected: number) => limitFor({ ...rising(1000), hours: 1 }, { rate: expected });
    expect([wanting(9.99), wanting(10)].map(({ method }) => method)).toEqual(["extreme", "rank"]);
    expect(wanting(10)).toMatchObject({ limit: 991, promised: 10 });
    // of 300 scores the upper tenth is the tail: the smallest of them is its floor
    const [few, enough] = [290, 300].map((n) => limitFor({ ...rising(n), hours: 1 }, { rate: 0.01 }));
    expect([few!.method, enough!.method]).toEqual(["largest", "extreme"]);
    expect(enough!.tail!.excesses).toBe(30);
  });
  it("rises as the wanted rate falls, and never depends on how scores are scaled", () => {
    const scores = series("exponential", 9, 8000);
    const times = seconds(8000);
    const limits = [100, 30, 3, 1, 0.1, 0.01].map((rate) => limitFor({ scores, times }, { rate }));
    for (let i = 1; i < limits.length; i++) expect(limits[i]!.limit).toBeGreaterThan(limits[i - 1]!.limit);
    const scaled = limitFor({ scores: scores.map((x) => x * 1000), times }, { rate: 0.1 });
    expect(scaled.limit / limits[4]!.limit).toBeCloseTo(1000, 2);
  });
  it("refuses invalid samples", () => {
    const times = [0, 1];
    expect(() => limitFor({ scores: [], times: [] }, { rate: 1 })).toThrow(RangeError);
    expect(() => limitFor({ scores: [1, Number.NaN], times }, { rate: 1 })).toThrow(RangeError);
    expect(() => limitFor({ scores: [1, 2], times }, { rate: 0 })).toThrow(RangeError);
  });
});

describe("limit from the largest peaks that were kept", () => {
  const n = 8000;
  const scores = series("exponential", 4, n);
  const largest = Array.from(scores).sort((a, b) => b - a);
  const hours = (2 * (n - 1)) / 3600;

  it("is that of all scores: the few largest say it all", () => {
    for (const rate of [30, 10, 1, 0.1]) {
      const all = limitFor({ scores, times: seconds(n) }, { rate });
      const kept = limitOfLargest({ largest: largest.slice(0, 256), count: n, hours }, { rate });
      expect(kept.method).toBe(rate > 2 ? "rank" : "extreme");
      expect(kept).toMatchObject({ method: all.method, peaks: n });
      expect(kept.limit).toBeCloseTo(all.limit, 9);
      expect(kept.interval.low).toBeCloseTo(all.interval.low, 9);
    }
  });
  it("is the smallest kept when more alarms are wanted than peaks were kept, and says what it promises", () => {
    const limit = limitOfLargest({ largest: largest.slice(0, 50), count: n, hours }, { rate: 100 });
    expect(limit).toMatchObject({ method: "rank", limit: largest[49] });
    expect(limit.promised).toBeCloseTo(50 / hours, 9);
  });
  it("of a handful is the largest, and none is refused", () => {
    const few = { largest: [3, 2, 1], count: 3, hours: 0.1 };
    expect(limitOfLargest(few, { rate: 0.1 })).toMatchObject({ method: "largest", limit: 3, promised: 10 });
    expect(() => limitOfLargest({ ...few, largest: [] }, { rate: 1 })).toThrow(RangeError);
    expect(() => limitOfLargest(few, { rate: 0 })).toThrow(RangeError);
  });
});

describe("conformal", () => {
  it("exceeds with at most the chance it says, for every size of sample", () => {
    const u = uniform(3);
    for (const n of [9, 19, 99]) {
      let above = 0;
      for (let i = 0; i < 4000; i++) {
        const limit = conformalLimit(Float64Array.from({ length: n }, u).sort(), 0.1)!;
        if (u() > limit) above++;
      }
      expect(above / 4000).toBeLessThan(0.1 + 0.015);
      expect(above / 4000).toBeGreaterThan(0.1 - 0.015);
    }
    expect(conformalLimit(Float64Array.of(1, 2, 3), 0.1)).toBeNull();
  });
  it("p-values are ranks from above, never 0", () => {
    const clean = Float64Array.of(1, 2, 2, 3);
    expect([0, 2, 3, 9].map((x) => pValue(clean, x))).toEqual([1, 0.8, 0.4, 0.2]);
  });
});
