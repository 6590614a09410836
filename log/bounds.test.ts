// REQ-LOG-014
// Memory and work are bounded: each bound with both of its sides.
import { describe, expect, it, vi } from "vitest";
import { Bucket, WorkLimit } from "./bucket.ts";
import { Codes } from "./codes.ts";
import { codeOf, Keys } from "./keys.ts";
import { Queue } from "./queue.ts";
import type { Report } from "./reports.ts";
import { Suspects } from "./suspects.ts";
import { Verifier } from "./verify.ts";

/** Codes that were computed, one HMAC each. */
const done = vi.hoisted(() => ({ hmacs: 0 }));
vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof import("node:crypto")>();
  const createHmac: typeof crypto.createHmac = (...args) => {
    done.hmacs++;
    return crypto.createHmac(...args);
  };
  return { ...crypto, createHmac };
});
/** HMACs that something takes. */
const cost = (work: () => unknown): number => {
  const before = done.hmacs;
  work();
  return done.hmacs - before;
};

const key = Buffer.alloc(32, 1);
const code = (n: number) => n.toString(16).padStart(16, "0");
/** A record with the right code, or with a wrong one. */
function record(boot: number, sequence: number, isForged = false): Buffer {
  const front = `<109>1 2026-03-02T00:00:01.000000Z weir weir - eve [weir@32473 boot="${boot}" seq="${sequence}" len="2" prev="${code(0)}" mac="`;
  const back = '"][timeQuality tzKnown="1" isSynced="0"] {}';
  const mac = codeOf(new Keys(key, boot).of(sequence), Buffer.from(front), Buffer.from(back));
  return Buffer.from(front + (isForged ? "f".repeat(32) : mac) + back);
}
/** One of a log without a key. */
const plain = (boot: number, sequence: number) =>
  Buffer.from(
    `<109>1 2026-03-02T00:00:01.000000Z weir weir - eve [weir@32473 boot="${boot}" seq="${sequence}"][timeQuality tzKnown="1"] {}`,
  );

describe("work", () => {
  it("fills up with time, up to a burst; a clock that goes back fills nothing", () => {
    const bucket = new Bucket({ burst: 2, perSecond: 10 });
    const left = (now: number) => {
      let sum = 0;
      for (; bucket.has(now); sum++) bucket.take();
      return sum;
    };
    expect([0, 0, 99, 100, 50, 150, 199, 250, 10_000].map(left)).toEqual([2, 0, 0, 1, 0, 1, 0, 1, 2]);
  });

  it("is each source's own, whatever its port, and of strangers also that of all", () => {
    const work = new WorkLimit({ burst: 2, perSecond: 0 }, { burst: 3, perSecond: 0 });
    const done = (from: string) => {
      const has = work.has(from, 0);
      if (has) work.take(from);
      return has;
    };
    work.know("10.0.0.9:1");
    const froms = ["10.0.0.1:1", "10.0.0.1:2", "10.0.0.1:3", "[fd00::1]:1", "[fd00::2]:1", "10.0.0.9:7", "10.0.0.9:8"];
    expect([...froms, "10.0.0.9:9"].map(done)).toEqual([true, true, false, true, false, true, true, false]);
  });

  it("is remembered of 1024 sources", () => {
    for (const [others, has] of [
      [1023, false],
      [1024, true],
    ] as const) {
      const work = new WorkLimit({ burst: 1, perSecond: 0 }, { burst: 9999, perSecond: 0 });
      work.take("a:1");
      for (let n = 0; n < others; n++) work.take(`b${n}:1`);
      expect(work.has("a:1", 0)).toBe(has);
    }
  });
});

describe("keys", () => {
  it("are derived in as few steps as there are between them, and once", () => {
    const keys = new Keys(key, 7);
    const steps = [1, 64, 65, 129, 193, 1, 2 ** 38, 2 ** 37, 128].map((n) => cost(() => keys.of(n)));
    expect(steps).toEqual([32, 0, 1, 2, 1, 0, 32, 32, 0]);
    expect(keys.of(129)).toEqual(new Keys(key, 7).of(129));
    expect(keys.of(64)).not.toEqual(keys.of(65));
    expect(keys.of(2 ** 38)).toEqual(new Keys(key, 7).of(2 ** 38));
  });

  it("of 4096 epochs are remembered", () => {
    const keys = new Keys(key, 7);
    for (let epoch = 0; epoch < 4096; epoch++) keys.of(1 + 64 * epoch);
    expect(cost(() => keys.of(1))).toBe(0);
    keys.of(1 + 64 * 4096);
    expect(cost(() => keys.of(65))).toBe(0);
    expect(cost(() => keys.of(1))).toBeGreaterThan(0);
  });

  it.each([
    [16, 16],
    [17, 17 + 16 * 33], // the last claimed one's are at hand
  ])("of %i starts are remembered", (starts, expected) => {
    const verifier = new Verifier({ key, onReport: () => {} });
    const all = Array.from({ length: 4 }, (_, n) =>
      Array.from({ length: starts }, (_, boot) => record(boot + 1, n + 1)),
    );
    const take = (n: number) => cost(() => all[n]!.map((payload) => verifier.take(payload)));
    const [first, second, , fourth] = [0, 1, 2, 3].map(take);
    expect(first).toBe(34 * starts);
    expect(second).toBeGreaterThanOrEqual(starts);
    expect(fourth).toBe(expected);
  });

  it("of a claimed start are derived once", () => {
    const verifier = new Verifier({ key, onReport: () => {} });
    const [forged, genuine] = [record(7, 1, true), record(7, 1)];
    expect([forged, forged, genuine, record(7, 1, true)].map((one) => cost(() => verifier.take(one)))).toEqual([
      34, 1, 1, 1,
    ]);
  });
});

describe("claims", () => {
  const none = () => new WorkLimit({ burst: 0, perSecond: 0 }, { burst: 0, perSecond: 0 });
  const waiting = () => {
    const reports: Report[] = [];
    const verifier = new Verifier({
      key,
      work: none(),
      state: { boots: [{ boot: 7, highest: 100_000, missing: [] }] },
      onReport: (one) => reports.push(one),
    });
    return { verifier, reports };
  };

  it("65,536 records from the highest that came are checked at once, others wait", () => {
    for (const [sequence, isChecked] of [
      [100_000 + 65_536, true],
      [100_000 + 65_537, false],
      [100_000 - 65_536, true],
      [100_000 - 65_537, false],
    ] as const) {
      const { verifier } = waiting();
      const payload = record(7, sequence, true);
      expect(cost(() => verifier.take(payload)) > 0, `${sequence}`).toBe(isChecked);
    }
  });

  it("4096 wait; then the oldest goes unchecked", () => {
    const { verifier, reports } = waiting();
    for (let n = 1; n <= 4096; n++) verifier.take(plainForged(8, n), 0, "10.0.0.1:1");
    expect(reports).toEqual([]);
    verifier.take(plainForged(8, 5000), 0, "10.0.0.1:1");
    expect(reports).toEqual([{ class: "unchecked", boot: 8, first: 1, datagram: 1, from: "10.0.0.1:1" }]);
  });
  const plainForged = (boot: number, sequence: number) =>
    Buffer.from(forged.replace('boot="8"', `boot="${boot}"`).replace('seq="1"', `seq="${sequence}"`));
  const forged = record(8, 1, true).toString();

  it("a record of a number beyond all keys is forged, and no key is derived", () => {
    const { verifier, reports } = waiting();
    const beyond = Buffer.from(forged.replace('seq="1"', `seq="${2 ** 38 + 1}"`));
    expect(cost(() => verifier.take(beyond))).toBe(0);
    verifier.finish();
    expect(reports).toEqual([{ class: "forged", boot: 8, first: 2 ** 38 + 1, datagram: 1 }]);
  });
});

describe("starts", () => {
  it("1024 are remembered: the one that no record has come of for longest goes, and what it misses stays missing", () => {
    const verifier = new Verifier({ onReport: () => {} });
    for (let boot = 1; boot <= 1024; boot++) verifier.take(plain(boot, 3));
    verifier.take(plain(1, 4));
    expect([verifier.state.boots.length, verifier.missing]).toEqual([1024, 2048]);
    verifier.take(plain(2000, 3));
    const { boots } = verifier.state;
    expect([boots.length, verifier.missing]).toEqual([1024, 2050]);
    expect([boots[0], boots[1], boots.at(-1)]).toEqual([
      { boot: 1, highest: 4, missing: [[1, 2]] },
      { boot: 3, highest: 3, missing: [[1, 2]] },
      { boot: 2000, highest: 3, missing: [[1, 2]] },
    ]);
  });
});

describe("codes", () => {
  const filled = (count: number, step = 1) => {
    const codes = new Codes();
    for (let n = 0; n < count; n++) codes.add(7, 1 + n * step, code(1 + n * step), true);
    return codes;
  };
  it("of 65,536 records are remembered, and of one in 64 before them", () => {
    const codes = filled(65_537 + 64);
    expect([1, 65, 66].map((n) => codes.owner(code(n))?.sequence)).toEqual([undefined, undefined, 66]);
    expect([1, 2, 64, 65, 66].map((n) => codes.of(7, n))).toEqual([code(1), undefined, undefined, code(65), code(66)]);
  });

  it("16,384 of one in 64, of which a state has all, and the last 2048 records", () => {
    const { state } = filled(16_385, 64);
    expect([state.length, state[0]]).toEqual([16_384, `7 65 ${code(65)}`]);
    expect(filled(64 * 40).state).toEqual([
      ...Array.from({ length: 8 }, (_, n) => `7 ${1 + 64 * n} ${code(1 + 64 * n)}`),
      ...Array.from({ length: 2048 }, (_, n) => n + 513)
        .sort((a, b) => Number(b % 64 === 1) - Number(a % 64 === 1) || a - b)
        .map((n) => `7 ${n} ${code(n)}`),
    ]);
  });

  it("a code is new once; that its record came is remembered of either time", () => {
    const codes = new Codes();
    expect([false, true, false].map((came) => [codes.add(7, 2, code(2), came), codes.owner(code(2))!.came])).toEqual([
      [true, false],
      [false, true],
      [false, true],
    ]);
    expect(codes.state).toEqual([`7 2 ${code(2)}`]);
    codes.add(7, 3, code(3), false);
    expect(codes.state).toEqual([`7 2 ${code(2)}`, `7 3 ${code(3)} x`]);
  });
});

describe("suspects", () => {
  const suspects = () => {
    const called: [number | undefined, string, string?][] = [];
    const all = new Suspects(({ datagram, class: name, late }, before) =>
      called.push([datagram, late ? `${name}, late` : name, ...(before ? [before] : [])] as [number, string]),
    );
    const add = (n: number, records = 1e9, time = 1e9) =>
      all.add([code(n)], { class: "forged", datagram: n }, records, time);
    return { all, called, add };
  };

  it("65,536 wait; then the oldest is forged", () => {
    const { all, called, add } = suspects();
    for (let n = 1; n <= 65_536; n++) add(n);
    expect([all.length, called]).toEqual([65_536, []]);
    add(65_537);
    expect([all.length, called]).toEqual([65_536, [[1, "forged"]]]);
  });

  it("65,536 that were called forged may yet be called tampered", () => {
    const { all, called, add } = suspects();
    for (let n = 1; n <= 65_537; n++) add(n, 0, 0);
    all.settle(0, 0);
    expect(called).toHaveLength(65_537);
    for (const n of [1, 2]) all.known(code(n), 7, 3);
    expect(called.slice(65_537)).toEqual([[2, "tampered, late", "forged"]]);
  });

  it.each([
    ["records have come", 10, 19, [[1, "forged"]]],
    ["time has passed", 9, 20, [[1, "forged"]]],
    ["neither", 9, 19, []],
  ])("are forged when enough %s", (_, records, time, expected) => {
    const { all, called, add } = suspects();
    add(1, 10, 20);
    add(2, 11, 21);
    all.settle(records, time);
    expect(called).toEqual(expected);
    all.known(code(2), 7, 3);
    all.known(code(2), 7, 3);
    expect(called).toEqual([...expected, [2, "tampered"]]);
    all.settle(Infinity, Infinity);
    expect(called.length).toBe(2);
  });
});

it("a queue gives what was put in, in that order, however much was taken before", () => {
  const queue = new Queue<number>();
  const taken: number[] = [];
  for (let n = 0; n < 5000; n++) {
    queue.push(n);
    if (n % 3) taken.push(queue.shift());
  }
  expect([queue.length, queue.first]).toEqual([5000 - taken.length, taken.length]);
  expect([queue.some((n) => n === taken.length - 1), queue.some((n) => n === 4999)]).toEqual([false, true]);
  while (queue.length) taken.push(queue.shift());
  expect(taken).toEqual(Array.from({ length: 5000 }, (_, n) => n));
  expect([queue.first, queue.some(() => true)]).toEqual([undefined, false]);
  expect(() => queue.shift()).toThrow("nothing is waiting");
});
