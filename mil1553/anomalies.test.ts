// Every anomaly of 1553 messages and of Chapter 10 has what raises it here, and beside it the nearest that does not.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { RecordKind } from "../appliance/contract/abi.ts";
import { Chapter10Decoder, record } from "../captures/mil1553/index.ts";
import { ROOT } from "../lib/asc.ts";
import { LEGALITY, STRUCTURE, TIME } from "./testing/anomalies/messages.ts";
import type { Given, Pair, Pairs } from "./testing/anomalies/pair.ts";
import { CLOCK, CONTAINER, ETHERNET } from "./testing/anomalies/recordings.ts";
import { NAMED_PORT, STREAM } from "./testing/anomalies/streams.ts";

const MESSAGES: Record<string, Pairs> = { STRUCTURE, TIME, LEGALITY };
const CARRIED: Record<string, Pairs> = { CONTAINER, ETHERNET, CLOCK, STREAM };

let decoder: Chapter10Decoder;
let named: Chapter10Decoder;
beforeAll(async () => {
  decoder = await Chapter10Decoder.create({ rows: "json" });
  named = await Chapter10Decoder.create({ rows: "json", ports: [2000] });
});

/** Of what carries messages: what was told, with `damaged`. */
const damages = new Map<string, boolean>();

/** What is wrong with messages and with what carries them, each name once. */
function names(given: Given, by = decoder): string[] {
  const found = new Set<string>();
  const take = (parts: Iterable<{ rows: Uint8Array; notes: Uint8Array }>) => {
    const lines = (bytes: Uint8Array) => Buffer.from(bytes).toString().split("\n").filter(Boolean);
    for (const { rows, notes } of parts) {
      for (const line of lines(rows)) for (const name of JSON.parse(line).anomalies ?? []) found.add(name);
      for (const line of lines(notes)) {
        const { anomaly, damaged } = JSON.parse(line);
        found.add(anomaly);
        damages.set(anomaly.slice("chapter10.".length), damaged);
      }
    }
  };
  const feed = (one: Uint8Array) => {
    by.input.set(one);
    take(by.decode(one.length));
  };
  by.begin("plain");
  const most = 60_000;
  if (given instanceof Uint8Array)
    for (let at = 0; at < given.length; at += most) feed(record(given.subarray(at, at + most), RecordKind.CHAPTER10));
  else for (const { frame, at } of given) feed(record(frame, RecordKind.FRAME, 1, at));
  take(by.end());
  return [...found].sort();
}

const cases = (pairs: Pairs) =>
  Object.entries(pairs).flatMap(([name, list]) =>
    [list].flat().map((one): [string, string, Pair] => [name, one.values, one]),
  );
/** Names of a recording's or a stream's faults, of a message's where they have no other. */
const full = (list: readonly string[]) =>
  list.map((name) => (MESSAGE_NAMES.has(name) ? `mil1553.${name}` : `chapter10.${name}`)).sort();
const MESSAGE_NAMES = new Set(Object.values(MESSAGES).flatMap((pairs) => Object.keys(pairs)));

// REQ-DECODE-015
describe.each(Object.entries({ ...MESSAGES, ...CARRIED }))("%s", (_, pairs) => {
  it.each(cases(pairs))("%s: %s", (name, _values, { bad, good, also, left }) => {
    expect(names(bad)).toEqual(full([name, ...also]));
    expect(names(good)).toEqual(full(left));
  });
});

it.each(cases(NAMED_PORT))("%s on a port that was named: %s", (name, _, { bad, good, also, left }) => {
  expect(names(bad, named)).toEqual(full([name, ...also]));
  expect(names(good, named)).toEqual(full(left));
});

it("no anomaly is without its pair, and no pair is of an anomaly that has no number", () => {
  const source = readFileSync(join(ROOT, "mil1553/onboard/anomalies.ts"), "utf8");
  const numbered = (start: string) =>
    [
      ...source
        .split(start)[1]!
        .split("\n}")[0]!
        .matchAll(/^ {2}([A-Z0-9_]+) = \d+/gm),
    ].map(([, id]) => id!.toLowerCase());
  const paired = (families: Record<string, Pairs>) => Object.values(families).flatMap((pairs) => Object.keys(pairs));
  expect(paired(MESSAGES).sort()).toEqual(numbered("export const enum M {").sort());
  expect(paired({ ...CARRIED, NAMED_PORT }).sort()).toEqual(numbered("export const enum C {").sort());
});

it("damage of the input, for which weir decode's exit code is 2, is told from what is merely unusual", () => {
  for (const pairs of Object.values(CARRIED)) for (const [, , { bad }] of cases(pairs)) names(bad);
  const damaged = [...damages].filter(([, isDamage]) => isDamage).map(([name]) => name);
  expect(damaged.sort()).toEqual([
    ...["data_checksum", "ethernet_length", "header_checksum", "header_length", "lost_sync", "message_count"],
    ...["message_length", "secondary_checksum", "short_data", "truncated", "udp_conflict", "udp_evicted"],
    ...["udp_incomplete", "udp_pieces", "udp_short", "udp_size"],
  ]);
});
