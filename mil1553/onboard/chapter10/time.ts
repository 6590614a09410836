// Time data format 1 (type 0x11), RCC 106-17 10.6.3.2: relates the recorder's counter to the time of day.
//
//   CSDW   3-0 source   7-4 format   8 leap year   9 date: 0 day of the year, 1 day-month-year   15-12 IRIG source
//   W0     ms/10 0-3    ms/100 4-7   s 8-11        s/10 12-14
//   W1     min 0-3      min/10 4-6   h 8-11        h/10 12-13
//   W2     day 0-3      day/10 4-7   day/100 8-9                          (day of the year)
//   W2     day 0-3      day/10 4-7   month 8-11    month/10 12            (day-month-year)
//   W3     year, four digits                                              (day-month-year)
//
//   source   0 the recorder's own, 1 external, 2 of the removable memory, 15 none       format   15 none
//   IRIG source (of an external one)   0-2 freewheeling, from 3 on locked to a signal
//
// The day of the year comes without a year. Rule, so that the same bytes always give the same time: the year that was
// configured with setYear(); without one 1970, or 1972 if the packet says leap year. Once the clock is known it is the
// year that comes nearest to what the counter foretold: New Year goes on.

import { C } from "../anomalies";
import { report } from "../waiting";
import { Recorder, absolute } from "../recorders";
import { since } from "../validate";
import { Lock, setClock } from "./clock";
import { BAD, dayOfYear, daysInMonth, daysToYear, digits, leap, yearOf } from "./date";
import { Packet } from "./header";

const SECOND: u64 = 1000000000;
const DAY: u64 = 86400 * SECOND;
/** Behind so much counter (100 ns) it may be another recording, of any year. */
const TEN_DAYS: i64 = 8640000000000;

let year: u32 = 0;
/** The year of times that come as the day of a year; 0: the rule above. */
export function setYear(y: u32): void {
  year = y;
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
    w1 = <u32>load<u16>(p, 6);
  const hundredths = digits(w0 & 15, (w0 >> 4) & 15);
  const second = digits((w0 >> 8) & 15, (w0 >> 12) & 7);
  const minute = digits(w1 & 15, (w1 >> 4) & 7);
  const hour = digits((w1 >> 8) & 15, (w1 >> 12) & 3);
  const days = csdw & 0x200 ? dayMonthYear(p, length) : dayOnly(p, csdw, k, r);
  if (hundredths == BAD || second > 60 || minute >= 60 || hour >= 24 || days == BAD) {
    report(C.TIME_INVALID, <u32>k.channel, load<u64>(p, 2), k.offset);
    return;
  }
  const ns = <u64>days * DAY + <u64>(hour * 3600 + minute * 60 + second) * SECOND + <u64>hundredths * 10000000;
  setClock(r, k, ns, lockOf(csdw));
}

function lockOf(csdw: u32): Lock {
  const source = csdw & 15;
  if (source == 15 || ((csdw >> 4) & 15) == 15) return Lock.NONE;
  if (source != 1) return Lock.OWN;
  return ((csdw >> 12) & 15) < 3 ? Lock.FREEWHEELING : Lock.LOCKED;
}

/** Days since 1970, or BAD. */
function dayMonthYear(p: usize, length: u32): u32 {
  if (length < 12) return BAD;
  const w2 = <u32>load<u16>(p, 8),
    w3 = <u32>load<u16>(p, 10);
  const day = digits(w2 & 15, (w2 >> 4) & 15);
  const month = digits((w2 >> 8) & 15, (w2 >> 12) & 1);
  const low = digits(w3 & 15, (w3 >> 4) & 15),
    high = digits((w3 >> 8) & 15, (w3 >> 12) & 15);
  if (day == BAD || month == BAD || low == BAD || high == BAD) return BAD;
  const y = high * 100 + low;
  if (y < 1970 || y >= 2500 || month < 1 || month > 12 || day < 1 || day > daysInMonth(y, month)) return BAD;
  return daysToYear(y) + dayOfYear(y, month, day) - 1;
}

/** The same of a day of a year. */
function dayOnly(p: usize, csdw: u32, k: Packet, r: Recorder): u32 {
  const w2 = <u32>load<u16>(p, 8);
  const low = digits(w2 & 15, (w2 >> 4) & 15);
  if (low == BAD) return BAD;
  const day = ((w2 >> 8) & 3) * 100 + low;
  const y = yearAt(day, csdw, k, r);
  return day >= 1 && day <= (leap(y) ? 366 : 365) ? daysToYear(y) + day - 1 : BAD;
}

function yearAt(day: u32, csdw: u32, k: Packet, r: Recorder): u32 {
  const given: u32 = year != 0 ? year : csdw & 0x100 ? 1972 : 1970;
  const passed = since(k.rtc, r.rtc);
  if (r.known == 0 || passed > TEN_DAYS || passed < -TEN_DAYS) return given;
  const foretold = <i32>(absolute(r, k.rtc) / DAY);
  const y = yearOf(<u32>foretold);
  const off = <i32>(daysToYear(y) + day - 1) - foretold;
  return off > 183 && y > 1970 ? y - 1 : off < -183 ? y + 1 : y;
}
