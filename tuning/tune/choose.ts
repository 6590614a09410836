/** The factor on a detector's thresholds that a share of the budget allows, from what it said of clean traffic. */

import { ENOUGH, type Limit, limitFor } from "../../lib/numerics/threshold.ts";
import { bursts } from "../evaluate/evaluation.ts";

/** What the budget counts. */
export interface Unit {
  /**
   * alarms: runs of findings of one detector at most `gap` seconds apart, as the false alarms of weir evaluate.
   * records: packets or 1553 messages of which a finding says something, as its false-positive rate.
   */
  kind: "alarms" | "records";
  /** Seconds. */
  gap: number;
}

/** A finding as far as it counts here; `ratio` is score / threshold of the baseline. */
export interface Finding {
  time: number;
  number: number;
  ratio: number;
}

export interface Choice {
  /** On the thresholds of the baseline: alarm when ratio > factor. */
  factor: number;
  /**
   * rank, extreme: as in numerics/threshold.ts. largest: above all that clean traffic did, and not below the baseline's own.
   * baseline: nothing came near, so the baseline's own thresholds stand.
   */
  method: Limit["method"] | "baseline";
  /** Independent peaks that it was chosen from. */
  peaks: number;
}

/** Thresholds are lowered to this to see how near an alarm clean traffic came; so none is set lower. */
export const LOWERED = 0.1;
/** What a policy can say. */
export const HIGHEST = 100;
/** A fitted tail may promise anything: never farther out than this many times the largest seen. */
const REACH = 1.5;
/** Alarms wanted in the time observed below which a fitted tail does not lower a threshold. */
const SUPPORTED = 0.1;

/** Alarms, or records, that findings above a factor make. */
export function countAbove(findings: readonly Finding[], factor: number, { kind, gap }: Unit): number {
  const above = findings.filter(({ ratio }) => ratio > factor);
  if (kind === "records") return new Set(above.map(({ number }) => number)).size;
  return bursts(
    above.map(({ time }) => time),
    gap,
  );
}

/** The lowest factor at which no more than `allowed` are made; 0 when all are allowed. */
export function leastFactor(findings: readonly Finding[], allowed: number, unit: Unit): number {
  const steps = [...new Set(findings.map(({ ratio }) => ratio))].sort((a, b) => a - b);
  let [low, high] = [-1, steps.length - 1]; // steps[high] is high enough: nothing is above the last
  const enough = (i: number) => countAbove(findings, i < 0 ? 0 : steps[i]!, unit) <= allowed;
  if (high < 0 || enough(-1)) return 0;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return steps[high]!;
}

/** Upwards to four digits: what is written is no lower than what was found. */
export function rounded(factor: number): number {
  const unit = 10 ** (Math.floor(Math.log10(factor)) - 3);
  const steps = Math.ceil(factor / unit - 1e-9);
  return Number((steps * unit).toPrecision(4));
}

/** One a record, the largest; in order of time. */
function observed(findings: readonly Finding[], { kind }: Unit): Finding[] {
  const sorted = [...findings].sort((a, b) => a.time - b.time || a.number - b.number);
  if (kind === "alarms") return sorted;
  const largest = new Map<number, Finding>();
  for (const finding of sorted) {
    const before = largest.get(finding.number);
    if (!before || finding.ratio > before.ratio) largest.set(finding.number, finding);
  }
  return [...largest.values()].sort((a, b) => a.time - b.time || a.number - b.number);
}

/**
 * @param findings of clean traffic, with thresholds LOWERED
 * @param rate     alarms (or records) per hour that this detector may make
 * @param hours    of clean traffic
 */
export function choose(findings: readonly Finding[], rate: number, hours: number, unit: Unit): Choice {
  if (!findings.length) return { factor: 1, method: "baseline", peaks: 0 };
  const list = observed(findings, unit);
  const clean = { scores: list.map(({ ratio }) => ratio), times: list.map(({ time }) => time), hours };
  const { limit, method, peaks, expected } = limitFor(clean, { rate, gap: unit.kind === "alarms" ? unit.gap : -1 });
  const least = leastFactor(list, Math.floor(expected + 1e-9), unit);
  const largest = list.reduce((most, { ratio }) => Math.max(most, ratio), 0);
  // With a few alarms to be expected their rank says it too, though less sharply
  const ranked = method === "rank" || (method === "largest" && expected >= 1);
  // Only what was observed for long enough says that a threshold may be lower than the baseline has it
  const supported = expected >= (method === "extreme" ? SUPPORTED : ENOUGH);
  const floor = supported ? LOWERED : 1;
  const reached = ranked ? 0 : method === "extreme" ? Math.min(limit, REACH * largest) : limit;
  const factor = rounded(Math.min(HIGHEST, Math.max(floor, least, reached)));
  return { factor, method: factor === 1 ? "baseline" : ranked ? "rank" : method, peaks };
}
