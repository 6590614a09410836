// Time data format 1 (type 0x11), RCC 106-17 10.6.3: relates the recorder's counter to the time of day.
//
//   CSDW   3-0 source   7-4 format   8 leap year   9 date: 0 day of the year, 1 day-month-year   15-12 IRIG source
//   W0     ms/10 0-3    ms/100 4-7   s 8-11        s/10 12-14
//   W1     min 0-3      min/10 4-6   h 8-11        h/10 12-13
//   W2     day 0-3      day/10 4-7   day/100 8-9                          (day of the year)
//   W2     day 0-3      day/10 4-7   month 8-11    month/10 12            (day-month-year)
//   W3     year, four digits                                              (day-month-year)
//
// The day of the year comes without a year. Rule, so that the same bytes always give the same time: the year that was
// configured with setYear(); without one 1970, or 1972 if the packet says leap year.

import { C } from "../anomalies";
import { report } from "../waiting";
import { Recorder, absolute } from "../recorders";
import { Packet } from "./header";

/** A time packet that differs by more from what the counter foretold is reported (and believed). */
const JUMP: i64 = 100000000; // 100 ms: a hundred times what a recorder's clock drifts in a second
const BAD: u32 = 0xffffffff;

let year: u32 = 0;
export function setYear(y: u32): void {
  year = y;
}

let firstOnly: bool = false;
/** Keeps the clock of the first time packet: for `weir decode`, which gives it to the messages in front of it too. */
export function keepFirstClock(on: bool): void {
  firstOnly = on;
}

@inline function digits(units: u32, tens: u32): u32 {
  return units > 9 || tens > 9 ? BAD : tens * 10 + units;
}

@inline function leap(y: u32): bool {
  return y % (y % 100 == 0 ? 400 : 4) == 0;
}

/** Days from 1970-01-01 to the first of January of a year from 1970 on. */
function daysToYear(y: u32): u32 {
  const n = y - 1;
  return (y - 1970) * 365 + (n / 4 - n / 100 + n / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400);
}

function dayOfYear(y: u32, month: u32, day: u32): u32 {
  let n = day;
  for (let m: u32 = 1; m < month; ++m)
    n += m == 2 ? (leap(y) ? 29 : 28) : m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31;
  return n;
}

/**
 * Reads the `length` bytes of a time packet's data at p and sets the recorder's clock; reports what is wrong with them.
 */
export function readTime(p: usize, length: u32, k: Packet, r: Recorder): void {
  if (length < 10) {
    report(C.SHORT_DATA, <u32>k.channel, <u64>length, k.offset);
    return;
  }
  const csdw = load<u32>(p);
  const w0 = <u32>load<u16>(p, 4),
    w1 = <u32>load<u16>(p, 6),
    w2 = <u32>load<u16>(p, 8);
  const hundredths = digits(w0 & 15, (w0 >> 4) & 15);
  const second = digits((w0 >> 8) & 15, (w0 >> 12) & 7);
  const minute = digits(w1 & 15, (w1 >> 4) & 7);
  const hour = digits((w1 >> 8) & 15, (w1 >> 12) & 3);
  let day = digits(w2 & 15, (w2 >> 4) & 15);
  let days: u32 = 0;
  let valid = hundredths != BAD && second <= 60 && minute < 60 && hour < 24 && day != BAD;
  if (csdw & 0x200) {
    const month = digits((w2 >> 8) & 15, (w2 >> 12) & 1);
    const w3 = length >= 12 ? <u32>load<u16>(p, 10) : 0xffff;
    const low = digits(w3 & 15, (w3 >> 4) & 15),
      high = digits((w3 >> 8) & 15, (w3 >> 12) & 15);
    const y = high * 100 + low;
    valid =
      valid && low != BAD && high != BAD && y >= 1970 && y < 2500 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
    if (valid) days = daysToYear(y) + dayOfYear(y, month, day) - 1;
  } else {
    day += ((w2 >> 8) & 3) * 100;
    const y: u32 = year != 0 ? year : (csdw & 0x100) != 0 ? 1972 : 1970;
    valid = valid && day >= 1 && day <= 366;
    if (valid) days = daysToYear(y) + day - 1;
  }
  if (!valid) {
    report(C.TIME_INVALID, <u32>k.channel, load<u64>(p, 2), k.offset);
    return;
  }
  if (firstOnly && r.known != 0) return;
  const ns =
    <u64>days * 86400000000000 + <u64>(hour * 3600 + minute * 60 + second) * 1000000000 + <u64>hundredths * 10000000;
  if (r.known) {
    const off = <i64>(ns - absolute(r, k.rtc));
    if (off > JUMP || off < -JUMP) report(C.TIME_JUMP, <u32>k.channel, <u64>(off < 0 ? -off : off), k.offset);
  }
  r.known = 1;
  r.ns = ns;
  r.rtc = k.rtc;
}
