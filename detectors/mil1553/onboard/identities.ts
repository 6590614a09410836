// Message identities: who sends how many words to whom, from which subaddress, on which bus. Two 64-bit command words
// and a channel number are the key; open addressing over 4,096 places, of which at most 1,280 are taken, so that a
// search ends after 1.3 places on average.
import { wide3 } from "../../../lib/onboard/keyed";
import { IDENTITIES, NONE, PLACES } from "./capacity";
import { keys, places } from "./arena";

const MASK: u32 = PLACES - 1;
let used: u32 = 0;

export function identities(): u32 {
  return used;
}
@inline export function keyAt(i: u32): u64 {
  return load<u64>(keys + ((<usize>i) << 3));
}
export function forgetIdentities(): void {
  used = 0;
}

@inline function home(key: u64): u32 {
  return (<u32>(wide3(key, 0, 0) >> 40)) & MASK;
}

/** Its number, or NONE. */
export function find(key: u64): u32 {
  let at = home(key);
  let i = <u32>load<u16>(places + ((<usize>at) << 1));
  for (; i != 0; i = <u32>load<u16>(places + ((<usize>at) << 1))) {
    if (keyAt(i - 1) == key) return i - 1;
    at = (at + 1) & MASK;
  }
  return NONE;
}

/** The number of a key that find() does not know; NONE when there is no room. */
export function add(key: u64): u32 {
  if (used == IDENTITIES) return NONE;
  let at = home(key);
  while (load<u16>(places + ((<usize>at) << 1)) != 0) at = (at + 1) & MASK;
  store<u64>(keys + ((<usize>used) << 3), key);
  used += 1;
  store<u16>(places + ((<usize>at) << 1), <u16>used);
  return used - 1;
}
