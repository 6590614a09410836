/** The ground's halves of the IP detectors, in the order in which their entries stand in a baseline. */
import { arp } from "../arp/arp.ts";
import { flood } from "../flood/flood.ts";
import type { LearnedDetector } from "../learned.ts";
import { pair } from "../pair/pair.ts";

export const IP_DETECTORS: readonly LearnedDetector[] = [pair, flood, arp];
