// What normal traffic looks like, as a section of inspect's part of the policy and in inspect's memory. ../onboard/model.ts
// says what the numbers mean.
import {
  constants,
  f32,
  f64,
  layouts,
  scalars,
  struct,
  u8,
  u32,
  zero,
} from "../../../appliance/contract/generate/declare.ts";

/** Blocks of features: as long as the first, but for the last. The lower triangle of n x n numbers is n (n + 1) / 2 of them. */
export const BLOCKS = 6;
const BLOCK = 10;
const LAST_BLOCK = 7;
const triangle = (n: number) => (n * (n + 1)) / 2;
export const FEATURES = (BLOCKS - 1) * BLOCK + LAST_BLOCK;
/** Products of two features of a block, of each two once. */
export const PRODUCTS = (BLOCKS - 1) * triangle(BLOCK) + triangle(LAST_BLOCK);
const PROTOCOLS = 5;
export const SERVICES = 27;
export const CLASSES = PROTOCOLS + SERVICES;

const ModelHead = struct(
  "ModelHead",
  48,
  "Then a u64 for each service, its key; then a Description for each described protocol, and for each service.",
  {
    protocols: u32("descriptions of protocols, 1 .. PROTOCOLS; 0 = there is no model"),
    services: u32("0 .. SERVICES"),
    limit: f64("scores above it are alarms"),
    scales: scalars(f32, BLOCKS, "of each block, the distance that one normal frame in a hundred exceeds"),
    described: scalars(u8, PROTOCOLS, "which description each protocol has: those never seen share one"),
    pad: zero(3),
  },
  { accessors: true },
);

const Description = struct(
  "Description",
  1668,
  "A class of frames.",
  {
    means: scalars(f32, FEATURES),
    precisions: scalars(f32, FEATURES, "1 / deviation"),
    triangles: scalars(f32, PRODUCTS, "of each block, the lower triangle W"),
  },
  { accessors: true },
);

export default layouts(
  "The shape of normal traffic",
  "The section BASELINE_SHAPE of inspect's part of the policy: ModelHead and what follows it, with no gaps.",
  ["onboard", "ground"],
  [
    constants("", {
      BLOCKS: [BLOCKS, "of features"],
      BLOCK: [BLOCK, "features of a block"],
      LAST_BLOCK: [LAST_BLOCK, "features of the last one"],
      TRIANGLE: [triangle(BLOCK), "products of two features of a block"],
      LAST_TRIANGLE: [triangle(LAST_BLOCK), "of the last one"],
      FEATURES: [FEATURES, "of all blocks"],
      PRODUCTS: [PRODUCTS, "of all blocks"],
      PROTOCOLS: [PROTOCOLS, "classes: ARP, other frames without IP, TCP, UDP, other IP"],
      SERVICES: [SERVICES, "classes at most beside them"],
      CLASSES: [CLASSES, "at most"],
    }),
    ModelHead,
    Description,
  ],
);
