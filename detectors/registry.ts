/**
 * The detectors: one line each, the folder of one. They look at a packet or a message in this order. All that is to be said
 * of a detector it says itself, in FOLDER/detector.ts; what calls them is made of that by `npm run generate` (README.md).
 */
export const REGISTRY = [
  "rate",
  "pair",
  "silence",
  "beacon",
  "arp",
  "firsthop",
  "flood",
  "tunnel",
  "shape",
  "content",
  "scan",
  "newcomer",
  "mil1553",
] as const;
