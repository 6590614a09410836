// Every comparison in guard's decisions is changed, one at a time, in the very module that is linked: each change must
// show in what comes out of the scenarios, whose right outcome vectors.test.ts, remake.test.ts and guard.test.ts state.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { COMPARTMENTS } from "../appliance/build/compartments.ts";
import { compileOnboard, ROOT } from "../lib/asc.ts";
import { hashOf, RECORDS, tried } from "../test/mutation/record.ts";
import { type Mutants, mutantsOf, survivors } from "./testing/mutants.ts";
import { type Scenario, scenarios } from "./testing/scenarios.ts";

const DECISIONS = /^(diode\/onboard\/(?!reasons)|appliance\/compartments\/guard\/onboard\/(index|policy)\/)/;

/**
 * How many mutants of a function may live, and why they are no different, or not worth a difference. Functions that are
 * not named here may have none: form (parse, transport), rules, tables.
 */
const ALIKE: Record<string, { most: number; why: string }> = {
  "diode/onboard/quarantine/find": { most: 1, why: "one more place is looked at: it holds the key or it does not" },
  "diode/onboard/quarantine/keep": { most: 1, why: "the later of two that are the same" },
  "diode/onboard/quarantine/messageShutOut": { most: 1, why: "at the time when the last entry ends nobody is found" },
  "diode/onboard/quarantine/mark": { most: 2, why: "the later of two that are the same" },
  "diode/onboard/quarantine/take": { most: 1, why: "a rule behind the last, which lets nobody out" },
  "diode/onboard/messages/places/timeAt": {
    most: 6,
    why: "a time at the very edge of what keeps pace is that edge; the larger or smaller of two that are equal; a counter that was set anew 10 s ago to the nanosecond",
  },
  "diode/onboard/rate/conforms": { most: 1, why: "a frame due at this very time is 0 ns early" },
  "diode/onboard/rate/charge": { most: 1, why: "the later of two that are the same" },
  "diode/onboard/queue/room": { most: 1, why: "the queue's room, which was there when it was asked for" },
  "diode/onboard/remake/remake": { most: 2, why: "the larger of two that are equal" },
  "diode/onboard/second/forward": { most: 1, why: "the smaller of two that are equal" },
  "diode/onboard/second/wellFormed": { most: 1, why: "a step is never numbered as many as there are" },
  "diode/onboard/second/checkSecond": {
    most: 4,
    why: "what the first check of a policy would refuse one step early or late",
  },
  "diode/onboard/messages/remake/sum16": { most: 1, why: "a sum one step further, over zeros" },
  "diode/onboard/messages/remake/sum32": { most: 1, why: "the same" },
  "diode/onboard/messages/remake/messages": { most: 2, why: "sums and copies one step further, over zeros" },
  "diode/onboard/messages/remake/packetAt": {
    most: 2,
    why: "a sum one step further; a packet as short as its headers",
  },
  "diode/onboard/messages/remake/time": { most: 1, why: "digits beside those of a date" },
  "diode/onboard/messages/remake/judge": { most: 2, why: "copies one step further, over zeros" },
  "diode/onboard/messages/remake/remakeAll": {
    most: 2,
    why: "a packet as short as its headers; the smaller of two that are equal",
  },
  "diode/onboard/messages/match/matches": { most: 1, why: "a check behind the last, which is of no message" },
  "diode/onboard/messages/match/holds": {
    most: 2,
    why: "a value at the edge of a range, which is inside it either way",
  },
  "diode/onboard/messages/second/packet": {
    most: 5,
    why: "the second checker tests what the first has just made: zeros, a version, the number of messages, a status",
  },
  "diode/onboard/messages/second/decide": { most: 2, why: "the same: the first lets no such message through to it" },
  "diode/onboard/messages/second/data_": { most: 6, why: "the same" },
  "diode/onboard/messages/second/bus": { most: 2, why: "the same" },
  "diode/onboard/messages/second/checkMessageTables": {
    most: 6,
    why: "what the first check of a policy would refuse one step early or late, or a table at its largest",
  },
  "appliance/compartments/guard/onboard/policy/write": { most: 2, why: "a name of 24 characters has zeros behind it" },
  "appliance/compartments/guard/onboard/policy/plainNames": { most: 2, why: "one more byte is looked at; a DEL" },
  "appliance/compartments/guard/onboard/policy/saneRule": {
    most: 3,
    why: "a table at its largest; a rate of one in 2^62 ns",
  },
  "appliance/compartments/guard/onboard/policy/saneMessages": {
    most: 4,
    why: "what the second check of a policy would refuse one step early or late, or a table at its largest",
  },
  "appliance/compartments/guard/onboard/policy/sane": {
    most: 8,
    why: "an interval of 2^62 ns; what the first check of a policy would refuse one step early or late",
  },
  "appliance/compartments/guard/onboard/index/within": {
    most: 1,
    why: "at the time when the last entry ends nobody is found",
  },
  "appliance/compartments/guard/onboard/index/configure": {
    most: 2,
    why: "a part as long as input, or as its table, which is longer than any",
  },
  "appliance/compartments/guard/onboard/index/begin": {
    most: 7,
    why: "which tables need no memory: appliance/build/spare.test.ts",
  },
  "appliance/compartments/guard/onboard/index/spare": { most: 2, why: "the same" },
  "appliance/compartments/guard/onboard/index/tick": { most: 1, why: "the larger of two that are equal" },
  "appliance/compartments/guard/onboard/index/run": {
    most: 4,
    why: "stopping one record earlier; an empty batch (guard.test.ts); the smaller of two that are equal",
  },
  "appliance/compartments/guard/onboard/index/content": {
    most: 2,
    why: "a message behind the last, which both checkers number alike",
  },
  "appliance/compartments/guard/onboard/index/filter": {
    most: 6,
    why: "a frame due at this very time is 0 ns early; at the time when the last entry ends nobody is found; a rule behind the last; an event's key; protocols that carry no Chapter 10",
  },
};

/** What the verdicts depend on: the module, its mutants, the scenarios, and what compares them. */
const sourcesOf = (all: Mutants, tests: readonly Scenario[]): (string | Uint8Array)[] => [
  all.wasm,
  JSON.stringify(all.mutants),
  readFileSync(join(ROOT, "diode/testing/mutants.ts")),
  ...tests.flatMap(({ name, part, batches }) => [
    name,
    part,
    ...batches.flatMap(({ bytes, measures }) => [bytes, measures]),
  ]),
];

// REQ-FILTER-022
it("no change of a comparison goes unseen, but for those that change nothing", async () => {
  const { entry, pages } = COMPARTMENTS.find(({ name }) => name === "guard")!;
  const all = await mutantsOf(readFileSync(await compileOnboard(entry, { pages })), DECISIONS);
  const tests = await scenarios();
  const { alive: listed } = await tried({
    record: join(RECORDS, "guard.json"),
    part: "guard",
    hash: hashOf(...sourcesOf(all, tests)),
    mutants: all.mutants,
    nameOf: (m) => `${m.function}, comparison ${m.nth}: ${m.from} -> ${m.to}`,
    attempt: async (mutants) => {
      const alive = new Set(await survivors({ wasm: all.wasm, mutants: [...mutants] }, tests));
      return mutants.map((mutant) => (alive.has(mutant) ? "alive" : "seen"));
    },
  });
  console.log(
    `${all.mutants.length} mutants, ${all.mutants.length - listed.length} seen; the others:\n${listed.join("\n")}`,
  );
  expect(all.mutants.length).toBeGreaterThan(400);
  const count = new Map<string, number>();
  for (const name of listed.map((line) => line.slice(0, line.indexOf(","))))
    count.set(name, (count.get(name) ?? 0) + 1);
  const unexpected = [...count].filter(([name, n]) => n > (ALIKE[name]?.most ?? 0));
  expect(unexpected, listed.join("\n")).toEqual([]);
});
