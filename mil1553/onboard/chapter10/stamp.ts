// REQ-DECODE-023
// When a message or a frame was: the 8 bytes in front of it (RCC 106-17 10.6.1.1 g, 10.6.1.2). Header flag 6 says
// whether they are the recorder's counter, or a time in the format of the secondary header (flags 3-2):
//
//   counter        47-0 10 MHz
//   0 Chapter 4    63-48 high order, 47-32 low order (together 10 ms), 31-16 us within them; weeks without a date
//   1 IEEE 1588    63-32 s, 31-0 ns
//   2 ERTC         63-0 1 GHz, of which the counter is the hundredth part
//
// Whatever it was written in, a message also gets a counter of 10 MHz: all that measures intervals goes by it. Of IEEE
// 1588 it is the time itself, which goes on over packets. The other two have no date. They are held against the
// packet's own secondary header, which has the same kind of time beside the packet's counter; by this, too, a writer
// is known who puts the counter of 10 MHz into the ERTC.

import { C } from "../anomalies";
import { TIME_UNKNOWN } from "../message";
import { Recorder, absolute } from "../recorders";
import { report } from "../waiting";
import { FLAG_MESSAGE_TIME, Packet } from "./header";

const COUNTER: u64 = 0xffffffffffff;

const enum Stamp {
  COUNTER,
  IEEE1588,
  CHAPTER4,
  ERTC,
  ERTC_10_MHZ,
  UNREADABLE,
}

let kind: u32 = Stamp.COUNTER; // of the packet at hand
let isNamed: bool = false; // a time of the packet at hand that cannot be was reported

/** The packet whose messages or frames follow; reports a format that cannot be read. */
export function openStamps(k: Packet): void {
  isNamed = false;
  kind = <u32>kindOf(k);
  if (kind == Stamp.UNREADABLE) report(C.TIME_SOURCE, <u32>k.channel, 0, k.offset);
}

function kindOf(k: Packet): Stamp {
  const flags = <u32>k.flags;
  if ((flags & FLAG_MESSAGE_TIME) == 0) return Stamp.COUNTER;
  switch ((flags >> 2) & 3) {
    case 0:
      return k.dated ? Stamp.CHAPTER4 : Stamp.UNREADABLE;
    case 1:
      return Stamp.IEEE1588;
    case 2:
      return k.dated != 0 && (k.secondaryTime & COUNTER) == k.rtc ? Stamp.ERTC_10_MHZ : Stamp.ERTC;
    default:
      return Stamp.UNREADABLE;
  }
}

/** The counter (48 bits, 100 ns) at the time `t`. */
export function counterOf(t: u64, k: Packet): u64 {
  switch (kind) {
    case Stamp.IEEE1588:
      return isNanoseconds(t) ? (ieee1588(t) / 100) & COUNTER : k.rtc;
    case Stamp.CHAPTER4:
      return (k.rtc + chapter4(t) - chapter4(k.secondaryTime)) & COUNTER;
    case Stamp.ERTC:
      return (k.dated ? k.rtc + t / 100 - k.secondaryTime / 100 : t / 100) & COUNTER;
    default:
      return t & COUNTER;
  }
}

/** ns since 1970 at the time `t`, of which `counter` is the counter; TIME_UNKNOWN where it cannot be known. */
export function timeOf(t: u64, counter: u64, k: Packet, r: Recorder): u64 {
  if (kind == Stamp.IEEE1588) {
    if (isNanoseconds(t)) return ieee1588(t);
    if (!isNamed) report(C.TIME_INVALID, <u32>k.channel, t, k.offset);
    isNamed = true;
    return TIME_UNKNOWN;
  }
  return kind == Stamp.UNREADABLE ? TIME_UNKNOWN : absolute(r, counter);
}

@inline function isNanoseconds(t: u64): bool {
  return (t & 0xffffffff) < 1000000000;
}

@inline function ieee1588(t: u64): u64 {
  return (t >> 32) * 1000000000 + (t & 0xffffffff);
}

/** In 100 ns. */
@inline function chapter4(t: u64): u64 {
  return (t >> 32) * 100000 + ((t >> 16) & 0xffff) * 10;
}
