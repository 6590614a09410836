// REQ-FILTER-009
// Frames that wait for `out`'s rate: first in, first out, in a ring of bytes. An entry is the frame behind its length,
// never cut in two: where it does not fit before the end of the ring, it stands at the beginning.
//
// Rule when full: a frame that finds no room, or as many before it as the policy lets wait, is dropped (`shaping`).
import { align8 } from "../../lib/onboard/bytes";

export const SIZE: u32 = 131072;
export const RING: usize = memory.data(SIZE, 8);
const HEAD: u32 = 8; // u32 length, u32 zero

let first: u32 = 0; // offset of the oldest entry
let behind: u32 = 0; // offset behind the newest
let end: u32 = 0; // where entries end that stand before `first` began anew at 0; 0 = they have not
let count: u32 = 0;

export function waiting(): u32 {
  return count;
}

/** Where a frame of at most this many bytes may be written; 0 = there is no room. Then push(). */
export function room(length: u32): usize {
  const needed = HEAD + align8(length);
  if (count == 0) first = behind = end = 0;
  if (end != 0) return first - behind > needed ? RING + behind + HEAD : 0;
  if (SIZE - behind >= needed) return RING + behind + HEAD;
  return first > needed ? RING + HEAD : 0;
}

/** The frame that was written where room() said is the newest. */
export function push(at: usize, length: u32): void {
  const offset = <u32>(at - HEAD - RING);
  if (offset == 0 && count != 0) end = behind;
  store<u64>(at - HEAD, <u64>length);
  behind = offset + HEAD + align8(length);
  count += 1;
}

/** The oldest frame, whose bytes are lengthOf(); 0 = none waits. */
export function oldest(): usize {
  return count == 0 ? 0 : RING + first + HEAD;
}

@inline export function lengthOf(at: usize): u32 {
  return load<u32>(at - HEAD);
}

/** Takes the oldest away. */
export function pop(): void {
  first += HEAD + align8(lengthOf(oldest()));
  count -= 1;
  if (end != 0 && first == end) first = end = 0;
}
