// What is being learned of the traffic's shape: ../onboard/learn.ts learns it, ../compose.ts puts merged baselines in its place.
import {
  f64,
  i64,
  layouts,
  scalars,
  struct,
  structs,
  u16,
  u32,
  u64,
} from "../../../appliance/contract/generate/declare.ts";
import { Histogram } from "../../layouts/histogram.ts";
import { BLOCKS, CLASSES, FEATURES, PRODUCTS, SERVICES } from "./model.ts";

const accessors = { accessors: true };

const ClassSums = struct(
  "ClassSums",
  2888,
  "Of a class of frames.",
  {
    frames: i64(),
    features: scalars(i64, FEATURES, "sums of them, in units"),
    products: scalars(i64, PRODUCTS, "sums of products of two features of a block: of each block a lower triangle"),
  },
  accessors,
);

const Peaks = struct(
  "Peaks",
  560,
  "The largest scores of normal traffic: ../onboard/peaks.ts.",
  {
    second: u64("under way, from 1970", "s"),
    highest: f64("largest score of it so far"),
    before: f64("largest score of the second before it; 0 = no frame was scored in that"),
    flags: u32("bit 0: a second is under way; bit 1: the one before had more than the one before that"),
    kept: u32("how many of `largest` there are"),
    seconds: u64("observed, from each second to the next; a pause counts in part", "s"),
    maxima: u64("local maxima, kept or not"),
    largest: scalars(u16, 256, "falling, in units of 1 / PEAK_UNIT, rounded up"),
  },
  accessors,
);

const Span = struct(
  "Span",
  7904,
  "What frames gave that were measured with the same model.",
  {
    distances: structs(Histogram, BLOCKS, "of each block, distance * DISTANCE_UNIT"),
    peaks: structs(Peaks, 1),
  },
  accessors,
);

const Learning = struct(
  "Learning",
  108_456,
  "Everything that is learned.",
  {
    frames: u64(),
    next: u64("frames at which the model is made next"),
    keys: scalars(u64, SERVICES, "of services; 0 = a free place"),
    classes: structs(ClassSums, CLASSES, "protocols first"),
    spans: structs(Span, 2, "the one under way, the one before"),
  },
  accessors,
);

export default layouts(
  "Learning the traffic's shape",
  "A state in inspect's memory, which the ground fills in, too, to have a model made of merged baselines.",
  ["onboard", "ground"],
  [ClassSums, Peaks, Span, Learning],
);
