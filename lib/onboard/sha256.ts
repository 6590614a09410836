// SHA-256 (FIPS 180-4) over linear memory, and HMAC (FIPS 198-1, RFC 2104) on top of it; nothing is allocated.
//
// A Sha256 is SHA256_SIZE bytes that the caller owns, as in memory.data(SHA256_SIZE, 8), so several can be under way:
//
//    0  u32[8] state    32  u64 bytes taken so far    40  u8[64] the block being filled
import { be32, put32 } from "./bytes";

@unmanaged
export class Sha256 {
  h0: u32;
  h1: u32;
  h2: u32;
  h3: u32;
  h4: u32;
  h5: u32;
  h6: u32;
  h7: u32;
  length: u64;
  block: u64; // the first of 64 bytes
}

export const DIGEST: u32 = 32;
const BLOCK: u32 = 64;
export const SHA256_SIZE: u32 = <u32>offsetof<Sha256>("block") + BLOCK;

const ROUNDS: u32 = 64;

/** FIPS 180-4 section 4.2.2. */
const K: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);
const SCHEDULE: usize = memory.data(ROUNDS * sizeof<u32>(), 8);

export function sha256Begin(s: Sha256): void {
  s.h0 = 0x6a09e667;
  s.h1 = 0xbb67ae85;
  s.h2 = 0x3c6ef372;
  s.h3 = 0xa54ff53a;
  s.h4 = 0x510e527f;
  s.h5 = 0x9b05688c;
  s.h6 = 0x1f83d9ab;
  s.h7 = 0x5be0cd19;
  s.length = 0;
}

export function sha256Update(s: Sha256, p: usize, length: u32): void {
  const block = changetype<usize>(s) + offsetof<Sha256>("block");
  let held = (<u32>s.length) & (BLOCK - 1);
  s.length += length;
  if (held) {
    const n = min<u32>(BLOCK - held, length);
    memory.copy(block + held, p, n);
    p += n;
    length -= n;
    held += n;
    if (held < BLOCK) return;
    compress(s, block);
  }
  for (; length >= BLOCK; length -= BLOCK) {
    compress(s, p);
    p += BLOCK;
  }
  memory.copy(block, p, length);
}

/** Writes the 32 bytes of the digest to `out`, which may be the memory that was hashed. */
export function sha256End(s: Sha256, out: usize): void {
  const block = changetype<usize>(s) + offsetof<Sha256>("block");
  const bits = s.length << 3;
  let held = (<u32>s.length) & (BLOCK - 1);
  store<u8>(block + held, 0x80);
  held += 1;
  if (held > BLOCK - 8) {
    memory.fill(block + held, 0, BLOCK - held);
    compress(s, block);
    held = 0;
  }
  memory.fill(block + held, 0, BLOCK - 8 - held);
  store<u64>(block, bswap<u64>(bits), 56);
  compress(s, block);
  for (let i: u32 = 0; i < 8; ++i) put32(out + (i << 2), load<u32>(changetype<usize>(s) + (i << 2)));
}

/** Nothing of what was hashed stays: to be called where it was a secret. */
export function sha256Forget(s: Sha256): void {
  memory.fill(changetype<usize>(s), 0, SHA256_SIZE);
  memory.fill(SCHEDULE, 0, ROUNDS * sizeof<u32>());
}

@inline function word(i: u32): u32 {
  return load<u32>(SCHEDULE + (i << 2));
}

function compress(s: Sha256, p: usize): void {
  for (let i: u32 = 0; i < 16; ++i) store<u32>(SCHEDULE + (i << 2), be32(p + (i << 2)));
  for (let i: u32 = 16; i < ROUNDS; ++i) {
    const x = word(i - 15),
      y = word(i - 2);
    const s0 = rotr<u32>(x, 7) ^ rotr<u32>(x, 18) ^ (x >> 3);
    const s1 = rotr<u32>(y, 17) ^ rotr<u32>(y, 19) ^ (y >> 10);
    store<u32>(SCHEDULE + (i << 2), word(i - 16) + s0 + word(i - 7) + s1);
  }
  let a = s.h0,
    b = s.h1,
    c = s.h2,
    d = s.h3,
    e = s.h4,
    f = s.h5,
    g = s.h6,
    h = s.h7;
  for (let i: u32 = 0; i < ROUNDS; ++i) {
    const s1 = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
    const t1 = h + s1 + ((e & f) ^ (~e & g)) + load<u32>(K + (i << 2)) + word(i);
    const s0 = rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22);
    const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  s.h0 += a;
  s.h1 += b;
  s.h2 += c;
  s.h3 += d;
  s.h4 += e;
  s.h5 += f;
  s.h6 += g;
  s.h7 += h;
}

// ---- HMAC-SHA-256 ---------------------------------------------------------------------------------------------------
//
// An Hmac is HMAC_SIZE bytes: the inner hash, the outer hash, and the key as one block.

export const HMAC_SIZE: u32 = 2 * SHA256_SIZE + BLOCK;

/** Starts a message under a key of any length. */
export function hmacBegin(h: usize, key: usize, keyLength: u32): void {
  const inner = changetype<Sha256>(h),
    outer = changetype<Sha256>(h + SHA256_SIZE);
  const block = h + 2 * SHA256_SIZE;
  memory.fill(block, 0, BLOCK);
  if (keyLength > BLOCK) {
    sha256Begin(inner);
    sha256Update(inner, key, keyLength);
    sha256End(inner, block);
  } else memory.copy(block, key, keyLength);
  pad(block, 0x3636363636363636);
  sha256Begin(inner);
  sha256Update(inner, block, BLOCK);
  pad(block, 0x3636363636363636 ^ 0x5c5c5c5c5c5c5c5c);
  sha256Begin(outer);
  sha256Update(outer, block, BLOCK);
  memory.fill(block, 0, BLOCK);
  memory.fill(SCHEDULE, 0, ROUNDS * sizeof<u32>()); // it begins with the key
}

@inline function pad(block: usize, mask: u64): void {
  for (let i: usize = 0; i < BLOCK; i += 8) store<u64>(block + i, load<u64>(block + i) ^ mask);
}

export function hmacUpdate(h: usize, p: usize, length: u32): void {
  sha256Update(changetype<Sha256>(h), p, length);
}

/** Writes the 32 bytes of the code to `out`. */
export function hmacEnd(h: usize, out: usize): void {
  const outer = changetype<Sha256>(h + SHA256_SIZE);
  sha256End(changetype<Sha256>(h), out);
  sha256Update(outer, out, DIGEST);
  sha256End(outer, out);
}

/** Whether two digests are equal, in a time that does not depend on where they differ. */
export function sameDigest(a: usize, b: usize, length: u32): bool {
  let difference: u32 = 0;
  for (let i: u32 = 0; i < length; ++i) difference |= (<u32>load<u8>(a + i)) ^ (<u32>load<u8>(b + i));
  return difference == 0;
}
