// A transfer through guard itself: what its filter passes leaves under guard's own rules, made anew with the other key.
import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { end, Guard, policyWith, type RecordInit, SECOND, stats } from "../../../diode/testing/guard.ts";
import { frame } from "../../../mil1553/writer/frame.ts";
import { Endpoint, Kind, MOST_BYTES, PROFILES } from "../../../transfer/endpoint.ts";
import { RecordKind } from "../../contract/abi.ts";

const KEY_IN = Buffer.alloc(32, 1);
const KEY_OUT = Buffer.alloc(32, 2);
const ENDS = {
  ...{ fromMac: "020000000007", toMac: "020000000001", from: "10.0.0.7", to: "10.0.1.7" },
  ...{ fromPort: 4000, toPort: 6100 },
};
const RULE =
  "- { name: files, action: allow, protocol: udp, from: 10.0.0.7, to: 10.0.1.7, ports: 6100, payload: transfer }";
const keys = `in: { key: "${KEY_IN.toString("hex")}" }, out: { key: "${KEY_OUT.toString("hex")}" }`;
const policy = (out = "", allowed = "extensions: [txt, bin], largest: 2000000, content: bytes") =>
  policyWith(RULE, `transfer: { profile: records, ${keys}, ${allowed} }`, out);
const MILLISECOND = 1_000_000n;

/** Frames of one file, 16 shards of data and 4 of parity in a block. */
async function framesOf(name: string, data: Buffer): Promise<Buffer[]> {
  const sender = await Endpoint.open(KEY_IN, PROFILES.records, 1n);
  const digest = createHash("sha256").update(data).digest();
  const payloads: Buffer[] = [];
  const parity = () => {
    for (let p = sender.parity(); p; p = sender.parity()) payloads.push(Buffer.from(p));
  };
  const add = (bytes: Buffer) => {
    payloads.push(Buffer.from(bytes));
    parity();
  };
  add(sender.manifest(5, name, data.length, digest));
  for (let at = 0; at < data.length; at += MOST_BYTES) add(sender.data(5, at, data.subarray(at, at + MOST_BYTES)));
  add(sender.end(5, data.length, digest));
  sender.flush();
  parity();
  return payloads.map((payload, id) => frame(payload, ENDS, id));
}

const tick = (time: bigint): RecordInit => ({ kind: RecordKind.TICK, time });
const ticks = (from: bigint, count: number) =>
  Array.from({ length: count }, (_, n) => tick(from + BigInt(n) * 10n * MILLISECOND));
const spaced = (frames: readonly Buffer[]): RecordInit[] =>
  frames.map((bytes, n) => ({ frame: bytes, time: SECOND + BigInt(n) * MILLISECOND }));

/** What the other end makes of the frames that left. */
async function received(frames: readonly { frame: Buffer }[]): Promise<{ data: Buffer; refused: string[] }> {
  const receiver = await Endpoint.open(KEY_OUT, PROFILES.records, 0n);
  const parts: { offset: number; bytes: Buffer }[] = [];
  const refused: string[] = [];
  for (const { frame: out } of frames) {
    const why = receiver.take(out.subarray(42, 34 + out.readUInt16BE(38)));
    if (why) refused.push(why);
    else for (const record of receiver.records()) if (record?.kind === Kind.DATA) parts.push(record);
  }
  const data = Buffer.alloc(Math.max(0, ...parts.map(({ offset, bytes }) => offset + bytes.length)));
  for (const { offset, bytes } of parts) data.set(bytes, offset);
  return { data, refused };
}

describe("a transfer through guard", () => {
  const data = Buffer.from(Array.from({ length: 60_000 }, (_, n) => (n * n * 31 + (n >> 7)) & 255));

  // REQ-TRANSFER-001, REQ-TRANSFER-006
  it("crosses whole, made anew, though four frames of each block are lost; what is left over leaves with ticks", async () => {
    const guard = await Guard.under(policy());
    expect(guard.exports.tick()).toBe(2n * MILLISECOND);
    expect(guard.run([tick(SECOND / 2n)]).frames).toEqual([]); // nothing is known of where to yet
    const frames = await framesOf("a.bin", data);
    const lossy = frames.filter((_, n) => n % 20 < 3 || n % 20 > 6);
    const out = guard.run([...spaced(lossy), ...ticks(3n * SECOND, 200)]).frames;
    const got = await received(out);
    expect(got.refused).toEqual([]);
    expect(got.data.equals(data)).toBe(true);
    const { forwarded, relayed } = stats(guard.run([end(9n * SECOND)])).at(-1)!;
    expect(forwarded).toBe(lossy.length); // of what came; what leaves is counted as relayed
    expect(relayed).toBe(out.length);
  });

  // REQ-TRANSFER-002, REQ-TRANSFER-005
  it("crosses only under allowed names, and nothing crosses that is no transfer", async () => {
    const guard = await Guard.under(policy("", "extensions: [txt], largest: 2000000, content: ascii"));
    const out = guard.run(spaced(await framesOf("a.bin", data))).frames;
    expect((await received(out)).data).toHaveLength(0);
    for (const length of [0, 1, 31, 32, 1471, 1472]) {
      const time = BigInt(20 + length) * SECOND;
      const { events } = guard.run([{ frame: frame(Buffer.alloc(length, length & 255), ENDS, 1), time }]);
      expect(events.flatMap(({ json }) => json.drop?.reason ?? [])).toEqual(["transfer"]);
    }
  });

  it("keeps to the rate of `out`, also of what only waits", async () => {
    const guard = await Guard.under(policy(", rate: 100/s"));
    const records = spaced(await framesOf("a.txt", Buffer.from("text\n".repeat(3000))));
    const ended = records.at(-1)!.time!;
    const out = guard.run([...records, ...ticks(ended, 100)]).frames;
    const seconds = Number(ended - SECOND) / 1e9 + 1; // the ticks last one more
    expect(out.length).toBeGreaterThan(0);
    expect(out.length).toBeLessThanOrEqual(Math.ceil(100 * seconds) + 1);
  });
});

/** A sender who has the key and keeps to nothing else: frames field by field, each with a right code. */
class Forger {
  sequence = 0n;
  boot = 1n;
  frame(
    shard: Uint8Array,
    o: {
      type?: number;
      zero?: number;
      zero2?: number;
      block?: number;
      place?: number[];
      sequence?: bigint;
      version?: number;
    } = {},
  ) {
    const out = Buffer.alloc(1472);
    out.set([0x57, o.version ?? 1, o.type ?? 1, o.zero ?? 0]);
    out.writeBigUInt64LE(this.boot, 4);
    out.writeUInt32LE(o.zero2 ?? 0, 12);
    out.writeBigUInt64LE(o.sequence ?? ++this.sequence, 16);
    out.writeUInt32LE(o.block ?? 0, 24);
    out.set(o.place ?? [0, 16, 4, 1], 28); // index, k, m, interleave
    out.set(shard.subarray(0, 1424), 32);
    createHmac("sha256", KEY_IN).update(out.subarray(0, 1456)).digest().copy(out, 1456, 0, 16);
    return frame(out, ENDS, Number(this.sequence & 0xffffn));
  }
}

function shard(kind: number, stream: number, body: Uint8Array, length = body.length, zero = 0): Buffer {
  const out = Buffer.alloc(1424);
  out.writeUInt16LE(length, 0);
  out.set([kind, zero], 2);
  out.writeUInt32LE(stream, 4);
  out.set(body, 8);
  return out;
}
const u64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};
const manifest = (name: string, size: bigint, length = name.length) =>
  Buffer.concat([u64(size), Buffer.alloc(32, 7), Buffer.from([length]), Buffer.from(name, "latin1")]);
const content = (offset: bigint, text: string) => Buffer.concat([u64(offset), Buffer.from(text, "latin1")]);
const ended = (size: bigint) => Buffer.concat([u64(size), Buffer.alloc(32, 7)]);
const UNKNOWN = 0xffffffffffffffffn;

// REQ-TRANSFER-002, REQ-TRANSFER-003, REQ-TRANSFER-004, REQ-TRANSFER-005
describe("a sender who has the key and keeps to nothing else", () => {
  const strict = policy("", "extensions: [txt], largest: 5000, content: ascii");
  /** Records that left, given these shards as the data of blocks, one after the other. */
  async function crossed(shards: readonly Buffer[]) {
    const guard = await Guard.under(strict);
    const forger = new Forger();
    const frames = shards.map((one, n) => forger.frame(one, { block: n >> 4, place: [n & 15, 16, 4, 1] }));
    const out = guard.run([...spaced(frames.slice(0, 900)), ...ticks(3n * SECOND, 30)]).frames;
    const receiver = await Endpoint.open(KEY_OUT, PROFILES.records, 0n);
    return out.flatMap(({ frame: bytes }) => {
      expect(receiver.take(bytes.subarray(42, 34 + bytes.readUInt16BE(38)))).toBe("");
      return [...receiver.records()].flatMap((r) =>
        r && r.kind !== Kind.NONE ? [{ ...r, text: r.bytes.toString("latin1") }] : [],
      );
    });
  }
  const kinds = async (...shards: Buffer[]) => (await crossed(shards)).map(({ kind, text }) => `${kind} ${text}`);
  const HELLO = shard(1, 9, manifest("a.txt", 20n));

  it.each<[string, Buffer[], string[]]>([
    [
      "what was announced",
      [HELLO, shard(2, 9, content(0n, "hello, world, again!")), shard(3, 9, ended(20n))],
      ["1 a.txt", "2 hello, world, again!", "3 "],
    ],
    ["a tab and ends of lines", [HELLO, shard(2, 9, content(0n, "\t\r\n~ "))], ["1 a.txt", "2 \t\r\n~ "]],
    ["nothing that was not", [shard(2, 9, content(0n, "x")), shard(3, 9, ended(0n))], []],
    [
      "nothing of another name",
      [shard(1, 9, manifest("a.bin", 20n)), shard(1, 9, manifest("a.txt", 20n)), shard(2, 9, content(0n, "x"))],
      [],
    ],
    [
      "nor of one that only looks like it",
      [
        shard(1, 1, manifest("txt", 9n)),
        shard(1, 2, manifest("atxt", 9n)),
        shard(1, 3, manifest("a.tx", 9n)),
        shard(1, 4, manifest("a.txd", 9n)),
      ],
      [],
    ],
    ["names of all the signs that there may be", [shard(1, 9, manifest("Z-a_9 0.A.txt", 9n))], ["1 Z-a_9 0.A.txt"]],
    ["no name with others", [..."/:@[`{\x7f\0é"].map((c, n) => shard(1, n, manifest(`a${c}b.txt`, 9n))), []],
    ["nothing larger than may cross", [shard(1, 9, manifest("a.txt", 5001n)), shard(2, 9, content(0n, "x"))], []],
    [
      "nothing behind the end that was announced",
      [HELLO, shard(2, 9, content(15n, "123456")), shard(2, 9, content(0n, "x"))],
      ["1 a.txt"],
    ],
    [
      "of unknown length as much as may cross",
      [shard(1, 9, manifest("a.txt", UNKNOWN)), shard(2, 9, content(4999n, "x")), shard(2, 9, content(5000n, "x"))],
      ["1 a.txt", "2 x"],
    ],
    ["no end behind the end", [HELLO, shard(3, 9, ended(21n))], ["1 a.txt"]],
    ["nothing that is no text", [HELLO, shard(2, 9, content(0n, "a\x80")), shard(2, 9, content(0n, "x"))], ["1 a.txt"]],
    [
      "the same announcement twice, and not another",
      [HELLO, HELLO, shard(1, 9, manifest("a.txt", 19n)), HELLO],
      ["1 a.txt", "1 a.txt"],
    ],
    [
      "no announcement under another name later",
      [HELLO, shard(1, 9, manifest("b.bin", 20n)), shard(1, 9, manifest("b.bin", 20n))],
      ["1 a.txt"],
    ],
    [
      "nothing at an offset that wraps",
      [shard(1, 9, manifest("a.txt", UNKNOWN)), shard(2, 9, content(UNKNOWN - 1n, "xyz"))],
      ["1 a.txt"],
    ],
  ])("lets cross: %s", async (_, shards, expected) => {
    expect(await kinds(...shards)).toEqual(expected);
  });

  it.each<[string, Buffer]>([
    ["another kind", shard(4, 9, content(0n, "x"))],
    ["more than a shard holds", shard(2, 9, content(0n, "x"), 1417)],
    ["a byte that must be zero", shard(2, 9, content(0n, "x"), 9, 1)],
    ["bytes behind its end", shard(2, 9, content(0n, "xyz"), 9)],
    ["data of nothing", shard(2, 9, u64(0n))],
    ["an end that is too short", shard(3, 9, u64(20n))],
    ["a manifest that is too short", shard(1, 9, ended(20n))],
    ["a manifest without a name", shard(1, 9, manifest("", 20n))],
    ["a manifest with less than its name", shard(1, 9, manifest("a.txt", 20n, 6))],
    ["a manifest with a name that is too long", shard(1, 9, manifest(`${"x".repeat(125)}.txt`, 20n))],
    ["malformed padding", shard(0, 9, Buffer.alloc(0))],
    ["padding with something in it", shard(0, 0, Buffer.from([1]))],
  ])("a shard with %s crosses not, nor does it stop the others", async (_, wrong) => {
    expect(await kinds(HELLO, wrong, shard(2, 9, content(0n, "fine")))).toEqual(["1 a.txt", "2 fine"]);
  });

  it("of more than 64 files at once the 65th waits until one has ended", async () => {
    const many = Array.from({ length: 65 }, (_, n) => shard(1, n + 1, manifest(`f${n}.txt`, 9n)));
    const later = [
      shard(3, 7, ended(0n)),
      shard(3, 3, ended(0n)),
      shard(1, 99, manifest("late.txt", 9n)),
      shard(1, 100, manifest("last.txt", 9n)),
    ];
    const out = await kinds(...many, ...later);
    expect(out.filter((text) => text.startsWith("1 f"))).toHaveLength(64);
    expect(out.slice(-2)).toEqual(["1 late.txt", "1 last.txt"]);
  });

  it("frames with an invalid field, of earlier boots, repeated, or long past, are dropped", async () => {
    const guard = await Guard.under(strict);
    const forger = new Forger();
    let time = SECOND;
    /** Whether guard took it. */
    const taken = (bytes: Buffer) => {
      time += 2n * SECOND;
      return !guard.run([{ frame: bytes, time }]).events.some(({ json }) => json.drop?.reason === "transfer");
    };
    const one = (o: Parameters<Forger["frame"]>[1]) => taken(forger.frame(HELLO, o));
    expect(one({})).toBe(true);
    expect([one({ type: 2 }), one({ type: 3 })]).toEqual([true, true]);
    const fields = [{ type: 0 }, { type: 4 }, { zero: 1 }, { zero2: 1 }, { version: 2 }].map(one);
    const places = [
      [0, 0, 4, 1],
      [0, 33, 4, 1],
      [0, 16, 0, 1],
      [0, 16, 9, 1],
      [0, 16, 4, 0],
      [0, 16, 4, 17],
    ].map((place) => one({ place }));
    expect([...fields, ...places]).toEqual(Array(11).fill(false));
    // Another code than this transfer has: the sender's, and of no use
    for (const place of [
      [1, 16, 3, 1],
      [1, 16, 4, 2],
      [20, 16, 4, 1],
      [1, 17, 4, 1],
      [1, 15, 4, 1],
    ])
      expect(one({ place })).toBe(true);
    const wrongCode = forger.frame(HELLO);
    wrongCode[1513]! ^= 1;
    wrongCode.writeUInt16BE(0, 40); // without a checksum
    expect(taken(wrongCode)).toBe(false);
    expect(one({ sequence: 1n })).toBe(false);
    expect(one({ sequence: 0n })).toBe(false);
    expect(one({ sequence: 9000n })).toBe(true);
    expect([
      one({ sequence: 9000n - 4096n }),
      one({ sequence: 9000n - 4095n }),
      one({ sequence: 9000n - 4095n }),
    ]).toEqual([false, true, false]);
    forger.boot = 2n;
    expect(one({ sequence: 1n })).toBe(true);
    forger.boot = 1n;
    expect(one({ sequence: 9999n })).toBe(false);
  });

  it("parity and data that come twice count once", async () => {
    const guard = await Guard.under(strict);
    const forger = new Forger();
    const data = Array.from({ length: 3 }, (_, n) =>
      forger.frame(shard(1, n + 1, manifest(`f${n}.txt`, 9n)), { place: [n, 16, 4, 1] }),
    );
    const again = Array.from({ length: 3 }, (_, n) =>
      forger.frame(shard(1, n + 1, manifest(`f${n}.txt`, 9n)), { place: [n, 16, 4, 1] }),
    );
    const parity = [16, 16, 17].map((index) => forger.frame(Buffer.alloc(1424, index), { place: [index, 3, 4, 1] }));
    const before = guard.run(spaced([...data, ...again, ...parity])).frames;
    expect((await received(before)).refused).toEqual([]);
    const counted = stats(guard.run([end(5n * SECOND)])).at(-1)!;
    expect(counted.forwarded).toBe(9);
  });
});
