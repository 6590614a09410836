// Welford, damped, pair, EWMA against simple-statistics and against their own definitions.
import fc from "fast-check";
import * as ss from "simple-statistics";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hostile, near, plain, type Statistics, statistics, times } from "./testing/statistics.ts";

fc.configureGlobal({ seed: 20261120, numRuns: 100 });
let s: Statistics;
const SECOND = 1_000_000_000n;
const RATE = [5, 3, 1, 0.1, 0.01];
beforeAll(async () => {
  s = await statistics();
});
beforeEach(() => s.clear());
const f64 = (i: number, offset: number) => s.memory().getFloat64(s.state(i) + offset, true);
const spread = (xs: number[]) => Math.max(...xs.map((x) => x * x), 1);

describe("Welford", () => {
  const all = (i: number, xs: number[]) => xs.forEach((x) => void s.f.welfordUpdate!(s.state(i), x));
  it("has simple-statistics' mean and variance", () => {
    fc.assert(
      fc.property(plain, (xs) => {
        s.clear();
        all(0, xs);
        return near(f64(0, 8), ss.mean(xs)) && near(s.f.welfordVariance!(s.state(0)), ss.variance(xs), spread(xs));
      }),
    );
  });
  it("merges as if seen in one pass", () => {
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        s.clear();
        all(0, a);
        all(1, b);
        s.f.welfordMerge!(s.state(0), s.state(1));
        const both = [...a, ...b];
        const variance = s.f.welfordVariance!(s.state(0));
        return (
          f64(0, 0) === both.length && near(f64(0, 8), ss.mean(both)) && near(variance, ss.variance(both), spread(both))
        );
      }),
    );
  });
  it("stays bounded under hostile values, and for a feature that was constant", () => {
    fc.assert(
      fc.property(hostile, fc.double(), fc.double({ min: 0, max: 10, noNaN: true }), (xs, x, floor) => {
        s.clear();
        all(0, xs);
        const score = s.f.welfordScore!(s.state(0), x, floor);
        return score >= 0 && score <= 100;
      }),
    );
    s.clear();
    all(0, [7, 7, 7, 7]);
    expect(s.f.welfordScore!(s.state(0), 7, 0)).toBe(0);
    expect(s.f.welfordScore!(s.state(0), 7.5, 0)).toBe(100);
    expect(s.f.welfordScore!(s.state(0), 7.5, 1)).toBe(0.5);
  });
});

describe("damped statistics", () => {
  const samples = fc.array(
    fc.record({ gap: fc.bigInt(0n, 3n * SECOND), x: fc.double({ min: 0, max: 1500, noNaN: true }) }),
    { minLength: 1, maxLength: 60 },
  );
  type Sample = { gap: bigint; x: number };
  const run = (i: number, list: Sample[], start = SECOND) => {
    let now = start;
    return list.map(({ gap, x }) => {
      now += gap;
      s.f.dampedUpdate!(s.state(i), now, x);
      return { now, x };
    });
  };
  /** The definition: every value with weight 2^(-rate * age). */
  const defined = (seen: { now: bigint; x: number }[], rate: number, now: bigint) => {
    const w = seen.map((v) => 2 ** (-rate * (Number(now - v.now) / 1e9)));
    const weight = ss.sum(w);
    const mean = ss.sum(seen.map((v, i) => v.x * w[i]!)) / weight;
    return { weight, mean, variance: ss.sum(seen.map((v, i) => (v.x - mean) ** 2 * w[i]!)) / weight };
  };
  const agrees = (i: number, seen: { now: bigint; x: number }[], now: bigint) =>
    RATE.every((rate, r) => {
      const d = defined(seen, rate, now);
      return (
        Math.abs(s.f.dampedWeight!(s.state(i), r) - d.weight) < 1e-7 &&
        Math.abs(s.f.dampedMean!(s.state(i), r) - d.mean) < 1e-4 &&
        Math.abs(s.f.dampedVariance!(s.state(i), r) - d.variance) < 0.1
      );
    });
  it("are the weighted moments they claim to be", () => {
    fc.assert(
      fc.property(samples, (list) => {
        s.clear();
        const seen = run(0, list);
        return agrees(0, seen, seen.at(-1)!.now);
      }),
    );
  });
  it("are plain mean and variance when no time passes", () => {
    fc.assert(
      fc.property(plain, (xs) => {
        s.clear();
        for (const x of xs) s.f.dampedUpdate!(s.state(0), SECOND, x);
        return RATE.every(
          (_, r) =>
            near(s.f.dampedMean!(s.state(0), r), ss.mean(xs)) &&
            near(s.f.dampedVariance!(s.state(0), r), ss.variance(xs), spread(xs)),
        );
      }),
    );
  });
  it("merge as if seen in one pass", () => {
    fc.assert(
      fc.property(samples, samples, (a, b) => {
        s.clear();
        const seen = [...run(0, a), ...run(1, b)];
        s.f.dampedMerge!(s.state(0), s.state(1));
        return agrees(0, seen, [seen.at(-1)!.now, seen[a.length - 1]!.now].sort((x, y) => Number(x - y))[1]!);
      }),
    );
  });
  it("of a constant have variance 0, for ever", () => {
    for (let i = 0n; i < 1000n; i++) s.f.dampedUpdate!(s.state(0), i * i * 1000000n, 1e9 + 0.1);
    for (let r = 0; r < 5; r++) expect(s.f.dampedVariance!(s.state(0), r)).toBe(0);
  });
  // REQ-DETECT-001
  it("stay finite whatever comes, whenever it says it came", () => {
    fc.assert(
      fc.property(hostile, fc.array(times, { minLength: 60, maxLength: 60 }), (xs, ts) => {
        s.clear();
        xs.forEach((x, i) => void s.f.dampedUpdate!(s.state(0), ts[i]!, x));
        return RATE.every((_, r) => {
          const values = [s.f.dampedWeight!(s.state(0), r), s.f.dampedMean!(s.state(0), r)];
          const score = s.f.dampedScore!(s.state(0), r, xs[0]!, 1e-9);
          const v = s.f.dampedVariance!(s.state(0), r);
          return values.every(Number.isFinite) && v >= 0 && v < Infinity && score >= 0 && score <= 100;
        });
      }),
    );
  });
});

describe("pair statistics", () => {
  it("have simple-statistics' correlation and covariance over the pairs of newest values", () => {
    const two = fc.array(fc.tuple(fc.boolean(), fc.double({ min: -1e3, max: 1e3, noNaN: true })), {
      minLength: 8,
      maxLength: 99,
    });
    fc.assert(
      fc.property(two, (list) => {
        s.clear();
        let a: number | undefined;
        let b: number | undefined;
        const pairs: [number, number][] = [];
        for (const [side, x] of list) {
          s.f.pairUpdate!(s.state(0), SECOND, side ? 1 : 0, x);
          if (side) b = x;
          else a = x;
          if (a !== undefined && b !== undefined) pairs.push([a, b]);
        }
        if (pairs.length < 4) return true;
        const [x, y] = [pairs.map((p) => p[0]), pairs.map((p) => p[1])];
        const biased = ss.sampleCovariance(x, y) * ((x.length - 1) / x.length);
        if (!near(s.f.covariance!(s.state(0), 2), biased, 1e6)) return false;
        const constant = ss.variance(x) < 1e-3 || ss.variance(y) < 1e-3;
        return constant || Math.abs(s.f.correlation!(s.state(0), 2) - ss.sampleCorrelation(x, y)) < 1e-6;
      }),
    );
  });
  it("merge as if seen in one pass, where both have seen both sides", () => {
    const half = fc.array(
      fc.tuple(fc.double({ min: 0, max: 1500, noNaN: true }), fc.double({ min: 0, max: 1500, noNaN: true })),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(half, half, (p, q) => {
        s.clear();
        // Each state pairs only what it has seen itself: no pair spans the two halves.
        const feed = (i: number, list: [number, number][]) => {
          for (const [a, b] of list) {
            s.f.pairUpdate!(s.state(i), SECOND, 0, a);
            s.f.pairUpdate!(s.state(i), SECOND, 1, b);
          }
        };
        feed(0, p as [number, number][]);
        feed(1, q as [number, number][]);
        const expected = [0, 1].flatMap((i) => {
          const list = (i ? q : p) as [number, number][];
          return list.flatMap(([a, b], k) =>
            k
              ? [
                  [a, list[k - 1]![1]],
                  [a, b],
                ]
              : [[a, b]],
          );
        });
        s.f.pairMerge!(s.state(0), s.state(1));
        if (expected.length < 2) return true;
        const [x, y] = [expected.map((v) => v[0]!), expected.map((v) => v[1]!)];
        return near(s.f.covariance!(s.state(0), 0), ss.sampleCovariance(x, y) * ((x.length - 1) / x.length), 1e7);
      }),
    );
  });
  it("keep correlation within -1 and 1 under hostile values and times", () => {
    fc.assert(
      fc.property(hostile, fc.array(times, { minLength: 60, maxLength: 60 }), (xs, ts) => {
        s.clear();
        xs.forEach((x, i) => void s.f.pairUpdate!(s.state(0), ts[i]!, i % 3 === 0 ? 1 : 0, x));
        return RATE.every((_, r) => {
          const c = s.f.correlation!(s.state(0), r);
          return c >= -1 && c <= 1 && Number.isFinite(s.f.covariance!(s.state(0), r));
        });
      }),
    );
  });
  it("magnitude and radius are the lengths of the vectors of means and of variances", () => {
    for (const x of [3, 9]) s.f.dampedUpdate!(s.state(0), SECOND, x); // mean 6, variance 9
    for (const x of [4, 12]) s.f.dampedUpdate!(s.state(1), SECOND, x); // mean 8, variance 16
    expect(s.f.magnitude!(s.state(0), s.state(1), 0)).toBe(10);
    expect(s.f.radius!(s.state(0), s.state(1), 0)).toBeCloseTo(Math.hypot(9, 16), 12);
  });
});

describe("EWMA", () => {
  it("is the plain mean and variance of the first 1/alpha values, then forgets", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 20 }), (xs) => {
        s.clear();
        for (const x of xs) s.f.ewmaUpdate!(s.state(0), x, 0.05);
        return near(f64(0, 8), ss.mean(xs)) && near(f64(0, 16), ss.variance(xs), spread(xs));
      }),
    );
    s.clear();
    for (let i = 0; i < 500; i++) s.f.ewmaUpdate!(s.state(0), i < 250 ? 10 : 20, 0.05);
    expect(f64(0, 8)).toBeCloseTo(20 - 10 * 0.95 ** 250, 9);
  });
  it("stays bounded under hostile values", () => {
    fc.assert(
      fc.property(hostile, fc.double(), (xs, x) => {
        s.clear();
        for (const v of xs) s.f.ewmaUpdate!(s.state(0), v, 0.1);
        const score = s.f.ewmaScore!(s.state(0), x, 0, 2);
        return score >= 0 && score <= 100;
      }),
    );
  });
});
