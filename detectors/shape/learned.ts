/** The ground's half of the traffic-shape detector: merging what was learned, the limit, the section of the policy. */
import { Tag } from "../../appliance/contract/config.ts";
import { limitOfLargest } from "../../lib/numerics/threshold.ts";
import type { Entry, LearnedDetector, Threshold } from "../learned.ts";
import { compose } from "./compose.ts";
import {
  blockOf,
  classesOf,
  countsOf,
  distancesOf,
  integer,
  mergeClass,
  mergeCounts,
  mergePeaks,
  scoresOf,
  serviceOf,
  serviceText,
} from "./entries.ts";
import { BLOCK_NAMES } from "./features.ts";

/** Scores end here. */
const CEILING = 100;
/** A limit is never less: a score of 1 is what one normal frame in a hundred has in every block. */
const LEAST = 1;
/**
 * Where no tail can be fitted, what was seen says little of what is still to come: the limit is at least UNFITTED, and
 * above the largest by MARGIN for each halving of the rate that would be needed to see it. Attacks on the captures that
 * this project has score 2.5 to 4 (a feature counts 8 deviations at most), so a wider margin would find none of them.
 */
const UNFITTED = 2;
const MARGIN = 0.05;
/** A fitted tail may promise anything: the limit is at most this many times the largest seen, and not below it. */
const REACH = 1.5;

const QUANTITY = "score";
const only = (entries: readonly Entry[], kind: string) =>
  entries.filter(({ detector }) => detector === `shape.${kind}`);

export const shape: LearnedDetector = {
  name: "shape",
  tag: Tag.BASELINE_SHAPE,
  keyOf(entry) {
    if (entry.detector === "shape.class") return `${entry.service} ${entry.block}`;
    if (entry.detector === "shape.distance") return `${entry.block} ${String(entry.from).padStart(3, "0")}`;
    return "";
  },
  merge(a, b) {
    if (a.detector === "shape.class") return mergeClass(a, b);
    if (a.detector === "shape.distance") return mergeCounts(a, b);
    return mergePeaks(a, b);
  },
  thresholds(entries, { rate }): Threshold[] {
    const [peaks] = only(entries, "peaks");
    if (!peaks) return [];
    const samples = integer(peaks, "maxima");
    const hours = integer(peaks, "seconds") / 3600;
    const largest = scoresOf(peaks);
    const own = { detector: "shape", key: "", quantity: QUANTITY, samples, hours };
    // Too little was learned for a model to be tried on frames that it had not seen.
    if (!largest.length) return [{ ...own, limit: CEILING, method: "margin" }];
    const found = limitOfLargest({ largest, count: samples, hours }, { rate, ceiling: CEILING });
    const unfitted = found.method === "largest";
    const [top] = largest as [number];
    const halvings = Math.log2(Math.max(1, Math.min(found.promised, 1e6) / rate));
    let limit = unfitted ? Math.max(UNFITTED, top) + MARGIN * halvings : found.limit;
    if (found.method === "extreme") limit = Math.max(top, Math.min(limit, REACH * top));
    return [
      {
        ...own,
        limit: Math.min(CEILING, Math.max(LEAST, limit)),
        method: unfitted ? "margin" : found.method,
        interval: found.interval,
      },
    ];
  },
  pack(entries, thresholds) {
    const limit = thresholds.find(({ quantity }) => quantity === QUANTITY)?.limit ?? CEILING;
    const classes = classesOf(only(entries, "class"));
    const distances = distancesOf(only(entries, "distance"));
    return compose({ classes, distances }, Math.min(CEILING, Math.max(LEAST, limit)));
  },
  show(entry) {
    if (entry.detector === "shape.class")
      return `${serviceText(serviceOf(entry))}: ${BLOCK_NAMES[blockOf(entry)]} features of ${integer(entry, "frames")} frames`;
    if (entry.detector === "shape.distance") {
      const { from, counts } = countsOf(entry);
      const frames = counts.reduce((sum, n) => sum + n, 0);
      return `${frames} frames measured in ${BLOCK_NAMES[blockOf(entry)]}, buckets from ${from}`;
    }
    const [largest = 0] = scoresOf(entry);
    return `highest normal score ${largest}, of ${integer(entry, "maxima")} in ${integer(entry, "seconds")} s`;
  },
};
