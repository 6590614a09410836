// What of a compartment's memory its configuration leaves untouched (spare() of abi.ts): tables of what the policy does
// not use, and what lies behind all of them. A stretch named here that is touched nevertheless ends the appliance.
const LIST: usize = memory.data(32 * 8, 8); // u32 where, u32 bytes
let count: u32 = 0;

/** Before the first, when a compartment is configured. */
export function beginSpare(): void {
  count = 0;
  addSpare(__heap_base, 0xffffffff - <u32>__heap_base);
}

/** These bytes will not be touched. */
export function addSpare(at: usize, length: u32): void {
  assert(count < 32);
  store<u32>(LIST + ((<usize>count) << 3), <u32>at);
  store<u32>(LIST + ((<usize>count) << 3), length, 4);
  count += 1;
}

/** See abi.ts. */
export function spareAt(i: u32): u64 {
  return i < count ? load<u64>(LIST + ((<usize>i) << 3)) : 0;
}
