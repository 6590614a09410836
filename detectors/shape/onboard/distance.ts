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

/** Feature i in deviations from its mean, -CUT .. CUT. */
@inline function z(described: usize, vector: usize, i: u32): f32 {
  const d = (f(vector, i) - f(described, i)) * f(described, FEATURES + i);
  return d > CUT ? CUT : d < -CUT ? -CUT : d;
}

export function standard(described: usize, vector: usize, i: u32): f64 {
  return <f64>z(described, vector, i);
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

/**
 * Squared distance of a vector in block b of a description; single precision. Written out: it is most of the detector's
 * cost.
 */
export function distance2(described: usize, vector: usize, b: u32): f64 {
  const from = start(b);
  const w = changetype<Description>(described).triangles + ((<usize>triangle(b)) << 2);
  const z0 = z(described, vector, from + 0),
    z1 = z(described, vector, from + 1),
    z2 = z(described, vector, from + 2),
    z3 = z(described, vector, from + 3),
    z4 = z(described, vector, from + 4),
    z5 = z(described, vector, from + 5),
    z6 = z(described, vector, from + 6);
  let u = f(w, 0) * z0;
  let sum = u * u;
  u = f(w, 1) * z0 + f(w, 2) * z1;
  sum += u * u;
  u = f(w, 3) * z0 + f(w, 4) * z1 + f(w, 5) * z2;
  sum += u * u;
  u = f(w, 6) * z0 + f(w, 7) * z1 + f(w, 8) * z2 + f(w, 9) * z3;
  sum += u * u;
  u = f(w, 10) * z0 + f(w, 11) * z1 + f(w, 12) * z2 + f(w, 13) * z3 + f(w, 14) * z4;
  sum += u * u;
  u = f(w, 15) * z0 + f(w, 16) * z1 + f(w, 17) * z2 + f(w, 18) * z3 + f(w, 19) * z4 + f(w, 20) * z5;
  sum += u * u;
  u = f(w, 21) * z0 + f(w, 22) * z1 + f(w, 23) * z2 + f(w, 24) * z3 + f(w, 25) * z4 + f(w, 26) * z5 + f(w, 27) * z6;
  sum += u * u;
  if (length(b) == LAST_BLOCK) return <f64>sum / LAST_BLOCK;
  const z7 = z(described, vector, from + 7),
    z8 = z(described, vector, from + 8),
    z9 = z(described, vector, from + 9);
  u =
    f(w, 28) * z0 +
    f(w, 29) * z1 +
    f(w, 30) * z2 +
    f(w, 31) * z3 +
    f(w, 32) * z4 +
    f(w, 33) * z5 +
    f(w, 34) * z6 +
    f(w, 35) * z7;
  sum += u * u;
  u =
    f(w, 36) * z0 +
    f(w, 37) * z1 +
    f(w, 38) * z2 +
    f(w, 39) * z3 +
    f(w, 40) * z4 +
    f(w, 41) * z5 +
    f(w, 42) * z6 +
    f(w, 43) * z7 +
    f(w, 44) * z8;
  sum += u * u;
  u =
    f(w, 45) * z0 +
    f(w, 46) * z1 +
    f(w, 47) * z2 +
    f(w, 48) * z3 +
    f(w, 49) * z4 +
    f(w, 50) * z5 +
    f(w, 51) * z6 +
    f(w, 52) * z7 +
    f(w, 53) * z8 +
    f(w, 54) * z9;
  sum += u * u;
  return <f64>sum / BLOCK;
}
