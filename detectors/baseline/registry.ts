/** The detectors that learn, in the order in which a baseline lists what they learned. */
import { IP_DETECTORS } from "../ip/learned.ts";
import type { LearnedDetector } from "../learned.ts";
import { mil1553 } from "../mil1553/learned.ts";
import { shape } from "../shape/learned.ts";

export const DETECTORS: readonly LearnedDetector[] = [...IP_DETECTORS, shape, mil1553];
