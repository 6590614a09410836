import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import type { Channel, Message } from "./icd/model.ts";
import { readBus, readBusText } from "./icd/read.ts";
import { loadOf } from "./icd/schedule.ts";
import { BSW, type BusMessage, CROSSING, duration, endOf, transaction } from "./message.ts";
import { COUNTER_START, simulate } from "./run.ts";

const BUS = readBus(join(ROOT, "fixtures/mil1553/avionics.yaml"));
const RUN = [...simulate(BUS, { seed: 4, seconds: 20 })];
const of = (channel: Channel) => RUN.filter((m) => m.channel === channel.channel);
/** Messages with this entry's commands. */
const sent = (channel: Channel, { commands }: Message) =>
  of(channel).filter((m) => commands.every((word, i) => m.words[i] === word));

describe("the example's traffic", () => {
  it("is one message at a time, gaps and response times as the standard wants them", () => {
    for (const channel of BUS.channels) {
      const messages = of(channel);
      for (const [i, message] of messages.entries()) {
        const before = messages[i - 1];
        if (before) {
          const gap = message.time - endOf(before) + CROSSING;
          expect(gap).toBeGreaterThanOrEqual(before.blockStatus & BSW.TIMEOUT ? channel.timeout : 40);
        }
        for (const response of [message.gap1, message.gap2])
          if (response) expect(response >= 40 && response <= 120).toBe(true);
        expect(Number.isInteger(message.time)).toBe(true);
      }
    }
    expect(RUN.map((m) => m.time)).toEqual(RUN.map((m) => m.time).sort((a, b) => a - b));
  });

  it("loads the bus as computed", () => {
    for (const channel of BUS.channels) {
      const busy = of(channel).reduce((sum, m) => sum + duration(m), 0) / 20e7;
      const { load, messagesPerSecond } = loadOf(channel);
      expect(Math.abs(busy - load)).toBeLessThan(0.002);
      expect(Math.abs(of(channel).length / 20 - messagesPerSecond)).toBeLessThan(2);
    }
  });

  it("keeps the periods of the file, and the Poisson rate", () => {
    for (const channel of BUS.channels)
      for (const message of channel.messages) {
        const times = sent(channel, message).map((m) => m.time);
        if (message.aperiodic !== undefined) {
          const expected = message.aperiodic * 20;
          expect(Math.abs(times.length - expected)).toBeLessThan(4 * Math.sqrt(expected));
          continue;
        }
        const period = message.every * channel.minorFrame;
        expect(Math.abs(times.length - 20e7 / period)).toBeLessThanOrEqual(2); // retries
        for (const time of times) {
          // In its minor frame: that begins within six deviations and the messages in front of it take
          const late = (time - COUNTER_START - message.phase * channel.minorFrame) % period;
          expect(late).toBeLessThan(channel.minorFrame / 2);
        }
      }
  });

  it("has each terminal's response times", () => {
    for (const channel of BUS.channels)
      for (const terminal of channel.terminals) {
        const gaps = of(channel).flatMap((m) => {
          const found = transaction(m);
          return found?.format === "rt-bc" && m.words[0]! >> 11 === terminal.address ? [m.gap1] : [];
        });
        const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length;
        const sigma = Math.sqrt(gaps.reduce((a, b) => a + (b - mean) ** 2, 0) / gaps.length);
        expect(Math.abs(mean - terminal.response)).toBeLessThan(0.3);
        // rounding to 0.1 us adds its own
        expect(Math.abs(sigma - Math.sqrt(terminal.spread ** 2 + 1 / 12))).toBeLessThan(0.25);
      }
  });

  it("fills data words as described", () => {
    const [avionics] = BUS.channels;
    const data = (name: string) =>
      sent(avionics!, avionics!.messages.find((m) => m.name === name)!).flatMap((m) =>
        [transaction(m)?.data ?? []].filter((d) => d.length),
      );
    const attitude = data("ins-attitude");
    expect(attitude.every((d, i) => i === 0 || ((d[0]! - attitude[i - 1]![0]!) & 0xffff) <= 2)).toBe(true);
    const roll = attitude.map((d) => (d[1]! << 16) >> 16);
    expect(Math.max(...roll)).toBeGreaterThan(5000);
    expect(Math.min(...roll)).toBeLessThan(-5000);
    expect(Math.max(...roll.slice(1).map((v, i) => Math.abs(v - roll[i]!)))).toBeLessThan(200);
    expect(new Set(attitude.map((d) => d[8]))).toEqual(new Set([0xfc01]));
    expect(
      Buffer.from(
        data("comm-tuning")[0]!
          .slice(1)
          .flatMap((w) => [w >> 8, w & 255]),
      ).toString(),
    ).toBe("TRAINER 21");
    expect(new Set(data("frame-sync").map((d) => d[0]))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
  });
});

const hash = (messages: Iterable<BusMessage>) =>
  createHash("sha256")
    .update(JSON.stringify([...messages]))
    .digest("hex");

it("is the same for the same file and seed, on every machine", () => {
  expect(hash(simulate(BUS, { seed: 1553, seconds: 2 }))).toBe(
    "c25a8c36674af1af525177715fa2e49705197cbf0ea8d7ae3b167d13f865891c",
  );
  expect(hash(simulate(BUS, { seed: 1554, seconds: 2 }))).not.toBe(hash(simulate(BUS, { seed: 1553, seconds: 2 })));
});

it("begins the same however long it lasts", () => {
  const short = [...simulate(BUS, { seed: 2, seconds: 0.7 })];
  const long = [...simulate(BUS, { seed: 2, seconds: 1.5 })];
  expect(long.slice(0, short.length)).toEqual(short);
  expect(short.every((m) => m.time < COUNTER_START + 7e6)).toBe(true);
});

describe("errors", () => {
  const bench = (errors: string, terminal = "") =>
    readBusText(
      `weir-bus: 1
name: bench
channels:
  - name: MUX
    channel: 2
    minor-frame: 10 ms
    minor-frames: 1
    errors: ${errors}
    terminals: [{name: A, address: 5, response: 6us${terminal}}, {name: B, address: 6, response: 7us}]
    messages:
      - {name: get, from: A/1, every: 1, words: 4}
      - {name: put, to: A/2, every: 1, words: 4}
      - {name: pass, from: B/1, to: A/3, every: 1, words: 4}
`,
      "bench",
    );
  it("a terminal that does not answer: the words before its status, and again on the other bus", () => {
    const run = [...simulate(bench("{retries: 1}", ", no-response: 1"), { seed: 1, seconds: 1 })];
    const shapes = run.slice(0, 6).map((m) => [m.words.length, m.blockStatus, m.gap1 > 0, m.gap2]);
    expect(shapes).toEqual([
      [1, BSW.ERROR | BSW.TIMEOUT, false, 0],
      [1, BSW.ERROR | BSW.TIMEOUT | BSW.BUS_B, false, 0],
      [5, BSW.ERROR | BSW.TIMEOUT, false, 0],
      [5, BSW.ERROR | BSW.TIMEOUT | BSW.BUS_B, false, 0],
      [7, BSW.ERROR | BSW.TIMEOUT | BSW.RT_RT, true, 0],
      [7, BSW.ERROR | BSW.TIMEOUT | BSW.RT_RT | BSW.BUS_B, true, 0],
    ]);
  });
  it("come as often as the file says", () => {
    const run = [...simulate(bench("{no-response: 0.02, invalid-word: 0.03, retries: 0}"), { seed: 1, seconds: 40 })];
    const share = (bit: number) => run.filter((m) => m.blockStatus & bit).length / run.length;
    expect(run.length).toBe(12_000);
    expect(Math.abs(share(BSW.WORD) - 0.03)).toBeLessThan(0.006);
    // silence of one of 4/3 terminals on average, or because of an invalid word in front of the status
    expect(share(BSW.TIMEOUT)).toBeGreaterThan(0.02);
    expect(share(BSW.TIMEOUT)).toBeLessThan(0.06);
    for (const m of run)
      expect((m.blockStatus & (BSW.WORD | BSW.TIMEOUT)) !== 0).toBe((m.blockStatus & BSW.ERROR) !== 0);
  });
});
