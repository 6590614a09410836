// What a sender sends, frame by frame, and when: with a socket and a clock of the test's.
import { createHash } from "node:crypto";
import type { Socket } from "node:dgram";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it, vi } from "vitest";
import { until } from "../lib/testing/until.ts";
import { Endpoint, MOST_BYTES, type Profile } from "./endpoint.ts";
import { fileSource, Sender, type Source, streamSource } from "./send.ts";

/** ms; goes on while somebody sleeps. `quiet` ends the wait for something to send. */
const clock = vi.hoisted(() => ({ now: 0, quiet: [] as (() => void)[], waits: [] as unknown[] }));
vi.mock("node:timers/promises", () => ({
  setTimeout: (ms: number, _: undefined, isQuiet?: object) => {
    if (!isQuiet) clock.now += ms;
    else clock.waits.push(ms);
    return isQuiet ? new Promise<void>((resolve) => clock.quiet.push(resolve)) : Promise.resolve();
  },
}));
beforeEach(() => {
  Object.assign(clock, { now: 5000, quiet: [], waits: [] });
  vi.spyOn(performance, "now").mockImplementation(() => clock.now);
  vi.spyOn(Date, "now").mockReturnValue(1_700_000_000_000);
});

const KEY = Buffer.alloc(32, 3);
/** Windows of two blocks, each of two shards and one of parity. */
const PROFILE: Profile = { data: 2, parity: 1, interleave: 2 };
/** A frame each 10 ms. */
const RATE = (1472 * 8 * 1000) / 10;
const sha = (data: Uint8Array) => createHash("sha256").update(data).digest();

/** @param took ms that the socket takes for a frame; an error that it ends with */
async function sending(repeat?: number, took: () => number | Error = () => 0) {
  const sent: string[] = [];
  const endpoint = await Endpoint.open(KEY, PROFILE, 7n);
  const receiver = await Endpoint.open(KEY, PROFILE, 0n);
  const send = (frame: Buffer, port: number, host: string, done: (error: Error | null) => void) => {
    expect([receiver.take(frame), port, host]).toEqual(["", 514, "10.0.9.1"]);
    const { type } = receiver.frame;
    const records = [...receiver.records()].map((record) => {
      if (!record) return "?";
      const { kind, stream, size, offset, bytes, digest } = record;
      if (kind === 1) return `manifest ${stream} ${bytes} ${size} ${digest.toString("hex", 0, 4)}`;
      if (kind === 2) return `data ${stream} ${offset}+${bytes.length}`;
      return kind === 3 ? `end ${stream} ${size} ${digest.toString("hex", 0, 4)}` : "nothing";
    });
    const what = type === 1 ? records.join(", ") || "parity" : type === 2 ? `beat ${receiver.counters(3)}` : "idle";
    sent.push(`${clock.now - 5000} ${what}`);
    const time = took();
    if (typeof time === "number") clock.now += time;
    done(typeof time === "number" ? null : time);
  };
  const socket = { send } as unknown as Socket;
  const options = { socket, host: "10.0.9.1", port: 514, rate: RATE, profile: PROFILE, ...(repeat && { repeat }) };
  return { sender: new Sender(endpoint, options), sent };
}
const untimed = (sent: readonly string[]) => sent.map((line) => line.replace(/^\d+ /, ""));

it("wakes up what is between with 64 frames at its rate, and tells each second how much was sent", async () => {
  const { sender, sent } = await sending();
  await sender.warmUp();
  const time = 1_700_000_000_000_000_000n;
  expect(sent[0]).toBe("0 idle");
  expect(sent[1]).toBe(`10 beat 2,0,${time}`);
  expect(sent.slice(2)).toEqual(Array.from({ length: 63 }, (_, n) => `${20 + 10 * n} idle`));
  expect(sender.progress).toEqual({ frames: 65, bytes: 0 });
  for (let n = 0; n < 2; n++) await sender.warmUp();
  expect(sent.filter((line) => line.includes("beat"))).toEqual([`10 beat 2,0,${time}`, `1010 beat 102,0,${time}`]);
});

it("sends a file as blocks, with what announces it and its end once in each block", async () => {
  const { sender, sent } = await sending(1);
  const bytes = Buffer.alloc(5 * MOST_BYTES + 3, "0123456789");
  const folder = mkdtempSync(join(tmpdir(), "weir-send-"));
  writeFileSync(join(folder, "f"), bytes);
  const source = await fileSource(join(folder, "f"), "name");
  expect(source).toEqual({ name: "name", size: bytes.length, digest: sha(bytes), bytes: expect.any(Function) });
  await sender.send(source);
  rmSync(folder, { recursive: true });
  const manifest = `manifest 1 name ${bytes.length} ${sha(bytes).toString("hex", 0, 4)}`;
  const end = `end 1 ${bytes.length} ${sha(bytes).toString("hex", 0, 4)}`;
  const at = (n: number) => `data 1 ${n * MOST_BYTES}+${MOST_BYTES}`;
  expect(untimed(sent).filter((what) => !what.startsWith("beat"))).toEqual([
    ...[manifest, manifest, "parity", "parity"],
    ...[manifest, at(0), at(1), at(2), "parity", "parity"],
    ...[at(3), manifest, at(4), `data 1 ${5 * MOST_BYTES}+3`, "parity", "parity"],
    ...[end, end, "parity", "parity"],
  ]);
  expect(sender.progress).toEqual({ frames: sent.length, bytes: bytes.length });
});

it("announces and ends twice unless said; streams are counted", async () => {
  const { sender, sent } = await sending();
  const source = streamSource("s", async function* () {
    yield Buffer.from("abc");
  });
  for (let n = 0; n < 2; n++) await sender.send(source);
  const count = (what: string) => sent.filter((line) => line.includes(` ${what}`)).length;
  const kinds = ["manifest 1 s undefined 00000000", "data 1 0+3", "end 1 3 ba7816bf", "manifest 2", "end 2 3 ba7816bf"];
  expect(kinds.map(count)).toEqual([5, 1, 4, 5, 4]);
});

it("fills frames, whatever the pieces of a stream; what waits for 100 ms is sent as it is, and heartbeats go on", async () => {
  const { sender, sent } = await sending(1);
  let give: (bytes: Buffer | undefined) => void = () => {};
  const coming = () => new Promise<Buffer | undefined>((resolve) => (give = resolve));
  const source: Source = streamSource("s", async function* () {
    for (let bytes = await coming(); bytes; bytes = await coming()) yield bytes;
  });
  const done = sender.send(source);
  const data = () => untimed(sent).filter((line) => line.startsWith("data"));
  const settle = async (count: number) => {
    await until(() => clock.waits.length === count);
    await new Promise(setImmediate);
  };
  await settle(1);
  give(Buffer.alloc(MOST_BYTES - 1));
  await settle(2);
  expect(data()).toEqual([]);
  give(Buffer.alloc(2));
  await settle(3);
  expect(data()).toEqual([`data 1 0+${MOST_BYTES}`]);
  const before = sent.length;
  clock.now += 2000;
  for (const resolve of clock.quiet) resolve();
  await settle(4);
  expect(untimed(sent.slice(before))).toEqual([
    `data 1 ${MOST_BYTES}+1`,
    `beat ${before + 2},${MOST_BYTES},1700000000000000000`,
    "parity",
    "parity",
  ]);
  clock.now += 1000;
  for (const resolve of clock.quiet) resolve();
  await settle(5);
  expect(untimed(sent).at(-1)).toMatch(/^beat/);
  give(undefined);
  await done;
  expect(data()).toHaveLength(2);
  expect(new Set(clock.waits)).toEqual(new Set([100]));
});

it.each([
  [52, [0, 52, 104, 156]], // more than it may be late: what was not used is not made up for
  [12, [0, 12, 24, 36]],
  [3, [0, 10, 20, 30]],
])("a socket that takes %i ms for a frame", async (took, times) => {
  const { sender, sent } = await sending(1, () => took);
  await sender.warmUp();
  expect(sent.slice(0, 4).map((line) => Number.parseInt(line, 10))).toEqual(times);
});

it("what was not used is not made up for; a little that is late is", async () => {
  for (const [late, times] of [
    [60, [60, 60, 60, 60, 60, 60, 70, 80]], // 50 ms behind
    [61, [61, 71, 81, 91, 101, 111, 121, 131]],
  ] as const) {
    let n = 0;
    const { sender, sent } = await sending(1, () => (n++ === 0 ? late : 0));
    clock.now = 5000;
    await sender.warmUp();
    expect(sent.slice(1, 9).map((line) => Number.parseInt(line, 10))).toEqual(times);
  }
});

it("a frame that the system refuses ends it", async () => {
  const { sender } = await sending(1, () => new Error("EMSGSIZE"));
  await expect(sender.warmUp()).rejects.toThrow("EMSGSIZE");
});
