// Generated from detectors/mil1553/layouts/section.ts by `npm run generate`: do not edit.
//
// The section BASELINE_1553 of inspect's part of the policy. Records lie one behind the other, with no gaps.

export const MAGIC: u32 = 0x33353531; // "1553"
export const VERSION: u32 = 1;
export const SECTION_LARGEST: u32 = 61440; // bytes
export const BUSES: u32 = 32;
export const IDENTITIES: u32 = 1280;
export const WORDS: u32 = 12288; // data words of all identities
export const CHANGING_WORDS: u32 = 2560; // of these, words that change
export const SUCCESSORS: u32 = 6144; // of all identities
export const RESPONSES: u32 = 192;
export const CONTROLLERS: u32 = 16; // buses whose controller is looked at
export const GAP_RANGES: u32 = 10; // of pauses, half an octave apart
export const RANGES: u32 = 6; // kinds of interval of one identity
export const NOISY_SHARE: u32 = 128; // a bus is noisy where more than one message in so many fails

/** 32 bytes. Then so many BusRecord, IdentityRecord, ResponseRecord, ControllerRecord. */
@unmanaged
export class SectionHeader {
  magic: u32; // MAGIC
  version: u16; // VERSION
  buses: u16; // at most BUSES
  identities: u16; // at most IDENTITIES
  responses: u16; // at most RESPONSES
  controllers: u16; // at most CONTROLLERS
  pad: u16; // zero
  length: u32; // bytes: of all
  novelty: f32; // bits: limit of the surprise of what is new
  order: f32; // bits: limit of the surprise of the order
  responseTimes: f32; // deviations: limit of the cumulative sums of response times
}

export const enum BusFlag {
  INCOMPLETE = 1, // not all identities found room: what is new raises nothing
  NO_ORDER = 2, // not all transitions found room
  NOISY = 4, // failures are part of every interval
}

/** Where the fields of its 108 bytes are. */
export const enum BusRecordAt {
  channel = 0, // u16
  flags = 2, // u8 BusFlag
  patience = 3, // u8 periods that a message may be missing where commands could not be believed
  terminals = 4, // u8 at most 32
  gap = 5, // i32 shortest dead time between messages
  gapTolerance = 9, // i32
  silence = 13, // u32 longest from the end of a message to the next
  loadLeast = 17, // u32
  loadMost = 21, // u32 0 = not known
  countLeast = 25, // u32 messages in a second
  countMost = 29, // u32
  loadTolerance = 33, // u32
  countTolerance = 37, // u32
  newBits = 41, // f32 bits: surprise of a new message
  newLeak = 45, // f32 bits: what each message takes away of the sum of these
  modeBits = 49, // f32 bits: surprise of a new mode code
  modeLeak = 53, // f32 bits
  terminalBits = 57, // f32 bits: surprise of a command to a new terminal
  sideBits = 61, // f32 bits: surprise of a known message on the other side (bus A, bus B)
  sideLeak = 65, // f32 bits
  failure = 69, // f32 nats: what a failed message adds to the test of failures
  success = 73, // f32 nats: what another adds: at most 0
  burstFailure = 77, // f32 nats: the same for bursts, in which most messages fail
  burstSuccess = 81, // f32 nats
  limit = 85, // f32 nats: of both
  newErrorBits = 89, // f32 bits: surprise of a kind of error that is not among knownErrors
  knownErrors = 93, // u16 error bits of the block status that were seen
  mask = 95, // u32 terminals that were ever commanded, a bit each
  longestBreak = 99, // u32 longest time without messages that is a break
  messagesABreak = 103, // u32 messages that came for each
  breaks = 107, // u8 that were learned
  SIZE = 108,
}

/**
 * 108 bytes, read and written where they lie. Times are in 0.1 us; a load is the 0.1 us in a second that the bus was
 * busy. Then so many TerminalRecord.
 */
@unmanaged
export class BusRecord {
  room: u64;
  room1: u64;
  room2: u64;
  room3: u64;
  room4: u64;
  room5: u64;
  room6: u64;
  room7: u64;
  room8: u64;
  room9: u64;
  room10: u64;
  room11: u64;
  room12: u64;
  room13: u32;
  @inline
  get channel(): u16 {
    return load<u16>(changetype<usize>(this));
  }
  set channel(value: u16) {
    store<u16>(changetype<usize>(this), value);
  }
  /** BusFlag */
  @inline
  get flags(): u8 {
    return load<u8>(changetype<usize>(this), 2);
  }
  set flags(value: u8) {
    store<u8>(changetype<usize>(this), value, 2);
  }
  /** periods that a message may be missing where commands could not be believed */
  @inline
  get patience(): u8 {
    return load<u8>(changetype<usize>(this), 3);
  }
  set patience(value: u8) {
    store<u8>(changetype<usize>(this), value, 3);
  }
  /** at most 32 */
  @inline
  get terminals(): u8 {
    return load<u8>(changetype<usize>(this), 4);
  }
  set terminals(value: u8) {
    store<u8>(changetype<usize>(this), value, 4);
  }
  /** shortest dead time between messages */
  @inline
  get gap(): i32 {
    return load<i32>(changetype<usize>(this), 5);
  }
  set gap(value: i32) {
    store<i32>(changetype<usize>(this), value, 5);
  }
  @inline
  get gapTolerance(): i32 {
    return load<i32>(changetype<usize>(this), 9);
  }
  set gapTolerance(value: i32) {
    store<i32>(changetype<usize>(this), value, 9);
  }
  /** longest from the end of a message to the next */
  @inline
  get silence(): u32 {
    return load<u32>(changetype<usize>(this), 13);
  }
  set silence(value: u32) {
    store<u32>(changetype<usize>(this), value, 13);
  }
  @inline
  get loadLeast(): u32 {
    return load<u32>(changetype<usize>(this), 17);
  }
  set loadLeast(value: u32) {
    store<u32>(changetype<usize>(this), value, 17);
  }
  /** 0 = not known */
  @inline
  get loadMost(): u32 {
    return load<u32>(changetype<usize>(this), 21);
  }
  set loadMost(value: u32) {
    store<u32>(changetype<usize>(this), value, 21);
  }
  /** messages in a second */
  @inline
  get countLeast(): u32 {
    return load<u32>(changetype<usize>(this), 25);
  }
  set countLeast(value: u32) {
    store<u32>(changetype<usize>(this), value, 25);
  }
  @inline
  get countMost(): u32 {
    return load<u32>(changetype<usize>(this), 29);
  }
  set countMost(value: u32) {
    store<u32>(changetype<usize>(this), value, 29);
  }
  @inline
  get loadTolerance(): u32 {
    return load<u32>(changetype<usize>(this), 33);
  }
  set loadTolerance(value: u32) {
    store<u32>(changetype<usize>(this), value, 33);
  }
  @inline
  get countTolerance(): u32 {
    return load<u32>(changetype<usize>(this), 37);
  }
  set countTolerance(value: u32) {
    store<u32>(changetype<usize>(this), value, 37);
  }
  /** bits: surprise of a new message */
  @inline
  get newBits(): f32 {
    return load<f32>(changetype<usize>(this), 41);
  }
  set newBits(value: f32) {
    store<f32>(changetype<usize>(this), value, 41);
  }
  /** bits: what each message takes away of the sum of these */
  @inline
  get newLeak(): f32 {
    return load<f32>(changetype<usize>(this), 45);
  }
  set newLeak(value: f32) {
    store<f32>(changetype<usize>(this), value, 45);
  }
  /** bits: surprise of a new mode code */
  @inline
  get modeBits(): f32 {
    return load<f32>(changetype<usize>(this), 49);
  }
  set modeBits(value: f32) {
    store<f32>(changetype<usize>(this), value, 49);
  }
  /** bits */
  @inline
  get modeLeak(): f32 {
    return load<f32>(changetype<usize>(this), 53);
  }
  set modeLeak(value: f32) {
    store<f32>(changetype<usize>(this), value, 53);
  }
  /** bits: surprise of a command to a new terminal */
  @inline
  get terminalBits(): f32 {
    return load<f32>(changetype<usize>(this), 57);
  }
  set terminalBits(value: f32) {
    store<f32>(changetype<usize>(this), value, 57);
  }
  /** bits: surprise of a known message on the other side (bus A, bus B) */
  @inline
  get sideBits(): f32 {
    return load<f32>(changetype<usize>(this), 61);
  }
  set sideBits(value: f32) {
    store<f32>(changetype<usize>(this), value, 61);
  }
  /** bits */
  @inline
  get sideLeak(): f32 {
    return load<f32>(changetype<usize>(this), 65);
  }
  set sideLeak(value: f32) {
    store<f32>(changetype<usize>(this), value, 65);
  }
  /** nats: what a failed message adds to the test of failures */
  @inline
  get failure(): f32 {
    return load<f32>(changetype<usize>(this), 69);
  }
  set failure(value: f32) {
    store<f32>(changetype<usize>(this), value, 69);
  }
  /** nats: what another adds: at most 0 */
  @inline
  get success(): f32 {
    return load<f32>(changetype<usize>(this), 73);
  }
  set success(value: f32) {
    store<f32>(changetype<usize>(this), value, 73);
  }
  /** nats: the same for bursts, in which most messages fail */
  @inline
  get burstFailure(): f32 {
    return load<f32>(changetype<usize>(this), 77);
  }
  set burstFailure(value: f32) {
    store<f32>(changetype<usize>(this), value, 77);
  }
  /** nats */
  @inline
  get burstSuccess(): f32 {
    return load<f32>(changetype<usize>(this), 81);
  }
  set burstSuccess(value: f32) {
    store<f32>(changetype<usize>(this), value, 81);
  }
  /** nats: of both */
  @inline
  get limit(): f32 {
    return load<f32>(changetype<usize>(this), 85);
  }
  set limit(value: f32) {
    store<f32>(changetype<usize>(this), value, 85);
  }
  /** bits: surprise of a kind of error that is not among knownErrors */
  @inline
  get newErrorBits(): f32 {
    return load<f32>(changetype<usize>(this), 89);
  }
  set newErrorBits(value: f32) {
    store<f32>(changetype<usize>(this), value, 89);
  }
  /** error bits of the block status that were seen */
  @inline
  get knownErrors(): u16 {
    return load<u16>(changetype<usize>(this), 93);
  }
  set knownErrors(value: u16) {
    store<u16>(changetype<usize>(this), value, 93);
  }
  /** terminals that were ever commanded, a bit each */
  @inline
  get mask(): u32 {
    return load<u32>(changetype<usize>(this), 95);
  }
  set mask(value: u32) {
    store<u32>(changetype<usize>(this), value, 95);
  }
  /** longest time without messages that is a break */
  @inline
  get longestBreak(): u32 {
    return load<u32>(changetype<usize>(this), 99);
  }
  set longestBreak(value: u32) {
    store<u32>(changetype<usize>(this), value, 99);
  }
  /** messages that came for each */
  @inline
  get messagesABreak(): u32 {
    return load<u32>(changetype<usize>(this), 103);
  }
  set messagesABreak(value: u32) {
    store<u32>(changetype<usize>(this), value, 103);
  }
  /** that were learned */
  @inline
  get breaks(): u8 {
    return load<u8>(changetype<usize>(this), 107);
  }
  set breaks(value: u8) {
    store<u8>(changetype<usize>(this), value, 107);
  }
}

/** What is known of a terminal. */
export const enum Known {
  STATUS = 1, // its status words
  FAILURES = 2, // how often messages with it fail
  MUTE = 4, // it never answered, though asked often
}

/** 20 bytes. */
@unmanaged
export class TerminalRecord {
  address: u8; // 0 .. 31
  known: u8; // Known
  bits: u16; // status bits that were seen; bit 15: another terminal's address
  newBits: f32; // bits: surprise of another status bit; of a mute terminal, of an answer
  failure: f32; // nats: what a failed message adds to the test of failures
  success: f32; // nats: what another adds: at most 0
  limit: f32; // nats
}

export const enum IdentityFlag {
  PAIR = 1, // two command words
  ON_A = 2, // was seen on bus A
  ON_B = 4, // was seen on bus B
  REGULAR = 8, // has a schedule
  NEVER_REPEATS = 16, // no block of data words came a second time
  FAILS = 32, // so often that its failures belong to the schedule
  RATE = 64, // has no schedule, but a RateRecord
}

/** Where the fields of its 13 bytes are. */
export const enum IdentityRecordAt {
  bus = 0, // u16 place of its BusRecord
  command = 2, // u16 command word
  command2 = 4, // u16 of an RT-RT transfer (IdentityFlag.PAIR) the second one
  flags = 6, // u8 IdentityFlag
  intervals = 7, // u8 at most RANGES
  successors = 8, // u8
  words = 9, // u8 at most 32
  order = 10, // u16 bits: surprise of a successor that was never seen, 1/256
  constant = 12, // u8 bits: surprise of a constant that changes, 1/8
  SIZE = 13,
}

/**
 * 13 bytes, read and written where they lie. A message identity. Then so many IntervalRecord, or a RateRecord;
 * SuccessorRecord, and words (WordKind).
 */
@unmanaged
export class IdentityRecord {
  room: u64;
  room1: u32;
  room2: u8;
  /** place of its BusRecord */
  @inline
  get bus(): u16 {
    return load<u16>(changetype<usize>(this));
  }
  set bus(value: u16) {
    store<u16>(changetype<usize>(this), value);
  }
  /** command word */
  @inline
  get command(): u16 {
    return load<u16>(changetype<usize>(this), 2);
  }
  set command(value: u16) {
    store<u16>(changetype<usize>(this), value, 2);
  }
  /** of an RT-RT transfer (IdentityFlag.PAIR) the second one */
  @inline
  get command2(): u16 {
    return load<u16>(changetype<usize>(this), 4);
  }
  set command2(value: u16) {
    store<u16>(changetype<usize>(this), value, 4);
  }
  /** IdentityFlag */
  @inline
  get flags(): u8 {
    return load<u8>(changetype<usize>(this), 6);
  }
  set flags(value: u8) {
    store<u8>(changetype<usize>(this), value, 6);
  }
  /** at most RANGES */
  @inline
  get intervals(): u8 {
    return load<u8>(changetype<usize>(this), 7);
  }
  set intervals(value: u8) {
    store<u8>(changetype<usize>(this), value, 7);
  }
  @inline
  get successors(): u8 {
    return load<u8>(changetype<usize>(this), 8);
  }
  set successors(value: u8) {
    store<u8>(changetype<usize>(this), value, 8);
  }
  /** at most 32 */
  @inline
  get words(): u8 {
    return load<u8>(changetype<usize>(this), 9);
  }
  set words(value: u8) {
    store<u8>(changetype<usize>(this), value, 9);
  }
  /** bits: surprise of a successor that was never seen, 1/256 */
  @inline
  get order(): u16 {
    return load<u16>(changetype<usize>(this), 10);
  }
  set order(value: u16) {
    store<u16>(changetype<usize>(this), value, 10);
  }
  /** bits: surprise of a constant that changes, 1/8 */
  @inline
  get constant(): u8 {
    return load<u8>(changetype<usize>(this), 12);
  }
  set constant(value: u8) {
    store<u8>(changetype<usize>(this), value, 12);
  }
}

/** 12 bytes. Intervals of an identity that are normal, 0.1 us. */
@unmanaged
export class IntervalRecord {
  least: u32;
  most: u32;
  tolerance: u32; // how far beyond the two
}

/** 12 bytes. IdentityFlag.RATE: an identity without a schedule. */
@unmanaged
export class RateRecord {
  often: f32; // messages in 0.1 us, at most what is usual
  limit: f32; // nats: of the cumulative sum of those that come too often
  absence: f32; // after which it is missing, 0.1 us
}

/** 4 bytes. A message that came behind this one. */
@unmanaged
export class SuccessorRecord {
  identity: u16; // place of its IdentityRecord
  bits: u8; // bits: surprise, 1/8
  pad: u8; // zero
}

/** What the first byte of a data word says. */
export const enum WordKind {
  CONSTANT = 0, // ConstantWord
  UNKNOWN = 1, // nothing is known of it, nothing follows
  CHANGING = 2, // ChangingWord
}

/** Where the fields of its 3 bytes are. */
export const enum ConstantWordAt {
  kind = 0, // u8 WordKind
  value = 1, // u16
  SIZE = 3,
}

/** 3 bytes, read and written where they lie. A data word that never changed. */
@unmanaged
export class ConstantWord {
  room: u16;
  room1: u8;
  /** WordKind */
  @inline
  get kind(): u8 {
    return load<u8>(changetype<usize>(this));
  }
  set kind(value: u8) {
    store<u8>(changetype<usize>(this), value);
  }
  @inline
  get value(): u16 {
    return load<u16>(changetype<usize>(this), 1);
  }
  set value(value: u16) {
    store<u16>(changetype<usize>(this), value, 1);
  }
}

/** 4 bytes. A data word that changes. Then, in this order, what its flags say is known of it. */
@unmanaged
export class ChangingWord {
  kind: u8; // WordKind
  flags: u8; // Holds
  longest: u16; // times in a row that the value may be the same
}

/** What is known of a data word that changes. */
export const enum Holds {
  RANGE = 1, // RangeOfWord
  MOVES = 2, // MovesOfWord
  ONE_JUMP = 4, // one larger move is enough; else two within 256 values
  COUNTER = 8, // CounterOfWord
  RUN = 16, // ChangingWord.longest
  DRIFT = 32, // DriftOfWord, the last
  FIXED = 64, // FixedOfWord
}

/** 6 bytes. Holds.RANGE: values on the circle of 65,536. */
@unmanaged
export class RangeOfWord {
  base: u16; // the least
  width: u16; // the largest is so many values from it
  margin: u16; // how far beyond them a value may be
}

/** 2 bytes. Holds.MOVES. */
@unmanaged
export class MovesOfWord {
  farthest: u16; // largest move
}

/** 4 bytes. Holds.COUNTER: one or two moves. */
@unmanaged
export class CounterOfWord {
  stepA: u16;
  stepB: u16;
}

/** 4 bytes. Holds.FIXED. */
@unmanaged
export class FixedOfWord {
  mask: u16; // bits that never changed
  value: u16; // what they are
}

/** 12 bytes. Holds.DRIFT: a mean that is steady. */
@unmanaged
export class DriftOfWord {
  mean: f32;
  deviation: f32;
  limit: f32; // deviations: of the cumulative sums
}

/** What an answer is to. */
export const enum Answer {
  RECEIVE = 0, // a receive command
  TRANSMIT = 1,
  MODE = 2, // a mode code
  RT_RT = 3, // as the receiver of an RT-RT transfer
}

/** Where the fields of its 15 bytes are. */
export const enum ResponseRecordAt {
  terminal = 0, // u16 place of the BusRecord * 32 + address
  answer = 2, // u8 Answer
  least = 3, // u8 seen
  most = 4, // u8
  tolerance = 5, // u8 how far beyond the two
  alone = 6, // u8 1: one time outside is enough; else two close together
  mean = 7, // f32
  deviation = 11, // f32
  SIZE = 15,
}

/** 15 bytes, read and written where they lie. Response times of a terminal, 0.1 us, in answers of one kind. */
@unmanaged
export class ResponseRecord {
  room: u64;
  room1: u32;
  room2: u16;
  room3: u8;
  /** place of the BusRecord * 32 + address */
  @inline
  get terminal(): u16 {
    return load<u16>(changetype<usize>(this));
  }
  set terminal(value: u16) {
    store<u16>(changetype<usize>(this), value);
  }
  /** Answer */
  @inline
  get answer(): u8 {
    return load<u8>(changetype<usize>(this), 2);
  }
  set answer(value: u8) {
    store<u8>(changetype<usize>(this), value, 2);
  }
  /** seen */
  @inline
  get least(): u8 {
    return load<u8>(changetype<usize>(this), 3);
  }
  set least(value: u8) {
    store<u8>(changetype<usize>(this), value, 3);
  }
  @inline
  get most(): u8 {
    return load<u8>(changetype<usize>(this), 4);
  }
  set most(value: u8) {
    store<u8>(changetype<usize>(this), value, 4);
  }
  /** how far beyond the two */
  @inline
  get tolerance(): u8 {
    return load<u8>(changetype<usize>(this), 5);
  }
  set tolerance(value: u8) {
    store<u8>(changetype<usize>(this), value, 5);
  }
  /** 1: one time outside is enough; else two close together */
  @inline
  get alone(): u8 {
    return load<u8>(changetype<usize>(this), 6);
  }
  set alone(value: u8) {
    store<u8>(changetype<usize>(this), value, 6);
  }
  @inline
  get mean(): f32 {
    return load<f32>(changetype<usize>(this), 7);
  }
  set mean(value: f32) {
    store<f32>(changetype<usize>(this), value, 7);
  }
  @inline
  get deviation(): f32 {
    return load<f32>(changetype<usize>(this), 11);
  }
  set deviation(value: f32) {
    store<f32>(changetype<usize>(this), value, 11);
  }
}

/** Where the fields of its 4 bytes are. */
export const enum ControllerRecordAt {
  bus = 0, // u16 place of its BusRecord
  pauses = 2, // u8 at most GAP_RANGES
  clocks = 3, // u8 0 or 1
  SIZE = 4,
}

/**
 * 4 bytes, read and written where they lie. What gives a bus controller away. Then so many PauseRecord and ClockRecord.
 */
@unmanaged
export class ControllerRecord {
  room: u32;
  /** place of its BusRecord */
  @inline
  get bus(): u16 {
    return load<u16>(changetype<usize>(this));
  }
  set bus(value: u16) {
    store<u16>(changetype<usize>(this), value);
  }
  /** at most GAP_RANGES */
  @inline
  get pauses(): u8 {
    return load<u8>(changetype<usize>(this), 2);
  }
  set pauses(value: u8) {
    store<u8>(changetype<usize>(this), value, 2);
  }
  /** 0 or 1 */
  @inline
  get clocks(): u8 {
    return load<u8>(changetype<usize>(this), 3);
  }
  set clocks(value: u8) {
    store<u8>(changetype<usize>(this), value, 3);
  }
}

/** Where the fields of its 7 bytes are. */
export const enum PauseRecordAt {
  range = 0, // u8
  least = 1, // u16
  most = 3, // u16
  tolerance = 5, // u16 how far beyond the two
  SIZE = 7,
}

/**
 * 7 bytes, read and written where they lie. Pauses of a range (../onboard/controller.ts): means of many, 1/64 of 0.1
 * us.
 */
@unmanaged
export class PauseRecord {
  room: u32;
  room1: u16;
  room2: u8;
  @inline
  get range(): u8 {
    return load<u8>(changetype<usize>(this));
  }
  set range(value: u8) {
    store<u8>(changetype<usize>(this), value);
  }
  @inline
  get least(): u16 {
    return load<u16>(changetype<usize>(this), 1);
  }
  set least(value: u16) {
    store<u16>(changetype<usize>(this), value, 1);
  }
  @inline
  get most(): u16 {
    return load<u16>(changetype<usize>(this), 3);
  }
  set most(value: u16) {
    store<u16>(changetype<usize>(this), value, 3);
  }
  /** how far beyond the two */
  @inline
  get tolerance(): u16 {
    return load<u16>(changetype<usize>(this), 5);
  }
  set tolerance(value: u16) {
    store<u16>(changetype<usize>(this), value, 5);
  }
}

/** Where the fields of its 14 bytes are. */
export const enum ClockRecordAt {
  identity = 0, // u16 place of its IdentityRecord
  least = 2, // f32
  most = 6, // f32
  step = 10, // f32 change in a few seconds that is allowed, 1/1,000,000
  SIZE = 14,
}

/** 14 bytes, read and written where they lie. The period of a message with a schedule, 0.1 us. */
@unmanaged
export class ClockRecord {
  room: u64;
  room1: u32;
  room2: u16;
  /** place of its IdentityRecord */
  @inline
  get identity(): u16 {
    return load<u16>(changetype<usize>(this));
  }
  set identity(value: u16) {
    store<u16>(changetype<usize>(this), value);
  }
  @inline
  get least(): f32 {
    return load<f32>(changetype<usize>(this), 2);
  }
  set least(value: f32) {
    store<f32>(changetype<usize>(this), value, 2);
  }
  @inline
  get most(): f32 {
    return load<f32>(changetype<usize>(this), 6);
  }
  set most(value: f32) {
    store<f32>(changetype<usize>(this), value, 6);
  }
  /** change in a few seconds that is allowed, 1/1,000,000 */
  @inline
  get step(): f32 {
    return load<f32>(changetype<usize>(this), 10);
  }
  set step(value: f32) {
    store<f32>(changetype<usize>(this), value, 10);
  }
}
