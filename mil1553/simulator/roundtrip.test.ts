// Simulator -> Chapter 10 -> the onboard decoder gives back every message, as a file and as a UDP stream of each format.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecordKind } from "../../appliance/contract/abi.ts";
import { decodeChapter10, record } from "../../captures/mil1553/index.ts";
import type { Checksum } from "../writer/chapter10.ts";
import { frame, STREAM } from "../writer/frame.ts";
import { type Packet, type RecordingOptions, recording } from "../writer/recording.ts";
import { readChapter10 } from "../writer/testing/reader.ts";
import { datagrams, type TransferFormat } from "../writer/transfer.ts";
import { readBusText } from "./icd/read.ts";
import type { BusMessage } from "./message.ts";
import { COUNTER_START, simulate } from "./run.ts";
import { busText } from "./testing/buses.ts";

interface Decoded {
  rows: string[];
  found: string[];
  buses: string[];
}

async function decode(pieces: Uint8Array[], kind: number, link = 0): Promise<Decoded> {
  const parts: Buffer[] = [];
  const found: string[] = [];
  let i = 0;
  const { buses } = await decodeChapter10(
    {
      file: "test",
      fill: async (target) => {
        if (i === pieces.length) return 0;
        const bytes = record(pieces[i++]!, kind, link);
        target.set(bytes);
        return bytes.length;
      },
    },
    { rows: "messages" },
    (rows) => void parts.push(Buffer.from(rows)),
    (f) => void found.push(`${f.anomaly} ${f.detail}`),
  );
  return { rows: Buffer.concat(parts).toString().trimEnd().split("\n").slice(1), found, buses };
}

const hex = (n: number) => n.toString(16).padStart(4, "0");
const DAY = 86_400_000;

/** The decoder's row for a message, as far as it is not the decoder's own opinion. */
function row(m: BusMessage, ms: number): string {
  const counter = m.time % 2 ** 48;
  const ticks = (ms % DAY) * 10_000 + (m.time - COUNTER_START);
  const seconds = Math.floor(ticks / 1e7);
  const at = new Date(Math.floor(ms / DAY) * DAY + seconds * 1000).toISOString().slice(0, 19);
  const time = `${at}.${String(ticks % 1e7).padStart(7, "0")}+0000`;
  return [
    m.channel,
    counter,
    hex(m.blockStatus),
    m.gap1,
    m.gap2,
    2 * m.words.length,
    m.words.map(hex).join(""),
    time,
  ].join();
}

/** The same of the decoder's columns. */
/** Columns of rows without a name. */
const ANOMALIES = 14;

function essence(line: string): string {
  const [channel, counter, status, , gap1, gap2, length, , , , , , raw, time] = line.split(",");
  return [channel, counter, status, gap1, gap2, length, raw, time].join();
}

const inOrder = (packets: Packet[]) => packets.flatMap((p) => p.messages);

describe("round trip", () => {
  it("random buses: every message comes back, as a file and over UDP", async () => {
    const run = fc.asyncProperty(
      fc.record({
        text: busText,
        seed: fc.nat(2 ** 31),
        checksum: fc.constantFrom<Checksum>(0, 8, 16, 32),
        secondary: fc.constantFrom<boolean | "messages">(false, true, "messages"),
        packetBytes: fc.constantFrom(200, 3000, 16_384),
        format: fc.constantFrom<TransferFormat>(1, 2, 3),
        size: fc.constantFrom(100, 333, 1000, 1472, 9000),
      }),
      async ({ text, seed, checksum, secondary, packetBytes, format, size }) => {
        const bus = readBusText(text, "random");
        const messages = [...simulate(bus, { seed, seconds: 0.6 })];
        fc.pre(messages.length > 0);
        const options: RecordingOptions = {
          channels: bus.channels,
          clock: { counter: COUNTER_START, ms: bus.start },
          checksum,
          secondary,
          packetBytes,
        };
        const packets = [...recording(messages, options)];
        const written = inOrder(packets);
        expect(new Set(written)).toEqual(new Set(messages));
        const bytes = Buffer.concat(packets.map((p) => p.bytes));
        const second = readChapter10(bytes).flatMap((p) => p.messages);
        expect(second.map((m) => m.words)).toEqual(written.map((m) => m.words));

        const expected = written.map((m) => row(m, bus.start));
        // With IEEE 1588 times the counter is not in the file
        const same = secondary === "messages" ? (r: string) => r.split(",").toSpliced(1, 1).join() : (r: string) => r;
        const file = await decode(
          [bytes.subarray(0, 777), ...slices(bytes.subarray(777), 16384)],
          RecordKind.CHAPTER10,
        );
        expect(file.found).toEqual([]);
        expect(file.rows.map(essence).map(same)).toEqual(expected.map(same));
        for (const { channel, name } of bus.channels)
          if (messages.some((m) => m.channel === channel))
            expect(file.buses.join()).toContain(`"channel":${channel},"name":"${name}"`);

        const stream = [...datagrams(packets, { format, size })];
        for (const { payload } of stream) expect(payload.length).toBeLessThanOrEqual(size);
        const frames = stream.map(({ payload }, i) => frame(payload, STREAM, i));
        const udp = await decode(frames, RecordKind.FRAME, 1);
        expect(udp.found).toEqual([]);
        expect(udp.rows).toEqual(file.rows);
      },
    );
    await fc.assert(run, { numRuns: 20, seed: 1553 });
  });

  it("says nothing of clean traffic but the errors that are in it", async () => {
    const text = fc.sample(busText, { numRuns: 20, seed: 3 });
    for (const one of text) {
      const clean = one.replace(/(no-response|invalid-word): [\d.]+/g, "$1: 0");
      const bus = readBusText(clean, "random");
      const packets = [
        ...recording(simulate(bus, { seed: 1, seconds: 0.4 }), {
          channels: bus.channels,
          clock: { counter: COUNTER_START, ms: bus.start },
        }),
      ];
      const { rows } = await decode(slices(Buffer.concat(packets.map((p) => p.bytes)), 16384), RecordKind.CHAPTER10);
      expect(rows.filter((line) => line.split(",")[ANOMALIES])).toEqual([]);
    }
  });
});

function slices(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}
