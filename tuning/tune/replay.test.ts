// Captures read again and again leave no file open behind, and the memory that reads them is used again.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Layer } from "../../captures/layer.ts";
import { policyWith } from "../../diode/testing/guard.ts";
import { ROOT } from "../../lib/asc.ts";
import { type Timeline, timelineOf, windowsOf } from "./blocks.ts";
import { alertsOf, Bench, learnWindow, scoresOf } from "./replay.ts";
import { plant } from "./testing/plant.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-replay-"));
const bench = new Bench({ text: policyWith(""), file: "policy.yaml", ignoreChecksums: false }, folder);
let line: Timeline;
beforeAll(async () => {
  const path = join(folder, "a.pcap");
  plant(path, { seconds: 4, seed: 1 });
  // of a recording only what a window needs is read: its end is not what closes it
  line = await timelineOf([path, join(ROOT, "fixtures/mil1553/clean.ch10")], false);
});
afterAll(() => rmSync(folder, { recursive: true }));

const open = () => readdirSync("/proc/self/fd").length;

it.each<[string, () => Promise<unknown>]>([
  [
    "learning of each window",
    async () => {
      const policy = bench.compile({}, { learn: true });
      for (const window of windowsOf(line, 4)) await learnWindow(line.recordings, window, policy);
    },
  ],
  [
    "scores of each window",
    async () => {
      const policy = bench.compile({}, { ungrouped: true });
      for (const window of windowsOf(line, 4))
        await scoresOf({ recordings: line.recordings, window, policy, factors: {} });
    },
  ],
  [
    "alerts of the whole",
    async () => {
      const policy = bench.compile({}, {});
      for (let n = 0; n < 4; n++) await alertsOf(line.recordings, policy);
    },
  ],
])("%s", async (_, run) => {
  await run(); // what is compiled or loaded once is there now
  const before = open();
  const layer = await Layer.create();
  layer.release();
  await run();
  expect(open()).toBe(before);
  const again = await Layer.create();
  again.release();
  expect(again === layer).toBe(true);
});
