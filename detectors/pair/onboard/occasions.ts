// Learning how often a client meets somebody new (Good, "The population frequencies of species and the estimation of
// population parameters", Biometrika 1953; of slices of time: Chao, Colwell, "Thirty years of progeny from Chao's
// inequality", SORT 2017): time is cut into slices, and of each conversation that both sides spoke in is counted in how
// many slices it was. Those that were in one only tell how many new ones the next slice will have. A conversation that
// nobody answered counts as none, so a scan in a client's name teaches nothing.
//
// State: of each conversation that is learned, by its slot.
import { Text } from "../../../lib/onboard/text";
import { claim } from "../../ip/onboard/area";
import { LEARNED_CONVERSATIONS } from "../../ip/onboard/capacity";
import { Conversation, conversationSlot } from "../../ip/onboard/conversations";
import { member } from "../../ip/onboard/words";

const SLICE: u64 = 600000000000;

/** 6 bytes. Slices are counted from the first packet's on, from 1; at most 65,535 */
@unmanaged
class Occasions {
  first: u16; // 0 = none yet
  last: u16;
  count: u16;
}

let states: usize = 0;
let begin: u64 = 0; // slice of the first packet; 0 = none came

@inline function occasionsAt(slot: u32): Occasions {
  return changetype<Occasions>(states + <usize>slot * offsetof<Occasions>());
}

export function resetOccasions(): void {
  states = claim(LEARNED_CONVERSATIONS * offsetof<Occasions>());
  begin = 0;
}

/** A packet of the conversation, which is counted in it. */
export function learnOccasion(c: Conversation, time: u64): void {
  const o = occasionsAt(conversationSlot(c));
  if (c.toServer + c.toClient == 1) memory.fill(changetype<usize>(o), 0, offsetof<Occasions>());
  if (begin == 0) begin = time / SLICE + 1;
  if (c.toServer == 0 || c.toClient == 0) return;
  const slice = <u16>min<u64>(time / SLICE + 2 > begin ? time / SLICE + 2 - begin : 1, u16.MAX_VALUE);
  if (slice <= o.last) return;
  if (o.first == 0) o.first = slice;
  o.last = slice;
  o.count += 1;
}

/** Members `slices`, and `first`, a slice since 1970. */
export function writeOccasions(t: Text, slot: u32): void {
  const o = occasionsAt(slot);
  member(t, "slices", <f64>o.count, 0);
  if (o.count != 0) member(t, "first", <f64>(begin - 2 + <u64>o.first), 0);
}
