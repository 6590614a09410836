// What the baseline says of each thing, and what is going on with it, one record each.
import { IdentityRecord, RateRecord, ResponseRecord, TerminalRecord } from "../generated/section";

/** Of an identity; behind it RANGES x IntervalRecord, or a RateModel. */
@unmanaged
export class IdentityModel extends IdentityRecord {
  interrupted: u8; // the message before had no data that could be believed
  missing: u8; // 1: said so
  begun: u8; // words hold a message
  last: u64;
  effort: u32; // BusState.effort at the last message
  effortBefore: u32; // and at the one before
  late: u32; // 0.1 us after which it is missing; 0 = never
  lost: u32; // BusModel.lost at the last message
  wordsAt: u16;
  successorsAt: u16;
  epoch: u16;
  age: u8; // messages since a block that was there before, up to 255
  repeats: u8; // such blocks, each soon behind the one before
  constantSum: f32; // bits
  strange: u32; // which constants had which other values when they had last; 0 = never
  schedulePart: u32; // of an alert: gather.ts
  sidePart: u32;
}

/** Of an identity without a schedule. */
@unmanaged
export class RateModel extends RateRecord {
  level: f32; // of the cumulative sum, nats
  count: u32; // messages since it left 0
  from: u64; // 0.1 us, the first of them
}

/** A data word: its value, the last or the only one, and where its profile is. */
@unmanaged
export class Word {
  value: u16;
  profile: u16; // at least UNKNOWN: there is none
}
/** Of a word of which nothing is known; NONE is that of a constant. */
export const UNKNOWN: u32 = 0xfffe;

/** What is known of a data word that changes. */
@unmanaged
export class Profile {
  since: u64; // ns, when the larger sum left 0
  mean: f32;
  inverse: f32; // of the deviation
  limit: f32;
  up: f32;
  down: f32;
  flags: u16; // Holds
  base: u16; // range: from base on, width values on the circle of 65,536
  width: u16;
  margin: u16;
  farthest: u16; // largest move
  stepA: u16; // the moves of a counter
  stepB: u16;
  mask: u16; // bits that never changed, and what they are
  value: u16;
  longest: u16; // times in a row that the value may be the same
  run: u16;
  jump: u16; // values since the last jump
  odd: u16; // values since bits changed that never did
}

/** What bus-period finds. */
export const enum Period {
  EARLY = 1,
  LATE = 2,
  MISSING = 3,
  SILENT = 4,
  OFTEN = 5, // one without a schedule
  CLOCK = 6, // the schedule of a bus
}

/** What bus-gap finds. */
export const enum Gap {
  SHORT = 1,
  MEAN = 2, // of many
}

/** What bus-response finds. */
export const enum Time {
  OUTSIDE = 1,
  SHIFT = 2,
  NEVER_ANSWERED = 3,
  DRIFT = 4, // of all terminals of a bus
}

/** Of a terminal. */
@unmanaged
export class TerminalModel extends TerminalRecord {
  newSum: f32; // bits
  walk: f32; // nats
  shift: f32; // by how much its last answers came later than learned, 0.1 us
  since: u64; // ns, when the walk left 0
  heard: u32; // BusState.messages at the last answer
  failuresPart: u32; // of an alert: gather.ts
  statusPart: u32;
  chance: u8; // so much of `shift` may be chance, in eighths
  answers: u8; // that it is made of; those beyond a few displace the others
}

/** Findings that have one cause: gather.ts. */
@unmanaged
export class Gathering {
  begun: u64; // 0.1 us, the bus's counter
  terminals: u32; // that have to do with it, a bit each
  parts: u16; // different messages, terminals, and the bus
  id: u16; // 0: free
  bus: u8;
  kind: u8; // Kind
  owner: u8; // the terminal whose it is, or ALL
  pad: u8;
  pad2: u32;
}

/** Of a terminal's answers of one kind. */
@unmanaged
export class ResponseModel extends ResponseRecord {
  inverse: f32; // of the deviation
  up: f32;
  down: f32;
  age: u32; // answers since the last one outside
  since: u64;
  over: u64; // 0.1 us, when a sum went over its limit and nothing had been said of it; 0 = none did
  highest: f32; // sum since then
  isSaid: u8; // an alert said so
}
