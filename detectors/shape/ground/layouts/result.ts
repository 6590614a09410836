// What the traffic-shape detector says of a frame on the ground (../onboard/index.ts).
import { f64, layouts, struct, u32, zero } from "../../../../appliance/contract/generate/declare.ts";

const Result = struct("Result", 40, "Of a frame; the rest only where run() explains.", {
  score: f64("0 .. 100"),
  seen: f64("value of the feature"),
  expected: f64("given the others of its block"),
  deviations: f64("between the two"),
  feature: u32("that deviates most"),
  pad: zero(4),
});

export default layouts("Scores of the traffic's shape on the ground", "", ["onboard", "ground"], [Result]);
