// Learning the order: how often each identity follows each other one on its bus (a Markov chain of first order,
// sparse). Open addressing by (from, to).
//
// What follows its own failed attempt, an interruption, or a message whose command cannot be believed follows nothing.
import { wide3 } from "../../../../lib/onboard/keyed";
import { learnedBus, transitionAt } from "../arena";
import { BusState } from "../bus";
import { TRANSITIONS } from "../capacity";

const MASK: u32 = TRANSITIONS - 1;
const ROOM: u32 = (TRANSITIONS / 8) * 7;
let used: u32 = 0;

export function forgetOrder(): void {
  used = 0;
}

export function learnOrder(bus: u32, b: BusState, identity: u32): void {
  if (b.retry) return;
  const from = <u32>b.previous;
  b.previous = <u16>(identity + 1);
  if (from == 0) return;
  for (let i = (<u32>(wide3(from, identity, 0) >> 40)) & MASK; ; i = (i + 1) & MASK) {
    const t = transitionAt(i);
    if (t.from == 0) {
      if (used == ROOM) {
        learnedBus(bus).transitionsLost += 1;
        return;
      }
      used += 1;
      t.from = <u16>from;
      t.to = <u16>identity;
      t.count = 1;
      return;
    }
    if (<u32>t.from == from && <u32>t.to == identity) {
      if (t.count != u32.MAX_VALUE) t.count += 1;
      return;
    }
  }
}

/** The next place at or behind `i` that holds a transition from this identity; TRANSITIONS when there is none. */
export function nextFrom(identity: u32, i: u32): u32 {
  for (; i < TRANSITIONS; ++i) if (<u32>transitionAt(i).from == identity + 1) return i;
  return TRANSITIONS;
}
