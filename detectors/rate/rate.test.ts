import fc from "fast-check";
import { expect, it } from "vitest";
import { instantiateOnboard } from "../../lib/asc.ts";
import { checkAll, type Found, IpProbe, lessonOf, mergeAll, packAll, sound, taught } from "../ip/testing/probe.ts";
import { at, delay, every } from "../ip/testing/traffic.ts";
import { ATTACKS, type Frame, normalTraffic, tcpFrame } from "../testing/site.ts";
import { coarse, fine, limitOf, type Peaks, rate, scale } from "./learned.ts";

const rates = (found: Found[]) => found.filter((f) => f.detector === "rate");
const only = ["rate"];

it("finds what changes the amount of traffic, and nothing in hours of normal traffic", async () => {
  const probe = await taught(normalTraffic(1, 1800), undefined, only);
  const calm = rates(checkAll(probe, normalTraffic(2, 3600, 10000)));
  expect(calm.map((f) => `${f.seen}, expected ${f.expected}`)).toEqual([]);
  const rows = Object.entries(ATTACKS).map(([name, make], i) => {
    const start = 30000 + 1000 * i;
    const found = rates(checkAll(probe, make(start)));
    expect(found.every(sound)).toBe(true);
    return { name, "first alarm, s": delay(found, "rate", start), expected: found[0]?.expected, seen: found[0]?.seen };
  });
  console.table(rows);
  expect(rows.filter((r) => r["first alarm, s"] === null)).toEqual([]);
});

it("finds a talk that carries too little", async () => {
  const probe = await taught(normalTraffic(1, 1800), undefined, only);
  const poll = (gap: number, start: number) =>
    every(gap, Math.floor(300 / gap), start, () =>
      tcpFrame({ src: "10.1.0.10", dst: "10.1.0.101", sport: 50001, dport: 502, size: 12 }),
    );
  expect(rates(checkAll(probe, poll(0.34, 6000)))).toEqual([]);
  const [found] = rates(checkAll(probe, poll(3, 12000)));
  expect(found?.seen).toBe("20 packets in a minute, 502/tcp");
});

it("asks less of more hours: limits fall toward what was seen when it was seen for long", async () => {
  const limits = [0.1, 1, 100].map((hours) => {
    const peaks: Peaks = [1000, 1000 * 56, 1000 * 56 * 57, 16, 15, 15];
    const entry = {
      detector: "rate.host",
      host: "10.0.0.1",
      sent: [peaks, peaks, peaks, peaks],
      got: [peaks, peaks, peaks, peaks],
    };
    return rate.thresholds([entry], { rate: 0.1 }, hours)[0]!.limit;
  });
  expect(limits[0]).toBeGreaterThan(limits[1]!);
  expect(limits[1]).toBeGreaterThan(limits[2]!);
});

it("keeps limits above all that was learned, whatever the windows were", () => {
  const peaks = fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 50 }).map((values): Peaks => {
    const q = values.map((v) => Math.floor(coarse(v) * 16));
    const top = [...values, 0, 0].sort((a, b) => b - a);
    return [values.length, q.reduce((a, b) => a + b), q.reduce((a, b) => a + b * b, 0), top[0]!, top[1]!, top[2]!];
  });
  fc.assert(
    fc.property(peaks, fc.double({ min: 0, max: 50, noNaN: true }), (p, z) => {
      const limit = limitOf(p, z);
      return Number.isFinite(limit) && limit > p[3] && scale(p).deviation > 0;
    }),
    { seed: 2 },
  );
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (x) => Math.abs(fine(coarse(x)) - x) <= 1e-9 * (1 + x)),
  );
});

it("is learned the same in pieces as at once: counts, sums, peaks (onboard statistics against arithmetic)", async () => {
  const e = (await instantiateOnboard("detectors/rate/onboard/peaks.probe.ts")).exports;
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 60 }), (values) => {
      const p = e.at();
      new Uint8Array(e.memory.buffer, p, 28).fill(0);
      for (const v of values) e.update(p, v);
      const view = new DataView(e.memory.buffer, p, 28);
      const q = values.map((v) => Math.floor(coarse(v) * 16 + 1e-9));
      const top = [...values, 0, 0].sort((a, b) => b - a).slice(0, 3);
      expect(view.getUint32(0, true)).toBe(values.length);
      expect(Math.abs(view.getUint32(4, true) - q.reduce((a, b) => a + b))).toBeLessThanOrEqual(values.length);
      expect([16, 20, 24].map((i) => view.getUint32(i, true))).toEqual(top);
    }),
    { seed: 3, numRuns: 200 },
  );
});

it("merges in any order to the same", async () => {
  const own = (await Promise.all([1, 2, 3].map((seed) => lessonOf(normalTraffic(seed, 200)))))
    .flat()
    .filter((e) => e.detector.startsWith("rate"));
  const all = mergeAll(own);
  fc.assert(
    fc.property(fc.shuffledSubarray(own, { minLength: own.length }), (list) => {
      expect(mergeAll(list)).toEqual(all);
    }),
    { numRuns: 20, seed: 1 },
  );
  expect(packAll(all, 1, undefined, only)[0]!.bytes.length).toBeLessThan(1500);
});

it("refuses a malformed host and a malformed talk", async () => {
  const entries = mergeAll(await lessonOf(normalTraffic(1, 100)));
  const { tag, bytes } = packAll(entries, 1, undefined, only)[0]!;
  const probe = await IpProbe.create();
  expect(probe.configure(tag, bytes)).toBe(true);
  const [fours, macs] = [bytes[0]!, bytes[2]!];
  const first = 8 + 4 * fours + 8 * macs;
  for (const offset of [first, bytes.length - 24, bytes.length - 22]) {
    const wrong = Uint8Array.from(bytes);
    wrong[offset] = 0xfe;
    probe.e.reset();
    expect(probe.configure(tag, wrong)).toBe(false);
  }
});

it("says at the first packet too many, not at the window's end", async () => {
  const probe = await taught(normalTraffic(1, 1800), undefined, only);
  const frames: Frame[] = every(0.001, 500, 20000.2, () =>
    tcpFrame({ src: "10.1.0.10", dst: "10.1.0.100", sport: 50000, dport: 502, size: 12 }),
  );
  const [found] = rates(checkAll(probe, [...frames, at(20001, frames[0]!.data)]));
  expect(found!.time).toBeLessThan(20000.4);
  expect(found!.score).toBeLessThan(1.2);
});
