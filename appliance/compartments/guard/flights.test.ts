// The same as in diode/flights.test.ts, near to the compartment.
import { expect, it } from "vitest";
import { scenarioLines } from "../../../diode/testing/flights.ts";
import { memoryOf, summary } from "../inspect/testing/log.ts";

it("each frame and each event of the scenarios", async () => {
  await expect(summary("guard", await scenarioLines())).toMatchFileSnapshot("../../../diode/golden/scenarios.txt");
});

it("its tables take so many bytes", async () => {
  expect(await memoryOf("guard")).toMatchInlineSnapshot(`1367991`);
});
