// REQ-TRANSFER-001, REQ-TRANSFER-004
// What a shard says (sizes.ts, Kind), taken apart and made anew.
import { BODY_AT, Kind, MOST_BODY, MOST_BYTES, MOST_NAME, SHARD } from "./sizes";

/** A shard, taken apart. What does not belong to its kind is 0. */
@unmanaged
export class Record {
  kind: u32;
  stream: u32;
  size: u64; // MANIFEST, END; all ones = not known
  offset: u64; // DATA
  digest: usize; // MANIFEST, END: 32 bytes
  bytes: usize; // DATA: the bytes; MANIFEST: the name
  length: u32; // of them
  pad: u32;
}
const DIGEST: u32 = 32;
const MANIFEST_HEAD: u32 = 8 + DIGEST + 1;

/** Whether the shard is whole: every length fits, nothing is left over, and what is behind it is zeros. */
export function readRecord(r: Record, shard: usize): bool {
  const length = <u32>load<u16>(shard),
    body = shard + BODY_AT;
  memory.fill(changetype<usize>(r), 0, offsetof<Record>());
  if (length > MOST_BODY || load<u8>(shard, 3) != 0 || !zeros(body + length, MOST_BODY - length)) return false;
  r.kind = <u32>load<u8>(shard, 2);
  r.stream = load<u32>(shard, 4);
  switch (r.kind) {
    case Kind.NONE:
      return length == 0 && r.stream == 0;
    case Kind.DATA:
      if (length < 9) return false;
      r.offset = load<u64>(body);
      r.bytes = body + 8;
      r.length = length - 8;
      return r.offset <= 0xffffffffffff; // no file is that large, and no sum wraps
    case Kind.END:
      r.size = load<u64>(body);
      r.digest = body + 8;
      return length == 8 + DIGEST;
    case Kind.MANIFEST:
      if (length < MANIFEST_HEAD + 1) return false;
      r.size = load<u64>(body);
      r.digest = body + 8;
      r.bytes = body + MANIFEST_HEAD;
      r.length = <u32>load<u8>(body, 8 + DIGEST);
      return r.length <= MOST_NAME && length == MANIFEST_HEAD + r.length && plainName(r.bytes, r.length);
    default:
      return false;
  }
}

function zeros(p: usize, length: u32): bool {
  for (let i: usize = 0; i < <usize>length; ++i) if (load<u8>(p + i) != 0) return false;
  return true;
}

/**
 * Letters, digits, `.`, `_`, `-`, space; not beginning with `.`, `-` or space, nor ending with `.` or space. No path is
 * one.
 */
function plainName(p: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; ++i) {
    const c = <u32>load<u8>(p + i);
    const word = (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || c == 0x5f;
    const inner = i != 0 && (c == 0x2d || ((c == 0x2e || c == 0x20) && i != length - 1));
    if (!word && !inner) return false;
  }
  return length != 0;
}

/**
 * Writes the record as a shard, under another stream's number: nothing that is not in it. Of a manifest not the digest,
 * which nobody here has verified.
 */
export function writeRecord(r: Record, stream: u32, shard: usize): void {
  memory.fill(shard, 0, SHARD);
  const body = shard + BODY_AT;
  let length: u32 = 0;
  if (r.kind == Kind.DATA) {
    store<u64>(body, r.offset);
    memory.copy(body + 8, r.bytes, min<u32>(r.length, MOST_BYTES));
    length = 8 + r.length;
  } else if (r.kind != Kind.NONE) {
    store<u64>(body, r.size);
    if (r.kind == Kind.END) memory.copy(body + 8, r.digest, DIGEST);
    length = 8 + DIGEST;
    if (r.kind == Kind.MANIFEST) {
      store<u8>(body, <u8>r.length, 8 + DIGEST);
      memory.copy(body + MANIFEST_HEAD, r.bytes, r.length);
      length = MANIFEST_HEAD + r.length;
    }
  }
  store<u16>(shard, <u16>length);
  store<u8>(shard, <u8>r.kind, 2);
  store<u32>(shard, stream, 4);
}
