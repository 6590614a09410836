// A collector that listens: what it says when heartbeats stop, what it saves and when, and what it goes on with.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Collector } from "./collector.ts";
import { EventIndex } from "./events.ts";
import type { Report } from "./reports.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-live-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
const state = () => join(folder, "collect.state.json");

const record = (sequence: number, json = '{"timestamp":"2026-03-02T00:00:01.000000+0000","event_type":"flow"}') =>
  Buffer.from(
    `<109>1 2026-03-02T00:00:01.000000Z weir weir - eve [weir@32473 boot="7" seq="${sequence}"][timeQuality tzKnown="1"] ${json}`,
  );
const heartbeat = (sequence: number, lost: string) =>
  record(
    sequence,
    `{"timestamp":"2026-03-02T00:00:0${sequence}.000000+0000","event_type":"heartbeat","journal":{${lost}}}`,
  );

function live(now: number, indexed = 0) {
  const reports: Report[] = [];
  const said: string[] = [];
  const options = { folder, rotation: { keep: 1 }, indexed, live: true };
  const onTrouble = (text: string) => void said.push(text);
  const collector = new Collector({ ...options, onReport: (report) => reports.push(report), onTrouble }, now);
  return { collector, reports, said };
}

// REQ-LOG-007
it("says once that no heartbeat has come for 3 s, since it began or since the last, and once that they come again", () => {
  const { collector, reports } = live(1000);
  const found = (now: number) => {
    collector.tick(now);
    return reports.splice(0);
  };
  expect(found(3999)).toEqual([]);
  expect(found(4000)).toEqual([{ class: "silent", seconds: 3 }]);
  expect(found(9000)).toEqual([]);
  collector.take(record(1), 9500);
  expect(found(9500)).toEqual([{ class: "started", boot: 7 }]);
  collector.take(heartbeat(2, '"lost":{"in":1,"out":2,"log":34}'), 10_000);
  expect(found(12_999)).toEqual([{ class: "heard" }]);
  expect([...collector.unsent]).toEqual([[7, 34]]);
  collector.take(heartbeat(3, '"lost":{"in":1,"out":2}'), 12_999);
  expect(found(15_998)).toEqual([]);
  expect(found(17_000)).toEqual([{ class: "silent", seconds: 4 }]);
  expect([...collector.unsent]).toEqual([[7, 34]]);
  collector.close();
  const lines = readFileSync(join(folder, "collect.json"), "utf8").trim().split("\n");
  const all = lines.map((line) => JSON.parse(line));
  expect(all.map(({ timestamp, event_type, weir_log }) => [timestamp, event_type, weir_log.class])).toEqual([
    ["1970-01-01T00:00:00.000000+0000", "weir_log", "silent"],
    ["1970-01-01T00:00:00.000000+0000", "weir_log", "started"],
    ["2026-03-02T00:00:02.000000+0000", "weir_log", "heard"],
    ["2026-03-02T00:00:03.000000+0000", "weir_log", "silent"],
  ]);
  for (const { arrived } of all) expect(arrived).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

it("saves what it knows each second in which something came, and at the end", () => {
  const { collector } = live(0);
  const saved = (now: number) => {
    rmSync(state(), { force: true });
    collector.tick(now);
    return existsSync(state());
  };
  collector.take(record(1), 500);
  expect([999, 1000, 2000].map(saved)).toEqual([false, true, false]);
  collector.take(record(2), 2100);
  expect([1999, 2001, 3001].map(saved)).toEqual([false, true, false]);
  collector.take(record(3), 3001);
  collector.close();
  expect(JSON.parse(readFileSync(state(), "utf8"))).toMatchObject({ boots: [{ boot: 7, highest: 3, missing: [] }] });
});

it("saves nothing where it reads files", () => {
  const collector = new Collector({ folder, rotation: { keep: 1 }, indexed: 0, live: false });
  collector.take(record(1));
  collector.tick(5000);
  collector.close();
  expect(existsSync(state())).toBe(false);
});

it("goes on where it stopped", () => {
  const first = live(0).collector;
  for (const n of [1, 2, 5]) first.take(record(n), 0);
  first.close();
  const { collector, reports } = live(0);
  for (const n of [2, 3, 6]) collector.take(record(n), 0, "10.0.9.2:5514");
  collector.close();
  expect(reports).toEqual([
    { class: "duplicate", boot: 7, first: 2, datagram: 1, from: "10.0.9.2:5514" },
    { class: "reordered", boot: 7, first: 3, late: true, datagram: 2, from: "10.0.9.2:5514" },
  ]);
  expect(collector.verifier.missing).toBe(1);
});

const boot = (more: object) => ({ boots: [{ boot: 7, highest: 3, missing: [[1, 2]], ...more }] });
it.each([
  "",
  "{}",
  "[]",
  '{"boots":[{}]}',
  JSON.stringify(boot({ boot: "7" })),
  JSON.stringify(boot({ boot: 1.5 })),
  JSON.stringify(boot({ highest: -1 })),
  JSON.stringify(boot({ missing: [[1]] })),
  JSON.stringify(boot({ missing: [[1, 2, 3]] })),
  JSON.stringify(boot({ missing: [[1, "2"]] })),
  JSON.stringify(boot({ missing: [12] })),
  JSON.stringify({ ...boot({}), codes: [7] }),
  JSON.stringify({ ...boot({}), codes: ["7 1 0123456789abcde"] }),
  JSON.stringify({ ...boot({}), codes: ["7 1 0123456789abcdef y"] }),
])("a state that no collector wrote is refused: %s", (text) => {
  writeFileSync(state(), text);
  expect(() => live(0)).toThrow(`${state()}: not the state of a collector; remove it to start again`);
});

it.each([
  boot({}),
  boot({ highest: 0, missing: [] }),
  { ...boot({}), codes: ["7 1 0123456789abcdef", "7 2 0123456789abcde0 x"] },
])("a state that one wrote is taken: %j", (written) => {
  writeFileSync(state(), JSON.stringify(written));
  expect(live(0).collector.verifier.state).toEqual({ codes: [], ...written });
});

it("the index gets what has a time; how much has none is counted", () => {
  const { collector, said } = live(0, 100);
  for (let n = 1; n <= 3; n++) collector.take(record(n), 0);
  collector.take(record(4, '{"timestamp":"soon"}'), 0);
  collector.tick(1);
  expect(collector.unindexed).toBe(1);
  collector.close();
  const index = new EventIndex(join(folder, "events.db"));
  const events = index.query({ limit: 9 });
  expect(events.filter(({ type }) => type !== "weir_log").map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  expect(events.filter(({ type }) => type === "weir_log").map(({ json }) => JSON.parse(`${json}`).weir_log)).toEqual([
    { class: "started", boot: 7 },
  ]);
  index.close();
  expect([collector.unindexed, said]).toEqual([1, []]);
});

it.each([
  [
    "a full disk",
    true,
    "database or disk is full",
    [
      "events.db: cannot be written (database or disk is full): records wait until there is room",
      "events.db: is written again",
    ],
    0,
  ],
  [
    "a full disk, where files are read",
    false,
    "disk I/O error",
    ["events.db: disk I/O error: no further events are written to it"],
    2,
  ],
  ["another trouble", true, "malformed", ["events.db: malformed: no further events are written to it"], 2],
] as const)("what the index cannot take because of %s", (_, isLive, why, expected, unindexed) => {
  const said: string[] = [];
  const options = { folder, rotation: { keep: 1 }, indexed: 9, live: isLive };
  const collector = new Collector({ ...options, onTrouble: (text) => void said.push(text) }, 0);
  const add = vi.spyOn(EventIndex.prototype, "add").mockImplementation(() => {
    throw new Error(why);
  });
  for (const n of [1, 2]) collector.take(record(n), 0);
  for (const now of [1, 2]) collector.tick(now);
  add.mockRestore();
  collector.tick(3);
  collector.close();
  expect([said, collector.unindexed]).toEqual([expected, unindexed]);
});
