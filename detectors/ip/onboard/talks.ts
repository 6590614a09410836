// Talks at present (who.ts), one record for each, shared by the detectors.
// Rule when full: of eight neighbours the one seen longest ago is forgotten (../../onboard/table.ts): a talk that the
// baseline does not know may be announced again, its beacon is counted anew. What the baseline knows is in known.ts.
import { Table, find, nth, open } from "../../onboard/table";
import { area, learning } from "./area";
import { LEARNED_TALKS, TALKS } from "./capacity";
import { byWildcard, resolve } from "./known";
import { Who } from "./who";

/** 112 bytes. */
@unmanaged
export class Talk {
  key: u64;
  check: u64;
  touch: u64;
  known: u16; // index + 1 in known.ts, also of a wildcard
  wild: u8; // 1 = known by a wildcard only
  beats: u8; // beacon: intervals in the ring
  place: u8; // of the next one
  steady: u8; // events at which the ring was regular, one behind the other
  pad2: u16;
  event: u64; // beacon: the last event, ns
  toServer: u32; // packets
  toClient: u32;
  second: u32; // rate: the windows' numbers
  minute: u32;
  packets: u32; // rate: in the second, in the minute
  bytes: u32;
  packets60: u32;
  bytes60: u32;
  ring: u64; // beacon: 16 x the upper half of an f32, seconds
  ring1: u64;
  ring2: u64;
  ring3: u64;
  started: u32; // rate: 1 + number of the first minute
  spare: u32;
}

/** What is learned of a talk, 224 bytes. */
export const TALK_LESSON: u32 = 224;
const STRIDE: u32 = 112;
const table: usize = memory.data(40, 8);
const base: usize = memory.data(2048 * 112, 8);

export function openTalks(): void {
  open(changetype<Table>(table), base, learning() ? LEARNED_TALKS : TALKS, STRIDE);
}
export function talkEvictions(): u64 {
  return changetype<Table>(table).evictions;
}

/** The record of the packet's talk. Never 0. */
export function talk(w: Who): Talk {
  const t = changetype<Talk>(find(changetype<Table>(table), w.talk, w.talkCheck));
  if (changetype<Table>(table).fresh == 0) return t;
  if (learning()) {
    memory.fill(lesson(t), 0, TALK_LESSON);
    return t;
  }
  t.known = <u16>resolve(w);
  t.wild = t.known != 0 && byWildcard() ? 1 : 0;
  return t;
}

// @ts-ignore: decorator
@inline export function lesson(t: Talk): usize {
  return area + ((changetype<usize>(t) - base) / STRIDE) * TALK_LESSON;
}

export function talkAt(i: u32): usize {
  return nth(changetype<Table>(table), i);
}
