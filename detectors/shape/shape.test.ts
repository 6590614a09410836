import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { record } from "../../ip/testing/frames.ts";
import { ATTACKS, batches, type Frame, normalTraffic } from "../testing/site.ts";
import { FEATURES, NAMES } from "./features.ts";
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

let model: Uint8Array;
let limit: number;
beforeAll(async () => {
  const clean = normalTraffic(1, 1800);
  const learned = await learnShape(() => batches(clean), { rate: 2 });
  model = learned.shape.model;
  limit = learned.limit.limit;
  expect(learned.limit.mute).toBe(false);
});

describe("a learned plant network", () => {
  it("is silent on other traffic of the same plant", async () => {
    let alarms = 0;
    for (const seed of [11, 12, 13]) {
      const scores = scoreAll(await Shape.create(model), normalTraffic(seed, 1200));
      alarms += scores.filter((s) => s > limit).length / scores.length;
    }
    expect(alarms / 3).toBeLessThan(0.002);
  });

  it.each(Object.entries(ATTACKS))("finds: %s", async (_, attack) => {
    const shape = await Shape.create(model);
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

  it("says what was seen and what was expected", async () => {
    const shape = await Shape.create(model);
    scoreAll(shape, normalTraffic(31, 300));
    const [batch] = batches(ATTACKS["a file leaves over the polling connection"]!(1300).slice(0, 60));
    shape.input.set(batch!);
    shape.score(batch!.length, true);
    const why = shape.explain(59);
    expect(why).toMatchObject({ feature: "channel.weight@1", unit: "frames" });
    expect(why.seen).toBeGreaterThan(55); // one frame each 2 ms for 0.12 s, against a poll a second
    expect(why.expected).toBeLessThan(6);
    expect(why.deviations).toBeGreaterThan(5);
  });
});

describe("learning", () => {
  it("gives the same bytes whatever the batches, and scores are the same bytes again", async () => {
    const frames = normalTraffic(5, 120);
    const states = [];
    for (const size of [1, 7, 1000]) {
      const shape = await Shape.create();
      for (let i = 0; i < frames.length; i += size)
        for (const batch of batches(frames.slice(i, i + size))) {
          shape.input.set(batch);
          shape.learn(batch.length);
        }
      shape.finish();
      states.push(Buffer.concat([shape.model, shape.learning]).toString("hex"));
    }
    expect(new Set(states).size).toBe(1);
  });

  it("merged from two parts is, but for rounding, the same description as learned together", async () => {
    const [a, b] = [normalTraffic(6, 300), normalTraffic(7, 300, 5000)];
    const learn = async (...parts: Frame[][]) => {
      const shape = await Shape.create();
      for (const part of parts) {
        shape.reset();
        for (const batch of batches(part)) {
          shape.input.set(batch);
          shape.learn(batch.length);
        }
      }
      return shape;
    };
    const [together, merged, other] = [await learn(a, b), await learn(a), await learn(b)];
    merged.merge(other.learning);
    together.finish();
    merged.finish();
    const [x, y] = [together.model, merged.model].map((m) => new Float64Array(m.buffer));
    expect(y![0]).toBe(x![0]);
    // behind the head: means, inverse deviations and triangles of all classes
    for (let i = 73; i < x!.length; i++) expect(Math.abs(y![i]! - x![i]!)).toBeLessThan(1e-6 * (1 + Math.abs(x![i]!)));
  });

  it("refuses bytes that are no model or learning state", async () => {
    const shape = await Shape.create();
    expect(() => shape.configure(new Uint8Array(8))).toThrow(RangeError);
    expect(() => shape.merge(new Uint8Array(8))).toThrow(RangeError);
    expect(() => {
      shape.limit = Number.NaN;
    }).toThrow(RangeError);
  });
});

describe("hostile input", () => {
  const frame = fc.record({
    time: fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 10n ** 11n)),
    data: fc.uint8Array({ maxLength: 120 }),
    original: fc.integer({ min: 0, max: 2 ** 31 }),
  });
  it("never gives a score that is not a number within 0 and 100, nor such a feature", async () => {
    const shape = await Shape.create(model);
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 40 }), fc.boolean(), (frames, ip) => {
        const parts = frames.map(({ time, data, original }) => {
          const head = ip ? [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 60] : [];
          const bytes = Uint8Array.from([...head, ...data]);
          return record(bytes, { time, original: bytes.length + original });
        });
        const batch = Buffer.concat(parts);
        shape.input.set(batch);
        return (
          [...shape.score(batch.length)].every((s) => s >= 0 && s <= 100) &&
          [...shape.features()].every((x) => Number.isFinite(x) && Math.abs(x) < 200)
        );
      }),
    );
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
    expect(shape.evictions).toBeGreaterThan(0n);
  });
});

it("every feature has a name", () => {
  expect(NAMES.length).toBe(FEATURES);
  expect(new Set(NAMES.map((n) => n.name)).size).toBe(FEATURES);
});
