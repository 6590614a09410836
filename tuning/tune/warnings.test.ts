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

const held = (count: number) => ({ count, hours: 10, rate: count / 10, low: 0, high: 1 });
const uneven = (chance: number) => ({ block: 1, count: 5, of: 9, chance });
const detector = (name: string, count: number, chance?: number) => ({
  ...{ name, share: 0.5, heldOut: held(count), uneven: chance === undefined ? undefined : uneven(chance) },
});
const facts = (more: object) =>
  warningsOf({
    job: { baseline: { captures: [1, 2] } },
    ...{ detectors: [], heldOut: held(0), rate: 1, left: 0.8, clean: { hours: 10, known: [1, 2], crossed: true } },
    ...more,
  } as never);

it.each<[string, object, object[]]>([
  ["nothing", {}, []],
  ["as many as the budget has", { heldOut: held(18) }, []], // chance 0.014 of 10
  ["more", { heldOut: held(19) }, [{ what: "over", detector: "all", rate: held(19), budget: 1 }]], // 0.0072
  // Of 4, for two detectors: chance 0.0081 of 10, 0.0028 of 11
  ["a detector with its share", { detectors: [detector("rate", 10), detector("arp", 0)] }, []],
  [
    "one with more than its share of what is left",
    { detectors: [detector("rate", 11), detector("arp", 0)] },
    [{ what: "over", detector: "rate", rate: held(11), budget: 0.4 }],
  ],
  ["one alarm where nothing is left", { left: -1, detectors: [detector("rate", 1)] }, [{ what: "over", budget: -0.5 }]],
  ["blocks that are alike", { detectors: [detector("rate", 0, 0.005), detector("arp", 0)] }, []],
  [
    "a block that stands out",
    { detectors: [detector("rate", 0, 0.00499), detector("arp", 0)] },
    [{ what: "drift", detector: "rate", uneven: uneven(0.00499) }],
  ],
  [
    "a capture that was not given",
    { clean: { hours: 10, known: [1], crossed: true } },
    [{ what: "missing", captures: 1 }],
  ],
  ["none that was learned", { clean: { hours: 10, known: [], crossed: false } }, []],
  [
    "attacks that were learned",
    { clean: { hours: 10, known: [1], crossed: false } },
    [{ what: "learned-attacks", captures: 1 }],
  ],
])("%s", (_, more, expected) => {
  const warnings = facts(more);
  expect(warnings).toMatchObject(expected);
  expect(warnings).toHaveLength(expected.length);
});
