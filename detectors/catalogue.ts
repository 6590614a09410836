/** Names and numbers of the detectors: the ground's twin of onboard/catalogue.ts; catalogue.test.ts compares the two. */
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

/** From here on they are for MIL-STD-1553. */
export const FIRST_OF_BUS = 20;

export type DetectorName = keyof typeof DETECTOR;
export const DETECTOR_NAMES = Object.keys(DETECTOR) as DetectorName[];
/** Their thresholds are not numbers that a policy scales. */
export const FIXED: readonly DetectorName[] = ["scan", "new-host", "new-service"];
