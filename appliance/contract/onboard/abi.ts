// The contract between a compartment and whatever hosts it: the image's runtime (C), Node, or the browser.
//
// A compartment is one WebAssembly module with one linear memory of fixed size and no imports. There are three:
//   inspect  records in  -> a verdict for each record, events out        (parses untrusted bytes, large)
//   guard    records in  -> frames for `out`, events out                 (parses untrusted bytes, small on purpose)
//   journal  events in   -> datagrams for `log`, console lines out       (holds the log key, parses nothing untrusted)
// The host copies between them; none can reach another's memory. What each exports:
//
//   abi(): u32                    ABI_VERSION of this module. The host refuses any other.
//   inputAt(), inputSize()        where the host writes, and how much fits
//   configure(length): u32        input[0..length) is this compartment's part of the policy; 0, or why it was refused
//                                 (Refusal below). Must be called once, before run(). A compartment that has not been
//                                 configured, or refused, processes nothing: run() traps.
//   run(from, to): u32            works through the records (journal: events) in input[from..to), both multiples of 8.
//                                 Returns where it stopped: `to`, or earlier when an output buffer has no room left.
//                                 The host then takes the outputs and calls run(stopped, to) again. With empty outputs
//                                 at least one record is always finished, so this ends. Only inspect may return `from`
//                                 itself, with events: that record has more to say than fits, call again.
//   eventsAt(), eventsLength()    events of the last run(); valid until the next one
//   framesAt(), framesLength()    frames of the last run(); valid until the next one (inspect: none)
//   verdictsAt(), verdictsLength()  inspect only: a u32 for each record of the last run(), in order, and how many; at
//                                 most VERDICTS: then run() stops early
//   countersAt()                  journal only: COUNTERS u64s that the host keeps up to date. For the heartbeat: frames
//                                 lost because `in` overran, because `out` was full, because `log` was full. Then the
//                                 number that tells this start from others in the log, larger each time: read once, at
//                                 the first run(); 0 = the policy's
//   spare(i): u64                 once configured: the i-th stretch of memory that run() is not going to touch; its offset in
//                                 the lower half, its bytes, which may reach beyond the end, in the upper; 0 = no more.
//                                 Stretches do not overlap. The image has nothing behind the whole pages in them
//   tick(): u64                   guard only, once configured: ns between two TICK records that a live host gives it at
//                                 least, evenly, beginning with the first record of all, and a TICK before the frames
//                                 that came later; 0 = one a second, when nothing else comes, is enough
//
// The host's round: inspect.run over what it has -> verdicts into guard's copies of just those records -> guard.run over
// just those, as often as it stops early, its events put one behind another -> both event buffers to the journal.
//
// How records are batched never changes what comes out: run() over two batches gives the bytes that run() over one
// gives. Time comes with the records and nowhere else; it may repeat or go backwards, and every user of it says what it
// does then. A trap in any compartment ends the appliance: nothing more is forwarded (fail closed).
//
// All integers are little-endian. All structures start at multiples of 8.

export const ABI_VERSION: u32 = 1;

// ---- A record: one frame (or tick, or stretch of Chapter 10 bytes) with its circumstances ------------------------
//
//    0  u64 time       nanoseconds since 1970-01-01T00:00:00Z
//    8  u64 number     1, 2, ... over everything that came in
//   16  u32 captured   bytes that follow; at most MAX_CAPTURED
//   20  u32 original   bytes the frame had on the wire; >= captured, larger when the capture or the host cut it
//   24  u16 link       a LINKTYPE_ number (tcpdump.org/linktypes.html); meaningful for kind FRAME
//   26  u8  kind       RecordKind
//   27  u8  source     which interface of the capture (0 for the image's `in`)
//   28  u32 verdict    into inspect: 0. Into guard: what inspect said of this record
//   32  captured bytes, then zeros up to a multiple of 8
//
// Untrusted: the bytes. Trusted: the 32 bytes in front, which the host wrote; yet `captured` is checked against `to`.

export const RECORD_HEADER: u32 = 32;
export const MAX_CAPTURED: u32 = 66560; // the largest IPv4 packet with room for link layers; the host cuts longer ones
export const INPUT_SIZE: u32 = 131072;

export const enum RecordKind {
  FRAME = 0, // a link-layer frame
  TICK = 1, // time went on and nothing came; captured = 0
  CHAPTER10 = 2, // the next bytes of a Chapter 10 file, cut anywhere
  END = 3, // nothing will follow: report what is still open; captured = 0
}


@unmanaged
export class RecordHeader {
  time: u64;
  number: u64;
  captured: u32;
  original: u32;
  link: u16;
  kind: u8;
  source: u8;
  verdict: u32;
}

// ---- A verdict ------------------------------------------------------------------------------------------------------
//   bits  0-3   Action
//   bits  4-9   the detector that asked for it
//   bits 10-20  of a 1553 message: the upper 11 bits of its command word (terminal, transmit or receive, subaddress)
//   bits 21-31  and the lower 11 bits of its Chapter 10 channel
// inspect can only make guard stricter. A record has one verdict: the strictest of those that were asked for.

export const enum Action {
  PASS = 0, // nothing against it; guard's rules decide
  DROP = 1, // do not forward this record
  QUARANTINE_SOURCE = 2, // nor, for the time the policy gives, anything else from this frame's source address
  QUARANTINE_FLOW = 3, // nor anything else of its flow (addresses, protocol, ports, this way round)
  QUARANTINE_TERMINAL = 4, // no 1553 message to or from this terminal, of this channel and source address
  QUARANTINE_MESSAGE = 5, // no 1553 message of this terminal, direction and subaddress
  TIGHTEN = 6, // from this frame's source address only as much as the policy's `tightened` rate allows
}

export const ACTIONS: u32 = 7;
const RANKS: u32 = 0x1235640; // of each Action, four bits: how strict it is

/** A verdict. `command`: of the 1553 message that it is about, 0 where it is about none. */
export function verdictOf(action: u32, detector: u32, command: u32, channel: u32): u32 {
  return action | ((detector & 63) << 4) | (((command >> 5) & 0x7ff) << 10) | ((channel & 0x7ff) << 21);
}

/** The stricter of two verdicts; of two that are as strict, the first. */
export function stricter(a: u32, b: u32): u32 {
  return ((RANKS >> ((b & 15) << 2)) & 15) > ((RANKS >> ((a & 15) << 2)) & 15) ? b : a;
}

// ---- An event, in an events buffer -----------------------------------------------------------------------------------
//
//    0  u32 record    offset of the record it belongs to in input; the journal merges inspect's and guard's by it
//    4  u16 json      bytes of the JSON object (EVE, no line end)
//    6  u16 text      bytes of the short form for the console; 0 = not for the console
//    8  u8  severity  RFC 5424: 1 alert, 4 warning, 5 notice, 6 informational
//    9  u8  kind      EventKind
//   10  6 bytes zero
//   16  json bytes, text bytes, then zeros up to a multiple of 8
//
// The journal's input is the two buffers one behind the other: u32 length of inspect's, u32 length of guard's, inspect's
// events, guard's events. Events of one record keep their order, inspect's first. Its run() takes this whole block.

export const EVENT_HEADER: u32 = 16;
export const MAX_EVENT: u32 = 1112; // JSON bytes of one event: with all headers a datagram stays under 1,400 bytes

export const enum EventKind {
  EVENT = 0,
  STATS = 1, // a part of the heartbeat; the journal joins those of one record into one object:
  // inspect's opens it with `{"timestamp":...,"event_type":"heartbeat","inspect":{...}`, guard's follows with
  // `"guard":{...}`, the journal adds its own and the closing brace
  SCORE = 2, // only where the policy asks for scores (InspectFlag.SCORES), for evaluation on the ground: in place of JSON
  // a Score. The host that asks for them takes them from inspect; the journal passes over them.
}

/** 48 bytes: what a detector found in a record. */
@unmanaged
export class Score {
  time: u64; // ns
  number: u64; // of the record at hand, or of the 1553 message on its bus; 0 = none was
  key: u64; // findings of a detector with the same key are about the same thing
  score: f64; // finite, >= 0
  threshold: f64; // finite, > 0: the policy's factor is in it
  detector: u32;
  pad: u32;
}

// ---- A frame, in a frames buffer (guard: for `out`; journal: for `log`, and the JSON and text it was made of) -----------
//
//    0  u32 length    bytes of the frame
//    4  u32 record    guard: offset of the record it came from; journal: 1 for a heartbeat, for which the host keeps room
//                     on `log` that no other record gets; else 0
//    8  u32 json      journal: bytes of JSON behind the frame (the host that has no `log` takes it from here)
//   12  u32 text      journal: bytes of console text behind the JSON
//   16  frame bytes, json bytes, text bytes, then zeros up to a multiple of 8

export const FRAME_HEADER: u32 = 16;

export const COUNTERS: u32 = 4;
export const VERDICTS: u32 = 128; // records of one inspect.run: keeps what they cause within the journal's input

// ---- Why a configuration was refused ------------------------------------------------------------------------------------

export const enum Refusal {
  NONE = 0,
  MISSING = 1, // empty
  NOT_OURS = 2, // no magic number
  VERSION = 3, // made for another version
  LENGTH = 4, // says another length than it has
  DAMAGED = 5, // its checksum does not match
  CONTENT = 6, // a field is out of its range, or a table larger than the compartment's
}
