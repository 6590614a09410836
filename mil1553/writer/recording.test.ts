import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { readBus } from "../simulator/icd/read.ts";
import { BSW, type BusMessage } from "../simulator/message.ts";
import { COUNTER_START, simulate } from "../simulator/run.ts";
import type { Checksum } from "./chapter10.ts";
import { type RecordingOptions, recording } from "./recording.ts";
import { readChapter10 } from "./testing/reader.ts";

const BUS = readBus(join(ROOT, "fixtures/mil1553/avionics.yaml"));
const CLOCK = { counter: COUNTER_START, ms: BUS.start };
const MESSAGES = [...simulate(BUS, { seed: 9, seconds: 3.2 })];
const write = (options: Partial<RecordingOptions> = {}, messages: Iterable<BusMessage> = MESSAGES) => [
  ...recording(messages, { channels: BUS.channels, clock: CLOCK, ...options }),
];
const read = (options?: Partial<RecordingOptions>) => readChapter10(Buffer.concat(write(options).map((p) => p.bytes)));

describe("a recording", () => {
  it("has its messages, whole and unchanged, in the order that it says", () => {
    const packets = write();
    const found = readChapter10(Buffer.concat(packets.map((p) => p.bytes)));
    expect(found.flatMap((p) => p.messages)).toEqual(packets.flatMap((p) => p.messages));
    expect(new Set(packets.flatMap((p) => p.messages))).toEqual(new Set(MESSAGES));
  });

  it("begins with TMATS and a time packet; one follows each second", () => {
    const packets = read();
    expect(packets.slice(0, 2).map((p) => [p.type, p.channel])).toEqual([
      [1, 0],
      [0x11, 1],
    ]);
    const text = packets[0]!.data.subarray(4).toString();
    expect(text).toContain("R-1\\TK1-2:2;");
    expect(text).toContain("R-1\\CDT-3:1553IN;");
    expect(text).toContain("B-1\\BNA-1:AVIONICS;");
    const times = packets.filter((p) => p.type === 0x11);
    expect(times.map((p) => p.counter)).toEqual([0, 1, 2, 3].map((s) => COUNTER_START + s * 1e7));
    // 2026-03-02T08:00:02.00, BCD
    expect(times[2]!.data.toString("hex")).toBe("010200000002000802032620");
  });

  it("closes a packet when its first message is 80 ms old; packets follow each other as they close", () => {
    const packets = write();
    for (const { messages, time, type } of packets) {
      if (type !== 0x19) continue;
      expect(messages.at(-1)!.time - messages[0]!.time).toBeLessThan(800_000);
      expect(time - messages[0]!.time).toBeLessThanOrEqual(800_000);
    }
    const closed = packets.map((p) => p.time);
    expect(closed).toEqual([...closed].sort((a, b) => a - b));
    for (const p of read()) if (p.type === 0x19) expect(p.counter).toBe(p.messages[0]!.time);
  });

  it("keeps packets below the size that is asked for", () => {
    for (const { bytes, messages } of write({ packetBytes: 400 }))
      if (messages.length) expect(bytes.length).toBeLessThanOrEqual(24 + 400 + 8);
  });

  it("has right checksums of every size, and secondary headers", () => {
    for (const checksum of [0, 8, 16, 32] as Checksum[])
      for (const secondary of [false, true, "messages"] as const) {
        const packets = read({ checksum, secondary });
        expect(packets.every((p) => (p.flags & 3) === [0, 1, 2, 2, 3][checksum / 8])).toBe(true);
        for (const p of packets)
          expect(p.secondary).toBe(
            secondary ? BigInt(BUS.start) * 1_000_000n + BigInt(p.counter - COUNTER_START) * 100n : undefined,
          );
        expect(packets.flatMap((p) => p.messages).length).toBe(MESSAGES.length);
      }
  });

  it("numbers packets per channel over 255", () => {
    const packets = read({ packetBytes: 200 }).filter((p) => p.channel === 2);
    expect(packets.length).toBeGreaterThan(256);
    expect(packets[256]!.sequence).toBe(0); // the reader checks each step
  });

  it("wraps the counter at 48 bits", () => {
    const time = 2 ** 48 - 5000;
    const message = { channel: 2, time, blockStatus: BSW.BUS_B, gap1: 65, gap2: 0, words: [0x2822, 1, 2, 0x2800] };
    const two = [message, { ...message, time: time + 10_000 }];
    const found = readChapter10(Buffer.concat(write({ clock: { counter: time, ms: 0 } }, two).map((p) => p.bytes)));
    expect(found.flatMap((p) => p.messages).map((m) => m.time)).toEqual([time, 5000]);
  });
});
