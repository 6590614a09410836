/** What an operator should know before believing the thresholds. */
import type { DetectorName } from "../../detectors/catalogue.ts";
import type { Rate } from "../../lib/numerics/intervals.ts";
import { poissonTail, type Uneven } from "./check.ts";
import type { Clean } from "./clean.ts";
import type { Job, TunedDetector } from "./job.ts";

export type Warning =
  /** Fewer than ENOUGH alarms are to be expected in all the hours. */
  | { what: "short"; expected: number; hours: number; needed: number }
  /** Held-out blocks give significantly more than the budget. */
  | { what: "over"; detector: DetectorName | "all"; rate: Rate; budget: number; chance: number }
  /** A block comes nearer to alarms than the others. */
  | { what: "drift"; detector: DetectorName; uneven: Uneven }
  /** The baseline knows captures that were not given: blocks are judged by less than it knows. */
  | { what: "missing"; captures: number }
  /** Captures with attacks were learned: what is in them is normal. */
  | { what: "learned-attacks"; captures: number };

/** Alarms to be expected in the whole length, for it to say something about the budget. */
const FEWEST = 3;
/** A recording of three hours ends with its last message, a little before they are over. */
const ENOUGH = 0.99 * FEWEST;
/** Of a warning where nothing is wrong, for all detectors together. */
const CHANCE = 0.01;

interface Facts {
  job: Job;
  detectors: readonly TunedDetector[];
  heldOut: Rate;
  /** The budget per hour, and what is left of it for detectors with thresholds. */
  rate: number;
  left: number;
  clean: Clean;
}

export function warningsOf({ job, detectors, heldOut, rate, left, clean }: Facts): Warning[] {
  const { hours, known, crossed } = clean;
  const warnings: Warning[] = [];
  if (rate * hours < ENOUGH) warnings.push({ what: "short", expected: rate * hours, hours, needed: FEWEST / rate });
  const over = (detector: DetectorName | "all", held: Rate, budget: number) => {
    const chance = poissonTail(held.count, Math.max(0, budget) * hours);
    const each = detector === "all" ? CHANCE : CHANCE / detectors.length;
    if (chance < each) warnings.push({ what: "over", detector, rate: held, budget, chance });
  };
  over("all", heldOut, rate);
  for (const { name, heldOut: held, share } of detectors) over(name, held, left * share);
  for (const { name, uneven } of detectors)
    if (uneven && uneven.chance < CHANCE / detectors.length) warnings.push({ what: "drift", detector: name, uneven });
  const missing = job.baseline.captures.length - known.length;
  if (crossed && missing > 0) warnings.push({ what: "missing", captures: missing });
  if (!crossed && known.length) warnings.push({ what: "learned-attacks", captures: known.length });
  return warnings;
}
