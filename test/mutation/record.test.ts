import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type Trial, tried, type Verdict } from "./record.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-record-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Every seventh lives, every fiftieth does not compile. */
const verdictOf = (n: number): Verdict => (n % 50 === 0 ? "none" : n % 7 === 0 ? "alive" : "seen");

function trial(record: string, hash: string, of = verdictOf): Trial<number> & { asked: number[] } {
  const asked: number[] = [];
  return {
    record: join(folder, record),
    part: "numbers",
    hash,
    mutants: Array.from({ length: 200 }, (_, n) => n),
    nameOf: String,
    asked,
    attempt: async (mutants) => {
      asked.push(...mutants);
      return mutants.map(of);
    },
  };
}

it("without a record all mutants are tried, and nothing is written", async () => {
  const first = trial("none.json", "a");
  const { seen, none, alive } = await tried(first, "");
  expect([first.asked.length, seen, none, alive.length]).toEqual([200, 168, 4, 28]);
  expect(existsSync(first.record)).toBe(false);
});

it("while the hash is right some are tried again, and the rest is what it was", async () => {
  const recorded = await tried(trial("right.json", "a"), "record");
  const again = trial("right.json", "a");
  expect(await tried(again, "")).toEqual({ seen: recorded.seen, none: recorded.none, alive: recorded.alive });
  expect(again.asked.length).toBeGreaterThan(5);
  expect(again.asked.length).toBeLessThan(50);
  const all = trial("right.json", "a");
  await tried(all, "all");
  expect(all.asked).toHaveLength(200);
});

it("another hash costs a run of all, and parts do not touch each other", async () => {
  await tried(trial("parts.json", "a"), "record");
  await tried({ ...trial("parts.json", "b"), part: "others" }, "record");
  const other = trial("parts.json", "c");
  await tried(other, "");
  expect(other.asked).toHaveLength(200);
  expect(Object.keys(JSON.parse(readFileSync(other.record, "utf8")))).toEqual(["numbers", "others"]);
});

it("a record that is wrong is noticed, in both directions", async () => {
  await tried(trial("wrong.json", "a"), "record");
  const flipped = (from: Verdict, to: Verdict) =>
    trial("wrong.json", "a", (n) => (verdictOf(n) === from ? to : verdictOf(n)));
  await expect(tried(flipped("alive", "seen"), "")).rejects.toThrow("numbers: the record is wrong about ");
  await expect(tried(flipped("seen", "alive"), "")).rejects.toThrow("numbers: the record is wrong about ");
});
