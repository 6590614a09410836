// What normal traffic looks like: for each class of frames the mean and spread of every feature and, block by block, how
// features vary together. A frame's distance in a block is Mahalanobis' (1936): deviations in directions in which normal
// traffic hardly varies count most. Features are logarithms, so that one normal distribution is a fair description.
//
// Classes: five by protocol (ARP, other without IP, TCP, UDP, other IP), and up to 27 services: protocol, lower port and
// direction, over all hosts (ARP by operation, ICMP by type, other frames by EtherType). A frame belongs to its service
// where that was learned, else to its protocol.
//
//   Head, 48 bytes     +0  u32 p: descriptions of protocols, 1 .. 5; 0 = there is no model
//                      +4  u32 s: services, 0 .. 27, described behind the protocols
//                      +8  f64 limit: scores above it are alarms
//                      +16 6 x f32 scale: the distance that one normal frame in a hundred exceeds, for each block
//                      +40 5 x u8: which description each protocol has (those never seen share one); zeros
//   keys               s x u64
//   descriptions       (p + s) x 417 x f32: 57 means, 57 inverse deviations, six lower triangles W (5 x 55, 28)
//
// As a section of the policy the three stand one behind the other; in memory each has the room of its most.
//
//   z = (feature - mean) / deviation, cut to +-CUT;  distance^2 = |W z|^2 / length of the block,  W = inverse Cholesky
//   factor of (correlation + RIDGE)
//
// A class with few frames is drawn toward a wider one, a service toward its protocol, a protocol toward all traffic: its
// mean by PRIOR_MEAN frames' worth, its covariance by PRIOR frames' worth. So a class never seen is described by the
// rest (Ledoit, Wolf 2004 shrink for the same reason).
//
//   Sums, 2,888 bytes, of a class    361 x i64: frames; 57 sums of features; 303 sums of products, as the triangles
//
// Features are counted in units of 1 / UNIT, cut to +-MOST: sums of integers are exact, so that they are the same in
// whatever order they were added up. Means and covariances made of them are good to 2^-40 of a feature's square.
import { Is, Packet } from "../../../ip/onboard/packet";
import { clamp } from "../../onboard/numeric";
import { BLOCKS, FEATURES } from "./features";

export const PROTOCOLS: u32 = 5;
export const SERVICES: u32 = 27;
export const CLASSES: u32 = 32;
export const HEAD_SIZE: u32 = 48;
export const WEIGHTS: u32 = 417;
export const DESCRIPTION: u32 = 1668;
export const SUMS: usize = 2888;
export const UNIT: f64 = 1024;
const MOST: f64 = 64;
const WHITEN: usize = 456; // of a description: where the triangles begin

export const head: usize = memory.data(48, 8);
export const keys: usize = memory.data(27 * 8, 8);
export const descriptions: usize = memory.data(32 * 1668, 8);

const CUT: f32 = 8;
const RIDGE: f64 = 0.1;
const FLOOR: f64 = 0.01; // variance of a feature that never varied: a tenth of a doubling, 7 %
const PRIOR: f64 = 100;
const PRIOR_MEAN: f64 = 10;

const factor: usize = memory.data(100 * 8, 8);
const whole: usize = memory.data(361 * 8, 8);
const mixed: usize = memory.data(55 * 8, 8);

/** Where block b begins in the vector, and how long it is. */
// @ts-ignore: decorator
@inline export function start(b: u32): u32 {
  return b * 10;
}
// @ts-ignore: decorator
@inline export function length(b: u32): u32 {
  return b == 5 ? 7 : 10;
}
/** Where the triangle of block b begins, and how long it is. */
// @ts-ignore: decorator
@inline export function triangle(b: u32): u32 {
  return b * 55;
}
// @ts-ignore: decorator
@inline export function triangleLength(b: u32): u32 {
  return b == 5 ? 28 : 55;
}

// @ts-ignore: decorator
@inline export function protocolsDescribed(): u32 {
  return load<u32>(head);
}
// @ts-ignore: decorator
@inline export function services(): u32 {
  return load<u32>(head, 4);
}
// @ts-ignore: decorator
@inline export function limit(): f64 {
  return load<f64>(head, 8);
}
// @ts-ignore: decorator
@inline export function scale(b: u32): f64 {
  return <f64>load<f32>(head + ((<usize>b) << 2), 16);
}

/** ARP; other without IP; TCP; UDP; other IP. */
export function protocolOf(k: Packet): u32 {
  if (k.ips == 0) return k.arpOp != 0 ? 0 : 1;
  return k.protocol == 6 ? 2 : k.protocol == 17 ? 3 : 4;
}

/** Key of the frame's service, not 0; its low byte is the protocol's class. */
export function serviceOf(k: Packet): u64 {
  const protocol = <u64>protocolOf(k);
  if (k.ips == 0) return ((<u64>1) << 48) | ((<u64>(protocol == 0 ? k.arpOp : k.etherType)) << 8) | protocol;
  if (k.flags & Is.PORTS) {
    const source = <u64>k.sourcePort,
      dest = <u64>k.destPort;
    const answer: u64 = source < dest ? 1 : 0;
    return ((<u64>2) << 48) | (answer << 40) | ((answer ? source : dest) << 8) | ((<u64>k.protocol) << 24) | protocol;
  }
  return ((<u64>3) << 48) | ((<u64>k.protocol) << 24) | ((<u64>k.icmpType) << 8) | protocol;
}

/** The description of a service, that of its protocol when it has none of its own. Only when there is a model. */
export function describedBy(service: u64): usize {
  const p = protocolsDescribed(),
    s = services();
  for (let c: u32 = 0; c < s; ++c) {
    if (load<u64>(keys + ((<usize>c) << 3)) == service) return descriptions + <usize>((p + c) * DESCRIPTION);
  }
  return descriptions + <usize>(<u32>load<u8>(head + ((<usize>service) & 255), 40) * DESCRIPTION);
}

// @ts-ignore: decorator
@inline function get(p: usize, i: u32): f64 {
  return load<f64>(p + ((<usize>i) << 3));
}
// @ts-ignore: decorator
@inline function put(p: usize, i: u32, x: f64): void {
  store<f64>(p + ((<usize>i) << 3), x);
}
// @ts-ignore: decorator
@inline function f(p: usize, i: u32): f32 {
  return load<f32>(p + ((<usize>i) << 2));
}
// @ts-ignore: decorator
@inline function putWeight(p: usize, i: u32, x: f64): void {
  store<f32>(p + ((<usize>i) << 2), <f32>x);
}

/** Feature i in deviations from its mean, -CUT .. CUT. */
// @ts-ignore: decorator
@inline function z(described: usize, vector: usize, i: u32): f32 {
  const d = (f(vector, i) - f(described, i)) * f(described, 57 + i);
  return d > CUT ? CUT : d < -CUT ? -CUT : d;
}

export function standard(described: usize, vector: usize, i: u32): f64 {
  return <f64>z(described, vector, i);
}
// @ts-ignore: decorator
@inline export function meanOf(described: usize, i: u32): f64 {
  return <f64>f(described, i);
}
/** 1 / deviation. */
// @ts-ignore: decorator
@inline export function precisionOf(described: usize, i: u32): f64 {
  return <f64>f(described, 57 + i);
}
/** Element (r, c), c <= r, of W of block b. */
// @ts-ignore: decorator
@inline export function whitening(described: usize, b: u32, r: u32, c: u32): f64 {
  return <f64>f(described, 114 + triangle(b) + (r * (r + 1)) / 2 + c);
}

/** Squared distance of a vector in block b of a description; single precision. Written out: it is most of the detector's cost. */
export function distance2(described: usize, vector: usize, b: u32): f64 {
  const from = start(b);
  const w = described + WHITEN + ((<usize>triangle(b)) << 2);
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
  if (length(b) == 7) return <f64>sum / 7;
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
  return <f64>sum / 10;
}

/** A feature in units, as sums count it. */
// @ts-ignore: decorator
@inline export function counted(x: f64): i32 {
  return <i32>nearest<f64>(clamp(x, -MOST, MOST) * UNIT);
}

// @ts-ignore: decorator
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
 * Makes the model, but for scales and limit, of `count` services with their keys, and of the sums of all classes: those of
 * the five protocols, then those of the services. A service's frames are in its protocol's sums as well.
 */
export function make(serviceKeys: usize, count: u32, sums: usize): void {
  memory.fill(whole, 0, SUMS);
  for (let c: u32 = 0; c < PROTOCOLS; ++c) {
    for (let i: usize = 0; i < SUMS; i += 8)
      store<i64>(whole + i, load<i64>(whole + i) + load<i64>(sums + <usize>c * SUMS + i));
    store<u8>(head + c, <u8>c, 40);
  }
  store<u32>(head, load<i64>(whole) == 0 ? 0 : PROTOCOLS);
  store<u32>(head, count, 4);
  memory.copy(keys, serviceKeys, (<usize>count) << 3);
  for (let c: u32 = 0; c < PROTOCOLS + count; ++c) {
    const wider =
      c < PROTOCOLS ? whole : sums + ((<usize>load<u64>(keys + ((<usize>(c - PROTOCOLS)) << 3))) & 255) * SUMS;
    describe(descriptions + <usize>(c * DESCRIPTION), sums + <usize>c * SUMS, wider);
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
        const at = 58 + triangle(b) + t;
        const inside = n == 0 ? 0 : covariance(own, from + r, from + c, at) + dr * dc;
        put(mixed, t, inside * share + covariance(wider, from + r, from + c, at) * (1 - share));
        t += 1;
      }
    for (let r: u32 = 0; r < size; ++r) {
      putWeight(described, 57 + from + r, 1 / sqrt<f64>(max<f64>(get(mixed, (r * (r + 1)) / 2 + r), 0) + FLOOR));
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
      for (let q: u32 = 0; q < c; ++q) s -= get(factor, r * 10 + q) * get(factor, c * 10 + q);
      put(factor, r * 10 + c, r == c ? sqrt<f64>(max<f64>(s, RIDGE)) : s / get(factor, c * 10 + c));
    }
  for (let c: u32 = 0; c < n; ++c) {
    put(mixed, (c * (c + 1)) / 2 + c, 1 / get(factor, c * 10 + c)); // the covariances have been used
    for (let r = c + 1; r < n; ++r) {
      let s: f64 = 0;
      for (let q = c; q < r; ++q) s -= get(factor, r * 10 + q) * get(mixed, (q * (q + 1)) / 2 + c);
      put(mixed, (r * (r + 1)) / 2 + c, s / get(factor, r * 10 + r));
    }
  }
  const t = 114 + triangle(b);
  for (let i: u32 = 0; i < triangleLength(b); ++i) putWeight(described, t + i, get(mixed, i));
}
