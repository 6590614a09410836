// A break of a bus, such as a backup controller's take-over: learned once it is quiet, and behind it schedules begin anew. It
// is no place to hide.
import { beforeAll, describe, expect, it } from "vitest";
import { type BusMessage, command } from "../../mil1553/simulator/message.ts";
import { Appliance, alertsOf, bytesOf, mergeAll, sectionOf } from "./testing/appliance.ts";

const MS = 10_000; // counter, 0.1 us
const CHANNELS = [{ channel: 2, name: "BUS" }];

interface Break {
  /** ms. */
  at: number;
  lasts: number;
}

/** Subaddresses 3 to 6 every 20 ms, 7 every 160 ms. Behind a break the controller begins with its first frame. */
function traffic(seconds: number, breaks: readonly Break[] = [], frameMs = 20): BusMessage[] {
  const out: BusMessage[] = [];
  for (let ms = 0, frame = 0; ms < seconds * 1000; ms += frameMs, frame++) {
    const broken = breaks.find(({ at, lasts }) => ms >= at && ms < at + lasts);
    if (broken) {
      ms = broken.at + broken.lasts;
      frame = 0;
    }
    for (const subaddress of [3, 4, 5, 6, 7]) {
      if (subaddress === 7 && frame % 8) continue;
      const words = [command(9, true, subaddress, 1), 9 << 11, 7];
      const time = 600_000_000 + ms * MS + subaddress * MS + ((frame * 7) % 13);
      out.push({ channel: 2, time, blockStatus: 0, gap1: 65, gap2: 0, words });
    }
  }
  return out;
}
const of = (subaddress: number) => (m: BusMessage) => ((m.words[0]! >> 5) & 31) === subaddress;
const ms = ({ time }: BusMessage) => (time - 600_000_000) / MS;
const every = (each: number, count: number, lasts: number, from = each): Break[] =>
  Array.from({ length: count }, (_, n) => ({ at: from + n * each, lasts }));

let app: Appliance;
const learned = (messages: BusMessage[]) => app.learn(bytesOf(messages, CHANNELS));
const alerts = (section: Uint8Array, messages: BusMessage[]) => {
  expect(app.configure(section)).toBe(true);
  return alertsOf(app.check(bytesOf(messages, CHANNELS))).map(({ first }) => `${first.expected}: ${first.seen}`);
};
/** All findings: those that come together are one alert. */
const findings = (section: Uint8Array, messages: BusMessage[]) => {
  expect(app.configure(section)).toBe(true);
  return app.check(bytesOf(messages, CHANNELS)).map(({ expected, seen }) => `${expected}: ${seen}`);
};
let clean: Uint8Array;
let known: Uint8Array;
beforeAll(async () => {
  app = await Appliance.make();
  clean = sectionOf([learned(traffic(120))]);
  known = sectionOf([learned(traffic(120, every(40_000, 2, 207)))]);
});
const SILENCE = /^a message after at most [\d.]+ ms: none for [\d.]+ ms$/;
const MISSING = /^this message again after at most [\d.]+ ms: none for [\d.]+ ms$/;

// REQ-DETECT-011
describe("a break of a bus", () => {
  it("is counted while learning, with the longest, and teaches nothing else", () => {
    const entries = learned(traffic(120, [...every(40_000, 2, 207), { at: 100_000, lasts: 311 }]));
    const bus = entries.find(({ detector }) => detector === "bus")!;
    expect(bus.breaks).toBe(3);
    expect(bus.longestBreak as number).toBeGreaterThan(310 * MS);
    expect(bus.longestBreak as number).toBeLessThan(340 * MS);
    const other = learned(traffic(120));
    const intervals = (all: typeof entries) =>
      all
        .filter(({ detector }) => detector === "bus.message")
        .map((one) => (one.intervals as number[][]).map(([k]) => k));
    expect(intervals(entries)).toEqual(intervals(other));
    const merged = mergeAll([entries, other]).find(({ detector }) => detector === "bus")!;
    expect([merged.breaks, merged.longestBreak]).toEqual([3, bus.longestBreak]);
  });

  it("that was not learned is one alert, and behind it nothing is late", () => {
    expect(alerts(clean, traffic(60, every(20_000, 1, 207)))).toEqual([expect.stringMatching(SILENCE)]);
  });

  it("that was learned is none, at another moment, and somewhat longer", () => {
    expect(alerts(known, traffic(60, every(17_003, 1, 207)))).toEqual([]);
    expect(alerts(known, traffic(60, every(23_011, 2, 290)))).toEqual([]);
  });

  it("is an alert when it is longer than half as long again as any", () => {
    expect(alerts(known, traffic(60, every(20_000, 1, 370)))).toEqual([expect.stringMatching(SILENCE)]);
  });

  it("is an alert when more of them come than were learned", () => {
    expect(alerts(known, traffic(60, every(5000, 2, 207)))).toEqual([]);
    expect(alerts(known, traffic(60, every(5000, 3, 207)))).toEqual([expect.stringMatching(SILENCE)]);
    expect(alerts(known, traffic(300, every(61_000, 4, 207)))).toEqual([]);
  });

  it("hides no message that does not come any more behind it", () => {
    for (const subaddress of [4, 7])
      for (const section of [known, clean]) {
        const messages = traffic(60, every(20_000, 1, 207)).filter((m) => !of(subaddress)(m) || ms(m) < 20_000);
        expect(findings(section, messages)).toContainEqual(expect.stringMatching(MISSING));
        expect(alerts(section, messages).length).toBeGreaterThan(0);
      }
  });

  it("is none where that much time between messages is usual", () => {
    const slow = traffic(240, [], 400);
    const entries = learned(slow);
    expect(entries.find(({ detector }) => detector === "bus")!.breaks).toBe(0);
    const section = sectionOf([entries]);
    expect(alerts(section, slow)).toEqual([]);
    const without = slow.filter((m) => !of(4)(m) || ms(m) < 100_000);
    expect(findings(section, without)).toContainEqual(expect.stringMatching(MISSING));
  });

  it("of a baseline that knows none is an alert: those of before", () => {
    const before = learned(traffic(120)).map(({ breaks: _, longestBreak: __, burst: ___, ...rest }) => rest);
    expect(alerts(sectionOf([before as never]), traffic(60, every(20_000, 1, 207)))).toEqual([
      expect.stringMatching(SILENCE),
    ]);
  });
});
