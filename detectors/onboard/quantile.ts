// Quantile sketch of non-negative numbers with a bound on the relative error, mergeable without loss.
// Masson, Rim, Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees", VLDB 2019,
// with the bucket index taken from the number's bits (exponent and five bits of mantissa) instead of a logarithm.
//
//   Quantile, 5,136 bytes    +0 u64 total    +8 u32 below    +12 u32 above    +16 1,280 x u32 count
//   bucket of x:   32 * (20 + e) + the five bits below the leading one, e = floor(log2 x)
//
// Covers 2^-20 (a microsecond in seconds) up to 2^20. A bucket [l, l + w) has w <= l / 32, and what is reported for it,
// 2 l (l + w) / (2 l + w), is within 1/65 = 1.54 % of everything in it. Smaller values (and negative ones and NaN) count
// as 0 and are reported as 0, larger ones are reported as 2^20. A count stops at its largest value.
//
// Composes: counts add up; any order of merging gives the same bytes.
import { clamp } from "./numeric";

export const QUANTILE: u32 = 5136;
export const RELATIVE_ERROR: f64 = 0.015384615384615385; // 1/65
const BUCKETS: u32 = 1280;
const LOW: f64 = 9.5367431640625e-7;
const HIGH: f64 = 1048576;
const BIAS: u32 = (1023 - 20) << 5;

@unmanaged
export class Quantile {
  total: u64;
  below: u32;
  above: u32;
}

// @ts-ignore: decorator
@inline function at(p: usize, i: u32): usize {
  return p + 16 + ((<usize>i) << 2);
}

// @ts-ignore: decorator
@inline function index(x: f64): u32 {
  return <u32>(reinterpret<u64>(x) >> 47) - BIAS;
}

function edge(i: u32): f64 {
  return reinterpret<f64>((<u64>(i + BIAS)) << 47);
}

/** What is reported for a bucket. */
function middle(i: u32): f64 {
  const l = edge(i),
    h = edge(i + 1);
  return (2 * l * h) / (l + h);
}

export function update(p: usize, x: f64): void {
  const s = changetype<Quantile>(p);
  const c = !(x >= LOW) ? p + 8 : x >= HIGH ? p + 12 : at(p, index(x));
  const n = load<u32>(c);
  if (n == u32.MAX_VALUE) return;
  store<u32>(c, n + 1);
  s.total += 1;
}

export function merge(into: usize, from: usize): void {
  let total: u64 = 0;
  for (let i: u32 = 0; i < BUCKETS + 2; ++i) {
    const c = into + 8 + ((<usize>i) << 2);
    const sum = min<u64>(<u64>load<u32>(c) + load<u32>(from + 8 + ((<usize>i) << 2)), u32.MAX_VALUE);
    store<u32>(c, <u32>sum);
    total += sum;
  }
  store<u64>(into, total);
}

/** The value of rank floor(q * (total - 1)), counted from 0 (the paper's definition), q in 0 .. 1; 0 when empty. */
export function quantile(p: usize, q: f64): f64 {
  const s = changetype<Quantile>(p);
  if (s.total == 0) return 0;
  const rank = <u64>(clamp(q, 0, 1) * <f64>(s.total - 1));
  let n = <u64>s.below;
  if (rank < n) return 0;
  for (let i: u32 = 0; i < BUCKETS; ++i) {
    n += load<u32>(at(p, i));
    if (rank < n) return middle(i);
  }
  return HIGH;
}

/** Share of values in buckets below that of x, 0 .. 1: a score by rank. 0 when empty. */
export function score(p: usize, x: f64): f64 {
  const s = changetype<Quantile>(p);
  if (s.total == 0 || !(x >= LOW)) return 0;
  let n = <u64>s.below;
  const end = x >= HIGH ? BUCKETS : index(x);
  for (let i: u32 = 0; i < end; ++i) n += load<u32>(at(p, i));
  return <f64>n / <f64>s.total;
}
