// Receiver operating characteristic and precision-recall curve of scores against labels.
//
// A threshold t calls everything with score >= t an attack, so equal scores are called together: the curve has one point
// for each different score, and the area under it counts a tie as half (Mann-Whitney), as the trapezoid rule does.
// Labels: 1 attack, 0 benign; anything else (for instance -1, ambiguous) is left out.

export interface Curve {
  positives: number;
  negatives: number;
  /** Thresholds, falling; the first is +Infinity (nothing is called). */
  threshold: Float64Array;
  /** Attacks and benign items with score >= threshold. */
  truePositives: Float64Array;
  falsePositives: Float64Array;
}

/** @throws RangeError when lengths differ or a score is not a number (it has no rank). */
export function roc(scores: ArrayLike<number>, labels: ArrayLike<number>): Curve {
  if (scores.length !== labels.length) throw new RangeError(`${scores.length} scores but ${labels.length} labels`);
  const order: number[] = [];
  for (let i = 0; i < scores.length; i++) {
    if (labels[i] !== 0 && labels[i] !== 1) continue;
    if (Number.isNaN(scores[i]!)) throw new RangeError(`score ${i} is not a number`);
    order.push(i);
  }
  const at = Uint32Array.from(order).sort((a, b) => scores[b]! - scores[a]! || a - b);
  const threshold = [Infinity];
  const tp = [0];
  const fp = [0];
  let positives = 0;
  let negatives = 0;
  for (let k = 0; k < at.length; k++) {
    if (labels[at[k]!] === 1) positives++;
    else negatives++;
    if (k + 1 < at.length && scores[at[k + 1]!] === scores[at[k]!]) continue;
    threshold.push(scores[at[k]!]!);
    tp.push(positives);
    fp.push(negatives);
  }
  return {
    positives,
    negatives,
    threshold: Float64Array.from(threshold),
    truePositives: Float64Array.from(tp),
    falsePositives: Float64Array.from(fp),
  };
}

const share = (n: number, of: number) => (of === 0 ? 0 : n / of);

/** Area under the curve: the chance that an attack scores higher than a benign item, ties half. NaN with one class. */
export function auc(c: Curve): number {
  return partialAuc(c, 1);
}

/** Area from false-positive rate 0 up to `limit`, divided by `limit`: 1 is perfect, limit / 2 is guessing. */
export function partialAuc(c: Curve, limit: number): number {
  if (c.positives === 0 || c.negatives === 0) return Number.NaN;
  const end = limit * c.negatives;
  let area = 0;
  for (let i = 1; i < c.threshold.length; i++) {
    const [x0, x1] = [c.falsePositives[i - 1]!, c.falsePositives[i]!];
    const [y0, y1] = [c.truePositives[i - 1]!, c.truePositives[i]!];
    if (x0 >= end) break;
    const x = Math.min(x1, end);
    const y = x1 === x0 ? y1 : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
    area += ((x - x0) * (y0 + y)) / 2;
  }
  return area / (end * c.positives);
}

/** Where misses and false alarms are equally frequent: at the point where they are closest, the mean of both. */
export function equalErrorRate(c: Curve): number {
  let best = Infinity;
  let rate = Number.NaN;
  for (let i = 0; i < c.threshold.length; i++) {
    const miss = 1 - share(c.truePositives[i]!, c.positives);
    const alarm = share(c.falsePositives[i]!, c.negatives);
    if (Math.abs(miss - alarm) < best) {
      best = Math.abs(miss - alarm);
      rate = (miss + alarm) / 2;
    }
  }
  return rate;
}

export interface Operating {
  threshold: number;
  truePositiveRate: number;
  falsePositiveRate: number;
  precision: number;
}

const operating = (c: Curve, i: number): Operating => ({
  threshold: c.threshold[i]!,
  truePositiveRate: share(c.truePositives[i]!, c.positives),
  falsePositiveRate: share(c.falsePositives[i]!, c.negatives),
  precision: share(c.truePositives[i]!, c.truePositives[i]! + c.falsePositives[i]!),
});

/** The lowest threshold whose false-positive rate is at most `limit`: no interpolation, it is one that can be set. */
export function atFalsePositiveRate(c: Curve, limit: number): Operating {
  let i = 0;
  while (i + 1 < c.threshold.length && share(c.falsePositives[i + 1]!, c.negatives) <= limit) i++;
  return operating(c, i);
}

/** What a threshold chosen beforehand does. */
export function atThreshold(c: Curve, threshold: number): Operating {
  let i = 0;
  while (i + 1 < c.threshold.length && c.threshold[i + 1]! >= threshold) i++;
  return { ...operating(c, i), threshold };
}

export interface PrecisionRecall {
  threshold: Float64Array;
  precision: Float64Array;
  recall: Float64Array;
  /** Sum of precision times the step in recall (no interpolation, which would be optimistic). */
  averagePrecision: number;
}

export function precisionRecall(c: Curve): PrecisionRecall {
  const n = c.threshold.length - 1;
  const precision = new Float64Array(n);
  const recall = new Float64Array(n);
  let averagePrecision = 0;
  for (let i = 1; i <= n; i++) {
    const o = operating(c, i);
    precision[i - 1] = o.precision;
    recall[i - 1] = o.truePositiveRate;
    averagePrecision += o.precision * share(c.truePositives[i]! - c.truePositives[i - 1]!, c.positives);
  }
  return { threshold: c.threshold.slice(1), precision, recall, averagePrecision };
}
