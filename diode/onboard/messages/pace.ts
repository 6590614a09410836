// REQ-FILTER-023
// The times of 1553 messages that cross. 48 bits that nobody checks would say anything, so they keep pace with guard's
// clock: a recorder has one counter, which is known from its first message, and what follows is at most SLACK away from
// where that counter must be by now, and no earlier than the message before of its channel. A time that is not becomes
// the nearest that is; one that is crosses as it came, since gaps between messages are what is measured by it. A
// counter that was set anew is followed, once in AGAIN.
//
// A time packet tells the date of a counter, and one a second is usual: of more than that, after a few, none cross.
//
// A recorder is an address, and each has a clock of its own: what one sends moves no other's.
// Rule when full: of CLOCKS one is free again AGAIN after its recorder was last heard, no earlier, or who changes his
// address would begin anew each time; who finds none has nothing of his cross meanwhile.
import { charge, conforms } from "../rate";

const TICK: u64 = 100; // ns, of the relative time counter (RCC 106-17 10.6.1.1)
const SLACK: u64 = 600000000; // ticks: a minute, for recorders that collect before they send; it is used up once
export const AGAIN: u64 = 10000000000; // ns
const SECOND: u64 = 1000000000; // ns
const DATES_AT_ONCE: u64 = 16;
const COUNTER: u64 = 0xffffffffffff;
const CLOCKS: u32 = 64;

/** Of one recorder. */
@unmanaged
export class Clock {
  srcHi: u64;
  srcLo: u64;
  heard: u64; // ns, last
  base: u64; // ticks, at
  at: u64; // ns
  dates: u64; // rate.ts, of time packets
  version: u32; // 4 or 6; 0 = free
  anew: u32; // how often the counter began anew, in whosever hands; 0 = it has not begun
}

const clocks: usize = memory.data(CLOCKS * offsetof<Clock>(), 8);

/** The clock of the recorder at this address, 1 + index; 0 = there is none, and no room for one. */
export function clockOf(version: u32, hi: u64, lo: u64, now: u64): u32 {
  let free: u32 = 0;
  for (let i: u32 = 1; i <= CLOCKS; ++i) {
    const c = clockAt(i);
    if (c.version == version && c.srcHi == hi && c.srcLo == lo) {
      c.heard = now;
      return i;
    }
    if (free == 0 && (c.version == 0 || now - c.heard >= AGAIN)) free = i;
  }
  if (free == 0) return 0;
  const c = clockAt(free);
  c.version = version;
  c.srcHi = hi;
  c.srcLo = lo;
  c.heard = now;
  c.at = 0; // its counter is not known
  c.dates = 0;
  return free;
}

@inline export function clockAt(n: u32): Clock {
  return changetype<Clock>(clocks + <usize>(n - 1) * offsetof<Clock>());
}

/**
 * The time that crosses in place of that of a message. `last`: of the message before of its channel, under the clock's
 * `anew`. `now`: guard's clock, which never goes back.
 */
export function paced(c: Clock, last: u64, ticks: u64, now: u64): u64 {
  const time = ticks & COUNTER;
  const expected = c.base + (now - c.at) / TICK;
  const least = max<u64>(last, expected - min<u64>(expected, SLACK));
  return max<u64>(least, min<u64>(time, expected + SLACK)) & COUNTER;
}

/** Before a message of this time: whether the counter begins, or begins anew, with it. */
export function follow(c: Clock, ticks: u64, now: u64): void {
  const time = ticks & COUNTER,
    expected = c.base + (now - c.at) / TICK;
  if (c.at != 0 && (now - c.at < AGAIN || (time + SLACK >= expected && time <= expected + SLACK))) return;
  c.base = time;
  c.at = max<u64>(now, 1);
  c.anew += 1;
}

/** Whether a time packet may cross now; then it counts. */
export function datePaced(c: Clock, now: u64): bool {
  const due = changetype<usize>(c) + offsetof<Clock>("dates");
  if (!conforms(due, now, SECOND, (DATES_AT_ONCE - 1) * SECOND)) return false;
  charge(due, now, SECOND);
  return true;
}
