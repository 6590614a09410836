import { expect, it } from "vitest";
import { warningsOf } from "./warnings.ts";

it("three hours that lack the end of their last second are enough for one alarm an hour, and two hours are not", () => {
  const of = (hours: number) =>
    warningsOf({
      job: { baseline: { captures: [] } } as never,
      detectors: [],
      heldOut: { count: 0, hours, rate: 0, low: 0, high: 1 } as never,
      ...{ rate: 1, left: 1 },
      clean: { hours, known: [], crossed: true } as never,
    });
  expect(of(2.99999)).toEqual([]);
  expect(of(2)).toContainEqual({ what: "short", expected: 2, hours: 2, needed: 3 });
});
