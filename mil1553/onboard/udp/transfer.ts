// The UDP transfer headers of RCC 106-17 10.3.9.1, and which of them a flow uses.
//
//  format 1 (little-endian)      format 2 (big-endian)              format 3 (little-endian)
//   0  format 3-0 = 1             0  sequence 24                      0  format 3-0 = 3, source id length 7-4 (nibbles)
//      type 7-4: 0 whole,         3  type 7-4, format 3-0 = 2         1  reserved
//      1 segment                  4  offset 23-16                     2  offset to the first packet start behind the
//      sequence 31-8              5  packet size 24                      header, 0xffff: none
//   4  segment: channel 2,        8  offset 15-0                      4  source id (top bits), sequence
//      channel sequence 1,       10  channel                          8  payload
//      reserved 1, offset 4      12  payload
//      payload at 4, segment 12      (size and offset in 32-bit words)
//
// The nibble that tells the format stands in byte 0, of format 2 in byte 3: a format 1 sequence from 0x020000 on looks
// like format 2, a format 2 sequence of 0x01.... like format 1. So a flow is decided once, by a datagram in which a
// good packet header stands where that format puts it, or by one that only one format can have written; and then kept.

import { HEADER, HeaderState, checkHeader } from "../chapter10/header";
import { be16, be32 } from "../../../lib/onboard/bytes";

export const NO_START: u32 = 0xffff;

@unmanaged
export class Transfer {
  format: u32;
  payload: u32; // bytes in front of the payload
  sequence: u32;
  modulus: u32; // sequence numbers run below this; 0 = 2^32
  segment: u32; // 1: a piece of one packet; 0: whole packets (format 3: a byte stream)
  channel: u32;
  channelSequence: u32;
  offset: u32; // segment: bytes from the packet's start. Format 3: to the first packet start, or NO_START
  size: u32; // format 2: bytes of the whole packet; else 0
  source: u32;
}

/** Fills t from a datagram that the flow's format wrote; false when it cannot have. */
export function readTransfer(t: Transfer, p: usize, length: u32, format: u32): bool {
  t.format = format;
  t.channel = 0;
  t.channelSequence = 0;
  t.offset = 0;
  t.size = 0;
  t.source = 0;
  t.segment = 0;
  if (length < 4) return false;
  const first = load<u32>(p);
  if (format == 1) {
    const type = (first >> 4) & 15;
    if ((first & 15) != 1 || type > 1) return false;
    t.sequence = first >> 8;
    t.modulus = 0x1000000;
    t.payload = 4;
    if (type == 0) return true;
    if (length < 12) return false;
    t.segment = 1;
    t.payload = 12;
    t.channel = <u32>load<u16>(p, 4);
    t.channelSequence = <u32>load<u8>(p, 6);
    t.offset = load<u32>(p, 8);
    return true;
  }
  if (format == 2) {
    const kind = <u32>load<u8>(p, 3);
    if (length < 12 || (kind & 15) != 2 || kind >> 4 > 1) return false;
    t.sequence = be32(p) >> 8;
    t.modulus = 0x1000000;
    t.payload = 12;
    t.segment = 1;
    const middle = be32(p + 4);
    t.size = (middle & 0xffffff) << 2;
    t.offset = (((middle >> 24) << 16) | be16(p + 8)) << 2;
    t.channel = be16(p + 10);
    return true;
  }
  const idLength = (first >> 4) & 15;
  if (length < 8 || (first & 15) != 3 || idLength > 4) return false;
  const bits = 32 - 4 * idLength;
  const second = load<u32>(p, 4);
  t.payload = 8;
  t.offset = first >> 16;
  t.sequence = idLength ? second & ((1 << bits) - 1) : second;
  t.modulus = idLength ? 1 << bits : 0;
  t.source = idLength ? second >> bits : 0;
  return true;
}

@inline function packetAt(p: usize, length: u32, at: u32): bool {
  return length >= at + HEADER && checkHeader(p + <usize>at) == HeaderState.GOOD;
}

/** The format that a good packet header in this datagram proves; 0 when there is none. */
export function provenFormat(p: usize, length: u32): u32 {
  if (length < 4 + HEADER) return 0;
  const first = load<u32>(p);
  if ((first & 0xff) == 0x01 && packetAt(p, length, 4)) return 1;
  if ((first & 15) == 3 && ((first >> 4) & 15) <= 4) {
    const start = first >> 16;
    if (start < length && packetAt(p, length, 8 + start)) return 3;
  }
  if (!packetAt(p, length, 12)) return 0;
  // Both formats put it there: the header's own channel and length decide
  const channel = <u32>load<u16>(p, 14);
  if (
    (first & 0xff) == 0x11 &&
    <u32>load<u16>(p, 4) == channel &&
    load<u32>(p, 8) == 0 &&
    load<u8>(p, 6) == load<u8>(p, 25)
  )
    return 1;
  const kind = <u32>load<u8>(p, 3);
  if ((kind & 15) == 2 && be16(p + 10) == channel && (be32(p + 4) & 0xffffff) << 2 == load<u32>(p, 16)) return 2;
  return 0;
}

/** The one format that can have written this datagram; 0 when none or more than one can. */
export function onlyFormat(p: usize, length: u32): u32 {
  if (length < 8) return 0;
  const a = <u32>load<u8>(p),
    b = <u32>load<u8>(p, 3);
  const one = a == 0x01 || a == 0x11;
  const two = (b & 15) == 2 && b >> 4 <= 1;
  const three = (a & 15) == 3 && a >> 4 <= 4;
  if (one && !two) return 1;
  if (two && !one && !three) return 2;
  return three && !two ? 3 : 0;
}
