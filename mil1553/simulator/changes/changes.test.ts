// What happens on a simulated bus without an attack.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../../lib/asc.ts";
import { readBus } from "../icd/read.ts";
import { BSW, type BusMessage, endOf, STATUS, terminal } from "../message.ts";
import { Random } from "../random.ts";
import { COUNTER_START, simulate } from "../run.ts";
import { CHANGES, changes } from "./catalogue.ts";
import type { Happening } from "./happening.ts";

const BUS = readBus(join(ROOT, "fixtures/mil1553/avionics.yaml"));
const [AVIONICS] = BUS.channels;
const INS = 5;
const seconds = ({ time }: BusMessage) => (time - COUNTER_START) / 1e7;
const flown = (happenings: Happening[], seed = 4, length = 30) => [
  ...simulate(BUS, { seed, seconds: length, happenings }),
];
const during = (messages: BusMessage[], from: number, to: number, channel = 2) =>
  messages.filter((m) => m.channel === channel && seconds(m) >= from && seconds(m) < to);
const of = (address: number) => (m: BusMessage) => m.words.length > 0 && terminal(m.words[0]!) === address;
const failed = ({ blockStatus }: BusMessage) => (blockStatus & BSW.ERROR) !== 0;
const isOnB = ({ blockStatus }: BusMessage) => (blockStatus & BSW.BUS_B) !== 0;
const span = { channel: "AVIONICS", at: 10, seconds: 5 };

describe("on a simulated bus", () => {
  it("nothing else changes while nothing happens, nor on other channels", () => {
    const clean = flown([]);
    const other = flown([{ ...span, what: "silent", terminal: "INS" }]);
    const before = (all: BusMessage[]) => all.filter((m) => seconds(m) < 10 || m.channel === 3);
    expect(before(other)).toEqual(before(clean));
  });

  it("a silent terminal fails on both buses, and all go on behind it", () => {
    const messages = flown([{ ...span, what: "silent", terminal: "INS" }]);
    const hers = during(messages, 10.01, 15).filter(of(INS));
    expect(hers.length).toBeGreaterThan(700);
    expect(hers.every(failed)).toBe(true);
    expect(new Set(hers.map(isOnB))).toEqual(new Set([false, true]));
    expect(during(messages, 15.1, 30).filter(of(INS)).filter(failed).length).toBeLessThan(5);
  });

  it("a busy terminal says so, and sends no data", () => {
    const messages = flown([{ ...span, what: "busy", terminal: "INS" }]);
    const hers = during(messages, 10.1, 15).filter((m) => of(INS)(m) && m.words[0]! & 0x400);
    for (const { words, blockStatus } of hers) {
      if (blockStatus & BSW.ERROR) continue;
      expect(words).toHaveLength(2);
      expect(words[1]).toBe((INS << 11) | STATUS.BUSY);
    }
    expect(hers.length).toBeGreaterThan(300);
  });

  it("what moves to bus B fails on bus A first, and is then sent there; alone, or all of it", () => {
    const alone = flown([{ ...span, what: "bus-b", terminal: "INS" }]);
    const first = during(alone, 10.01, 10.09).filter(of(INS));
    expect(first.filter(isOnB).every(failed)).toBe(false);
    expect(first.filter((m) => !isOnB(m)).every(failed)).toBe(true);
    const later = during(alone, 10.2, 14.9);
    expect(
      later
        .filter(of(INS))
        .filter((m) => !failed(m))
        .every(isOnB),
    ).toBe(true);
    expect(later.filter(of(6)).filter(isOnB).length).toBeLessThan(5);
    const all = during(flown([{ ...span, what: "bus-b" }]), 10.2, 14.9);
    expect(all.filter((m) => !failed(m)).every(isOnB)).toBe(true);
  });

  it("another controller begins after a silence, with the first minor frame", () => {
    const messages = flown([{ ...span, what: "take-over", seconds: 0.2 }]);
    expect(during(messages, 10.002, 10.2)).toEqual([]);
    const [first] = during(messages, 10.2, 10.3);
    expect(seconds(first!)).toBeCloseTo(10.2, 4);
    const [sync, word] = during(messages, 0, 1)[0]!.words;
    expect(first!.words.slice(0, 1)).toEqual([sync]);
    expect(word).toBe(0);
    for (const [i, m] of during(messages, 0, 30).entries())
      if (i) expect(m.time).toBeGreaterThan(endOf(during(messages, 0, 30)[i - 1]!));
  }, 60_000);

  it("another schedule sends less of some, more of others", () => {
    const messages = flown([{ ...span, what: "schedule", without: ["fcc-status"], every: { "display-map": 2 } }]);
    const count = (word: number, from: number, to: number) =>
      during(messages, from, to).filter((m) => m.words[0] === word && !failed(m)).length;
    const commandOf = (name: string) => AVIONICS!.messages.find((m) => m.name === name)!.commands[0]!;
    expect(count(commandOf("fcc-status"), 10.1, 15)).toBe(0);
    expect(count(commandOf("fcc-status"), 15.1, 20)).toBeGreaterThan(110);
    expect(count(commandOf("display-map"), 10, 15)).toBeGreaterThan(115);
    expect(count(commandOf("display-map"), 5, 10)).toBeLessThan(66);
  });

  it("names that it does not have, and intervals that do not fit, are errors", () => {
    expect(() => flown([{ ...span, what: "silent", terminal: "RADIO" }])).toThrow(
      "RADIO: expected a terminal of AVIONICS",
    );
    expect(() => flown([{ ...span, what: "schedule", without: ["x"], every: {} }])).toThrow(
      "x: expected a message of AVIONICS",
    );
    expect(() => flown([{ ...span, what: "schedule", without: [], every: { "fcc-status": 3 } }])).toThrow(
      "fcc-status every 3: expected a divisor of 8 minor frames",
    );
  });
});

describe("the catalogue", () => {
  it("says of each change what happens, and what it looks like", async () => {
    const text = CHANGES.map(
      ({ name, does, looks, lasts }) => `${name}, ${lasts.join(" to ")} s\n  ${does}\n  Seen: ${looks}\n`,
    );
    await expect(text.join("\n")).toMatchFileSnapshot("golden/catalogue.txt");
  });

  it.each(CHANGES.map((change) => [change.name, change] as const))("plans %s as often as wanted", (_, change) => {
    const plan = (seed: number) =>
      changes(change, AVIONICS!, { times: 3, seconds: 400, random: new Random(seed), subject: 1 });
    const planned = plan(1);
    expect(planned).toHaveLength(3);
    expect(plan(1)).toEqual(planned);
    expect(plan(2)).not.toEqual(planned);
    for (const [i, { at, seconds: lasts }] of planned.entries()) {
      expect(at).toBeGreaterThanOrEqual((i * 400) / 3 + 10);
      expect(at + lasts).toBeLessThanOrEqual(((i + 1) * 400) / 3 - 10 + 1e-9);
    }
    expect(() => changes(change, AVIONICS!, { times: 3, seconds: 40, random: new Random(1), subject: 1 })).toThrow(
      `${change.name} 3 times in 40 s, expected ${change.lasts[1] + 20} s for each`,
    );
    const [, stores] = BUS.channels;
    try {
      change.plan(stores!, { at: 1, seconds: 5, random: new Random(1) });
    } catch (error) {
      expect((error as Error).message).toMatch(
        /^expected (messages every 2 minor frames|a terminal of two messages) on STORES$|^expected messages/,
      );
    }
  });
});
