// Scanners that are ours: the policy lists who may scan. Nothing of theirs is an attempt.
import { MAX_SCANNERS, Network, Tag, section, sectionLength } from "../../../appliance/contract/onboard/config";
import { isInside } from "../../../lib/onboard/networks";

const scanners: usize = memory.data(MAX_SCANNERS * offsetof<Network>(), 8);
let count: u32 = 0;

/** Copies the policy's list; false when it is malformed, or too long. */
export function configureScanners(part: usize): bool {
  const bytes = sectionLength(part, Tag.SCANNERS),
    size = <u32>offsetof<Network>();
  if (bytes % size || bytes / size > MAX_SCANNERS) return false;
  count = bytes / size;
  if (bytes) memory.copy(scanners, section(part, Tag.SCANNERS), bytes);
  return true;
}

export function isWanted(version: u32, hi: u64, lo: u64): bool {
  for (let i: u32 = 0; i < count; ++i) {
    const n = changetype<Network>(scanners + <usize>i * offsetof<Network>());
    if (isInside(n.version, n.bits, n.hi, n.lo, version, hi, lo)) return true;
  }
  return false;
}
