// First contacts without an outcome: a ring in the order of time, and a table that leads from a contact's key to its
// entry. Entries that have their outcome stay until the ring comes round: an alert names targets from them.
//
// Rule when the ring is full: the oldest makes room (scan.ts says what that tells). An entry that is dated ahead of the
// clock waits behind the others: a wild clock holds none of them up.
import { PENDING, SLOTS } from "./capacity";
import { Source, indexOf, sourceAt } from "./sources";

/** 56 bytes. */
@unmanaged
export class Pending {
  key: u64; // of the contact; 0 = has its outcome
  toHi: u64;
  toLo: u64; // target address
  time: u64;
  sequence: u32; // that a SYN-ACK acknowledges; TCP
  acknowledgment: u32; // that a RST without ACK has as its sequence number; TCP
  data: u16; // bytes with the SYN, which may be acknowledged too
  port: u16; // of the target, or the number of an IP protocol
  source: u16; // index of its Source
  turn: u16; // that the Source had then
  kind: u8; // Kind
  isFaint: u8; // it looks like an answer
  isStream: u8; // its source goes on sending
  hasFailed: u8;
  pad: u32;
}

const ENTRY: usize = offsetof<Pending>();
const ring: usize = memory.data(PENDING * offsetof<Pending>(), 8);
const slots: usize = memory.data(SLOTS * 2, 8); // hash -> 1 + index in the ring
const PROBES: u32 = 8;

let head: u32 = 0; // next free position of the ring, counted without end
let tail: u32 = 0; // oldest position still in the ring

@inline function entry(position: u32): Pending {
  return changetype<Pending>(ring + <usize>(position & (PENDING - 1)) * ENTRY);
}

/** Whether the next entry displaces one. */
export function isFull(): bool {
  return head - tail == PENDING;
}

/** The oldest entry, or 0. */
export function oldest(): usize {
  return head == tail ? 0 : changetype<usize>(entry(tail));
}

/** Takes the oldest entry out of the ring. */
export function drop(): void {
  tail += 1;
}

/** A new entry, for the source, zeros but for what is given; the ring is not full. */
export function append(key: u64, s: Source, time: u64): Pending {
  const p = entry(head);
  memory.fill(changetype<usize>(p), 0, ENTRY);
  p.key = key;
  p.time = time;
  p.source = <u16>indexOf(s);
  p.turn = s.turn;
  store<u16>(slot(key), placeOf(head));
  head += 1;
  return p;
}

/** The oldest entry becomes the newest. */
export function putBehind(): void {
  const p = entry(tail),
    at = slotOf(p.key, tail);
  if (head - tail < PENDING) {
    memory.copy(changetype<usize>(entry(head)), changetype<usize>(p), ENTRY);
    p.key = 0;
  } // else its place is that of the newest
  if (at) store<u16>(at, placeOf(head));
  tail += 1;
  head += 1;
}

/** The entry of a contact that has no outcome yet, or 0. */
export function pending(key: u64): usize {
  for (let i: u32 = 0; i < PROBES; ++i) {
    const place = <u32>load<u16>(slotAt(key, i));
    if (place != 0 && entry(place - 1).key == key) return changetype<usize>(entry(place - 1));
  }
  return 0;
}

@inline function placeOf(position: u32): u16 {
  return <u16>(1 + (position & (PENDING - 1)));
}

@inline function slotAt(key: u64, i: u32): usize {
  return slots + ((<usize>((<u32>(key >> 32) + i) & (SLOTS - 1))) << 1);
}

/** Slot for a new contact: one that leads to no open entry of its neighbourhood, else the first (whose entry ends). */
function slot(key: u64): usize {
  for (let i: u32 = 0; i < PROBES; ++i) {
    const place = <u32>load<u16>(slotAt(key, i));
    if (place == 0 || entry(place - 1).key == 0) return slotAt(key, i);
    // an entry that took another's place in the ring has its slot elsewhere
    const distance = <u32>(key >> 32) + i - <u32>(entry(place - 1).key >> 32);
    if ((distance & (SLOTS - 1)) >= PROBES) return slotAt(key, i);
  }
  return slotAt(key, 0);
}

/** The slot of a key that points to this position, or 0. */
function slotOf(key: u64, position: u32): usize {
  for (let i: u32 = 0; i < PROBES; ++i) if (load<u16>(slotAt(key, i)) == placeOf(position)) return slotAt(key, i);
  return 0;
}

/** Its source's record, or 0 when that was evicted meanwhile. */
export function sourceFor(p: Pending): usize {
  const s = sourceAt(p.source);
  return s.turn == p.turn && s.attempts != 0 ? changetype<usize>(s) : 0;
}

/** How many targets an alert names. */
const TARGETS: u32 = 3;
const found: usize = memory.data(TARGETS * 8, 8); // addresses of entries
let count: u32 = 0;

/** Looks for contacts of the source that failed, the newest TARGETS that the ring still has; returns how many. */
export function findTargets(s: Source): u32 {
  const index = indexOf(s);
  count = 0;
  for (let i: u32 = 1; i <= PENDING && count < TARGETS; ++i) {
    const p = entry(head - i);
    if (!p.hasFailed || <u32>p.source != index || p.turn != s.turn) continue;
    store<u64>(found + ((<usize>count) << 3), changetype<usize>(p));
    count += 1;
  }
  return count;
}

/** One of those that findTargets() found, the oldest first. */
export function targetAt(i: u32): Pending {
  return changetype<Pending>(<usize>load<u64>(found + ((<usize>(count - 1 - i)) << 3)));
}
