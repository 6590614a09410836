// Test entry: the hash behind plain exports. The input is hashed in steps, as a caller with pieces would.
import {
  DIGEST,
  HMAC_SIZE,
  SHA256_SIZE,
  Sha256,
  hmacBegin,
  hmacEnd,
  hmacUpdate,
  sameDigest,
  sha256Begin,
  sha256End,
  sha256Update,
} from "./sha256";

const INPUT_SIZE: u32 = 65536;
const INPUT: usize = memory.data(INPUT_SIZE, 8);
const OUT: usize = memory.data(DIGEST, 8);
const HASH: usize = memory.data(SHA256_SIZE, 8);
const HMAC: usize = memory.data(HMAC_SIZE, 8);

export function at(): usize {
  return INPUT;
}
export function out(): usize {
  return OUT;
}

export function hash(length: u32, step: u32): void {
  const s = changetype<Sha256>(HASH);
  sha256Begin(s);
  for (let i: u32 = 0; i < length; i += step) sha256Update(s, INPUT + i, min<u32>(step, length - i));
  sha256End(s, OUT);
}

/** The key is the first `key` bytes of the input, the message the `length` bytes behind it. */
export function code(key: u32, length: u32, step: u32): void {
  hmacBegin(HMAC, INPUT, key);
  for (let i: u32 = 0; i < length; i += step) hmacUpdate(HMAC, INPUT + key + i, min<u32>(step, length - i));
  hmacEnd(HMAC, OUT);
}

/** Whether input[0..32) and input[32..64) are the same. */
export function same(): bool {
  return sameDigest(INPUT, INPUT + DIGEST, DIGEST);
}
