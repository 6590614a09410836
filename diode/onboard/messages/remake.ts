// REQ-FILTER-020, REQ-FILTER-021
// The protocol break for Chapter 10 over UDP: a datagram is taken apart down to its 1553 messages, and a new one is
// made of those that may cross. What crosses: of a packet its channel, counter and time tag; of a message its time, bus
// and words; of a time packet its date. All else is made anew: transfer header and sequences are our own, there is no
// secondary header and no filler, gaps are 0, checksums are computed. Packets of any other type stay here, as do set-up
// records (TMATS). A message's time leaves as the counter's: IEEE 1588 time becomes that by the packet's own header,
// where both stand side by side.
//
// A datagram must hold whole packets, in any of the transfer formats (RCC 106-17 10.3.9.1); one that leaves has format
// 1. Segments are not put together: let the recorder make packets that fit a datagram.
//
// Untrusted: the datagram. Lengths are compared before anything is read.
import { MAX_MESSAGE_RULES, RuleAction } from "../../../appliance/contract/onboard/config";
import { Fields } from "../fields";
import { messageShutOut } from "../quarantine";
import { datePaced } from "./pace";
import { clockAtPlace, nextSequence, placeOf, timeAt } from "./places";
import { NONE, Shape, checkData, matchMessage, messageRule, shapeOf } from "./match";

const HEADER: u32 = 24;
const SECONDARY: u32 = 12;
const INTRA: u32 = 14;
const SYNC: u32 = 0xeb25;
const VERSION: u32 = 8; // of the data types, RCC 106-17 10.6.1.1 e
const FLAG_MESSAGE_TIME: u32 = 0x40;
/** There is a secondary header, and its time, as that of the messages, is IEEE 1588: ns low, s high. */
const TIME_FORMAT: u32 = 0x8c;
const IEEE_1588: u32 = 0x84;
const CHECKSUM_32: u32 = 3;
const TIME: u32 = 0x11;
const NETWORK_TIME: u32 = 0x12;
const MIL1553: u32 = 0x19;
const BUS_B: u32 = 0x2000;
const RT_RT: u32 = 0x0800;
const MOST: u32 = 576; // messages of a datagram of 9,000 bytes, at 16 bytes each

/** Counted over all datagrams that were taken apart. */
export let malformed: u64 = 0; // messages that are not whole and clean
export let unlisted: u64 = 0; // that no rule matches
export let refusedData: u64 = 0; // whose data is not as the rule wants it
export let others: u64 = 0; // packets of other types, or that found no place (places.ts)
export let shut: u64 = 0; // messages in quarantine

/** Of the datagram at hand: messages that pass, and the rule of each. */
export let passing: u32 = 0;
const MOST_MESSAGES: u32 = 576; // no datagram has more
const BY: usize = memory.data(MOST_MESSAGES, 8);
export function ruleOf(i: u32): u32 {
  return <u32>load<u8>(BY + i);
}

const SHAPE: usize = memory.data(40, 8);
let transfer: u32 = 0; // our own, of the next datagram
let times: u32 = 0; // time packets in the datagram at hand
let source: usize = 0; // the datagram's Fields
let now: u64 = 0; // and its time

export const BROKEN: u32 = 0xffffffff;

/**
 * Makes the new payload of the datagram at `out`, where there is room for as much; its bytes, 0 when nothing of it may
 * cross, BROKEN when it is not whole packets.
 */
export function remakeMessages(f: Fields, recordTime: u64, out: usize): u32 {
  source = changetype<usize>(f);
  now = recordTime;
  return remakeAll(f.payload, f.payloadLength, out);
}

function remakeAll(p: usize, length: u32, out: usize): u32 {
  passing = 0;
  times = 0;
  let at = bodyAt(p, length);
  if (at == 0) return BROKEN;
  let to: u32 = 4;
  while (at < length) {
    const n = packetAt(p + at, length - at);
    if (n == 0) return BROKEN;
    const type = <u32>load<u8>(p + at, 15);
    if (type == MIL1553) {
      const made = messages(p + at, out + to);
      if (made == BROKEN) return BROKEN;
      to += made;
    } else if (type == TIME) to += time(p + at, out + to);
    else if (type == NETWORK_TIME) to += networkTime(p + at, out + to);
    else others += 1;
    at += n;
  }
  if (passing + times == 0) return 0;
  store<u32>(out, (transfer << 8) | 1);
  transfer = (transfer + 1) & 0xffffff;
  return to;
}

/** Where the packets begin: what the transfer header says, and a sync word is there. 0 = nowhere. */
function bodyAt(p: usize, length: u32): u32 {
  if (length < 12 + HEADER) return 0;
  const first = load<u32>(p);
  if ((first & 0xff) == 1 && <u32>load<u16>(p, 4) == SYNC) return 4;
  if ((first & 15) == 3 && ((first >> 4) & 15) <= 4 && first >> 16 == 0 && <u32>load<u16>(p, 8) == SYNC) return 8;
  // Format 2, big-endian, type 0: offset 0
  if (load<u8>(p, 3) == 2 && load<u8>(p, 4) == 0 && load<u16>(p, 8) == 0 && <u32>load<u16>(p, 12) == SYNC) return 12;
  return 0;
}

/** Length of the packet at p if it is whole and its checksums are right, else 0. */
function packetAt(p: usize, left: u32): u32 {
  if (left < HEADER || <u32>load<u16>(p) != SYNC || sum16(p, 22) != <u32>load<u16>(p, 22)) return 0;
  const n = load<u32>(p, 4),
    data = load<u32>(p, 8),
    flags = <u32>load<u8>(p, 14);
  const trailer = (1 << (flags & 3)) >> 1;
  const around = bodyOf(flags) + trailer;
  if (n > left || n < around || data > n - around || (n & 3) != 0) return 0;
  if (bodyOf(flags) > HEADER && sum16(p + HEADER, 10) != <u32>load<u16>(p, 34)) return 0;
  const from = p + bodyOf(flags),
    summed = n - bodyOf(flags) - trailer;
  if (trailer == 1 && sum8(from, summed) != <u32>load<u8>(from + summed)) return 0;
  if (trailer == 2 && sum16(from, summed) != <u32>load<u16>(from + summed)) return 0;
  if (trailer == 4 && sum32(from, summed) != load<u32>(from + summed)) return 0;
  return n;
}

@inline function bodyOf(flags: u32): u32 {
  return HEADER + (flags & 0x80 ? SECONDARY : 0);
}

/** A packet of 1553 data, format 1: makes one of the messages that pass; its bytes, 0 for none. */
function messages(p: usize, out: usize): u32 {
  const flags = <u32>load<u8>(p, 14);
  const end = bodyOf(flags) + load<u32>(p, 8);
  let at = bodyOf(flags) + 4;
  // Messages whose time cannot be made the counter's could not be told apart from it behind the break
  const isDated = (flags & FLAG_MESSAGE_TIME) != 0;
  if (end < at || (isDated && ((flags & TIME_FORMAT) != IEEE_1588 || isNoTime(load<u64>(p, HEADER))))) return BROKEN;
  const csdw = load<u32>(p + at - 4);
  if (csdw >> 30 == 3) return BROKEN; // which bit of a message its time is of: reserved
  let left = csdw & 0xffffff,
    kept: u32 = 0,
    place: usize = 0; // taken by the first message that may cross
  let to = HEADER + 4;
  const s = changetype<Shape>(SHAPE);
  s.channel = <u32>load<u16>(p, 2);
  for (; left != 0; --left) {
    if (end - at < INTRA) return BROKEN;
    const length = <u32>load<u16>(p + at, 12);
    if (end - at - INTRA < length || length & 1 || passing == MOST) return BROKEN;
    if (isDated && isNoTime(load<u64>(p + at))) return BROKEN;
    if (judge(s, p + at, length >> 1)) {
      if (place == 0) place = placeOfPacket(p, false);
      if (place == 0) {
        passing -= 1;
        others += 1;
        return 0;
      }
      const ticks = load<u64>(p + at);
      to += message(s, p + at, out + to, length, place, isDated ? counterAt(p, ticks) : ticks);
      kept += 1;
    }
    at += INTRA + length;
  }
  if (at != end) return BROKEN;
  if (kept == 0) return 0;
  // The packet's time is that of its first message: another would be 48 bits more that say anything
  frame(p, out, to - HEADER, MIL1553, place, load<u64>(out, HEADER + 4));
  store<u32>(out, (csdw & 0xc0000000) | kept, HEADER);
  return close(out, to);
}

/** Not IEEE 1588 time: more nanoseconds than a second has. */
@inline function isNoTime(t: u64): bool {
  return (t & 0xffffffff) >= 1000000000;
}

@inline function nanoseconds(t: u64): i64 {
  return <i64>((t >> 32) * 1000000000 + (t & 0xffffffff));
}

/** The counter of the packet at p when it was t: by its header, where the counter and IEEE 1588 time stand together. */
function counterAt(p: usize, t: u64): u64 {
  return load<u64>(p, 16) + <u64>((nanoseconds(t) - nanoseconds(load<u64>(p, HEADER))) / 100);
}

/** Whether this message may cross; counts it, and notes its rule, either way. */
function judge(s: Shape, p: usize, count: u32): bool {
  if (!shapeOf(s, p + INTRA, count, <u32>load<u16>(p, 8))) {
    malformed += 1;
    return false;
  }
  const matched = matchMessage(s);
  if (matched < 0) {
    unlisted += 1;
    return false;
  }
  const r = messageRule(<u32>matched);
  if (r.action != RuleAction.ALLOW) {
    denied(<u32>matched);
    return false;
  }
  if (inQuarantine(s)) {
    shut += 1;
    return false;
  }
  if (!checkData(s, r)) {
    refusedData += 1;
    return false;
  }
  store<u8>(BY + passing, <u8>matched);
  passing += 1;
  return true;
}

/** Whether one of its terminals is shut out. */
function inQuarantine(s: Shape): bool {
  const f = changetype<Fields>(source);
  return messageShutOut(f, s.channel, s.command, now) || (s.from != NONE && messageShutOut(f, s.channel, s.from, now));
}

const DENIED: usize = memory.data(MAX_MESSAGE_RULES * sizeof<u64>(), 8);
function denied(i: u32): void {
  store<u64>(DENIED + (i << 3), deniedBy(i) + 1);
}
export function deniedBy(i: u32): u64 {
  return load<u64>(DENIED + (i << 3));
}

function message(s: Shape, p: usize, out: usize, length: u32, place: usize, ticks: u64): u32 {
  store<u64>(out, timeAt(place, ticks, now));
  store<u16>(out, <u16>((s.busB ? BUS_B : 0) | (s.from != NONE ? RT_RT : 0)), 8);
  store<u16>(out, 0, 10);
  store<u16>(out, <u16>length, 12);
  memory.copy(out + INTRA, p + INTRA, length);
  return INTRA + length;
}

/** A time packet, format 1 (10.6.3.2), whose digits are digits; 0 when they are not. */
function time(p: usize, out: usize): u32 {
  const flags = <u32>load<u8>(p, 14);
  const body = p + bodyOf(flags),
    length = load<u32>(p, 8);
  if (length < 4) return 0;
  const csdw = load<u32>(body);
  const size: u32 = csdw & 0x200 ? 12 : 10;
  if (length != size || !digits(<u32>load<u16>(body, 4), 0x7fff) || !digits(<u32>load<u16>(body, 6), 0x3fff)) return 0;
  if (!digits(<u32>load<u16>(body, 8), csdw & 0x200 ? 0x1f3f : 0x03ff)) return 0;
  if (size == 12 && !digits(<u32>load<u16>(body, 10), 0xffff)) return 0;
  return date(p, out, TIME, csdw & 0xf3ff, size); // source, format, leap year and date format, IRIG source
}

/** A time packet, format 2 (10.6.3.3): NTP or IEEE 1588; 0 when it is neither. */
function networkTime(p: usize, out: usize): u32 {
  const body = p + bodyOf(<u32>load<u8>(p, 14));
  if (load<u32>(p, 8) != 12) return 0;
  const csdw = load<u32>(body);
  const format = (csdw >> 4) & 15;
  if (format > 2 || (format != 0 && isNoTime(<u64>load<u32>(body, 8)))) return 0;
  return date(p, out, NETWORK_TIME, csdw & 0xf1, 12); // format, and whether it is valid
}

/** The time packet at p, of `size` bytes, `csdw` in front: 0 when there is no place for it, or one too many. */
function date(p: usize, out: usize, type: u32, csdw: u32, size: u32): u32 {
  const place = placeOfPacket(p, true);
  if (place == 0 || !datePaced(clockAtPlace(place), now)) {
    others += 1;
    return 0;
  }
  frame(p, out, size, type, place, timeAt(place, load<u64>(p, 16), now));
  store<u32>(out, csdw, HEADER);
  memory.copy(out + HEADER + 4, p + bodyOf(<u32>load<u8>(p, 14)) + 4, size - 4);
  times += 1;
  return close(out, HEADER + size);
}

/** Four binary coded decimal digits, with no bit outside of those that the word uses. */
function digits(w: u32, used: u32): bool {
  if (w & ~used) return false;
  return (w & 15) < 10 && ((w >> 4) & 15) < 10 && ((w >> 8) & 15) < 10 && w >> 12 < 10;
}

/** The place of this packet's channel, or 0. */
function placeOfPacket(p: usize, ofTime: bool): usize {
  const f = changetype<Fields>(source);
  return placeOf(f.version, f.srcHi, f.srcLo, <u32>load<u16>(p, 2), ofTime, now);
}

/** Writes a packet header but for its checksums. `place`: of its channel. */
function frame(p: usize, out: usize, data: u32, type: u32, place: usize, ticks: u64): void {
  memory.fill(out, 0, HEADER);
  store<u16>(out, SYNC);
  store<u16>(out, load<u16>(p, 2), 2);
  store<u32>(out, ((HEADER + data + 3) & ~3) + 4, 4);
  store<u32>(out, data, 8);
  store<u8>(out, <u8>VERSION, 12);
  store<u8>(out, nextSequence(place), 13);
  store<u8>(out, <u8>CHECKSUM_32, 14);
  store<u8>(out, <u8>type, 15);
  store<u64>(out, ticks & 0xffffffffffff, 16);
}

/** Filler and checksums behind and in front of a packet whose data ends at `to`; its length. */
function close(out: usize, to: u32): u32 {
  const filled = (to + 3) & ~3;
  memory.fill(out + to, 0, filled - to);
  store<u16>(out, <u16>sum16(out, 22), 22);
  store<u32>(out + filled, sum32(out + HEADER, filled - HEADER));
  return filled + 4;
}

function sum8(p: usize, length: u32): u32 {
  let s: u32 = 0;
  for (let i: u32 = 0; i < length; ++i) s += <u32>load<u8>(p + i);
  return s & 0xff;
}

function sum16(p: usize, length: u32): u32 {
  let s: u32 = 0;
  for (let i: u32 = 0; i + 1 < length; i += 2) s += <u32>load<u16>(p + i);
  return s & 0xffff;
}

function sum32(p: usize, length: u32): u32 {
  let s: u32 = 0;
  for (let i: u32 = 0; i + 3 < length; i += 4) s += load<u32>(p + i);
  return s;
}
