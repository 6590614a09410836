// A controller that sends the same messages by the same schedule, but is another one: its pauses, or its crystal, are not
// those that were learned. The weather moves a crystal too, slowly.
import { beforeAll, describe, expect, it } from "vitest";
import { readBusText } from "../../mil1553/simulator/icd/read.ts";
import { type BusMessage, endOf } from "../../mil1553/simulator/message.ts";
import { COUNTER_START, simulate } from "../../mil1553/simulator/run.ts";
import { Appliance, alertsOf, bytesOf, sectionOf } from "./testing/appliance.ts";

const bus = (gap: string, frame: string, noResponse = 0.0005) =>
  readBusText(
    `weir-bus: 1
name: small
channels:
  - name: BUS
    channel: 2
    minor-frame: ${frame}
    minor-frames: 4
    gap: ${gap}
    gap-spread: 0.6 us
    jitter: 5 us
    errors: {no-response: ${noResponse}, invalid-word: 0.0002, retries: 1}
    terminals:
      - {name: ONE, address: 3, response: 6 us}
      - {name: TWO, address: 5, response: 7 us}
    messages:
      - {name: sync, mode: synchronize, to: ALL, every: 1}
      - {name: monitor, from: ONE/1, every: 1, words: 4}
      - {name: control, to: ONE/2, every: 1, words: 2}
      - {name: data, from: TWO/1, every: 1, words: 3}
      - {name: slow, from: TWO/2, every: 4, phase: 1, words: 9}
      - {name: entry, from: TWO/6, aperiodic: 1.5/s, words: 2}
`,
    "small.yaml",
  );
const BUS = bus("12 us", "20 ms");
const SECOND = 10_000_000;
const seconds = ({ time }: BusMessage) => (time - COUNTER_START) / SECOND;
const flown = (seed: number, length: number, what = BUS) => [...simulate(what, { seed, seconds: length })];

/** From `at` on pauses within a frame are so much longer, 0.1 us. */
function paused(messages: readonly BusMessage[], longer: number, at: number): BusMessage[] {
  let moved = 0;
  return messages.map((one, n) => {
    const before = messages[n - 1];
    const dead = before ? one.time - endOf(before) : SECOND;
    moved = seconds(one) < at || dead > 2000 ? 0 : moved + longer;
    return { ...one, time: one.time + Math.round(moved) };
  });
}

/** By a clock that is so many millionths slower at this second. */
function clocked(messages: readonly BusMessage[], slower: (second: number) => number): BusMessage[] {
  let [late, last] = [0, COUNTER_START];
  return messages.map((one) => {
    late += (one.time - last) * slower(seconds(one)) * 1e-6;
    last = one.time;
    return { ...one, time: one.time + Math.round(late) };
  });
}

let app: Appliance;
let section: Uint8Array;
const learned = (...captures: BusMessage[][]) =>
  sectionOf(captures.map((one) => app.learn(bytesOf(one, BUS.channels))));
const begin = Date.UTC(2026, 2, 2, 8) / 1000;
const found = (messages: BusMessage[], known = section) => {
  expect(app.configure(known)).toBe(true);
  return alertsOf(app.check(bytesOf(messages, BUS.channels))).map(({ first, from }) => ({
    ...{ at: from - begin, text: `${first.expected}: ${first.seen}` },
  }));
};
const CLOCK =
  /^the schedule of this bus by the clock that it had, [\d.]+ ms: a clock that is [\d.]+ millionths (faster|slower)$/;
const PAUSE = /^intermessage gaps of [\d.]+ to [\d.]+ us on average: [\d.]+ us$/;

beforeAll(async () => {
  app = await Appliance.make();
  section = learned(flown(1, 150), flown(2, 150));
});

// REQ-DETECT-011
describe("a controller", () => {
  it("that is the one that was learned raises nothing", () => {
    for (const seed of [1000, 1001, 1002]) expect(found(flown(seed, 120))).toEqual([]);
  });

  it.each([5, -5, 8])("with pauses that are %i steps of 0.1 us longer is found within a minute", (longer) => {
    for (const at of [0, 30]) {
      const alarms = found(paused(flown(1010 + longer, 90), longer, at));
      expect(alarms.map(({ text }) => text)).toContainEqual(expect.stringMatching(PAUSE));
      expect(alarms[0]!.at - at).toBeGreaterThan(0);
      expect(alarms[0]!.at - at).toBeLessThan(10);
    }
  });

  it.each([50, -50, 100, 400])("with a crystal that is %i millionths slower is found within a minute", (slower) => {
    for (const at of [0, 30]) {
      const alarms = found(clocked(flown(1020, 90), (s) => (s < at ? 0 : slower)));
      expect(alarms).toHaveLength(1);
      expect(alarms[0]!.text).toMatch(CLOCK);
      expect(alarms[0]!.text).toMatch(slower < 0 ? /faster$/ : /slower$/);
      expect(alarms[0]!.at - at).toBeLessThan(20);
    }
  });

  it("is found on a bus with other pauses and another frame", () => {
    for (const [gap, frame] of [
      ["20 us", "40 ms"],
      ["8.4 us", "12.5 ms"],
      ["50 us", "100 ms"],
    ] as const) {
      const other = bus(gap, frame);
      const known = learned(flown(1, 400, other));
      expect(found(flown(1030, 90, other), known)).toEqual([]);
      expect(found(paused(flown(1031, 90, other), 5, 20), known)).toContainEqual({
        ...{ at: expect.any(Number), text: expect.stringMatching(PAUSE) },
      });
      expect(
        found(
          clocked(flown(1032, 90, other), (s) => (s < 20 ? 0 : 50)),
          known,
        ),
      ).toContainEqual({
        ...{ at: expect.any(Number), text: expect.stringContaining("millionths slower") },
      });
    }
  });

  it("whose crystal warms up is the same one", () => {
    expect(found(clocked(flown(1040, 600), (s) => 0.1 * s))).toEqual([]); // 6 in a minute, 60 in all
    expect(found(clocked(flown(1041, 120), () => 25))).toEqual([]);
  });

  it("whose crystal goes farther than any weather makes it is said once", () => {
    const rare = bus("12 us", "100 ms");
    const known = learned(flown(1, 300, rare));
    const alarms = found(
      clocked(flown(1042, 1500, rare), (s) => 0.1 * s),
      known,
    ).filter(({ text }) => CLOCK.test(text));
    expect(alarms.map(({ text }) => text)).toEqual([expect.stringMatching(/a clock that is 1\d\d.* slower$/)]);
  });

  it("that moves its schedule once is the same one", () => {
    const moved = flown(1050, 60).map((one) => (seconds(one) < 30 ? one : { ...one, time: one.time + 30_000 }));
    expect(found(moved).filter(({ text }) => CLOCK.test(text))).toEqual([]);
  });

  it("keeps its clock through a hole of the recording", () => {
    const clean = flown(1060, 60);
    const packets = [...bytesOf(clean, BUS.channels)];
    expect(app.configure(section)).toBe(true);
    expect(app.check(packets.filter((_, n) => n % 97 !== 50)).map(({ expected }) => expected)).toEqual([]);
  });

  it("that was one of two while learning is quiet, as the other one is", () => {
    const two = (seed: number) => clocked(flown(seed, 150), (s) => (s % 60 < 30 ? 0 : 40));
    const known = learned(two(1), two(2));
    expect(found(two(1070), known)).toEqual([]);
  });

  it("is learned by as much as there is: of ten seconds nothing is said", () => {
    const known = learned(flown(1, 10));
    for (const { text } of found(
      clocked(flown(1080, 60), (s) => (s < 30 ? 0 : 50)),
      known,
    ))
      expect(text).not.toMatch(CLOCK);
  });
});
