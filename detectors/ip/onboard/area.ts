// One stretch of memory with two uses that never meet: while learning, what is being learned of each host and
// conversation; in operation, what was learned. Each detector claims its own arrays of it, when it is reset, and lays
// them out as it likes. From begin() on it is for one of the two; what was there before is forgotten.
import { addSpare } from "../../../appliance/contract/onboard/spare";

const AREA: u32 = 526848;
const area: usize = memory.data(AREA, 8);

let learns: bool = false;
let used: bool = false; // until then it is zero, and stays untouched
let claimed: u32 = 0;

/** Nothing is known or learned; nobody has claimed anything. */
export function beginArea(on: bool): void {
  learns = on;
  claimed = 0;
  if (used) memory.fill(area, 0, AREA);
  used = on;
}

/** Something is configured from here on. */
export function useArea(): void {
  used = true;
}

/**
 * Zeros for whoever asks, until the next beginArea(). It must fit: what all ask for depends on nothing but `learning`.
 */
export function claim(bytes: u32): usize {
  const at = area + claimed;
  claimed += (bytes + 7) & ~7;
  assert(claimed <= AREA);
  return at;
}

/** Learning: zeros in the first of `size` bytes at `at`, which are records that only operation has; it must fit. */
export function roomIn(at: usize, size: u32, bytes: u32): usize {
  assert(bytes <= size);
  memory.fill(at, 0, bytes);
  return at;
}

@inline export function learning(): bool {
  return learns;
}

/** Says so where the area stays untouched. */
export function spareArea(): void {
  if (!used) addSpare(area, AREA);
}
