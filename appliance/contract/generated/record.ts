// Generated from appliance/contract/layouts/record.ts by `npm run generate`: do not edit.
//
// What compartments and their hosts give each other, each at a multiple of 8. The rules of use are in onboard/abi.ts.
import { Layout } from "../layout.ts";

export const ABI_VERSION = 2;
export const RECORD_HEADER = 32; // bytes
// bytes: the largest IPv4 packet with room for link layers; the host cuts longer ones
export const MAX_CAPTURED = 66560;
export const INPUT_SIZE = 131072; // bytes that a compartment's input has
export const EVENT_HEADER = 16; // bytes
export const MAX_EVENT = 1112; // JSON bytes of one event: with all headers a datagram stays under 1,400 bytes
export const FRAME_HEADER = 16; // bytes
export const COUNTERS = 4; // u64s at countersAt()
export const VERDICTS = 128; // records of one inspect.run: keeps what they cause within the journal's input
export const MEASURES = 128; // of one inspect.run
export const ACTIONS = 8; // values of Action
export const LINK_ETHERNET = 1; // tcpdump.org/linktypes.html

export interface RecordHeaderFields {
  time: bigint; // ns: since 1970-01-01T00:00:00Z
  number: bigint; // 1, 2, ... over everything that came in
  captured: number; // bytes: that follow, then zeros up to a multiple of 8; at most MAX_CAPTURED
  original: number; // bytes: the frame had on the wire; >= captured, larger when the capture or the host cut it
  link: number; // a LINKTYPE_ number (tcpdump.org/linktypes.html); meaningful for kind FRAME
  kind: number; // RecordKind
  source: number; // which interface of the capture (0 for the image's `in`)
  verdict: number; // Verdict: into inspect: 0. Into guard: what inspect said of this record and of nothing else
}

/** 32 bytes. In front of a record: one frame (or tick, or stretch of Chapter 10 bytes) with its circumstances. */
export class RecordHeader extends Layout<RecordHeaderFields> implements RecordHeaderFields {
  static readonly SIZE = 32;
  static readonly AT = {
    time: 0,
    number: 8,
    captured: 16,
    original: 20,
    link: 24,
    kind: 26,
    source: 27,
    verdict: 28,
  } as const;
  get time(): bigint {
    return this.view.getBigUint64(this.at, true);
  }
  set time(value: bigint) {
    this.view.setBigUint64(this.at, value, true);
  }
  get number(): bigint {
    return this.view.getBigUint64(this.at + 8, true);
  }
  set number(value: bigint) {
    this.view.setBigUint64(this.at + 8, value, true);
  }
  get captured(): number {
    return this.view.getUint32(this.at + 16, true);
  }
  set captured(value: number) {
    this.view.setUint32(this.at + 16, value, true);
  }
  get original(): number {
    return this.view.getUint32(this.at + 20, true);
  }
  set original(value: number) {
    this.view.setUint32(this.at + 20, value, true);
  }
  get link(): number {
    return this.view.getUint16(this.at + 24, true);
  }
  set link(value: number) {
    this.view.setUint16(this.at + 24, value, true);
  }
  get kind(): number {
    return this.view.getUint8(this.at + 26);
  }
  set kind(value: number) {
    this.view.setUint8(this.at + 26, value);
  }
  get source(): number {
    return this.view.getUint8(this.at + 27);
  }
  set source(value: number) {
    this.view.setUint8(this.at + 27, value);
  }
  get verdict(): number {
    return this.view.getUint32(this.at + 28, true);
  }
  set verdict(value: number) {
    this.view.setUint32(this.at + 28, value, true);
  }
}

export const RecordKind = {
  FRAME: 0, // a link-layer frame
  TICK: 1, // time went on and nothing came; captured = 0
  CHAPTER10: 2, // the next bytes of a Chapter 10 file, cut anywhere
  END: 3, // nothing will follow: report what is still open; captured = 0
} as const;

/** What inspect says of a record: whether it may go on. Guard drops what is neither PASS nor DROP. */
export const Verdict = {
  action: { shift: 0, mask: 15 }, // Action: PASS or DROP
  detector: { shift: 4, mask: 0xfffffff }, // the detector that asked for it
} as const;

export interface MeasureFields {
  record: number; // offset in input of that record: guard takes the measure before it
  action: number; // Action: QUARANTINE_SOURCE or a later one
  detector: number; // the detector that asked for it
  version: number; // of the addresses: 4 or 6
  protocol: number; // of a flow
  srcHi: bigint; // whose: the source, or the recorder that a terminal or a message is of
  srcLo: bigint;
  dstHi: bigint; // of a flow
  dstLo: bigint;
  mac: bigint; // of a source: only with this MAC address as its sender; 0 = with any
  srcPort: number; // of a flow
  dstPort: number; // of ICMP: type
  channel: number; // of a terminal or a message
  command: number; // a command word of theirs
}

/**
 * 56 bytes. What inspect asks guard to do about somebody, who need not have sent the record with which it was found.
 */
export class Measure extends Layout<MeasureFields> implements MeasureFields {
  static readonly SIZE = 56;
  static readonly AT = {
    record: 0,
    action: 4,
    detector: 5,
    version: 6,
    protocol: 7,
    srcHi: 8,
    srcLo: 16,
    dstHi: 24,
    dstLo: 32,
    mac: 40,
    srcPort: 48,
    dstPort: 50,
    channel: 52,
    command: 54,
  } as const;
  get record(): number {
    return this.view.getUint32(this.at, true);
  }
  set record(value: number) {
    this.view.setUint32(this.at, value, true);
  }
  get action(): number {
    return this.view.getUint8(this.at + 4);
  }
  set action(value: number) {
    this.view.setUint8(this.at + 4, value);
  }
  get detector(): number {
    return this.view.getUint8(this.at + 5);
  }
  set detector(value: number) {
    this.view.setUint8(this.at + 5, value);
  }
  get version(): number {
    return this.view.getUint8(this.at + 6);
  }
  set version(value: number) {
    this.view.setUint8(this.at + 6, value);
  }
  get protocol(): number {
    return this.view.getUint8(this.at + 7);
  }
  set protocol(value: number) {
    this.view.setUint8(this.at + 7, value);
  }
  get srcHi(): bigint {
    return this.view.getBigUint64(this.at + 8, true);
  }
  set srcHi(value: bigint) {
    this.view.setBigUint64(this.at + 8, value, true);
  }
  get srcLo(): bigint {
    return this.view.getBigUint64(this.at + 16, true);
  }
  set srcLo(value: bigint) {
    this.view.setBigUint64(this.at + 16, value, true);
  }
  get dstHi(): bigint {
    return this.view.getBigUint64(this.at + 24, true);
  }
  set dstHi(value: bigint) {
    this.view.setBigUint64(this.at + 24, value, true);
  }
  get dstLo(): bigint {
    return this.view.getBigUint64(this.at + 32, true);
  }
  set dstLo(value: bigint) {
    this.view.setBigUint64(this.at + 32, value, true);
  }
  get mac(): bigint {
    return this.view.getBigUint64(this.at + 40, true);
  }
  set mac(value: bigint) {
    this.view.setBigUint64(this.at + 40, value, true);
  }
  get srcPort(): number {
    return this.view.getUint16(this.at + 48, true);
  }
  set srcPort(value: number) {
    this.view.setUint16(this.at + 48, value, true);
  }
  get dstPort(): number {
    return this.view.getUint16(this.at + 50, true);
  }
  set dstPort(value: number) {
    this.view.setUint16(this.at + 50, value, true);
  }
  get channel(): number {
    return this.view.getUint16(this.at + 52, true);
  }
  set channel(value: number) {
    this.view.setUint16(this.at + 52, value, true);
  }
  get command(): number {
    return this.view.getUint16(this.at + 54, true);
  }
  set command(value: number) {
    this.view.setUint16(this.at + 54, value, true);
  }
}

export interface MeasureListFields {
  count: number; // at most MEASURES
  taken: number; // the host writes 0 with each new list
}

/** 8 bytes. Where guard finds them: this, then as many Measures. */
export class MeasureList extends Layout<MeasureListFields> implements MeasureListFields {
  static readonly SIZE = 8;
  static readonly AT = { count: 0, taken: 4 } as const;
  get count(): number {
    return this.view.getUint32(this.at, true);
  }
  set count(value: number) {
    this.view.setUint32(this.at, value, true);
  }
  get taken(): number {
    return this.view.getUint32(this.at + 4, true);
  }
  set taken(value: number) {
    this.view.setUint32(this.at + 4, value, true);
  }
}

/** inspect can only make guard stricter. */
export const Action = {
  PASS: 0, // nothing against it; guard's rules decide
  DROP: 1, // do not forward this record
  QUARANTINE_SOURCE: 2, // for the time the policy gives, nothing that bears this source address (and MAC address)
  QUARANTINE_FLOW: 3, // nothing of this flow (addresses, protocol, ports, this way round)
  QUARANTINE_TERMINAL: 4, // no 1553 message to or from this terminal, of this channel and source address
  QUARANTINE_MESSAGE: 5, // no 1553 message of this terminal, direction and subaddress
  TIGHTEN: 6, // from this source address only as much as the policy's `tightened` rate allows
  TIGHTEN_FLOW: 7, // the same of this flow; a policy says TIGHTEN
} as const;

export interface EventHeaderFields {
  record: number; // offset in input of the record it belongs to; the journal merges inspect's and guard's by it
  json: number; // bytes: of the JSON object (EVE, no line end)
  text: number; // bytes: of the short form for the console, behind the JSON; 0 = not for the console
  severity: number; // RFC 5424: 1 alert, 4 warning, 5 notice, 6 informational
  kind: number; // EventKind
}

/** 16 bytes. In front of an event, in an events buffer. */
export class EventHeader extends Layout<EventHeaderFields> implements EventHeaderFields {
  static readonly SIZE = 16;
  static readonly AT = { record: 0, json: 4, text: 6, severity: 8, kind: 9, pad: 10 } as const;
  get record(): number {
    return this.view.getUint32(this.at, true);
  }
  set record(value: number) {
    this.view.setUint32(this.at, value, true);
  }
  get json(): number {
    return this.view.getUint16(this.at + 4, true);
  }
  set json(value: number) {
    this.view.setUint16(this.at + 4, value, true);
  }
  get text(): number {
    return this.view.getUint16(this.at + 6, true);
  }
  set text(value: number) {
    this.view.setUint16(this.at + 6, value, true);
  }
  get severity(): number {
    return this.view.getUint8(this.at + 8);
  }
  set severity(value: number) {
    this.view.setUint8(this.at + 8, value);
  }
  get kind(): number {
    return this.view.getUint8(this.at + 9);
  }
  set kind(value: number) {
    this.view.setUint8(this.at + 9, value);
  }
}

export const EventKind = {
  EVENT: 0,
  STATS: 1, // a part of the heartbeat; the journal joins those of one record into one object
  SCORE: 2, // in place of JSON a Score; only where the policy asks for scores (InspectFlag.SCORES)
} as const;

export interface ScoreFields {
  time: bigint; // ns: of the record
  number: bigint; // of the record at hand, or of the 1553 message on its bus; 0 = none was
  key: bigint; // findings of a detector with the same key are about the same thing
  score: number; // finite, >= 0
  threshold: number; // finite, > 0: the policy's factor is in it
  detector: number; // Detector
}

/** 48 bytes. What a detector found in a record: the body of an event of kind SCORE. */
export class Score extends Layout<ScoreFields> implements ScoreFields {
  static readonly SIZE = 48;
  static readonly AT = { time: 0, number: 8, key: 16, score: 24, threshold: 32, detector: 40, pad: 44 } as const;
  get time(): bigint {
    return this.view.getBigUint64(this.at, true);
  }
  set time(value: bigint) {
    this.view.setBigUint64(this.at, value, true);
  }
  get number(): bigint {
    return this.view.getBigUint64(this.at + 8, true);
  }
  set number(value: bigint) {
    this.view.setBigUint64(this.at + 8, value, true);
  }
  get key(): bigint {
    return this.view.getBigUint64(this.at + 16, true);
  }
  set key(value: bigint) {
    this.view.setBigUint64(this.at + 16, value, true);
  }
  get score(): number {
    return this.view.getFloat64(this.at + 24, true);
  }
  set score(value: number) {
    this.view.setFloat64(this.at + 24, value, true);
  }
  get threshold(): number {
    return this.view.getFloat64(this.at + 32, true);
  }
  set threshold(value: number) {
    this.view.setFloat64(this.at + 32, value, true);
  }
  get detector(): number {
    return this.view.getUint32(this.at + 40, true);
  }
  set detector(value: number) {
    this.view.setUint32(this.at + 40, value, true);
  }
}

export interface FrameHeaderFields {
  length: number; // bytes: of the frame
  // guard: offset of the record it came from; journal: 1 for a heartbeat, for which the host keeps room on `log`, else
  // 0
  record: number;
  json: number; // bytes: journal: of JSON behind the frame (the host that has no `log` takes it from here)
  text: number; // bytes: journal: of console text behind the JSON
}

/**
 * 16 bytes. In front of a frame, in a frames buffer. guard: for `out`; journal: for `log`, and the JSON and text it was
 * made of.
 */
export class FrameHeader extends Layout<FrameHeaderFields> implements FrameHeaderFields {
  static readonly SIZE = 16;
  static readonly AT = { length: 0, record: 4, json: 8, text: 12 } as const;
  get length(): number {
    return this.view.getUint32(this.at, true);
  }
  set length(value: number) {
    this.view.setUint32(this.at, value, true);
  }
  get record(): number {
    return this.view.getUint32(this.at + 4, true);
  }
  set record(value: number) {
    this.view.setUint32(this.at + 4, value, true);
  }
  get json(): number {
    return this.view.getUint32(this.at + 8, true);
  }
  set json(value: number) {
    this.view.setUint32(this.at + 8, value, true);
  }
  get text(): number {
    return this.view.getUint32(this.at + 12, true);
  }
  set text(value: number) {
    this.view.setUint32(this.at + 12, value, true);
  }
}

/** Why configure() refused a part of the policy. */
export const Refusal = {
  NONE: 0,
  MISSING: 1, // empty
  NOT_OURS: 2, // no magic number
  VERSION: 3,
  LENGTH: 4, // says another length than it has
  DAMAGED: 5,
  CONTENT: 6, // a field is out of its range, or a table larger than the compartment's
} as const;

/** What people are told of each Refusal. */
export const RefusalWords = {
  NONE: "accepted",
  MISSING: "missing",
  NOT_OURS: "not a Weir policy",
  VERSION: "made for another version",
  LENGTH: "of another length than it says",
  DAMAGED: "damaged: its checksum does not match",
  CONTENT: "out of range",
} as const;
