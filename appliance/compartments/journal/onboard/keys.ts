// REQ-LOG-002, REQ-LOG-003
// The keys of an authenticated log: one for each EPOCH records, none of which tells those before it.
//
// A tree (Goldreich, Goldwasser, Micali 1986; as keys of a log: Marson, Poettering, "Practical Secure Logging: Seekable
// Sequential Key Generators", ESORICS 2013). Its root belongs to this start of the appliance, its leaves are the keys,
// in order; a node's children are HMAC(node, 0) and HMAC(node, 1). Kept are the leaf in use and the right siblings
// along its way from the root: all later keys follow from these, no earlier one does. Who verifies finds any leaf in
// DEPTH steps, so a loss of whatever length costs the same.
//
//   root = HMAC(policy's key, "weir log 1" and the boot number in 8 bytes, highest first)
//   leaf n = DEPTH steps from the root, by the bits of n, highest first; it is the key of records n*64+1 to n*64+64
import { put32 } from "../../../../lib/onboard/bytes";
import { DIGEST, HMAC_SIZE, hmacBegin, hmacEnd, hmacUpdate } from "../../../../lib/onboard/sha256";

export const EPOCH: u64 = 64; // records
const DEPTH: u32 = 32;

const LEAF: usize = memory.data(DIGEST, 8);
const SIBLINGS: usize = memory.data((DEPTH + 1) * DIGEST, 8); // the right sibling at each depth
let pending: u64 = 0; // bit d: there is one at depth d
const HMAC: usize = memory.data(HMAC_SIZE, 8);
const KEYED: usize = memory.data(HMAC_SIZE, 8); // the HMAC once it has taken the leaf, for each record to begin with
const MESSAGE: usize = memory.data(24, 8);
const CODE: usize = memory.data(DIGEST, 8);

export const MAC: u32 = 16; // bytes of a code that a record carries: HMAC-SHA-256-128 (RFC 4868 truncates alike)

/** Derives the first key. `key` is 32 bytes, and overwritten: from now on it is nowhere here. */
export function startKeys(key: usize, boot: u64): void {
  store<u64>(MESSAGE, 0x676f6c2072696577); // "weir log"
  store<u16>(MESSAGE, 0x3120, 8); // " 1"
  put32(MESSAGE + 10, <u32>(boot >> 32));
  put32(MESSAGE + 14, <u32>boot);
  hmacBegin(HMAC, key, DIGEST);
  hmacUpdate(HMAC, MESSAGE, 18);
  hmacEnd(HMAC, LEAF);
  memory.fill(key, 0, DIGEST);
  pending = 0;
  descend(0);
}

/** Goes on to the next key and forgets this one. */
export function nextKey(): void {
  assert(pending != 0); // 2^38 records
  const depth = 63 - <u32>clz<u64>(pending);
  const sibling = SIBLINGS + depth * DIGEST;
  memory.copy(LEAF, sibling, DIGEST);
  memory.fill(sibling, 0, DIGEST);
  pending &= ~((<u64>1) << depth);
  descend(depth);
}

/** From the node in LEAF at this depth down its left children. */
function descend(from: u32): void {
  for (let depth = from + 1; depth <= DEPTH; ++depth) {
    child(1, SIBLINGS + depth * DIGEST);
    child(0, LEAF);
    pending |= (<u64>1) << depth;
  }
  hmacBegin(KEYED, LEAF, DIGEST);
}

function child(side: u32, to: usize): void {
  store<u8>(MESSAGE, <u8>side);
  hmacBegin(HMAC, LEAF, DIGEST);
  hmacUpdate(HMAC, MESSAGE, 1);
  hmacEnd(HMAC, to);
}

/** The code over two stretches of bytes, one behind the other: where its MAC bytes are. */
export function authenticate(a: usize, aLength: u32, b: usize, bLength: u32): usize {
  memory.copy(HMAC, KEYED, HMAC_SIZE);
  hmacUpdate(HMAC, a, aLength);
  hmacUpdate(HMAC, b, bLength);
  hmacEnd(HMAC, CODE);
  return CODE;
}
