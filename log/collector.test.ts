// What the collector does when its index cannot be written: it says so once, and the log goes on.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sqlite from "node-sqlite3-wasm";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Collector, FILES } from "./collector.ts";
import { anomaly, JournalHost, policyText } from "./testing/journal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-collector-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Datagrams of so many events, by the journal itself. */
async function payloads(count: number): Promise<Buffer[]> {
  const host = await JournalHost.start(policyText(), 1_700_000_000_000n);
  return Array.from({ length: count }, (_, n) => host.run([{ json: anomaly(n + 1) }])[0]!.payload);
}

it.each([
  ["a table is missing", true, ["events.db: no such table: events: no further events are written to it"], 0, 6],
  ["nothing is", false, [], 6, 0],
])("%s", async (_, isMissing, trouble, indexed, unindexed) => {
  const said: string[] = [];
  const options = { folder, rotation: { keep: 1 }, indexed: 100, live: false };
  const collector = new Collector({ ...options, onTrouble: (text) => said.push(text) });
  if (isMissing) {
    const other = new sqlite.Database(join(folder, FILES.index));
    other.exec("DROP TABLE events");
    other.close();
  }
  const all = await payloads(6);
  for (const payload of all.slice(0, 3)) collector.take(payload);
  collector.tick(1);
  for (const payload of all.slice(3)) collector.take(payload);
  collector.close();
  expect(said).toEqual(trouble);
  expect(collector.unindexed).toBe(unindexed);
  expect(readFileSync(join(folder, FILES.eve), "utf8").trim().split("\n")).toHaveLength(6);
  const index = new sqlite.Database(join(folder, FILES.index), { readOnly: true });
  const kept = isMissing ? 0 : (index.all("SELECT id FROM events") as unknown[]).length;
  index.close();
  expect(kept).toBe(indexed);
});
