// What comes once of a kind that goes on changing is no poison: a browser's servers, a service's ports.
import { expect, it } from "vitest";
import { detectorOf } from "../baseline/merge.ts";
import { onceOf, voted } from "../baseline/votes.ts";
import type { Entry } from "../learned.ts";
import { withoutKinds } from "./votes.ts";

const MANY = 8;
const talk = (client: string, server: string, service: number): Entry => ({
  ...{ detector: "new-pair", client, server, proto: 6, service, packets: 9 },
});
const eight = (make: (k: number) => Entry) => Array.from({ length: MANY }, (_, k) => make(k));
/** How many are left as once, where each slice has the next so many of them. */
const left = (all: Entry[], each: number) => {
  const slices = Array.from({ length: 8 }, (_, i) => all.slice(i * each, (i + 1) * each));
  return withoutKinds(voted(all, slices, detectorOf), slices, MANY).filter((entry) => onceOf(entry).length).length;
};
const browsing = eight((k) => talk("10.0.0.1", `198.51.100.${k}`, 443));
const served = eight((k) => talk(`198.51.100.${k}`, "10.0.0.1", 443));
const ports = eight((k) => talk("10.0.0.1", "10.0.0.2", 50_000 - k));

it.each([
  ["servers on the Internet", browsing],
  ["clients there", served],
  ["ports of a pair", ports],
])("%s, in several slices", (_, all) => {
  expect(left(all, 1)).toBe(0);
  expect(left(all.slice(1), 1)).toBe(MANY - 1);
});

it.each([
  ["all in one slice, as a scan has them", browsing, MANY],
  ["hosts inside", eight((k) => talk("10.0.0.1", `10.0.1.${k}`, 443)), 1],
  ["ports that are assigned", eight((k) => talk("10.0.0.1", "10.0.0.2", 20 + k)), 1],
])("but not %s", (_, all, each) => {
  expect(left(all, each)).toBe(MANY);
});
