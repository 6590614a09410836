// Messages without a schedule: more of them than ever, and none any more, are found; bursts and pauses that belong to them
// raise nothing, nor does what the recording lacks.
import { beforeAll, describe, expect, it } from "vitest";
import { settle } from "../../mil1553/simulator/attacks/settle.ts";
import { readBusText } from "../../mil1553/simulator/icd/read.ts";
import { type BusMessage, command } from "../../mil1553/simulator/message.ts";
import { Random } from "../../mil1553/simulator/random.ts";
import { COUNTER_START, simulate } from "../../mil1553/simulator/run.ts";
import { DETECTOR } from "../catalogue.ts";
import { Appliance, bytesOf, sectionOf } from "./testing/appliance.ts";

const BUS = readBusText(
  `weir-bus: 1
name: sparse
channels:
  - name: BUS
    channel: 2
    minor-frame: 200 ms
    minor-frames: 2
    errors: {no-response: 0.001, invalid-word: 0.001, retries: 1}
    terminals:
      - {name: ONE, address: 3, response: 6 us}
      - {name: TWO, address: 5, response: 7 us}
    messages:
      - {name: sync, mode: synchronize, to: ALL, every: 1}
      - {name: monitor, from: ONE/1, every: 1, words: 4}
      - {name: entry, from: TWO/6, aperiodic: 1.5/s, words: 2}
      - {name: report, to: ONE/7, aperiodic: 0.3/s, words: 2}
`,
  "sparse.yaml",
);
const SECOND = 10_000_000;
const KEYS = { entry: command(5, true, 6, 2), report: command(3, false, 7, 2), burst: command(5, true, 9, 1) };
const RATES = { entry: 1.5, report: 0.3 };

/** A terminal's answer of one word at these seconds, in between the others. */
const answers = (at: readonly number[]): BusMessage[] =>
  at.map((s) => ({
    ...{ channel: 2, time: COUNTER_START + Math.round(s * SECOND), blockStatus: 0, gap1: 70, gap2: 0 },
    words: [KEYS.burst, 5 << 11, 7],
  }));

/** One of the bus's messages again at these seconds. */
const again = (messages: readonly BusMessage[], which: number, at: readonly number[]): BusMessage[] => {
  const like = messages.find(({ words: [c], blockStatus }) => c === which && !blockStatus)!;
  return at.map((s) => ({ ...like, time: COUNTER_START + Math.round(s * SECOND) }));
};
const together = (messages: readonly BusMessage[], more: readonly BusMessage[]) =>
  settle(
    messages,
    more.map((message) => ({ kind: "insert", message })),
  );
const without = (messages: readonly BusMessage[], which: number, from: number, to = Number.POSITIVE_INFINITY) =>
  messages.filter(({ words: [c], time }) => {
    const s = (time - COUNTER_START) / SECOND;
    return c !== which || s < from || s >= to;
  });
const flown = (seed: number, seconds: number) => [...simulate(BUS, { seed, seconds })];
const every = (from: number, to: number, rate: number) =>
  Array.from({ length: Math.round((to - from) * rate) }, (_, n) => from + (n + 0.5) / rate);

let app: Appliance;
let section: Uint8Array;
const learned = (captures: BusMessage[][]) => sectionOf(captures.map((one) => app.learn(bytesOf(one, BUS.channels))));
beforeAll(async () => {
  app = await Appliance.make();
  section = learned([1, 2].map((seed) => flown(seed, 900)));
});
/** Seconds, and what bus-period says. */
const found = (messages: BusMessage[], known = section) => {
  expect(app.configure(known)).toBe(true);
  const begin = Date.UTC(2026, 2, 2, 8) / 1000;
  return app
    .check(bytesOf(messages, BUS.channels))
    .filter(({ detector }) => detector === DETECTOR["bus-period"])
    .map((f) => ({ at: f.time - begin, text: `${f.expected}: ${f.seen}` }));
};

// REQ-DETECT-011
describe("a message without a schedule", () => {
  it("raises nothing as it is", () => {
    for (const seed of [1000, 1001]) expect(found(flown(seed, 900))).toEqual([]);
  });

  it.each<["entry" | "report", number]>([
    ["entry", 5],
    ["entry", 10],
    ["entry", 20],
    ["report", 5],
    ["report", 20],
  ])("%s that comes %i times as often besides is found within about ten", (name, times) => {
    const counts = [1010, 1011, 1012, 1013, 1014].map((seed) => {
      const clean = flown(seed, 60);
      const at = every(20, 60, times * RATES[name]);
      const first = found(together(clean, again(clean, KEYS[name], at))).find(({ at }) => at > 20);
      expect(first?.text).toMatch(/^this message about every .* ms: \d+ in .* ms$/);
      return at.filter((s) => s <= first!.at).length;
    });
    expect(counts.sort((a, b) => a - b)[2]).toBeLessThanOrEqual(times > 5 ? 10 : 12);
    expect(counts[4]).toBeLessThanOrEqual(16);
  });

  it.each<["entry" | "report"]>([["entry"], ["report"]])("%s that does not come any more is found", (name) => {
    const delays = [1020, 1021, 1022].map((seed) => {
      const alarms = found(without(flown(seed, 120), KEYS[name], 60)).filter(({ at }) => at > 60);
      expect(alarms).toHaveLength(1);
      expect(alarms[0]!.text).toMatch(/^this message again after at most .* ms: none for/);
      return (alarms[0]!.at - 60) * RATES[name];
    });
    // One of a thousand an hour that was away for ten intervals is news; one of five thousand is so for eleven
    expect(Math.max(...delays)).toBeLessThanOrEqual(name === "report" ? 10 : 12);
  });

  it("is learned as it is though some were lost", () => {
    const random = new Random(7, "lost");
    const lossy = [1, 2].map((seed) => flown(seed, 900).filter(() => !random.chance(0.001)));
    const known = learned(lossy);
    expect(found(flown(1030, 900), known).filter(({ text }) => /about every|again after/.test(text))).toEqual([]);
  });

  it("may be missing in a hole of the recording", () => {
    const clean = flown(1040, 60);
    const packets = [...bytesOf(clean, BUS.channels)];
    expect(app.configure(section)).toBe(true);
    expect(app.check(packets.filter((_, n) => n < 20 || n >= 80)).map(({ seen }) => seen)).toEqual([]);
  });
});

describe("bursts of a message", () => {
  /** Five in a row each 12 to 40 s, as a person fills in a form. */
  const bursts = (seed: number, seconds: number, most = 5) => {
    const random = new Random(seed, "bursts");
    const out: number[] = [];
    for (let s = 3; s < seconds - 2; s += 12 + 28 * random.uniform())
      for (let n = 0; n < most; n++) out.push(s + 0.25 * n + 0.1 * random.uniform());
    return answers(out);
  };
  const typed = (seed: number, seconds: number) =>
    together(without(without(flown(seed, seconds), KEYS.entry, 0), KEYS.report, 0), bursts(seed, seconds));
  let known: Uint8Array;
  beforeAll(() => {
    known = learned([1, 2].map((seed) => typed(seed, 900)));
  });
  it("that it had are none", () => {
    for (const seed of [1050, 1051]) expect(found(typed(seed, 900), known)).toEqual([]);
  });
  it("that are longer are found", () => {
    const flight = together(typed(1052, 60), answers(every(30, 36, 4)));
    expect(
      found(flight, known)
        .map(({ text }) => text)
        .join(),
    ).toContain("about every");
  });
});
