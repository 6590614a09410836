// Response times are told in steps of 0.1 us, and move with the weather: what all terminals of a bus have in common is one
// finding, and none where the recorder's rounding explains it. A terminal that moves alone is found.
import { beforeAll, describe, expect, it } from "vitest";
import { type BusMessage, command } from "../../mil1553/simulator/message.ts";
import { Appliance, alertsOf, bytesOf, sectionOf } from "./testing/appliance.ts";

const MS = 10_000; // counter, 0.1 us
/** By address: response time, 0.1 us, and how often in a minor frame of 20 ms it answers, or in how many it does once. */
const TERMINALS = [
  { address: 3, response: 54, spread: 1, each: 4 },
  { address: 5, response: 65, spread: 2, each: 2 },
  { address: 6, response: 72, spread: 3, each: 1 },
  { address: 9, response: 58, spread: 1, each: 0.25 },
  { address: 12, response: 84, spread: 5, each: 0.125 },
];
type Late = (address: number, second: number) => number;

/** Numbers from 0 to 1, the same each time. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function traffic(seconds: number, late: Late = () => 0, seed = 1, terminals = TERMINALS): BusMessage[] {
  const random = noise(seed);
  const out: BusMessage[] = [];
  for (let frame = 0; frame < seconds * 50; frame++) {
    let at = 600_000_000 + frame * 20 * MS;
    for (const { address, response, spread, each } of terminals) {
      if (each < 1 && frame % (1 / each)) continue;
      for (let n = 1; n <= each || n === 1; n++) {
        const about = random() + random() + random() - 1.5;
        const gap1 = Math.round(response + spread * about + late(address, frame / 50));
        const words = [command(address, true, n, 1), address << 11, 7];
        out.push({ channel: 2, time: at, blockStatus: 0, gap1, gap2: 0, words });
        at += MS;
      }
    }
  }
  return out;
}

const channels = [{ channel: 2, name: "BUS" }];
let appliance: Appliance;
const learned = (terminals = TERMINALS) =>
  sectionOf([appliance.learn(bytesOf(traffic(120, undefined, 9, terminals), channels))]);
let section: Uint8Array;
beforeAll(async () => {
  appliance = await Appliance.make();
  section = learned();
});

const alerts = (messages: BusMessage[], known = section) => {
  expect(appliance.configure(known)).toBe(true);
  return alertsOf(appliance.check(bytesOf(messages, channels))).map(({ first }) => `${first.expected}: ${first.seen}`);
};
const DRIFT = "response times of this bus as they were: a drift of all terminals: they answer";

// REQ-DETECT-011
describe("response times of all terminals", () => {
  it.each([-1, 0, 1])("that are %i steps later raise nothing", (steps) => {
    for (const seed of [1, 2, 3]) expect(alerts(traffic(60, () => steps, seed))).toEqual([]);
  });
  it.each([2, 3, 5, 9])("that are %i steps later, or earlier, are one finding", (steps) => {
    expect(alerts(traffic(60, () => steps))).toEqual([expect.stringContaining(`${DRIFT} 0.`)]);
    expect(alerts(traffic(60, () => -steps))).toEqual([expect.stringMatching(/earlier$/)]);
  });
  it("that become later bit by bit are one finding", () => {
    for (const seconds of [5, 10, 50])
      expect(alerts(traffic(60, (_, s) => Math.min(5, (5 * s) / seconds)))).toEqual([expect.stringContaining(DRIFT)]);
  });
  it("that go to and fro around what is said are one finding", () => {
    const two = TERMINALS.slice(2, 4);
    const known = learned(two);
    for (const seed of [1, 2, 3]) {
      const found = alerts(
        traffic(200, (_, s) => 2.2 + 1.6 * Math.sin(s / 10), seed, two),
        known,
      );
      expect(found).toEqual([expect.stringContaining(DRIFT)]);
    }
  });
  it("that become later by two steps at once are at most one", () => {
    expect(alerts(traffic(60, (_, s) => (s < 20 ? 0 : 2))).filter((text) => !text.includes(DRIFT))).toEqual([]);
  });
  it("that jump beyond what single times may be are said of those terminals until it is known that all jumped", () => {
    const found = alerts(traffic(60, (_, s) => (s < 20 ? 0 : 6)));
    expect(found.filter((text) => text.includes(DRIFT))).toHaveLength(1);
    expect(found.length).toBeLessThanOrEqual(1 + TERMINALS.length);
  });
  it("that come back and go again are two", () => {
    const late: Late = (_, s) => 4 * Math.max(0, Math.sin(s / 16)); // from 0 s to 50 s, and from 100 s to 150 s
    expect(alerts(traffic(150, late))).toEqual([expect.stringContaining(DRIFT), expect.stringContaining(DRIFT)]);
  });
  it("that a recorder tells later leave shorter gaps, which is no other finding", () => {
    // Two messages with 10 us between them; times of messages as they were
    const close = (steps: number, seed: number) =>
      traffic(20, () => steps, seed).flatMap((one) => [
        one,
        { ...one, time: one.time + 20 * one.words.length * 10 + 65 + 80 },
      ]);
    const known = sectionOf([appliance.learn(bytesOf(close(0, 9), channels))]);
    for (const steps of [1, 3, 6]) for (const text of alerts(close(steps, 1), known)) expect(text).toContain(DRIFT);
    expect(
      alerts(
        close(0, 1).map((one, n) => ({ ...one, time: one.time - (n % 2 && n > 900 ? 40 : 0) })),
        known,
      ).join(),
    ).toContain("intermessage gap");
  });
  it("that are far later are each terminal's own", () => {
    const found = alerts(traffic(6, () => 25));
    for (const { address } of TERMINALS) expect(found.join()).toContain(`of terminal ${address}`);
  });
});

describe("one terminal", () => {
  it.each(TERMINALS.map(({ address }) => address))(
    "%i that answers three steps later is found, and no other",
    (own) => {
      const from = (until: number) => traffic(60, (address, s) => (address === own && s >= until ? 3 : 0));
      for (const found of [alerts(from(0)), alerts(from(20))]) {
        expect(found).not.toEqual([]);
        for (const text of found) expect(text).toMatch(new RegExp(`of terminal ${own}$`));
      }
    },
  );
  it("that answers later is found while all drift, and does not hide behind the drift", () => {
    const found = alerts(traffic(60, (address) => (address === 6 ? 6 : 3)));
    expect(found.filter((text) => text.includes(DRIFT))).toHaveLength(1);
    expect(found.some((text) => text.endsWith("of terminal 6"))).toBe(true);
    expect(found.every((text) => text.includes(DRIFT) || text.endsWith("of terminal 6"))).toBe(true);
  });
  it("that did not drift with the others is found", () => {
    expect(alerts(traffic(60, (address) => (address === 5 ? 0 : 4))).join()).toContain("of terminal 5");
  });
  it("of two is found: half of the terminals are not all of them", () => {
    const two = TERMINALS.slice(0, 2);
    const found = alerts(
      traffic(60, (address) => (address === 3 ? 3 : 0), 1, two),
      learned(two),
    );
    expect(found).not.toEqual([]);
    for (const text of found) expect(text).toMatch(/of terminal 3$/);
  });
  it("that is alone on its bus is found", () => {
    const one = TERMINALS.slice(1, 2);
    expect(
      alerts(
        traffic(20, () => 4, 1, one),
        learned(one),
      ).join(),
    ).toContain("of terminal 5");
    expect(
      alerts(
        traffic(20, () => 1, 1, one),
        learned(one),
      ),
    ).toEqual([]);
  });
});
