// What a receiver says of what did not come whole, and where it was lost. Frames are given to it as they are: no network.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { until } from "../lib/testing/until.ts";
import { Endpoint, PROFILES } from "./endpoint.ts";
import { type Done, Receiver, stages } from "./receive.ts";

const KEY = Buffer.alloc(32, 0xcd);
const sha = (text: string) => createHash("sha256").update(text).digest();

async function ends() {
  const folder = mkdtempSync(join(tmpdir(), "weir-troubles-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const done: Done[] = [];
  const endpoint = await Endpoint.open(KEY, PROFILES.files, 0n);
  const to = new Receiver(endpoint, { folder, onDone: (one) => done.push(one) });
  return { folder, done, endpoint, to, from: await Endpoint.open(KEY, PROFILES.files, 7n) };
}

type Step = (from: Endpoint) => Buffer;
const named =
  (name: string, size: number | undefined, digest: Buffer): Step =>
  (from) =>
    from.manifest(1, name, size, digest);
const data =
  (at: number, text: string): Step =>
  (from) =>
    from.data(1, at, Buffer.from(text));
const end =
  (size: number, digest: Buffer): Step =>
  (from) =>
    from.end(1, size, digest);
const NONE = Buffer.alloc(32);

it.each<[why: string, steps: Step[]]>([
  ["its name did not come", [data(0, "abc"), end(3, sha("abc"))]],
  ["its end did not come", [named("f", undefined, NONE), data(0, "abc")]],
  ["4 bytes did not come", [named("f", 9, sha("x")), data(0, "abc"), data(5, "fg"), end(9, sha("x"))]],
  ["its SHA-256 is not the one that was announced", [named("f", 3, sha("x")), data(0, "abc")]],
  ["a file of that name exists", [named("there", 3, sha("abc")), data(0, "abc"), end(3, sha("abc"))]],
])("%s", async (why, steps) => {
  const { folder, done, to, from } = await ends();
  writeFileSync(join(folder, "there"), "old");
  for (const step of steps) to.take(Buffer.from(step(from)), 1000);
  to.giveUp(1000, true);
  await until(() => to.open === 0);
  expect(done.map((one) => one.why)).toEqual([why]);
});

it("where it was lost: on the way here, in the appliance, on the way to it", async () => {
  const { to, from, endpoint } = await ends();
  const frames = Array.from({ length: 6 }, (_, n) => Buffer.from(from.data(1, n, Buffer.from("x"))));
  for (const n of [0, 3, 2]) to.take(frames[n]!, 1000);
  to.take(frames[0]!, 1000);
  to.take(Buffer.from("no frame"), 1000);
  expect(stages(to, endpoint.totals)).toEqual([
    "received   3 frames, 1 lost on the way here (longest burst 2), 1 out of order, 0 too late",
    "repaired   0 shards; 0 lost for good",
    "refused    1 replay, 1 length",
  ]);
  const counters = Array<bigint>(26).fill(0n);
  for (const [n, value] of [
    [2, 9n],
    [3, 8n],
    [4, 7n],
    [5, 6n],
    [16, 1n],
    [17, 2n],
  ] as const)
    counters[n] = value;
  to.take(Buffer.from(from.heartbeat(counters)), 1000);
  expect(stages(to, endpoint.totals).slice(3)).toEqual([
    "appliance  9 frames came to it, 8 lost before, 7 shards repaired, 6 lost for good",
    "filtered   1 form, 2 unannounced",
  ]);
});
