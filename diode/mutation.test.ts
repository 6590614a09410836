// Every comparison in guard's decisions is changed, one at a time, in the very module that is linked: each change must
// show in what comes out of the scenarios, whose right outcome vectors.test.ts, remake.test.ts and guard.test.ts state.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compileOnboard } from "../appliance/build/asc.ts";
import { COMPARTMENTS } from "../appliance/build/compartments.ts";
import { mutantsOf, survivors } from "./testing/mutants.ts";
import { scenarios } from "./testing/scenarios.ts";

const DECISIONS = /^(diode\/onboard\/(?!reasons)|appliance\/guard\/onboard\/(index|policy)\/)/;

/**
 * How many mutants of a function may live, and why they are no different, or not worth a difference. Functions that are
 * not named here may have none: form (parse, transport), rules, tables.
 */
const ALIKE: Record<string, { most: number; why: string }> = {
  "diode/onboard/quarantine/find": { most: 1, why: "one more place is looked at: it holds the key or it does not" },
  "diode/onboard/quarantine/messageShutOut": { most: 1, why: "at the time when the last entry ends nobody is found" },
  "diode/onboard/quarantine/take": {
    most: 4,
    why: "an entry that ends now is free now; one more place is looked at; the later of two that are the same",
  },
  "diode/onboard/second/wellFormed": { most: 1, why: "a step is never numbered as many as there are" },
  "diode/onboard/remake/remake": { most: 3, why: "the larger of two that are equal" },
  "appliance/guard/onboard/index/run": {
    most: 4,
    why: "stopping one record earlier; an empty batch (guard.test.ts); the smaller of two that are equal",
  },
  "appliance/guard/onboard/index/tick": { most: 1, why: "the larger of two that are equal" },
  "appliance/guard/onboard/index/within": {
    most: 8,
    why: "at the time when the last entry ends nobody is found; a frame due at this very time is 0 ns early; the larger of two",
  },
  "appliance/guard/onboard/index/filter": {
    most: 16,
    why:
      "a frame due at this very time is 0 ns early; a rule behind the last; the smaller of two; an event's key; the queue's " +
      "room, which was there when it was asked for; protocols that carry no Chapter 10",
  },
  "appliance/guard/onboard/index/content": {
    most: 10,
    why: "the second checker tests what the first has just made: zeros, a version, the number of messages",
  },
  "appliance/guard/onboard/index/beat": {
    most: 13,
    why: "what is reported: a buffer one byte fuller, a counter behind the last",
  },
  "diode/onboard/messages/remake/messages": { most: 7, why: "sums and copies one step further, over zeros" },
  "diode/onboard/messages/remake/packetAt": { most: 6, why: "sums one step further; a packet as short as its headers" },
  "diode/onboard/messages/remake/time": {
    most: 14,
    why: "sums one step further, over zeros; digits beside those of a date",
  },
  "diode/onboard/messages/remake/close": { most: 2, why: "sums one step further" },
  "diode/onboard/messages/second/packet": { most: 7, why: "the second checker tests what the first has just made" },
  "diode/onboard/messages/second/decide": { most: 10, why: "the same: the first lets no such message through to it" },
  "appliance/guard/onboard/policy/saneMessages": {
    most: 20,
    why: "what the first check of a policy would refuse one step early or late, or a table at its largest",
  },
  "appliance/guard/onboard/index/configure": { most: 1, why: "a part as long as input, which is longer than any" },
  "appliance/guard/onboard/policy/configurePolicy": {
    most: 16,
    why: "looking for a section one step behind the end; how sections are framed, which config.test.ts tests",
  },
  "appliance/guard/onboard/policy/sane": {
    most: 28,
    why: "an interval of 2^62 ns; what the first check of a policy would refuse one step early or late, or looks at one step behind a table",
  },
};

// REQ-FILTER-022
it("no change of a comparison goes unseen, but for those that change nothing", { timeout: 300_000 }, async () => {
  const { entry, pages } = COMPARTMENTS.find(({ name }) => name === "guard")!;
  const all = await mutantsOf(readFileSync(await compileOnboard(entry, { pages })), DECISIONS);
  const alive = await survivors(all, await scenarios());
  const listed = alive.map((m) => `${m.function}, comparison ${m.nth}: ${m.from} -> ${m.to}`);
  console.log(
    `${all.mutants.length} mutants, ${all.mutants.length - alive.length} seen; the others:\n${listed.join("\n")}`,
  );
  expect(all.mutants.length).toBeGreaterThan(400);
  const count = new Map<string, number>();
  for (const { function: name } of alive) count.set(name, (count.get(name) ?? 0) + 1);
  const unexpected = [...count].filter(([name, n]) => n > (ALIKE[name]?.most ?? 0));
  expect(unexpected, listed.join("\n")).toEqual([]);
});
