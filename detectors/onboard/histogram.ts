// Streaming histogram of unsigned integers with buckets that grow with the value: exact below 16, then eight to each
// power of two (a bucket is at most 1/8 of its lower edge wide). As in Gil Tene's HdrHistogram.
//
//   Histogram         ../layouts/histogram.ts
//   bucket of v:   v < 8: v     else (e - 2) * 8 + the three bits below the leading one, e = floor(log2 v)
//
// Values from 2^40 on (18 minutes in ns) share the last bucket. Composes: counts add up; order never matters.

import { BUCKETS, Histogram, HistogramAt } from "./generated/histogram";

export { BUCKETS } from "./generated/histogram";
export const HISTOGRAM: u32 = HistogramAt.SIZE;

@inline export function bucket(v: u64): u32 {
  if (v < 8) return <u32>v;
  const e = 63 - <u32>clz<u64>(v);
  return e > 39 ? BUCKETS - 1 : (e - 2) * 8 + ((<u32>(v >> (e - 3))) & 7);
}

/** Smallest value of a bucket. */
export function lowest(i: u32): u64 {
  return i < 8 ? i : (<u64>(8 + (i & 7))) << ((i >> 3) - 1);
}

/** p: a Histogram. */
@inline export function count(p: usize, i: u32): u32 {
  return load<u32>(changetype<Histogram>(p).counts + ((<usize>i) << 2));
}

export function update(p: usize, v: u64): void {
  const h = changetype<Histogram>(p);
  const at = h.counts + ((<usize>bucket(v)) << 2);
  const c = load<u32>(at);
  if (c == u32.MAX_VALUE) return;
  store<u32>(at, c + 1);
  h.total += 1;
}
