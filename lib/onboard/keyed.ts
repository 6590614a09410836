// REQ-DETECT-016
// The hash of every table that untrusted input addresses: SipHash-1-3 (Aumasson, Bernstein, "SipHash: a fast
// short-input PRF", INDOCRYPT 2012) under a key of 128 bits. Who does not know the key cannot choose inputs that meet
// in a place, so nobody can aim at a record, though he reads this source. One round a word and three at the end are
// what Rust, Python and Ruby use in their tables: outputs are never shown, so the 2-4 rounds for signatures are not
// needed. HalfSipHash has 32-bit words, for CPUs that have no others.
//
// The host gives the key of this start before configure() (abi.ts, key()). Until then it is the one of replays, which
// is known: the same input gives the same bytes on every host.
//
// What was hashed lately is remembered, input and all: steady traffic costs a look-up, and what is new one hash.

let k0: u64 = 0x0706050403020100; // the key of replays: the paper's own, bytes 0 to 15
let k1: u64 = 0x0f0e0d0c0b0a0908;

/** Second half of 128 bits, after wide3(). */
export let more: u64 = 0;

@unmanaged
class Known {
  a: u64;
  b: u64;
  c: u64;
  key: u64; // 0 = free
  more: u64;
}
const KNOWN: u32 = 512;
const known: usize = memory.data(KNOWN * offsetof<Known>(), 8);

/** The key of this start, before anything is hashed. */
export function setKey(a: u64, b: u64): void {
  k0 = a;
  k1 = b;
  memory.fill(known, 0, KNOWN * offsetof<Known>());
}

const WORDS: usize = memory.data(40, 8);

/** SipHash-1-3 of bytes. `wide`: three rounds more, for another 64 bits in `more`. */
function sip(p: usize, length: u32, wide: bool): u64 {
  let v0 = k0 ^ 0x736f6d6570736575,
    v1 = k1 ^ 0x646f72616e646f6d,
    v2 = k0 ^ 0x6c7967656e657261,
    v3 = k1 ^ 0x7465646279746573,
    result: u64 = 0;
  const words = length >> 3;
  for (let i: u32 = 0; i <= words + 7; ++i) {
    let word: u64 = 0;
    if (i < words) {
      word = load<u64>(p);
      p += 8;
    } else if (i == words) word = lastWord(p, length);
    else if (i == words + 1) v2 ^= 0xff;
    else if (i == words + 4) {
      result = v0 ^ v1 ^ v2 ^ v3;
      if (!wide) return result;
      v1 ^= 0xdd; // as SipHash of 128 bits goes on
    } else if (i == words + 7) {
      more = v0 ^ v1 ^ v2 ^ v3;
      return result;
    }
    v3 ^= word;
    v0 += v1;
    v2 += v3;
    v1 = rotl<u64>(v1, 13) ^ v0;
    v3 = rotl<u64>(v3, 16) ^ v2;
    v0 = rotl<u64>(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = rotl<u64>(v1, 17) ^ v2;
    v3 = rotl<u64>(v3, 21) ^ v0;
    v2 = rotl<u64>(v2, 32);
    v0 ^= word;
  }
  return result;
}

/** What is left of the bytes, and their number on top. */
function lastWord(p: usize, length: u32): u64 {
  let word = (<u64>length) << 56;
  for (let i: u32 = 0; i < (length & 7); ++i) word |= (<u64>load<u8>(p + i)) << (i << 3);
  return word;
}

export function keyed(a: u64, b: u64): u64 {
  store<u64>(WORDS, a);
  store<u64>(WORDS, b, 8);
  return sip(WORDS, 16, false);
}

export function keyed5(a: u64, b: u64, c: u64, d: u64, e: u64): u64 {
  store<u64>(WORDS, a);
  store<u64>(WORDS, b, 8);
  store<u64>(WORDS, c, 16);
  store<u64>(WORDS, d, 24);
  store<u64>(WORDS, e, 32);
  return sip(WORDS, 40, false);
}

export function keyedBytes(p: usize, length: u32): u64 {
  return sip(p, length, false);
}

/** Of three words, never 0; `more` has another 64 bits. What comes again is not hashed again. */
export function wide3(a: u64, b: u64, c: u64): u64 {
  const place = <u32>(((a ^ b ^ c) * 0x9e3779b97f4a7c15) >> 55);
  const e = changetype<Known>(known + <usize>place * offsetof<Known>());
  if (e.key == 0 || e.a != a || e.b != b || e.c != c) {
    e.a = a;
    e.b = b;
    e.c = c;
    store<u64>(WORDS, a);
    store<u64>(WORDS, b, 8);
    store<u64>(WORDS, c, 16);
    e.key = sip(WORDS, 24, true) | 1;
    e.more = more;
  }
  more = e.more;
  return e.key;
}
