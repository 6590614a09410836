// What normal traffic looks like: for each class of frames the mean and spread of every feature and, block by block, how
// features vary together. A frame's distance in a block is Mahalanobis' (1936): deviations in directions in which normal
// traffic hardly varies count most. Features are logarithms, so that one normal distribution is a fair description.
//
// Classes: five by protocol (ARP, other without IP, TCP, UDP, other IP), and up to 27 services: protocol, lower port and
// direction, over all hosts (ARP by operation, ICMP by type, other frames by EtherType). A frame belongs to its service
// where that was learned, else to its protocol.
//
//   Model, 107,336 bytes, all f64 but for the keys
//     +0     frames learned from; 0 = there is no model
//     +8     6 scales: the distance that one normal frame in a hundred exceeds, for each block
//     +56    limit: scores above it are alarms; 0 = none was learned
//     +64    unused
//     +72    32 x { u64 key of the service (protocols: 0), frames learned from }
//     +584   32 x { 57 means, 57 inverse deviations, six lower triangles W (5 x 55, 28) }, 3,336 bytes each
//
//   z = (feature - mean) / deviation, cut to +-CUT;  distance^2 = |W z|^2 / length of the block,  W = inverse Cholesky
//   factor of (correlation + RIDGE)
//
// A class with few frames is drawn toward a wider one, a service toward its protocol, a protocol toward all traffic: its
// mean by PRIOR_MEAN frames' worth, its covariance by PRIOR frames' worth. So a class never seen is described by the
// rest (Ledoit, Wolf 2004 shrink for the same reason).
import { Is, Packet } from "../../../ip/onboard/packet";
import { clamp, ratio } from "../../onboard/numeric";
import { BLOCKS, FEATURES } from "./features";

export const PROTOCOLS: u32 = 5;
export const CLASSES: u32 = 32;
export const TRIANGLES: u32 = 303;
export const CLASS: usize = (57 + 57 + 303) * 8;
export const HEAD: usize = 584;
export const MODEL: u32 = 584 + 32 * (57 + 57 + 303) * 8;
export const MOMENTS: usize = (1 + 57 + 303) * 8; // of a class: count, means, sums of products of deviations

const CUT: f64 = 8;
const RIDGE: f64 = 0.1;
const FLOOR: f64 = 0.01;       // variance of a feature that never varied: a tenth of a doubling, 7 %
const PRIOR: f64 = 100;
const PRIOR_MEAN: f64 = 10;

const factor: usize = memory.data(100 * 8, 8);
const whole: usize = memory.data(361 * 8, 8);
const mixed: usize = memory.data(361 * 8, 8);

/** Where block b begins in the vector, and how long it is. */
// @ts-ignore: decorator
@inline export function start(b: u32): u32 { return b * 10; }
// @ts-ignore: decorator
@inline export function length(b: u32): u32 { return b == 5 ? 7 : 10; }
/** Where the triangle of block b begins. */
// @ts-ignore: decorator
@inline export function triangle(b: u32): u32 { return b * 55; }

/** ARP; other without IP; TCP; UDP; other IP. */
export function protocolOf(k: Packet): u32 {
  if (k.ips == 0) return k.arpOp != 0 ? 0 : 1;
  return k.protocol == 6 ? 2 : k.protocol == 17 ? 3 : 4;
}

/** Key of the frame's service, not 0; its low byte is the protocol's class. */
export function serviceOf(k: Packet): u64 {
  const protocol = <u64>protocolOf(k);
  if (k.ips == 0) return <u64>1 << 48 | <u64>(protocol == 0 ? k.arpOp : k.etherType) << 8 | protocol;
  if (k.flags & Is.PORTS) {
    const source = <u64>k.sourcePort, dest = <u64>k.destPort;
    const answer: u64 = source < dest ? 1 : 0;
    return <u64>2 << 48 | answer << 40 | (answer ? source : dest) << 8 | <u64>k.protocol << 24 | protocol;
  }
  return <u64>3 << 48 | <u64>k.protocol << 24 | <u64>k.icmpType << 8 | protocol;
}

/** Class of a service among the keys at `keys` (32 x 16 bytes), that of its protocol when it is not there. */
export function classOf(keys: usize, service: u64): u32 {
  for (let c = PROTOCOLS; c < CLASSES; ++c) {
    const key = load<u64>(keys + (<usize>c << 4));
    if (key == service) return c;
    if (key == 0) break;
  }
  return <u32>service & 255;
}

// @ts-ignore: decorator
@inline function get(p: usize, i: u32): f64 { return load<f64>(p + (<usize>i << 3)); }
// @ts-ignore: decorator
@inline function put(p: usize, i: u32, x: f64): void { store<f64>(p + (<usize>i << 3), x); }

/** Squared distance of a vector in block b of a class's description. Written out: it is most of the detector's cost. */
export function distance2(described: usize, vector: usize, b: u32): f64 {
  const from = start(b);
  const w = described + 912 + (<usize>triangle(b) << 3);
  const z0 = standard(described, vector, from + 0), z1 = standard(described, vector, from + 1),
    z2 = standard(described, vector, from + 2), z3 = standard(described, vector, from + 3),
    z4 = standard(described, vector, from + 4), z5 = standard(described, vector, from + 5),
    z6 = standard(described, vector, from + 6);
  let u = get(w, 0) * z0;
  let sum = u * u;
  u = get(w, 1) * z0 + get(w, 2) * z1;
  sum += u * u;
  u = get(w, 3) * z0 + get(w, 4) * z1 + get(w, 5) * z2;
  sum += u * u;
  u = get(w, 6) * z0 + get(w, 7) * z1 + get(w, 8) * z2 + get(w, 9) * z3;
  sum += u * u;
  u = get(w, 10) * z0 + get(w, 11) * z1 + get(w, 12) * z2 + get(w, 13) * z3 + get(w, 14) * z4;
  sum += u * u;
  u = get(w, 15) * z0 + get(w, 16) * z1 + get(w, 17) * z2 + get(w, 18) * z3 + get(w, 19) * z4 +
    get(w, 20) * z5;
  sum += u * u;
  u = get(w, 21) * z0 + get(w, 22) * z1 + get(w, 23) * z2 + get(w, 24) * z3 + get(w, 25) * z4 +
    get(w, 26) * z5 + get(w, 27) * z6;
  sum += u * u;
  if (length(b) == 7) return sum / 7;
  const z7 = standard(described, vector, from + 7), z8 = standard(described, vector, from + 8),
    z9 = standard(described, vector, from + 9);
  u = get(w, 28) * z0 + get(w, 29) * z1 + get(w, 30) * z2 + get(w, 31) * z3 + get(w, 32) * z4 +
    get(w, 33) * z5 + get(w, 34) * z6 + get(w, 35) * z7;
  sum += u * u;
  u = get(w, 36) * z0 + get(w, 37) * z1 + get(w, 38) * z2 + get(w, 39) * z3 + get(w, 40) * z4 +
    get(w, 41) * z5 + get(w, 42) * z6 + get(w, 43) * z7 + get(w, 44) * z8;
  sum += u * u;
  u = get(w, 45) * z0 + get(w, 46) * z1 + get(w, 47) * z2 + get(w, 48) * z3 + get(w, 49) * z4 +
    get(w, 50) * z5 + get(w, 51) * z6 + get(w, 52) * z7 + get(w, 53) * z8 + get(w, 54) * z9;
  sum += u * u;
  return sum / 10;
}

/** Feature i in deviations from its mean, -CUT .. CUT. */
// @ts-ignore: decorator
@inline export function standard(described: usize, vector: usize, i: u32): f64 {
  return clamp((get(vector, i) - get(described, i)) * get(described, 57 + i), -CUT, CUT);
}

// @ts-ignore: decorator
@inline export function ofClass(model: usize, c: u32): usize { return model + HEAD + <usize>c * CLASS; }

/** Adds to the moments `into` those of `from`, as if seen together (Chan et al. 1979). */
export function add(into: usize, from: usize): void {
  const a = get(into, 0), m = get(from, 0);
  if (m == 0) return;
  const share = m / (a + m);
  const cross = a * share;
  for (let b: u32 = 0; b < BLOCKS; ++b) {
    let t = 58 + triangle(b);
    for (let r: u32 = 0; r < length(b); ++r) {
      const dr = get(from, 1 + start(b) + r) - get(into, 1 + start(b) + r);
      for (let c: u32 = 0; c <= r; ++c) {
        const dc = get(from, 1 + start(b) + c) - get(into, 1 + start(b) + c);
        put(into, t, get(into, t) + get(from, t) + dr * dc * cross);
        t += 1;
      }
    }
  }
  for (let i: u32 = 1; i <= FEATURES; ++i) put(into, i, get(into, i) + (get(from, i) - get(into, i)) * share);
  put(into, 0, a + m);
}

/**
 * Makes the descriptions of all classes from their moments (32, one behind the other; a service's frames are in its
 * protocol's moments as well) and keys (32 x 16 bytes). Leaves scales and limit alone.
 */
export function make(model: usize, keys: usize, moments: usize): void {
  memory.fill(whole, 0, MOMENTS);
  for (let c: u32 = 0; c < PROTOCOLS; ++c) add(whole, moments + <usize>c * MOMENTS);
  put(model, 0, get(whole, 0));
  for (let c: u32 = 0; c < CLASSES; ++c) {
    const own = moments + <usize>c * MOMENTS;
    const key = load<u64>(keys + (<usize>c << 4));
    store<u64>(model + 72 + (<usize>c << 4), key);
    store<f64>(model + 80 + (<usize>c << 4), get(own, 0));
    if (get(whole, 0) == 0 || (c >= PROTOCOLS && key == 0)) continue;
    describe(ofClass(model, c), own, c < PROTOCOLS ? whole : moments + <usize>(<u32>key & 255) * MOMENTS);
  }
}

/** One class: its own moments, with those of a wider class for a prior. */
function describe(described: usize, own: usize, wider: usize): void {
  const n = get(own, 0), m = get(wider, 0);
  const toMean = PRIOR_MEAN / (n + PRIOR_MEAN);
  const share = n / (n + PRIOR);
  for (let i: u32 = 1; i <= FEATURES; ++i) put(described, i - 1, get(own, i) + (get(wider, i) - get(own, i)) * toMean);
  for (let b: u32 = 0; b < BLOCKS; ++b) {
    const t = 58 + triangle(b), from = start(b), size = length(b);
    // covariance around the mean that was put: within the class, and of the class around it
    for (let r: u32 = 0; r < size; ++r) for (let c: u32 = 0; c <= r; ++c) {
      const i = t + r * (r + 1) / 2 + c;
      const dr = get(own, 1 + from + r) - get(described, from + r);
      const dc = get(own, 1 + from + c) - get(described, from + c);
      const inside = n == 0 ? 0 : get(own, i) / n + dr * dc;
      put(mixed, i, inside * share + ratio(get(wider, i), m, 0) * (1 - share));
    }
    for (let r: u32 = 0; r < size; ++r) {
      put(described, 57 + from + r, 1 / sqrt<f64>(get(mixed, t + r * (r + 1) / 2 + r) + FLOOR));
    }
    whiten(described, from, t, size, described + 912 + (<usize>triangle(b) << 3));
  }
}

/** The inverse of the Cholesky factor of a block's correlation matrix with RIDGE on its diagonal, to `out`. */
function whiten(described: usize, from: u32, t: u32, n: u32, out: usize): void {
  for (let r: u32 = 0; r < n; ++r) for (let c: u32 = 0; c <= r; ++c) {
    const scale = get(described, 57 + from + r) * get(described, 57 + from + c);
    let s = r == c ? 1 + RIDGE : get(mixed, t + r * (r + 1) / 2 + c) * scale;
    for (let q: u32 = 0; q < c; ++q) s -= get(factor, r * 10 + q) * get(factor, c * 10 + q);
    put(factor, r * 10 + c, r == c ? sqrt<f64>(max<f64>(s, RIDGE)) : s / get(factor, c * 10 + c));
  }
  for (let c: u32 = 0; c < n; ++c) {
    put(out, c * (c + 1) / 2 + c, 1 / get(factor, c * 10 + c));
    for (let r = c + 1; r < n; ++r) {
      let s: f64 = 0;
      for (let q = c; q < r; ++q) s -= get(factor, r * 10 + q) * get(out, q * (q + 1) / 2 + c);
      put(out, r * (r + 1) / 2 + c, s / get(factor, r * 10 + r));
    }
  }
}
