import fc from "fast-check";
import { expect, it } from "vitest";
import { Ranges } from "./ranges.ts";

it("is what was added, whatever the order and however it overlaps", () => {
  const pieces = fc.array(fc.tuple(fc.nat(400), fc.nat(12)), { maxLength: 60 });
  fc.assert(
    fc.property(pieces, (all) => {
      const ranges = new Ranges();
      const truth = new Set<number>();
      for (const [from, length] of all) {
        ranges.add(from, from + length);
        for (let n = from; n < from + length; n++) truth.add(n);
      }
      const missing = new Set<number>();
      for (const [from, to] of ranges.missing(420)) for (let n = from; n < to; n++) missing.add(n);
      for (let n = 0; n < 420; n++) expect(missing.has(n)).toBe(!truth.has(n));
      const whole = [...truth].length === 200 && [...truth].every((n) => n < 200);
      expect(ranges.covers(200)).toBe(whole);
    }),
    { seed: 5, numRuns: 300 },
  );
});

// The same with thousands, so that there are many chunks: gaps of one byte, in several orders, then filled, by ones and at once
it.each([
  ["forwards", (n: number) => n],
  ["backwards", (n: number) => 79_999 - n],
  ["anyhow", (n: number) => (n * 30_011) % 80_000],
])("takes 80,000 gaps of one byte %s", (_, order) => {
  const ranges = new Ranges();
  for (let n = 0; n < 80_000; n++) ranges.add(2 * order(n), 2 * order(n) + 1);
  expect(ranges.missing(160_000)).toHaveLength(80_000);
  expect(ranges.covers(160_000)).toBe(false);
  for (let n = 0; n < 40_000; n++) ranges.add(2 * order(n) + 1, 2 * order(n) + 2);
  expect(ranges.missing(160_000).reduce((sum, [from, to]) => sum + to - from, 0)).toBe(40_000);
  ranges.add(10, 159_000);
  ranges.add(0, 160_000);
  expect(ranges.covers(160_000)).toBe(true);
  expect(ranges.missing(160_000)).toEqual([]);
});
