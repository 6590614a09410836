// REQ-FILTER-023
// The times of 1553 messages that cross. 48 bits that nobody checks would say anything, so they keep pace with guard's
// clock: each channel's counter is known from its first message, and what follows is at most SLACK away from where that
// counter must be by now, and no earlier than the message before. A time that is not becomes the nearest that is; one
// that is crosses as it came, since gaps between messages are what is measured by it. A counter that was set anew is
// followed, once in AGAIN.
//
// A time packet tells the date of a counter, and one a second is usual: of more than that, after a few, none cross.
import { charge, conforms } from "../rate";

const TICK: u64 = 100; // ns, of the relative time counter (RCC 106-17 10.6.1.1)
const SLACK: u64 = 600000000; // ticks: a minute, for recorders that collect before they send; it is used up once
const AGAIN: u64 = 10000000000; // ns
const SECOND: u64 = 1000000000; // ns
const DATES_AT_ONCE: u64 = 16;
const COUNTER: u64 = 0xffffffffffff;

/** Of one channel. */
@unmanaged
export class Pace {
  base: u64; // ticks, at
  at: u64; // ns
  last: u64; // ticks, of what crossed last
  dates: u64; // rate.ts, of time packets
  used: u32;
  pad: u32;
}

/** The time that crosses in place of that of a message. `now`: guard's clock, which never goes back. */
export function paced(p: Pace, ticks: u64, now: u64): u64 {
  const time = ticks & COUNTER;
  if (p.used == 0) begin(p, time, now);
  let expected = p.base + (now - p.at) / TICK;
  if ((time + SLACK < expected || time > expected + SLACK) && now - p.at >= AGAIN) {
    begin(p, time, now);
    expected = time;
  }
  const least = max<u64>(p.last, expected - min<u64>(expected, SLACK));
  p.last = max<u64>(least, min<u64>(time, expected + SLACK)) & COUNTER;
  return p.last;
}

function begin(p: Pace, time: u64, now: u64): void {
  p.used = 1;
  p.base = time;
  p.at = now;
  p.last = 0;
}

/** Whether a time packet may cross now; then it counts. */
export function datePaced(p: Pace, now: u64): bool {
  const due = changetype<usize>(p) + offsetof<Pace>("dates");
  if (!conforms(due, now, SECOND, (DATES_AT_ONCE - 1) * SECOND)) return false;
  charge(due, now, SECOND);
  return true;
}
