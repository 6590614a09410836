import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { readBus } from "../../mil1553/simulator/icd/read.ts";
import { type BusMessage, command } from "../../mil1553/simulator/message.ts";
import { Random } from "../../mil1553/simulator/random.ts";
import { simulate } from "../../mil1553/simulator/run.ts";
import { DETECTOR } from "../catalogue.ts";
import type { Entry } from "../learned.ts";
import { KINDS } from "./ground/entries.ts";
import { mil1553 } from "./learned.ts";
import { Appliance, bytesOf, mergeAll, sectionOf } from "./testing/appliance.ts";

const TRAINER = readBus(join(ROOT, "fixtures/mil1553/avionics.yaml"));
const PATROL = readBus(join(ROOT, "detectors/mil1553/testing/patrol.yaml"));
const capture = (bus: typeof TRAINER, seed: number, seconds: number) => [...simulate(bus, { seed, seconds })];
const bytes = (messages: Iterable<BusMessage>) => [...bytesOf(messages, TRAINER.channels)];

/** The lists of an entry in one order: what was merged is sorted, what was exported is as it came. */
const sorted = (e: Entry) =>
  Object.fromEntries(
    ["intervals", "next", "times"].map((list) => [
      list,
      ((e[list] as unknown[]) ?? []).map((x) => JSON.stringify(x)).sort(),
    ]),
  );

let app: Appliance;
beforeAll(async () => {
  app = await Appliance.make();
});

describe("memory", () => {
  it("of all tables is under 624 KiB", () => {
    expect(app.e.tables()).toBeGreaterThan(500 * 1024);
    expect(app.e.tables()).toBeLessThanOrEqual(624 * 1024);
  });
});

describe("what is learned", () => {
  let a: Entry[];
  let b: Entry[];
  let c: Entry[];
  beforeAll(() => {
    a = app.learn(bytes(capture(PATROL, 1, 20)));
    b = app.learn(bytes(capture(PATROL, 2, 25)));
    c = app.learn(bytes(capture(TRAINER, 3, 12)));
  });

  it("is the same again for the same capture", () => {
    expect(app.learn(bytes(capture(PATROL, 1, 20)))).toEqual(a);
  });

  it("has the members that are declared, and no others", () => {
    const seen = new Set<string>();
    for (const { detector, ...members } of [...a, ...b, ...c]) {
      const kind = KINDS.find((one) => one.detector === detector)!;
      seen.add(detector);
      expect(kind.schema.safeParse(members).error, detector).toBeUndefined();
      expect(Object.keys(kind.members)).toEqual(expect.arrayContaining(Object.keys(members)));
    }
    expect([...seen].sort()).toEqual(KINDS.map(({ detector }) => detector).sort());
  });

  it("can be exported while learning goes on, from the beginning each time", () => {
    const messages = capture(PATROL, 1, 20);
    const half = messages.length >> 1;
    app.learn(bytes(messages.slice(0, half)));
    const first = app.entries();
    expect(app.entries()).toEqual(first);
    expect(first.length).toBeGreaterThan(50);
  });

  // REQ-DETECT-003
  it("composes: in any order and grouping", () => {
    const all = mergeAll([a, b, c]);
    expect(mergeAll([c, b, a])).toEqual(all);
    expect(mergeAll([mergeAll([b, c]), a])).toEqual(all);
    expect(mergeAll([a, mergeAll([c, b])])).toEqual(all);
  });

  it("composes for random messages, constants and counters", () => {
    // A small random bus, words of every kind
    const small = fc.record({ seed: fc.nat(1000), kinds: fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }) });
    const make = ({ seed, kinds }: { seed: number; kinds: number[] }): BusMessage[] => {
      const random = new Random(seed);
      return Array.from({ length: 80 }, (_, i) => {
        const data = kinds.map((kind) => [7, i, random.bits() >>> 16, i % 5, 0xffff - (i & 3)][kind]!);
        const word = command(3, false, 1 + (i % 2), data.length);
        return {
          channel: 2,
          time: 600_000_000 + i * 20_000,
          blockStatus: 0,
          gap1: 60,
          gap2: 0,
          words: [word, ...data, 3 << 11],
        };
      });
    };
    fc.assert(
      fc.property(small, small, small, (x, y, z) => {
        const [p, q, r] = [x, y, z].map((s) => app.learn(bytes(make(s)))) as [Entry[], Entry[], Entry[]];
        expect(mergeAll([p, q])).toEqual(mergeAll([q, p]));
        expect(mergeAll([mergeAll([p, q]), r])).toEqual(mergeAll([p, mergeAll([q, r])]));
      }),
      { numRuns: 40, seed: 5 },
    );
  });

  it("of two captures is that of one capture with a hole between them", () => {
    const first = capture(TRAINER, 5, 6);
    const later = capture(TRAINER, 6, 6).map((m) => ({ ...m, time: m.time + 300_000_000 }));
    const together = app.learn(bytes([...first, ...later]));
    const apart = mergeAll([app.learn(bytes(first)), app.learn(bytes(later))]);
    // What depends on the order of values goes on over a hole: runs, swings, cumulative sums
    const kinds = ["bus.message", "bus.order", "bus.response"];
    // and of intervals six kinds are kept of each capture
    const irregular = new Set([...together, ...apart].filter((e) => e.irregular).map((e) => mil1553.keyOf(e)));
    const plain = (entries: Entry[]) =>
      entries
        .filter((e) => kinds.includes(e.detector) && !irregular.has(mil1553.keyOf(e)))
        .map((e) => ({ ...e, key: mil1553.keyOf(e), repeats: 0, ...sorted(e) }))
        .sort((x, y) => (x.detector + x.key < y.detector + y.key ? -1 : 1));
    expect(plain(apart)).toEqual(plain(mergeAll([together])));
    expect(plain(apart).length).toBeGreaterThan(50);
  });

  it("is shown in lines that people can read", () => {
    const lines = mergeAll([c]).map((e) => mil1553.show(e));
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^bus 2: terminal 5 transmits subaddress 1 words 28: 60\d messages \(\d on bus B, \d failed\), every 19.\d+ ms-20.\d+ ms$/,
      ),
    );
    for (const line of lines) expect(line).toMatch(/^bus \d+: [^\n]+$/);
  });
});

describe("the section", () => {
  it("of a normal bus is small, and too large a one is refused", () => {
    // 50 messages of 32 words that all change
    const random = new Random(9);
    const messages = Array.from({ length: 50 * 100 }, (_, i): BusMessage => {
      const word = command(1 + (i % 25), i % 50 >= 25, 2, 0);
      const data = Array.from({ length: 32 }, () => random.bits() >>> 20);
      const status = (1 + (i % 25)) << 11;
      const words = i % 50 >= 25 ? [word, status, ...data] : [word, ...data, status];
      return { channel: 2, time: 600_000_000 + i * 10_000, blockStatus: 0, gap1: 60, gap2: 0, words };
    });
    const section = sectionOf([app.learn(bytes(messages))]);
    console.log(`50 messages of 32 words: section of ${section.length} bytes`);
    expect(section.length).toBeLessThan(48 * 1024);
    expect(app.configure(section)).toBe(true);

    const many = Array.from(
      { length: 1300 },
      (_, i): Entry => ({
        detector: "bus.message",
        channel: 2,
        commands: [i],
        format: 1,
        a: 1,
        b: 0,
        again: 0,
        damaged: 0,
        repeats: 0,
        irregular: 0,
        disturbed: 0,
        intervals: [],
      }),
    );
    const bus = app.learn(bytes(messages.slice(0, 100))).filter((e) => e.detector === "bus");
    expect(() => sectionOf([[...bus, ...many]])).toThrow(/1300 message identities, expected at most 1280/);
    const long = many.slice(0, 1280).map((e) => ({
      ...e,
      intervals: [1, 2, 3, 4, 5, 6].map((k) => [k, 100, 10 ** k, 10 ** k + 1]),
    }));
    expect(() => sectionOf([[...bus, ...long]])).toThrow(
      /^1280 message identities on 1 buses take \d+ bytes, expected at most 61440$/,
    );
  });

  // REQ-DETECT-008
  it("is refused when it is damaged, and never harms", () => {
    const section = sectionOf([app.learn(bytes(capture(PATROL, 1, 10)))]);
    const some = bytes(capture(PATROL, 4, 0.5));
    expect(app.configure(section)).toBe(true);
    for (let n = 0; n < section.length; n += 7) expect(app.configure(section.subarray(0, n))).toBe(false);
    const random = new Random(3);
    let taken = 0;
    for (let run = 0; run < 600; run++) {
      const changed = Uint8Array.from(section);
      for (let k = 0; k <= run % 3; k++) changed[random.below(changed.length)] = random.bits() & 255;
      // Numbers that mean something else are its author's; but nothing traps and every finding is finite
      if (!app.configure(changed)) continue;
      taken++;
      for (const f of app.check(some)) {
        expect(Number.isFinite(f.score) && Number.isFinite(f.threshold)).toBe(true);
        expect(f.threshold).toBeGreaterThan(0);
        expect(f.score).toBeLessThanOrEqual(100 * f.threshold * 1.0001);
      }
    }
    expect(taken).toBeGreaterThan(100);
    for (let run = 0; run < 300; run++) {
      const noise = Uint8Array.from({ length: random.below(400) }, () => random.bits() & 255);
      noise.set(section.subarray(0, Math.min(noise.length, 16)));
      app.configure(noise);
      app.check(some);
    }
  });
});

describe("operation", () => {
  let section: Uint8Array;
  beforeAll(() => {
    section = sectionOf([1, 2].map((seed) => app.learn(bytes(capture(TRAINER, seed, 60)))));
  });

  // REQ-DETECT-008
  it("is silent without a section", () => {
    app.e.begin();
    expect(app.check(bytes(capture(PATROL, 9, 2)))).toEqual([]);
  });

  // REQ-DETECT-004
  it("says in words what was expected and what was seen", () => {
    app.configure(section);
    const messages = capture(TRAINER, 77, 4);
    const odd = { ...messages.at(-1)!, time: messages.at(-1)!.time + 9_000, blockStatus: 0, gap1: 70, gap2: 0 };
    const stranger = { ...odd, channel: 2, words: [command(21, true, 4, 1), 21 << 11, 7] };
    const found = app.check(bytes([...messages, stranger]));
    expect(found.map((f) => [f.detector, f.expected, f.seen])).toContainEqual([
      DETECTOR["bus-message"],
      "a terminal of the inventory of this bus",
      "a command to terminal 21",
    ]);
    for (const f of found) {
      expect(f.expected).toMatch(/^[ -!#-[\]-~]+$/);
      expect(f.seen).toMatch(/^[ -!#-[\]-~]+$/);
    }
  });

  it("obeys the operator: off, and less sensitive", () => {
    const messages = capture(TRAINER, 78, 3);
    const without = messages.filter((m) => m.words[0] !== messages[20]!.words[0]);
    const run = (scale: number) => {
      app.configure(section);
      if (scale !== 1) app.alone(); // inspect has its scales from the policy
      for (const name of ["bus-period", "bus-order", "bus-load"] as const) app.e.scale(DETECTOR[name], scale);
      return app.check(bytes(without));
    };
    expect(run(1).length).toBeGreaterThan(0);
    expect(run(Number.POSITIVE_INFINITY)).toEqual([]);
    expect(run(20).length).toBeLessThan(run(1).length);
    app.e.begin();
  });

  it("notices a bus that falls silent, once", () => {
    app.configure(section);
    app.check(bytes(capture(TRAINER, 79, 1)));
    const second = 1_000_000_000n;
    const found = [];
    for (let t = 0n; t < 20n; t++) {
      app.e.passing(1000n * second + t * second);
      found.push(...app.take());
    }
    expect(found.map((f) => f.detector)).toEqual([DETECTOR["bus-period"], DETECTOR["bus-period"]]); // two buses
    expect(found[0]!.seen).toMatch(/^none for \d+ ms$/);
  });

  it("takes a hole in the recording for one silence, not for many missing messages", () => {
    app.configure(section);
    const messages = capture(TRAINER, 80, 4);
    const from = messages[0]!.time;
    const holed = messages.filter((m) => m.time < from + 1e7 || m.time > from + 1.5e7);
    const found = app.check(bytes(holed));
    expect(found.filter((f) => f.detector === DETECTOR["bus-period"] && f.what === 4).length).toBe(2);
    app.configure(section);
    const restarted = messages.map((m) => (m.time > from + 2e7 ? { ...m, time: m.time + 5e8 } : m));
    // 50 s, once for each bus; another recording, an hour later, is none
    expect(app.check(bytes(restarted)).map((f) => f.what)).toEqual([4, 4]);
    app.configure(section);
    const later = messages.map((m) => (m.time > from + 2e7 ? { ...m, time: m.time + 36e9 } : m));
    expect(app.check(bytes(later))).toEqual([]);
  });
});
