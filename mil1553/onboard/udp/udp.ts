// REQ-DECODE-018
// Chapter 10 over UDP: one datagram at a time in, packets out.
//
// Format 1 whole and what is whole in a datagram of format 3 is read where it stands; segments go to slots, and a
// packet that is complete is put together in the assembly buffer. Format 1 and 2 take segments in any order. Format 3
// is a byte stream: after a loss it goes on at the next packet start that a datagram names, and a late datagram is of
// no use.

import { addSpare } from "../../../appliance/contract/onboard/spare";
import { LONGEST_PACKET, PACKET_CAPACITY, SLOTS } from "../capacity";
import { C } from "../anomalies";
import {
  HEADER,
  HeaderState,
  Packet,
  checkHeader,
  dataChecksumGood,
  headerLength,
  readHeader,
} from "../chapter10/header";
import { NO_CHANNEL, report } from "../waiting";
import { spareBlocks } from "./blocks";
import { Flow, Order, REORDER, clearFlows, flowAt, flowFor, isDone, noteDone, order } from "./flows";
import {
  Insert,
  NO_SLOT,
  Slot,
  clearSlots,
  closeFlow,
  contiguous,
  copyOut,
  exists,
  expire,
  giveUp,
  headerOf,
  insert,
  openSlot,
  release,
  slotAt,
} from "./slots";
import { NO_START, Transfer, onlyFormat, provenFormat, readTransfer } from "./transfer";

const ASSEMBLY: usize = memory.data(PACKET_CAPACITY, 8);
const TRANSFER: usize = memory.data(offsetof<Transfer>(), 8);

@inline function transfer(): Transfer {
  return changetype<Transfer>(TRANSFER);
}

let ready = 0; // 1: a packet in the assembly buffer; 2: only its header, there too
let at: usize = 0; // whole packets of the datagram at hand
let end: usize = 0;
let stream: bool = false; // format 3: what is left over goes on in the next datagram
let lostFrom: usize = 0; // bytes since here belong to no packet; 0 = in sync
let current: u32 = 0; // flow
let time: u64 = 0;

export function clearUdp(): void {
  clearFlows();
  clearSlots();
  ready = 0;
  at = 0;
  end = 0;
  lostFrom = 0;
  time = 0;
}

/** Says which tables stay untouched where no datagram will come: those of bytes. */
export function spareUdp(): void {
  addSpare(ASSEMBLY, PACKET_CAPACITY);
  spareBlocks();
}

/**
 * Takes one UDP payload (untrusted; it stays in place until takeDatagramPacket() has returned false). Record time ages.
 * Returns which of the recorders that share the flow it is of: 0, or 1 + its source identifier (format 3), each of
 * which has a sequence of its own.
 */
export function feedDatagram(p: usize, length: u32, key: u64, now: u64): u32 {
  ready = 0;
  at = end = p;
  lostFrom = 0;
  stream = false;
  if (now != time) {
    time = now;
    expire(now);
  }
  current = flowFor(key);
  const base = flowAt(current);
  if (length < 4) {
    report(C.UDP_SHORT, NO_CHANNEL, <u64>length, base.offset);
    return 0;
  }
  if (base.format == 0) {
    base.format = provenFormat(p, length);
    if (base.format == 0) base.format = onlyFormat(p, length);
    if (base.format == 0) {
      report(C.UDP_UNDECIDED, NO_CHANNEL, <u64>length, base.offset);
      return 0;
    }
  }
  const t = transfer();
  let f = base;
  if (!readTransfer(t, p, length, f.format)) {
    report(C.UDP_FORMAT, NO_CHANNEL, <u64>load<u32>(p), f.offset);
    return 0;
  }
  const source = t.modulus != 0 && f.format == 3 ? t.source + 1 : 0;
  if (source != 0) {
    current = flowFor(key + <u64>source * 0x9e3779b97f4a7c15);
    f = flowAt(current);
    f.format = 3;
  }
  const o = order(f, t, digest(p, length));
  if (o == Order.REPEATED) return source;
  if (o == Order.RESTART) closeFlow(current); // its packets will not be completed: the numbers are others' now
  const payload = p + <usize>t.payload;
  const bytes = length - t.payload;
  if (f.format == 3) byteStream(t, payload, bytes, o);
  else if (t.segment) segment(f, t, payload, bytes);
  else {
    at = payload;
    end = payload + <usize>bytes;
  }
  return source;
}

export function feedDatagramEnd(): void {
  at = end;
  ready = 0;
  lostFrom = 0;
  closeFlow(0xffffffff);
}

/** Time went on and nothing came. */
export function feedTick(now: u64): void {
  if (now != time) {
    time = now;
    expire(now);
  }
}

/** Of a datagram's length, its headers and its last bytes: a packet's header has its counter and sequence. */
function digest(p: usize, length: u32): u32 {
  let h: u32 = length * 0x9e3779b1;
  const front = min<u32>(length & ~3, 64);
  for (let i: u32 = 0; i < front; i += 4) h = rotl<u32>(h ^ load<u32>(p + i), 13) * 0x85ebca6b;
  for (let i: u32 = max<u32>(front, length > 16 ? length - 16 : 0); i + 4 <= length; i += 4)
    h = rotl<u32>(h ^ load<u32>(p + i), 13) * 0x85ebca6b;
  return h ^ (h >> 15);
}

function segment(f: Flow, t: Transfer, p: usize, bytes: u32): void {
  if (t.offset > LONGEST_PACKET || t.size > LONGEST_PACKET) {
    report(C.UDP_SIZE, t.channel, <u64>t.offset, f.offset);
    return;
  }
  if (f.format == 2 && isDone(f, t)) {
    report(C.UDP_DUPLICATE, t.channel, <u64>bytes, f.offset);
    return;
  }
  const s = f.format == 1 ? slotOfFormat1(t) : slotOfFormat2(t);
  if (insert(s, t.offset, p, bytes, time) == Insert.COMPLETE) {
    if (f.format == 2) noteDone(f, t);
    complete(s);
  }
}

/**
 * The packet with this channel sequence. An older one whose missing segments would come later than any late datagram is
 * taken for will not be completed any more: it is given up.
 */
function slotOfFormat1(t: Transfer): Slot {
  let slot = NO_SLOT;
  for (let i: u32 = 0; i < SLOTS; ++i) {
    const s = slotAt(i);
    if (s.flow != current + 1 || s.channel != t.channel) continue;
    if (s.key == t.channelSequence) {
      slot = s;
      continue;
    }
    const newer = (t.channelSequence - s.key) & 255;
    const datagrams = (t.sequence - s.sequence) & 0xffffff;
    if (newer < 128 && datagrams > REORDER && datagrams < 0x800000) giveUp(s, C.UDP_INCOMPLETE);
  }
  if (!exists(slot)) slot = openSlot(current, t.channel, t.channelSequence, time);
  slot.sequence = t.sequence;
  return slot;
}

/**
 * Format 2 names the channel, not the packet. Senders keep the datagram sequence over a packet (then it tells), or
 * count every datagram: then of one packet what has the larger number stands further behind. Of several that fit, the
 * nearest.
 */
function slotOfFormat2(t: Transfer): Slot {
  let slot = NO_SLOT;
  let nearest: u32 = 0xffffffff;
  for (let i: u32 = 0; i < SLOTS; ++i) {
    const s = slotAt(i);
    if (s.flow != current + 1 || s.channel != t.channel) continue;
    const ahead = (<i32>((t.sequence - s.sequence) << 8)) >> 8;
    const distance = <u32>(ahead < 0 ? -ahead : ahead);
    if (ahead > <i32>REORDER) {
      giveUp(s, C.UDP_INCOMPLETE);
      continue;
    }
    if (s.total != t.size || distance >= nearest) continue;
    if (ahead == 0 || (ahead > 0 ? t.offset > s.key : t.offset < s.key)) {
      slot = s;
      nearest = distance;
    }
  }
  if (!exists(slot)) {
    slot = openSlot(current, t.channel, 0, time);
    slot.total = t.size;
  }
  slot.sequence = t.sequence;
  slot.key = t.offset;
  return slot;
}

/** Format 3: the open packet's rest, then whole packets from the offset on. */
function byteStream(t: Transfer, p: usize, bytes: u32, o: Order): void {
  let open = openStream();
  if (o == Order.LATE) return;
  if (o != Order.NEXT && exists(open)) {
    giveUp(open, C.UDP_INCOMPLETE);
    open = NO_SLOT;
  }
  const start = t.offset == NO_START || t.offset > bytes ? bytes : t.offset;
  let used: u32 = 0;
  while (exists(open) && used < start) {
    const have = contiguous(open);
    const need = (open.total != 0 ? open.total : HEADER) - have;
    const n = min<u32>(need, start - used);
    const state = insert(open, have, p + <usize>used, n, time);
    used += n;
    if (state == Insert.COMPLETE) {
      complete(open);
      break;
    }
    if (state == Insert.GONE) open = NO_SLOT;
  }
  if (ready == 0 && exists(open) && start < bytes) {
    // a packet begins here although the open one is not at its end
    report(C.UDP_STRADDLE, open.channel, <u64>contiguous(open), 0);
    giveUp(open, C.UDP_INCOMPLETE);
  } else if (ready != 0 && used != start) report(C.UDP_STRADDLE, NO_CHANNEL, <u64>(start - used), 0);
  at = p + <usize>start;
  end = p + <usize>bytes;
  stream = true;
}

function openStream(): Slot {
  for (let i: u32 = 0; i < SLOTS; ++i) if (slotAt(i).flow == current + 1) return slotAt(i);
  return NO_SLOT;
}

function complete(s: Slot): void {
  if (s.unread) {
    memory.copy(ASSEMBLY, headerOf(s), HEADER);
    ready = 2;
  } else {
    copyOut(s, ASSEMBLY);
    ready = 1;
  }
  release(s);
}

/** The next packet of the datagram at hand, as takePacket() of the stream. */
export function takeDatagramPacket(k: Packet): bool {
  const f = flowAt(current);
  if (ready != 0) {
    const held = ready == 1;
    ready = 0;
    deliver(k, ASSEMBLY, f, held);
    return true;
  }
  while (at < end) {
    const room = <u32>(end - at);
    if (room < HEADER) {
      if (stream && lostFrom == 0) keep(at, room);
      else if (lostFrom == 0) report(C.TRUNCATED, NO_CHANNEL, <u64>(HEADER - room), f.offset);
      at = end;
      break;
    }
    const state = checkHeader(at);
    if (state != HeaderState.GOOD) {
      if (lostFrom == 0) {
        lostFrom = at;
        if (state == HeaderState.CHECKSUM) report(C.HEADER_CHECKSUM, NO_CHANNEL, 0, f.offset);
        else if (state == HeaderState.LENGTH) report(C.HEADER_LENGTH, NO_CHANNEL, <u64>headerLength(at), f.offset);
      }
      ++at;
      while (at < end && load<u8>(at) != 0x25) ++at;
      continue;
    }
    found(f);
    const length = headerLength(at);
    if (length > room) {
      if (stream) keep(at, room);
      else report(C.TRUNCATED, <u32>load<u16>(at, 2), <u64>(length - room), f.offset);
      at = end;
      break;
    }
    deliver(k, at, f, length <= PACKET_CAPACITY);
    at += <usize>length;
    return true;
  }
  found(f);
  return false;
}

function found(f: Flow): void {
  if (lostFrom == 0) return;
  report(C.LOST_SYNC, NO_CHANNEL, <u64>(at - lostFrom), f.offset);
  lostFrom = 0;
}

/** Format 3: the beginning of a packet that goes on in the next datagram. */
function keep(p: usize, length: u32): void {
  const channel: u32 = length >= HEADER ? <u32>load<u16>(p, 2) : NO_CHANNEL;
  insert(openSlot(current, channel, 0, time), 0, p, length, time);
}

function deliver(k: Packet, p: usize, f: Flow, held: bool): void {
  readHeader(k, p);
  k.offset = f.offset;
  k.held = held ? 1 : 0;
  k.believed = held && dataChecksumGood(p) ? 1 : 0;
  f.offset += <u64>k.length;
}
