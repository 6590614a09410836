// Packets of messages and frames that are longer than what is held at once are read piece by piece: what comes of them is
// what comes of the same messages in short packets, however the file is cut.
import { beforeAll, describe, expect, it } from "vitest";
import { instantiateOnboard } from "../lib/asc.ts";
import type { ExportsOf } from "../lib/exports.ts";
import { busData, ieee1588, message, type PacketOptions, packet, whole } from "./testing/chapter10.ts";
import { rowsOf } from "./testing/decode.ts";

type Probe = ExportsOf<"mil1553/onboard/reader.probe.ts">;
let e: Probe;
let input: Buffer;
beforeAll(async () => {
  e = (await instantiateOnboard("mil1553/onboard/reader.probe.ts")).exports;
  input = Buffer.from(e.memory.buffer, e.inputAt(), e.inputSize());
});

const read = (bytes: Buffer, piece = 60_000, end = true) => {
  input.set(bytes);
  e.begin();
  e.feedPieces(bytes.length, piece);
  if (end) e.feedEnd();
  return { messages: e.messageCount(), frames: e.frameCount(), sum: e.checksum(), anomalies: e.anomalyCount() };
};

/** Of many lengths, each with other words. */
const MESSAGES = Array.from({ length: 3000 }, (_, n) =>
  message([0x4c60 | (n % 32), 0x4800, ...Array.from({ length: n % 32 || 32 }, (_, i) => (n * 33 + i) & 0xffff)], {
    rtc: 7000 * n,
    gap1: 65,
  }),
);
const long = (options: PacketOptions = {}) => packet(busData(MESSAGES), options);
const short = () =>
  Buffer.concat(
    Array.from({ length: 30 }, (_, n) => packet(busData(MESSAGES.slice(100 * n, 100 * (n + 1))), { sequence: n })),
  );

// REQ-DECODE-017
describe("a long packet of messages", () => {
  it("is longer than what is held, and gives each message as it is", () => {
    expect(long().length).toBeGreaterThan(2 * 65_536);
    const expected = { ...read(short()), anomalies: 0 };
    expect(expected.messages).toBe(3000);
    for (const checksum of [0, 1, 2, 4] as const) expect(read(long({ checksum, filler: checksum }))).toEqual(expected);
  });
  it.each([1, 7, 100, 4096, 65_568, 65_569, 1_000_000])("is the same in pieces of %i bytes", (piece) => {
    const file = Buffer.concat([packet(busData([])), long({ sequence: 1 }), packet(busData([]), { sequence: 2 })]);
    expect(read(file, piece)).toEqual({ ...read(short()), anomalies: 0 });
  });
  it("has its times by its secondary header", async () => {
    const each = Array.from({ length: 5000 }, (_, n) =>
      message([0x4c61, 0x4800, n], { time: ieee1588(1_772_438_400, n * 1000), gap1: 65 }),
    );
    const options = { flags: 0x44, secondaryTime: ieee1588(1_772_438_400, 0) };
    const { rows, found } = await rowsOf(packet(busData(each), options));
    expect(found).toEqual([]);
    expect(rows).toHaveLength(5000);
    expect(rows.at(-1)!.timestamp).toBe("2026-03-02T08:00:00.0049990+0000");
  });
  it.each([1, 2, 4] as const)(
    "whose checksum of %i bytes is wrong is said to be so, behind its messages",
    async (checksum) => {
      const bad = long({ checksum });
      bad[100_001]! ^= 0x10;
      const { rows, found } = await rowsOf(bad, packet(busData([]), { sequence: 1 }));
      expect(rows.length).toBeGreaterThan(2900);
      expect(found.map(([name]) => name)).toContain("chapter10.data_checksum");
    },
  );
  it("that ends early gives what is there, and what is missing is said", async () => {
    const { rows, found } = await rowsOf(long().subarray(0, 100_000));
    expect(rows.length).toBeGreaterThan(1000);
    expect(found).toEqual([["chapter10.truncated", long().length - 100_000]]);
  });
  it.each([
    ["more messages than there are", busData(MESSAGES, 3001)],
    ["fewer", busData(MESSAGES, 2999)],
  ])("that claims %s is found out", async (_, data) => {
    const { rows, found } = await rowsOf(packet(data), packet(busData([]), { sequence: 1 }));
    expect(rows.length).toBeGreaterThanOrEqual(2999);
    expect(found.map(([name]) => name)).toEqual(["chapter10.message_count"]);
  });
  it("with a message that claims more than the rest of the packet is found out", async () => {
    const last = message([0x4c61, 0x4800, 7], { length: 60_000 });
    const { found } = await rowsOf(packet(busData([...MESSAGES, last])), packet(busData([]), { sequence: 1 }));
    expect(found).toEqual([["chapter10.message_length", 60_000]]);
  });
  it("within which a datagram comes is given up, and the datagram is read", () => {
    const file = long();
    input.set(file);
    e.begin();
    e.feedStream(0, 100_000);
    const before = e.messageCount();
    const bus = packet(busData(MESSAGES.slice(0, 3)), { sequence: 1 });
    const datagram = whole(0, bus);
    input.set(datagram, 500_000);
    e.feedDatagram(500_000, datagram.length, 1n, 1n, 0n);
    expect(e.messageCount()).toBe(before + 3);
    e.feedStream(100_000, file.length - 100_000);
    input.set(bus);
    e.feedStream(0, bus.length);
    e.feedEnd();
    expect(e.messageCount()).toBe(before + 6);
    expect(e.anomalyCount()).toBe(1); // packet_too_large
  });
});

describe("a long packet of Ethernet frames", () => {
  /** Frames of many lengths, odd ones with a byte of filler (RCC 106-17 10.6.12.1). */
  const FRAMES = Array.from({ length: 200 }, (_, n) => Buffer.alloc(60 + ((n * 37) % 1455), n));
  const data = (frames: Buffer[], count = frames.length) =>
    Buffer.concat([
      Buffer.from([count & 255, count >> 8, 0, 0]),
      ...frames.map((frame, n) => {
        const head = Buffer.alloc(12);
        head.writeUIntLE(1000 * n, 0, 6);
        head.writeUInt32LE(frame.length, 8);
        return Buffer.concat([head, frame, Buffer.alloc(frame.length & 1)]);
      }),
    ]);
  const long = (count?: number) => packet(data(FRAMES, count), { type: 0x68 });

  it.each([13, 1514, 60_000, 65_568, 1_000_000])("gives each of them, in pieces of %i bytes", (piece) => {
    expect(long().length).toBeGreaterThan(2 * 65_536);
    expect(read(long(), piece)).toMatchObject({ frames: 200, anomalies: 0 });
    const last = FRAMES.at(-1)!;
    expect(e.lastFrame()).toBe(last.length);
    expect(Buffer.from(e.memory.buffer, e.frameAt(), last.length)).toEqual(last);
  });
  it("of the standard's 524,288 bytes is read; one that claims more is none", () => {
    const all = (bytes: number) => {
      const frames = Array.from({ length: Math.floor((bytes - 32) / 1012) }, () => Buffer.alloc(1000, 7));
      return packet(data(frames), { type: 0x68, filler: bytes - 32 - 1012 * frames.length });
    };
    expect(all(524_288).length).toBe(524_288);
    expect(read(all(524_288))).toMatchObject({ frames: 518, anomalies: 0 });
    expect(read(all(524_292))).toMatchObject({ frames: 0, anomalies: 2 }); // header_length, lost_sync
  });
  it("that claims more than there are is found out", () => {
    expect(read(long(201))).toMatchObject({ frames: 200, anomalies: 1 });
  });
});
