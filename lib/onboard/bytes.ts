// Loads from linear memory in network byte order, the Internet checksum, and the hash that the tables use.
// None checks bounds: whoever calls has compared lengths first.

@inline export function be16(p: usize): u32 {
  return <u32>bswap<u16>(load<u16>(p));
}

@inline export function be32(p: usize): u32 {
  return bswap<u32>(load<u32>(p));
}

/** Six bytes, a MAC address for one. */
@inline export function be48(p: usize): u64 {
  return ((<u64>be16(p)) << 32) | be32(p + 2);
}

@inline export function be64(p: usize): u64 {
  return bswap<u64>(load<u64>(p));
}

@inline export function put16(p: usize, v: u32): void {
  store<u16>(p, bswap<u16>(<u16>v));
}

@inline export function put32(p: usize, v: u32): void {
  store<u32>(p, bswap<u32>(v));
}

/** Next multiple of 8. */
@inline export function align8(n: u32): u32 {
  return (n + 7) & ~7;
}

/** One round of a multiply-xorshift hash: cheap, and good enough where an attacker gains little from collisions. */
@inline export function mix(h: u64, v: u64): u64 {
  h = (h ^ v) * 0x9e3779b97f4a7c15;
  return h ^ (h >> 29);
}

/**
 * Sum of 16-bit words for the Internet checksum (RFC 1071), not yet folded. Bytes are summed in host order, which
 * RFC 1071 section 2 (B) allows as long as the result is stored the same way. `length` may be odd.
 */
export function sum16(p: usize, length: u32, start: u64): u64 {
  let s = start;
  const end8 = p + (length & ~7);
  // Two sums side by side, of 32-bit halves: neither waits for the other, neither can overflow
  let t: u64 = 0;
  for (; p + 24 < end8; p += 32) {
    const a = load<u64>(p),
      b = load<u64>(p, 8),
      c = load<u64>(p, 16),
      d = load<u64>(p, 24);
    s += (a & 0xffffffff) + (b & 0xffffffff) + (c & 0xffffffff) + (d & 0xffffffff);
    t += (a >> 32) + (b >> 32) + (c >> 32) + (d >> 32);
  }
  s += t;
  for (; p < end8; p += 8) {
    const v = load<u64>(p);
    s += (v & 0xffffffff) + (v >> 32);
  }
  const rest = length & 7;
  if (rest & 4) {
    s += <u64>load<u32>(p);
    p += 4;
  }
  if (rest & 2) {
    s += <u64>load<u16>(p);
    p += 2;
  }
  if (rest & 1) s += <u64>load<u8>(p);
  return s;
}

/** Folds a sum of sum16 to 16 bits, in the byte order of memory; 0xffff means a checksum that is right. */
export function fold16(s: u64): u32 {
  s = (s & 0xffffffff) + (s >> 32);
  s = (s & 0xffffffff) + (s >> 32);
  let r = <u32>s;
  r = (r & 0xffff) + (r >> 16);
  r = (r & 0xffff) + (r >> 16);
  return r;
}
