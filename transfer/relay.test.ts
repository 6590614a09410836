// Between the two networks: what may cross does, made anew, and nothing else; hostile datagrams do no harm.
import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Endpoint, Kind, MOST_BYTES, PROFILES, type TransferRecord } from "./endpoint.ts";
import { type Allowed, Relay } from "./testing/relay.ts";

const KEY_IN = Buffer.alloc(32, 1);
const KEY_OUT = Buffer.alloc(32, 2);
const FILES = PROFILES.files;
const sha = (data: Uint8Array) => createHash("sha256").update(data).digest();

/** Frames of one file. */
async function framesOf(name: string, data: Buffer, profile = FILES, stream = 77, boot = 1n): Promise<Buffer[]> {
  const sender = await Endpoint.open(KEY_IN, profile, boot);
  const frames: Buffer[] = [];
  const add = (frame: Buffer) => {
    frames.push(Buffer.from(frame));
    for (let p = sender.parity(); p; p = sender.parity()) frames.push(Buffer.from(p));
  };
  add(sender.manifest(stream, name, data.length, sha(data)));
  for (let at = 0; at < data.length; at += MOST_BYTES) add(sender.data(stream, at, data.subarray(at, at + MOST_BYTES)));
  add(sender.end(stream, data.length, sha(data)));
  sender.flush();
  for (let p = sender.parity(); p; p = sender.parity()) frames.push(Buffer.from(p));
  return frames;
}

async function through(frames: readonly Buffer[], allowed: Allowed = {}, profile = FILES): Promise<Buffer[]> {
  const relay = await Relay.open(KEY_IN, KEY_OUT, profile, allowed);
  const out = frames.flatMap((frame, n) => relay.pass(frame, 1_000_000_000n + BigInt(n) * 10_000n));
  for (let n = 0; n < 300; n++) out.push(...relay.pass(undefined, 10_000_000_000n + BigInt(n) * 1_000_000n));
  return out;
}

async function received(
  frames: readonly Buffer[],
  profile = FILES,
): Promise<{ data: Buffer; records: TransferRecord[]; refused: string[] }> {
  const receiver = await Endpoint.open(KEY_OUT, profile, 0n);
  const [records, refused]: [TransferRecord[], string[]] = [[], []];
  for (const frame of frames) {
    const why = receiver.take(frame);
    if (why) refused.push(why);
    else for (const record of receiver.records()) if (record) records.push(record);
  }
  const size = Math.max(0, ...records.map(({ offset, bytes }) => offset + bytes.length));
  const data = Buffer.alloc(size);
  for (const { kind, offset, bytes } of records) if (kind === Kind.DATA) data.set(bytes, offset);
  return { data, records, refused };
}

const text = Buffer.from("altitude 1200, heading 270\r\n".repeat(12_000));

// REQ-TRANSFER-005
describe("a file", () => {
  it("crosses whole though on each side some of its frames, and a burst of 64, are lost", async () => {
    const data = randomBytes(900_000);
    let state = 5;
    const lossy = (frames: Buffer[]) =>
      frames.toSpliced(100, 64).filter(() => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state > 2 ** 32 * 0.02;
      });
    const out = await through(lossy(await framesOf("report.bin", data)));
    const { data: got, records } = await received(lossy(out));
    expect(got.equals(data)).toBe(true);
    expect(records.find(({ kind }) => kind === Kind.MANIFEST)!.bytes.toString()).toBe("report.bin");
  });
  // REQ-TRANSFER-001
  it("leaves under numbers, parity and a key of our own: nothing of the sender's is in it but records", async () => {
    const frames = await framesOf("report.txt", text);
    const out = await through(frames);
    const receiver = await Endpoint.open(KEY_IN, FILES, 0n);
    for (const frame of out) expect(receiver.take(frame)).toBe("mac");
    // Sequences without a gap from 1; one boot, that is the relay's time; streams counted anew
    expect(out.map((f) => f.readBigUInt64LE(16))).toEqual(out.map((_, n) => BigInt(n + 1)));
    expect(new Set(out.map((f) => f.readBigUInt64LE(4)))).toEqual(new Set([1_000_000_000n]));
    const { records } = await received(out);
    expect(new Set(records.filter(({ kind }) => kind).map(({ stream }) => stream))).toEqual(new Set([1]));
    // Parity that was forged with the key at hand changes nothing of what leaves: it ends here
    const parityOf = (f: Buffer) => f.readUInt8(28) >= 32;
    const bare = (list: readonly Buffer[]) => list.filter((f) => f.readUInt8(2) === 1).map((f) => f.toString("hex"));
    expect(bare(await through(frames.filter((f) => !parityOf(f))))).toEqual(bare(out)); // what is sent ends here
  });
  it.each([
    ["of a name that may not cross", "report.exe", text, { extensions: ["txt", "csv"] }],
    ["that is too large", "report.txt", text, { mostBytes: 100_000 }],
    ["that is no text", "report.txt", Buffer.concat([text, Buffer.from([0])]), { ascii: true }],
  ] as [string, string, Buffer, Allowed][])("%s ends there", async (_, name, data, allowed) => {
    const { records } = await received(await through(await framesOf(name, data), allowed));
    expect(records.some(({ kind }) => kind === Kind.END)).toBe(false);
    if (name !== "report.txt" || allowed.mostBytes) expect(records.filter(({ kind }) => kind)).toEqual([]);
  });
  it("that conforms crosses under the same rules", async () => {
    const { data } = await received(
      await through(await framesOf("report.txt", text), { mostBytes: 1e6, ascii: true, extensions: ["csv", "txt"] }),
    );
    expect(data.equals(text)).toBe(true);
  });
  // REQ-TRANSFER-004
  it.each(["../up", "a/b", ".hidden", "a\\b", "", "x".repeat(129), "a\0b", "con:", " a", "a."])(
    "called %j does not",
    async (name) => {
      const { records } = await received(await through(await framesOf(name, text)));
      expect(records.filter(({ kind }) => kind)).toEqual([]);
    },
  );
  // REQ-TRANSFER-003
  it("sent after a restart of the sender crosses; an earlier boot's frames do not any more", async () => {
    const [first, second] = [await framesOf("a.txt", text, FILES, 1, 5n), await framesOf("b.txt", text, FILES, 1, 6n)];
    const out = await through([...first.slice(0, 50), ...second, ...first.slice(50)]);
    const { records } = await received(out);
    const names = records.filter(({ kind }) => kind === Kind.MANIFEST).map(({ bytes }) => bytes.toString());
    expect(names).toEqual(["a.txt", "b.txt"]);
    expect(records.filter(({ kind }) => kind === Kind.END).map(({ stream }) => stream)).toEqual([2]);
  });
});

// REQ-TRANSFER-010
describe("what a sender who has the key may say between the lines", () => {
  /** Frames of one sender, by what he writes. */
  async function written(
    write: (sender: Endpoint, add: (frame: Buffer) => void) => void,
    boot = 1n,
  ): Promise<Buffer[]> {
    const sender = await Endpoint.open(KEY_IN, FILES, boot);
    const frames: Buffer[] = [];
    const parity = () => {
      for (let p = sender.parity(); p; p = sender.parity()) frames.push(Buffer.from(p));
    };
    write(sender, (frame) => {
      frames.push(Buffer.from(frame));
      parity();
    });
    sender.flush();
    parity();
    return frames;
  }
  const NONE = Buffer.alloc(32);

  it("digests are the relay's own, of what it let through; each stream has one end, and nothing behind it", async () => {
    const secrets = randomBytes(32 * 400);
    const secret = (n: number) => secrets.subarray(32 * n, 32 * n + 32);
    const out = await through(
      await written((sender, add) => {
        for (let n = 0; n < 100; n++) add(sender.manifest(5, "a.txt", 1, secret(n)));
        add(sender.data(5, 0, Buffer.from("x")));
        for (let n = 0; n < 400; n++) add(sender.end(5, 1, secret(n)));
        add(sender.data(5, 0, Buffer.from("y")));
        add(sender.manifest(5, "a.txt", 1, NONE));
        add(sender.end(5, 1, sha(Buffer.from("y"))));
      }),
      { ascii: true, mostBytes: 1 },
    );
    const { records } = await received(out);
    const kinds = records.map(({ kind }) => kind).filter((kind) => kind !== Kind.NONE);
    expect(kinds.filter((kind) => kind === Kind.MANIFEST)).toHaveLength(64);
    expect(kinds.slice(kinds.lastIndexOf(Kind.MANIFEST) + 1)).toEqual([Kind.DATA, Kind.END]);
    expect(records.find(({ kind }) => kind === Kind.DATA)!.bytes.toString()).toBe("x");
    expect(records.find(({ kind }) => kind === Kind.END)!.digest).toEqual(sha(Buffer.from("x")));
    for (const { digest, kind } of records) if (kind === Kind.MANIFEST) expect(digest).toEqual(NONE);
    const all = Buffer.concat(out);
    for (let n = 0; n < 400; n++) expect(all.includes(secret(n))).toBe(false);
  });

  it("a stream has its bytes once, wherever they say to be; all streams together have `total`, names included", async () => {
    const again = await written((sender, add) => {
      add(sender.manifest(5, "a.txt", 10, NONE));
      for (let n = 0; n < 50; n++) add(sender.data(5, n % 8, Buffer.from("ab")));
    });
    const { records } = await received(await through(again, { mostBytes: 10 }));
    expect(records.filter(({ kind }) => kind === Kind.DATA)).toHaveLength(5);
    const many = await written((sender, add) => {
      for (let n = 1; n <= 300; n++) {
        add(sender.manifest(n, "a.txt", 1, NONE));
        add(sender.data(n, 0, Buffer.from("x")));
        add(sender.end(n, 1, NONE));
      }
    });
    const some = await received(await through(many, { mostBytes: 1, total: 60n }));
    // 5 bytes of name and 1 of content each
    for (const kind of [Kind.MANIFEST, Kind.DATA, Kind.END])
      expect(some.records.filter((record) => record.kind === kind)).toHaveLength(10);
  });

  it("an end of another size than was announced ends the stream", async () => {
    for (const [size, ends] of [
      [3, 1],
      [2, 0],
      [4, 0],
    ] as const) {
      const frames = await written((sender, add) => {
        add(sender.manifest(5, "a.txt", 3, NONE));
        add(sender.data(5, 0, Buffer.from("abc")));
        add(sender.end(5, size, NONE));
      });
      const { records } = await received(await through(frames));
      expect(records.filter(({ kind }) => kind === Kind.END)).toHaveLength(ends);
    }
  });

  it("an end waits for what is calculated later; its digest is that of the order in which all of it left", async () => {
    const data = randomBytes(40 * MOST_BYTES);
    const frames = (await framesOf("a.bin", data)).filter((_, n) => n < 10 || n > 14); // all repaired at the window's end
    const { records, data: got } = await received(await through(frames));
    expect(got.equals(data)).toBe(true);
    const bytes = records.filter(({ kind }) => kind === Kind.DATA).map((record) => record.bytes);
    expect(records.filter(({ kind }) => kind === Kind.END)).toMatchObject([{ digest: sha(Buffer.concat(bytes)) }]);
    expect(records.at(-1)!.kind).toBe(Kind.END);
  });

  it("the last ends are told again in each heartbeat", async () => {
    const out = await through(await framesOf("a.txt", text));
    const receiver = await Endpoint.open(KEY_OUT, FILES, 0n);
    const told = out
      .filter((frame) => receiver.take(frame) === "" && receiver.frame.type === 2)
      .map(() => receiver.ends())
      .at(-1);
    expect(told).toMatchObject([{ stream: 1, size: text.length, digest: sha(text) }]);
  });
});

// REQ-TRANSFER-003
describe("a relay that was started again", () => {
  const HOUR = 3_600_000_000_000n;
  const NOW = 1_700_000_000_000_000_000n;
  const NONE = Buffer.alloc(32);
  /** What a relay that starts at NOW lets through of a sender of that session, whose heartbeats tell that time. */
  async function taken(session: bigint, told: bigint | undefined): Promise<number> {
    const sender = await Endpoint.open(KEY_IN, FILES, session);
    const relay = await Relay.open(KEY_IN, KEY_OUT, FILES);
    relay.pass(undefined, NOW);
    const frames = [
      ...(told === undefined ? [] : [Buffer.from(sender.heartbeat([1n, 0n, told]))]),
      Buffer.from(sender.manifest(1, "a.txt", 1, NONE)),
    ];
    return frames.flatMap((frame) => relay.pass(frame, NOW + 1000n)).filter((frame) => frame.readUInt8(2) === 1).length;
  }

  it("takes no recording of an older session, though it knows nothing of it any more; one that goes on tells the time", async () => {
    expect(await taken(NOW - HOUR / 12n, undefined)).toBe(1); // five minutes
    expect(await taken(NOW - HOUR, undefined)).toBe(0);
    expect(await taken(NOW - HOUR, NOW - HOUR)).toBe(0);
    expect(await taken(NOW - HOUR, NOW + HOUR)).toBe(0);
    expect(await taken(NOW - HOUR, NOW - 1000n)).toBe(1);
    expect(await taken(7n, NOW)).toBe(1); // numbers of a file: weir send --boot
    expect(await taken(7n, undefined)).toBe(0);
  });
});

describe("hostile datagrams", () => {
  // REQ-TRANSFER-002
  it("1,000,000 with every field changed, cut, replayed, of another key: none is taken, nothing traps", async () => {
    const relay = await Relay.open(KEY_IN, KEY_OUT, FILES);
    const frames = await framesOf("a.txt", text.subarray(0, 60_000));
    for (const frame of frames) relay.pass(frame, 1n);
    let state = 9;
    const random = (n: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * n);
    };
    let taken = 0;
    const trial = Buffer.from(relay.e.memory.buffer, relay.e.inAt(), 65536);
    for (let n = 0; n < 1_000_000; n++) {
      const frame = frames[n % frames.length]!;
      trial.set(frame);
      // Mostly cheap refusals; one in 64 comes as far as the code of authenticity
      const at = n % 64 ? random(32) & ~(n % 3 ? 0 : 31) : random(1472);
      trial[at]! ^= 1 + random(255);
      if (n % 64) trial[28 + random(4)] = 0;
      const length = n % 5 ? 1472 : random(1473);
      if (relay.e.take(length, 2n) === 0) taken++;
    }
    expect(taken).toBe(0);
    for (const frame of frames) {
      trial.set(frame);
      expect(relay.e.take(1472, 3n)).toBe(6); // replayed
    }
  });
});
