import fc from "fast-check";
import { expect, it } from "vitest";
import { Tag } from "../../appliance/contract/config.ts";
import { uniform } from "../../lib/numerics/random.ts";
import { checkAll, type Found, IpProbe, lessonOf, mergeAll, packAll, sound, taught } from "../ip/testing/probe.ts";
import { at, framed, tick } from "../ip/testing/traffic.ts";
import { type Frame, normalTraffic, tcpFrame, udpFrame } from "../testing/site.ts";
import { isPeriodic, limitOf } from "./learned.ts";

const silent = (found: Found[]) => found.filter((f) => f.detector === "silence");
const only = ["silence", "new-pair"];
const to = (address: string, frames: Frame[]) => {
  const bytes = address.split(".").map(Number);
  const has = (data: Uint8Array, offset: number) => bytes.every((b, i) => data[offset + i] === b);
  return frames.filter(({ data }) => data[12] !== 8 || data[13] !== 0 || !(has(data, 26) || has(data, 30)));
};

it("is silent about traffic that goes on, and about traffic that was never periodic", async () => {
  const probe = await taught(normalTraffic(1, 600), undefined, only);
  expect(silent(checkAll(probe, normalTraffic(2, 1800, 5000)))).toEqual([]);
});

it("finds a controller that stops, within its limit and a tenth of a second, and says so once", async () => {
  const probe = await taught(normalTraffic(1, 600), undefined, only);
  const frames = normalTraffic(2, 200, 5000);
  const gone = frames
    .filter(({ time }) => time < 5100e9)
    .concat(
      to(
        "10.1.0.102",
        frames.filter(({ time }) => time >= 5100e9),
      ),
    );
  const found = silent(checkAll(probe, gone));
  expect(found.every(sound)).toBe(true);
  expect(found.map((f) => `${f.src} ${f.dst}`).sort()).toEqual(["10.1.0.10 10.1.0.102", "10.1.0.102 10.1.0.10"]);
  for (const f of found) expect(f.time).toBeLessThan(5100 + 1.01 + 4.3);
  console.log(
    found.map((f) => `${(f.time - 5100).toFixed(1)} s after: expected ${f.expected}; seen ${f.seen}`).join("\n"),
  );
});

it("finds it too when nothing comes at all but ticks, and again after it came back", async () => {
  const probe = await taught(normalTraffic(1, 600), undefined, only);
  checkAll(probe, normalTraffic(2, 60, 5000));
  const found = Array.from({ length: 60 }, (_, i) => tick(probe, 5060 + i)).flat();
  expect(silent(found).length).toBeGreaterThanOrEqual(10); // five controllers, both ways
  expect(silent(checkAll(probe, normalTraffic(3, 60, 5200)))).toEqual([]);
  expect(silent(Array.from({ length: 60 }, (_, i) => tick(probe, 5260 + i)).flat()).length).toBe(silent(found).length);
});

it("a hole in the recording is not silence: nothing was watched", async () => {
  const probe = await taught(normalTraffic(1, 600), undefined, only);
  const hole = [...normalTraffic(2, 60, 5000), ...normalTraffic(3, 60, 90000)];
  const found = silent(checkAll(probe, hole));
  expect(found).toEqual([]);
});

it("watches what has no IP as well", async () => {
  const goose = (start: number, n: number) =>
    Array.from({ length: n }, (_, k) =>
      at(start + k, framed([2, 0, 0, 0, 0, 1], [1, 0xc, 0xcd, 1, 0, 1], 0x88b8, new Uint8Array(60))),
    );
  const probe = await taught(goose(1000, 200), undefined, only);
  expect(silent(checkAll(probe, goose(5000, 50)))).toEqual([]);
  const [found] = silent(Array.from({ length: 20 }, (_, i) => tick(probe, 5050 + i)).flat());
  expect(found?.seen).toMatch(/^none of EtherType 35000 from 02:00:00:00:00:01 to 01:0c:cd:01:00:01 for/);
});

it("cannot be hidden by a sweep over addresses", async () => {
  const probe = await taught(normalTraffic(1, 600), undefined, only);
  checkAll(probe, normalTraffic(2, 60, 5000));
  const sweep = Array.from({ length: 20000 }, (_, k) =>
    at(
      5060 + k / 1000,
      framed([2, 0, 0, 0, 0, 9], [2, 0, 1, k >> 16, (k >> 8) & 255, k & 255], 0x88b8, new Uint8Array(46)),
    ),
  );
  expect(silent(checkAll(probe, sweep)).length).toBeGreaterThanOrEqual(8);
  expect(probe.e.evictions()).toBeGreaterThan(10000n);
});

it("calls periodic what is, and gives a limit that falls with what was seen and rises with the wish for quiet", () => {
  const polled = { count: 1000, span: 999, longest: 1.2, paused: 900 };
  const inBursts = { count: 1000, span: 990, longest: 10, paused: 900 };
  const people = { count: 1000, span: 990, longest: 45, paused: 300 };
  expect([polled, inBursts, people, { ...polled, count: 10 }].map(isPeriodic)).toEqual([true, true, false, false]);
  expect(limitOf(polled, 1)).toBeCloseTo(1.2 + 3);
  const more = { ...inBursts, count: 1e6, span: 990e3, paused: 900e3 };
  const limits = [limitOf(more, 0.01), limitOf(inBursts, 0.01), limitOf(inBursts, 0.0001)];
  console.log(`in bursts, 10 s at most: ${limits.map((x) => x.toFixed(1)).join(" s, ")} s`);
  expect([...limits].sort((x, y) => x - y)).toEqual(limits);
  expect(limits[0]).toBeGreaterThanOrEqual(15);
  expect(limits[2]).toBeLessThan(40);
});

/** A poll each 9 s that is late now and then, by a distribution that falls as fast as an exponential one of a third. */
function lateNow(seed: number, hours: number): number[] {
  const u = uniform(seed);
  const times = [];
  for (let t = 0; t < hours * 3600; t += -3 * Math.log(u() * u() * u())) times.push(t);
  return times;
}

it("the longest pauses tell how fast their tail falls: ten usual intervals of absence are found, and clean hours stay quiet", () => {
  const sideOf = (times: number[]) => {
    const pauses = times.slice(1).map((t, i) => t - times[i]!);
    const [longest, ...further] = [...pauses].sort((a, b) => b - a);
    const paused = pauses.filter((pause) => pause > longest! / 2).reduce((sum, pause) => sum + pause, 0);
    return { count: times.length, span: times.at(-1)!, longest: longest!, paused, further: further.slice(0, 7) };
  };
  const rate = 0.1 / 40;
  const seeds = Array.from({ length: 40 }, (_, n) => n + 1).filter((seed) => isPeriodic(sideOf(lateNow(seed, 24))));
  const sides = seeds.map((seed) => sideOf(lateNow(seed, 24)));
  const limits = sides.map((side) => limitOf(side, rate));
  const before = sides.map(({ further: _, ...side }) => limitOf(side, rate));
  expect(sides.length).toBeGreaterThan(30);
  expect(limits.filter((limit) => limit < 90).length).toBeGreaterThan(0.9 * sides.length);
  expect(before.filter((limit) => limit < 110)).toEqual([]);
  const alarms = limits.flatMap((limit, n) => {
    const times = lateNow(1000 + seeds[n]!, 24);
    return times.slice(1).filter((t, i) => t - times[i]! > limit);
  });
  expect(alarms.length).toBeLessThanOrEqual(2); // of 24 hours, 0.1 an hour wanted
});

it("learns the longest pauses of each direction, and merges them as if they had been seen together", async () => {
  const times = [...Array.from({ length: 30 }, (_, n) => n * 9), 290, 310, 325, 334, 343];
  const poll = (from: number) =>
    times.flatMap((t) => [
      at(from + t, tcpFrame({ src: "10.1.0.10", dst: "10.1.0.77", sport: 4000, dport: 502, size: 9 })),
      at(from + t + 0.1, tcpFrame({ src: "10.1.0.77", dst: "10.1.0.10", sport: 502, dport: 4000, size: 9 })),
    ]);
  const learned = async (from: number) => {
    const [entry] = (await lessonOf(poll(from))).filter(({ detector }) => detector === "silence");
    return entry!;
  };
  const [a, b] = [await learned(1000), await learned(5000)];
  const { longest, further } = a.to as { longest: number; further: number[] };
  expect(longest).toBe(29);
  expect(further).toHaveLength(7);
  for (const [i, pause] of [20, 15, 9, 9, 9, 9, 9].entries()) {
    expect(further[i]).toBeGreaterThanOrEqual(pause);
    expect(further[i]).toBeLessThan(pause * 1.01);
  }
  const both = mergeAll([a, b])[0]!.to as { longest: number; further: number[] };
  expect(both.longest).toBe(29);
  expect(both.further.map(Math.floor)).toEqual([29, 20, 20, 15, 15, 9, 9]);
  const { further: _, ...older } = a.to as object & { further: unknown };
  expect(mergeAll([a, { ...b, to: older }])[0]!.to).not.toHaveProperty("further");
});

it("finds a controller ten usual intervals after it stopped, where it is late now and then", async () => {
  const poll = (times: number[], from: number) =>
    times.map((t) => at(from + t, udpFrame({ src: "10.1.0.10", dst: "10.1.0.77", sport: 4000, dport: 502, size: 9 })));
  const probe = await taught(poll(lateNow(5, 24), 1000), undefined, only);
  const times = lateNow(6, 1);
  const frames = poll(times, 200_000);
  expect(silent(checkAll(probe, frames))).toEqual([]);
  const end = 200_000 + times.at(-1)!;
  const found = silent(Array.from({ length: 95 }, (_, n) => tick(probe, end + n)).flat());
  expect(found).toHaveLength(1);
  expect(found[0]!.time - end).toBeLessThan(91);
});

it("merges in any order to the same, and refuses sections with impossible numbers", async () => {
  const entries = (await Promise.all([1, 2, 3].map((seed) => lessonOf(normalTraffic(seed, 100))))).flat();
  const own = entries.filter((e) => e.detector === "silence");
  const text = (list: typeof own) => packAll(mergeAll(list), 1, undefined, ["silence"])[0]!.bytes;
  const all = text(own);
  fc.assert(
    fc.property(fc.shuffledSubarray(own, { minLength: own.length }), (list) => Buffer.compare(text(list), all) === 0),
    { numRuns: 20, seed: 1 },
  );
  const probe = await IpProbe.create();
  expect(probe.configure(Tag.SILENCE, all)).toBe(true);
  for (const value of [-1, Number.NaN, Infinity, 1e9]) {
    const wrong = Uint8Array.from(all);
    new DataView(wrong.buffer).setFloat32(all.length - 4, value, true);
    probe.e.reset();
    expect(probe.configure(Tag.SILENCE, wrong)).toBe(false);
  }
});
