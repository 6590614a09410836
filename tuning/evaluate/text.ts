/** An evaluation as tables for people, and as JSON for machines. */
import type { Rate } from "../../lib/numerics/intervals.ts";
import { type ByRecord, type Evaluation, FALSE_POSITIVE_RATES } from "./evaluation.ts";

const MOST_ATTACKS = 40;

const figure = (x: number, digits = 4) => (Number.isFinite(x) ? x.toFixed(digits) : "-");
const small = (x: number) =>
  !Number.isFinite(x) ? "-" : x === 0 ? "0" : x < 0.001 ? x.toExponential(1) : x.toFixed(4);
export const duration = (s: number): string =>
  s < 1
    ? `${Number((s * 1000).toPrecision(3))} ms`
    : s < 120
      ? `${Number(s.toPrecision(3))} s`
      : `${(s / 60).toFixed(1)} min`;

/** Columns as wide as their widest cell, the first to the left. */
export function table(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  return rows.map((row) =>
    row
      .map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : c === row.length - 1 ? cell : cell.padStart(widths[c]!)))
      .join("  ")
      .trimEnd(),
  );
}

function recordTable(detectors: readonly ByRecord[]): string[] {
  const head = ["", "alerts", "precision", "recall", "F1", "FPR", "AUC", "EER"];
  const rates = FALSE_POSITIVE_RATES.map((rate) => `TPR@${rate.toExponential(0).replace("e-", "e-")}`);
  const rows = detectors.map((d) => [
    d.detector,
    String(d.alerts),
    figure(d.precision, 3),
    figure(d.recall, 3),
    figure(d.f1, 3),
    small(d.falsePositiveRate),
    figure(d.auc),
    figure(d.equalErrorRate),
    ...d.truePositiveRates.map((r) => figure(r, 3)),
    "",
  ]);
  return table([[...head, ...rates, ""], ...rows]);
}

function attackTable({ attacks }: Evaluation): string[] {
  const rows = attacks
    .slice(0, MOST_ATTACKS)
    .map((a) => [
      a.name,
      duration(Math.max(0, a.at)),
      duration(a.to - a.from),
      `${a.called}/${a.records}`,
      a.delay === null ? "no" : "yes",
      a.delay === null ? "-" : duration(a.delay),
      a.by.map(({ detector, delay }) => `${detector} ${duration(delay)}`).join(", "),
    ]);
  const more = attacks.length > MOST_ATTACKS ? [`and ${attacks.length - MOST_ATTACKS} more: --json has them`] : [];
  return [...table([["", "at", "for", "called", "found", "after", "by"], ...rows]), ...more];
}

const rateText = ({ rate, low, high }: Rate) =>
  `${figure(rate, 2)} per hour (95 %: ${figure(low, 2)} to ${figure(high, 2)})`;

export function evaluationText(evaluation: Evaluation): string {
  const { attacks, found, foundInterval: share, falseAlarms: f, logged } = evaluation;
  const percent = (x: number) => `${(100 * x).toFixed(0)} %`;
  const by = Object.entries(f.byDetector).map(([name, n]) => `${name} ${n}`);
  return [
    "by record, at the thresholds as they are (precision to FPR) and over all thresholds (AUC on)",
    ...recordTable(evaluation.detectors),
    "A detector that alerts once for a host or an attack has a low recall here: the attacks are its measure.",
    "",
    ...(attacks.length
      ? [
          `attacks: ${found} of ${attacks.length} found (95 %: ${percent(share.low)} to ${percent(share.high)})`,
          ...attackTable(evaluation),
        ]
      : ["attacks: none is labelled"]),
    "",
    `false alarms: ${f.count} in ${figure(f.hours, 3)} h${by.length ? ` (${by.join(", ")})` : ""}, ${rateText(f)}`,
    ...(logged.all
      ? [
          `alerts in eve.json: ${logged.all}, ${logged.count} of them outside of the attacks' times, ${rateText(logged)}`,
        ]
      : []),
    "",
  ].join("\n");
}

/** The same as a value for JSON: what means nothing is null, curves are left out. */
export function evaluationJson({ detectors, ...rest }: Evaluation): unknown {
  const short = detectors.map(({ curve: _, truePositiveRates, ...one }) => ({
    ...one,
    truePositiveRates: Object.fromEntries(FALSE_POSITIVE_RATES.map((rate, i) => [rate, truePositiveRates[i]])),
  }));
  return JSON.parse(
    JSON.stringify({ ...rest, detectors: short }, (_, value) =>
      typeof value === "number" && !Number.isFinite(value) ? null : value,
    ),
  );
}
