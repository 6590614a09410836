// REQ-DECODE-016
// The packet header of RCC 106-17 10.6.1.1 (little-endian):
//
//    0 sync EB25   2 channel      4 packet length (with header and trailer, multiple of 4)
//    8 data length (without trailer)   12 data type version   13 sequence   14 flags   15 data type
//   16 relative time counter, 48 bits                         22 checksum: sum of the 11 words in front of it
//   24 secondary header, 12 bytes, if flag 7: time 8, reserved 2, checksum of the 5 words in front of it
//
//   flags:  7 secondary header   6 message time: 0 counter, 1 secondary format
//           5 counter out of sync   4 data overflow
//           3-2 secondary format: 0 chapter 4 (BCD), 1 IEEE-1588, 2 ERTC
//           1-0 data checksum: none, 8, 16, 32 bits
//
// Untrusted throughout.

import { LONGEST_PACKET, LONGEST_SETUP } from "../capacity";

export const HEADER: u32 = 24;
const SECONDARY: u32 = 12;
const SYNC: u32 = 0xeb25;

export const FLAG_SECONDARY: u32 = 0x80;
export const FLAG_MESSAGE_TIME: u32 = 0x40;
export const FLAG_RTC_ERROR: u32 = 0x20;
export const FLAG_OVERFLOW: u32 = 0x10;

export const enum Type {
  TMATS = 0x01,
  TIME = 0x11,
  NETWORK_TIME = 0x12,
  MIL1553 = 0x19,
  ETHERNET = 0x68,
}

export const enum HeaderState {
  GOOD = 0,
  NO_SYNC = 1,
  CHECKSUM = 2,
  LENGTH = 3,
}

@unmanaged
export class Packet {
  at: usize; // its first byte, or 0 when only the header was kept (see held)
  offset: u64; // where it began in the stream (file), or in the flow's bytes so far
  rtc: u64;
  secondaryTime: u64; // as it stands; meaning by flags 3-2
  length: u32;
  dataLength: u32;
  channel: u16;
  checksum: u16;
  version: u8;
  sequence: u8;
  flags: u8;
  type: u8;
  held: u8; // 1: the whole packet is in memory and was looked at
  believed: u8; // 1: nothing speaks against its contents
  dated: u8; // 1: secondaryTime can be believed: there is a secondary header, and its checksum is right
  inPieces: u8; // 1: too long to be held: its data come piece by piece (sync.ts)
}

@inline export function headerLength(p: usize): u32 {
  return load<u32>(p, 4);
}

@inline export function headerType(p: usize): u32 {
  return <u32>load<u8>(p, 15);
}

/** Bytes from a packet's start to the text of a TMATS packet: its channel-specific data word is in front of it. */
@inline export function textStart(flags: u32): u32 {
  return bodyStart(flags) + 4;
}

@inline export function bodyStart(flags: u32): u32 {
  return HEADER + ((flags & FLAG_SECONDARY) != 0 ? SECONDARY : 0);
}
/** Bytes of the data checksum: 0, 1, 2 or 4. */
@inline export function checksumBytes(flags: u32): u32 {
  return (1 << (flags & 3)) >> 1;
}
/** Types that are looked into; all others are counted and skipped. */
@inline export function isRead(type: u32): bool {
  return (
    type == Type.MIL1553 ||
    type == Type.TIME ||
    type == Type.NETWORK_TIME ||
    type == Type.TMATS ||
    type == Type.ETHERNET
  );
}

/** Other formats of what is read: 1553 0x18 to 0x1f (0x1a is 16PP194), Ethernet 0x68 to 0x6f (0x69 is UDP payload). */
@inline export function isFormatNotRead(type: u32): bool {
  return (type >> 3 == Type.MIL1553 >> 3 || type >> 3 == Type.ETHERNET >> 3) && !isRead(type);
}

@inline function sumWords(p: usize, n: u32): u32 {
  let s: u32 = 0;
  for (let i: u32 = 0; i < n; ++i) s += <u32>load<u16>(p + ((<usize>i) << 1));
  return s & 0xffff;
}

/** Whether a packet begins at p, where HEADER bytes can be read. */
@inline export function checkHeader(p: usize): HeaderState {
  return checkHeaderUpTo(p, LONGEST_PACKET);
}

/** The same in a file, where setup records may be longer. */
@inline export function checkFileHeader(p: usize): HeaderState {
  return checkHeaderUpTo(p, headerType(p) == Type.TMATS ? LONGEST_SETUP : LONGEST_PACKET);
}

function checkHeaderUpTo(p: usize, longest: u32): HeaderState {
  if (<u32>load<u16>(p) != SYNC) return HeaderState.NO_SYNC;
  if (sumWords(p, 11) != <u32>load<u16>(p, 22)) return HeaderState.CHECKSUM;
  const length = headerLength(p);
  const flags = <u32>load<u8>(p, 14);
  const around = bodyStart(flags) + checksumBytes(flags);
  if (length > longest || (length & 3) != 0 || length < around) return HeaderState.LENGTH;
  return load<u32>(p, 8) <= length - around ? HeaderState.GOOD : HeaderState.LENGTH;
}

/** Checksum of the secondary header at p. */
export function secondaryGood(p: usize): bool {
  return sumWords(p, 5) == <u32>load<u16>(p, 10);
}

/** Copies the fields of a good header. `held`, `believed`, `offset` are the caller's. */
export function readHeader(k: Packet, p: usize): void {
  k.at = p;
  k.channel = load<u16>(p, 2);
  k.length = headerLength(p);
  k.dataLength = load<u32>(p, 8);
  k.version = load<u8>(p, 12);
  k.sequence = load<u8>(p, 13);
  k.flags = load<u8>(p, 14);
  k.type = load<u8>(p, 15);
  k.rtc = load<u64>(p, 16) & 0xffffffffffff;
  k.checksum = load<u16>(p, 22);
  k.secondaryTime = 0;
  k.dated = 0;
  k.inPieces = 0;
}

/** Whether the data checksum of the whole packet at p is right; true where it has none. Filler counts (10.6.1.1 g). */
export function dataChecksumGood(p: usize): bool {
  const flags = <u32>load<u8>(p, 14);
  const n = checksumBytes(flags);
  if (n == 0) return true;
  const from = p + <usize>bodyStart(flags);
  const end = p + <usize>(headerLength(p) - n);
  if (n == 4) return sum32(from, end) == load<u32>(end);
  if (n == 2) return sum16(from, end) == <u32>load<u16>(end);
  return sum8(from, end) == <u32>load<u8>(end);
}

function sum32(p: usize, end: usize): u32 {
  let a: u32 = 0,
    b: u32 = 0;
  for (; p + 16 <= end; p += 16) {
    a += load<u32>(p) + load<u32>(p, 8);
    b += load<u32>(p, 4) + load<u32>(p, 12);
  }
  for (; p + 4 <= end; p += 4) a += load<u32>(p);
  return a + b;
}

// Two 32-bit lanes hold the sums of 16-bit words: 65,536 bytes cannot overflow them
function sum16(p: usize, end: usize): u32 {
  let lanes: u64 = 0;
  for (; p + 8 <= end; p += 8) {
    const v = load<u64>(p);
    lanes += (v & 0x0000ffff0000ffff) + ((v >> 16) & 0x0000ffff0000ffff);
  }
  let s = <u32>lanes + <u32>(lanes >> 32);
  for (; p + 2 <= end; p += 2) s += <u32>load<u16>(p);
  return s & 0xffff;
}

function sum8(p: usize, end: usize): u32 {
  let s: u32 = 0;
  for (; p < end; ++p) s += <u32>load<u8>(p);
  return s & 0xff;
}
