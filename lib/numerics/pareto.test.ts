import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { excessOf, fitPareto, logLikelihood, profileInterval } from "./pareto.ts";
import { uniform } from "./random.ts";

fc.configureGlobal({ seed: 20261120, numRuns: 40 });

function sample(seed: number, n: number, shape: number, scale: number): Float64Array {
  const u = uniform(seed);
  return Float64Array.from({ length: n }, () => excessOf({ shape, scale }, 1 - u()) + 1e-12);
}

describe("generalised Pareto fit", () => {
  it("finds the parameters samples were drawn with, within three standard errors (Smith 1985)", () => {
    for (const shape of [-0.3, -0.1, 0, 0.2, 0.5, 1])
      for (const scale of [0.01, 1, 500]) {
        const n = 4000;
        const found = fitPareto(sample(7, n, shape, scale));
        expect(Math.abs(found.shape - shape)).toBeLessThan((3 * (1 + shape)) / Math.sqrt(n));
        expect(Math.abs(found.scale / scale - 1)).toBeLessThan(3 * Math.sqrt((2 * (1 + shape)) / n));
      }
  });
  it("is at least as likely as every point of a grid of shapes and scales", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 5, max: 60 }),
        fc.constantFrom(-0.4, 0, 0.3, 1.2),
        (seed, n, shape) => {
          const y = sample(seed, n, shape, 2);
          const best = logLikelihood(y, fitPareto(y));
          for (let s = -0.5; s <= 2; s += 0.05)
            for (let k = -2; k <= 4; k += 0.05)
              if (logLikelihood(y, { shape: s, scale: Math.exp(k) }) > best + 1e-6) return false;
          return true;
        },
      ),
    );
  });
  it("scales with its data", () => {
    const y = sample(3, 200, 0.2, 1);
    const [a, b] = [fitPareto(y), fitPareto(y.map((v) => v * 1e6))];
    expect(b.shape).toBeCloseTo(a.shape, 6);
    expect(b.scale / a.scale / 1e6).toBeCloseTo(1, 6);
  });
  it("refuses what cannot be fitted", () => {
    for (const y of [[], [1], [2, 2, 2], [0, 1], [1, Number.NaN], [1, Infinity]])
      expect(() => fitPareto(y)).toThrow(RangeError);
  });
  it("quantile and survival function are inverse", () => {
    for (const shape of [-0.3, 0, 1e-12, 0.5])
      for (const p of [0.5, 1e-3, 1e-6]) {
        const z = excessOf({ shape, scale: 3 }, p);
        const back = Math.abs(shape) < 1e-9 ? Math.exp(-z / 3) : (1 + (shape * z) / 3) ** (-1 / shape);
        expect(back / p).toBeCloseTo(1, 6);
      }
  });
});

it("the profile interval covers the true quantile in about 95 % of samples", () => {
  const truth = excessOf({ shape: 0.1, scale: 1 }, 0.01);
  let covered = 0;
  let above = 0;
  for (let seed = 0; seed < 200; seed++) {
    const y = sample(seed * 7919 + 1, 100, 0.1, 1);
    const { low, high } = profileInterval(y, fitPareto(y), 0.01);
    if (low <= truth && truth <= high) covered++;
    if (low > truth) above++;
  }
  expect(covered).toBeGreaterThan(180);
  expect(covered).toBeLessThan(199);
  expect(above).toBeLessThan(15);
});
