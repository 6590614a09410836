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

const message = (time: number, channel = 2): BusMessage => ({
  ...{ channel, time, blockStatus: 0, gap1: 60, gap2: 0 },
  words: [(5 << 11) | 0x400 | (1 << 5) | 1, 5 << 11, 7],
});

/** A datagram of messages with these times, whatever they are: written over those of a recorder. */
function datagram(times: readonly number[], time: bigint, { from = STREAM.from, channel = 2 } = {}): RecordInit {
  const of = times.map((_, n) => message(COUNTER_START + n, channel));
  const payload = Buffer.from(stream({ of, checksum: 0 }).at(-1)!.frame!.subarray(42));
  let at = 32;
  for (const ticks of times) {
    payload.writeUIntLE(ticks, at, 6);
    at += 14 + payload.readUInt16LE(at + 12);
  }
  return { frame: frame(payload, { ...STREAM, from }, 1), time };
}

const ANYBODY = under(ALL).replaceAll("from: 192.0.2.53", "from: 192.0.2.0/24");
const recorder = (n: number) => `192.0.2.${n}`;

/** Times of the messages that left, and of their packets. */
async function left(
  records: readonly RecordInit[],
  policy = under(ALL),
): Promise<{ packet: number; times: number[] }[]> {
  const guard = await Guard.under(policy);
  const frames = [];
  for (let n = 0; n < records.length; n += 100) frames.push(...guard.run(records.slice(n, n + 100)).frames);
  const packets = frames.flatMap((one) => packetsOf([one])).filter(({ type }) => type === 0x19);
  return packets.map(({ counter, messages }) => ({
    packet: Number(counter),
    times: messages.map(({ time }) => Number(time)),
  }));
}

/** Whether the datagram's packet is a time packet. */
const isDate = (bytes: Uint8Array) => bytes[42 + 4 + 15] === 0x11;

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

  it("of one recorder are moved by no other, on whichever channel he sends", async () => {
    const random = randomOf(15);
    const others = (n: number) =>
      datagram([Math.floor(random() * 2 ** 48)], BigInt(n + 1) * SECOND, { from: recorder(9), channel: 1 + (n % 3) });
    const own = Array.from({ length: 25 }, (_, n) => [
      COUNTER_START + n * SECOND_TICKS,
      COUNTER_START + n * SECOND_TICKS + 7,
    ]);
    const out = await left(
      own.flatMap((times, n) => [others(n), datagram(times, BigInt(n + 1) * SECOND + 1n)]),
      ANYBODY,
    );
    expect(out.filter((_, n) => n % 2 === 1).map(({ times }) => times)).toEqual(own);
  });

  it("of 64 recorders at a time cross; another's, 10 s after one of them was last heard", async () => {
    const from = (n: number, ms: number) => datagram([n], BigInt(ms) * 1_000_000n, { from: recorder(n) });
    const all = Array.from({ length: 64 }, (_, n) => from(n + 1, 1000 + n));
    const times = async (...more: RecordInit[]) =>
      (await left([...all, ...more], ANYBODY)).slice(64).map((m) => m.times[0]);
    expect(await times(from(65, 10_999), from(65, 11_000), from(66, 11_000), from(2, 11_000))).toEqual([65, 2]);
  });

  it("of 64 channels at a time cross; those of another, 10 s after one of them was last used", async () => {
    const of = (channel: number, ms: number) => datagram([channel], BigInt(ms) * 1_000_000n, { channel });
    const all = Array.from({ length: 64 }, (_, n) => of(n + 1, 1000 + n));
    const out = await left([...all, of(65, 10_999), of(65, 11_000), of(66, 11_000), of(2, 11_000)]);
    expect(out).toHaveLength(66);
  });

  it("need no place that time packets could use up", async () => {
    const [date] = stream({ of: [message(COUNTER_START)], checksum: 0 }).filter(({ frame: bytes }) => isDate(bytes!));
    const dates = Array.from({ length: 100 }, (_, n) => {
      const payload = Buffer.from(date!.frame!.subarray(42));
      payload.writeUInt16LE(100 + n, 6);
      payload.writeUInt16LE((payload.readUInt16LE(26) + 100 + n - 1) & 0xffff, 26); // the header's sum
      return { frame: frame(payload, STREAM, n), time: SECOND + BigInt(n) * SECOND };
    });
    expect(await left([...dates.slice(0, 10), datagram([COUNTER_START], 12n * SECOND)])).toHaveLength(1);
    const guard = await Guard.under(under(ALL));
    expect(packetsOf(guard.run(dates).frames).map(({ type }) => type)).toEqual(dates.map(() => 0x11));
  });

  it("dates cross once a second, after a few", async () => {
    const [date] = stream({ of: [message(COUNTER_START)] }).filter(({ frame: bytes }) => isDate(bytes!));
    const records = Array.from({ length: 500 }, (_, n) => ({ ...date!, time: SECOND + BigInt(n) * 10_000_000n }));
    const guard = await Guard.under(under(ALL));
    const dates = packetsOf(guard.run(records).frames).filter(({ type }) => type === 0x11);
    expect(dates.length).toBeGreaterThanOrEqual(16);
    expect(dates.length).toBeLessThanOrEqual(21);
  });
});
