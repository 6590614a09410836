// REQ-TRANSFER-005
// What of a transfer may cross: files that were announced, of a name, a size and a content that the policy lets pass.
// What does not conform ends its stream: nothing more of it crosses, under whatever offset.
//
// Rule when full: of STREAMS streams at a time, one that ended or was ended makes room; none of those: the new one is
// refused.
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
  size: u64; // that was announced
  most: u64; // bytes that may cross: size, or the policy's limit
  state: u32; // State
  pad: u32;
}
const enum State {
  OPEN = 0,
  ENDED = 1,
  REFUSED = 2,
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
}
export const STOPS: u32 = 9;

const TABLE: usize = memory.data(STREAMS * offsetof<Stream>(), 8);
let next: u32 = 0;
let allowed: usize = 0;
let names: usize = 0;

export function openFilter(settings: usize, extensions: usize): void {
  allowed = settings;
  names = extensions;
  next = 0;
  forgetStreams();
}

/** The sender began anew: numbers of its streams mean others now. */
export function forgetStreams(): void {
  memory.fill(TABLE, 0, STREAMS * offsetof<Stream>());
}

/** The number under which a record's stream crosses, set when judge() said NONE. */
export let crossing: u32 = 0;

export function judge(r: Record): u32 {
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
  if (why != Stopped.NONE) {
    stream.state = State.REFUSED;
    return why;
  }
  if (r.kind == Kind.END) stream.state = State.ENDED;
  crossing = stream.out;
  return Stopped.NONE;
}

function conforms(s: Stream, r: Record): u32 {
  const a = changetype<Allowed>(allowed);
  switch (r.kind) {
    case Kind.MANIFEST:
      if (!nameAllowed(r)) return Stopped.NAME;
      if (r.size != s.size) return Stopped.CHANGED;
      return r.size != u64.MAX_VALUE && r.size > a.mostBytes ? <u32>Stopped.SIZE : <u32>Stopped.NONE;
    case Kind.DATA:
      if (r.offset + r.length > s.most) return Stopped.SIZE;
      return a.ascii != 0 && !isText(r.bytes, r.length) ? <u32>Stopped.CONTENT : <u32>Stopped.NONE;
    default:
      return r.size > s.most ? <u32>Stopped.SIZE : <u32>Stopped.NONE;
  }
}

function announce(s: Stream, r: Record): void {
  next += 1;
  s.id = r.stream;
  s.out = next;
  s.size = r.size;
  s.most = min<u64>(r.size, changetype<Allowed>(allowed).mostBytes);
  s.state = State.OPEN;
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
    if (s.state != State.OPEN && (found == 0 || s.out < changetype<Stream>(found).out)) found = changetype<usize>(s);
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
