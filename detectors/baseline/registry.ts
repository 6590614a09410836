// Generated from detectors/registry.ts and the declarations that it names by `npm run generate`: do not edit.
/** The detectors that learn, in the order in which a baseline lists what they learned. */
import arp from "../arp/detector.ts";
import beacon from "../beacon/detector.ts";
import content from "../content/detector.ts";
import flood from "../flood/detector.ts";
import type { LearnedDetector } from "../learned.ts";
import mil1553 from "../mil1553/detector.ts";
import pair from "../pair/detector.ts";
import rate from "../rate/detector.ts";
import shape from "../shape/detector.ts";
import silence from "../silence/detector.ts";
import tunnel from "../tunnel/detector.ts";

export const DETECTORS: readonly LearnedDetector[] = [
  pair.learned!,
  flood.learned!,
  arp.learned!,
  rate.learned!,
  beacon.learned!,
  silence.learned!,
  tunnel.learned!,
  shape.learned!,
  content.learned!,
  mil1553.learned!,
];
