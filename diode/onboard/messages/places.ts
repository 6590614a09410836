// REQ-FILTER-020, REQ-FILTER-023
// What is kept of each channel of each recorder: the sequence number of its next packet, and the time of its last
// message. Time packets have places of their own, as the policy names no channel of theirs: whoever sends them under
// channels without end leaves those of messages alone.
//
// Rule when full: a place is free again AGAIN after its channel was last used; packets of further ones stay here.
// Policies that name the recorders and their channels leave nobody a way to use the places of messages up.
import { AGAIN, Clock, clockAt, clockOf, follow, paced } from "./pace";

const MESSAGES: u32 = 64;
const TIMES: u32 = 16;

@unmanaged
class Place {
  used: u64; // ns, last
  last: u64; // ticks, of what crossed last
  anew: u32; // of the clock, when `last` was
  channel: u16;
  clock: u8; // 1 + index; 0 = free
  next: u8; // sequence number
}

const places: usize = memory.data((MESSAGES + TIMES) * offsetof<Place>(), 8);

/** The place of a channel, of time packets or of messages, of the recorder at this address; 0 = there is none left. */
export function placeOf(version: u32, hi: u64, lo: u64, channel: u32, ofTime: bool, now: u64): usize {
  const clock = clockOf(version, hi, lo, now);
  if (clock == 0) return 0;
  const end: u32 = ofTime ? MESSAGES + TIMES : MESSAGES;
  let free: usize = 0;
  for (let i: u32 = ofTime ? MESSAGES : 0; i < end; ++i) {
    const at = places + <usize>i * offsetof<Place>(),
      e = changetype<Place>(at);
    if (<u32>e.clock == clock && <u32>e.channel == channel) {
      e.used = now;
      return at;
    }
    if (free == 0 && (e.clock == 0 || now - e.used >= AGAIN)) free = at;
  }
  if (free == 0) return 0;
  const e = changetype<Place>(free);
  e.used = now;
  e.last = 0;
  e.channel = <u16>channel;
  e.clock = <u8>clock;
  e.next = 0;
  return free;
}

@inline export function clockAtPlace(place: usize): Clock {
  return clockAt(changetype<Place>(place).clock);
}

/** The number of the channel's packet that leaves now. */
export function nextSequence(place: usize): u8 {
  const e = changetype<Place>(place);
  e.next += 1;
  return e.next - 1;
}

/** The time that crosses in place of this one, ticks. */
export function timeAt(place: usize, ticks: u64, now: u64): u64 {
  const e = changetype<Place>(place),
    c = clockAt(e.clock);
  follow(c, ticks, now);
  e.last = paced(c, e.anew == c.anew ? e.last : 0, ticks, now);
  e.anew = c.anew;
  return e.last;
}
