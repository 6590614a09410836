// REQ-DETECT-018
// The time by which attempts and flows time out. One record with a wild clock does not move it: a jump is believed when
// the record behind it is as far or further that way. Records of two clocks that come in turn do not move it to and
// fro.

const JUMP: u64 = 30000000000;

let now: u64 = 0;
let doubtful: u64 = 0; // time of the last record, when that was a jump; 0 = it was none

/** The time as of the last record. */
@inline export function steadyTime(): u64 {
  return now;
}

/** The time as of a record. */
export function steady(time: u64): u64 {
  if (now == 0 || isNear(time, now)) return believe(time);
  // a second one that way
  if (doubtful != 0 && (time > now ? doubtful > now && time >= doubtful : doubtful < now)) return believe(time);
  doubtful = time;
  return now;
}

/**
 * The time at the end of the input. Whoever ends it says the latest time of all records, and no record follows that
 * bears out one far ahead.
 */
export function steadyAtEnd(time: u64): u64 {
  return now == 0 || isNear(time, now) ? believe(time) : now;
}

function believe(time: u64): u64 {
  now = time;
  doubtful = 0;
  return now;
}

@inline function isNear(a: u64, b: u64): bool {
  return (a > b ? a - b : b - a) <= JUMP;
}
