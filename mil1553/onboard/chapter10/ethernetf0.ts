// Ethernet data, format 0 (type 0x68), RCC 106-17 10.6.12.1: whole frames, to be handed to the IP decoder.
//
//   CSDW   15-0 frames   27-25 time tag   31-28 format, 0
//   each    0 time 8   8 frame word 4   12 frame, then a filler byte if its length is odd
//   frame word   13-0 length   14 length error   15 data CRC error   23-16 network   27-24 speed
//                29-28 content, 0 = whole   30 frame error   31 frame CRC error

import { C } from "../anomalies";
import { Recorder } from "../recorders";
import { report } from "../waiting";
import { Packet } from "./header";
import { counterOf, openStamps, timeOf } from "./stamp";

const INTRA: u32 = 12;

@unmanaged
export class EthernetFrame {
  at: usize; // first byte of the frame (destination address). Untrusted. Valid until the next call of next()
  length: u32;
  channel: u32;
  time: u64; // ns, or TIME_UNKNOWN
  rtc: u64;
  network: u32;
  reserved: u32;
}

let from: usize = 0;
let at: usize = 0;
let end: usize = 0;
let isCut: bool = false; // more data follow behind `end`
let left: u32 = 0;

/** Begins with the `length` bytes of data at p; `cut`: more of them will come. */
export function openFrames(p: usize, length: u32, k: Packet, cut: bool): void {
  left = 0;
  from = p;
  isCut = cut;
  at = end = p;
  if (length < 4) {
    report(C.SHORT_DATA, <u32>k.channel, <u64>length, k.offset);
    return;
  }
  const csdw = load<u32>(p);
  if (csdw >> 28 != 0) {
    report(C.ETHERNET_ERROR, <u32>k.channel, <u64>csdw, k.offset);
    return;
  }
  openStamps(k);
  left = csdw & 0xffff;
  at = p + 4;
  end = p + <usize>length;
}

/** Goes on where readFrames() ended, with more of the data. */
export function goOnWithFrames(p: usize, length: u32, cut: bool): void {
  from = at = p;
  end = p + <usize>length;
  isCut = cut;
}
/** Bytes of the data at hand that were read. */
export function readFrames(): u32 {
  return <u32>(at - from);
}
/** The data at hand end within a frame: the rest is still to come. */
export function isFrameCut(): bool {
  return isCut && left != 0;
}

/**
 * The next whole frame; false where the data at hand end. Frames that hold only part of what was on the wire are
 * reported and left out.
 */
export function nextFrame(f: EthernetFrame, k: Packet, r: Recorder): bool {
  while (left != 0) {
    const room = <u32>(end - at);
    if (room < INTRA) {
      if (isCut) return false;
      left = 0;
      report(C.MESSAGE_COUNT, <u32>k.channel, <u64>room, k.offset);
      return false;
    }
    const word = load<u32>(at, 8);
    const length = word & 0x3fff;
    if (isCut && room - INTRA < length + (length & 1)) return false;
    if (room - INTRA < length) {
      left = 0;
      report(C.ETHERNET_LENGTH, <u32>k.channel, <u64>length, k.offset);
      return false;
    }
    f.at = at + INTRA;
    f.length = length;
    f.channel = <u32>k.channel;
    f.network = (word >> 16) & 0xff;
    const time = load<u64>(at);
    f.rtc = counterOf(time, k);
    f.time = timeOf(time, f.rtc, k, r);
    const next = INTRA + length + (length & 1);
    at = next <= room ? at + <usize>next : end;
    left -= 1;
    if (word & 0xf000c000) {
      // any error bit, or content other than a whole frame
      report(C.ETHERNET_ERROR, <u32>k.channel, <u64>word, k.offset);
      if (word & 0x30000000) continue;
    }
    return true;
  }
  return false;
}
