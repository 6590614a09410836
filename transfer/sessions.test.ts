// What a receiver does not take again after it was started again, and what it does not replace.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../lib/testing/until.ts";
import { Endpoint, PROFILES } from "./endpoint.ts";
import { type Done, Receiver } from "./receive.ts";
import { Sessions } from "./sessions.ts";

const KEY = Buffer.alloc(32, 3);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-sessions-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Frames of files of one session, as a relay sends them. */
async function session(boot: bigint, ...files: [stream: number, name: string, content: string][]): Promise<Buffer[]> {
  const from = await Endpoint.open(KEY, PROFILES.files, boot);
  return files.flatMap(([stream, name, content]) => {
    const bytes = Buffer.from(content);
    const digest = createHash("sha256").update(bytes).digest();
    const frames = [
      () => from.manifest(stream, name, bytes.length, Buffer.alloc(32)),
      () => from.data(stream, 0, bytes),
      () => from.end(stream, bytes.length, digest),
    ];
    return frames.map((make) => Buffer.from(make()));
  });
}

/** @param last what comes when the first file is done. @param before what happens when the receiver is there */
async function receive(
  frames: readonly Buffer[],
  last: readonly Buffer[] = [],
  before = () => {},
): Promise<{ done: Done[]; receiver: Receiver }> {
  const done: Done[] = [];
  const endpoint = await Endpoint.open(KEY, PROFILES.files, 0n);
  const receiver = new Receiver(endpoint, { folder, overwrite: true, onDone: (one) => done.push(one) });
  before();
  for (const frame of frames) receiver.take(frame, 1);
  if (last.length) await until(() => done.length === 1);
  for (const frame of last) receiver.take(frame, 1);
  receiver.giveUp(2, true);
  await until(() => receiver.open === 0);
  return { done, receiver };
}
const content = (name: string) => readFileSync(join(folder, name), "utf8");

// REQ-TRANSFER-011
describe("a receiver that was started again", () => {
  it("takes nothing of an older session, nor what it had taken of the last one; what is new it takes", async () => {
    const old = await session(100n, [1, "a", "old"], [2, "b", "old"]);
    const now = await session(200n, [1, "a", "first"], [2, "a", "second"], [3, "c", "later"]);
    await receive(old);
    await receive(now.slice(0, 6));
    expect([content("a"), content("b")]).toEqual(["second", "old"]);
    const again = await receive([...old, ...now]);
    expect(again.done.map(({ name, whole }) => [name, whole])).toEqual([["c", true]]);
    expect([content("a"), content("b"), content("c")]).toEqual(["second", "old", "later"]);
    expect([...again.receiver.refused]).toEqual([
      ["boot", 6],
      ["replay", 6],
    ]);
  });

  it("says what is wrong with what it remembers", async () => {
    writeFileSync(join(folder, ".weir-received.json"), "{}\n");
    await expect(receive([])).rejects.toThrow(/\.weir-received\.json: not the state of a receiver; remove it/);
  });
});

it("what cannot be remembered is said to be the reason, not a file of the same name", async () => {
  const frames = await session(100n, [1, "a", "newer"]);
  writeFileSync(join(folder, "a"), "older");
  const { done } = await receive(frames, [], () => mkdirSync(join(folder, ".weir-received.json")));
  expect(done.map(({ whole, why }) => [whole, why])).toEqual([
    [false, expect.stringMatching(/EISDIR|EEXIST|ENOTEMPTY/)],
  ]);
  expect(content("a")).toBe("older");
});

it("a file that began earlier does not replace one that began later", async () => {
  const frames = await session(100n, [1, "a", "older"], [2, "a", "newer"]);
  const { done } = await receive([frames[0]!, frames[1]!, ...frames.slice(3)], [frames[2]!]);
  expect(done.map(({ whole, why }) => [whole, why])).toEqual([
    [true, ""],
    [false, "a newer file of that name has come"],
  ]);
  expect(content("a")).toBe("newer");
});

const MOST = 2n ** 64n - 1n;
it.each<[string, { boot: bigint; sequence: bigint } | undefined]>([
  ['{"boot":"7","sequence":"12"}\n', { boot: 7n, sequence: 12n }],
  [`{"boot":"${MOST}","sequence":"${MOST}"}\n`, { boot: MOST, sequence: MOST }],
  [`{"boot":"${MOST + 1n}","sequence":"1"}\n`, undefined],
  [`{"boot":"1","sequence":"${MOST + 1n}"}\n`, undefined],
  ['{"boot":"7","sequence":"12"}', undefined],
  ['{"boot":"","sequence":"12"}\n', undefined],
  ["", undefined],
])("what is remembered is read only as it is written: %j", (text, floor) => {
  const sessions = new Sessions(folder);
  expect([sessions.path, sessions.load()]).toEqual([join(folder, ".weir-received.json"), undefined]);
  writeFileSync(sessions.path, text);
  if (floor) {
    expect(sessions.load()).toEqual(floor);
    rmSync(sessions.path);
    sessions.save(floor); // it is there already, as far as it knows
    expect(existsSync(sessions.path)).toBe(false);
    new Sessions(folder).save(floor);
    expect(readFileSync(sessions.path, "utf8")).toBe(text);
    for (const next of [
      { ...floor, boot: 1n },
      { ...floor, boot: 1n, sequence: 2n },
    ]) {
      sessions.save(next);
      expect(new Sessions(folder).load()).toEqual(next);
    }
  } else
    expect(() => sessions.load()).toThrow(
      `${sessions.path}: not the state of a receiver; remove it to receive recordings of old sessions, too`,
    );
});

it("a file is newer by its session, and in one session by its stream; 65,536 names are remembered", () => {
  const sessions = new Sessions(folder);
  const isNewer = (boot: bigint, stream: number) => sessions.isNewer("a", boot, stream);
  expect(isNewer(7n, 3)).toBe(false);
  sessions.came("a", 7n, 3);
  expect([isNewer(7n, 2), isNewer(7n, 3), isNewer(7n, 4), isNewer(6n, 9), isNewer(8n, 1)]).toEqual([
    ...[true, false, false, true, false],
  ]);
  for (let n = 1; n < 65_536; n++) sessions.came(`b${n}`, 7n, 3);
  expect(isNewer(6n, 9)).toBe(true);
  sessions.came("c", 7n, 3);
  expect(isNewer(6n, 9)).toBe(false);
  expect(sessions.isNewer("b1", 6n, 9)).toBe(true);
  sessions.came("b1", 7n, 3);
  sessions.came("d", 7n, 3);
  expect(["b1", "b2", "b3"].map((name) => sessions.isNewer(name, 6n, 9))).toEqual([true, false, true]);
});
