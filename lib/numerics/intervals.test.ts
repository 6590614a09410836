import { describe, expect, it } from "vitest";
import { detection } from "./detection.ts";
import { clopperPearson, normalQuantile, perHour, poisson, wilson } from "./intervals.ts";
import { betaI, gammaP, logGamma } from "./special.ts";

describe("special functions", () => {
  it("have their known values", () => {
    for (const n of [1, 2, 5, 10, 20]) {
      let factorial = 0;
      for (let i = 2; i < n; i++) factorial += Math.log(i);
      expect(logGamma(n)).toBeCloseTo(factorial, 8);
    }
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 9);
    expect(gammaP(1, 2)).toBeCloseTo(1 - Math.exp(-2), 9);
    expect(gammaP(0.5, 1.96 ** 2 / 2)).toBeCloseTo(0.9500042, 6);
    expect(betaI(2, 3, 0.4)).toBeCloseTo(0.5248, 9); // sum of C(4,k) .4^k .6^(4-k), k = 2..4
    expect(betaI(2, 3, 0.4) + betaI(3, 2, 0.6)).toBeCloseTo(1, 12);
  });
});

describe("intervals", () => {
  it("have the values of the tables", () => {
    expect(normalQuantile(0.95)).toBeCloseTo(1.959964, 5);
    expect(wilson(5, 10)).toMatchObject({ low: expect.closeTo(0.2366, 4), high: expect.closeTo(0.7634, 4) });
    expect(wilson(0, 10)).toMatchObject({ low: 0, high: expect.closeTo(0.2775, 4) });
    expect(clopperPearson(5, 10)).toMatchObject({ low: expect.closeTo(0.1871, 4), high: expect.closeTo(0.8129, 4) });
    expect(clopperPearson(0, 10)).toMatchObject({ low: 0, high: expect.closeTo(0.3085, 4) });
    expect(poisson(0)).toMatchObject({ low: 0, high: expect.closeTo(3.6889, 4) });
    expect(poisson(10)).toMatchObject({ low: expect.closeTo(4.7954, 4), high: expect.closeTo(18.3904, 4) });
    expect(poisson(1000).high).toBeCloseTo(1063.95, 1);
  });
  it("Clopper-Pearson covers at least 95 % for every share (exactly, by the binomial sum)", () => {
    const n = 20;
    const intervals = Array.from({ length: n + 1 }, (_, k) => clopperPearson(k, n));
    const choose = (k: number) => Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1));
    for (let p = 0.01; p < 1; p += 0.01) {
      let covered = 0;
      intervals.forEach(({ low, high }, k) => {
        if (low <= p && p <= high) covered += choose(k) * p ** k * (1 - p) ** (n - k);
      });
      expect(covered).toBeGreaterThan(0.95 - 1e-6);
    }
  });
  it("rates are per hour, also of no time at all", () => {
    expect(perHour(3, 6)).toMatchObject({ rate: 0.5, low: expect.closeTo(0.1031, 4), high: expect.closeTo(1.4612, 4) });
    expect(perHour(0, 0)).toMatchObject({ rate: 0, low: 0, high: Infinity });
  });
});

describe("detection of attacks in time", () => {
  const attacks = [
    { name: "scan", from: 100, to: 200 },
    { name: "flood", from: 150, to: 400 },
    { name: "quiet", from: 1000, to: 1100 },
  ];
  it("counts attacks found, delays, and alarms outside all of them, each once", () => {
    const d = detection([3650, 120, 50, 160, 405], attacks, { from: 0, to: 4000 }, 10);
    expect(d.attacks).toEqual([
      { name: "scan", delay: 20, alarms: 2 },
      { name: "flood", delay: 10, alarms: 2 },
      { name: "quiet", delay: null, alarms: 0 },
    ]);
    expect(d.detected).toBe(2);
    expect(d.medianDelay).toBe(15);
    expect(d.falseAlarms.count).toBe(2);
    expect(d.falseAlarms.hours).toBeCloseTo((4000 - 310 - 110) / 3600, 12);
  });
  it("of nothing is nothing", () => {
    const d = detection([], [], { from: 0, to: 3600 });
    expect(d).toMatchObject({ detected: 0, share: 0, medianDelay: null, falseAlarms: { count: 0, rate: 0 } });
  });
});
