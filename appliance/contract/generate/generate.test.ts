import { expect, it } from "vitest";
import { allOutputs, stale } from "./outputs.ts";

it("every generated file is what its declarations give", async () => {
  const outputs = await allOutputs();
  expect(outputs.length).toBeGreaterThan(3);
  expect(stale(outputs), "expected what `npm run generate` writes").toEqual([]);
});
