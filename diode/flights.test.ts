// All that guard says and sends, held against what it said and sent before: detectors/flights.test.ts tells how to go on where that differs.
import { expect, it } from "vitest";
import { summary } from "../appliance/compartments/inspect/testing/log.ts";
import { compilePolicyText } from "./policy.ts";
import { SITE, scenarioLines, spoiltPolicies } from "./testing/flights.ts";
import { ALL, under } from "./testing/stream.ts";

// REQ-FILTER-015
it("each frame and each event of the scenarios", async () => {
  await expect(summary("guard", await scenarioLines())).toMatchFileSnapshot("golden/scenarios.txt");
});

it.each([
  ["rules", () => SITE],
  ["messages", () => under(ALL)],
])("policies that are not as they should be, %s", async (name, yaml) => {
  const lines = await spoiltPolicies(compilePolicyText(yaml(), "p").parts.guard, 120);
  await expect(summary(`guard ${name}`, lines)).toMatchFileSnapshot(`golden/spoilt-${name}.txt`);
});
