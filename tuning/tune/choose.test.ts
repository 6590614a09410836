import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { uniform } from "../../lib/numerics/random.ts";
import { bursts } from "../evaluate/evaluation.ts";
import { choose, countAbove, type Finding, LOWERED, leastFactor, rounded } from "./choose.ts";

const ALARMS = { kind: "alarms", gap: 60 } as const;
const RECORDS = { kind: "records", gap: 60 } as const;

/** Bursts with exponential heights, one each 100 s on average. */
function traffic(hours: number, seed: number, scale = 0.2): Finding[] {
  const random = uniform(seed);
  const out: Finding[] = [];
  for (let time = 0; time < hours * 3600; time += -100 * Math.log(1 - random()))
    for (let i = 0; i < 3; i++)
      out.push({ time: time + i, number: out.length + 1, ratio: LOWERED - scale * Math.log(1 - random()) });
  return out;
}

const finding = fc.record({
  time: fc.integer({ min: 0, max: 2000 }),
  number: fc.integer({ min: 1, max: 40 }),
  ratio: fc.double({ min: 0.1, max: 10, noNaN: true }),
});

describe("a factor", () => {
  it("allows no more than it may, and none below it would (of records, whose count falls with the factor)", () => {
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 60 }), fc.integer({ min: 0, max: 20 }), (findings, allowed) => {
        const factor = leastFactor(findings, allowed, RECORDS);
        expect(countAbove(findings, factor, RECORDS)).toBeLessThanOrEqual(allowed);
        const below = findings.map(({ ratio }) => ratio).filter((ratio) => ratio < factor);
        if (below.length) expect(countAbove(findings, Math.max(...below), RECORDS)).toBeGreaterThan(allowed);
        expect(countAbove(findings, leastFactor(findings, allowed, ALARMS), ALARMS)).toBeLessThanOrEqual(allowed);
      }),
      { seed: 8, numRuns: 300 },
    );
  });

  it("counts alarms as weir evaluate does", () => {
    const findings = traffic(2, 1);
    const above = findings.filter(({ ratio }) => ratio > 0.5).map(({ time }) => time);
    expect(countAbove(findings, 0.5, ALARMS)).toBe(bursts(above, 60));
    expect(countAbove(findings, 0.5, ALARMS)).toBeGreaterThan(10);
  });

  it("is written no lower than it was found", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 100, noNaN: true }), (factor) => {
        const out = rounded(factor);
        expect(out).toBeGreaterThanOrEqual(factor * (1 - 1e-12));
        expect(out).toBeLessThanOrEqual(factor * 1.0011);
        expect(String(out).replace(/^0\.0*|\./g, "").length).toBeLessThanOrEqual(4);
      }),
      { seed: 8 },
    );
  });
});

describe("a choice", () => {
  it("by rank where many alarms are to be expected: that many, no more", () => {
    const findings = traffic(20, 2);
    const { factor, method } = choose(findings, 2, 20, ALARMS);
    expect(method).toBe("rank");
    expect(countAbove(findings, factor, ALARMS)).toBeLessThanOrEqual(40);
    expect(countAbove(findings, factor, ALARMS)).toBeGreaterThanOrEqual(36);
  });

  it("by the tail where none is: on other days of the same traffic about the rate that was wanted", () => {
    let alarms = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const { factor, method } = choose(traffic(20, seed), 0.02, 20, ALARMS);
      expect(method).toBe("extreme");
      alarms += countAbove(traffic(20, 1000 + seed), factor, ALARMS);
    }
    // 0.02 an hour in 400 hours: 8
    expect(alarms).toBeGreaterThanOrEqual(2);
    expect(alarms).toBeLessThanOrEqual(24);
  });

  it("never below the baseline's own on little; above what came", () => {
    const few = traffic(20, 3).slice(0, 20);
    expect(choose(few, 0.01, 0.5, ALARMS)).toMatchObject({ factor: 1, method: "baseline" });
    const loud = few.map((one) => ({ ...one, ratio: one.ratio + 2 }));
    const { factor, method } = choose(loud, 0.01, 0.5, ALARMS);
    expect(method).toBe("largest");
    expect(countAbove(loud, factor, ALARMS)).toBe(0);
    expect(choose([], 1, 1, ALARMS)).toEqual({ factor: 1, method: "baseline", peaks: 0 });
  });

  it("of records: a record counts once, however often it is named", () => {
    const findings = traffic(20, 4).map((one, i) => ({ ...one, number: 1 + (i >> 1) }));
    const { factor } = choose(findings, 5, 20, RECORDS);
    const above = new Set(findings.filter(({ ratio }) => ratio > factor).map(({ number }) => number)).size;
    expect(above).toBeLessThanOrEqual(100);
    expect(above).toBeGreaterThanOrEqual(95);
  });
});
