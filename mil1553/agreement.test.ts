// What weir decode says of hostile recordings and streams is what inspect says of them in flight: messages broken in every way,
// recordings with bytes changed, datagrams lost, doubled, out of order and damaged.
import { expect, it } from "vitest";
import { RecordKind } from "../appliance/contract/abi.ts";
import { decodeChapter10, record } from "../captures/mil1553/index.ts";
import { bus } from "../diode/testing/stream.ts";
import { InFlight } from "../ip/testing/compartment.ts";
import { generator } from "../ip/testing/seeds.ts";
import type { BusMessage } from "./simulator/message.ts";
import { COUNTER_START } from "./simulator/run.ts";
import {
  busData,
  dateTime,
  dayTime,
  message,
  packet,
  sealData,
  sealHeader,
  segment,
  segment2,
  stretch,
  tmats,
  whole,
} from "./testing/chapter10.ts";
import { decodeBytes, frame } from "./testing/decode.ts";
import { recording } from "./writer/recording.ts";

const CLOCK = { counter: COUNTER_START, ms: 1_772_438_400_000 };
const CHANNELS = [{ channel: 2, name: "AVIONICS" }];

/** Messages of every kind that the bus has, each with every bit of its first words and of its status changed, and cut. */
function broken(): BusMessage[] {
  const kinds = [...new Map(bus(77, 0.4).map((m) => [m.words[0], m])).values()];
  const made: BusMessage[] = [
    { ...kinds[0]!, words: [0x2c02, 0x2800, 0x1234] },
    { ...kinds[0]!, words: [0xfc11, 0x1234] },
    { ...kinds[0]!, words: Array(40).fill(0x2c22) },
    ...Array.from({ length: 64 }, (_, n) => ({
      ...kinds[0]!,
      words: [(5 << 11) | (n & 32 ? 0x400 : 0) | (n & 31), 5 << 11],
    })),
    ...Array.from({ length: 64 }, (_, n) => ({
      ...kinds[0]!,
      words: [(5 << 11) | (n & 32 ? 0x400 : 0) | (31 << 5) | (n & 31), 5 << 11, 9],
    })),
    ...Array.from({ length: 64 }, (_, n) => ({
      ...kinds[0]!,
      words: [(31 << 11) | (n & 32 ? 0x400 : 0) | (n & 31), 9],
    })),
  ];
  const all = [...made, ...kinds].flatMap((m) => [
    m,
    ...m.words.slice(0, 6).map((_, n) => ({ ...m, words: m.words.toSpliced(n, 1) })),
    ...m.words
      .slice(0, 3)
      .flatMap((_, n) =>
        Array.from({ length: 16 }, (_, b) => ({ ...m, words: m.words.map((w, i) => (i === n ? w ^ (1 << b) : w)) })),
      ),
    ...Array.from({ length: 16 }, (_, b) => ({ ...m, blockStatus: m.blockStatus ^ (1 << b) })),
    { ...m, blockStatus: m.blockStatus | 0x0800 },
    { ...m, gap1: 0 },
    { ...m, gap1: 255 },
  ]);
  return all.map((m, n) => ({ ...m, time: COUNTER_START + n * 7_000 - (n % 50 === 0 ? 900_000 : 0) }));
}

// REQ-DECODE-016
it("messages broken in every way", async () => {
  const packets = [...recording(broken(), { channels: CHANNELS, clock: CLOCK, checksum: 32, packetBytes: 4000 })];
  const { found } = await decodeBytes(
    packets.map(({ bytes }) => bytes),
    { rows: "json" },
  );
  expect(packets.length).toBeGreaterThan(10);
  expect(found.length).toBeLessThan(packets.length);
});

const hello = tmats(
  "R-1\\TK1-1:5;R-1\\CDT-1:1553IN;R-1\\CDLN-1:A;R-1\\TK1-2:70000;R-1\\DSI-2: x ;B-1\\DLN:A;B-1\\BNA-1:M1;G-1:;",
);
const small = (random: () => number): Buffer[] => [
  packet(hello, { type: 1, channel: 0, checksum: 2 }),
  packet(dayTime(random() % 400, random() % 25, random() % 61, random() % 61, random() % 100, random() % 2 === 0), {
    type: 0x11,
    channel: 1,
    rtc: random(),
  }),
  packet(
    dateTime(["2026-03-02T08:00:00.000Z", "2024-02-29T23:59:59.990Z", "2000-11-30T00:00:00.000Z"][random() % 3]!),
    { type: 0x11, channel: 1, rtc: 10_000_000 },
  ),
  packet(busData([message([0x2c22, 0x1111, 0x2222, 0x2800]), message([0x4c61, 0x4800, 0x25eb], { rtc: 900 })]), {
    sequence: 1,
    checksum: 2,
    ...(random() & 1 && { flags: 0x40, secondaryTime: 9n }),
  }),
  packet(busData([message([0x27ff, 0x2fff, 0x2000, 1, 2, 3, 0x3800], { status: 0x80 })]), {
    sequence: 2,
    secondaryTime: 5n,
    flags: (random() & 7) << 2,
  }),
  packet(busData([message([0xfc11, 0x1234], { status: 0x2000, length: random() % 9 })], random() % 4, random() % 4), {
    sequence: 3,
    checksum: 1,
  }),
  packet(Buffer.alloc(31, 0x25), { type: 0x40, channel: 9, sequence: 4 }),
  packet(Buffer.alloc(random() % 40, random()), {
    type: [0x19, 0x11, 0x68, 1][random() % 4]!,
    sequence: 5,
    flags: random() & 0x5c,
  }),
  packet(ethernet(random), { type: 0x68, channel: 12, sequence: 6 }),
];

/** Data of an Ethernet packet, format 0 (RCC 106-17, 10.6.12.1): its word, then of each frame time, frame word, bytes. */
function ethernet(random: () => number): Buffer {
  const inner = frame(Buffer.from("no Chapter 10"));
  const frames = Array.from({ length: 1 + (random() % 3) }, () => {
    const header = Buffer.alloc(12);
    header.writeUInt32LE(
      ((random() % 4 ? inner.length : random() % 100) | ((random() % 5 === 0 ? random() & 0xf000c : 0) << 12)) >>> 0,
      8,
    );
    return Buffer.concat([header, inner]);
  });
  const word = Buffer.from([frames.length + (random() % 6 === 0 ? 1 : 0), 0, 0, random() % 7 === 0 ? 0x10 : 0]);
  return Buffer.concat([word, ...frames]);
}

/** A byte here and there changed; the sums made right, or not. */
function changed(bytes: Buffer, random: () => number): Buffer {
  const copy = Buffer.from(bytes);
  if (random() % 3 === 0) return copy;
  for (let n = random() % 3; n >= 0; n--) copy[random() % copy.length]! ^= 1 << (random() & 7);
  if (random() & 1 && copy.length >= 40) {
    sealHeader(copy);
    if ((copy[14]! & 3) === 0 || copy.length % 4 === 0) sealData(copy);
  }
  return copy;
}

// REQ-DECODE-017
it("recordings with bytes changed, cut and put together anew", async () => {
  const random = generator(17);
  let wrong = 0;
  for (let n = 0; n < 250; n++) {
    const packets = small(random).map((p) => changed(p, random));
    if (random() & 1) packets.splice(random() % packets.length, 1, Buffer.alloc(random() % 60, 0x25));
    if (n % 40 === 0) packets.push(packet(Buffer.alloc(70_000, 0x25)));
    const file = Buffer.concat(packets);
    const end = random() % 4 ? file.length : random() % file.length;
    wrong += (await decodeBytes([file.subarray(0, end)], { rows: "json" })).found.length;
  }
  expect(wrong).toBeGreaterThan(300);
});

/** Datagrams of these packets in one of the formats, each packet in pieces. */
function datagrams(packets: readonly Buffer[], random: () => number, format: number): Buffer[] {
  let sequence = random() & 0xff;
  return packets.flatMap((p) => {
    const size = 30 + (random() % 120);
    const starts = Array.from({ length: Math.ceil(p.length / size) }, (_, i) => i * size);
    if (format === 0) return [whole(sequence++, p)];
    if (format === 3)
      return starts.map((from) => stretch(sequence++ & 0xffff, from === 0 ? 0 : 0xffff, p.subarray(from, from + size)));
    const make = format === 1 ? segment : segment2;
    return starts.map((from) => make(sequence++, p, from, Math.min(p.length, from + size)));
  });
}

// REQ-DECODE-018
it("streams of datagrams lost, doubled, out of order, damaged, of four senders", async () => {
  const random = generator(18);
  let wrong = 0;
  for (let n = 0; n < 250; n++) {
    const packets = [...small(random), ...small(random)];
    const sent = datagrams(packets, random, n % 4)
      .filter(() => random() % 12)
      .flatMap((d) => (random() % 12 ? [d] : [d, d]))
      .map((d) => (random() % 10 ? d : changed(d, random)));
    for (let k = 0; k < 3; k++) sent.splice(random() % sent.length, 0, ...sent.splice(random() % sent.length, 1));
    // Frames that are no stream's do not bring time on for streams in flight: so either several senders, or time that jumps
    const jumps = n % 2 === 1;
    const given = sent.map((d, k) => {
      const sender = jumps || random() % 9 ? 1 : 1 + (random() % 4);
      const time = BigInt(k) * (jumps && random() % 30 === 0 ? 3_000_000_000n : 1_000_000n);
      return record(frame(d, 2000, sender), RecordKind.FRAME, 1, time);
    });
    let at = 0;
    const found: string[] = [];
    await decodeChapter10(
      {
        file: "test",
        fill: async (target) => {
          const bytes = given[at++];
          if (bytes) target.set(bytes);
          return bytes?.length ?? 0;
        },
      },
      { rows: "messages" },
      () => {},
      ({ anomaly }) => void found.push(anomaly),
    );
    expect((await InFlight.create()).containers(given), `stream ${n}`).toEqual(found);
    wrong += found.length;
  }
  expect(wrong).toBeGreaterThan(500);
});
