// Generated from detectors/mil1553/layouts/section.ts by `npm run generate`: do not edit.
//
// The section BASELINE_1553 of inspect's part of the policy. Records lie one behind the other, with no gaps.
import { Layout } from "../../../appliance/contract/layout.ts";

export const MAGIC = 0x33353531; // "1553"
export const VERSION = 1;
export const SECTION_LARGEST = 61440; // bytes
export const BUSES = 32;
export const IDENTITIES = 1280;
export const WORDS = 12288; // data words of all identities
export const CHANGING_WORDS = 2560; // of these, words that change
export const SUCCESSORS = 6144; // of all identities
export const RESPONSES = 192;
export const CONTROLLERS = 16; // buses whose controller is looked at
export const GAP_RANGES = 10; // of pauses, half an octave apart
export const RANGES = 6; // kinds of interval of one identity
export const NOISY_SHARE = 128; // a bus is noisy where more than one message in so many fails

export interface SectionHeaderFields {
  magic: number; // MAGIC
  version: number; // VERSION
  buses: number; // at most BUSES
  identities: number; // at most IDENTITIES
  responses: number; // at most RESPONSES
  controllers: number; // at most CONTROLLERS
  length: number; // bytes: of all
  novelty: number; // bits: limit of the surprise of what is new
  order: number; // bits: limit of the surprise of the order
  responseTimes: number; // deviations: limit of the cumulative sums of response times
}

/** 32 bytes. Then so many BusRecord, IdentityRecord, ResponseRecord, ControllerRecord. */
export class SectionHeader extends Layout<SectionHeaderFields> implements SectionHeaderFields {
  static readonly SIZE = 32;
  static readonly AT = {
    magic: 0,
    version: 4,
    buses: 6,
    identities: 8,
    responses: 10,
    controllers: 12,
    pad: 14,
    length: 16,
    novelty: 20,
    order: 24,
    responseTimes: 28,
  } as const;
  get magic(): number {
    return this.view.getUint32(this.at, true);
  }
  set magic(value: number) {
    this.view.setUint32(this.at, value, true);
  }
  get version(): number {
    return this.view.getUint16(this.at + 4, true);
  }
  set version(value: number) {
    this.view.setUint16(this.at + 4, value, true);
  }
  get buses(): number {
    return this.view.getUint16(this.at + 6, true);
  }
  set buses(value: number) {
    this.view.setUint16(this.at + 6, value, true);
  }
  get identities(): number {
    return this.view.getUint16(this.at + 8, true);
  }
  set identities(value: number) {
    this.view.setUint16(this.at + 8, value, true);
  }
  get responses(): number {
    return this.view.getUint16(this.at + 10, true);
  }
  set responses(value: number) {
    this.view.setUint16(this.at + 10, value, true);
  }
  get controllers(): number {
    return this.view.getUint16(this.at + 12, true);
  }
  set controllers(value: number) {
    this.view.setUint16(this.at + 12, value, true);
  }
  get length(): number {
    return this.view.getUint32(this.at + 16, true);
  }
  set length(value: number) {
    this.view.setUint32(this.at + 16, value, true);
  }
  get novelty(): number {
    return this.view.getFloat32(this.at + 20, true);
  }
  set novelty(value: number) {
    this.view.setFloat32(this.at + 20, value, true);
  }
  get order(): number {
    return this.view.getFloat32(this.at + 24, true);
  }
  set order(value: number) {
    this.view.setFloat32(this.at + 24, value, true);
  }
  get responseTimes(): number {
    return this.view.getFloat32(this.at + 28, true);
  }
  set responseTimes(value: number) {
    this.view.setFloat32(this.at + 28, value, true);
  }
}

export const BusFlag = {
  INCOMPLETE: 1, // not all identities found room: what is new raises nothing
  NO_ORDER: 2, // not all transitions found room
  NOISY: 4, // failures are part of every interval
} as const;

export interface BusRecordFields {
  channel: number;
  flags: number; // BusFlag
  patience: number; // periods that a message may be missing where commands could not be believed
  terminals: number; // at most 32
  gap: number; // shortest dead time between messages
  gapTolerance: number;
  silence: number; // longest from the end of a message to the next
  loadLeast: number;
  loadMost: number; // 0 = not known
  countLeast: number; // messages in a second
  countMost: number;
  loadTolerance: number;
  countTolerance: number;
  newBits: number; // bits: surprise of a new message
  newLeak: number; // bits: what each message takes away of the sum of these
  modeBits: number; // bits: surprise of a new mode code
  modeLeak: number; // bits
  terminalBits: number; // bits: surprise of a command to a new terminal
  sideBits: number; // bits: surprise of a known message on the other side (bus A, bus B)
  sideLeak: number; // bits
  failure: number; // nats: what a failed message adds to the test of failures
  success: number; // nats: what another adds: at most 0
  burstFailure: number; // nats: the same for bursts, in which most messages fail
  burstSuccess: number; // nats
  limit: number; // nats: of both
  newErrorBits: number; // bits: surprise of a kind of error that is not among knownErrors
  knownErrors: number; // error bits of the block status that were seen
  mask: number; // terminals that were ever commanded, a bit each
  longestBreak: number; // longest time without messages that is a break
  messagesABreak: number; // messages that came for each
  breaks: number; // that were learned
}

/**
 * 108 bytes. Times are in 0.1 us; a load is the 0.1 us in a second that the bus was busy. Then so many TerminalRecord.
 */
export class BusRecord extends Layout<BusRecordFields> implements BusRecordFields {
  static readonly SIZE = 108;
  static readonly AT = {
    channel: 0,
    flags: 2,
    patience: 3,
    terminals: 4,
    gap: 5,
    gapTolerance: 9,
    silence: 13,
    loadLeast: 17,
    loadMost: 21,
    countLeast: 25,
    countMost: 29,
    loadTolerance: 33,
    countTolerance: 37,
    newBits: 41,
    newLeak: 45,
    modeBits: 49,
    modeLeak: 53,
    terminalBits: 57,
    sideBits: 61,
    sideLeak: 65,
    failure: 69,
    success: 73,
    burstFailure: 77,
    burstSuccess: 81,
    limit: 85,
    newErrorBits: 89,
    knownErrors: 93,
    mask: 95,
    longestBreak: 99,
    messagesABreak: 103,
    breaks: 107,
  } as const;
  get channel(): number {
    return this.view.getUint16(this.at, true);
  }
  set channel(value: number) {
    this.view.setUint16(this.at, value, true);
  }
  get flags(): number {
    return this.view.getUint8(this.at + 2);
  }
  set flags(value: number) {
    this.view.setUint8(this.at + 2, value);
  }
  get patience(): number {
    return this.view.getUint8(this.at + 3);
  }
  set patience(value: number) {
    this.view.setUint8(this.at + 3, value);
  }
  get terminals(): number {
    return this.view.getUint8(this.at + 4);
  }
  set terminals(value: number) {
    this.view.setUint8(this.at + 4, value);
  }
  get gap(): number {
    return this.view.getInt32(this.at + 5, true);
  }
  set gap(value: number) {
    this.view.setInt32(this.at + 5, value, true);
  }
  get gapTolerance(): number {
    return this.view.getInt32(this.at + 9, true);
  }
  set gapTolerance(value: number) {
    this.view.setInt32(this.at + 9, value, true);
  }
  get silence(): number {
    return this.view.getUint32(this.at + 13, true);
  }
  set silence(value: number) {
    this.view.setUint32(this.at + 13, value, true);
  }
  get loadLeast(): number {
    return this.view.getUint32(this.at + 17, true);
  }
  set loadLeast(value: number) {
    this.view.setUint32(this.at + 17, value, true);
  }
  get loadMost(): number {
    return this.view.getUint32(this.at + 21, true);
  }
  set loadMost(value: number) {
    this.view.setUint32(this.at + 21, value, true);
  }
  get countLeast(): number {
    return this.view.getUint32(this.at + 25, true);
  }
  set countLeast(value: number) {
    this.view.setUint32(this.at + 25, value, true);
  }
  get countMost(): number {
    return this.view.getUint32(this.at + 29, true);
  }
  set countMost(value: number) {
    this.view.setUint32(this.at + 29, value, true);
  }
  get loadTolerance(): number {
    return this.view.getUint32(this.at + 33, true);
  }
  set loadTolerance(value: number) {
    this.view.setUint32(this.at + 33, value, true);
  }
  get countTolerance(): number {
    return this.view.getUint32(this.at + 37, true);
  }
  set countTolerance(value: number) {
    this.view.setUint32(this.at + 37, value, true);
  }
  get newBits(): number {
    return this.view.getFloat32(this.at + 41, true);
  }
  set newBits(value: number) {
    this.view.setFloat32(this.at + 41, value, true);
  }
  get newLeak(): number {
    return this.view.getFloat32(this.at + 45, true);
  }
  set newLeak(value: number) {
    this.view.setFloat32(this.at + 45, value, true);
  }
  get modeBits(): number {
    return this.view.getFloat32(this.at + 49, true);
  }
  set modeBits(value: number) {
    this.view.setFloat32(this.at + 49, value, true);
  }
  get modeLeak(): number {
    return this.view.getFloat32(this.at + 53, true);
  }
  set modeLeak(value: number) {
    this.view.setFloat32(this.at + 53, value, true);
  }
  get terminalBits(): number {
    return this.view.getFloat32(this.at + 57, true);
  }
  set terminalBits(value: number) {
    this.view.setFloat32(this.at + 57, value, true);
  }
  get sideBits(): number {
    return this.view.getFloat32(this.at + 61, true);
  }
  set sideBits(value: number) {
    this.view.setFloat32(this.at + 61, value, true);
  }
  get sideLeak(): number {
    return this.view.getFloat32(this.at + 65, true);
  }
  set sideLeak(value: number) {
    this.view.setFloat32(this.at + 65, value, true);
  }
  get failure(): number {
    return this.view.getFloat32(this.at + 69, true);
  }
  set failure(value: number) {
    this.view.setFloat32(this.at + 69, value, true);
  }
  get success(): number {
    return this.view.getFloat32(this.at + 73, true);
  }
  set success(value: number) {
    this.view.setFloat32(this.at + 73, value, true);
  }
  get burstFailure(): number {
    return this.view.getFloat32(this.at + 77, true);
  }
  set burstFailure(value: number) {
    this.view.setFloat32(this.at + 77, value, true);
  }
  get burstSuccess(): number {
    return this.view.getFloat32(this.at + 81, true);
  }
  set burstSuccess(value: number) {
    this.view.setFloat32(this.at + 81, value, true);
  }
  get limit(): number {
    return this.view.getFloat32(this.at + 85, true);
  }
  set limit(value: number) {
    this.view.setFloat32(this.at + 85, value, true);
  }
  get newErrorBits(): number {
    return this.view.getFloat32(this.at + 89, true);
  }
  set newErrorBits(value: number) {
    this.view.setFloat32(this.at + 89, value, true);
  }
  get knownErrors(): number {
    return this.view.getUint16(this.at + 93, true);
  }
  set knownErrors(value: number) {
    this.view.setUint16(this.at + 93, value, true);
  }
  get mask(): number {
    return this.view.getUint32(this.at + 95, true);
  }
  set mask(value: number) {
    this.view.setUint32(this.at + 95, value, true);
  }
  get longestBreak(): number {
    return this.view.getUint32(this.at + 99, true);
  }
  set longestBreak(value: number) {
    this.view.setUint32(this.at + 99, value, true);
  }
  get messagesABreak(): number {
    return this.view.getUint32(this.at + 103, true);
  }
  set messagesABreak(value: number) {
    this.view.setUint32(this.at + 103, value, true);
  }
  get breaks(): number {
    return this.view.getUint8(this.at + 107);
  }
  set breaks(value: number) {
    this.view.setUint8(this.at + 107, value);
  }
}

/** What is known of a terminal. */
export const Known = {
  STATUS: 1, // its status words
  FAILURES: 2, // how often messages with it fail
  MUTE: 4, // it never answered, though asked often
} as const;

export interface TerminalRecordFields {
  address: number; // 0 .. 31
  known: number; // Known
  bits: number; // status bits that were seen; bit 15: another terminal's address
  newBits: number; // bits: surprise of another status bit; of a mute terminal, of an answer
  failure: number; // nats: what a failed message adds to the test of failures
  success: number; // nats: what another adds: at most 0
  limit: number; // nats
}

/** 20 bytes. */
export class TerminalRecord extends Layout<TerminalRecordFields> implements TerminalRecordFields {
  static readonly SIZE = 20;
  static readonly AT = { address: 0, known: 1, bits: 2, newBits: 4, failure: 8, success: 12, limit: 16 } as const;
  get address(): number {
    return this.view.getUint8(this.at);
  }
  set address(value: number) {
    this.view.setUint8(this.at, value);
  }
  get known(): number {
    return this.view.getUint8(this.at + 1);
  }
  set known(value: number) {
    this.view.setUint8(this.at + 1, value);
  }
  get bits(): number {
    return this.view.getUint16(this.at + 2, true);
  }
  set bits(value: number) {
    this.view.setUint16(this.at + 2, value, true);
  }
  get newBits(): number {
    return this.view.getFloat32(this.at + 4, true);
  }
  set newBits(value: number) {
    this.view.setFloat32(this.at + 4, value, true);
  }
  get failure(): number {
    return this.view.getFloat32(this.at + 8, true);
  }
  set failure(value: number) {
    this.view.setFloat32(this.at + 8, value, true);
  }
  get success(): number {
    return this.view.getFloat32(this.at + 12, true);
  }
  set success(value: number) {
    this.view.setFloat32(this.at + 12, value, true);
  }
  get limit(): number {
    return this.view.getFloat32(this.at + 16, true);
  }
  set limit(value: number) {
    this.view.setFloat32(this.at + 16, value, true);
  }
}

export const IdentityFlag = {
  PAIR: 1, // two command words
  ON_A: 2, // was seen on bus A
  ON_B: 4, // was seen on bus B
  REGULAR: 8, // has a schedule
  NEVER_REPEATS: 16, // no block of data words came a second time
  FAILS: 32, // so often that its failures belong to the schedule
  RATE: 64, // has no schedule, but a RateRecord
} as const;

export interface IdentityRecordFields {
  bus: number; // place of its BusRecord
  command: number; // command word
  command2: number; // of an RT-RT transfer (IdentityFlag.PAIR) the second one
  flags: number; // IdentityFlag
  intervals: number; // at most RANGES
  successors: number;
  words: number; // at most 32
  order: number; // bits: surprise of a successor that was never seen, 1/256
  constant: number; // bits: surprise of a constant that changes, 1/8
}

/**
 * 13 bytes. A message identity. Then so many IntervalRecord, or a RateRecord; SuccessorRecord, and words (WordKind).
 */
export class IdentityRecord extends Layout<IdentityRecordFields> implements IdentityRecordFields {
  static readonly SIZE = 13;
  static readonly AT = {
    bus: 0,
    command: 2,
    command2: 4,
    flags: 6,
    intervals: 7,
    successors: 8,
    words: 9,
    order: 10,
    constant: 12,
  } as const;
  get bus(): number {
    return this.view.getUint16(this.at, true);
  }
  set bus(value: number) {
    this.view.setUint16(this.at, value, true);
  }
  get command(): number {
    return this.view.getUint16(this.at + 2, true);
  }
  set command(value: number) {
    this.view.setUint16(this.at + 2, value, true);
  }
  get command2(): number {
    return this.view.getUint16(this.at + 4, true);
  }
  set command2(value: number) {
    this.view.setUint16(this.at + 4, value, true);
  }
  get flags(): number {
    return this.view.getUint8(this.at + 6);
  }
  set flags(value: number) {
    this.view.setUint8(this.at + 6, value);
  }
  get intervals(): number {
    return this.view.getUint8(this.at + 7);
  }
  set intervals(value: number) {
    this.view.setUint8(this.at + 7, value);
  }
  get successors(): number {
    return this.view.getUint8(this.at + 8);
  }
  set successors(value: number) {
    this.view.setUint8(this.at + 8, value);
  }
  get words(): number {
    return this.view.getUint8(this.at + 9);
  }
  set words(value: number) {
    this.view.setUint8(this.at + 9, value);
  }
  get order(): number {
    return this.view.getUint16(this.at + 10, true);
  }
  set order(value: number) {
    this.view.setUint16(this.at + 10, value, true);
  }
  get constant(): number {
    return this.view.getUint8(this.at + 12);
  }
  set constant(value: number) {
    this.view.setUint8(this.at + 12, value);
  }
}

export interface IntervalRecordFields {
  least: number;
  most: number;
  tolerance: number; // how far beyond the two
}

/** 12 bytes. Intervals of an identity that are normal, 0.1 us. */
export class IntervalRecord extends Layout<IntervalRecordFields> implements IntervalRecordFields {
  static readonly SIZE = 12;
  static readonly AT = { least: 0, most: 4, tolerance: 8 } as const;
  get least(): number {
    return this.view.getUint32(this.at, true);
  }
  set least(value: number) {
    this.view.setUint32(this.at, value, true);
  }
  get most(): number {
    return this.view.getUint32(this.at + 4, true);
  }
  set most(value: number) {
    this.view.setUint32(this.at + 4, value, true);
  }
  get tolerance(): number {
    return this.view.getUint32(this.at + 8, true);
  }
  set tolerance(value: number) {
    this.view.setUint32(this.at + 8, value, true);
  }
}

export interface RateRecordFields {
  often: number; // messages in 0.1 us, at most what is usual
  limit: number; // nats: of the cumulative sum of those that come too often
  absence: number; // after which it is missing, 0.1 us
}

/** 12 bytes. IdentityFlag.RATE: an identity without a schedule. */
export class RateRecord extends Layout<RateRecordFields> implements RateRecordFields {
  static readonly SIZE = 12;
  static readonly AT = { often: 0, limit: 4, absence: 8 } as const;
  get often(): number {
    return this.view.getFloat32(this.at, true);
  }
  set often(value: number) {
    this.view.setFloat32(this.at, value, true);
  }
  get limit(): number {
    return this.view.getFloat32(this.at + 4, true);
  }
  set limit(value: number) {
    this.view.setFloat32(this.at + 4, value, true);
  }
  get absence(): number {
    return this.view.getFloat32(this.at + 8, true);
  }
  set absence(value: number) {
    this.view.setFloat32(this.at + 8, value, true);
  }
}

export interface SuccessorRecordFields {
  identity: number; // place of its IdentityRecord
  bits: number; // bits: surprise, 1/8
}

/** 4 bytes. A message that came behind this one. */
export class SuccessorRecord extends Layout<SuccessorRecordFields> implements SuccessorRecordFields {
  static readonly SIZE = 4;
  static readonly AT = { identity: 0, bits: 2, pad: 3 } as const;
  get identity(): number {
    return this.view.getUint16(this.at, true);
  }
  set identity(value: number) {
    this.view.setUint16(this.at, value, true);
  }
  get bits(): number {
    return this.view.getUint8(this.at + 2);
  }
  set bits(value: number) {
    this.view.setUint8(this.at + 2, value);
  }
}

/** What the first byte of a data word says. */
export const WordKind = {
  CONSTANT: 0, // ConstantWord
  UNKNOWN: 1, // nothing is known of it, nothing follows
  CHANGING: 2, // ChangingWord
} as const;

export interface ConstantWordFields {
  kind: number; // WordKind
  value: number;
}

/** 3 bytes. A data word that never changed. */
export class ConstantWord extends Layout<ConstantWordFields> implements ConstantWordFields {
  static readonly SIZE = 3;
  static readonly AT = { kind: 0, value: 1 } as const;
  get kind(): number {
    return this.view.getUint8(this.at);
  }
  set kind(value: number) {
    this.view.setUint8(this.at, value);
  }
  get value(): number {
    return this.view.getUint16(this.at + 1, true);
  }
  set value(value: number) {
    this.view.setUint16(this.at + 1, value, true);
  }
}

export interface ChangingWordFields {
  kind: number; // WordKind
  flags: number; // Holds
  longest: number; // times in a row that the value may be the same
}

/** 4 bytes. A data word that changes. Then, in this order, what its flags say is known of it. */
export class ChangingWord extends Layout<ChangingWordFields> implements ChangingWordFields {
  static readonly SIZE = 4;
  static readonly AT = { kind: 0, flags: 1, longest: 2 } as const;
  get kind(): number {
    return this.view.getUint8(this.at);
  }
  set kind(value: number) {
    this.view.setUint8(this.at, value);
  }
  get flags(): number {
    return this.view.getUint8(this.at + 1);
  }
  set flags(value: number) {
    this.view.setUint8(this.at + 1, value);
  }
  get longest(): number {
    return this.view.getUint16(this.at + 2, true);
  }
  set longest(value: number) {
    this.view.setUint16(this.at + 2, value, true);
  }
}

/** What is known of a data word that changes. */
export const Holds = {
  RANGE: 1, // RangeOfWord
  MOVES: 2, // MovesOfWord
  ONE_JUMP: 4, // one larger move is enough; else two within 256 values
  COUNTER: 8, // CounterOfWord
  RUN: 16, // ChangingWord.longest
  DRIFT: 32, // DriftOfWord, the last
  FIXED: 64, // FixedOfWord
} as const;

export interface RangeOfWordFields {
  base: number; // the least
  width: number; // the largest is so many values from it
  margin: number; // how far beyond them a value may be
}

/** 6 bytes. Holds.RANGE: values on the circle of 65,536. */
export class RangeOfWord extends Layout<RangeOfWordFields> implements RangeOfWordFields {
  static readonly SIZE = 6;
  static readonly AT = { base: 0, width: 2, margin: 4 } as const;
  get base(): number {
    return this.view.getUint16(this.at, true);
  }
  set base(value: number) {
    this.view.setUint16(this.at, value, true);
  }
  get width(): number {
    return this.view.getUint16(this.at + 2, true);
  }
  set width(value: number) {
    this.view.setUint16(this.at + 2, value, true);
  }
  get margin(): number {
    return this.view.getUint16(this.at + 4, true);
  }
  set margin(value: number) {
    this.view.setUint16(this.at + 4, value, true);
  }
}

export interface MovesOfWordFields {
  farthest: number; // largest move
}

/** 2 bytes. Holds.MOVES. */
export class MovesOfWord extends Layout<MovesOfWordFields> implements MovesOfWordFields {
  static readonly SIZE = 2;
  static readonly AT = { farthest: 0 } as const;
  get farthest(): number {
    return this.view.getUint16(this.at, true);
  }
  set farthest(value: number) {
    this.view.setUint16(this.at, value, true);
  }
}

export interface CounterOfWordFields {
  stepA: number;
  stepB: number;
}

/** 4 bytes. Holds.COUNTER: one or two moves. */
export class CounterOfWord extends Layout<CounterOfWordFields> implements CounterOfWordFields {
  static readonly SIZE = 4;
  static readonly AT = { stepA: 0, stepB: 2 } as const;
  get stepA(): number {
    return this.view.getUint16(this.at, true);
  }
  set stepA(value: number) {
    this.view.setUint16(this.at, value, true);
  }
  get stepB(): number {
    return this.view.getUint16(this.at + 2, true);
  }
  set stepB(value: number) {
    this.view.setUint16(this.at + 2, value, true);
  }
}

export interface FixedOfWordFields {
  mask: number; // bits that never changed
  value: number; // what they are
}

/** 4 bytes. Holds.FIXED. */
export class FixedOfWord extends Layout<FixedOfWordFields> implements FixedOfWordFields {
  static readonly SIZE = 4;
  static readonly AT = { mask: 0, value: 2 } as const;
  get mask(): number {
    return this.view.getUint16(this.at, true);
  }
  set mask(value: number) {
    this.view.setUint16(this.at, value, true);
  }
  get value(): number {
    return this.view.getUint16(this.at + 2, true);
  }
  set value(value: number) {
    this.view.setUint16(this.at + 2, value, true);
  }
}

export interface DriftOfWordFields {
  mean: number;
  deviation: number;
  limit: number; // deviations: of the cumulative sums
}

/** 12 bytes. Holds.DRIFT: a mean that is steady. */
export class DriftOfWord extends Layout<DriftOfWordFields> implements DriftOfWordFields {
  static readonly SIZE = 12;
  static readonly AT = { mean: 0, deviation: 4, limit: 8 } as const;
  get mean(): number {
    return this.view.getFloat32(this.at, true);
  }
  set mean(value: number) {
    this.view.setFloat32(this.at, value, true);
  }
  get deviation(): number {
    return this.view.getFloat32(this.at + 4, true);
  }
  set deviation(value: number) {
    this.view.setFloat32(this.at + 4, value, true);
  }
  get limit(): number {
    return this.view.getFloat32(this.at + 8, true);
  }
  set limit(value: number) {
    this.view.setFloat32(this.at + 8, value, true);
  }
}

/** What an answer is to. */
export const Answer = {
  RECEIVE: 0, // a receive command
  TRANSMIT: 1,
  MODE: 2, // a mode code
  RT_RT: 3, // as the receiver of an RT-RT transfer
} as const;

export interface ResponseRecordFields {
  terminal: number; // place of the BusRecord * 32 + address
  answer: number; // Answer
  least: number; // seen
  most: number;
  tolerance: number; // how far beyond the two
  alone: number; // 1: one time outside is enough; else two close together
  mean: number;
  deviation: number;
}

/** 15 bytes. Response times of a terminal, 0.1 us, in answers of one kind. */
export class ResponseRecord extends Layout<ResponseRecordFields> implements ResponseRecordFields {
  static readonly SIZE = 15;
  static readonly AT = {
    terminal: 0,
    answer: 2,
    least: 3,
    most: 4,
    tolerance: 5,
    alone: 6,
    mean: 7,
    deviation: 11,
  } as const;
  get terminal(): number {
    return this.view.getUint16(this.at, true);
  }
  set terminal(value: number) {
    this.view.setUint16(this.at, value, true);
  }
  get answer(): number {
    return this.view.getUint8(this.at + 2);
  }
  set answer(value: number) {
    this.view.setUint8(this.at + 2, value);
  }
  get least(): number {
    return this.view.getUint8(this.at + 3);
  }
  set least(value: number) {
    this.view.setUint8(this.at + 3, value);
  }
  get most(): number {
    return this.view.getUint8(this.at + 4);
  }
  set most(value: number) {
    this.view.setUint8(this.at + 4, value);
  }
  get tolerance(): number {
    return this.view.getUint8(this.at + 5);
  }
  set tolerance(value: number) {
    this.view.setUint8(this.at + 5, value);
  }
  get alone(): number {
    return this.view.getUint8(this.at + 6);
  }
  set alone(value: number) {
    this.view.setUint8(this.at + 6, value);
  }
  get mean(): number {
    return this.view.getFloat32(this.at + 7, true);
  }
  set mean(value: number) {
    this.view.setFloat32(this.at + 7, value, true);
  }
  get deviation(): number {
    return this.view.getFloat32(this.at + 11, true);
  }
  set deviation(value: number) {
    this.view.setFloat32(this.at + 11, value, true);
  }
}

export interface ControllerRecordFields {
  bus: number; // place of its BusRecord
  pauses: number; // at most GAP_RANGES
  clocks: number; // 0 or 1
}

/** 4 bytes. What gives a bus controller away. Then so many PauseRecord and ClockRecord. */
export class ControllerRecord extends Layout<ControllerRecordFields> implements ControllerRecordFields {
  static readonly SIZE = 4;
  static readonly AT = { bus: 0, pauses: 2, clocks: 3 } as const;
  get bus(): number {
    return this.view.getUint16(this.at, true);
  }
  set bus(value: number) {
    this.view.setUint16(this.at, value, true);
  }
  get pauses(): number {
    return this.view.getUint8(this.at + 2);
  }
  set pauses(value: number) {
    this.view.setUint8(this.at + 2, value);
  }
  get clocks(): number {
    return this.view.getUint8(this.at + 3);
  }
  set clocks(value: number) {
    this.view.setUint8(this.at + 3, value);
  }
}

export interface PauseRecordFields {
  range: number;
  least: number;
  most: number;
  tolerance: number; // how far beyond the two
}

/** 7 bytes. Pauses of a range (../onboard/controller.ts): means of many, 1/64 of 0.1 us. */
export class PauseRecord extends Layout<PauseRecordFields> implements PauseRecordFields {
  static readonly SIZE = 7;
  static readonly AT = { range: 0, least: 1, most: 3, tolerance: 5 } as const;
  get range(): number {
    return this.view.getUint8(this.at);
  }
  set range(value: number) {
    this.view.setUint8(this.at, value);
  }
  get least(): number {
    return this.view.getUint16(this.at + 1, true);
  }
  set least(value: number) {
    this.view.setUint16(this.at + 1, value, true);
  }
  get most(): number {
    return this.view.getUint16(this.at + 3, true);
  }
  set most(value: number) {
    this.view.setUint16(this.at + 3, value, true);
  }
  get tolerance(): number {
    return this.view.getUint16(this.at + 5, true);
  }
  set tolerance(value: number) {
    this.view.setUint16(this.at + 5, value, true);
  }
}

export interface ClockRecordFields {
  identity: number; // place of its IdentityRecord
  least: number;
  most: number;
  step: number; // change in a few seconds that is allowed, 1/1,000,000
}

/** 14 bytes. The period of a message with a schedule, 0.1 us. */
export class ClockRecord extends Layout<ClockRecordFields> implements ClockRecordFields {
  static readonly SIZE = 14;
  static readonly AT = { identity: 0, least: 2, most: 6, step: 10 } as const;
  get identity(): number {
    return this.view.getUint16(this.at, true);
  }
  set identity(value: number) {
    this.view.setUint16(this.at, value, true);
  }
  get least(): number {
    return this.view.getFloat32(this.at + 2, true);
  }
  set least(value: number) {
    this.view.setFloat32(this.at + 2, value, true);
  }
  get most(): number {
    return this.view.getFloat32(this.at + 6, true);
  }
  set most(value: number) {
    this.view.setFloat32(this.at + 6, value, true);
  }
  get step(): number {
    return this.view.getFloat32(this.at + 10, true);
  }
  set step(value: number) {
    this.view.setFloat32(this.at + 10, value, true);
  }
}
