// REQ-DECODE-034
// What an application says: the protocol, which of its functions, and about what. One file a protocol beside this one
// finds it in the bytes at which a message begins; messages.ts calls them, walk.ts goes from one message to the next.
//
// Untrusted: every byte of [p, end). None beyond is read; what a message says of its own length counts for where the
// next one begins, no more. Where bytes end before a function or an object, it is left 0.
import { mix } from "../../../lib/onboard/bytes";

/** Application protocols whose messages are told apart. */
export const enum App {
  NONE = 0, // another one: all that its service carries is of one kind
  MODBUS = 1,
  DNP3 = 2,
  IEC104 = 3,
  S7 = 4,
  ENIP = 5, // EtherNet/IP, CIP inside
  MMS = 6,
  BACNET = 7,
  GOOSE = 8,
  SV = 9,
}
export const APPS: u32 = 10;

/** Kinds of any protocol; its own are below. */
export const NO_MESSAGE: u32 = 0xffffffff; // where a message should begin there is none
export const UNKNOWN: u32 = 0xfffffffe; // what a TPDU carries is neither S7 nor MMS
export const GOES_ON: u32 = 0xfffffffd; // what a TPDU carries began in an earlier one

@unmanaged
export class AppMessage {
  about: u64; // what it is about: an object, a register, a name's hash; 0 = nothing that is told apart
  shape: u64; // what tells the layout of its body from others of its kind; 0 = nothing does
  body: usize; // what it carries, as far as it is at hand; may be rewritten (BODY), so that fields keep their places
  end: usize; // behind it
  next: usize; // where the next message begins, as this one says; may lie behind what is at hand
  length: u32; // bytes of the message, as it says
  kind: u32; // which function: the protocol's file says how
  app: u32; // App
  isCut: u32; // 1: so little of it is at hand that what it is about may lie behind
}

/** Octets of a message from which on it says what it is about, if it does. */
export const TELLING: u32 = 64;

/** Bytes of a body that a protocol may rewrite. */
export const BODY: u32 = 64;
const REWRITTEN: usize = memory.data(BODY, 8);

/** Room for a body that is not as it was sent. */
@inline export function rewritten(): usize {
  return REWRITTEN;
}

/** A message of this kind, whose body is `body` to `end`; it is about nothing yet. */
@inline export function says(m: AppMessage, kind: u32, body: usize, end: usize): void {
  m.kind = kind;
  m.body = min<usize>(body, end);
  m.end = end;
}

/** A number for a name: the same in each start, so that a baseline can have it. */
export function nameOf(p: usize, length: u32, seed: u64): u64 {
  let hash = mix(seed, length);
  for (let i: u32 = 0; i < length; ++i) hash = mix(hash, <u64>load<u8>(p + i));
  return hash;
}
