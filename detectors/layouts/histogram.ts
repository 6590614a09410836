// A streaming histogram: ../onboard/histogram.ts says what falls into which bucket.
import { constants, layouts, scalars, struct, u32, u64 } from "../../appliance/contract/generate/declare.ts";

const BUCKETS = 304;

export const Histogram = struct(
  "Histogram",
  1224,
  "",
  { total: u64(), counts: scalars(u32, BUCKETS, "stop at their largest value") },
  { accessors: true },
);

export default layouts(
  "Histograms",
  "",
  ["onboard", "ground"],
  [constants("", { BUCKETS: [BUCKETS, "exact below 16, then eight to each power of two"] }), Histogram],
);
