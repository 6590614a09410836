// UDP flows that carry Chapter 10: the format each uses and where its datagram sequence stands. When the table is full,
// the flow seen longest ago is forgotten and its open packets with it.

import { FLOWS } from "../capacity";
import { C } from "../anomalies";
import { NO_CHANNEL, report } from "../waiting";
import { Transfer } from "./transfer";
import { closeFlow } from "./slots";

@unmanaged
export class Flow {
  key: u64;
  seen: u64; // 0 = free
  window: u64; // bit i: the datagram `next - 1 - i` has come
  offset: u64; // bytes of packets delivered so far
  next: u32; // sequence number that should come
  format: u32; // 0 = not yet decided
  started: u32; // 1 once `next` means something
  doneAt: u32; // format 2: where the next completed packet is noted (noteDone)
  done0: u64;
  done1: u64;
  done2: u64;
  done3: u64;
  // + u8 x REORDER: of each datagram in the window what tells it from another with the same number, by the number
}

const ENTRY: u32 = <u32>offsetof<Flow>() + 64;
const TABLE: usize = memory.data(FLOWS * ENTRY, 8);
let step: u64 = 0;

/** A jump ahead by so many datagrams, or back by more than the window, is a restart of the sender. */
const FAR: u32 = 4096;
/** Datagrams that one may come late by: the bits of Flow.window. */
export const REORDER: u32 = 64;

@inline export function flowAt(i: u32): Flow {
  return changetype<Flow>(TABLE + <usize>(i * ENTRY));
}

export function clearFlows(): void {
  memory.fill(TABLE, 0, <usize>(FLOWS * ENTRY));
  step = 0;
}

/** Whether the flow has carried Chapter 10 before. */
export function isFlow(key: u64): bool {
  for (let i: u32 = 0; i < FLOWS; ++i) if (flowAt(i).seen != 0 && flowAt(i).key == key) return true;
  return false;
}

export function flowFor(key: u64): u32 {
  ++step;
  let oldest: u32 = 0;
  for (let i: u32 = 0; i < FLOWS; ++i) {
    const f = flowAt(i);
    if (f.seen != 0 && f.key == key) {
      f.seen = step;
      return i;
    }
    if (f.seen < flowAt(oldest).seen) oldest = i;
  }
  const f = flowAt(oldest);
  if (f.seen != 0) {
    report(C.UDP_FLOW_FORGOTTEN, NO_CHANNEL, 0, 0);
    closeFlow(oldest);
  }
  memory.fill(changetype<usize>(f), 0, <usize>ENTRY);
  f.key = key;
  f.seen = step;
  return oldest;
}

// Format 2 keeps one datagram number over a packet, so a repeated segment of a packet that is done would open it anew:
// the last four that are done are remembered.

@inline function doneKey(t: Transfer): u64 {
  return ((<u64>1) << 63) | ((<u64>t.channel) << 32) | (<u64>t.sequence);
}

export function noteDone(f: Flow, t: Transfer): void {
  store<u64>(changetype<usize>(f) + offsetof<Flow>("done0") + <usize>(f.doneAt << 3), doneKey(t));
  f.doneAt = (f.doneAt + 1) & 3;
}

export function isDone(f: Flow, t: Transfer): bool {
  const k = doneKey(t);
  return f.done0 == k || f.done1 == k || f.done2 == k || f.done3 == k;
}

export const enum Order {
  NEXT = 0,
  GAP = 1,
  LATE = 2,
  REPEATED = 3,
  RESTART = 4,
}

@inline function mark(f: Flow, t: Transfer): usize {
  return changetype<usize>(f) + offsetof<Flow>() + <usize>(t.sequence & (REORDER - 1));
}

/**
 * Where a datagram stands in its flow's sequence; what is not in order is reported. A number that was there before
 * comes again in a copy of its datagram, or from a recorder that has begun anew: `digest` (of its bytes) tells which.
 */
export function order(f: Flow, t: Transfer, digest: u32): Order {
  const o = place(f, t, digest);
  if (o != Order.REPEATED) store<u8>(mark(f, t), <u8>digest);
  return o;
}

function place(f: Flow, t: Transfer, digest: u32): Order {
  const mask = t.modulus - 1; // modulus 0 is 2^32: the mask becomes all ones
  if (f.started == 0) return start(f, t, mask, Order.NEXT);
  const ahead = (t.sequence - f.next) & mask;
  if (ahead == 0) {
    f.window = (f.window << 1) | 1;
    f.next = (t.sequence + 1) & mask;
    return Order.NEXT;
  }
  const back = (f.next - t.sequence) & mask; // 1: the one that came last
  if (back == 1 && t.format == 2) return Order.NEXT; // format 2 keeps its number over the segments of a packet
  if (ahead < FAR && ahead < back) {
    report(C.UDP_SEQUENCE_GAP, NO_CHANNEL, <u64>ahead, f.offset);
    const by = <u64>ahead + 1;
    f.window = by >= 64 ? 1 : (f.window << by) | 1;
    f.next = (t.sequence + 1) & mask;
    return Order.GAP;
  }
  if (back <= REORDER) {
    const nth = <u64>back - 1;
    const bit = (<u64>1) << nth;
    if (f.window & bit) {
      if (t.format == 2) return Order.LATE; // not told apart from a late segment: the slot compares bytes
      if (load<u8>(mark(f, t)) == <u8>digest) {
        report(C.UDP_DUPLICATE, NO_CHANNEL, 0, f.offset);
        return Order.REPEATED;
      }
      report(C.UDP_RESTART, NO_CHANNEL, <u64>back, f.offset);
      return start(f, t, mask, Order.RESTART);
    }
    f.window |= bit;
    report(C.UDP_REORDERED, NO_CHANNEL, <u64>back, f.offset);
    return Order.LATE;
  }
  report(C.UDP_RESTART, NO_CHANNEL, <u64>back, f.offset);
  return start(f, t, mask, Order.RESTART);
}

function start(f: Flow, t: Transfer, mask: u32, o: Order): Order {
  f.started = 1;
  f.window = 1;
  f.next = (t.sequence + 1) & mask;
  return o;
}
