// Generated from detectors/registry.ts and the declarations that it names by `npm run generate`: do not edit.
import type { Accused } from "./declaration.ts";

/** Names and numbers of the detectors. */
export const DETECTOR = {
  scan: 1,
  "new-host": 2,
  "new-service": 3,
  "new-pair": 4,
  flood: 5,
  arp: 6,
  "dns-tunnel": 7,
  "icmp-tunnel": 8,
  beacon: 9,
  silence: 10,
  rate: 11,
  shape: 12,
  nd: 13,
  "rogue-router": 14,
  "ra-flood": 15,
  content: 16,
  "dhcp-starvation": 17,
  "rogue-dhcp": 18,
  nxdomain: 19,
  "bus-message": 20,
  "bus-period": 21,
  "bus-order": 22,
  "bus-response": 23,
  "bus-gap": 24,
  "bus-error": 25,
  "bus-status": 26,
  "bus-data": 27,
  "bus-mode": 28,
  "bus-load": 29,
} as const;

/** Whether a number is of one for MIL-STD-1553. */
export const isOfBus = (number: number): boolean => number >= 20 && ![30, 31].includes(number);

export type DetectorName = keyof typeof DETECTOR;
export const DETECTOR_NAMES = Object.keys(DETECTOR) as DetectorName[];
/** Their thresholds are not numbers that a policy scales. */
export const FIXED: readonly DetectorName[] = ["scan", "new-host", "new-service"];
/** Detectors that a policy gives a factor, by the family whose entries they judge by. */
export const FAMILIES: Readonly<Record<string, readonly DetectorName[]>> = {
  "new-pair": ["new-pair"],
  flood: ["flood"],
  arp: ["arp", "nd"],
  rate: ["rate"],
  beacon: ["beacon"],
  silence: ["silence"],
  tunnel: ["dns-tunnel", "icmp-tunnel", "nxdomain"],
  shape: ["shape"],
  content: ["content"],
  bus: [
    "bus-message",
    "bus-period",
    "bus-order",
    "bus-response",
    "bus-gap",
    "bus-error",
    "bus-status",
    "bus-data",
    "bus-mode",
    "bus-load",
  ],
  firsthop: ["rogue-router", "ra-flood", "rogue-dhcp", "dhcp-starvation"],
};
/** Families that judge by rules of their own where the baseline says nothing. */
export const UNTAUGHT: readonly string[] = ["beacon", "tunnel", "content", "firsthop"];
/**
 * From this factor on a detector has nothing left to say: sums and scores end there (detectors' onboard sources). Others
 * reach what a policy can say.
 */
export const CEILING: Partial<Record<DetectorName, number>> = {
  "new-pair": 8,
  flood: 3,
  "dns-tunnel": 3,
  "icmp-tunnel": 3,
  nxdomain: 3,
  "bus-error": 4,
};
/** Whom a detector's findings may accuse; of the others nobody (declaration.ts). */
export const ACCUSES: Partial<Record<DetectorName, readonly Accused[]>> = {
  scan: ["nobody", "source"],
  "new-host": ["source"],
  "new-service": ["flow"],
  "new-pair": ["source", "flow"],
  arp: ["nobody", "source"],
  "dns-tunnel": ["nobody", "source", "flow"],
  "icmp-tunnel": ["nobody", "source", "flow"],
  beacon: ["nobody", "source"],
  rate: ["nobody", "source", "flow"],
  shape: ["flow"],
  content: ["nobody", "flow"],
  "bus-message": ["message"],
  "bus-period": ["nobody", "message"],
  "bus-response": ["nobody", "terminal"],
  "bus-error": ["nobody", "terminal"],
  "bus-status": ["terminal"],
  "bus-data": ["message"],
  "bus-mode": ["message"],
};
/** Detectors whose alert may come with a record that is not to blame, and how many seconds after the last one that is. */
export const BELATED: ReadonlyMap<string, number> = new Map([
  ["scan", 4],
  ["flood", 0],
  ["beacon", 0],
  ["silence", 0],
  ["rate", 60],
  ["bus-period", 0],
  ["bus-order", 0],
  ["bus-gap", 0],
  ["bus-error", 0],
  ["bus-load", 0],
]);
