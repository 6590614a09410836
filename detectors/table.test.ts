// The keyed table, the coarse logarithm, and what happens to time that goes backwards.
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Statistics, statistics, times } from "./testing/statistics.ts";

fc.configureGlobal({ seed: 20261120, numRuns: 200 });
let s: Statistics;
beforeAll(async () => {
  s = await statistics();
});
beforeEach(() => s.clear());

describe("keyed table", () => {
  const CAPACITY = 64;
  const open = () => s.f.tableOpen(s.state(0), s.state(1), CAPACITY, 32);
  const hash = (k: number) => s.f.spread(BigInt(k));
  const find = (k: number) => s.f.tableFind(s.state(0), hash(k), BigInt(k));
  const fresh = () => s.f.tableFresh(s.state(0)) === 1;
  it("is a map from keys to states while it is not full", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 11 }), { maxLength: 100 }), (keys) => {
        open();
        const model = new Map<number, number>();
        return keys.every((k) => {
          const at = find(k);
          const known = model.get(k) ?? 0;
          if (fresh() === model.has(k) || s.memory().getUint32(at + 24, true) !== known) return false;
          s.memory().setUint32(at + 24, known + 1, true);
          model.set(k, known + 1);
          return s.f.tablePeek(s.state(0), hash(k), BigInt(k)) === at && s.f.tableLive(s.state(0)) === model.size;
        });
      }),
    );
  });
  // REQ-DETECT-002
  it("holds no more than its capacity under a sweep, counts what it forgot, and starts the forgotten anew", () => {
    open();
    for (let k = 0; k < 5000; k++) s.memory().setUint32(find(k) + 24, k, true);
    expect(s.f.tableLive(s.state(0))).toBe(CAPACITY);
    expect(s.f.tableEvictions(s.state(0))).toBe(BigInt(5000 - CAPACITY));
    expect(s.memory().getUint32(find(7) + 24, true)).toBe(0);
    expect([...Array(CAPACITY + 1).keys()].filter((i) => s.f.tableNth(s.state(0), i)).length).toBe(CAPACITY);
  });
  it("keeps a record that is in use through a sweep ten thousand keys long", () => {
    open();
    s.memory().setUint32(find(1_000_000) + 24, 42, true);
    for (let k = 0; k < 10_000; k++) {
      find(k);
      find(1_000_000);
    }
    expect(s.memory().getUint32(find(1_000_000) + 24, true)).toBe(42);
  });
  // REQ-DETECT-002
  it("keeps what was found often through a sweep between its uses, and what is new through a little one", () => {
    const between = (finds: number, sweep: number) => {
      open();
      for (let n = 0; n < finds; n++) s.memory().setUint32(find(1_000_000) + 24, 42, true);
      for (let k = 0; k < sweep; k++) find(k);
      return s.memory().getUint32(find(1_000_000) + 24, true) === 42;
    };
    expect(between(1, 2000)).toBe(false);
    expect(between(1000, 2000)).toBe(true);
    // whatever was there before, and however often: a new record stays until four others have come into its neighbourhood
    open();
    for (let n = 0; n < 50; n++) for (let k = 0; k < CAPACITY; k++) find(k);
    for (let k = 0; k < 20; k++) {
      find(2_000_000 + k);
      for (let n = 0; n < 3; n++) find(3_000_000 + 3 * k + n);
      find(2_000_000 + k);
      expect(fresh(), `${k}`).toBe(false);
    }
  });
  it("forgets what was found often and is used no more, as others come", () => {
    open();
    for (let n = 0; n < 20; n++) for (let k = 0; k < CAPACITY; k++) find(k);
    for (let k = 1000; k < 6000; k++) find(k);
    expect([...Array(CAPACITY).keys()].filter((k) => s.f.tablePeek(s.state(0), hash(k), BigInt(k)))).toEqual([]);
  });
  it("tells keys of one hash apart, and accepts a hash of 0", () => {
    open();
    const [a, b] = [s.f.tableFind(s.state(0), 0n, 1n), s.f.tableFind(s.state(0), 0n, 2n)];
    expect(a).not.toBe(b);
    expect(s.f.tableFind(s.state(0), 0n, 1n)).toBe(a);
    expect(s.f.tablePeek(s.state(0), 0n, 3n)).toBe(0);
  });
});

describe("logarithm", () => {
  it("coarseLog2 is monotone and at most 0.087 below log2, and exact at powers of two", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-12, max: 1e12, noNaN: true }),
        fc.double({ min: 1e-12, max: 1e12, noNaN: true }),
        (a, b) => {
          const [x, y] = [s.f.coarseLog2(a), s.f.coarseLog2(b)];
          return (a <= b ? x <= y : x >= y) && x <= Math.log2(a) + 1e-9 && x >= Math.log2(a) - 0.0861;
        },
      ),
    );
    for (const e of [-39, -1, 0, 1, 40]) expect(s.f.coarseLog2(2 ** e)).toBe(e);
    for (const x of [0, -5, Number.NaN]) expect(s.f.coarseLog2(x)).toBe(-40);
  });
});

describe("time", () => {
  // REQ-DETECT-012
  it("never passes backwards; a small step back keeps the later time, a large one starts again", () => {
    fc.assert(
      fc.property(times, times, (last, now) => {
        const dt = s.f.elapsed(last, now);
        const next = s.f.later(last, now);
        const [d, n] = [BigInt.asUintN(64, dt), BigInt.asUintN(64, next)];
        if (now >= last) return d === now - last && n === now;
        return d === 0n && n === (last - now > 1_000_000_000n ? now : last);
      }),
    );
  });
});
