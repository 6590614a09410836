// The model as a section of the policy: checked as hostile input, then copied. Layout: ../layouts/model.ts.
import { BOUND } from "../../onboard/numeric";
import { length, triangle } from "./blocks";
import { BLOCKS, Description, FEATURES, ModelHead, PRODUCTS, PROTOCOLS, SERVICES } from "./generated/model";
import { DESCRIPTION, HEAD_SIZE, descriptions, head, keys } from "./model";

const LARGEST: f64 = 1e6; // of a weight: any score made of such ones is finite
const SMALLEST: f64 = 1e-6; // of one that is divided by

export function forgetModel(): void {
  memory.fill(head, 0, HEAD_SIZE);
}

/** Takes a model from a section. False, and no model, when it is malformed. */
export function configure(at: usize, bytes: u32): bool {
  forgetModel();
  if (bytes < HEAD_SIZE) return false;
  const h = changetype<ModelHead>(at);
  const p = h.protocols,
    s = h.services;
  if (p == 0 || p > PROTOCOLS || s > SERVICES) return false;
  if (bytes != HEAD_SIZE + 8 * s + DESCRIPTION * (p + s)) return false;
  if (!headHolds(h)) return false;
  const serviceKeys = at + HEAD_SIZE;
  for (let c: u32 = 0; c < s; ++c) if (!keyHolds(load<u64>(serviceKeys + ((<usize>c) << 3)))) return false;
  const from = serviceKeys + ((<usize>s) << 3);
  for (let c: u32 = 0; c < p + s; ++c)
    if (!descriptionHolds(changetype<Description>(from + <usize>(c * DESCRIPTION)))) return false;
  memory.copy(head, at, HEAD_SIZE);
  memory.copy(keys, serviceKeys, (<usize>s) << 3);
  memory.copy(descriptions, from, <usize>((p + s) * DESCRIPTION));
  return true;
}

function headHolds(h: ModelHead): bool {
  if (!(h.limit >= 1 && h.limit <= BOUND)) return false;
  if (!areWithin(h.scales, BLOCKS, 0)) return false;
  for (let i: u32 = 0; i < PROTOCOLS; ++i) if (<u32>load<u8>(h.described + i) >= h.protocols) return false;
  for (let i = h.described + PROTOCOLS; i < changetype<usize>(h) + HEAD_SIZE; ++i) if (load<u8>(i) != 0) return false;
  return true;
}

/** Of one of the three kinds that serviceOf() makes, of a protocol that there is. */
function keyHolds(key: u64): bool {
  return key >> 48 >= 1 && key >> 48 <= 3 && (key & 255) < PROTOCOLS;
}

/** Precisions, and the diagonals of W which strangest() divides by, are above 0. */
function descriptionHolds(d: Description): bool {
  if (!areWithin(d.means, FEATURES, -LARGEST)) return false;
  if (!areWithin(d.precisions, FEATURES, SMALLEST)) return false;
  if (!areWithin(d.triangles, PRODUCTS, -LARGEST)) return false;
  for (let b: u32 = 0; b < BLOCKS; ++b)
    for (let r: u32 = 0; r < length(b); ++r)
      if (!areWithin(d.triangles + ((<usize>(triangle(b) + (r * (r + 3)) / 2)) << 2), 1, SMALLEST)) return false;
  return true;
}

/** Whether so many f32 are numbers from `least` to LARGEST. */
function areWithin(at: usize, count: u32, least: f64): bool {
  for (let i: u32 = 0; i < count; ++i) {
    const x = <f64>load<f32>(at + ((<usize>i) << 2));
    if (!(x >= least && x <= LARGEST)) return false;
  }
  return true;
}
