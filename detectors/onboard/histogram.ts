// Streaming histogram of unsigned integers with buckets that grow with the value: exact below 16, then eight to each
// power of two (a bucket is at most 1/8 of its lower edge wide). As in Gil Tene's HdrHistogram.
//
//   Histogram, 1,224 bytes    +0 u64 total    +8 304 x u32 count; a count stops at its largest value
//   bucket of v:   v < 8: v     else (e - 2) * 8 + the three bits below the leading one, e = floor(log2 v)
//
// Values from 2^40 on (18 minutes in ns) share the last bucket. Composes: counts add up; order never matters.

export const BUCKETS: u32 = 304;
export const HISTOGRAM: u32 = 8 + 4 * BUCKETS;

// @ts-ignore: decorator
@inline export function bucket(v: u64): u32 {
  if (v < 8) return <u32>v;
  const e = 63 - <u32>clz<u64>(v);
  return e > 39 ? BUCKETS - 1 : (e - 2) * 8 + ((<u32>(v >> (e - 3))) & 7);
}

/** Smallest value of a bucket. */
export function lowest(i: u32): u64 {
  return i < 8 ? i : (<u64>(8 + (i & 7))) << ((i >> 3) - 1);
}

// @ts-ignore: decorator
@inline export function count(p: usize, i: u32): u32 {
  return load<u32>(p + ((<usize>i) << 2), 8);
}

export function update(p: usize, v: u64): void {
  const at = p + ((<usize>bucket(v)) << 2);
  const c = load<u32>(at, 8);
  if (c == u32.MAX_VALUE) return;
  store<u32>(at, c + 1, 8);
  store<u64>(p, load<u64>(p) + 1);
}
