// Each attack of the catalogue at each intensity does what it says, and its labels say exactly what it did.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { INTENSITIES, type Intensity } from "./attacks/attack.ts";
import { ATTACKS } from "./attacks/catalogue.ts";
import { readBus } from "./icd/read.ts";
import { type Injected, inject } from "./inject.ts";
import {
  BROADCAST,
  BSW,
  type BusMessage,
  CROSSING,
  duration,
  endOf,
  isMode,
  modeCode,
  subaddress,
  terminal,
  transaction,
  transmits,
} from "./message.ts";
import { simulate } from "./run.ts";

const BUS = readBus(join(ROOT, "fixtures/mil1553/avionics.yaml"));
const CLEAN = [...simulate(BUS, { seed: 11, seconds: 8 })];
const AT = 3;
const SECONDS = 4;
const FROM = CLEAN[0]!.time + AT * 1e7;
const TO = FROM + SECONDS * 1e7;
const CHANNEL = 2;

const body = ({ channel, blockStatus, gap1, gap2, words }: BusMessage) =>
  [channel, blockStatus, gap1, gap2, words.join(" ")].join();
const key = (m: BusMessage) => `${m.blockStatus & BSW.RT_RT} ${m.words.slice(0, m.blockStatus & BSW.RT_RT ? 2 : 1)}`;

interface Case {
  level: number;
  result: Injected;
  /** Attack messages by what was done to them; `was`: what a modified one was before. */
  inserted: BusMessage[];
  modified: { was: BusMessage; is: BusMessage }[];
  moved: { was: BusMessage; is: BusMessage }[];
  removed: BusMessage[];
}

/** Pairs every message of the result with what it was, and checks that those without a label are what they were. */
function compare(result: Injected, level: number): Case {
  const gone = new Set(result.removed.map((r) => r.message));
  const out: Case = { level, result, inserted: [], modified: [], moved: [], removed: [...gone] };
  for (const channel of [2, 3]) {
    const kept = result.messages.filter((m) => m.channel === channel && m.attack?.change !== "inserted");
    const clean = CLEAN.filter((m) => m.channel === channel && !gone.has(m));
    expect(kept.length).toBe(clean.length);
    out.inserted.push(...result.messages.filter((m) => m.channel === channel && m.attack?.change === "inserted"));
    // What was moved has its words still; all others are in their order
    const waiting = kept.filter((m) => m.attack?.change === "moved");
    const rest = kept.filter((m) => m.attack?.change !== "moved")[Symbol.iterator]();
    let next = rest.next();
    for (const was of clean) {
      const is = next.done ? undefined : next.value;
      if (is && !is.attack && body(is) === body(was) && is.time >= was.time) {
        if (is.time > was.time) expect(channel).toBe(CHANNEL);
      } else if (is?.attack?.change === "modified") out.modified.push({ was, is });
      else {
        const i = waiting.findIndex((m) => body(m) === body(was));
        expect(i).toBeGreaterThanOrEqual(0);
        out.moved.push({ was, is: waiting.splice(i, 1)[0]! });
        continue;
      }
      next = rest.next();
    }
    expect(waiting).toEqual([]);
    expect(next.done).toBe(true);
  }
  return out;
}

const known = new Set(CLEAN.map(key));
const dataOf = (m: BusMessage) => transaction(m)!.data;
const changedWords = ({ was, is }: Case["modified"][0]) =>
  dataOf(is).flatMap((word, i) => (word === dataOf(was)[i] ? [] : [i]));
const busy = (messages: readonly BusMessage[]) =>
  messages.filter((m) => m.channel === CHANNEL && m.time >= FROM && m.time < TO).reduce((s, m) => s + duration(m), 0) /
  (TO - FROM);
const only = (c: Case, ...kinds: ("inserted" | "modified" | "moved" | "removed")[]) => {
  for (const kind of ["inserted", "modified", "moved", "removed"] as const)
    if (!kinds.includes(kind)) expect([kind, c[kind].length]).toEqual([kind, 0]);
};
/** Every inserted message is well-formed and answered. */
const answered = (c: Case) => {
  for (const m of c.inserted) expect(transaction(m)).toBeDefined();
};
const unanswered = (m: BusMessage) => expect(m.blockStatus & BSW.TIMEOUT).not.toBe(0);
const rates = (low: number, medium: number, high: number) => (c: Case) =>
  expect(c.inserted.length).toBe([low, medium, high][c.level]! * SECONDS);
const everySecond = rates(1, 5, 25);

const apart = (a: number, b: number) => Math.min((a - b) & 0xffff, (b - a) & 0xffff);

/** What each attack does, in addition to what holds for all. */
const SAYS: Record<string, (c: Case) => void> = {
  "bc-impersonation": (c) => {
    only(c, "inserted");
    answered(c);
    everySecond(c);
    for (const m of c.inserted) expect(known.has(key(m))).toBe(true);
  },
  flooding: (c) => {
    only(c, "inserted");
    answered(c);
    expect(new Set(c.inserted.map(key)).size).toBe(1);
    const more = busy(c.result.messages) - busy(CLEAN);
    expect(more).toBeGreaterThan([0.06, 0.25, 0.6][c.level]!);
    const late = c.result.messages.filter((m) => !m.attack && !CLEAN.includes(m)).length;
    expect(late).toBeGreaterThan(0);
    if (c.level === 2) expect(busy(c.result.messages)).toBeGreaterThan(0.9);
  },
  "message-replay": (c) => {
    only(c, "inserted");
    everySecond(c);
    for (const m of c.inserted)
      expect(CLEAN.some((old) => old.time < m.time && old.words.join() === m.words.join())).toBe(true);
  },
  "command-tampering": (c) => {
    only(c, "modified");
    for (const { was, is } of c.modified) {
      expect(terminal(is.words[0]!)).toBe(terminal(was.words[0]!));
      expect(is.words[0]).not.toBe(was.words[0]);
    }
  },
  "rt-rt-hijack": (c) => {
    only(c, "modified");
    for (const { was, is } of c.modified) {
      const found = transaction(is)!;
      expect(found.format).toBe("rt-rt");
      expect(found.commands[1]).toBe(was.words[1]);
      expect(terminal(found.commands[0]!)).not.toBe(terminal(was.words[0]!));
      expect(terminal(found.statuses[1]!)).toBe(terminal(found.commands[0]!));
    }
  },
  "broadcast-abuse": (c) => {
    only(c, "inserted");
    everySecond(c);
    for (const m of c.inserted) {
      expect(terminal(m.words[0]!)).toBe(BROADCAST);
      expect(transaction(m)!.format).toBe("broadcast");
    }
  },
  "covert-subaddress": (c) => {
    only(c, "inserted");
    answered(c);
    everySecond(c);
    for (const m of c.inserted) {
      expect(known.has(key(m))).toBe(false);
      expect(CLEAN.some((old) => terminal(old.words[0]!) === terminal(m.words[0]!))).toBe(true);
    }
  },
  "schedule-change": (c) => {
    only(c, "moved");
    if (c.level > 0) expect(c.moved.length).toBeGreaterThan(200);
  },
  "terminal-spoofing": (c) => {
    only(c, "modified");
    const shift = [3, 10, 30][c.level]!;
    for (const { was, is } of c.modified) {
      expect(Math.abs(is.gap1 - was.gap1)).toBe(shift);
      expect(transaction(is)!.commands).toEqual(transaction(was)!.commands);
    }
    const falsified = c.modified.filter((m) => changedWords(m).length > 0).length;
    if (c.level > 0) expect(falsified).toBe(c.modified.length);
    // At low old data, which may happen to be today's
  },
  "rogue-terminal": (c) => {
    only(c, "inserted");
    answered(c);
    everySecond(c);
    for (const m of c.inserted) {
      const address = terminal(m.words[0]!);
      expect(
        CLEAN.some(
          (old) =>
            old.channel === m.channel &&
            old.words.slice(0, 2).some((w) => terminal(w) === address && old.words[0] === w),
        ),
      ).toBe(false);
      expect(terminal(transaction(m)!.statuses[0]!)).toBe(address);
    }
  },
  collision: (c) => {
    only(c, "modified");
    for (const { is } of c.modified) expect(is.blockStatus & BSW.ERROR).not.toBe(0);
    if (c.level === 2) expect(c.modified.length).toBeGreaterThan(0.4 * 452 * SECONDS);
  },
  "message-deletion": (c) => {
    only(c, "removed");
    if (c.level === 2) {
      const shared = c.removed.map((m) => new Set(m.words.slice(0, m.blockStatus & BSW.RT_RT ? 2 : 1).map(terminal)));
      const all = [...shared[0]!].filter((address) => shared.every((s) => s.has(address)));
      expect(all.length).toBe(1);
    }
  },
  "timing-shift": (c) => {
    only(c, "moved");
    expect(c.moved.length).toBeGreaterThanOrEqual(5);
    for (const { was, is } of c.moved) expect(is.time - was.time).toBeGreaterThan(5_000);
  },
  "data-bias": (c) => {
    only(c, "modified");
    const words = c.modified.map(changedWords);
    expect(new Set(words.flat()).size).toBe(1);
    const [i] = words[0]!;
    const steps = c.modified.map(({ was, is }) => (dataOf(is)[i!]! - dataOf(was)[i!]!) & 0xffff);
    const usual = steps.filter((s) => s === steps[0]).length; // all but those at the end of 16 bits
    expect(usual / steps.length).toBeGreaterThan(0.7);
  },
  "data-freeze": (c) => {
    only(c, "modified");
    const identities = new Set(c.modified.map(({ is }) => key(is)));
    expect(identities.size).toBe([1, 1, 4][c.level]!);
    for (const identity of identities) {
      const messages = c.modified.filter(({ is }) => key(is) === identity);
      const words = new Set(messages.flatMap(changedWords));
      if (c.level === 0) expect(words.size).toBe(1);
      for (const i of words) expect(new Set(messages.map(({ is }) => dataOf(is)[i])).size).toBe(1);
    }
  },
  "data-drift": (c) => {
    only(c, "modified");
    const i = changedWords(c.modified[0]!)[0]!;
    const steps = c.modified.map(({ was, is }) => (dataOf(is)[i]! - dataOf(was)[i]!) & 0xffff);
    if (c.level < 2) expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(Math.max(...steps)).toBeGreaterThan(2 * steps[0]!); // at high it may reach the end of 16 bits
  },
  "data-out-of-range": (c) => {
    only(c, "modified");
    for (const found of c.modified) {
      const [i] = changedWords(found);
      const before = CLEAN.filter((m) => m.channel === CHANNEL && key(m) === key(found.was) && transaction(m)).map(
        (m) => dataOf(m)[i!]!,
      );
      expect(before).not.toContain(dataOf(found.is)[i!]);
    }
  },
  "covert-data": (c) => {
    only(c, "modified");
    const bits = [1, 3, 15][c.level]!;
    for (const { was, is } of c.modified)
      for (const [i, word] of dataOf(is).entries()) expect((word ^ dataOf(was)[i]!) & ~bits).toBe(0);
  },
  "mode-transmitter-shutdown": (c) => {
    only(c, "inserted", "modified");
    answered(c);
    const codes = c.inserted.map((m) => modeCode(m.words[0]!));
    expect(new Set(codes)).toEqual(new Set(c.level === 2 ? [4] : [4, 5]));
    for (const { was, is } of c.modified) {
      unanswered(is);
      // The command came on the other bus before
      const [cause] = c.inserted.filter(
        (m) => m.time < is.time && was.words.slice(0, 2).some((w) => terminal(w) === terminal(m.words[0]!)),
      );
      expect((cause!.blockStatus ^ was.blockStatus) & BSW.BUS_B).not.toBe(0);
    }
    expect(c.modified.length).toBeGreaterThan(0);
  },
  "mode-reset": (c) => {
    only(c, "inserted", "modified");
    everySecond(c);
    for (const m of c.inserted) expect([isMode(m.words[0]!), modeCode(m.words[0]!)]).toEqual([true, 8]);
    for (const { is } of c.modified) unanswered(is);
  },
  "mode-synchronize": (c) => {
    only(c, "inserted");
    answered(c);
    everySecond(c);
    for (const m of c.inserted) {
      expect(transaction(m)!.format).toBe("mode-receive");
      expect([modeCode(m.words[0]!), transmits(m.words[0]!)]).toEqual([17, false]);
    }
  },
  "mode-self-test": (c) => {
    only(c, "inserted", "modified");
    rates(0.5, 2, 8)(c);
    for (const m of c.inserted) expect([subaddress(m.words[0]!), modeCode(m.words[0]!)]).toEqual([0, 3]);
    for (const { was, is } of c.modified) {
      const status = transmits(was.words[0]!) ? is.words[1]! : is.words.at(-1)!;
      expect(status & 8).toBe(8);
    }
  },
};

it("has an expectation for each attack, and no other", () => {
  expect(Object.keys(SAYS).sort()).toEqual(ATTACKS.map((a) => a.name).sort());
  expect(new Set(ATTACKS.map((a) => a.name)).size).toBe(ATTACKS.length);
});

for (const { name, levels } of ATTACKS)
  describe(name, () => {
    const results = new Map<Intensity, Case>();
    beforeAll(() => {
      for (const [level, intensity] of INTENSITIES.entries()) {
        const result = inject(CLEAN, [{ attack: name, at: AT, seconds: SECONDS, intensity }], 5);
        results.set(intensity, compare(result, level));
      }
    });

    for (const intensity of INTENSITIES) {
      it(`${intensity}: ${levels[intensity]}`, () => {
        const c = results.get(intensity)!;
        SAYS[name]!(c);
        expect(c.inserted.length + c.modified.length + c.moved.length + c.removed.length).toBeGreaterThan(0);
        expect(c.result.strikes[0]!.counts).toEqual({
          inserted: c.inserted.length,
          modified: c.modified.length,
          moved: c.moved.length,
          removed: c.removed.length,
        });
      });

      it(`${intensity}: the bus carries one message at a time; the attack stays in its interval`, () => {
        const { messages } = results.get(intensity)!.result;
        const before = new Map<number, BusMessage>();
        const wrong: string[] = [];
        for (const message of messages) {
          const last = before.get(message.channel);
          if (last && message.time - endOf(last) + CROSSING < 40) wrong.push(`gap at ${message.time}`);
          before.set(message.channel, message);
          // moved and waiting messages may leave the interval, by a period at most
          const inside = message.channel === CHANNEL && message.time >= FROM && message.time < TO + 2_000_000;
          if (message.attack && !inside) wrong.push(`attack on ${message.channel} at ${message.time}`);
        }
        expect(wrong).toEqual([]);
      });
    }

    it("does more at high than at low", () => {
      const touched = (i: Intensity) => {
        const { inserted, modified, moved, removed } = results.get(i)!;
        const words = modified.reduce(
          (sum, { was, is }) =>
            sum + is.words.reduce((n, w, k) => n + apart(w, was.words[k] ?? 0), Math.abs(is.gap1 - was.gap1)),
          0,
        );
        const late = moved.reduce((sum, { was, is }) => sum + Math.abs(is.time - was.time), 0);
        return inserted.length * 1000 + words + late + removed.length;
      };
      expect(touched("high")).toBeGreaterThan(touched("low"));
    });

    it("makes as many attack messages as a share asks for", () => {
      for (const share of [0.0001, 0.001, 0.01]) {
        const { messages, removed } = inject(CLEAN, [{ attack: name, at: 1, share }], 3);
        const count = messages.filter((m) => m.attack).length + removed.length;
        const wanted = Math.max(1, Math.round(share * CLEAN.length));
        expect(count).toBeLessThanOrEqual(wanted);
        expect(count).toBeGreaterThanOrEqual(Math.ceil(0.8 * wanted));
      }
    });
  });

describe("inject", () => {
  it("gives the same for the same seed, and something else for another", () => {
    const few = CLEAN.slice(0, 2000);
    const strikes = ATTACKS.map(({ name }, i) => ({ attack: name, at: 0.1 * i, seconds: 1 }));
    const hash = (seed: number) =>
      createHash("sha256")
        .update(JSON.stringify(inject(few, strikes, seed)))
        .digest("hex");
    expect(hash(1)).toBe(hash(1));
    expect(hash(1)).not.toBe(hash(2));
    expect(hash(1553)).toBe("36923f92171131afcadf03a5e7c6eaa080b2ba84467e84cd0c253463bb5ce393");
  });
  it("does not attack a message twice, and keeps count over several attacks", () => {
    const strikes = [
      { attack: "collision", at: 1, intensity: "high" as const },
      { attack: "collision", at: 1, intensity: "high" as const },
      { attack: "message-replay", at: 2 },
    ];
    const { messages, strikes: done } = inject(CLEAN, strikes, 1);
    for (const [n, { counts }] of done.entries()) {
      const marked = messages.filter((m) => m.attack?.strike === n).length;
      expect(marked).toBe(counts.inserted + counts.modified + counts.moved);
      expect(marked).toBeGreaterThan(0);
    }
  });
  it("attacks the channel that it is told to", () => {
    const { messages } = inject(CLEAN, [{ attack: "rogue-terminal", at: 1, channel: 3 }], 1);
    expect(new Set(messages.filter((m) => m.attack).map((m) => m.channel))).toEqual(new Set([3]));
  });
  it("says why it cannot", () => {
    const one = (strike: object) => () => inject(CLEAN, [{ attack: "collision", at: 1, ...strike }], 1);
    expect(one({ attack: "colision" })).toThrow("colision is no attack, expected one of bc-impersonation, ");
    expect(one({ channel: 9 })).toThrow("collision: no messages on channel 9 from 1 s on");
    expect(one({ at: 99 })).toThrow("collision: no messages from 99 s on");
    const silent = CLEAN.filter((m) => transaction(m)?.format === "broadcast-mode-receive");
    expect(() =>
      inject(
        silent,
        [
          { attack: "data-bias", at: 0 },
          { attack: "terminal-spoofing", at: 0 },
        ],
        1,
      ),
    ).toThrow("terminal-spoofing: nothing to attack: needs an RT-BC message in the interval");
  });
  it.each([
    ["bc-impersonation", ["broadcast-mode"], "a BC-RT or RT-BC message"],
    ["command-tampering", ["broadcast-mode"], "a BC-RT or RT-BC message"],
    ["data-bias", ["broadcast-mode"], "a message with data words"],
    ["covert-data", ["mode"], "a message with data words"],
    ["timing-shift", ["bc-rt"], "a periodic message"],
  ])("says what %s needs of a bus with %j only", (attack, formats, needs) => {
    const few = CLEAN.filter((m) => formats.includes(transaction(m)?.format ?? "")).slice(0, 3);
    expect(few.length).toBeGreaterThan(0);
    expect(() => inject(few, [{ attack, at: 0 }], 1)).toThrow(
      new Error(`${attack}: nothing to attack: needs ${needs} in the interval`),
    );
  });
  it("leaves the list alone that it is given", () => {
    const before = JSON.stringify(CLEAN);
    inject(CLEAN, [{ attack: "schedule-change", at: 0, intensity: "high" }], 1);
    expect(JSON.stringify(CLEAN)).toBe(before);
  });
});
