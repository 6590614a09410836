// Lists of networks that a policy has in a section of their own: taken over once, looked through one after the other.
import { isInside } from "../../../lib/onboard/networks";
import { Network, section, sectionLength } from "./config";
import { addSpare } from "./spare";

/** Copies them to `list`, which has room for `most`; how many they are, or -1: malformed, or too many. */
export function takeNetworks(part: usize, tag: u32, list: usize, most: u32): i32 {
  const bytes = sectionLength(part, tag),
    size = <u32>offsetof<Network>();
  if (bytes % size || bytes / size > most) return -1;
  if (bytes) memory.copy(list, section(part, tag), bytes);
  return bytes / size;
}

/** Whether one of them holds the address. */
export function isAmong(list: usize, count: u32, version: u32, hi: u64, lo: u64): bool {
  for (let i: u32 = 0; i < count; ++i) {
    const n = changetype<Network>(list + <usize>i * offsetof<Network>());
    if (isInside(n.version, n.bits, n.hi, n.lo, version, hi, lo)) return true;
  }
  return false;
}

/** What a list of `count` leaves free of its room for `most` stays untouched. */
export function spareBehind(list: usize, count: u32, most: u32): void {
  const used = count * <u32>offsetof<Network>();
  addSpare(list + used, most * <u32>offsetof<Network>() - used);
}
