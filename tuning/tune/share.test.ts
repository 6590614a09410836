import { describe, expect, it } from "vitest";
import { DETECTOR_NAMES, type DetectorName, FIXED } from "../../detectors/catalogue.ts";
import { familiesOf, sharesForAttacks, sharesOf } from "./share.ts";

const entries = (...names: string[]) => names.map((detector) => ({ detector }));
const sum = (shares: ReadonlyMap<DetectorName, number>) => [...shares.values()].reduce((all, share) => all + share, 0);

describe("shares of a budget", () => {
  it("every detector has a place: in a family, or without a threshold", () => {
    const all = sharesOf(
      entries("new-pair", "flood", "arp", "rate", "silence", "shape.class", "bus.message"),
      new Set(),
      true,
    );
    expect([...all.keys(), ...FIXED].sort()).toEqual([...DETECTOR_NAMES].sort());
  });

  it("are equal among families, and within one", () => {
    const bus = sharesOf(entries("bus", "bus.data"), new Set(), false);
    expect(bus.size).toBe(10);
    expect(bus.get("bus-gap")).toBeCloseTo(0.1, 12);
    const both = sharesOf(entries("bus", "rate.host"), new Set(["bus-load"]), false);
    expect(familiesOf(both)).toBe(2);
    expect(both.get("rate")).toBe(0.5);
    expect(both.get("bus-gap")).toBeCloseTo(0.5 / 9, 12);
    expect(both.has("bus-load")).toBe(false);
    expect(sum(both)).toBeCloseTo(1, 12);
  });

  it("go to the detectors that find more with them, where attacks are labelled", () => {
    const shares = sharesOf(entries("rate", "flood"), new Set(), false);
    // rate finds one more at 0.6 of the budget, flood nothing whatever it has
    const factorAt = (name: DetectorName, share: number) => (name === "rate" ? (share >= 0.6 ? 1 : 2) : 10);
    const found = new Map<DetectorName, number>([["rate", 5]]);
    const missed = new Map<DetectorName, number>([
      ["rate", 1.5],
      ["flood", 1.5],
    ]);
    const divided = sharesForAttacks(shares, factorAt, [found, missed]);
    // 14 of 20 steps, of a half of the budget; what is left of them is divided as the first half is
    expect(divided.get("rate")).toBeCloseTo(0.25 + 14 / 40 + 0.5 * (6 / 40), 12);
    expect(divided.get("flood")).toBeCloseTo(0.25 + 0.5 * (6 / 40), 12);
    // Nobody finds it with all of the half, so nobody gets it
    const beyond = sharesForAttacks(shares, (_, share) => (share > 0.75 ? 1 : 2), [missed]);
    for (const [name, share] of shares) expect(beyond.get(name)).toBeCloseTo(share, 12);
    // Two attacks for two steps rather than one for one and a half; the last step is used too
    const many = [2.5, 2.4, 1.5].map((peak) => new Map<DetectorName, number>([["flood", peak]]));
    const gained = sharesForAttacks(shares, (_, share) => 3 - 2 * share - 1e-9, many);
    expect(gained.get("flood")).toBeCloseTo(0.75, 12);
    expect(gained.get("rate")).toBeCloseTo(0.25, 12);
    const unchanged = sharesForAttacks(shares, () => 1, [found]);
    for (const [name, share] of shares) expect(unchanged.get(name)).toBeCloseTo(share, 12);
  });
});
