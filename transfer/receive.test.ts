// What a receiver makes of what comes: what it says of each file, whole objects and golden text. No socket, no clock.
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { until } from "../lib/testing/until.ts";
import { COUNTERS, Endpoint, MOST_BYTES, PROFILES, SHARD_AT } from "./endpoint.ts";
import { Pieces } from "./pieces.ts";
import { type Done, Losses, Receiver, stages } from "./receive.ts";

const disk = vi.hoisted(() => ({ isFull: false }));
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const writeSync = (...args: Parameters<typeof fs.writeSync>) => {
    if (disk.isFull) throw new Error("ENOSPC: no space left on device");
    return fs.writeSync(...args);
  };
  return { ...fs, writeSync };
});

const KEY = Buffer.alloc(32, 3);
const NONE = Buffer.alloc(32);
const sha = (data: Uint8Array | string) => createHash("sha256").update(data).digest();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-receive-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A receiver, and a relay's end that its frames come from; `take` makes one and hands it over. */
async function pair(boot = 7n, options: { overwrite?: boolean } = {}) {
  const from = await Endpoint.open(KEY, PROFILES.files, boot);
  const endpoint = await Endpoint.open(KEY, PROFILES.files, 0n);
  const done: Done[] = [];
  const receiver = new Receiver(endpoint, { folder, ...options, onDone: (one) => done.push(one) });
  const take = (frame: Buffer, now = 1000) => receiver.take(Buffer.from(frame), now);
  const settled = async () => {
    await until(() => receiver.open === 0);
    return done;
  };
  return { from, endpoint, receiver, done, take, settled };
}
type Pair = Awaited<ReturnType<typeof pair>>;

// REQ-TRANSFER-007, REQ-TRANSFER-008
describe("of a file is said", () => {
  const part = () => join(folder, ".weir-7-1.part");
  it.each<[string, (p: Pair) => void, Partial<Done>, string[]]>([
    [
      "that it is whole",
      ({ from, take }) => {
        take(from.manifest(1, "f", 3, sha("abc")));
        take(from.data(1, 0, Buffer.from("abc")));
      },
      { name: "f", whole: true, size: 3, missing: [], why: "" },
      ["f"],
    ],
    [
      "that it is whole, where its size and its digest come at its end, and its data in another order",
      ({ from, take }) => {
        take(from.manifest(1, "f", undefined, NONE));
        take(from.data(1, 2, Buffer.from("cd")));
        take(from.data(1, 0, Buffer.from("ab")));
        take(from.end(1, 4, sha("cdab"))); // the digest is that of the order in which it left
      },
      { name: "f", whole: true, size: 4, missing: [], why: "" },
      ["f"],
    ],
    [
      "that it is empty, and whole",
      ({ from, take }) => {
        take(from.manifest(1, "f", undefined, NONE));
        take(from.end(1, 0, sha("")));
      },
      { name: "f", whole: true, size: 0, missing: [], why: "" },
      ["f"],
    ],
    [
      "what is missing at its beginning, between and at its end",
      ({ from, take }) => {
        take(from.manifest(1, "f", 12, NONE));
        take(from.data(1, 2, Buffer.from("ab")));
        take(from.data(1, 7, Buffer.from("ab")));
      },
      {
        ...{ name: "f", whole: false, size: 12, why: "8 bytes did not come" },
        missing: [
          [0, 2],
          [4, 7],
          [9, 12],
        ],
      },
      [".weir-7-1.part"],
    ],
    [
      "that its name did not come",
      ({ from, take }) => {
        take(from.data(1, 0, Buffer.from("abc")));
        take(from.end(1, 3, sha("abc")));
      },
      { name: "?", whole: false, size: 3, missing: [], why: "its name did not come" },
      [".weir-7-1.part"],
    ],
    [
      "that its end did not come",
      ({ from, take }) => {
        take(from.manifest(1, "f", undefined, NONE));
        take(from.data(1, 0, Buffer.from("abc")));
      },
      { name: "f", whole: false, size: undefined, missing: undefined, why: "its end did not come" },
      [".weir-7-1.part"],
    ],
    [
      "that no digest of it came",
      ({ from, take }) => {
        take(from.manifest(1, "f", 3, NONE));
        take(from.data(1, 0, Buffer.from("abc")));
        take(from.end(1, 3, NONE));
      },
      { name: "f", whole: false, size: 3, missing: [], why: "its SHA-256 is not the one that was announced" },
      [".weir-7-1.part"],
    ],
    [
      "that some of it could not be written, though it came again",
      ({ from, take }) => {
        take(from.manifest(1, "f", 3, sha("abc")));
        disk.isFull = true;
        take(from.data(1, 0, Buffer.from("a")));
        disk.isFull = false;
        take(from.data(1, 1, Buffer.from("bc")));
        take(from.data(1, 0, Buffer.from("a")));
      },
      {
        ...{ name: "f", whole: false, size: 3, missing: [] },
        why: "cannot be written: ENOSPC: no space left on device",
      },
      [".weir-7-1.part"],
    ],
    [
      "that there is one of that name",
      ({ from, take }) => {
        writeFileSync(join(folder, "f"), "old");
        take(from.manifest(1, "f", 3, sha("abc")));
        take(from.data(1, 0, Buffer.from("abc")));
      },
      { name: "f", whole: false, size: 3, missing: [], why: "a file of that name exists" },
      [".weir-7-1.part", "f"],
    ],
    [
      "that somebody else has shortened it meanwhile",
      ({ from, take }) => {
        take(from.manifest(1, "f", 6, sha("abcdef")));
        take(from.data(1, 0, Buffer.from("abc")));
        writeFileSync(part(), "");
        take(from.data(1, 0, Buffer.from("abc")));
        writeFileSync(part(), "a");
        take(from.end(1, 3, sha("abcabc")));
      },
      { name: "f", whole: false, size: 3, missing: [], why: "cannot be verified: it is shorter than what was written" },
      [".weir-7-1.part"],
    ],
    [
      "that somebody else has removed it meanwhile",
      ({ from, take }) => {
        take(from.manifest(1, "f", 3, sha("abc")));
        rmSync(part());
        take(from.data(1, 0, Buffer.from("abc")));
      },
      {
        ...{ name: "f", whole: false, size: 3, missing: [] },
        why: expect.stringMatching(/^cannot be verified: ENOENT/) as unknown as string,
      },
      [],
    ],
  ])("%s", async (_, send, expected, files) => {
    const all = await pair();
    send(all);
    all.receiver.giveUp(1000, true);
    const path = expected.whole ? join(folder, "f") : part();
    expect(await all.settled()).toEqual([{ path, ...expected }]);
    expect(readdirSync(folder).filter((name) => name !== ".weir-received.json")).toEqual(files);
    for (const frame of [all.from.data(1, 0, Buffer.from("x")), all.from.end(1, 1, NONE)]) all.take(frame);
    expect([all.receiver.open, all.done.length]).toEqual([0, 1]);
  });

  it("that it cannot be kept, once", async () => {
    const all = await pair();
    symlinkSync(join(folder, "elsewhere"), part());
    for (let n = 2; n <= 100; n++) symlinkSync(join(folder, "elsewhere"), join(folder, `.weir-7-1-${n}.part`));
    all.take(all.from.manifest(1, "f", 3, sha("abc")));
    all.take(all.from.data(1, 0, Buffer.from("abc")));
    expect(all.done).toEqual([
      {
        ...{ name: "?", path: join(folder, ".weir-7-1-100.part"), whole: false, size: undefined, missing: undefined },
        why: expect.stringMatching(/^cannot be kept: EEXIST/),
      },
    ]);
    expect([all.receiver.open, readdirSync(folder).includes("elsewhere")]).toEqual([0, false]);
  });

  it("nothing while it lies beside what an earlier receiver left, whose part has its name", async () => {
    writeFileSync(part(), "an earlier one's");
    writeFileSync(join(folder, ".weir-7-1-2.part"), "");
    const all = await pair();
    all.take(all.from.manifest(1, "f", 4, sha("abcd")));
    all.take(all.from.data(1, 0, Buffer.from("abc")));
    expect(readFileSync(join(folder, ".weir-7-1-3.part"), "utf8")).toBe("abc");
    expect([all.done, all.receiver.open]).toEqual([[], 1]);
    all.take(all.from.data(1, 3, Buffer.from("d")));
    expect(await all.settled()).toMatchObject([{ whole: true }]);
    expect(readFileSync(join(folder, "f"), "utf8")).toBe("abcd");
  });
});

it("replaces another where that is asked for", async () => {
  writeFileSync(join(folder, "f"), "old");
  const all = await pair(7n, { overwrite: true });
  all.take(all.from.manifest(1, "f", 3, sha("abc")));
  all.take(all.from.data(1, 0, Buffer.from("abc")));
  expect(await all.settled()).toMatchObject([{ name: "f", whole: true }]);
  expect(readFileSync(join(folder, "f"), "utf8")).toBe("abc");
});

it("an end that a burst took is in the next heartbeat; one of a stream of which nothing came is no file", async () => {
  const all = await pair();
  all.take(all.from.manifest(1, "f", 3, NONE));
  all.take(all.from.data(1, 0, Buffer.from("abc")));
  const counters = Array.from({ length: COUNTERS }, (_, n) => BigInt(n * 10));
  const heartbeat = Array<bigint>(COUNTERS + 6 * 16).fill(0n);
  heartbeat.splice(0, COUNTERS, ...counters);
  const digest = sha("abc");
  for (const [at, stream] of [
    [COUNTERS, 1],
    [COUNTERS + 6 * 15, 2],
  ] as const) {
    heartbeat[at] = BigInt(stream);
    heartbeat[at + 1] = 3n;
    for (let n = 0; n < 4; n++) heartbeat[at + 2 + n] = digest.readBigUInt64LE(8 * n);
  }
  const frame = Buffer.from(all.from.heartbeat(heartbeat));
  expect(all.receiver.open).toBe(1);
  all.take(frame);
  expect(await all.settled()).toMatchObject([{ name: "f", whole: true }]);
  expect(all.receiver.counters).toEqual(counters);
  expect(all.endpoint.ends().map(({ stream, size }) => [stream, size])).toEqual([
    [1, 3],
    [2, 3],
  ]);
  expect(readdirSync(folder).sort()).toEqual([".weir-received.json", "f"]);
});

it("is given up 2 s after the last that came of it, when its end or its digest did and its size is known", async () => {
  const all = await pair();
  const { from } = all;
  all.take(from.manifest(1, "digest", 4, sha("abcd")), 1000);
  all.take(from.manifest(2, "neither", 4, NONE), 1000);
  all.take(from.manifest(3, "end", 4, NONE), 1000);
  all.take(from.end(3, 4, NONE), 1000);
  all.take(from.data(4, 0, Buffer.from("nothing")), 1000);
  all.take(from.data(1, 0, Buffer.from("a")), 1500);
  expect(all.receiver.lastFrame).toBe(1500);
  const names = async (now: number) => {
    all.receiver.giveUp(now);
    await until(() => all.receiver.open === 4 - all.done.length);
    return all.done.map(({ name }) => name);
  };
  expect(await names(3000)).toEqual([]);
  expect(await names(3001)).toEqual(["end"]);
  expect(await names(3500)).toEqual(["end"]);
  expect(await names(3501)).toEqual(["end", "digest"]);
  expect(await names(1e9)).toEqual(["end", "digest"]);
  all.receiver.giveUp(0, true);
  await until(() => all.receiver.open === 0);
  expect(all.done.map(({ name }) => name)).toEqual(["end", "digest", "neither", "?"]);
});

it("what sequence numbers tell", () => {
  const losses = new Losses();
  const told = (boot: bigint, sequence: bigint) => {
    losses.seen(boot, sequence);
    const { boot: last, newest, frames, lost, longest, reordered, boots } = losses;
    return [last, newest, frames, lost, longest, reordered, boots];
  };
  expect(told(5n, 10n)).toEqual([5n, 10n, 1, 0, 0, 0, 1]); // before it, nobody listened
  expect(told(5n, 11n)).toEqual([5n, 11n, 2, 0, 0, 0, 1]);
  expect(told(5n, 15n)).toEqual([5n, 15n, 3, 3, 3, 0, 1]);
  expect(told(5n, 13n)).toEqual([5n, 15n, 4, 2, 3, 1, 1]);
  expect(told(5n, 17n)).toEqual([5n, 17n, 5, 3, 3, 1, 1]);
  expect(told(6n, 3n)).toEqual([6n, 3n, 6, 5, 3, 1, 2]); // of a later start all is owed
});

describe("where what was lost, in words", () => {
  const totals = { recovered: 4, lost: 5, late: 6 };
  it("without an appliance that says anything, and with", async () => {
    const { receiver, from, take } = await pair();
    expect(stages(receiver, totals)).toEqual([
      "received   0 frames, 0 lost on the way here (longest burst 0), 0 out of order, 6 too late",
      "repaired   4 shards; 5 lost for good",
    ]);
    take(from.idle());
    const frames = [1, 2, 3].map(() => Buffer.from(from.idle()));
    for (const n of [2, 0]) take(frames[n]!);
    take(Buffer.from("short"));
    take(frames[0]!);
    take(Buffer.alloc(65_537));
    const counters = Array.from({ length: COUNTERS }, (_, n) => BigInt(100 + n));
    take(from.heartbeat(counters));
    expect(receiver.refused).toEqual(
      new Map([
        ["length", 2],
        ["replay", 1],
      ]),
    );
    expect(stages(receiver, totals)).toEqual([
      "received   4 frames, 1 lost on the way here (longest burst 2), 1 out of order, 6 too late",
      "repaired   4 shards; 5 lost for good",
      "refused    2 length, 1 replay",
      "appliance  102 frames came to it, 103 lost before, 104 shards repaired, 105 lost for good",
      "filtered   116 form, 117 unannounced, 118 name, 119 size, 120 content, 121 changed, 122 refused, 123 full, 124 total",
    ]);
    take(from.heartbeat(counters.map((value, n) => (n === 19 ? value : n === 2 ? 1n : 0n))));
    expect(stages(receiver, totals).slice(3)).toEqual([
      "appliance  1 frames came to it, 0 lost before, 0 shards repaired, 0 lost for good",
      "filtered   119 size",
    ]);
    take(from.heartbeat(counters.map((value, n) => (n === 2 ? 0n : value))));
    expect(stages(receiver, totals)).toHaveLength(3);
  });
});

it("pieces are digested in the order in which they were sent, each whole however long", async () => {
  const data = Buffer.alloc((1 << 20) + 3 * MOST_BYTES, "0123456789");
  const path = join(folder, "f");
  writeFileSync(path, data);
  const pieces = new Pieces();
  pieces.add(5, 0, 10);
  pieces.add(6, 10, 10);
  pieces.add(8, 20, 10); // another went between
  pieces.add(9, 40, data.length - 40);
  pieces.add(7, 30, 10);
  const at = (from: number, to: number) => data.subarray(from, to);
  expect(await pieces.digest(path)).toEqual(
    sha(Buffer.concat([at(0, 20), at(30, 40), at(20, 30), at(40, data.length)])),
  );
});

it("a frame is taken apart: each kind of record, whole", async () => {
  const { from, endpoint } = await pair();
  const records = (frame: Buffer) => {
    expect(endpoint.take(Buffer.from(frame))).toBe("");
    return [...endpoint.records()];
  };
  const none = { offset: 0, bytes: Buffer.alloc(0), digest: Buffer.alloc(0), size: 0 };
  expect(records(from.manifest(9, "name", 77, sha("x")))).toEqual([
    { ...none, kind: 1, stream: 9, size: 77, digest: sha("x"), bytes: Buffer.from("name"), order: 0 },
  ]);
  expect(records(from.manifest(9, "name", undefined, NONE))).toMatchObject([{ size: undefined, digest: NONE }]);
  expect(records(from.data(9, 5, Buffer.from("some")))).toMatchObject([
    { kind: 2, stream: 9, offset: 5, bytes: Buffer.from("some") },
  ]);
  expect(records(from.end(9, 77, sha("x")))).toMatchObject([{ kind: 3, stream: 9, size: 77, digest: sha("x") }]);
  expect(endpoint.frame).toEqual({ type: 1, boot: 7n, sequence: 4n });
  expect(records(from.idle())).toEqual([]);
  expect(endpoint.frame).toEqual({ type: 3, boot: 7n, sequence: 5n });
  expect(from.waiting).toBe(true);
  from.flush();
  while (from.parity());
  expect(from.waiting).toBe(false);
  const short = Buffer.from(from.data(9, 5, Buffer.from("s")));
  expect(short.subarray(SHARD_AT + 17, SHARD_AT + 21)).toEqual(Buffer.alloc(4)); // nothing of the frames before
});
