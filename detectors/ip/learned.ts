/** The ground's halves of the IP detectors, in the order in which their entries stand in a baseline. */
import { arp } from "../arp/arp.ts";
import { beacon } from "../beacon/beacon.ts";
import { flood } from "../flood/flood.ts";
import type { LearnedDetector } from "../learned.ts";
import { pair } from "../pair/pair.ts";
import { rate } from "../rate/rate.ts";
import { silence } from "../silence/silence.ts";
import { tunnel } from "../tunnel/tunnel.ts";

export const IP_DETECTORS: readonly LearnedDetector[] = [pair, flood, arp, rate, beacon, silence, tunnel];
