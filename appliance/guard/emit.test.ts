// Non-bypassable, by the look of the source: one place emits, and only what all checks let through reaches it.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { onboardSources } from "../build/asc.ts";

const guard = onboardSources().filter((file) => /^(appliance\/guard|diode)\/.*(?<!\.probe)\.ts$/.test(file));
const code = (file: string) => readFileSync(file, "utf8").replaceAll(/\/\/.*|\/\*[\s\S]*?\*\//g, "");
const calls = (name: string) =>
  guard.flatMap((file) => [...code(file).matchAll(new RegExp(`(?<!function )\\b${name}\\(`, "g"))].map(() => file));

it("emit() and remake() are called in one place each, in guard", () => {
  expect(calls("emit")).toEqual(["appliance/guard/onboard/index.ts"]);
  expect(calls("remake")).toEqual(["appliance/guard/onboard/index.ts"]);
});

it("the frames buffer is written by emit() alone", () => {
  const source = code("appliance/guard/onboard/index.ts");
  const emit = source.slice(source.indexOf("function emit("));
  const outside = source.slice(0, source.indexOf("function emit("));
  expect(emit).toContain("FRAMES + framesUsed");
  // Elsewhere it is only declared and shown to the host.
  expect([...outside.matchAll(/\bFRAMES\b.*/g)].map(([line]) => line)).toEqual([
    "FRAMES: usize = memory.data(49152, 8);",
    "FRAMES; }",
  ]);
});

it("what leads to emit() is: no reason found against the frame", () => {
  const source = code("appliance/guard/onboard/index.ts");
  const filter = source.slice(source.indexOf("function filter("), source.indexOf("function form("));
  expect(filter.replaceAll(/\s+/g, " ")).toContain(
    "let reason = form(r, f); let matched: i32 = -1; if (reason == Reason.NONE) reason = dynamic(r, f); " +
      "if (reason == Reason.NONE) { matched = firstMatch(f, rules, ruleCount, networks, ranges); " +
      "reason = allowed(r, matched); " +
      "if (reason == Reason.NONE && rule(<u32>matched).payload == RulePayload.MIL1553) reason = content(f); " +
      "if (reason == Reason.NONE) reason = within(matched); } " +
      "if (reason == Reason.NONE) { countRule(<u32>matched); const payload",
  );
});
