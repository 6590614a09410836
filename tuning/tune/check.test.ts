import { describe, expect, it } from "vitest";
import { uniform } from "../../lib/numerics/random.ts";
import { binomialTail, poissonTail, unevenness } from "./check.ts";
import type { Finding } from "./choose.ts";

const HOURS = [1, 1, 1, 1, 1];

function blocks(rates: readonly number[], seed: number): Finding[][] {
  const random = uniform(seed);
  return rates.map((perHour, k) => {
    const out: Finding[] = [];
    for (let t = 0; t < 3600; t += (-3600 / perHour) * Math.log(1 - random()))
      out.push({ time: k * 3600 + t, number: 1, ratio: 0.1 + random() });
    return out;
  });
}

describe("exact tails", () => {
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  it("are sums of the probabilities", () => {
    for (const [k, n, p] of [
      [0, 5, 0.2],
      [1, 5, 0.2],
      [3, 5, 0.2],
      [5, 5, 0.2],
      [7, 20, 0.31],
    ] as const) {
      let sum = 0;
      for (let i = k; i <= n; i++)
        sum += (factorial(n) / factorial(i) / factorial(n - i)) * p ** i * (1 - p) ** (n - i);
      expect(binomialTail(k, n, p)).toBeCloseTo(sum, 10);
    }
    for (const [k, mean] of [
      [0, 2],
      [1, 0.5],
      [4, 2.5],
    ] as const) {
      let below = 0;
      for (let i = 0; i < k; i++) below += (Math.exp(-mean) * mean ** i) / factorial(i);
      expect(poissonTail(k, mean)).toBeCloseTo(1 - below, 10);
    }
    expect(poissonTail(1, 0)).toBe(0);
  });
});

describe("blocks of time", () => {
  it("that are alike are called uneven no more often than the chance says", () => {
    let called = 0;
    for (let seed = 1; seed <= 200; seed++)
      if (unevenness(blocks([12, 12, 12, 12, 12], seed), HOURS, 60)!.chance < 0.05) called++;
    expect(called).toBeLessThanOrEqual(20);
  });

  it("one that is not is named", () => {
    const uneven = unevenness(blocks([5, 5, 5, 40, 5], 1), HOURS, 60)!;
    expect(uneven.block).toBe(3);
    expect(uneven.chance).toBeLessThan(1e-4);
  });

  it("where it goes on and on is named too, though it is one alarm", () => {
    const quiet = blocks([3, 3, 3, 3, 3], 2);
    for (let t = 600; t < 1800; t += 20) quiet[4]!.push({ time: 4 * 3600 + t, number: 1, ratio: 5 });
    const uneven = unevenness(quiet, HOURS, 60)!;
    expect(uneven.block).toBe(4);
    expect(uneven.chance).toBeLessThan(1e-6);
  });

  it("in which nothing came near an alarm say nothing", () => {
    expect(unevenness([[], []], [1, 1], 60)).toBeUndefined();
  });
});
