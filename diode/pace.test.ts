// Times of 1553 messages keep pace with guard's clock: what nobody checks else would say anything, 48 bits a message.
import { describe, expect, it } from "vitest";
import { randomOf } from "../log/testing/impair.ts";
import type { BusMessage } from "../mil1553/simulator/message.ts";
import { COUNTER_START } from "../mil1553/simulator/run.ts";
import { frame, STREAM } from "../mil1553/writer/frame.ts";
import { Guard, type RecordInit, SECOND } from "./testing/guard.ts";
import { ALL, packetsOf, stream, under } from "./testing/stream.ts";

/** Of the relative time counter: 10 MHz. */
const SECOND_TICKS = 10_000_000;
const MINUTE = 60 * SECOND_TICKS;

const message = (time: number): BusMessage => ({
  ...{ channel: 2, time, blockStatus: 0, gap1: 60, gap2: 0 },
  words: [(5 << 11) | 0x400 | (1 << 5) | 1, 5 << 11, 7],
});

/** A datagram of messages with these times, whatever they are: written over those of a recorder. */
function datagram(times: readonly number[], time: bigint): RecordInit {
  const of = times.map((_, n) => message(COUNTER_START + n));
  const payload = Buffer.from(stream({ of, checksum: 0 }).at(-1)!.frame!.subarray(42));
  let at = 32;
  for (const ticks of times) {
    payload.writeUIntLE(ticks, at, 6);
    at += 14 + payload.readUInt16LE(at + 12);
  }
  return { frame: frame(payload, STREAM, 1), time };
}

/** Times of the messages that left, and of their packets. */
async function left(records: readonly RecordInit[]): Promise<{ packet: number; times: number[] }[]> {
  const guard = await Guard.under(under(ALL));
  const frames = [];
  for (let n = 0; n < records.length; n += 100) frames.push(...guard.run(records.slice(n, n + 100)).frames);
  const packets = packetsOf(frames).filter(({ type }) => type === 0x19);
  return packets.map(({ counter, messages }) => ({
    packet: Number(counter),
    times: messages.map(({ time }) => Number(time)),
  }));
}

// REQ-FILTER-023
describe("times of messages", () => {
  it("that are anything become times in order, a minute at most from where the counter is; it is set anew once in 10 s", async () => {
    const random = randomOf(14);
    const records = Array.from({ length: 3000 }, (_, n) =>
      datagram(
        Array.from({ length: 4 }, () => Math.floor(random() * 2 ** 48)),
        SECOND + BigInt(n) * 10_000_000n,
      ),
    );
    const out = await left(records);
    expect(out).toHaveLength(3000);
    let [anew, base, at, last] = [0, 0, 0, 0];
    for (const [n, { packet, times }] of out.entries()) {
      expect(packet).toBe(times[0]);
      for (const time of times) {
        const expected = base + (n - at) * (SECOND_TICKS / 100);
        if (anew === 0 || time < last || Math.abs(time - expected) > MINUTE) {
          [base, at] = [time, n];
          anew++;
        }
        last = time;
      }
    }
    expect(anew).toBeLessThanOrEqual(3); // in 30 s
  });

  it("that keep pace cross as they are, also where the counter was set anew", async () => {
    const before = [COUNTER_START, COUNTER_START + 3, COUNTER_START + 70];
    const after = [5, 77, 80];
    const out = await left([datagram(before, SECOND), datagram(after, 12n * SECOND)]);
    expect(out.map(({ times }) => times)).toEqual([before, after]);
  });

  it("dates cross once a second, after a few", async () => {
    const [date] = stream({ of: [message(COUNTER_START)] }).filter(({ frame: bytes }) => bytes![42 + 4 + 15] === 0x11);
    const records = Array.from({ length: 500 }, (_, n) => ({ ...date!, time: SECOND + BigInt(n) * 10_000_000n }));
    const guard = await Guard.under(under(ALL));
    const dates = packetsOf(guard.run(records).frames).filter(({ type }) => type === 0x11);
    expect(dates.length).toBeGreaterThanOrEqual(16);
    expect(dates.length).toBeLessThanOrEqual(21);
  });
});
