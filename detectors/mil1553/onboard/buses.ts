// The buses: one record for each channel number, alike in both modes up to what was learned of it.
//
// Two recorders that use the same channel number are taken for one bus.
import { Message } from "../../../mil1553/onboard/message";
import { BUSES, NONE } from "./capacity";
import { BUS, buses } from "./arena";
import { apart, damaged, end, key, start } from "./observed";

/** 128 bytes. */
@unmanaged
export class Common {
  lastStart: u64; // of the message before, 0.1 us
  lastEnd: u64;
  lastKey: u64;
  window: u64; // where the eighth of a second at hand begins, 0.1 us
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
  pad: u8;
  effort: u32; // 0.1 us that failed messages took: it makes others late, and is no fault of theirs
  messages: u32;
  pad2: u32;
}
const RING: usize = 64; // 8 x { u32 busy, 0.1 us; u32 messages }

/** Behind Common and its ring while learning. */
@unmanaged
export class Learned {
  span: u64; // 0.1 us of bus time
  loadSum: u64; // of the load in 1/10,000, over all windows of a second (each begins an eighth after the one before)
  loadSquares: u64;
  loadMin: u32;
  loadMax: u32;
  windows: u32;
  countMin: u32; // messages in a second
  countMax: u32;
  silence: u32; // longest from the end of a message to the next, 0.1 us
  trusted: u32;
  untrusted: u32;
  identitiesLost: u32; // messages whose identity had no room
  wordsLost: u32; // identities without data profile
  changesLost: u32; // words that change, without profile
  transitionsLost: u32;
  gaps: u32; // intermessage gaps seen
  failures: u32; // messages that the recorder calls damaged
  walk: f32; // the test of failures, while learning
  peak: f32; // its largest value
  kinds: u16; // error bits of the block status that were seen
  kindsTwice: u16; // more than once
}
export const LOWEST: u32 = 16;
const GAPS: usize = 248; // the 16 lowest gaps, i32, ascending (dead time, 0.1 us)

const slots: usize = memory.data(128, 8); // hash of the channel number -> bus + 1
let used: u32 = 0;

// @ts-ignore: decorator
@inline export function busAt(i: u32): Common {
  return changetype<Common>(buses + <usize>(i * BUS));
}
// @ts-ignore: decorator
@inline export function lessonOf(i: u32): Learned {
  return changetype<Learned>(buses + <usize>(i * BUS) + 128);
}
// @ts-ignore: decorator
@inline export function lowestGaps(i: u32): usize {
  return buses + <usize>(i * BUS) + GAPS;
}
export function busCount(): u32 {
  return used;
}

export function forgetBuses(): void {
  used = 0;
  memory.fill(slots, 0, 128);
}

/** Its number, or NONE. */
export function findBus(channel: u32): u32 {
  let at = ((channel * 40503) >> 4) & 127;
  let i = <u32>load<u8>(slots + at);
  for (; i != 0; i = <u32>load<u8>(slots + at)) {
    if (<u32>busAt(i - 1).channel == channel) return i - 1;
    at = (at + 1) & 127;
  }
  return NONE;
}

export function addBus(channel: u32): u32 {
  if (used == BUSES) return NONE;
  let at = ((channel * 40503) >> 4) & 127;
  while (load<u8>(slots + at) != 0) at = (at + 1) & 127;
  used += 1;
  store<u8>(slots + at, <u8>used);
  busAt(used - 1).channel = <u16>channel;
  return used - 1;
}

/** After a pause longer than this everything begins anew: 1 s. */
const INTERRUPTION: i64 = 10000000;
/** A message behind the same one that failed, within 1 ms, is its repetition. */
const RETRY: i64 = 10000;

/**
 * Before the message is looked at: the bus in time. Returns the dead time in front of it, 0.1 us; negative where it begins
 * before the one in front has ended. Call observe() first.
 */
export function arrive(b: Common): i64 {
  b.messages += 1;
  b.retry = 0;
  b.resumed = 0;
  if (!b.hasLast) {
    b.resumed = 1;
    return 0;
  }
  const dead = apart(start, b.lastEnd);
  // The counter far back, or a hole: begin anew. A little back is a recorder that sorts by the end of messages.
  if (dead > INTERRUPTION || apart(start, b.lastStart) < -20000) {
    b.epoch += 1;
    b.previous = 0;
    b.filled = 0;
    b.resumed = 1;
    return dead > 0 ? dead : 0;
  }
  if (b.lastDamaged && b.lastKey == key && dead < RETRY) b.retry = 1;
  return dead;
}

/**
 * An identity comes again: also behind attempts that could not be told. since: 0.1 us since it came last in this epoch,
 * effort: Common.effort then.
 */
// @ts-ignore: decorator
@inline export function again(b: Common, since: i64, effort: u32): void {
  if (b.lastDamaged && since < <i64>(b.effort - effort) + RETRY) b.retry = 1;
}

/** After the message was looked at. */
export function leave(b: Common, m: Message): void {
  b.hasLast = 1;
  b.lastStart = start;
  b.lastEnd = end;
  b.lastKey = key;
  b.lastDamaged = damaged ? 1 : 0;
  b.lastBusB = m.busB;
}

const EIGHTH: i64 = 1250000; // 0.1 us

/** Counts the message; true when an eighth of a second has ended and the second before it is complete: see the two sums. */
export function countLoad(b: Common, m: Message): bool {
  const ring = changetype<usize>(b) + RING;
  let full = false;
  if (!b.hasLast || b.resumed) {
    b.window = start;
    b.filled = 0;
    b.cell = 0;
    memory.fill(ring, 0, 64);
  } else {
    for (let past = apart(start, b.window); past >= EIGHTH; past -= EIGHTH) {
      // Of several that ended the first is judged; the empty ones show in what comes. A second at most: INTERRUPTION
      b.filled = <u8>min<u32>(<u32>b.filled + 1, 8);
      if (b.filled == 8 && !full) {
        full = true;
        sum(ring);
      }
      b.window = (b.window + <u64>EIGHTH) & 0xffffffffffff;
      b.cell = (b.cell + 1) & 7;
      store<u64>(ring + ((<usize>b.cell) << 3), 0);
    }
  }
  const cell = ring + ((<usize>b.cell) << 3);
  store<u32>(cell, load<u32>(cell) + m.duration);
  store<u32>(cell, load<u32>(cell, 4) + 1, 4);
  return full;
}

export let secondBusy: u32 = 0; // 0.1 us
export let secondMessages: u32 = 0;

function sum(ring: usize): void {
  secondBusy = 0;
  secondMessages = 0;
  for (let i: usize = 0; i < 64; i += 8) {
    secondBusy += load<u32>(ring + i);
    secondMessages += load<u32>(ring + i, 4);
  }
}
