// Generated from appliance/contract/layouts/record.ts by `npm run generate`: do not edit.
//
// What compartments and their hosts give each other, each at a multiple of 8. The rules of use are in onboard/abi.ts.

export const ABI_VERSION: u32 = 2;
export const RECORD_HEADER: u32 = 32; // bytes
// bytes: the largest IPv4 packet with room for link layers; the host cuts longer ones
export const MAX_CAPTURED: u32 = 66560;
export const INPUT_SIZE: u32 = 131072; // bytes that a compartment's input has
export const EVENT_HEADER: u32 = 16; // bytes
export const MAX_EVENT: u32 = 1112; // JSON bytes of one event: with all headers a datagram stays under 1,400 bytes
export const FRAME_HEADER: u32 = 16; // bytes
export const COUNTERS: u32 = 4; // u64s at countersAt()
export const VERDICTS: u32 = 128; // records of one inspect.run: keeps what they cause within the journal's input
export const MEASURES: u32 = 128; // of one inspect.run
export const ACTIONS: u32 = 8; // values of Action
export const LINK_ETHERNET: u32 = 1; // tcpdump.org/linktypes.html

/** 32 bytes. In front of a record: one frame (or tick, or stretch of Chapter 10 bytes) with its circumstances. */
@unmanaged
export class RecordHeader {
  time: u64; // ns: since 1970-01-01T00:00:00Z
  number: u64; // 1, 2, ... over everything that came in
  captured: u32; // bytes: that follow, then zeros up to a multiple of 8; at most MAX_CAPTURED
  original: u32; // bytes: the frame had on the wire; >= captured, larger when the capture or the host cut it
  link: u16; // a LINKTYPE_ number (tcpdump.org/linktypes.html); meaningful for kind FRAME
  kind: u8; // RecordKind
  source: u8; // which interface of the capture (0 for the image's `in`)
  verdict: u32; // Verdict: into inspect: 0. Into guard: what inspect said of this record and of nothing else
}

export const enum RecordKind {
  FRAME = 0, // a link-layer frame
  TICK = 1, // time went on and nothing came; captured = 0
  CHAPTER10 = 2, // the next bytes of a Chapter 10 file, cut anywhere
  END = 3, // nothing will follow: report what is still open; captured = 0
}

/**
 * What inspect says of a record: whether it may go on. Guard drops what is neither PASS nor DROP.
 * The lowest bit of each field.
 */
export const enum VerdictShift {
  action = 0, // Action: PASS or DROP
  detector = 4, // the detector that asked for it
}

/** The bits of each field of VerdictShift, once shifted down. */
export const enum VerdictMask {
  action = 15,
  detector = 0xfffffff,
}

/**
 * 56 bytes. What inspect asks guard to do about somebody, who need not have sent the record with which it was found.
 */
@unmanaged
export class Measure {
  record: u32; // offset in input of that record: guard takes the measure before it
  action: u8; // Action: QUARANTINE_SOURCE or a later one
  detector: u8; // the detector that asked for it
  version: u8; // of the addresses: 4 or 6
  protocol: u8; // of a flow
  srcHi: u64; // whose: the source, or the recorder that a terminal or a message is of
  srcLo: u64;
  dstHi: u64; // of a flow
  dstLo: u64;
  mac: u64; // of a source: only with this MAC address as its sender; 0 = with any
  srcPort: u16; // of a flow
  dstPort: u16; // of ICMP: type
  channel: u16; // of a terminal or a message
  command: u16; // a command word of theirs
}

/** 8 bytes. Where guard finds them: this, then as many Measures. */
@unmanaged
export class MeasureList {
  count: u32; // at most MEASURES
  taken: u32; // the host writes 0 with each new list
}

/** inspect can only make guard stricter. */
export const enum Action {
  PASS = 0, // nothing against it; guard's rules decide
  DROP = 1, // do not forward this record
  QUARANTINE_SOURCE = 2, // for the time the policy gives, nothing that bears this source address (and MAC address)
  QUARANTINE_FLOW = 3, // nothing of this flow (addresses, protocol, ports, this way round)
  QUARANTINE_TERMINAL = 4, // no 1553 message to or from this terminal, of this channel and source address
  QUARANTINE_MESSAGE = 5, // no 1553 message of this terminal, direction and subaddress
  TIGHTEN = 6, // from this source address only as much as the policy's `tightened` rate allows
  TIGHTEN_FLOW = 7, // the same of this flow; a policy says TIGHTEN
}

/** 16 bytes. In front of an event, in an events buffer. */
@unmanaged
export class EventHeader {
  record: u32; // offset in input of the record it belongs to; the journal merges inspect's and guard's by it
  json: u16; // bytes: of the JSON object (EVE, no line end)
  text: u16; // bytes: of the short form for the console, behind the JSON; 0 = not for the console
  severity: u8; // RFC 5424: 1 alert, 4 warning, 5 notice, 6 informational
  kind: u8; // EventKind
  pad: u16; // zero
  pad1: u32;
}

export const enum EventKind {
  EVENT = 0,
  STATS = 1, // a part of the heartbeat; the journal joins those of one record into one object
  SCORE = 2, // in place of JSON a Score; only where the policy asks for scores (InspectFlag.SCORES)
}

/** 48 bytes. What a detector found in a record: the body of an event of kind SCORE. */
@unmanaged
export class Score {
  time: u64; // ns: of the record
  number: u64; // of the record at hand, or of the 1553 message on its bus; 0 = none was
  key: u64; // findings of a detector with the same key are about the same thing
  score: f64; // finite, >= 0
  threshold: f64; // finite, > 0: the policy's factor is in it
  detector: u32; // Detector
  pad: u32; // zero
}

/**
 * 16 bytes. In front of a frame, in a frames buffer. guard: for `out`; journal: for `log`, and the JSON and text it was
 * made of.
 */
@unmanaged
export class FrameHeader {
  length: u32; // bytes: of the frame
  // guard: offset of the record it came from; journal: 1 for a heartbeat, for which the host keeps room on `log`, else
  // 0
  record: u32;
  json: u32; // bytes: journal: of JSON behind the frame (the host that has no `log` takes it from here)
  text: u32; // bytes: journal: of console text behind the JSON
}

/** Why configure() refused a part of the policy. */
export const enum Refusal {
  NONE = 0,
  MISSING = 1, // empty
  NOT_OURS = 2, // no magic number
  VERSION = 3,
  LENGTH = 4, // says another length than it has
  DAMAGED = 5,
  CONTENT = 6, // a field is out of its range, or a table larger than the compartment's
}
