// How far a vector of features lies from a description: Mahalanobis' distance (1936), block by block.
//
//   z = (feature - mean) / deviation, cut to +-CUT;  distance^2 = |W z|^2 / length of the block
import { length, start, triangle } from "./blocks";
import { BLOCK, Description, FEATURES, LAST_BLOCK } from "./generated/model";

const CUT: f32 = 8;
/** Numbers of a description in front of its triangles: means and precisions. */
const TRIANGLES: u32 = 2 * FEATURES;

@inline function f(p: usize, i: u32): f32 {
  return load<f32>(p + ((<usize>i) << 2));
}

@inline function cut(d: f32): f32 {
  return d > CUT ? CUT : d < -CUT ? -CUT : d;
}

/** Feature i in deviations from its mean, -CUT .. CUT. */
export function standard(described: usize, vector: usize, i: u32): f64 {
  return <f64>cut((f(vector, i) - f(described, i)) * f(described, FEATURES + i));
}
@inline export function meanOf(described: usize, i: u32): f64 {
  return <f64>f(described, i);
}
/** 1 / deviation. */
@inline export function precisionOf(described: usize, i: u32): f64 {
  return <f64>f(described, FEATURES + i);
}
/** Element (r, c), c <= r, of W of block b. */
@inline export function whitening(described: usize, b: u32, r: u32, c: u32): f64 {
  return <f64>f(described, TRIANGLES + triangle(b) + (r * (r + 1)) / 2 + c);
}

/** The features of a block, or their means, or their precisions. */
@unmanaged
class Block {
  f0: f32;
  f1: f32;
  f2: f32;
  f3: f32;
  f4: f32;
  f5: f32;
  f6: f32;
  f7: f32;
  f8: f32;
  f9: f32;
}

/**
 * Squared distance of a vector in block b of a description; single precision. Written out, with constant offsets: it is
 * most of the detector's cost.
 */
export function distance2(described: usize, vector: usize, b: u32): f64 {
  const at = (<usize>start(b)) << 2;
  const w = changetype<Description>(described).triangles + ((<usize>triangle(b)) << 2);
  const x = changetype<Block>(vector + at),
    mean = changetype<Block>(described + at),
    precision = changetype<Block>(described + at + (FEATURES << 2));
  const z0 = cut((x.f0 - mean.f0) * precision.f0),
    z1 = cut((x.f1 - mean.f1) * precision.f1),
    z2 = cut((x.f2 - mean.f2) * precision.f2),
    z3 = cut((x.f3 - mean.f3) * precision.f3),
    z4 = cut((x.f4 - mean.f4) * precision.f4),
    z5 = cut((x.f5 - mean.f5) * precision.f5),
    z6 = cut((x.f6 - mean.f6) * precision.f6);
  let u = load<f32>(w, 4 * 0) * z0;
  let sum = u * u;
  u = load<f32>(w, 4 * 1) * z0 + load<f32>(w, 4 * 2) * z1;
  sum += u * u;
  u = load<f32>(w, 4 * 3) * z0 + load<f32>(w, 4 * 4) * z1 + load<f32>(w, 4 * 5) * z2;
  sum += u * u;
  u = load<f32>(w, 4 * 6) * z0 + load<f32>(w, 4 * 7) * z1 + load<f32>(w, 4 * 8) * z2 + load<f32>(w, 4 * 9) * z3;
  sum += u * u;
  u =
    load<f32>(w, 4 * 10) * z0 +
    load<f32>(w, 4 * 11) * z1 +
    load<f32>(w, 4 * 12) * z2 +
    load<f32>(w, 4 * 13) * z3 +
    load<f32>(w, 4 * 14) * z4;
  sum += u * u;
  u =
    load<f32>(w, 4 * 15) * z0 +
    load<f32>(w, 4 * 16) * z1 +
    load<f32>(w, 4 * 17) * z2 +
    load<f32>(w, 4 * 18) * z3 +
    load<f32>(w, 4 * 19) * z4 +
    load<f32>(w, 4 * 20) * z5;
  sum += u * u;
  u =
    load<f32>(w, 4 * 21) * z0 +
    load<f32>(w, 4 * 22) * z1 +
    load<f32>(w, 4 * 23) * z2 +
    load<f32>(w, 4 * 24) * z3 +
    load<f32>(w, 4 * 25) * z4 +
    load<f32>(w, 4 * 26) * z5 +
    load<f32>(w, 4 * 27) * z6;
  sum += u * u;
  if (length(b) == LAST_BLOCK) return <f64>sum / LAST_BLOCK;
  const z7 = cut((x.f7 - mean.f7) * precision.f7),
    z8 = cut((x.f8 - mean.f8) * precision.f8),
    z9 = cut((x.f9 - mean.f9) * precision.f9);
  u =
    load<f32>(w, 4 * 28) * z0 +
    load<f32>(w, 4 * 29) * z1 +
    load<f32>(w, 4 * 30) * z2 +
    load<f32>(w, 4 * 31) * z3 +
    load<f32>(w, 4 * 32) * z4 +
    load<f32>(w, 4 * 33) * z5 +
    load<f32>(w, 4 * 34) * z6 +
    load<f32>(w, 4 * 35) * z7;
  sum += u * u;
  u =
    load<f32>(w, 4 * 36) * z0 +
    load<f32>(w, 4 * 37) * z1 +
    load<f32>(w, 4 * 38) * z2 +
    load<f32>(w, 4 * 39) * z3 +
    load<f32>(w, 4 * 40) * z4 +
    load<f32>(w, 4 * 41) * z5 +
    load<f32>(w, 4 * 42) * z6 +
    load<f32>(w, 4 * 43) * z7 +
    load<f32>(w, 4 * 44) * z8;
  sum += u * u;
  u =
    load<f32>(w, 4 * 45) * z0 +
    load<f32>(w, 4 * 46) * z1 +
    load<f32>(w, 4 * 47) * z2 +
    load<f32>(w, 4 * 48) * z3 +
    load<f32>(w, 4 * 49) * z4 +
    load<f32>(w, 4 * 50) * z5 +
    load<f32>(w, 4 * 51) * z6 +
    load<f32>(w, 4 * 52) * z7 +
    load<f32>(w, 4 * 53) * z8 +
    load<f32>(w, 4 * 54) * z9;
  sum += u * u;
  return <f64>sum / BLOCK;
}
