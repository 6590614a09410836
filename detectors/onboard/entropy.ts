// Shannon entropy of the bytes of one payload, and of a stream of symbols (ports, addresses) that is forgotten slowly.
// Shannon, "A Mathematical Theory of Communication", Bell System Technical Journal 27 (1948).
//
//   Entropy, 528 bytes    +0 u32 total    +4 u32 kinds    +8 f64 sum of c * log2 c    +16 128 x u32 count
//
// H = log2 n - (sum of c * log2 c) / n, so one update changes two terms. A symbol is counted in the place its hash points
// to (of 128: H is at most 7 bits); when `window` values are in, every count is halved: a value's weight falls by half
// with each half window. The sum is made afresh then, so that rounding cannot build up.
//
// Composes: counts add up (halved together when they exceed the window).
import { clamp } from "./numeric";

export const ENTROPY: u32 = 528;
export const PLACES: u32 = 128;
const CACHED: u32 = 2048;

const byteCounts: usize = memory.data(1024, 8);
const cache: usize = memory.data(16384, 8); // c * log2 c for c < CACHED, filled when first asked for

function term(c: u32): f64 {
  if (c < 2) return 0;
  if (c >= CACHED) return <f64>c * NativeMath.log2(<f64>c);
  const at = cache + ((<usize>c) << 3);
  let v = load<f64>(at);
  if (v == 0) {
    v = <f64>c * NativeMath.log2(<f64>c);
    store<f64>(at, v);
  }
  return v;
}

// @ts-ignore: decorator
@inline function bits(n: u32, sum: f64): f64 {
  return n == 0 ? 0 : clamp(NativeMath.log2(<f64>n) - sum / <f64>n, 0, 32);
}

/** Entropy of `length` untrusted bytes, 0 .. 8 bits per byte. Short payloads cannot reach 8: see fullness. */
export function ofBytes(p: usize, length: u32): f64 {
  memory.fill(byteCounts, 0, 1024);
  for (let i: u32 = 0; i < length; ++i) {
    const at = byteCounts + ((<usize>load<u8>(p + i)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  let sum: f64 = 0;
  for (let i: usize = 0; i < 1024; i += 4) sum += term(load<u32>(byteCounts + i));
  return bits(length, sum);
}

/** Entropy as a share of what this many bytes can have at most, 0 .. 1. Random bytes: above 0.93 from 16 bytes on. */
export function fullness(entropy: f64, length: u32): f64 {
  if (length < 2) return 0;
  return clamp(entropy / min<f64>(NativeMath.log2(<f64>length), 8), 0, 1);
}

@unmanaged
export class Entropy {
  total: u32;
  kinds: u32; // places in use
  sum: f64;
}

// @ts-ignore: decorator
@inline function counter(p: usize, i: u32): usize {
  return p + 16 + ((<usize>i) << 2);
}

function halve(p: usize): void {
  const s = changetype<Entropy>(p);
  s.total = 0;
  s.kinds = 0;
  s.sum = 0;
  for (let i: u32 = 0; i < PLACES; ++i) {
    const c = load<u32>(counter(p, i)) >> 1;
    store<u32>(counter(p, i), c);
    s.total += c;
    s.sum += term(c);
    if (c != 0) s.kinds += 1;
  }
}

/** Counts a symbol by its hash (its low 7 bits choose the place); window: 256 .. 2^24 values. */
export function update(p: usize, hash: u64, window: u32): void {
  const s = changetype<Entropy>(p);
  const at = counter(p, (<u32>hash) & (PLACES - 1));
  const c = load<u32>(at);
  if (c == 0) s.kinds += 1;
  s.sum += term(c + 1) - term(c);
  store<u32>(at, c + 1);
  s.total += 1;
  if (s.total >= window) halve(p);
}

/** 0 .. 7 bits. */
export function entropy(p: usize): f64 {
  const s = changetype<Entropy>(p);
  return min<f64>(bits(s.total, s.sum), 7);
}

/** How far the entropy is from what is expected, in bits, 0 .. 7; 0 while fewer than 64 values are in. */
export function score(p: usize, expected: f64): f64 {
  return changetype<Entropy>(p).total < 64 ? 0 : clamp(abs<f64>(entropy(p) - expected), 0, 7);
}

export function merge(into: usize, from: usize, window: u32): void {
  const a = changetype<Entropy>(into);
  a.total = 0;
  a.kinds = 0;
  a.sum = 0;
  for (let i: u32 = 0; i < PLACES; ++i) {
    const c = load<u32>(counter(into, i)) + load<u32>(counter(from, i));
    store<u32>(counter(into, i), c);
    a.total += c;
    a.sum += term(c);
    if (c != 0) a.kinds += 1;
  }
  while (a.total >= window) halve(into);
}
