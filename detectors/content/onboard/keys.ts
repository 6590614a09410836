// Keys of what is said in a conversation: of one side of it.
import { wide3 } from "../../../lib/onboard/keyed";

const OF_OBJECTS: u64 = 0x8cb92ba72f3d8dd7;
const OF_LAYOUTS: u64 = 0xe7037ed1a0b428db;

/** Of a function. Each has a second half in `more` (lib/onboard/keyed.ts). */
@inline export function functionKey(side: u64, app: u32, kind: u32): u64 {
  return wide3(side, ((<u64>app) << 32) | kind, 0);
}
@inline export function objectKey(side: u64, app: u32, kind: u32, about: u64): u64 {
  return wide3(side, (((<u64>app) << 32) | kind) ^ OF_OBJECTS, about);
}
@inline export function layoutKey(side: u64, app: u32, kind: u32, shape: u64): u64 {
  return wide3(side, (((<u64>app) << 32) | kind) ^ OF_LAYOUTS, shape);
}

/** Key of a side of a conversation with this key: 0 to the server, 1 back. */
@inline export function sideKey(conversation: u64, side: u32): u64 {
  return conversation ^ ((<u64>side) << 63) ^ side;
}
