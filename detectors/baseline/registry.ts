/** The detectors that learn, in the order in which a baseline lists what they learned. */
import type { LearnedDetector } from "../learned.ts";

export const DETECTORS: readonly LearnedDetector[] = [];
