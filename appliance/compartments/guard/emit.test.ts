// Non-bypassable, by the look of the source: one place emits, and only what all checks let through reaches it.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { onboardSources } from "../../../lib/sources.ts";

const guard = onboardSources().filter((file) =>
  /^(appliance\/compartments\/guard|diode)\/.*(?<!\.probe)\.ts$/.test(file),
);
const code = (file: string) => readFileSync(file, "utf8").replaceAll(/\/\/.*|\/\*[\s\S]*?\*\//g, "");
const calls = (name: string) =>
  guard.flatMap((file) => [...code(file).matchAll(new RegExp(`(?<!function )\\b${name}\\(`, "g"))].map(() => file));

const OUTPUT = "appliance/compartments/guard/onboard/output.ts";
/** Of output.ts the text of one function. */
const body = (name: string) => new RegExp(`function ${name}\\([\\s\\S]*?\\n}`).exec(code(OUTPUT))![0];

// REQ-FILTER-003
it("emit() is called in one place, which is reached from a frame that was accepted, and from a transfer's relay", () => {
  const index = "appliance/compartments/guard/onboard/index.ts";
  expect(calls("emit")).toEqual([index]);
  expect(calls("pass").filter((file) => file === index)).toEqual([index, index]);
  // The relay has nothing before an accepted datagram was given to it
  expect(calls("relayTake")).toEqual(["appliance/compartments/guard/onboard/transfer.ts"]);
  expect(calls("takeTransfer")).toEqual([index]);
});

it("frames are made by emit(), and of the policy alone as padding; nothing else puts any into the queue", () => {
  expect(calls("remake")).toEqual([OUTPUT, OUTPUT]);
  expect(body("emit")).toContain("remake(frame, f, ");
  // Made before the first record, of fields that are 0 but for the settings'
  expect(body("beginOutput")).toContain("remake(PADDING, f, false, ");
  expect([...body("beginOutput").matchAll(/f\.\w+ = (?:f\.\w+ = )?(.*);/g)].map(([, from]) => from)).toEqual([
    "4",
    "17",
    "s.paddingFrom",
    "s.paddingTo",
    "s.paddingPort",
    "s.mtu - 28",
  ]);
  expect(calls("beginOutput")).toEqual(["appliance/compartments/guard/onboard/index.ts"]);
  expect(calls("push")).toEqual([OUTPUT]);
  expect(body("emit")).toContain("push(frame, bytes)");
});

it("the frames buffer holds what emit() made, what waited in the queue, and padding", () => {
  const uses = [...code(OUTPUT).matchAll(/\bFRAMES\b(?! *:).*/g)].map(([line]) => line);
  expect(uses).toEqual([
    "FRAMES;",
    "FRAMES + used + FRAME_HEADER;", // emit()
    "FRAMES + used + FRAME_HEADER;", // leave()
    "FRAMES + used;", // close(), the header
  ]);
  expect([...body("leave").matchAll(/memory\.\w+\((.*)\)/g)].map(([, args]) => args)).toEqual([
    "to, frame == 0 ? PADDING : frame, n",
    "to + n, 0, whole - n",
  ]);
  expect(calls("leave")).toEqual([OUTPUT]);
  expect(body("release")).toContain("const frame = oldest();");
});

it("what leads to emit() is: no reason found against the frame", () => {
  const source = code("appliance/compartments/guard/onboard/index.ts");
  const filter = source.slice(source.indexOf("function filter("), source.indexOf("function form("));
  expect(filter.replaceAll(/\s+/g, " ")).toContain(
    "let reason = form(r, f); let matched: i32 = -1; if (reason == Reason.NONE) reason = dynamic(r, f); " +
      "if (reason == Reason.NONE) { matched = firstMatch(f, rules, ruleCount, networks, ranges); " +
      "reason = allowed(r, matched); " +
      "if (reason == Reason.NONE && rule(<u32>matched).payload == RulePayload.MIL1553) reason = content(f); " +
      "if (reason == Reason.NONE) reason = within(f, matched); " +
      "if (reason == Reason.NONE && rule(<u32>matched).payload == RulePayload.TRANSFER) reason = takeTransfer(f, clock); } " +
      "if (reason == Reason.NONE) { countRule(<u32>matched); const payload",
  );
});
