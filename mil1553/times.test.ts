// Times of messages in each format, and which of several time packets sets a recorder's clock.
import { describe, expect, it } from "vitest";
import { Log } from "../appliance/compartments/inspect/testing/log.ts";
import { RecordKind } from "../appliance/contract/abi.ts";
import { record } from "../captures/mil1553/index.ts";
import { compilePolicyText } from "../diode/policy.ts";
import { policyWith, sectionsOf } from "../diode/testing/guard.ts";
import { busData, chapter4, dateTime, dayTime, ieee1588, message, networkTime, packet } from "./testing/chapter10.ts";
import { decodeBytes, frame, rowsOf } from "./testing/decode.ts";

const WORDS = [0x4c61, 0x4800, 7];
const SECOND = 10_000_000; // of the counter
const START = Date.UTC(2026, 2, 2, 8) / 1000;

const clock = (data: Buffer, rtc = 0, channel = 1) => packet(data, { type: 0x11, channel, rtc });
const at = (iso: string, csdw = 0x3201) => {
  const data = dateTime(iso);
  data.writeUInt32LE(csdw);
  return data;
};
const single = (rtc: number, sequence = 0) => packet(busData([message(WORDS, { rtc, gap1: 65 })]), { sequence });
/** Times of the messages, and what was found. */
async function timesOf(...parts: Buffer[]) {
  const { rows, found } = await rowsOf(...parts);
  return {
    times: rows.map(({ timestamp }) => timestamp?.replace(/0*\+0000$/, "") ?? null),
    counters: rows.map(({ mil1553 }) => mil1553.rtc as number),
    anomalies: rows.map(({ anomalies }) => anomalies ?? []),
    found: found.map(([name]) => name),
  };
}

/** Two messages 10 ms apart, whose times are in the format of the secondary header. */
const stamped = (flags: number, secondaryTime: bigint, first: bigint, second: bigint) =>
  packet(busData([first, second].map((time) => message(WORDS, { time, gap1: 65 }))), {
    flags: 0x40 | flags,
    secondaryTime,
    rtc: 3 * SECOND,
  });

// REQ-DECODE-023
describe("a message's time", () => {
  const CASES: [string, Buffer][] = [
    [
      "IEEE 1588",
      stamped(0x04, ieee1588(START + 3, 0), ieee1588(START + 3, 1_000_000), ieee1588(START + 3, 11_000_000)),
    ],
    // weeks into a year that nobody knows: only how far it is from the packet's own time counts
    ["Chapter 4", stamped(0x00, chapter4(70_000, 9_500), chapter4(70_001, 500), chapter4(70_002, 500))],
    ["ERTC", stamped(0x08, 3_000_000_077n, 3_001_000_000n, 3_011_000_000n)],
    ["ERTC that counts 10 MHz", stamped(0x08, 30_000_000n, 30_010_000n, 30_110_000n)],
  ];
  it.each(CASES)("in %s", async (_, data) => {
    const { times, counters, found } = await timesOf(clock(at("2026-03-02T08:00:00Z")), data);
    expect(found).toEqual([]);
    expect(times).toEqual(["2026-03-02T08:00:03.001", "2026-03-02T08:00:03.011"]);
    expect(counters[1]! - counters[0]!).toBe(100_000);
  });
  it("in IEEE 1588 tells that messages overlap, and where they go on in the next second", async () => {
    const one = (seconds: number, ns: number) => ieee1588(START + seconds, ns);
    const late = stamped(0x04, one(0, 0), one(0, 999_900_000), one(1, 0));
    const close = stamped(0x04, one(0, 0), one(0, 999_960_000), one(1, 0));
    expect((await timesOf(late)).anomalies).toEqual([[], []]);
    expect((await timesOf(close)).anomalies).toEqual([[], ["mil1553.overlap"]]);
  });
});

// REQ-DECODE-023
it("the time of Ethernet frames in IEEE 1588 is that of their flow", async () => {
  const data = Buffer.concat(
    [0, 250_000_000].map((ns) => {
      const bytes = frame(Buffer.from("a payload"));
      const head = Buffer.alloc(12);
      head.writeBigUInt64LE(ieee1588(START, ns));
      head.writeUInt32LE(bytes.length, 8);
      return Buffer.concat([head, bytes, Buffer.alloc(bytes.length & 1)]);
    }),
  );
  const csdw = Buffer.from([2, 0, 0, 0]);
  const recording = packet(Buffer.concat([csdw, data]), { type: 0x68, flags: 0x44, secondaryTime: ieee1588(START, 0) });
  const log = await Log.of(sectionsOf(compilePolicyText(policyWith("", ""), "p").parts.inspect));
  log.run(record(recording, RecordKind.CHAPTER10)).run(record(Buffer.alloc(0), RecordKind.END));
  const flow = log.lines.find(({ kind }) => kind === "flow")!.text;
  const times = [...flow.matchAll(/"(?:start|end)":"([^+]+)/g)].map(([, time]) => time);
  expect(times).toEqual(["2026-03-02T08:00:00.000000", "2026-03-02T08:00:00.250000"]);
});

// REQ-DECODE-023
describe("a recorder's clock", () => {
  it("is set by the time of a network", async () => {
    const network = (...[seconds, fraction, format]: [number, number, number]) =>
      packet(networkTime(seconds, fraction, format), { type: 0x12, channel: 1 });
    expect((await timesOf(network(START + 2_208_988_800, 0x80000000, 0), single(0))).times).toEqual([
      "2026-03-02T08:00:00.5",
    ]);
    // from 2036-02-07T06:28:16 on NTP counts anew
    expect((await timesOf(network(1, 0, 0), single(0))).times).toEqual(["2036-02-07T06:28:17."]);
    for (const format of [1, 2])
      expect((await timesOf(network(START, 250_000_000, format), single(0))).times).toEqual(["2026-03-02T08:00:00.25"]);
  });
  it("is that of the channel with the better lock, in whatever order they come", async () => {
    const good = (second: number) => clock(at(`2026-03-02T08:00:0${second}Z`), second * SECOND, 1);
    const free = (second: number, csdw: number) => clock(at(`2000-01-01T00:00:0${second}Z`, csdw), second * SECOND, 2);
    for (const csdw of [0x0200, 0x0202, 0x2201, 0x020f, 0x02f1]) {
      const { times, found } = await timesOf(good(0), free(0, csdw), single(5), free(1, csdw), good(1), single(SECOND));
      expect(times.map((time) => time!.slice(0, 19))).toEqual(["2026-03-02T08:00:00", "2026-03-02T08:00:01"]);
      expect(found.filter((name) => !/time_none|sequence_repeat/.test(name))).toEqual([]);
    }
    const { times, found } = await timesOf(free(0, 0x0200), good(0), single(0));
    expect(times).toEqual(["2026-03-02T08:00:00."]);
    expect(found).toEqual(["chapter10.time_jump"]);
  });
  it("is another's when the first is silent for ten seconds, or has lost its lock", async () => {
    const first = clock(at("2026-03-02T08:00:00Z"), 0, 1);
    const other = (second: number) => clock(at("2026-03-02T09:00:00Z", 0x0200), second * SECOND, 2);
    const hours = async (...parts: Buffer[]) => (await timesOf(...parts)).times.map((time) => time!.slice(11, 13));
    expect(await hours(first, other(10), single(10 * SECOND))).toEqual(["08"]);
    expect(await hours(first, other(10.1), single(10.1 * SECOND))).toEqual(["09"]);
    const lost = clock(at("2026-03-02T08:00:01Z", 0x0200), SECOND, 1);
    const locked = clock(at("2026-03-02T09:00:02Z", 0x3201), 2 * SECOND, 2);
    expect(await hours(first, lost, locked, single(2 * SECOND))).toEqual(["09"]);
    expect(await hours(first, locked, single(2 * SECOND))).toEqual(["08"]);
  });
  it("has the year that the policy, or the command, gives", async () => {
    const late = packet(busData([message(WORDS, { gap1: 141 })]), {});
    const recording = Buffer.concat([clock(dayTime(366, 8, 0, 0, 0, true)), late]);
    const { text } = await decodeBytes([recording], { rows: "json", year: 2024 });
    expect(text).toContain('"timestamp":"2024-12-31T08:00:00');
    const eventOf = async (more: string) => {
      const log = await Log.of(sectionsOf(compilePolicyText(policyWith("", more), "p").parts.inspect));
      log.run(record(recording, RecordKind.CHAPTER10));
      return /"timestamp":"([^T]+)/.exec(log.lines.find(({ kind }) => kind === "anomaly mil1553")!.text)![1];
    };
    expect(await eventOf("recorder-year: 2028")).toBe("2028-12-31");
    expect(await eventOf("recorder-year: 2224")).toBe("2224-12-31");
    expect(await eventOf("checksums: verify")).toBe("1972-12-31");
  });
  it("goes on into the next year where its days come without one", async () => {
    const day = (n: number, hour: number, rtc: number, isLeap = false) =>
      clock(dayTime(n, hour, hour ? 59 : 0, hour ? 59 : 0, 0, isLeap), rtc);
    const { times, found } = await timesOf(day(365, 23, 0), single(0), day(1, 0, SECOND), single(SECOND, 1));
    expect(times).toEqual(["1970-12-31T23:59:59.", "1971-01-01T00:00:00."]);
    expect(found).toEqual([expect.stringContaining("sequence_repeat")]);
    const back = await timesOf(day(1, 0, SECOND, true), single(SECOND), day(366, 23, 0, true), single(0, 1));
    expect(back.times).toEqual(["1972-01-01T00:00:00.", "1971-12-31T23:59:59."]);
    // Half a year and more away is the year before or behind; less is a clock that was set
    const set = async (from: number, to: number) =>
      (await timesOf(day(from, 1, 0), day(to, 1, SECOND), single(SECOND))).times;
    expect(await set(1, 184)).toEqual(["1970-07-03T01:59:59."]);
    expect(await set(185, 1)).toEqual(["1971-01-01T01:59:59."]);
    expect(await set(184, 1)).toEqual(["1970-01-01T01:59:59."]);
  });
});
