// REQ-DETECT-006
// New hosts and new services, against the lists in the policy (later: in the baseline).
//
// Expected: every address that sends belongs to a known network; every service that is used (protocol, port, at an
// address) is listed (ip/onboard/services.ts). What was judged once is remembered, so each newcomer is announced once;
// memory is a cache of JUDGED keys (lib/onboard/recent.ts): under a flood of forged addresses an old one can be
// announced again.
import { Network, Tag } from "../../../appliance/contract/onboard/config";
import { isAmong, spareBehind, takeNetworks } from "../../../appliance/contract/onboard/networks";
import { wasRecent } from "../../../lib/onboard/recent";

const JUDGED: u32 = 4096;
const LISTED: u32 = 512; // networks at most
const judged: usize = memory.data(JUDGED * 4, 8);
const hosts: usize = memory.data(LISTED * offsetof<Network>(), 8);
let hostCount: u32 = 0;

/** Copies the policy's list of hosts; false when it is malformed, or too long. */
export function configureHosts(part: usize): bool {
  const taken = takeNetworks(part, Tag.HOSTS, hosts, LISTED);
  if (taken < 0) return false;
  hostCount = taken;
  return true;
}

/** What the policy's list leaves free stays untouched. */
export function spareHosts(): void {
  spareBehind(hosts, hostCount, LISTED);
}

/** Whether this key comes for the first time (as far as memory goes). */
export function first(key: u64): bool {
  return !wasRecent(judged, JUDGED, key);
}

/** Whether a network of the list of hosts holds the address. */
export function known(version: u32, hi: u64, lo: u64): bool {
  return isAmong(hosts, hostCount, version, hi, lo);
}
