// What is known of a bus in both modes; what learning or the baseline says of it lies behind.
import { BusRecord } from "./generated/section";

/** What an epoch began behind. */
export const enum Behind {
  PAUSE = 0, // so long that what was in force before may be no more
  HOLE = 1, // messages that the recording lacks
  BREAK = 2, // of the bus: another controller took over, or the same one began anew
}

/** Times are in 0.1 us of the recorder's counter. */
@unmanaged
export class BusState {
  lastStart: u64; // of the message before
  lastEnd: u64;
  lastKey: u64;
  window: u64; // where the eighth of a second at hand begins
  channel: u16;
  previous: u16; // identity + 1 that the next one follows (order); 0 = none
  epoch: u16; // counts interruptions of the recording: what was before does not count any more
  hasLast: u8;
  lastDamaged: u8;
  lastBusB: u8;
  filled: u8; // eighths of a second in a row, up to 8
  retry: u8; // the message at hand repeats one that failed just now
  resumed: u8; // the message at hand is the first after an interruption
  cell: u8; // of the ring, for the eighth at hand
  entry: u16; // of its channel in the decoder's table, by the message at hand (mil1553/onboard/channels.ts)
  since: u64; // where the epoch began
  allowedAt: u32; // `messages` when `holes` last became less
  holes: u8; // that were allowed for
  behind: u8; // Behind: what the epoch began behind
  pad: u16;
  effort: u32; // 0.1 us that failed messages took: it makes others late, and is no fault of theirs
  messages: u32;
  calm: u32; // longest time between two messages lately, 0.1 us
  steadyFrom: u32; // `messages` when the epoch began
  ring: u64; // 8 x Eighth, from here on
  ring1: u64;
  ring2: u64;
  ring3: u64;
  ring4: u64;
  ring5: u64;
  ring6: u64;
  ring7: u64;
}

/** How much of an eighth of a second the bus was busy. */
@unmanaged
export class Eighth {
  busy: u32; // 0.1 us
  messages: u32;
}

/** While learning. */
@unmanaged
export class LearnedBus {
  span: u64; // 0.1 us of bus time
  loadSum: u64; // of the load in 1/10,000, over all windows of a second (each begins an eighth after the one before)
  loadSquares: u64;
  loadMin: u32;
  loadMax: u32;
  windows: u32;
  countMin: u32; // messages in a second
  countMax: u32;
  silence: u32; // longest from the end of a message to the next, 0.1 us
  messages: u32; // whose command words could be believed
  untrusted: u32; // and the others
  identitiesLost: u32; // messages whose identity had no room
  wordsLost: u32; // identities without data profile
  changesLost: u32; // words that change, without profile
  transitionsLost: u32;
  gaps: u32; // intermessage gaps seen
  failures: u32; // messages that the recorder calls damaged
  breaks: u32;
  longestBreak: u32; // 0.1 us
  begunTrials: u32; // when the test left 0
  begunFailures: u32;
  burstTrials: u32; // of the most failures that came before it was 0 again
  burstFailures: u32;
  walk: f32; // the test of failures, while learning
  peak: f32; // its largest value
  kinds: u16; // error bits of the block status that were seen
  kindsTwice: u16; // more than once
}
/** The lowest gaps, behind LearnedBus: so many i32, ascending (dead time, 0.1 us). */
export const LOWEST: u32 = 16;

/** In operation: what the baseline says of it, then what is going on. */
@unmanaged
export class BusModel extends BusRecord {
  lost: u32; // messages whose command could not be believed
  newSum: f32; // bits
  modeSum: f32;
  orderSum: f32;
  sideSum: f32;
  newErrorSum: f32;
  walk: f32; // tests of failures, nats
  burst: f32;
  failing: u32; // terminals of the failed messages in the tests, a bit each
  schedulePart: u32; // of an alert: judge/gather.ts
  failuresPart: u32;
  loadPart: u32;
  sideAt: u32; // BusState.messages when a message last was on the other side
  passed: u32; // BusState.messages when time passed last
  silent: u32; // 1: said so
  anchor: u64; // record time, ns, since when nothing came
  since: u64; // ns, when the walk left 0
  burstSince: u64;
  answersFrom: u64; // 0.1 us, since when response times are watched
  breakAt: u32; // BusState.messages when `broken` last became less
  broken: u32; // breaks that were allowed for
  driftAt: u32; // BusState.messages when the drift of all terminals was last looked at
  drift: f32; // by how much all answers come later than learned, 0.1 us
  isSettled: u8; // enough terminals answered to tell a drift of all from one of a few
  driftLooks: u8; // at a drift beyond the recorder's rounding; once it was said, what is left until it is over
  responders: u8; // terminals whose response times were learned
}
