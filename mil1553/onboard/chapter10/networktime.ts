// Time data format 2 (type 0x12), RCC 106-17 10.6.3.3: the time of a network.
//
//   CSDW   3-0 status: 0 not valid, 1 valid   7-4 0 NTP (RFC 1305), 1 IEEE 1588-2002, 2 IEEE 1588-2008
//   4 seconds 4   8 fraction 4 (NTP 2^-32 s, IEEE 1588 ns)
//
// IEEE 1588 is read as it stands: seconds since 1970, without the leap seconds that TAI is ahead.

import { C } from "../anomalies";
import { Recorder } from "../recorders";
import { report } from "../waiting";
import { Lock, setClock } from "./clock";
import { Packet } from "./header";

const SECOND: u64 = 1000000000;
/** Seconds from 1900 to 1970. */
const NTP_EPOCH: u64 = 2208988800;

/** The same as readTime() of format 1. */
export function readNetworkTime(p: usize, length: u32, k: Packet, r: Recorder): void {
  if (length < 12) {
    report(C.SHORT_DATA, <u32>k.channel, <u64>length, k.offset);
    return;
  }
  const csdw = load<u32>(p);
  const seconds = <u64>load<u32>(p, 4),
    fraction = <u64>load<u32>(p, 8);
  const format = (csdw >> 4) & 15;
  if (format > 2 || (format != 0 && fraction >= SECOND)) {
    report(C.TIME_INVALID, <u32>k.channel, load<u64>(p, 4), k.offset);
    return;
  }
  const lock = csdw & 15 ? Lock.LOCKED : Lock.NONE;
  setClock(r, k, format == 0 ? ntp(seconds, fraction) : seconds * SECOND + fraction, lock);
}

/** Below 2^31 the seconds have begun anew, in 2036 (RFC 4330 section 3). */
@inline function ntp(seconds: u64, fraction: u64): u64 {
  const since1900 = seconds >> 31 ? seconds : seconds + 0x100000000;
  return (since1900 - NTP_EPOCH) * SECOND + ((fraction * SECOND) >> 32);
}
