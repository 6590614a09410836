// Truncated, spliced and bit-flipped files and datagrams: no trap, a named anomaly, and every packet that is still whole is
// found. Thousands of cases, decoded inside WebAssembly by the probe.
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { instantiateOnboard } from "../lib/asc.ts";
import type { ExportsOf } from "../lib/exports.ts";
import {
  busData,
  dayTime,
  message,
  type PacketOptions,
  packet,
  segment,
  segment2,
  stretch,
  tmats,
  whole,
} from "./testing/chapter10.ts";

type Probe = ExportsOf<"mil1553/onboard/reader.probe.ts">;
let e: Probe;
let input: Buffer;
beforeAll(async () => {
  e = (await instantiateOnboard("mil1553/onboard/reader.probe.ts")).exports;
  e.memory.grow(1);
  input = Buffer.from(e.memory.buffer, e.inputAt(), 1 << 20);
});

/** What TMATS is made of. */
const CODES = "R-1B\\TKDLNCHEST:;;50";
const RUNS = { seed: 106, numRuns: 6000 };

/** A small recording: names, time, buses, types that are skipped; every packet with a data checksum. */
function recording(lengths: number[]): Buffer[] {
  const bus = (n: number, options: PacketOptions) =>
    packet(
      busData(Array.from({ length: n }, (_, i) => message([0x4c61, 0x4800, 0x25eb + i], { rtc: 1000 * i }))),
      options,
    );
  const packets = [
    packet(tmats("R-1\\TK1-1:5;R-1\\CDT-1:1553IN;R-1\\CDLN-1:A;B-1\\DLN:A;B-1\\BNA-1:M1;"), {
      type: 1,
      channel: 0,
      checksum: 2,
    }),
    packet(dayTime(60, 20, 5, 0), { type: 0x11, channel: 1 }),
  ];
  lengths.forEach((n, i) => {
    packets.push(
      i % 5 === 3
        ? packet(Buffer.alloc(n * 7 + 1, 0x25), { type: 0x40, channel: 9, sequence: i })
        : bus(n, { sequence: i, checksum: i % 3 ? 4 : 2, ...(i % 4 ? {} : { secondaryTime: 5n }) }),
    );
  });
  return packets;
}

function decodeFile(bytes: Uint8Array, piece: number): { offsets: number[]; anomalies: number } {
  input.set(bytes);
  e.begin();
  e.feedPieces(bytes.length, piece);
  e.feedEnd();
  const offsets = Array.from(new BigUint64Array(e.memory.buffer, e.offsetsAt(), e.believedCount()), Number);
  return { offsets, anomalies: e.anomalyCount() };
}

type Edit = { kind: "cut" | "flip" | "insert" | "end"; at: number; size: number; byte: number };
const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom("cut", "flip", "insert", "end"),
  at: fc.double({ min: 0, max: 0.999999, noNaN: true }),
  size: fc.integer({ min: 1, max: 900 }),
  byte: fc.integer({ min: 0, max: 255 }),
});

/** Applies an edit to the bytes and to the list of packets that are still whole (start in the new bytes). */
function apply(bytes: Buffer, intact: Map<number, number>, { kind, at: share, size, byte }: Edit): Buffer {
  const at = Math.floor(share * bytes.length);
  const moved = (by: number, from: number, to: number) => {
    const entries = [...intact];
    intact.clear();
    for (const [start, length] of entries) {
      if (start + length <= from) intact.set(start, length);
      else if (start >= to) intact.set(start + by, length);
    }
  };
  if (kind === "flip") {
    moved(0, at, at + 1);
    const out = Buffer.from(bytes);
    out[at]! ^= 1 << (byte & 7);
    return out;
  }
  if (kind === "end") {
    moved(0, at, bytes.length);
    return bytes.subarray(0, at);
  }
  if (kind === "cut") {
    const to = Math.min(at + size, bytes.length);
    moved(at - to, at, to);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
  }
  const entries = [...intact];
  intact.clear();
  for (const [start, length] of entries) {
    if (start + length <= at) intact.set(start, length);
    else if (start >= at) intact.set(start + size, length);
  }
  return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(size, byte), bytes.subarray(at)]);
}

describe("files", () => {
  // REQ-DECODE-017
  it("cut, spliced, flipped: every packet that is still whole is found, and something is named", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 3, maxLength: 12 }),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(7, 64, 1000, 16384),
        (lengths, edits, piece) => {
          const packets = recording(lengths);
          const intact = new Map<number, number>();
          let at = 0;
          for (const p of packets) {
            intact.set(at, p.length);
            at += p.length;
          }
          const original = Buffer.concat(packets);
          let bytes: Buffer = original;
          for (const step of edits) bytes = apply(bytes, intact, step);
          const { offsets, anomalies } = decodeFile(bytes, piece);
          for (const start of intact.keys()) expect(offsets).toContain(start);
          // a cut at a packet's edge leaves nothing to see but a sequence that ends early
          const edge = bytes.length < original.length && original.subarray(0, bytes.length).equals(bytes);
          if (!bytes.equals(original) && !edge) expect(anomalies).toBeGreaterThan(0);
        },
      ),
      RUNS,
    );
  });

  // REQ-DECODE-019
  it("of any bytes: no trap", () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.constant(new Uint8Array([0x25, 0xeb])),
      fc
        .record({
          type: fc.constantFrom(0x01, 0x11, 0x19, 0x68, 0x40),
          data: fc.uint8Array({ maxLength: 300 }),
          flags: fc.constantFrom(0, 0x40, 0x44, 0x30),
          checksum: fc.constantFrom(0, 1, 2, 4),
        })
        .map(({ type, data, flags, checksum }) => packet(data, { type, flags, checksum: checksum as 0 | 1 | 2 | 4 })),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 400 }), (pieces, size) => {
        decodeFile(Buffer.concat(pieces), size);
      }),
      RUNS,
    );
  });
});

describe("datagrams", () => {
  const feed = (datagrams: Uint8Array[]) => {
    e.begin();
    for (const d of datagrams) {
      // each ends where the memory ends: whatever is read beyond it traps
      const at = e.memory.buffer.byteLength - d.length;
      new Uint8Array(e.memory.buffer, at).set(d);
      e.feedDatagramAt(at, d.length, 1n, 1n, 0n);
    }
    e.feedEnd();
  };
  const split = (format: number, packets: Buffer[], size: number): Buffer[] => {
    if (format === 0) return packets.map((p, i) => whole(i, p));
    if (format === 3) {
      const bytes = Buffer.concat(packets);
      const starts = new Set(packets.map((_, i) => Buffer.concat(packets.slice(0, i)).length));
      return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => {
        let start = i * size;
        while (start < (i + 1) * size && !starts.has(start)) start++;
        return stretch(
          i,
          start === (i + 1) * size ? 0xffff : start - i * size,
          bytes.subarray(i * size, (i + 1) * size),
        );
      });
    }
    const make = format === 1 ? segment : segment2;
    let n = 0;
    return packets.flatMap((p) =>
      Array.from({ length: Math.ceil(p.length / size) }, (_, i) =>
        make(n++, p, i * size, Math.min((i + 1) * size, p.length)),
      ),
    );
  };

  it("dropped, repeated, swapped: packets of which everything came are found", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 8 }),
        fc.integer({ min: 10, max: 120 }).map((n) => n * 4),
        fc.array(fc.record({ kind: fc.constantFrom("drop", "repeat", "swap"), at: fc.nat() }), { maxLength: 4 }),
        (format, lengths, size, events) => {
          const packets = recording(lengths);
          const tagged = split(format, packets, size).map((bytes) => ({ bytes }));
          const first = tagged[0]!;
          const sent = [...tagged];
          for (const { kind, at } of events) {
            const i = 1 + (at % Math.max(1, sent.length - 2)); // the first datagram tells the format
            if (i + 1 >= sent.length) continue;
            if (kind === "drop") sent.splice(i, 1);
            else if (kind === "repeat") sent.splice(i, 0, sent[i]!);
            else [sent[i], sent[i + 1]] = [sent[i + 1]!, sent[i]!];
          }
          expect(sent[0]).toBe(first);
          feed(sent.map((d) => d.bytes));
          let n = 0;
          let whole = 0;
          let unread = 0;
          for (const p of packets) {
            const own = tagged.slice(n, n + Math.ceil(p.length / size));
            n += own.length;
            if (!own.every((d) => sent.includes(d))) continue;
            if (p[15] === 0x40) unread++;
            else whole++;
          }
          expect(e.believedCount()).toBe(whole);
          expect(e.packetCount()).toBeLessThanOrEqual(whole + unread);
          // that the last are missing cannot be seen
          const last = tagged.findLastIndex((d) => sent.includes(d));
          if (!tagged.slice(0, last).every((d) => sent.includes(d))) expect(e.anomalyCount()).toBeGreaterThan(0);
        },
      ),
      { ...RUNS, numRuns: 3000 },
    );
  });

  // REQ-DECODE-019
  it("cut, flipped, of any bytes: no trap", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1, 2, 3),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 10, max: 400 }).map((n) => n * 4),
        fc.array(fc.record({ at: fc.nat(), byte: fc.nat(), bit: fc.integer({ min: 0, max: 7 }), keep: fc.nat() }), {
          maxLength: 6,
        }),
        fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 3 }),
        (format, lengths, size, damage, noise) => {
          const sent = split(format, recording(lengths), size).map((d) => Buffer.from(d));
          for (const { at, byte, bit, keep } of damage) {
            const d = sent[at % sent.length]!;
            if (d.length === 0) continue;
            if (keep & 1) sent[at % sent.length] = d.subarray(0, keep % d.length);
            else d[byte % Math.min(d.length, 48)]! ^= 1 << bit;
          }
          feed([...sent, ...noise]);
          feed([...noise, ...sent]);
        },
      ),
      RUNS,
    );
  });

  it("with packets of any content: no trap", () => {
    const content = fc.record({
      type: fc.constantFrom(0x01, 0x11, 0x19, 0x68),
      data: fc.uint8Array({ maxLength: 120 }),
      count: fc.integer({ min: 0, max: 5 }),
      flags: fc.constantFrom(0, 0x40, 0x44),
      checksum: fc.constantFrom<(0 | 1 | 2 | 4)[]>(0, 1, 2, 4),
    });
    fc.assert(
      fc.property(fc.array(content, { minLength: 1, maxLength: 4 }), fc.boolean(), (contents, text) => {
        const packets = contents.map(({ type, data, count, flags, checksum }, i) => {
          const bytes = Buffer.from(data);
          if (type !== 0x01 && bytes.length >= 4) bytes.writeUInt32LE((1 << 30) | count, 0);
          if (type === 0x01 && text)
            for (let j = 0; j < bytes.length; j++) bytes[j] = CODES.charCodeAt(bytes[j]! % CODES.length);
          return packet(bytes, { type, flags, checksum, sequence: i });
        });
        feed([whole(0, ...packets), stretch(0, 0, Buffer.concat(packets))]);
      }),
      RUNS,
    );
  });
});

describe("memory", () => {
  it("of all Chapter 10 and 1553 state stays under 400 KiB", () => {
    expect(e.staticBytes()).toBeLessThanOrEqual(400 * 1024);
  });
});
