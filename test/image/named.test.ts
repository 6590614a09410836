import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { describeImage } from "../../appliance/build/describe.ts";
import { prebuiltImage, withPolicy } from "../../appliance/build/for.ts";
import { policyNameIn } from "../../appliance/build/place.ts";
import { whyNoImage } from "../../cli/image-replay.ts";
import { effectiveText, shownText } from "../../diode/policy/show.ts";
import { compilePolicy } from "../../diode/policy.ts";

// REQ-GROUND-026
it.skipIf(await whyNoImage())("a policy has one name: as shown, and in an image", async () => {
  const compiled = compilePolicy("fixtures/policy.yaml");
  const { name } = compiled;
  expect(name).toMatch(/^[0-9a-f]{16}-[0-9a-f]{16}$/);
  for (const text of [shownText(compiled), effectiveText(compiled)]) expect(text).toContain(`\npolicy ${name}\n`);
  const image = withPolicy(await prebuiltImage(), compiled);
  expect(policyNameIn(image)).toBe(name);
  expect(describeImage(image).policy?.name).toBe(name);
});

it("where the log goes is not in it, all else is", () => {
  const text = readFileSync("fixtures/policy.yaml", "utf8");
  const named = (...sets: string[]) => compilePolicy("fixtures/policy.yaml", { sets }).name;
  expect(text).toContain("hostname: weir");
  const { name } = compilePolicy("fixtures/policy.yaml");
  expect(named("interfaces.log.hostname=other")).toBe(name);
  const [inspect, guard] = name.split("-");
  expect(named("detectors.scan.detection=0.98").split("-")).toEqual([expect.not.stringContaining(inspect!), guard]);
  expect(named("interfaces.out.ttl=63").split("-")[1]).not.toBe(guard);
});
