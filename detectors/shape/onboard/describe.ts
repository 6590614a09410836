// From sums to descriptions.
//
// A class with few frames is drawn toward a wider one, a service toward its protocol, a protocol toward all traffic:
// its mean by PRIOR_MEAN frames' worth, its covariance by PRIOR frames' worth. So a class never seen is described by
// the rest (Ledoit, Wolf 2004 shrink for the same reason). W = inverse Cholesky factor of (correlation + RIDGE).
//
// Features are counted in units of 1 / UNIT, cut to +-MOST: sums of integers are exact, so that they are the same in
// whatever order they were added up. Means and covariances made of them are good to 2^-40 of a feature's square.
import { clamp } from "../../onboard/numeric";
import { length, start, triangle, triangleLength } from "./blocks";
import { meanOf, precisionOf } from "./distance";
import { ClassSums, ClassSumsAt } from "./generated/learning";
import { BLOCK, BLOCKS, FEATURES, PROTOCOLS, TRIANGLE } from "./generated/model";
import { descriptionAt, keyAt, keys, modelHead } from "./model";

const UNIT: f64 = 1024;
const MOST: f64 = 64;
const RIDGE: f64 = 0.1;
const FLOOR: f64 = 0.01; // variance of a feature that never varied: a tenth of a doubling, 7 %
const PRIOR: f64 = 100;
const PRIOR_MEAN: f64 = 10;
/** Numbers of ClassSums in front of its products. */
const FIRST_PRODUCT: u32 = ClassSumsAt.products / 8;

const factor: usize = memory.data(<i32>(BLOCK * BLOCK * 8), 8);
const whole: usize = memory.data(ClassSumsAt.SIZE, 8);
const mixed: usize = memory.data(<i32>(TRIANGLE * 8), 8);

@inline function get(p: usize, i: u32): f64 {
  return load<f64>(p + ((<usize>i) << 3));
}
@inline function put(p: usize, i: u32, x: f64): void {
  store<f64>(p + ((<usize>i) << 3), x);
}
@inline function putWeight(p: usize, i: u32, x: f64): void {
  store<f32>(p + ((<usize>i) << 2), <f32>x);
}

/** A feature in units, as sums count it. */
@inline export function counted(x: f64): i32 {
  return <i32>nearest<f64>(clamp(x, -MOST, MOST) * UNIT);
}

@inline function sumOf(p: usize, i: u32): f64 {
  return <f64>load<i64>(p + ((<usize>i) << 3));
}

/** Mean of feature i; 0 of no frames. */
function mean(sums: usize, i: u32): f64 {
  const n = sumOf(sums, 0);
  return n == 0 ? 0 : sumOf(sums, 1 + i) / n / UNIT;
}

/** Covariance of features i and j, whose product is sum t; 0 of no frames. */
function covariance(sums: usize, i: u32, j: u32, t: u32): f64 {
  const n = sumOf(sums, 0);
  return n == 0 ? 0 : (sumOf(sums, t) - (sumOf(sums, 1 + i) / n) * sumOf(sums, 1 + j)) / n / (UNIT * UNIT);
}

/**
 * Makes the model, but for scales and limit, of `count` services with their keys, and of the sums of all classes: those
 * of the five protocols, then those of the services. A service's frames are in its protocol's sums as well.
 */
export function make(serviceKeys: usize, count: u32, sums: usize): void {
  const size: usize = ClassSumsAt.SIZE;
  memory.fill(whole, 0, size);
  for (let c: u32 = 0; c < PROTOCOLS; ++c) {
    for (let i: usize = 0; i < size; i += 8)
      store<i64>(whole + i, load<i64>(whole + i) + load<i64>(sums + <usize>c * size + i));
    store<u8>(modelHead().described + c, <u8>c);
  }
  modelHead().protocols = changetype<ClassSums>(whole).frames == 0 ? 0 : PROTOCOLS;
  modelHead().services = count;
  memory.copy(keys, serviceKeys, (<usize>count) << 3);
  for (let c: u32 = 0; c < PROTOCOLS + count; ++c) {
    const wider = c < PROTOCOLS ? whole : sums + ((<usize>keyAt(c - PROTOCOLS)) & 255) * size;
    describe(changetype<usize>(descriptionAt(c)), sums + <usize>c * size, wider);
  }
}

/** One class: its own sums, with those of a wider class for a prior. */
function describe(described: usize, own: usize, wider: usize): void {
  const n = sumOf(own, 0);
  const toMean = PRIOR_MEAN / (n + PRIOR_MEAN);
  const share = n / (n + PRIOR);
  for (let i: u32 = 0; i < FEATURES; ++i)
    putWeight(described, i, mean(own, i) + (mean(wider, i) - mean(own, i)) * toMean);
  for (let b: u32 = 0; b < BLOCKS; ++b) {
    const from = start(b),
      size = length(b);
    let t: u32 = 0;
    // covariance around the mean that was put: within the class, and of the class around it
    for (let r: u32 = 0; r < size; ++r)
      for (let c: u32 = 0; c <= r; ++c) {
        const dr = mean(own, from + r) - meanOf(described, from + r);
        const dc = mean(own, from + c) - meanOf(described, from + c);
        const at = FIRST_PRODUCT + triangle(b) + t;
        const inside = n == 0 ? 0 : covariance(own, from + r, from + c, at) + dr * dc;
        put(mixed, t, inside * share + covariance(wider, from + r, from + c, at) * (1 - share));
        t += 1;
      }
    for (let r: u32 = 0; r < size; ++r) {
      putWeight(described, FEATURES + from + r, 1 / sqrt<f64>(max<f64>(get(mixed, (r * (r + 1)) / 2 + r), 0) + FLOOR));
    }
    whiten(described, b);
  }
}

/** The inverse of the Cholesky factor of a block's correlation matrix with RIDGE on its diagonal. */
function whiten(described: usize, b: u32): void {
  const n = length(b),
    from = start(b);
  for (let r: u32 = 0; r < n; ++r)
    for (let c: u32 = 0; c <= r; ++c) {
      const both = precisionOf(described, from + r) * precisionOf(described, from + c);
      let s = r == c ? 1 + RIDGE : get(mixed, (r * (r + 1)) / 2 + c) * both;
      for (let q: u32 = 0; q < c; ++q) s -= get(factor, r * BLOCK + q) * get(factor, c * BLOCK + q);
      put(factor, r * BLOCK + c, r == c ? sqrt<f64>(max<f64>(s, RIDGE)) : s / get(factor, c * BLOCK + c));
    }
  for (let c: u32 = 0; c < n; ++c) {
    put(mixed, (c * (c + 1)) / 2 + c, 1 / get(factor, c * BLOCK + c)); // the covariances have been used
    for (let r = c + 1; r < n; ++r) {
      let s: f64 = 0;
      for (let q = c; q < r; ++q) s -= get(factor, r * BLOCK + q) * get(mixed, (q * (q + 1)) / 2 + c);
      put(mixed, (r * (r + 1)) / 2 + c, s / get(factor, r * BLOCK + r));
    }
  }
  const t = 2 * FEATURES + triangle(b);
  for (let i: u32 = 0; i < triangleLength(b); ++i) putWeight(described, t + i, get(mixed, i));
}
