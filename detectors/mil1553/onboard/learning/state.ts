// What is learned of each thing, one record each. Everything composes by sums, least, most and masks.

/** Of an identity; behind it RANGES x LearnedInterval. */
@unmanaged
export class LearnedIdentity {
  onA: u32;
  onB: u32;
  damaged: u32;
  samples: u32; // messages whose data words were learned
  last: u64;
  effort: u32; // BusState.effort at the last message
  effortBefore: u32; // and at the one before
  irregular: u16; // intervals of a seventh kind
  repeats: u16; // blocks of data that were among those remembered
  epoch: u16;
  wordsAt: u16; // its first data word; NONE = no profile
  wordCount: u8;
  format: u8;
  kinds: u8; // of intervals
  interrupted: u8; // the message before had no data that could be believed
  again: u16; // messages right behind a failed one: which side they are on says nothing
  disturbed: u16; // intervals that were not learned
  level: u16; // cumulative sum of rate.ts, 1/1024 nats
  highest: u8; // since it left 0, 1/4 nats
  peak1: u8; // its PEAKS highest before, descending
  peak2: u8;
  peak3: u8;
  peak4: u8;
  peak5: u8;
  longest: u32; // time without it, 12.8 us
  squares: f32; // of its intervals, ms^2
}
export const PEAKS: u32 = 5;

/** Intervals of one kind, 0.1 us. */
@unmanaged
export class LearnedInterval {
  least: u32;
  most: u32;
  countAndKind: u32; // count * 256 + kind
}

/** Of a data word that changes; behind it MOVES x u32, how often it moved by 0, 1, 2-3, 4-7, .. 32768. */
@unmanaged
export class LearnedWord {
  sum: u64; // of unsigned values
  negativeSum: u64; // of those with the top bit set
  squares: u64;
  count: u32;
  negative: u32; // values with the top bit set
  least: u16;
  most: u16;
  signedLeast: i16;
  signedMost: i16;
  ones: u16; // bits that were always 1
  zeros: u16; // bits that were ever 1
  run: u16; // times in a row that the value has been the same
  longest: u16;
  stepA: u16; // the first two moves that were seen, 0 = none yet
  stepB: u16;
  swings: u16; // times the value went from one end of its range to the other
  swingWidth: u16; // the range in which these were counted
  side: u8; // 1 lower, 2 upper quarter
  up: u16; // cumulative sums, 1/256 of a deviation
  down: u16;
  peak: u16; // their largest
  countA: u32;
  countB: u32;
}
export const MOVES: u32 = 17;

/** How often an identity came behind another; from = 0: a free place. */
@unmanaged
export class Transition {
  from: u16; // identity + 1
  to: u16;
  count: u32;
}

/** Of a terminal. */
@unmanaged
export class LearnedTerminal {
  statuses: u32; // status words seen
  trials: u32; // messages in which it takes part
  failures: u32; // of these, not whole
  bits: u16; // low 11 bits of its status words, or WRONG
  twice: u16; // those of them that were seen more than once
  walk: f32; // the test of failures, while learning
  peak: f32; // its largest value
  begunTrials: u32; // when the test left 0
  begunFailures: u32;
  burstTrials: u32; // of the most failures that came before it was 0 again
  burstFailures: u32;
}
/** In `bits`: a status word with another terminal's address. */
export const WRONG: u32 = 0x8000;

/**
 * Answers of one kind of a terminal; behind it TIMES x u16, response times 3.0 .. 12.5 us in steps of 0.1 us (the ends
 * take the rest). A count stops at its largest value.
 */
@unmanaged
export class LearnedResponse {
  count: u32;
  place: u32; // terminal * 4 + Answer
  sum: u64; // 0.1 us
  squares: u64;
}
export const FIRST_TIME: u32 = 30;
export const TIMES: u32 = 96;
