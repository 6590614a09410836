// Votes over slices of time: what one slice has only, and what becomes of it when captures are merged.
import { expect, it } from "vitest";
import type { Entry } from "../learned.ts";
import { entryIssues } from "./entries.ts";
import { detectorOf, mergeEntries, normalEntries } from "./merge.ts";
import { isOneStay, keeping, onceOf, onces, voted } from "./votes.ts";

const talk = (client: string, server: string, service: number, more: object = {}): Entry => ({
  ...{ detector: "new-pair", client, server, proto: 6, service, packets: 9, ...more },
});
const binding = (ip: string, ...macs: string[]): Entry => ({ detector: "arp", ip, macs, frames: 9 });
const [A, B] = ["10.0.0.1", "10.0.0.2"];
const [OWN, OTHER] = ["02:00:00:00:00:01", "02:00:00:00:00:02"];
const vote = (all: Entry[], ...slices: Entry[][]) => voted(all, slices, detectorOf);
const marks = (entries: Entry[]) => entries.map((entry) => onceOf(entry).length);

// REQ-GROUND-020
it("one stay is once, wherever it begins and ends; two are not; what no slice has was seen across them", () => {
  const [web, ssh, old] = [talk(A, B, 80), talk(A, B, 22), talk(A, B, 23)];
  expect(marks(vote([web, ssh, old], [web], [ssh], [web, ssh], []))).toEqual([0, 1, 0]);
  expect([[], [3], [3, 4], [3, 4, 5], [3, 4, 5, 6], [3, 5]].map(isOneStay)).toEqual([
    ...[false, true, true, true, false, false],
  ]);
});

it("a connection that a slice sees from its middle on counts either way round, but only where ports are a client's", () => {
  const opc = talk(A, B, 49_152);
  expect(marks(vote([opc], [opc], [], [talk(B, A, 40_000)]))).toEqual([0]);
  expect(marks(vote([opc], [opc], [talk(B, A, 40_000)]))).toEqual([1]); // the same stay goes on
  expect(marks(vote([opc], [opc], [], [talk(B, A, 443)]))).toEqual([1]);
  expect(marks(vote([opc], [opc], [], [talk(B, A, 40_000, { either: true })]))).toEqual([1]);
});

it("of a host's MAC addresses that which one slice has, and the host without it is normal", () => {
  const [one] = vote([binding(A, OWN, OTHER)], [binding(A, OWN)], [], [binding(A, OWN, OTHER)]);
  expect(one?.once).toEqual([`${A} at ${OTHER}`]);
  expect(normalEntries({ entries: [one!] })).toEqual([binding(A, OWN)]);
  expect(onces([one!], detectorOf)).toEqual([binding(A, OTHER)]);
  expect(entryIssues(one!)).toEqual([]);
  expect(entryIssues({ ...one!, once: [3] })).toMatchObject([{ path: ["once", 0], message: "expected text" }]);
  expect(entryIssues({ ...one!, once: 3 })).toMatchObject([{ path: ["once"], message: "expected a list of text" }]);
});

it("what another capture has as well is no longer once, whichever comes first", () => {
  const [here] = vote([talk(A, B, 22)], [talk(A, B, 22)], []);
  expect(marks([here!])).toEqual([1]);
  for (const other of [here!, talk(A, B, 22)])
    for (const both of [mergeEntries([here!, other]), mergeEntries([other, here!])]) {
      expect(both).toEqual([talk(A, B, 22, { packets: 18 })]);
    }
  const [spoofed] = vote([binding(A, OWN, OTHER)], [binding(A, OWN)], [], [binding(A, OWN, OTHER)]);
  const [left] = mergeEntries([binding(A, OWN), spoofed!]);
  expect(left).toMatchObject({ macs: [OWN, OTHER], once: [`${A} at ${OTHER}`] });
  expect(normalEntries({ entries: mergeEntries([here!, talk(B, A, 80)]) })).toEqual([talk(B, A, 80)]);
});

it("what a person keeps is as all the rest", () => {
  const all = vote([talk(A, B, 22), talk(A, B, 23)], [talk(A, B, 22), talk(A, B, 23)], []);
  const chosen = onces(all, detectorOf).filter(({ service }) => service === 22);
  expect(marks(keeping(all, chosen, detectorOf))).toEqual([0, 1]);
  expect(keeping(all, chosen, detectorOf)[0]).toEqual(talk(A, B, 22));
});
