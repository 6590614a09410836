// What check and build call good the compartments take: each action that the schema has, of each detector.
import { expect, it } from "vitest";
import { askCompartments } from "../../appliance/hosts/node.ts";
import { DETECTOR_NAMES, FIXED } from "../../detectors/catalogue.ts";
import { compilePolicyText } from "../../diode/policy.ts";
import { Problems } from "../../lib/yaml.ts";
import { policyOf } from "./scene.ts";

const ACTIONS = [
  ...["alert", "drop", "tighten", "quarantine", "quarantine-flow", "quarantine-terminal", "quarantine-message"],
];
const NAMES = [...DETECTOR_NAMES.filter((name) => !FIXED.includes(name)), "scan", "newcomer"];

function compiled(name: string, action: string) {
  const hosts = name === "newcomer" ? ", hosts: [ 10.0.0.5 ]" : "";
  try {
    const text = policyOf(`detectors: { ${name}: { action: ${action}${hosts} } }`);
    return compilePolicyText(text.replace("for: 60s", "for: 60s, tightened: 10/s"), "policy.yaml").parts;
  } catch (error) {
    if (error instanceof Problems) return undefined;
    throw error;
  }
}

// REQ-FILTER-015
it.each(NAMES)("%s", async (name) => {
  const good = ACTIONS.filter((action) => compiled(name, action));
  for (const action of good) await expect(askCompartments(compiled(name, action)!), action).resolves.toBeUndefined();
  expect(good).toContain("quarantine");
  expect(good.includes("drop")).toBe(name === "newcomer");
});

it("a part that a compartment does not take is refused, with its name", async () => {
  const parts = compiled("scan", "alert")!;
  await expect(askCompartments({ ...parts, inspect: parts.guard })).rejects.toThrow(/^inspect: policy refused/);
});
