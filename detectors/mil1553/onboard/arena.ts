// Where everything is. Learning and operation use the same bytes: a detector either learns or judges.
import {
  BLOCKS,
  BUSES,
  CHANGING,
  CHANGING_MODEL,
  IDENTITIES,
  RESPONSES,
  SUCCESSORS,
  TERMINALS,
  TRANSITIONS,
  WORDS,
} from "./capacity";

// Both modes
export const BUS: u32 = 320;
export const buses: usize = memory.data(32 * 320, 8);
export const keys: usize = memory.data(1280 * 8, 8); // identity -> key
export const places: usize = memory.data(4096 * 2, 8); // hash -> identity + 1
export const words: usize = memory.data(12288 * 4, 8);
export const terminals: usize = memory.data(1024 * 40, 8);
export const blocks: usize = memory.data(8192 * 4, 8);
export const responsePlaces: usize = memory.data(4096 * 2, 8); // (terminal, kind) -> profile + 1

// One or the other
export const SHARED: u32 = 439808;
export const shared: usize = memory.data(439808, 8);

export const LEARNED: u32 = 120; // an identity while learning
export const learned: usize = shared;
export const CHANGE: u32 = 144; // a data word that changes
export const changes: usize = learned + <usize>(IDENTITIES * LEARNED);
export const transitions: usize = changes + <usize>(CHANGING * CHANGE);
export const RESPONSE: u32 = 216;
export const responses: usize = transitions + <usize>(TRANSITIONS * 8);
const learnedEnd: usize = responses + <usize>(RESPONSES * RESPONSE);

export const KNOWN: u32 = 144; // an identity in operation
export const known: usize = shared;
export const PROFILE: u32 = 56; // a data word that changes
export const profiles: usize = known + <usize>(IDENTITIES * KNOWN);
export const successors: usize = profiles + <usize>(CHANGING_MODEL * PROFILE);
export const TIMING: u32 = 40;
export const timings: usize = successors + <usize>(SUCCESSORS * 4);
const modelEnd: usize = timings + <usize>(RESPONSES * TIMING);

/** Bytes that both modes need of what they share; at most SHARED. */
export function needed(): u32 {
  return <u32>(max<usize>(learnedEnd, modelEnd) - shared);
}

export function clear(): void {
  memory.fill(buses, 0, <usize>(BUSES * BUS));
  memory.fill(keys, 0, <usize>(IDENTITIES * 8));
  memory.fill(places, 0, 8192);
  memory.fill(words, 0, <usize>(WORDS * 4));
  memory.fill(terminals, 0, <usize>(TERMINALS * 40));
  memory.fill(blocks, 0, <usize>(BLOCKS * 4));
  memory.fill(responsePlaces, 0, 8192);
  memory.fill(shared, 0, <usize>SHARED);
}
