// Packets under reassembly. Each slot: whose packet it is, which bytes have come (as sorted stretches), and its blocks.
//
//   flow 4 | key | total | stretches: [from, to) x 8 | block numbers x 16 | the packet's header, once it has come
//
// A packet of a type that is not read keeps its stretches only, no blocks: it is counted, not looked into. A slot may
// also hold a datagram in IP fragments (fragments.ts): what happens to it is not reported.

import { BLOCKS_PER_PACKET, PACKET_CAPACITY, PIECES, REASSEMBLY_TIMEOUT, SLOTS } from "../capacity";
import { C } from "../anomalies";
import { HEADER, HeaderState, checkHeader, headerLength, headerType, isRead } from "../chapter10/header";
import { report } from "../waiting";
import { clearBlocks, emptyList, freeList, gather, reserve, same, write } from "./blocks";

@unmanaged
export class Slot {
  flow: u32; // index + 1, or FRAGMENTED and half of a datagram's identity; 0 = free
  channel: u32;
  key: u32; // channel sequence (format 1), offset of the last segment (format 2), 0 (format 3)
  total: u32; // bytes of the packet; 0 = not yet known
  touched: u64; // step of the last segment: order of eviction
  time: u64; // record time of the last segment
  pieces: u32;
  unread: u32; // 1: no blocks are kept
  headed: u32; // 1: the header is in `header`
  sequence: u32; // datagram sequence of the last segment (formats 1 and 2)
}

/** Not a packet but a datagram. */
export const FRAGMENTED: u32 = 0x80000000;

const AT_PIECES: u32 = offsetof<Slot>();
const AT_LIST: u32 = AT_PIECES + 8 * PIECES;
const AT_HEADER: u32 = AT_LIST + BLOCKS_PER_PACKET;
const ENTRY: u32 = (AT_HEADER + HEADER + 7) & ~7;
const TABLE: usize = memory.data(SLOTS * ENTRY, 8);
let step: u64 = 0;

@inline export function slotAt(i: u32): Slot {
  return changetype<Slot>(TABLE + <usize>(i * ENTRY));
}

@inline function listOf(s: Slot): usize {
  return changetype<usize>(s) + AT_LIST;
}

@inline export function headerOf(s: Slot): usize {
  return changetype<usize>(s) + AT_HEADER;
}

@inline function piece(s: Slot, i: u32): usize {
  return changetype<usize>(s) + AT_PIECES + <usize>(i << 3);
}

export const NO_SLOT: Slot = changetype<Slot>(0);

@inline export function exists(s: Slot): bool {
  return changetype<usize>(s) != 0;
}

export function clearSlots(): void {
  memory.fill(TABLE, 0, <usize>(SLOTS * ENTRY));
  clearBlocks();
  step = 0;
}

function received(s: Slot): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < s.pieces; ++i) n += load<u32>(piece(s, i), 4) - load<u32>(piece(s, i));
  return n;
}

export function release(s: Slot): void {
  freeList(listOf(s));
  s.flow = 0;
}

/** Gives up a packet, saying why and how much of it had come. */
export function giveUp(s: Slot, why: u32): void {
  if ((s.flow & FRAGMENTED) == 0) report(why, s.channel, <u64>received(s), 0);
  release(s);
}

export function openSlot(flow: u32, channel: u32, key: u32, time: u64): Slot {
  let s = slotAt(0);
  for (let i: u32 = 0; i < SLOTS; ++i) {
    const other = slotAt(i);
    if (other.flow == 0) {
      s = other;
      break;
    }
    if (other.touched < s.touched) s = other;
  }
  if (s.flow != 0) giveUp(s, C.UDP_EVICTED);
  memory.fill(changetype<usize>(s), 0, <usize>ENTRY);
  emptyList(listOf(s));
  s.flow = flow + 1;
  s.channel = channel;
  s.key = key;
  s.time = time;
  s.touched = ++step;
  return s;
}

/** Packets that got nothing for REASSEMBLY_TIMEOUT of record time. Time that goes back ages nothing. */
export function expire(now: u64): void {
  for (let i: u32 = 0; i < SLOTS; ++i) {
    const s = slotAt(i);
    if (s.flow != 0 && now > s.time && now - s.time > REASSEMBLY_TIMEOUT) giveUp(s, C.UDP_INCOMPLETE);
  }
}

/** Gives up everything that is open of a flow (all flows: 0xffffffff). */
export function closeFlow(flow: u32): void {
  for (let i: u32 = 0; i < SLOTS; ++i) {
    const s = slotAt(i);
    if (s.flow != 0 && (flow == 0xffffffff || s.flow == flow + 1)) giveUp(s, C.UDP_INCOMPLETE);
  }
}

export const enum Insert {
  KEPT = 0,
  COMPLETE = 1,
  GONE = 2,
}

/**
 * Puts `length` bytes of a segment at byte `from` of the packet. GONE: the packet was given up, and it was said why.
 */
export function insert(s: Slot, from: u32, p: usize, length: u32, time: u64): Insert {
  s.touched = ++step;
  s.time = time;
  if (length == 0) return Insert.KEPT;
  const to = from + length; // both are under 2^27: cannot wrap
  if (s.total != 0 && to > s.total) {
    giveUp(s, C.UDP_SIZE);
    return Insert.GONE;
  }
  if (to > PACKET_CAPACITY && s.unread == 0) stopReading(s);

  // The stretches that the new one meets become one with it
  let low = from,
    high = to;
  let into: u32 = 0;
  let kept: u32 = 0;
  let contained = false;
  for (let i: u32 = 0; i < s.pieces; ++i) {
    const a = load<u32>(piece(s, i)),
      b = load<u32>(piece(s, i), 4);
    if (b < from || a > to) {
      if (b < from) into = kept + 1;
      store<u32>(piece(s, kept), a);
      store<u32>(piece(s, kept), b, 4);
      ++kept;
      continue;
    }
    const x = max<u32>(a, from),
      y = min<u32>(b, to);
    if (x < y) {
      if (s.unread == 0 && !same(listOf(s), x, p + <usize>(x - from), y - x)) {
        giveUp(s, C.UDP_CONFLICT);
        return Insert.GONE;
      }
      contained = x == from && y == to;
      if ((s.flow & FRAGMENTED) == 0) report(contained ? C.UDP_DUPLICATE : C.UDP_OVERLAP, s.channel, <u64>(y - x), 0);
      else if (!contained) {
        release(s);
        return Insert.GONE;
      }
    }
    low = min<u32>(low, a);
    high = max<u32>(high, b);
  }
  if (kept == PIECES) {
    giveUp(s, C.UDP_PIECES);
    return Insert.GONE;
  }
  for (let i = kept; i > into; --i) store<u64>(piece(s, i), load<u64>(piece(s, i - 1)));
  store<u32>(piece(s, into), low);
  store<u32>(piece(s, into), high, 4);
  s.pieces = kept + 1;

  if (s.unread == 0) {
    while (!reserve(listOf(s), from, to)) {
      const victim = leastTouched(s);
      if (!exists(victim)) {
        giveUp(s, C.UDP_EVICTED);
        return Insert.GONE;
      }
      giveUp(victim, C.UDP_EVICTED);
    }
    write(listOf(s), from, p, length);
  }
  if (
    s.headed == 0 &&
    load<u32>(piece(s, 0)) == 0 &&
    load<u32>(piece(s, 0), 4) >= HEADER &&
    !readHead(s, from, p, length)
  )
    return Insert.GONE;
  return s.total != 0 && s.pieces == 1 && load<u32>(piece(s, 0)) == 0 && load<u32>(piece(s, 0), 4) == s.total
    ? Insert.COMPLETE
    : Insert.KEPT;
}

/**
 * The header has come: the packet's length and type. False if the header is invalid or contradicts the segments
 * received so far.
 */
function readHead(s: Slot, from: u32, p: usize, length: u32): bool {
  const h = headerOf(s);
  if (from == 0 && length >= HEADER) memory.copy(h, p, HEADER);
  else if (s.unread == 0) gather(listOf(s), h, HEADER);
  else {
    giveUp(s, C.PACKET_TOO_LARGE);
    return false;
  } // its first bytes were not kept
  const state = checkHeader(h);
  if (state != HeaderState.GOOD) {
    giveUp(s, state == HeaderState.LENGTH ? C.HEADER_LENGTH : C.HEADER_CHECKSUM);
    return false;
  }
  const size = headerLength(h);
  if ((s.total != 0 && s.total != size) || load<u32>(piece(s, s.pieces - 1), 4) > size) {
    giveUp(s, C.UDP_SIZE);
    return false;
  }
  s.total = size;
  s.headed = 1;
  if (s.unread == 0 && (size > PACKET_CAPACITY || !isRead(headerType(h)))) stopReading(s);
  return true;
}

function stopReading(s: Slot): void {
  s.unread = 1;
  freeList(listOf(s));
}

function leastTouched(but: Slot): Slot {
  let found = NO_SLOT;
  for (let i: u32 = 0; i < SLOTS; ++i) {
    const s = slotAt(i);
    if (s.flow == 0 || s.unread != 0 || changetype<usize>(s) == changetype<usize>(but)) continue;
    if (!exists(found) || s.touched < found.touched) found = s;
  }
  return found;
}

export function copyOut(s: Slot, p: usize): void {
  gather(listOf(s), p, s.total);
}

/** Where the last byte that has come ends. */
@inline export function reach(s: Slot): u32 {
  return s.pieces != 0 ? load<u32>(piece(s, s.pieces - 1), 4) : 0;
}

/** Bytes from the start of the packet that have come without a hole (format 3: all of them). */
@inline export function contiguous(s: Slot): u32 {
  return s.pieces != 0 && load<u32>(piece(s, 0)) == 0 ? load<u32>(piece(s, 0), 4) : 0;
}
