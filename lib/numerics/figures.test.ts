// The numerics by their figures, to ten digits: what other tests check by its properties must not become another number unnoticed
// (npx vitest run lib/numerics/figures -u writes testing/golden anew, for a diff).
import { expect, it } from "vitest";
import { conformalLimit, pValue } from "./conformal.ts";
import { atFalsePositiveRate, atThreshold, auc, equalErrorRate, partialAuc, precisionRecall, roc } from "./curve.ts";
import { detection } from "./detection.ts";
import { clopperPearson, normalQuantile, perHour, poisson, wilson } from "./intervals.ts";
import { excessOf, excessShare, fitPareto, logLikelihood, profileInterval } from "./pareto.ts";
import { normal, uniform } from "./random.ts";
import { betaI, gammaP, logGamma, maximum, solve } from "./special.ts";
import { burstPeaks, limitFor, limitOfLargest } from "./threshold.ts";

const short = (_: string, value: unknown): unknown =>
  value instanceof Float64Array
    ? [...value]
    : typeof value !== "number"
      ? value
      : Number.isFinite(value)
        ? Number(value.toPrecision(10))
        : String(value);
const list = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n));

const random = uniform(7);
const excesses = list(60, () => -Math.log(1 - random()) * 2);
const heavy = list(60, () => (1 - random()) ** -0.8 - 1 + 1e-3);
const scores = list(400, () => -Math.log(1 - random()));
const times = list(400, (n) => 3 * n + (n % 7));
const curve = roc([9, 8, 8, 7, 6, 6, 5, 4, 3, 2, 1, 0], [1, 1, 0, 1, -1, 0, 1, 0, 1, 0, 0, 0]);
const clean = (count: number) => ({ scores: scores.slice(0, count), times: times.slice(0, count) });
const thrown = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return (error as Error).message;
  }
};

const FIGURES: Record<string, () => unknown> = {
  uniform: () => list(4, uniform(1)),
  normal: () => list(4, normal(1)),
  logGamma: () => [0.1, 0.5, 1, 2.5, 10, 171].map(logGamma),
  gammaP: () =>
    [
      [0.5, 0.1],
      [1, 0],
      [1, 1],
      [3, 2],
      [3, 9],
      [50, 40],
      [50, 70],
    ].map(([a, x]) => gammaP(a!, x!)),
  betaI: () =>
    [
      [1, 1, 0.3],
      [2, 3, 0],
      [2, 3, 1],
      [2, 3, 0.4],
      [30, 5, 0.9],
      [5, 30, 0.1],
    ].map(([a, b, x]) => betaI(a!, b!, x!)),
  solve: () => solve((x) => x ** 3, 2, 0, 9),
  maximum: () => maximum((x) => -((x - 1.25) ** 2), 0, 9),
  normalQuantile: () => [0.5, 0.95, 0.99].map(normalQuantile),
  wilson: () => [wilson(0, 0), wilson(0, 9), wilson(9, 9), wilson(3, 9), wilson(3, 9, 0.5)],
  clopperPearson: () => [clopperPearson(0, 9), clopperPearson(9, 9), clopperPearson(3, 9), clopperPearson(3, 9, 0.5)],
  poisson: () => [poisson(0), poisson(1), poisson(9), poisson(400), poisson(9, 0.5)],
  perHour: () => [perHour(0, 2), perHour(3, 2), perHour(3, 0), perHour(3, 2, 0.5)],
  logLikelihood: () => [
    ...[0.3, 0, 1e-10, -0.2].map((shape) => logLikelihood(excesses, { shape, scale: 2 })),
    ...[logLikelihood([1, 9], { shape: -0.5, scale: 2 }), logLikelihood([1], { shape: 0, scale: 0 })],
  ],
  fitPareto: () => [
    ...[fitPareto(excesses), fitPareto(heavy), fitPareto([1, 2]), fitPareto(list(50, (n) => 1 + n / 50))],
    ...[[1], [0, 1], [1, 1], [1, Infinity]].map((few) => thrown(() => fitPareto(few))),
  ],
  excessShare: () =>
    [0.3, 0, -0.3].flatMap((shape) => [0, 1, 5, 9].map((excess) => excessShare({ shape, scale: 2 }, excess))),
  excessOf: () => [0.3, 0, -0.3].flatMap((shape) => [1, 0.5, 1e-6].map((p) => excessOf({ shape, scale: 2 }, p))),
  profileInterval: () => [
    profileInterval(excesses, fitPareto(excesses), 0.01),
    profileInterval(heavy, fitPareto(heavy), 0.01, 1),
  ],
  burstPeaks: () => burstPeaks({ scores: [1, 5, 2, 3, 9, 4], times: [0, 1, 2, 4, 5, 7] }, 2, 1),
  limitFor: () => [
    ...[
      limitFor(clean(400), { rate: 60 }),
      limitFor(clean(400), { rate: 1 }),
      limitFor(clean(400), { rate: 1, gap: 9 }),
    ],
    ...[
      limitFor(clean(400), { rate: 1, ceiling: 3 }),
      limitFor(clean(20), { rate: 1 }),
      limitFor({ ...clean(400), hours: 9 }, { rate: 0.5 }),
    ],
    ...[thrown(() => limitFor(clean(0), { rate: 1 })), thrown(() => limitFor(clean(9), { rate: 0 }))],
    ...[NaN, Infinity].map((score) => thrown(() => limitFor({ scores: [1, score], times: [0, 1] }, { rate: 1 }))),
  ],
  limitOfLargest: () => {
    const largest = [...scores].sort((a, b) => b - a);
    return [
      ...[largest, largest.slice(0, 60), largest.slice(0, 9)].map((kept) =>
        limitOfLargest({ largest: kept, count: 400, hours: 2 }, { rate: 1 }),
      ),
      ...[
        limitOfLargest({ largest, count: 400, hours: 2 }, { rate: 6 }),
        limitOfLargest({ largest: [1], count: 1, hours: 0 }, { rate: 6 }),
      ],
      ...[
        thrown(() => limitOfLargest({ largest: [], count: 0, hours: 1 }, { rate: 1 })),
        thrown(() => limitOfLargest({ largest, count: 9, hours: 1 }, { rate: 0 })),
      ],
    ];
  },
  pValue: () => [0, 1, 2, 2.5, 4, 5].map((score) => pValue(Float64Array.of(1, 2, 2, 4), score)),
  conformalLimit: () => [0.1, 0.2, 0.39, 0.4, 0.8, 1].map((q) => conformalLimit(Float64Array.of(1, 2, 3, 4), q)),
  roc: () => curve,
  auc: () => [auc(curve), auc(roc([1], [1])), auc(roc([1, 2], [1, 0])), auc(roc([1, 1], [1, 0]))],
  partialAuc: () => [0.1, 0.25, 0.5].map((limit) => partialAuc(curve, limit)),
  equalErrorRate: () => [equalErrorRate(curve), equalErrorRate(roc([1, 2], [1, 0]))],
  atFalsePositiveRate: () => [0, 0.16, 1 / 6, 0.5, 1].map((limit) => atFalsePositiveRate(curve, limit)),
  atThreshold: () => [10, 8, 7.5, 0, -1].map((threshold) => atThreshold(curve, threshold)),
  precisionRecall: () => precisionRecall(curve),
  detection: () => {
    const attacks = [
      { name: "a", from: 10, to: 20 },
      { name: "b", from: 15, to: 30 },
      { name: "c", from: 50, to: 60 },
      { name: "d", from: 90, to: 200 },
    ];
    const alarms = [5, 10, 20, 32, 45, 61, 62.5, 100, 101, 3];
    const span = { from: 4, to: 100 };
    return [
      detection(alarms, attacks, span, 2),
      detection(alarms, attacks, span),
      detection(alarms, [], span),
      detection([], attacks, span),
    ];
  },
};

it.each(Object.keys(FIGURES))("%s", async (name) => {
  const lines = [FIGURES[name]!()].flat().map((one) => JSON.stringify(one, short));
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`testing/golden/${name}.txt`);
});
