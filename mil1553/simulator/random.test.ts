import { expect, it } from "vitest";
import { Random, sine } from "./random.ts";

it("draws the same numbers on every machine", () => {
  const random = new Random(1553, "a");
  expect(Array.from({ length: 4 }, () => random.bits())).toEqual([392207558, 1919261171, 124438802, 500760278]);
  expect(random.normal()).toBe(-0.566952878376469);
});

const sample = (n: number, draw: () => number) => {
  const values = Array.from({ length: n }, draw);
  const mean = values.reduce((a, b) => a + b, 0) / n;
  return { mean, sigma: Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / n) };
};

it("has the distributions it says", () => {
  const random = new Random(7);
  const n = 40_000;
  const uniform = sample(n, () => random.uniform());
  expect(uniform.mean).toBeCloseTo(0.5, 2);
  expect(uniform.sigma).toBeCloseTo(Math.sqrt(1 / 12), 2);
  const normal = sample(n, () => random.normal());
  expect(Math.abs(normal.mean)).toBeLessThan(0.02);
  expect(Math.abs(normal.sigma - 1)).toBeLessThan(0.02);
  const exponential = sample(n, () => random.exponential());
  expect(Math.abs(exponential.mean - 1)).toBeLessThan(0.02);
  expect(Math.abs(exponential.sigma - 1)).toBeLessThan(0.03);
  const seen = new Array<number>(7).fill(0);
  for (let i = 0; i < n; i++) seen[random.below(7)]!++;
  for (const count of seen) expect(Math.abs(count / n - 1 / 7)).toBeLessThan(0.01);
});

it("keeps the streams of a seed apart, and seeds apart beyond 32 bits", () => {
  const first = (seed: number, stream?: string) => new Random(seed, stream).bits();
  const all = [first(1), first(2), first(1, "a"), first(1, "b"), first(1 + 2 ** 32), first(1 + 2 ** 52)];
  expect(new Set(all).size).toBe(all.length);
});

it("chooses some in their order", () => {
  const random = new Random(3);
  const some = random.some([1, 2, 3, 4, 5, 6, 7, 8], 5);
  expect(some.length).toBe(5);
  expect(some).toEqual([...some].sort((a, b) => a - b));
  expect(random.shuffled([1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4]);
});

it("knows the sine", () => {
  for (let i = -300; i < 300; i++) expect(Math.abs(sine(i / 97) - Math.sin((2 * Math.PI * i) / 97))).toBeLessThan(1e-8);
});
