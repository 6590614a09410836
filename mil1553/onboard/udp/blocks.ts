// A pool of 4 KiB blocks: packets under reassembly take what they need of it, so many small ones or a few large ones
// fit.

import { addSpare } from "../../../appliance/contract/onboard/spare";
import { BLOCK, BLOCKS, BLOCKS_PER_PACKET } from "../capacity";

const POOL: usize = memory.data(BLOCKS * BLOCK, 8);
const FREE: usize = memory.data(BLOCKS, 8); // stack of free block numbers
let free: u32 = 0;

const NO_BLOCK: u32 = 0xff;

export function clearBlocks(): void {
  for (free = 0; free < BLOCKS; ++free) store<u8>(FREE + <usize>free, <u8>free);
}

/** Where no datagram will come. */
export function spareBlocks(): void {
  addSpare(POOL, BLOCKS * BLOCK);
}

@inline function place(block: u32): usize {
  return POOL + <usize>(block * BLOCK);
}

/** A list of BLOCKS_PER_PACKET bytes: which block holds which 4 KiB of the packet. */
export function emptyList(list: usize): void {
  memory.fill(list, <u8>NO_BLOCK, BLOCKS_PER_PACKET);
}

export function freeList(list: usize): void {
  for (let i: u32 = 0; i < BLOCKS_PER_PACKET; ++i) {
    const b = load<u8>(list + <usize>i);
    if (<u32>b != NO_BLOCK) {
      store<u8>(FREE + <usize>free, b);
      ++free;
    }
  }
  emptyList(list);
}

/** Sees that [from, to) of the packet has blocks; false when the pool is empty (what was taken stays taken). */
export function reserve(list: usize, from: u32, to: u32): bool {
  for (let i = from / BLOCK; i <= (to - 1) / BLOCK; ++i) {
    if (<u32>load<u8>(list + <usize>i) != NO_BLOCK) continue;
    if (free == 0) return false;
    --free;
    store<u8>(list + <usize>i, load<u8>(FREE + <usize>free));
  }
  return true;
}

/** Copies `length` bytes to byte `to` of the packet; the blocks have been reserved. */
export function write(list: usize, to: u32, p: usize, length: u32): void {
  let at = to,
    left = length,
    from = p;
  while (left != 0) {
    const inside = at % BLOCK;
    const n = min<u32>(BLOCK - inside, left);
    memory.copy(place(<u32>load<u8>(list + <usize>(at / BLOCK))) + <usize>inside, from, <usize>n);
    at += n;
    from += <usize>n;
    left -= n;
  }
}

/** Whether `length` bytes from byte `from` of the packet are those at p. */
export function same(list: usize, from: u32, p: usize, length: u32): bool {
  let at = from,
    left = length,
    with_ = p;
  while (left != 0) {
    const inside = at % BLOCK;
    const n = min<u32>(BLOCK - inside, left);
    if (memory.compare(place(<u32>load<u8>(list + <usize>(at / BLOCK))) + <usize>inside, with_, <usize>n) != 0)
      return false;
    at += n;
    with_ += <usize>n;
    left -= n;
  }
  return true;
}

/** Copies the first `length` bytes of the packet to p. */
export function gather(list: usize, p: usize, length: u32): void {
  for (let at: u32 = 0; at < length; at += BLOCK)
    memory.copy(p + <usize>at, place(<u32>load<u8>(list + <usize>(at / BLOCK))), <usize>min<u32>(BLOCK, length - at));
}
