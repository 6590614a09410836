/**
 * How a budget is divided among detectors.
 *
 * Equally among the families that can alarm (what learned.ts calls a detector), within a family equally among its detectors: the sum of what they are allowed is the budget (Bonferroni). With labelled attacks half of it is
 * divided so; the other half goes in steps to whoever finds most attacks by it that nobody has found, per step (greedy), and
 * what is left of it is divided as the first.
 */
import { type DetectorName, FAMILIES, UNTAUGHT } from "../../detectors/catalogue.ts";
import type { Entry } from "../../detectors/learned.ts";

/**
 * Shares of the budget, 1 together, of the detectors that can alarm.
 * @param off    those that are switched off
 * @param frames the captures are of a network
 */
export function sharesOf(
  entries: readonly Entry[],
  off: ReadonlySet<DetectorName>,
  frames: boolean,
): Map<DetectorName, number> {
  const spoken = new Set([...entries.map(({ detector }) => detector.split(".")[0]!), ...(frames ? UNTAUGHT : [])]);
  const families = Object.entries(FAMILIES)
    .filter(([name]) => spoken.has(name))
    .map(([, detectors]) => detectors.filter((name) => !off.has(name)))
    .filter(({ length }) => length > 0);
  return new Map(
    families.flatMap((detectors) =>
      detectors.map((name): [DetectorName, number] => [name, 1 / families.length / detectors.length]),
    ),
  );
}

/** Families that a baseline speaks of: each by itself makes thresholds for its part of the budget. */
export function familiesOf(shares: ReadonlyMap<DetectorName, number>): number {
  return Object.values(FAMILIES).filter((detectors) => detectors.some((name) => shares.has(name))).length;
}

const STEPS = 20;

/**
 * @param shares  by sharesOf()
 * @param factorAt the factor that a detector would get at a share
 * @param peaks   of each attack, the largest ratio that a detector gave it
 */
export function sharesForAttacks(
  shares: ReadonlyMap<DetectorName, number>,
  factorAt: (detector: DetectorName, share: number) => number,
  peaks: readonly ReadonlyMap<DetectorName, number>[],
): Map<DetectorName, number> {
  const given = new Map([...shares].map(([name, share]) => [name, share / 2]));
  const finds = (name: DetectorName, share: number, peak: ReadonlyMap<DetectorName, number>) =>
    (peak.get(name) ?? 0) > factorAt(name, share);
  let missed = peaks.filter((peak) => ![...given].some(([name, share]) => finds(name, share, peak)));
  let left = STEPS;
  while (left > 0 && missed.length > 0) {
    let best = { name: undefined as DetectorName | undefined, steps: 1, gain: 0 };
    for (const [name, share] of given)
      for (let steps = 1; steps <= left; steps++) {
        const found = missed.filter((peak) => finds(name, share + steps / (2 * STEPS), peak)).length;
        if (found / steps > best.gain) best = { name, steps, gain: found / steps };
      }
    if (!best.name) break;
    const share = given.get(best.name)! + best.steps / (2 * STEPS);
    given.set(best.name, share);
    left -= best.steps;
    missed = missed.filter((peak) => !finds(best.name!, share, peak));
  }
  for (const [name, share] of shares) given.set(name, given.get(name)! + (share * left) / (2 * STEPS));
  return given;
}
