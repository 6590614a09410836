// MIL-STD-1553 bus data, format 1 (type 0x19), RCC 106-17 10.6.4.2. Behind the CSDW, without padding between them:
//
//   CSDW   23-0 messages
//          31-30 time tag: 0 last bit of the last word, 1 first bit of the first, 2 last bit of the first
//   each    0 time 8   8 block status 2   10 GAP1, GAP2   12 length 2 (bytes of words)   14 words
//
// The count is a claim: it is never believed beyond the packet's data.

import { C } from "../anomalies";
import { Message, classify } from "../message";
import { Recorder } from "../recorders";
import { report } from "../waiting";
import { Packet } from "./header";
import { counterOf, openStamps, timeOf } from "./stamp";

const INTRA: u32 = 14;

let from: usize = 0;
let at: usize = 0;
let end: usize = 0;
let isCut: bool = false; // more data follow behind `end`
let left: u32 = 0;
let claimed: u32 = 0;
let timeTag: u32 = 0;

/** Begins with the `length` bytes of data at p; `cut`: more of them will come. */
export function openMessages(p: usize, length: u32, k: Packet, cut: bool): void {
  left = 0;
  from = p;
  isCut = cut;
  if (length < 4) {
    report(C.SHORT_DATA, <u32>k.channel, <u64>length, k.offset);
    at = end = p;
    return;
  }
  const csdw = load<u32>(p);
  claimed = csdw & 0xffffff;
  left = claimed;
  timeTag = csdw >> 30;
  at = p + 4;
  end = p + <usize>length;
  openStamps(k);
}

/** Goes on where readMessages() ended, with more of the data. */
export function goOnWithMessages(p: usize, length: u32, cut: bool): void {
  from = at = p;
  end = p + <usize>length;
  isCut = cut;
}
/** Bytes of the data at hand that were read. */
export function readMessages(): u32 {
  return <u32>(at - from);
}
/** The data at hand end within a message: the rest is still to come. */
export function isMessageCut(): bool {
  return isCut && left != 0;
}

/**
 * Whether messages and their lengths fill the data exactly: what can be checked of a packet without a data checksum.
 */
export function messagesFit(p: usize, length: u32): bool {
  if (length < 4) return false;
  let n = load<u32>(p) & 0xffffff;
  const stop = p + <usize>length;
  let q = p + 4;
  for (; n != 0 && q + INTRA <= stop; --n) q += <usize>(INTRA + <u32>load<u16>(q, 12));
  return n == 0 && q == stop;
}

/**
 * Fills m with the next message, classified; false where the data at hand end, having reported what the packet lied
 * about, which is not believed any more.
 */
export function nextInPacket(m: Message, k: Packet, r: Recorder): bool {
  if (left == 0) {
    return at < end || isCut ? broken(C.MESSAGE_COUNT, claimed, k) : false;
  }
  const room = <u32>(end - at);
  if (room < INTRA) return isCut ? false : broken(C.MESSAGE_COUNT, claimed, k);
  const length = <u32>load<u16>(at, 12);
  if (room - INTRA < length) return isCut ? false : broken(C.MESSAGE_LENGTH, length, k);
  const time = load<u64>(at);
  m.rtc = counterOf(time, k);
  m.time = timeOf(time, m.rtc, k, r);
  m.blockStatus = load<u16>(at, 8);
  m.gap1 = load<u8>(at, 10);
  m.gap2 = load<u8>(at, 11);
  m.length = <u16>length;
  m.words = at + INTRA;
  m.timeTag = <u8>timeTag;
  m.channel = k.channel;
  classify(m);
  at += <usize>(INTRA + length);
  left -= 1;
  return true;
}

function broken(id: u32, detail: u32, k: Packet): bool {
  report(id, <u32>k.channel, <u64>detail, k.offset);
  left = 0;
  at = end;
  isCut = false;
  k.believed = 0;
  return false;
}
