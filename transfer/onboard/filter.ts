// REQ-TRANSFER-005, REQ-TRANSFER-010
// What of a transfer may cross: files that were announced, of a name, a size and a content that the policy lets pass.
// What does not conform ends its stream: nothing more of it crosses, under whatever offset.
//
// A stream has so many bytes as it may have in all, not in each place; all streams together have `total`. What the
// sender says of digests does not cross: the digest of a stream is that of the bytes that were let through, in their
// order, and its one end leaves when all of them have, or when nothing more is to be expected (nextEnding).
//
// Rule when full: of STREAMS streams at a time, one that ended or was ended makes room; none of those: the new one is
// refused.
import { SHA256_SIZE, Sha256, sha256Begin, sha256End, sha256Update } from "../../lib/onboard/sha256";
import { Kind } from "./sizes";
import { Record } from "./record";

const STREAMS: u32 = 64;
const EXTENSIONS: u32 = 16;
const EXTENSION: u32 = 8;
export const EXTENSIONS_SIZE: u32 = EXTENSIONS * EXTENSION;

@unmanaged
class Stream {
  id: u32; // the sender's; the ones that cross are counted here
  out: u32; // 0 = a free place
  announcedSize: u64; // all ones = not known
  size: u64; // the same until the sender has said it with the end
  most: u64; // bytes that may cross: size, or the policy's limit
  sum: u64; // that have crossed
  ended: u64; // time at which the sender said so
  state: u32; // State
  announced: u32; // manifests that crossed
  shards: u32; // of data
  pad: u32;
}
const enum State {
  OPEN = 0,
  ENDING = 1, // the sender has said its end; ours has not left
  ENDED = 2,
  REFUSED = 3,
}

/** Of the policy (TransferSettings in abi/config). */
@unmanaged
export class Allowed {
  mostBytes: u64;
  ascii: u32; // 1: content must be text of printable ASCII, tabs and line ends
  extensions: u32; // how many of 8 bytes each follow, at EXTENSIONS_AT; 0 = every name
}

/** Why a record does not cross. */
export const enum Stopped {
  NONE = 0,
  FORM, // no record
  UNANNOUNCED, // no manifest came before
  NAME, // not of a name that may cross
  SIZE, // larger than allowed, or than announced
  CONTENT, // not text
  CHANGED, // announced anew, otherwise
  REFUSED, // of a stream that was ended
  FULL, // too many streams
  TOTAL, // more than may cross in all
  REPEATED, // said often enough; its stream goes on
}
export const STOPS: u32 = 11;

/** Manifests of a stream that cross: so many, and one more for each MANIFEST_EVERY shards of its data. */
const MANIFESTS: u32 = 64;
const MANIFEST_EVERY: u32 = 8;
/** ns without a frame after which nothing more is expected before an end; ns after which it leaves in any case. */
const QUIET: u64 = 1000000000;
const LONG: u64 = 5000000000;

const TABLE: usize = memory.data(STREAMS * offsetof<Stream>(), 8);
const HASHES: usize = memory.data(STREAMS * SHA256_SIZE, 8);
let crossed: u64 = 0; // bytes, of all streams
let endings: u32 = 0; // streams in State.ENDING
let next: u32 = 0;
let allowed: usize = 0;
let names: usize = 0;
let total: u64 = 0xffffffffffffffff;

/** @param most bytes of contents and names, of all streams since the start */
export function limitFilter(most: u64): void {
  total = most;
}

export function openFilter(settings: usize, extensions: usize): void {
  allowed = settings;
  crossed = 0;
  names = extensions;
  next = 0;
  forgetStreams();
}

/** The sender began anew: numbers of its streams mean others now. */
export function forgetStreams(): void {
  endings = 0;
  memory.fill(TABLE, 0, STREAMS * offsetof<Stream>());
}

/** The number under which a record's stream crosses, set when judge() said NONE. */
export let crossing: u32 = 0;

export function judge(r: Record, time: u64): u32 {
  crossing = 0;
  if (r.kind == Kind.NONE) return Stopped.NONE;
  let s = find(r.stream);
  if (s == 0) {
    if (r.kind != Kind.MANIFEST) return Stopped.UNANNOUNCED;
    s = place();
    if (s == 0) return Stopped.FULL;
    announce(changetype<Stream>(s), r);
  }
  const stream = changetype<Stream>(s);
  if (stream.state == State.REFUSED)
    return r.kind == Kind.MANIFEST && !nameAllowed(r) ? <u32>Stopped.NAME : <u32>Stopped.REFUSED;
  const why = conforms(stream, r);
  if (why == Stopped.REPEATED) return why;
  if (why != Stopped.NONE) {
    refuse(stream);
    return why;
  }
  return take(stream, r, time);
}

function refuse(s: Stream): void {
  if (s.state == State.ENDING) endings -= 1;
  s.state = State.REFUSED;
}

/** It conforms: what it takes of what may cross is taken. */
function take(s: Stream, r: Record, time: u64): u32 {
  if (r.kind == Kind.END) {
    s.state = State.ENDING;
    s.ended = time;
    if (s.size == u64.MAX_VALUE) s.size = r.size;
    endings += 1;
    return Stopped.NONE; // ours follows: nextEnding()
  }
  const cost: u64 = r.kind == Kind.DATA || s.announced == 0 ? r.length : 0;
  if (crossed + cost > total) {
    refuse(s);
    return Stopped.TOTAL;
  }
  crossed += cost;
  if (r.kind == Kind.DATA) {
    s.sum += r.length;
    s.shards += 1;
    sha256Update(hashOf(s), r.bytes, r.length);
  } else s.announced += 1;
  crossing = s.out;
  return Stopped.NONE;
}

@inline function hashOf(s: Stream): Sha256 {
  return changetype<Sha256>(HASHES + ((changetype<usize>(s) - TABLE) / offsetof<Stream>()) * SHA256_SIZE);
}

function conforms(s: Stream, r: Record): u32 {
  const a = changetype<Allowed>(allowed);
  switch (r.kind) {
    case Kind.MANIFEST:
      if (!nameAllowed(r)) return Stopped.NAME;
      if (r.size != s.announcedSize) return Stopped.CHANGED;
      if (r.size != u64.MAX_VALUE && r.size > a.mostBytes) return Stopped.SIZE;
      return s.state != State.OPEN || s.announced >= MANIFESTS + s.shards / MANIFEST_EVERY
        ? <u32>Stopped.REPEATED
        : <u32>Stopped.NONE;
    case Kind.DATA:
      if (s.state == State.ENDED) return Stopped.REFUSED;
      if (r.offset + r.length > s.most || s.sum + r.length > s.most) return Stopped.SIZE;
      return a.ascii != 0 && !isText(r.bytes, r.length) ? <u32>Stopped.CONTENT : <u32>Stopped.NONE;
    default:
      if (s.state != State.OPEN) return r.size == s.size ? <u32>Stopped.REPEATED : <u32>Stopped.SIZE;
      return r.size > s.most || (s.size != u64.MAX_VALUE && r.size != s.size) ? <u32>Stopped.SIZE : <u32>Stopped.NONE;
  }
}

/**
 * Writes the end of a stream that is to leave now to `r`, its digest to `digest`; false = there is none.
 * @param last when a frame was taken last
 */
export function nextEnding(r: Record, digest: usize, time: u64, last: u64): bool {
  if (endings == 0) return false;
  for (let i: u32 = 0; i < STREAMS; ++i) {
    const s = changetype<Stream>(TABLE + i * offsetof<Stream>());
    if (s.out == 0 || s.state != State.ENDING) continue;
    if (s.sum < s.size && time < last + QUIET && time < s.ended + LONG) continue;
    endings -= 1;
    s.state = State.ENDED;
    memory.fill(changetype<usize>(r), 0, offsetof<Record>());
    sha256End(hashOf(s), digest);
    r.kind = Kind.END;
    r.size = s.size;
    r.digest = digest;
    crossing = s.out;
    return true;
  }
  return false;
}

function announce(s: Stream, r: Record): void {
  next += 1;
  memory.fill(changetype<usize>(s), 0, offsetof<Stream>());
  s.id = r.stream;
  s.out = next;
  s.announcedSize = s.size = r.size;
  s.most = min<u64>(r.size, changetype<Allowed>(allowed).mostBytes);
  s.state = State.OPEN;
  sha256Begin(hashOf(s));
}

function find(id: u32): usize {
  for (let i: u32 = 0; i < STREAMS; ++i) {
    const s = changetype<Stream>(TABLE + i * offsetof<Stream>());
    if (s.out != 0 && s.id == id) return changetype<usize>(s);
  }
  return 0;
}

/** A free place, else that of the stream that ended longest ago. */
function place(): usize {
  let found: usize = 0;
  for (let i: u32 = 0; i < STREAMS; ++i) {
    const s = changetype<Stream>(TABLE + i * offsetof<Stream>());
    if (s.out == 0) return changetype<usize>(s);
    if (s.state >= <u32>State.ENDED && (found == 0 || s.out < changetype<Stream>(found).out))
      found = changetype<usize>(s);
  }
  return found;
}

function nameAllowed(r: Record): bool {
  const a = changetype<Allowed>(allowed);
  if (a.extensions == 0) return true;
  for (let i: u32 = 0; i < min<u32>(a.extensions, EXTENSIONS); ++i) if (endsWith(r, names + i * EXTENSION)) return true;
  return false;
}

/** Whether the name ends with a dot and this extension: up to 8 bytes, zeros behind. */
function endsWith(r: Record, extension: usize): bool {
  let n: u32 = 0;
  while (n < EXTENSION && load<u8>(extension + n) != 0) ++n;
  if (r.length < n + 2 || load<u8>(r.bytes + r.length - n - 1) != 0x2e) return false;
  for (let i: u32 = 0; i < n; ++i) if (load<u8>(r.bytes + r.length - n + i) != load<u8>(extension + i)) return false;
  return true;
}

function isText(p: usize, length: u32): bool {
  for (let i: usize = 0; i < <usize>length; ++i) {
    const c = <u32>load<u8>(p + i);
    if ((c < 0x20 || c > 0x7e) && c != 9 && c != 10 && c != 13) return false;
  }
  return true;
}
