import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { Tag } from "../../appliance/contract/config.ts";
import { record } from "../../ip/testing/frames.ts";
import type { Entry } from "../learned.ts";
import { Flight } from "../testing/flight.ts";
import { ATTACKS, batches, type Frame, normalTraffic } from "../testing/site.ts";
import { NAMES } from "./features.ts";
import { FEATURES } from "./generated/model.ts";
import { shape as ground } from "./learned.ts";
import { learnShape, Shape } from "./shape.ts";

fc.configureGlobal({ seed: 20261120, numRuns: 60 });

function scoreAll(shape: Shape, frames: readonly Frame[]): number[] {
  const scores: number[] = [];
  for (const batch of batches(frames)) {
    shape.input.set(batch);
    scores.push(...shape.score(batch.length));
  }
  return scores;
}

/** Entries of the same thing merged, as detectors/baseline/merge.ts does it. */
function mergeAll(entries: readonly Entry[]): Entry[] {
  const merged = new Map<string, Entry>();
  for (const entry of entries) {
    const key = `${entry.detector} ${ground.keyOf(entry)}`;
    const before = merged.get(key);
    merged.set(key, before ? ground.merge(before, entry) : entry);
  }
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

const pack = (entries: readonly Entry[], rate = 1) => ground.pack(entries, ground.thresholds(entries, { rate }, 1));
const shuffled = <T>(list: readonly T[], by: number) =>
  [...list].sort((a, b) => ((list.indexOf(a) * by) % 101) - ((list.indexOf(b) * by) % 101));

let entries: Entry[];
let section: Uint8Array;
let limit: number;
beforeAll(async () => {
  entries = await learnShape(batches(normalTraffic(1, 900)));
  section = pack(entries);
  limit = (await Shape.create(section)).limit;
});

describe("a learned plant network", () => {
  it("is silent on other traffic of the same plant, from power-on", async () => {
    for (const seed of [11, 12]) {
      const shape = await Shape.create(section);
      let findings = 0;
      for (const batch of batches(normalTraffic(seed, 1200))) {
        shape.input.set(batch);
        shape.score(batch.length);
        findings += shape.findings;
      }
      expect(findings).toBe(0);
    }
  });

  it.each(Object.entries(ATTACKS))("finds: %s", async (_, attack) => {
    const shape = await Shape.create(section);
    scoreAll(shape, normalTraffic(21, 300));
    const frames = attack(1300);
    const end = frames.at(-1)!.time;
    const mixed = [...frames, ...normalTraffic(22, 60, 1300).filter((f) => f.time < end)].sort(
      (a, b) => a.time - b.time,
    );
    const attacking = new Set(frames);
    const scores = scoreAll(shape, mixed);
    const found = mixed.filter((f, i) => attacking.has(f) && scores[i]! > limit).length;
    expect(found / frames.length).toBeGreaterThan(0.9);
  });

  // REQ-DETECT-004
  it("says what was seen and what was expected, in an alert's words too", async () => {
    const shape = await Shape.create(section);
    scoreAll(shape, normalTraffic(31, 300));
    const [batch] = batches(ATTACKS["a file leaves over the polling connection"]!(1300).slice(0, 60));
    shape.input.set(batch!);
    shape.score(batch!.length, true);
    const why = shape.explain(59);
    expect(why).toMatchObject({ feature: "channel.weight@1", unit: "frames" });
    expect(why.seen).toBeGreaterThan(55); // one frame each 2 ms for 0.12 s, against a poll a second
    expect(why.expected).toBeLessThan(6);
    expect(why.deviations).toBeGreaterThan(5);
    expect(shape.words()).toEqual({
      expected: expect.stringMatching(/^frames from source to destination over 1 s about \d\.\d+$/),
      seen: expect.stringMatching(/^\d\d\.\d+, \d+(\.\d)? deviations more$/),
    });
  });

  it("raises a finding where the score is above the limit, as the policy scales it", async () => {
    const frames = ATTACKS["polling forty times as fast"]!(1300);
    const count = async (factor: number) => {
      const shape = await Shape.create(section);
      shape.scale(factor);
      scoreAll(shape, normalTraffic(21, 300));
      let findings = 0;
      let above = 0;
      for (const batch of batches(frames)) {
        shape.input.set(batch);
        above += shape.score(batch.length).filter((s) => s > limit * factor).length;
        findings += shape.findings;
      }
      return { findings, above };
    };
    const [normal, lower] = [await count(1), await count(0.5)];
    expect(normal.findings).toBe(normal.above);
    expect(normal.findings).toBeGreaterThan(100);
    expect(lower.findings).toBeGreaterThan(normal.findings);
    expect(await count(Number.POSITIVE_INFINITY)).toEqual({ findings: 0, above: 0 });
    expect((await count(0)).findings).toBe(frames.length);
  });
});

describe("learning", () => {
  it("gives the same entries whatever the batches, each small enough for an event", async () => {
    const frames = normalTraffic(5, 120);
    const states = [];
    for (const size of [1, 7, 1000]) {
      const shape = await Shape.create();
      for (let i = 0; i < frames.length; i += size)
        for (const batch of batches(frames.slice(i, i + size))) {
          shape.input.set(batch);
          shape.learn(batch.length);
        }
      states.push(JSON.stringify(shape.entries()));
      expect(JSON.stringify(shape.entries())).toBe(states[0]); // and once more
    }
    expect(new Set(states).size).toBe(1);
    for (const entry of entries) expect(JSON.stringify(entry).length - 2).toBeLessThanOrEqual(900);
  });

  it("describes traffic exactly as if its parts had been learned together", async () => {
    const [a, b] = [normalTraffic(6, 300), normalTraffic(7, 300, 5000)];
    const together = await Shape.create();
    for (const part of [a, b]) {
      together.forgetTraffic();
      for (const batch of batches(part)) {
        together.input.set(batch);
        together.learn(batch.length);
      }
    }
    const classes = (list: readonly Entry[]) => list.filter(({ detector }) => detector === "shape.class");
    const parts = [...(await learnShape(batches(a))), ...(await learnShape(batches(b)))];
    expect(classes(mergeAll(parts))).toEqual(classes(mergeAll(together.entries())));
  });

  // REQ-DETECT-003
  it("merges to the same bytes in any order and grouping", async () => {
    const [a, b, c] = await Promise.all(
      [6, 7, 8].map((seed) => learnShape(batches(normalTraffic(seed, 150, 1000 * seed)))),
    );
    const all = mergeAll([...a!, ...b!, ...c!]);
    expect(mergeAll([...c!, ...a!, ...b!])).toEqual(all);
    expect(mergeAll([...a!, ...mergeAll([...c!, ...b!])])).toEqual(all);
    expect(Buffer.compare(pack(all), pack(shuffled(all, 37)))).toBe(0);
    const frames = (list: readonly Entry[]) => Math.max(...list.map((e) => Number(e.frames ?? 0)));
    expect(frames(all)).toBe(frames(a!) + frames(b!) + frames(c!));
  });

  it("of too little has a limit that is never reached", async () => {
    const few = await learnShape(batches(normalTraffic(1, 20)));
    expect(ground.thresholds(few, { rate: 1 }, 1)).toMatchObject([{ limit: 100, method: "margin", samples: 0 }]);
    expect((await Shape.create(pack(few))).limit).toBe(100);
    expect((await Shape.create()).entries()).toEqual([]);
  });

  it("says of each entry what it is", () => {
    const lines = entries.map((entry) => ground.show(entry));
    expect(lines).toContainEqual(expect.stringMatching(/^TCP port 502, to it: sender features of \d+ frames$/));
    expect(lines).toContainEqual(expect.stringMatching(/^ARP operation 1: pair features of \d+ frames$/));
    expect(lines).toContainEqual(expect.stringMatching(/^highest normal score \d\.\d+, of \d+ in \d+ s$/));
  });

  it("keeps the services with most frames when there are more than fit", async () => {
    const [like] = ATTACKS["flood of large datagrams between known hosts"]!(1000);
    const frames = (first: number): Frame[] =>
      Array.from({ length: 4000 }, (_, k) => {
        const data = Uint8Array.from(like!.data.subarray(0, 90));
        const port = first + (k % 40);
        data.set([port >> 8, port & 255], 36); // below the source port: this is the service
        return { time: 1e12 + k * 1e7, data };
      });
    const parts = await Promise.all([1000, 2000].map((first) => learnShape(batches(frames(first)))));
    const both = mergeAll(parts.flat());
    expect(both.filter(({ detector, block }) => detector === "shape.class" && block === 0).length).toBeGreaterThan(32);
    const packed = pack(both);
    expect(packed.length).toBeLessThanOrEqual(48 + 27 * 8 + 29 * 1668);
    expect((await Shape.create(packed)).limit).toBeGreaterThanOrEqual(1);
  });
});

describe("hostile input", () => {
  const frame = fc.record({
    time: fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 10n ** 11n)),
    data: fc.uint8Array({ maxLength: 120 }),
    original: fc.integer({ min: 0, max: 2 ** 31 }),
  });
  type Hostile = { time: bigint; data: Uint8Array; original: number };
  const records = (frames: readonly Hostile[], ip: boolean) =>
    Buffer.concat(
      frames.map(({ time, data, original }) => {
        const head = ip ? [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 60] : [];
        const bytes = Uint8Array.from([...head, ...data]);
        return record(bytes, { time, original: bytes.length + original });
      }),
    );

  // REQ-DETECT-001
  it("never gives a score that is not a number within 0 and 100, nor such a feature", async () => {
    const shape = await Shape.create(section);
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 40 }), fc.boolean(), (frames, ip) => {
        const batch = records(frames, ip);
        shape.input.set(batch);
        return (
          [...shape.score(batch.length)].every((s) => s >= 0 && s <= 100) &&
          [...shape.features()].every((x) => Number.isFinite(x) && Math.abs(x) < 200)
        );
      }),
    );
  });

  it("learned gives entries that can be packed", async () => {
    const shape = await Shape.create();
    const state = fc.array(frame, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(state, fc.boolean(), (frames, ip) => {
        const batch = records(frames, ip);
        shape.input.set(batch);
        shape.learn(batch.length);
      }),
    );
    const learned = shape.entries();
    for (const entry of learned) expect(JSON.stringify(entry).length - 2).toBeLessThanOrEqual(900);
    expect((await Shape.create(pack(learned))).limit).toBeGreaterThanOrEqual(1);
  });

  it("scores 0 without a model; an address sweep fills the tables and no more", async () => {
    const shape = await Shape.create();
    const sweep = ATTACKS["SYN flood from forged ports"]!(10).map((f, k) => {
      const data = Uint8Array.from(f.data);
      data.set([10, k >> 8, k & 255, 7], 26);
      data.set([2, 9, k >> 8, k & 255], 6);
      return { time: f.time, data };
    });
    const many = [...sweep, ...sweep, ...sweep].map((f, k) => {
      const data = Uint8Array.from(f.data);
      data[29] = k % 251;
      return { time: f.time, data };
    });
    expect(scoreAll(shape, many).every((s) => s === 0)).toBe(true);
    shape.configure(section);
    expect(scoreAll(shape, many).every((s) => s >= 0 && s <= 100)).toBe(true);
    expect(shape.evictions).toBeGreaterThan(0n);
  });

  it("a section with a wrong byte is refused, or its scores are still numbers", async () => {
    const shape = await Shape.create();
    const [batch] = batches(ATTACKS["polling forty times as fast"]!(1300).slice(0, 20));
    let refused = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: section.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = Uint8Array.from(section);
        bytes[at]! ^= flip;
        try {
          shape.configure(bytes);
        } catch {
          refused++;
        }
        shape.input.set(batch!);
        return [...shape.score(batch!.length, true)].every((s) => s >= 0 && s <= 100);
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(0);
    const refuses = (change: (view: DataView) => void, length = section.length) => {
      const bytes = new Uint8Array(length);
      bytes.set(section.subarray(0, length));
      change(new DataView(bytes.buffer));
      expect(() => shape.configure(bytes)).toThrow(RangeError);
      expect(shape.limit).toBe(0);
    };
    const services = new DataView(section.buffer).getUint32(4, true);
    const weights = 48 + 8 * services;
    refuses(() => undefined, 8);
    refuses(() => undefined, section.length - 4);
    refuses(() => undefined, section.length + 4);
    refuses((v) => v.setUint32(0, 0, true));
    refuses((v) => v.setUint32(0, 0xffffffff, true));
    refuses((v) => v.setUint32(4, 28, true));
    refuses((v) => v.setFloat64(8, Number.NaN, true));
    refuses((v) => v.setFloat64(8, 0.5, true));
    refuses((v) => v.setFloat32(16, -1, true));
    refuses((v) => v.setUint8(40, 5));
    refuses((v) => v.setUint8(45, 1));
    refuses((v) => v.setBigUint64(48, 7n, true));
    refuses((v) => v.setFloat32(weights, Number.NaN, true));
    refuses((v) => v.setFloat32(weights + 4 * 57, 0, true)); // inverse deviation
    refuses((v) => v.setFloat32(weights + 4 * 114, 0, true)); // diagonal of W
    refuses((v) => v.setFloat32(weights + 4 * 200, Infinity, true));
  });

  it("malformed entries are refused, and the error says what is wrong", () => {
    const one = entries.find(({ detector }) => detector === "shape.class")!;
    const peaks = entries.find(({ detector }) => detector === "shape.peaks")!;
    const wrong = (entry: Entry) => () => pack([...entries.filter((e) => e !== one && e !== peaks), entry]);
    expect(wrong({ ...one, service: "x" })).toThrow(/service: expected the key/);
    expect(wrong({ ...one, sums: "AAAA" })).toThrow(/sums: expected 520 bytes in base 64/);
    expect(wrong({ ...one, block: 6 })).toThrow(/block: expected a whole number from 0 to 5/);
    expect(wrong({ ...one, frames: 1 })).toThrow(/frames: \d+ here, 1 in another block|frames: 1 here/);
    expect(wrong(peaks)).toThrow(/lacks a block/);
    expect(wrong({ ...peaks, largest: "A" })).toThrow(/largest: expected/);
  });
});

it("every feature has a name", () => {
  expect(NAMES.length).toBe(FEATURES);
  expect(new Set(NAMES.map((n) => n.name)).size).toBe(FEATURES);
});
// REQ-DETECT-004
it("inspect as it flies scores each frame as the ground's module does", async () => {
  await Flight.ready();
  const attack = ATTACKS["a new master polls a controller"]!(1060);
  const frames = [...normalTraffic(41, 60), ...attack].sort((a, b) => a.time - b.time);
  const shape = await Shape.create(section);
  const flight = Flight.with([{ tag: Tag.BASELINE_SHAPE, bytes: section }])!;
  const found: number[] = [];
  let alarms = 0;
  for (const batch of batches(frames)) {
    shape.input.set(batch);
    const scores = shape.score(batch.length);
    alarms += shape.findings;
    const flown = flight.run(batch).filter(({ detector }) => detector === "shape");
    const mine = Array.from(scores).filter((score) => score > 0);
    for (const { score } of flown) expect(mine).toContain(score);
    found.push(...flown.map(({ score }) => score));
  }
  expect(alarms).toBeGreaterThan(100);
  expect(found).toHaveLength(alarms);
});
