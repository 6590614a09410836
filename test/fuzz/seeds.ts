/** What mutation begins with: the fixtures, the frames of guard's tests, small Chapter 10 packets, compiled policies. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Parts } from "../../appliance/contract/abi.ts";
import { PART_HEADER } from "../../appliance/contract/config.ts";
import { MACS } from "../../appliance/hosts/qemu.ts";
import { block, enhanced, fields, interfaceBlock, MAGIC, pcapFile, section } from "../../captures/testing/files.ts";
import { bus, stream } from "../../diode/testing/stream.ts";
import { VECTORS } from "../../diode/testing/vectors.ts";
import { ethernet, ipv4, UDP, udp } from "../../fixtures/frames.ts";
import { ROOT } from "../../lib/asc.ts";
import {
  busData,
  dateTime,
  dayTime,
  message,
  packet,
  segment,
  segment2,
  stretch,
  tmats,
  whole,
} from "../../mil1553/testing/chapter10.ts";
import { garbage } from "../image/garbage.ts";
import { stream as stream_ } from "../image/records.ts";
import { questions } from "../interference/script.ts";
import { type FuzzPolicy, TRANSFER } from "./policies.ts";
import { generator } from "./random.ts";

/** An input's item: native/items.h. */
export interface Item {
  what: number;
  later?: number;
  bytes: Uint8Array;
}

/** One input: which policy, then its items. */
export function input(policy: number, items: readonly Item[]): Buffer {
  const parts = items.map(({ what, later = 0, bytes }) => {
    const header = Buffer.from([what, later, bytes.length & 255, bytes.length >> 8]);
    return Buffer.concat([header, bytes]);
  });
  return Buffer.concat([Buffer.from([policy]), ...parts]);
}

/** The packets of a pcap, little-endian, its usual header. */
export function packetsOf(path: string): Buffer[] {
  const file = readFileSync(join(ROOT, path));
  const packets: Buffer[] = [];
  for (let at = 24; at + 16 <= file.length; at += 16 + file.readUInt32LE(at + 8))
    packets.push(file.subarray(at + 16, at + 16 + file.readUInt32LE(at + 8)));
  return packets;
}

const chunks = <T>(list: readonly T[], n: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / n) }, (_, i) => list.slice(i * n, (i + 1) * n));

/** Frames of a transfer with no code yet: the harness seals them. The shard begins with a record. */
function transferFrames(): Buffer[] {
  const record = (kind: number, streamId: number, body: Buffer) => {
    const shard = Buffer.alloc(1424);
    shard.writeUInt16LE(body.length, 0);
    shard[2] = kind;
    shard.writeUInt32LE(streamId, 4);
    body.copy(shard, 8);
    return shard;
  };
  const text = Buffer.from("what crosses is text\n".repeat(20));
  const digest = createHash("sha256").update(text).digest();
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  const name = Buffer.from("report.txt");
  const shards = [
    record(1, 1, Buffer.concat([size, digest, Buffer.from([name.length]), name])),
    record(2, 1, Buffer.concat([Buffer.alloc(8), text])),
    record(3, 1, Buffer.concat([size, digest])),
    record(0, 0, Buffer.alloc(0)),
  ];
  return shards.map((shard, n) => {
    const frame = Buffer.alloc(1472);
    frame.set([0x57, 1, 1, 0]);
    frame.writeBigUInt64LE(1n, 4);
    frame.writeBigUInt64LE(BigInt(n + 1), 16);
    frame.writeUInt32LE(0, 24);
    frame.set([n, 16, 4, 1], 28);
    shard.copy(frame, 32);
    const ends = { src: TRANSFER.from, dst: TRANSFER.to };
    const macs = { from: "02:00:00:00:00:05", to: "02:00:00:00:00:09" };
    return ethernet(
      macs,
      0x0800,
      ipv4({ ...ends, protocol: UDP }, udp({ ...ends, sport: 5, dport: TRANSFER.port }, frame)),
    );
  });
}

function frames(policies: number): Buffer[] {
  const short = (list: readonly Uint8Array[]) => list.filter(({ length }) => length <= 2000);
  const groups: Uint8Array[][] = [
    ...chunks(packetsOf("fixtures/site.pcap"), 12).filter((_, n) => n % 4 === 0),
    ...chunks(packetsOf("fixtures/normal.pcap"), 12).filter((_, n) => n % 8 === 0),
    ...chunks(packetsOf("fixtures/mil1553/stream.pcap"), 4).slice(0, 4),
    ...chunks(short(VECTORS.map(({ frame }) => frame)), 12),
    ...chunks(short([...questions(), ...garbage(MACS.in, 1)]), 12),
    transferFrames(),
  ];
  return groups.flatMap((group, n) => {
    const items = group.map((bytes, k) => ({ what: n % 3 === 0 ? 0 : 1, later: (n + k) % 9, bytes }));
    return [
      input(n % policies, items),
      input((n + 2) % policies, [...items, { what: 2, later: 8, bytes: Buffer.alloc(0) }]),
    ];
  });
}

const hello = tmats("R-1\\TK1-1:5;R-1\\CDT-1:1553IN;R-1\\CDLN-1:A;B-1\\DLN:A;B-1\\BNA-1:M1;");
/** A packet of each kind that is taken apart, small. */
const smallPackets = (): Buffer[] => [
  packet(hello, { type: 1, channel: 0, checksum: 2 }),
  packet(dayTime(60, 20, 5, 0), { type: 0x11, channel: 1 }),
  packet(dateTime("2026-03-02T08:00:00.000Z"), { type: 0x11, channel: 1, rtc: 10_000_000 }),
  packet(busData([message([0x2c22, 0x1111, 0x2222, 0x2800]), message([0x4c61, 0x4800, 0x25eb], { rtc: 900 })]), {
    sequence: 1,
    checksum: 2,
  }),
  packet(busData([message([0x27ff, 0x2fff, 0x2000, 1, 2, 3, 0x3800], { status: 0x80 })]), {
    sequence: 2,
    secondaryTime: 5n,
  }),
  packet(busData([message([0xfc11, 0x1234], { status: 0x2000 })]), { sequence: 3, checksum: 1 }),
  packet(Buffer.alloc(31, 0x25), { type: 0x40, channel: 9, sequence: 4 }),
  packet(ethernetData(), { type: 0x68, channel: 12, sequence: 5 }),
];

/** Data of an Ethernet packet, format 0: its word, then of each frame time, frame word, bytes (RCC 106-17, 10.6.12.1). */
function ethernetData(): Buffer {
  const frame = VECTORS[0]!.frame;
  const header = Buffer.alloc(12);
  header.writeUInt32LE(frame.length, 8);
  return Buffer.concat([Buffer.from([1, 0, 0, 0]), header, frame]);
}

function datagramSeeds(policies: number): Buffer[] {
  const small = smallPackets();
  const groups: Buffer[][] = [
    small.map((p, n) => whole(n, p)),
    small.flatMap((p, n) => [segment(2 * n, p, 0, 24), segment(2 * n + 1, p, 24, p.length)]),
    small.flatMap((p, n) => [segment2(2 * n, p, 0, 24), segment2(2 * n + 1, p, 24, p.length)]),
    small.map((p, n) => stretch(n, 0, p)),
    small.map((p, n) => stretch(n, n % 2 ? 0xffff : 0, p, 2, 9)),
    ...([1, 2, 3] as const).map((format) =>
      stream({ format, of: bus(3, 0.2) })
        .slice(0, 6)
        .map(({ frame }) => Buffer.from(frame!.subarray(42, 42 + 1800))),
    ),
    ...chunks(packetsOf("fixtures/mil1553/stream.pcap"), 5)
      .slice(0, 3)
      .map((list) => list.map((p) => p.subarray(42, 42 + 1800))),
  ];
  return groups.flatMap((group, n) => {
    const items = group.map((bytes, k) => ({ what: 4 | (k % 5 === 4 ? 1 : 0), later: k % 7, bytes }));
    return [
      input(4, items),
      input(3, items),
      input(n % policies, [...items, { what: 16, later: 9, bytes: Buffer.alloc(0) }]),
    ];
  });
}

function fileSeeds(policies: number): Buffer[] {
  const small = smallPackets();
  const pieces: Buffer[] = [Buffer.concat(small), ...small];
  for (const name of ["clean", "collision", "bc-impersonation", "mode-transmitter-shutdown"]) {
    const file = readFileSync(join(ROOT, `fixtures/mil1553/${name}.ch10`));
    pieces.push(file.subarray(0, 6000), file.subarray(file.length - 5000));
  }
  return pieces.map((bytes, n) => Buffer.concat([Buffer.from([[4, 3, n % policies][n % 3]!, n * 2 + 1]), bytes]));
}

function policySeeds(policies: readonly (FuzzPolicy & { parts: Parts })[]): Buffer[] {
  return policies.flatMap(({ parts }) =>
    (["inspect", "guard", "journal"] as const).flatMap((name, which) => {
      const part = parts[name];
      const sections = Buffer.concat([Buffer.from([which]), part.subarray(PART_HEADER)]);
      return part.length < 3000 ? [sections, Buffer.concat([Buffer.from([which | 4]), part])] : [sections];
    }),
  );
}

/** What a mutant policy that is accepted is run with: blocks of items, each with its length in front (native/appliance.c). */
export function traffic(): Buffer {
  const items: Item[] = [
    ...VECTORS.filter((_, n) => n % 3 === 0).map(({ frame }) => ({ what: 0, later: 4, bytes: frame })),
    ...packetsOf("fixtures/site.pcap")
      .filter((_, n) => n % 25 === 0)
      .map((bytes) => ({ what: 0, later: 6, bytes })),
    ...packetsOf("fixtures/mil1553/stream.pcap")
      .slice(0, 6)
      .map((bytes) => ({ what: 0, later: 5, bytes })),
    ...transferFrames().map((bytes) => ({ what: 1, later: 1, bytes })),
    { what: 2, later: 9, bytes: Buffer.alloc(0) },
    { what: 255, bytes: Buffer.concat(smallPackets()) },
    { what: 2, later: 11, bytes: Buffer.alloc(0) },
  ].filter(({ bytes }) => bytes.length < 2000);
  return Buffer.concat(
    chunks(items, 40).map((group) => {
      const block = input(0, group);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(block.length);
      return Buffer.concat([length, block]);
    }),
  );
}

/** Programs of native/rings.c: honest devices of all kinds, and one lie at the end of each. */
function ringSeeds(): Buffer[] {
  const random = generator(1553);
  const bytes = (n: number) => Array.from({ length: n }, () => random(256));
  const honest: (() => number[])[] = [
    () => [0, ...bytes(4)],
    () => [33, random(128), 9, ...bytes(9)],
    () => [7 + random(3), 1],
    () => [10 | (random(2) << 4), ...bytes(2), 7],
    () => [10, random(256), 0x80 | random(128), 9],
    () => [12 | (random(2) << 4), random(64), 0],
    () => [14 | (random(2) << 4)],
    () => [15],
  ];
  const lies = [
    [3 | 32, 128, 0, 0, 0, 100, 0],
    [3, 5, 5, 0],
    [3, 5, 255, 255],
    [4, 255, 127],
    [13, 64],
    [13, 3],
    [14 | 32, 99, 9],
    [5, 9, 0, 1],
  ];
  const live = lies.map((lie, n) => {
    const steps = Array.from({ length: 30 + n * 10 }, () => honest[random(honest.length)]!());
    return Buffer.from([n % 2 ? 2 : n * 4, ...steps.flat(), ...lie, 7, 1, 14, 30]);
  });
  const records = stream_([1, 60, 0, 700, 61].map((length, n) => Buffer.alloc(length, n)));
  const replays = [40, 331, 1500].map((size) => {
    const steps: number[] = [];
    for (let at = 0; at < records.length; at += size) {
      const piece = records.subarray(at, at + size);
      steps.push(2, at & 127, piece.length & 255, piece.length >> 8, ...piece, 7);
      if (random(2)) steps.push(10, 60, 0, 1, 12, 0, 0);
    }
    return Buffer.from([1, ...steps]);
  });
  return [...live, ...replays];
}

/** Machines of native/setup.c: as they should be, and nearly. */
function machineSeeds(): Buffer[] {
  const device = (n: number, line = n + 5) => `virtio_mmio.device=0x200@0x1000${n}000:${line}`;
  const lines = [
    `clock=frames ${device(0)} ${device(1)} ${device(2)}`,
    `${device(2)} virtio_mmio.device=512@268439552:9 ${device(0)} epoch=1`,
    `${device(0)} ${device(1)}`,
    `${device(0)} ${device(1)} ${device(2)} ${device(3)}`,
    `${device(0)} ${device(1)} virtio_mmio.device=512@0x10002200:1`,
    `${device(0)} xvirtio_mmio.device=1@1:1 virtio_mmio.devic=1 ${device(1)} ${device(2)}`,
    `x${" ".repeat(3100)}${device(0)}`,
  ];
  return lines.flatMap((line) => {
    const text = Buffer.from(line);
    const size = Buffer.from([text.length & 255, text.length >> 8]);
    const calls = Buffer.from([...Array(30).fill(0), 2, 0, 2, 1, 2, 2, 200, 3, 5, 1, 9, 131, 0, 0, 3]);
    // As it is; other addresses; a bit of the manifest: in what is judged, and in what is not
    const changes: [number, number[]][] = [
      [0, []],
      [2, [1, 2, 3, 4]],
      [4, [0, 9, 0, 1]],
      [4, [0, 32, 0, 2]],
      [12, [0, 90, 0, 1]],
    ];
    return changes.map(([how, bytes]) => Buffer.concat([Buffer.from([how]), size, text, Buffer.from(bytes), calls]));
  });
}

/** Captures in every variant of the formats, small (captures/testing/files.ts). */
function captureSeeds(): Buffer[] {
  const frames = VECTORS.slice(0, 8).map(({ frame }) => frame);
  const packets = frames.map((bytes, n) => ({ seconds: 1_700_000_000 + n, fraction: n * 1000, bytes }));
  const variants = (["microseconds", "nanoseconds", "kuznetsov"] as const).flatMap((magic) =>
    [false, true].map((big) => pcapFile(packets, { magic: MAGIC[magic], big })),
  );
  const blocks = [false, true].map((big) =>
    Buffer.concat([
      section(big),
      interfaceBlock(
        1,
        [
          [9, Buffer.from([9])],
          [14, Buffer.alloc(8)],
        ],
        big,
      ),
      interfaceBlock(113, [[9, Buffer.from([0x8a])]], big),
      ...frames.map((bytes, n) => enhanced(n % 2, BigInt(n) * 1_000_000n, bytes, big)),
      block(3, fields(big, [32, frames[0]!.length], frames[0]!), big),
      block(5, fields(big, [32, 0], [32, 0], [32, 0]), big),
      block(0xbad, Buffer.alloc(8), big),
    ]),
  );
  const head = (path: string, size: number) => readFileSync(join(ROOT, path)).subarray(0, size);
  const plain = [
    ...variants,
    ...blocks,
    Buffer.concat(smallPackets()),
    head("fixtures/mil1553/clean.ch10", 5000),
    head("fixtures/site.pcap", 3000),
    head("fixtures/mil1553/stream.pcap", 4000),
    Buffer.from("no capture\n"),
  ];
  return [
    ...plain,
    ...plain.map((bytes, n) => gzipSync(bytes, { level: n % 10 })),
    Buffer.concat([gzipSync(plain[0]!.subarray(0, 200)), gzipSync(plain[0]!.subarray(200))]),
  ];
}

export type Seeded = "frame" | "datagram" | "file" | "policy" | "rings" | "setup" | "readers";

export function seeds(target: Seeded, policies: readonly (FuzzPolicy & { parts: Parts })[]): Buffer[] {
  const n = policies.length;
  if (target === "readers") return captureSeeds();
  if (target === "rings") return ringSeeds();
  if (target === "setup") return machineSeeds();
  if (target === "frame") return frames(n);
  if (target === "datagram") return datagramSeeds(n);
  return target === "file" ? fileSeeds(n) : policySeeds(policies);
}
