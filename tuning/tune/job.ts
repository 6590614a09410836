/** What is asked of tune(), and what it answers for one detector. */
import type { Baseline } from "../../detectors/baseline/file.ts";
import type { DetectorName } from "../../detectors/catalogue.ts";
import type { Rate } from "../../lib/numerics/intervals.ts";
import type { Attacked } from "./attacks.ts";
import type { Timeline } from "./blocks.ts";
import type { Uneven } from "./check.ts";
import type { Choice, Unit } from "./choose.ts";
import type { Factors } from "./replay.ts";

export interface Budget {
  /** Alarms per hour, or share of the records; all detectors together. */
  most: number;
  unit: Unit;
}

export interface Job {
  clean: Timeline;
  attacked: Attacked | undefined;
  baseline: Baseline;
  /** That the old thresholds are read from. */
  baselineFile: string;
  /** Detectors that the policy switches off, and the factors that it has. */
  off: ReadonlySet<DetectorName>;
  old: Factors;
  budget: Budget;
  /** Into how many the time is cut. */
  blocks: number;
}

export interface TunedDetector {
  name: DetectorName;
  /** Of the budget that is left by those without a threshold; of all 1. */
  share: number;
  old: number;
  choice: Choice;
  /** Each block at the threshold that the others give. */
  heldOut: Rate;
  uneven: Uneven | undefined;
}
