// Scanners that are ours: the policy lists who may scan. Nothing of theirs is an attempt.
import { MAX_SCANNERS, Network, Tag } from "../../../appliance/contract/onboard/config";
import { isAmong, takeNetworks } from "../../../appliance/contract/onboard/networks";

const scanners: usize = memory.data(MAX_SCANNERS * offsetof<Network>(), 8);
let count: u32 = 0;

/** Copies the policy's list; false when it is malformed, or too long. */
export function configureScanners(part: usize): bool {
  const taken = takeNetworks(part, Tag.SCANNERS, scanners, MAX_SCANNERS);
  if (taken < 0) return false;
  count = taken;
  return true;
}

export function isWanted(version: u32, hi: u64, lo: u64): bool {
  return isAmong(scanners, count, version, hi, lo);
}
