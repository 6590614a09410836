// Shannon entropy of the bytes of one payload.
// Shannon, "A Mathematical Theory of Communication", Bell System Technical Journal 27 (1948).
//
// H = log2 n - (sum of c * log2 c) / n, where a byte value occurs c times in n bytes.
import { clamp } from "./numeric";

const CACHED: u32 = 2048;

const VALUES: u32 = 256; // of a byte
const byteCounts: usize = memory.data(VALUES * 4, 8);
const cache: usize = memory.data(CACHED * 8, 8); // c * log2 c for c < CACHED, filled when first asked for

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
