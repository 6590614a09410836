import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atFalsePositiveRate, atThreshold, auc, equalErrorRate, partialAuc, precisionRecall, roc } from "./curve.ts";

fc.configureGlobal({ seed: 20261120, numRuns: 200 });
const items = fc.array(
  fc.tuple(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.double({ noNaN: true })), fc.integer({ min: 0, max: 1 })),
  {
    minLength: 2,
    maxLength: 60,
  },
);
const both = items.filter((l) => l.some((x) => x[1]) && l.some((x) => !x[1]));
const curve = (l: [number, number][]) =>
  roc(
    l.map((x) => x[0]),
    l.map((x) => x[1]),
  );

describe("ROC", () => {
  it("has the area of the pairwise definition, ties half", () => {
    fc.assert(
      fc.property(both, (l) => {
        let won = 0;
        const [p, n] = [l.filter((x) => x[1]), l.filter((x) => !x[1])];
        for (const [a] of p) for (const [b] of n) won += a > b ? 1 : a === b ? 0.5 : 0;
        return Math.abs(auc(curve(l)) - won / (p.length * n.length)) < 1e-12;
      }),
    );
  });
  it("does not change when scores pass through an increasing function; mirrors when they are negated", () => {
    fc.assert(
      fc.property(both, (l) => {
        const area = auc(curve(l));
        const ranks = [...new Set(l.map((x) => x[0] + 0))].sort((a, b) => a - b);
        const ranked = l.map(([x, y]): [number, number] => [ranks.indexOf(x + 0), y]);
        const negated = l.map(([x, y]): [number, number] => [-x, y]);
        return Math.abs(auc(curve(ranked)) - area) < 1e-12 && Math.abs(auc(curve(negated)) - (1 - area)) < 1e-12;
      }),
    );
  });
  it("equals the published metric code on every figure it gives (best TPR at FPR <= x; EER where both are closest)", () => {
    fc.assert(
      fc.property(both, (l) => {
        const c = curve(l);
        const thresholds = [Infinity, ...[...new Set(l.map((x) => x[0]))].sort((a, b) => b - a)];
        const [P, N] = [l.filter((x) => x[1]).length, l.filter((x) => !x[1]).length];
        const points = thresholds.map((t) => ({
          tpr: l.filter((x) => x[1] && x[0] >= t).length / P,
          fpr: l.filter((x) => !x[1] && x[0] >= t).length / N,
        }));
        const gaps = points.map((p) => Math.abs(1 - p.tpr - p.fpr));
        const closest = points[gaps.indexOf(Math.min(...gaps))]!;
        const at = (f: number) => points.filter((p) => p.fpr <= f).at(-1)!.tpr;
        return (
          Math.abs(equalErrorRate(c) - (1 - closest.tpr + closest.fpr) / 2) < 1e-12 &&
          [0, 0.001, 0.1, 0.5, 1].every((f) => atFalsePositiveRate(c, f).truePositiveRate === at(f))
        );
      }),
    );
  });
  it("partial area: all of a perfect curve, half the limit of a diagonal, consistent with the whole", () => {
    expect(partialAuc(roc([2, 3, 1, 0], [1, 1, 0, 0]), 0.01)).toBe(1);
    expect(partialAuc(roc([5, 5, 5, 5], [1, 0, 1, 0]), 0.1)).toBeCloseTo(0.05, 12);
    expect(Number.isNaN(auc(roc([1, 2], [1, 1])))).toBe(true);
  });
  it("leaves ambiguous labels out; refuses lengths that differ and scores that are not numbers", () => {
    expect(auc(roc([9, 1, 5], [0, 1, -1]))).toBe(0);
    expect(() => roc([1], [1, 0])).toThrow(RangeError);
    expect(() => roc([Number.NaN], [1])).toThrow(RangeError);
  });
  it("tells what a given threshold does", () => {
    const c = roc([1, 2, 3, 4], [0, 1, 0, 1]);
    expect(atThreshold(c, 2.5)).toEqual({
      threshold: 2.5,
      truePositiveRate: 0.5,
      falsePositiveRate: 0.5,
      precision: 0.5,
    });
    expect(atThreshold(c, 5).truePositiveRate).toBe(0);
  });
});

describe("precision and recall", () => {
  it("of a worked example", () => {
    const pr = precisionRecall(roc([0.9, 0.8, 0.7, 0.6], [1, 0, 1, 0]));
    expect([...pr.precision]).toEqual([1, 0.5, 2 / 3, 0.5]);
    expect([...pr.recall]).toEqual([0.5, 0.5, 1, 1]);
    expect(pr.averagePrecision).toBeCloseTo((1 + 2 / 3) / 2, 12);
  });
});
