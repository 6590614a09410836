/** What tuning came to, for people: a table of detectors, sums, warnings. */

import type { Threshold } from "../../detectors/learned.ts";
import type { Rate } from "../../lib/numerics/intervals.ts";
import { duration, table } from "../evaluate/text.ts";
import type { Found } from "./attacks.ts";
import type { Timeline } from "./blocks.ts";
import { LOWERED } from "./choose.ts";
import type { Budget, TunedDetector } from "./job.ts";
import type { Outcome, Tuned } from "./tune.ts";
import type { Warning } from "./warnings.ts";

const MOST_NAMES = 10;

const figure = (x: number) => (Number.isFinite(x) ? String(Number(x.toPrecision(3))) : "-");
const interval = ({ rate, low, high }: Rate) => `${figure(rate)} (${figure(low)} to ${figure(high)})`;
const change = (old: number | string, now: number | string) => (old === now ? `${now}` : `${old} -> ${now}`);

export function budgetText({ most, unit }: Budget): string {
  return unit.kind === "alarms" ? `${figure(most)} alarms per hour` : `${figure(most)} of the records`;
}

/** How thresholds follow, in a sentence; for the policy. */
export function ruleText({ crossed, windows }: Tuned, labelled: boolean): string {
  const judged = crossed
    ? `each of ${windows.length} blocks of time by what the others teach`
    : "by the baseline as it is";
  return (
    `clean captures judged ${judged}; rank, extreme-value tail or largest of what comes near an alarm, for each detector's ` +
    `share of the budget: ${labelled ? "half equal, half for the labelled attacks" : "equal"} (tuning/tune/)`
  );
}

const ORIGIN: Record<TunedDetector["choice"]["method"], string> = {
  rank: "rank",
  extreme: "tail",
  largest: "largest",
  baseline: "baseline",
};

export function tunedText(
  tuned: Tuned,
  { budget, clean }: { budget: Budget; clean: Timeline },
  old: readonly Threshold[],
): string {
  const { detectors, windows, crossed, here, heldOut, attacks, hours, fixed } = tuned;
  const names = clean.recordings.length === 1 ? clean.recordings[0]!.name : `${clean.recordings.length} captures`;
  const noun = budget.unit.kind === "alarms" ? "alarms" : "records with an alert";
  const head = [
    "",
    "budget",
    "threshold",
    "from",
    "peaks",
    "held out, per hour",
    "here",
    ...(attacks ? ["found", "after"] : []),
    "",
  ];
  const rows = detectors.map((one) => {
    const { name, share, choice } = one;
    const own = attacks?.byDetector.get(name);
    return [
      name,
      figure(share * budgetLeft(tuned)),
      change(one.old, choice.factor),
      ORIGIN[choice.method],
      String(choice.peaks),
      interval(one.heldOut),
      change(here.old.byDetector.get(name) ?? 0, here.new.byDetector.get(name) ?? 0),
      ...(attacks ? [change(own?.old.found ?? 0, own?.new.found ?? 0), delayText(own?.new)] : []),
      "",
    ];
  });
  return [
    `${names}: ${hours.toFixed(4)} h of clean traffic in ${windows.length} blocks, ` +
      (crossed ? "each block judged by what the others teach" : "judged by the baseline as it is"),
    `budget: ${budgetText(budget)}${budget.unit.kind === "records" ? `, which is ${figure(tuned.rate)} an hour` : ""}`,
    "",
    ...table([head, ...rows]),
    `threshold: factor on the baseline's. peaks: ${noun} with thresholds at ${LOWERED} of the baseline's. here: ${noun} on these captures.`,
    ...fixed.map(
      (one) => `${one.name} has no threshold and makes ${interval(one.rate)} per hour: the others share the rest`,
    ),
    "",
    ...thresholdLines(old, tuned.baseline.thresholds),
    `held out: ${heldOut.count} ${noun}, ${figure(heldOut.rate)} per hour (95 %: ${figure(heldOut.low)} to ${figure(heldOut.high)})`,
    ...(["old", "new"] as const).map((which) => outcomeText(which, here[which], noun)),
    ...attackLines(tuned),
    "",
  ].join("\n");
}

const budgetLeft = ({ rate, fixed }: Tuned) => Math.max(0, rate - fixed.reduce((sum, one) => sum + one.rate.rate, 0));

const delayText = (found: Found | undefined) =>
  found?.medianDelay === null || !found ? "-" : duration(found.medianDelay);

function outcomeText(which: "old" | "new", { alarms, alerts }: Outcome, noun: string): string {
  const list = [...alerts].map(([name, n]) => `${name} ${n}`).join(", ") || "none";
  return `${which} thresholds on these captures: ${alarms.count} ${noun}, ${figure(alarms.rate)} per hour; alerts ${list}`;
}

/** The limits in the baseline that changed. */
function thresholdLines(old: readonly Threshold[], now: readonly Threshold[]): string[] {
  const key = ({ detector, key, quantity }: Threshold) => `${detector}${key ? ` ${key}` : ""}: ${quantity}`;
  const before = new Map(old.map((one) => [key(one), one.limit]));
  const lines = now.flatMap((one) => {
    const [was, is] = [before.get(key(one)), one.limit].map((n) =>
      n === undefined ? "none" : String(Number(n.toPrecision(4))),
    );
    return was === is ? [] : [`  ${key(one)} ${was} -> ${is}`];
  });
  if (!lines.length) return ["limits in the baseline: as they were", ""];
  return [`limits in the baseline: ${lines.length} of ${now.length} change`, ...lines, ""];
}

function attackLines({ attacks }: Tuned): string[] {
  if (!attacks) return [];
  const list = (names: readonly string[]) =>
    names.length
      ? names.slice(0, MOST_NAMES).join(", ") +
        (names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "")
      : "none";
  const { old, new: now } = attacks;
  return [
    `attacks found: ${change(old.found, now.found)} of ${attacks.attacks}, half of them after ${delayText(now)} at most; ` +
      `lost: ${list(attacks.lost)}; gained: ${list(attacks.gained)}`,
  ];
}

/** `block 3 of 5 (0.40 h to 0.60 h of clean.ch10)`; with the time of day where the capture has it. */
export function blockText({ windows }: Tuned, block: number, { recordings, seconds }: Timeline): string {
  const { from, to } = windows[block]!;
  const until = Math.min(to, seconds);
  const at = recordings.findLast(({ start }) => start <= from) ?? recordings[0]!;
  const end = recordings.findLast(({ start }) => start < until) ?? at;
  const place = (position: number, { start, clock }: typeof at) =>
    clock === undefined
      ? `${duration(position - start)}`
      : `${new Date(clock.timeOf(position - start) * 1000).toISOString().slice(0, 19)}Z`;
  const where =
    at === end
      ? `${place(from, at)} to ${place(until, at)} of ${at.name}`
      : `${place(from, at)} of ${at.name} to ${place(until, end)} of ${end.name}`;
  return `block ${block + 1} of ${windows.length} (${where})`;
}

export function warningText(warning: Warning, tuned: Tuned, clean: Timeline): string {
  switch (warning.what) {
    case "short":
      return (
        `too short for this budget: ${figure(warning.expected)} alarms are expected in ${warning.hours.toFixed(4)} h, and fewer than 3 ` +
        `do not show whether it is kept; ${figure(warning.needed)} h of clean captures are needed`
      );
    case "over":
      return (
        `${warning.detector === "all" ? "all detectors together" : warning.detector}: held-out blocks give ` +
        `${interval(warning.rate)} per hour where the budget is ${figure(warning.budget)} (chance ${warning.chance.toExponential(0)}): ` +
        "traffic changes over time, or too little of it was learned"
      );
    case "drift": {
      const { block, count, of, chance } = warning.uneven;
      return (
        `${warning.detector}: drifts: ${count} of the ${of} times that came nearest to an alarm are in ` +
        `${blockText(tuned, block, clean)} (chance ${chance.toExponential(0)})`
      );
    }
    case "missing":
      return (
        `the baseline knows ${warning.captures} captures that were not given: blocks are judged by the given ones only, which is ` +
        "less, so their estimates err to more alarms"
      );
    case "learned-attacks":
      return `${warning.captures} labelled captures were learned: the baseline takes their attacks for normal`;
  }
}
