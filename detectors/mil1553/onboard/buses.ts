// The buses: one record for each channel number, alike in both modes up to what was learned of it.
//
// Two recorders that use the same channel number are taken for one bus.
import { Message } from "../../../mil1553/onboard/message";
import { BUSES, NONE } from "./capacity";
import { busAt } from "./arena";
import { Behind, BusModel, BusState, Eighth } from "./bus";
import { apart, damaged, end, key, start } from "./observed";

const SLOTS: u32 = 128;
const slots: usize = memory.data(<i32>SLOTS, 8); // hash of the channel number -> bus + 1
let used: u32 = 0;

export function busCount(): u32 {
  return used;
}

export function forgetBuses(): void {
  used = 0;
  memory.fill(slots, 0, <usize>SLOTS);
}

/** Its number, or NONE. */
export function findBus(channel: u32): u32 {
  let at = ((channel * 40503) >> 4) & (SLOTS - 1);
  let i = <u32>load<u8>(slots + at);
  for (; i != 0; i = <u32>load<u8>(slots + at)) {
    if (<u32>busAt(i - 1).channel == channel) return i - 1;
    at = (at + 1) & (SLOTS - 1);
  }
  return NONE;
}

export function addBus(channel: u32): u32 {
  if (used == BUSES) return NONE;
  let at = ((channel * 40503) >> 4) & (SLOTS - 1);
  while (load<u8>(slots + at) != 0) at = (at + 1) & (SLOTS - 1);
  used += 1;
  store<u8>(slots + at, <u8>used);
  busAt(used - 1).channel = <u16>channel;
  return used - 1;
}

/** After a pause longer than this everything begins anew: 1 s. */
const INTERRUPTION: i64 = 10000000;
/** A message behind the same one that failed, within 1 ms, is its repetition. */
const RETRY: i64 = 10000;

/** A time without messages is a break from 50 ms on, when it is so many times the longest of late. 0.1 us. */
const BREAK: i64 = 500000;
const TIMES_CALM: i64 = 4;
/** Messages of an epoch by which it is known what is calm there; and in which a longer time without is forgotten. */
const KNOWN: u32 = 256;

/** Whether the bus was silent as it is not within its schedule: 0.1 us. */
function isBreak(b: BusState, dead: i64): bool {
  if (dead >= BREAK && b.messages - b.steadyFrom > KNOWN && dead > TIMES_CALM * <i64>b.calm) return true;
  b.calm = max<u32>(<u32>max<i64>(dead, 0), b.calm - b.calm / KNOWN);
  return false;
}

/** Breaks in a row that are allowed for at most. */
const BREAKS: u32 = 8;

/**
 * Whether such a break was learned, and no more come than were: as many as were learned in a row, and another one when
 * half of the messages have come that were learned for each.
 */
export function allowBreak(b: BusState, s: BusModel, dead: i64): bool {
  if (s.breaks == 0 || dead > <i64>s.longestBreak + <i64>(s.longestBreak / 2)) return false;
  const each = max<u32>(s.messagesABreak / 2, 1);
  for (; s.broken != 0 && b.messages - s.breakAt >= each; --s.broken) s.breakAt += each;
  if (s.broken >= min<u32>(<u32>s.breaks, BREAKS)) return false;
  if (s.broken == 0) s.breakAt = b.messages;
  s.broken += 1;
  return true;
}

/** Holes in a row that are allowed for, and messages after which it is one more. */
const HOLES: u8 = 8;
const MESSAGES_A_HOLE: u32 = 4096;

/**
 * Packets of this bus are missing in front of the message at hand, or could not be believed: whether what they held may
 * be allowed for. Whoever can send as the recorder makes as many holes as he likes, so it is so only now and then.
 */
export function allowHole(b: BusState): bool {
  for (; b.holes != 0 && b.messages - b.allowedAt >= MESSAGES_A_HOLE; --b.holes) b.allowedAt += MESSAGES_A_HOLE;
  if (b.holes == HOLES) return false;
  if (b.holes == 0) b.allowedAt = b.messages;
  b.holes += 1;
  return true;
}

/**
 * Before the message is looked at: the bus in time. Returns the dead time in front of it, 0.1 us; negative where it
 * begins before the one in front has ended. `isBehindHole`: what was in between is not known. Call observe() first.
 */
export function arrive(b: BusState, isBehindHole: bool): i64 {
  b.messages += 1;
  b.retry = 0;
  b.resumed = 0;
  if (!b.hasLast) {
    b.since = start;
    b.resumed = 1;
    b.steadyFrom = b.messages;
    return 0;
  }
  const dead = apart(start, b.lastEnd);
  // The counter far back, or a hole: begin anew. A little back is a recorder that sorts by the end of messages.
  const isPause = dead > INTERRUPTION || apart(start, b.lastStart) < -20000;
  if (isBehindHole || isPause || isBreak(b, dead)) {
    b.since = start;
    b.behind = isBehindHole ? <u8>Behind.HOLE : isPause ? <u8>Behind.PAUSE : <u8>Behind.BREAK;
    b.steadyFrom = b.messages;
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
 * effort: BusState.effort then.
 */
@inline export function again(b: BusState, since: i64, effort: u32): void {
  if (b.lastDamaged && since < <i64>(b.effort - effort) + RETRY) b.retry = 1;
}

/** After the message was looked at. */
export function leave(b: BusState, m: Message): void {
  b.hasLast = 1;
  b.lastStart = start;
  b.lastEnd = end;
  b.lastKey = key;
  b.lastDamaged = damaged ? 1 : 0;
  b.lastBusB = m.busB;
}

const EIGHTH: i64 = 1250000; // 0.1 us

const second: usize = memory.data(<i32>offsetof<Eighth>(), 8); // the sum of a ring
const EIGHTHS: u32 = 8; // of a ring

@inline function eighth(b: BusState, i: u32): Eighth {
  return changetype<Eighth>(changetype<usize>(b) + offsetof<BusState>("ring") + <usize>i * offsetof<Eighth>());
}

/**
 * Counts the message. When an eighth of a second has ended and the second before it is complete: that second, else
 * null.
 */
export function countLoad(b: BusState, m: Message): Eighth | null {
  let full: Eighth | null = null;
  if (!b.hasLast || b.resumed) {
    b.window = start;
    b.filled = 0;
    b.cell = 0;
    memory.fill(changetype<usize>(eighth(b, 0)), 0, EIGHTHS * offsetof<Eighth>());
  } else {
    for (let past = apart(start, b.window); past >= EIGHTH; past -= EIGHTH) {
      // Of several that ended the first is judged; the empty ones show in what comes. A second at most: INTERRUPTION
      b.filled = <u8>min<u32>(<u32>b.filled + 1, EIGHTHS);
      if (<u32>b.filled == EIGHTHS && full === null) full = sum(b);
      b.window = (b.window + <u64>EIGHTH) & 0xffffffffffff;
      b.cell = (b.cell + 1) & 7;
      const next = eighth(b, <u32>b.cell);
      next.busy = 0;
      next.messages = 0;
    }
  }
  const now = eighth(b, <u32>b.cell);
  now.busy += m.duration;
  now.messages += 1;
  return full;
}

function sum(b: BusState): Eighth {
  const all = changetype<Eighth>(second);
  all.busy = 0;
  all.messages = 0;
  for (let i: u32 = 0; i < EIGHTHS; ++i) {
    all.busy += eighth(b, i).busy;
    all.messages += eighth(b, i).messages;
  }
  return all;
}
