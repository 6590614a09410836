import fc from "fast-check";
import { expect, it } from "vitest";
import { Ranges } from "./ranges.ts";

it("is the set of its numbers, whatever is taken out", () => {
  const stretches = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(stretches, fc.array(fc.integer({ min: 0, max: 150 })), fc.nat(150), fc.nat(150), (parts, out, a, b) => {
      const ranges = new Ranges();
      const truth = new Set<number>();
      let at = 0;
      for (const [gap, length] of parts) {
        ranges.append(at + gap, at + gap + length - 1);
        for (let n = at + gap; n < at + gap + length; n++) truth.add(n);
        at += gap + length;
      }
      for (const n of out) {
        expect(ranges.has(n)).toBe(truth.has(n));
        expect(ranges.remove(n)).toBe(truth.delete(n));
      }
      expect(
        [...ranges].flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i)),
      ).toEqual([...truth]);
      expect(ranges.size).toBe(truth.size);
      const [first, last] = [Math.min(a, b), Math.max(a, b)];
      const within = ranges.within(first, last).flatMap(([x, y]) => Array.from({ length: y - x + 1 }, (_, i) => x + i));
      expect(within).toEqual([...truth].filter((n) => n >= first && n <= last));
      const total = ranges.size;
      const gone = ranges.shift();
      expect(ranges.size).toBe(gone ? total - (gone[1] - gone[0] + 1) : 0);
    }),
    { seed: 3 },
  );
});
