/** How well the detectors do against labels, from the scores of two runs: as weir evaluate has it. */

import { type DetectorName, isOfBus } from "../detectors/catalogue.ts";
import { type Evaluation, Evaluator } from "../tuning/evaluate/evaluation.ts";
import { type OwnLabels, readLabels, type Unit } from "../tuning/evaluate/labels.ts";
import { type Recorded, type Truth, truthOf } from "../tuning/evaluate/truth.ts";
import type { Bus } from "./bus.ts";
import type { Factors, Lowered, RunResult } from "./run.ts";
import { detectorName, LOWERED, type Scores } from "./scores.ts";

const SETTINGS = { gap: 60, grace: 2 };

export interface Judged {
  unit: Unit;
  truth: Truth;
  evaluation: Evaluation;
}

/**
 * @param labels paths
 * @param own of the policy that `lowered` was run under
 * @throws Problems of the labels
 */
export function judge(
  labels: readonly string[],
  run: RunResult,
  lowered: Lowered,
  own: Factors,
  bus: Bus | undefined,
): Judged {
  const truth = truthFor(labels.map(ownLabels), run, lowered, bus);
  const evaluator = new Evaluator(truth, SETTINGS);
  each(
    run.scores,
    truth.unit,
    () => 1,
    (alert) => evaluator.alarm(alert),
  );
  const back = (name: DetectorName) => (LOWERED * (own[name] ?? 1)) / (run.factors[name] ?? 1);
  each(lowered.scores, truth.unit, back, (alert) => evaluator.score(alert));
  return { unit: truth.unit, truth, evaluation: evaluator.evaluation() };
}

/** @throws Error for those that need the captures' packets decoded beside the appliance */
function ownLabels(path: string): OwnLabels {
  const labels = readLabels(path);
  if (labels.kind === "flows")
    throw new Error(`${path}: labels by flow, expected of packets: weir evaluate takes these`);
  return labels;
}

function truthFor(files: readonly OwnLabels[], run: RunResult, lowered: Lowered, bus: Bus | undefined): Truth {
  const onlyChapter10 = run.files.length > 0 && run.files.every(({ format }) => format === "chapter10");
  const unit = files.find((file) => file.unit)?.unit ?? (onlyChapter10 ? "messages" : "packets");
  const times = Array.from(unit === "messages" ? (bus?.time ?? []) : lowered.packetTimes);
  // Messages are counted over all captures: one file of labels for each is for packets, and for weir evaluate.
  const perCapture =
    unit === "packets"
      ? run.files.map(({ name, packets }) => ({ name, records: packets }))
      : [{ name: run.files[0]?.name ?? "", records: times.length }];
  const recorded: Recorded = { unit, times, perCapture };
  return truthOf(recorded, files, SETTINGS.gap);
}

type Alert = Parameters<Evaluator["alarm"]>[0];

/** @param factor what makes a score of the column one at the thresholds of the run */
function each(scores: Scores, unit: Unit, factor: (name: DetectorName) => number, take: (alert: Alert) => void): void {
  for (let i = 0; i < scores.length; i++) {
    const number = scores.detector[i]!;
    if ((isOfBus(number) ? "messages" : "packets") !== unit) continue;
    const detector = detectorName(number);
    take({
      unit,
      number: scores.number[i]!,
      time: Number(scores.time[i]! / 1000n) / 1e6,
      detector,
      ratio: (scores.score[i]! / scores.threshold[i]!) * factor(detector),
    });
  }
}
