// REQ-DETECT-006
// New hosts and new services, against the lists in the policy (later: in the baseline).
//
// Expected: every address that sends belongs to a known network; every service that is used (protocol, port, at an
// address) is listed (ip/onboard/services.ts). What was judged once is remembered, so each newcomer is announced once;
// memory is a two-way cache of JUDGED keys, half a key each: under a flood of forged addresses an old one can be
// announced again. A new one is missed where its half is another's, one in 2^30: the key of the start decides, so
// nobody aims.
import { Network, Tag, section, sectionLength } from "../../../appliance/contract/onboard/config";
import { addSpare } from "../../../appliance/contract/onboard/spare";
import { isInside } from "../../../lib/onboard/networks";

const JUDGED: u32 = 4096;
const LISTED: u32 = 512; // networks at most
const judged: usize = memory.data(JUDGED * 4, 8);
const hosts: usize = memory.data(LISTED * offsetof<Network>(), 8);
let hostCount: u32 = 0;

/** Copies the policy's list of hosts; false when it is malformed, or too long. */
export function configureHosts(part: usize): bool {
  const bytes = sectionLength(part, Tag.HOSTS),
    size = <u32>offsetof<Network>();
  if (bytes % size || bytes / size > LISTED) return false;
  hostCount = bytes / size;
  if (bytes) memory.copy(hosts, section(part, Tag.HOSTS), bytes);
  return true;
}

/** What the policy's list leaves free stays untouched. */
export function spareHosts(): void {
  const used = hostCount * <u32>offsetof<Network>();
  addSpare(hosts + used, LISTED * <u32>offsetof<Network>() - used);
}

/** Whether this key comes for the first time (as far as memory goes). */
export function first(key: u64): bool {
  const set = judged + ((<usize>((<u32>(key >> 40)) & (JUDGED / 2 - 1))) << 3),
    half = <u32>key, // never 0
    front = load<u32>(set);
  if (front == half) return false;
  const back = load<u32>(set, 4);
  store<u32>(set, front, 4);
  store<u32>(set, half);
  return back != half;
}

@inline function inside(n: Network, version: u32, hi: u64, lo: u64): bool {
  return isInside(n.version, n.bits, n.hi, n.lo, version, hi, lo);
}

/** Whether a network of the list of hosts holds the address. */
export function known(version: u32, hi: u64, lo: u64): bool {
  for (let i: u32 = 0; i < hostCount; ++i) {
    if (inside(changetype<Network>(hosts + <usize>i * offsetof<Network>()), version, hi, lo)) return true;
  }
  return false;
}
