// REQ-FILTER-014
// A compartment's part of the policy: the check that it is whole, and where its sections are. ../layouts/policy.ts
// states how it is framed, inspect.ts, guard.ts and journal.ts beside it what the sections hold.
//
// The digest finds damage (any changed bit); that the policy is the right one is told by its hash, which the heartbeat
// carries.
import { Refusal } from "./generated/record";
import {
  FORMAT_VERSION,
  PART_HEADER,
  PART_MAGIC,
  PartHeader,
  SECTION_HEADER,
  SectionHeader,
  TAGS,
} from "./generated/policy";
import {
  DIGEST,
  SHA256_SIZE,
  Sha256,
  sameDigest,
  sha256Begin,
  sha256End,
  sha256Forget,
  sha256Update,
} from "../../../lib/onboard/sha256";
export * from "./generated/policy";
export * from "./generated/inspect";
export * from "./generated/guard";
export * from "./generated/journal";

const DIGEST_AT: usize = offsetof<PartHeader>("digest");
const HASH: usize = memory.data(SHA256_SIZE, 8);
const FOUND: usize = memory.data(32, 8);

/** Whether p[0..length) is a whole part of the policy for this compartment. Untrusted until this said Refusal.NONE. */
export function verify(p: usize, length: u32, part: u32): u32 {
  if (length == 0) return Refusal.MISSING;
  if (length < PART_HEADER || changetype<PartHeader>(p).magic != PART_MAGIC) return Refusal.NOT_OURS;
  if (<u32>changetype<PartHeader>(p).version != FORMAT_VERSION) return Refusal.VERSION;
  if (changetype<PartHeader>(p).length != length || (length & 7) != 0) return Refusal.LENGTH;
  const s = changetype<Sha256>(HASH);
  sha256Begin(s);
  sha256Update(s, p, <u32>DIGEST_AT);
  sha256Update(s, p + PART_HEADER, length - PART_HEADER);
  sha256End(s, FOUND);
  sha256Forget(s); // parts may have keys in them
  if (!sameDigest(p + DIGEST_AT, FOUND, DIGEST)) return Refusal.DAMAGED;
  if (<u32>changetype<PartHeader>(p).part != part || changetype<PartHeader>(p).zero != 0 || !wellFormed(p, length))
    return Refusal.CONTENT;
  return Refusal.NONE;
}

/** Sections end exactly at the end; none is there twice. */
function wellFormed(p: usize, length: u32): bool {
  let at = PART_HEADER;
  let seen: u64 = 0;
  while (at < length) {
    if (length - at < SECTION_HEADER) return false;
    const tag = changetype<SectionHeader>(p + at).tag,
      n = changetype<SectionHeader>(p + at).length;
    if (n > length - at - SECTION_HEADER || tag >= TAGS || ((seen >> tag) & 1) != 0) return false;
    seen |= (<u64>1) << tag;
    at += SECTION_HEADER + ((n + 7) & ~7);
  }
  return at == length;
}

/** Where the bytes of the first section with this tag begin; 0 when there is none. Only of a verified part. */
export function section(p: usize, tag: u32): usize {
  const length = changetype<PartHeader>(p).length;
  for (
    let at = PART_HEADER;
    at < length;
    at += SECTION_HEADER + ((changetype<SectionHeader>(p + at).length + 7) & ~7)
  ) {
    if (changetype<SectionHeader>(p + at).tag == tag) return p + at + SECTION_HEADER;
  }
  return 0;
}

/** Bytes of that section; 0 when there is none. */
export function sectionLength(p: usize, tag: u32): u32 {
  const at = section(p, tag);
  return at == 0 ? 0 : load<u32>(at - (SECTION_HEADER - <u32>offsetof<SectionHeader>("length")));
}

/** The first 8 bytes of the part's digest, first byte highest: names the policy in the heartbeat. */
export function policyName(p: usize): u64 {
  return bswap<u64>(load<u64>(p, DIGEST_AT));
}
