// Learning the order: how often each identity follows each other one on its bus (a Markov chain of first order, sparse).
//
//   Transition, 8 bytes: u16 from + 1, u16 to, u32 count; open addressing by (from, to)
//
// What follows its own failed attempt, an interruption, or a message whose command cannot be believed follows nothing.
import { mix } from "../../../../lib/onboard/bytes";
import { TRANSITIONS } from "../capacity";
import { transitions } from "../arena";
import { Common, lessonOf } from "../buses";

const MASK: u32 = TRANSITIONS - 1;
const ROOM: u32 = (TRANSITIONS / 8) * 7;
let used: u32 = 0;

export function forgetOrder(): void {
  used = 0;
}

// @ts-ignore: decorator
@inline function at(i: u32): usize {
  return transitions + ((<usize>i) << 3);
}

export function learnOrder(bus: u32, b: Common, identity: u32): void {
  if (b.retry) return;
  const from = <u32>b.previous;
  b.previous = <u16>(identity + 1);
  if (from == 0) return;
  for (let i = (<u32>(mix(from, identity) >> 40)) & MASK; ; i = (i + 1) & MASK) {
    const p = at(i);
    if (load<u16>(p) == 0) {
      if (used == ROOM) {
        lessonOf(bus).transitionsLost += 1;
        return;
      }
      used += 1;
      store<u16>(p, <u16>from);
      store<u16>(p, <u16>identity, 2);
      store<u32>(p, 1, 4);
      return;
    }
    if (<u32>load<u16>(p) == from && <u32>load<u16>(p, 2) == identity) {
      const n = load<u32>(p, 4);
      if (n != u32.MAX_VALUE) store<u32>(p, n + 1, 4);
      return;
    }
  }
}

/** The next place at or behind `i` that holds a transition from this identity; TRANSITIONS when there is none. */
export function nextFrom(identity: u32, i: u32): u32 {
  for (; i < TRANSITIONS; ++i) if (<u32>load<u16>(at(i)) == identity + 1) return i;
  return TRANSITIONS;
}
export function toOf(i: u32): u32 {
  return <u32>load<u16>(at(i), 2);
}
export function countOf(i: u32): u32 {
  return load<u32>(at(i), 4);
}
