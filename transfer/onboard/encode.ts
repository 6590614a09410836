// Shards into blocks: each shard of data is added to its block's parity as it leaves; the parity follows when the
// window (all blocks that are interleaved) is full, or was closed early. Then, while the next window fills, parity is
// fetched frame by frame. Of a window that was closed early only the parity of blocks with data is sent; its k says how
// many they have.
//
// Rule when full: parity that was not fetched when the next window is complete is lost, and counted.
import { addTimes, coefficient } from "./code";
import { MOST_BLOCKS, MOST_DATA, MOST_PARITY, SHARD } from "./sizes";

const HALF: u32 = MOST_BLOCKS * MOST_PARITY * SHARD;
export const PARITY_SIZE: u32 = 2 * HALF;
export const PARITY: usize = memory.data(PARITY_SIZE, 8); // of the window that fills, and of the one before

let k: u32 = 0;
let m: u32 = 0;
let interleave: u32 = 0;
let window: u32 = 0; // number of the one that fills
let filled: u32 = 0; // shards in it
let before: u32 = 0; // shards of data that the one before had
let fetched: u32 = 0; // of its parity; all when it is m * blocks
export let parityLost: u64 = 0;

/**
 * The block and index of the shard that was added or fetched last, and for parity how many shards of data the block
 * has.
 */
export let block: u32 = 0;
export let index: u32 = 0;
export let count: u32 = 0;

export function openEncoder(data: u32, parity: u32, depth: u32): void {
  assert(data <= MOST_DATA && parity <= MOST_PARITY && depth <= MOST_BLOCKS);
  k = data;
  m = parity;
  interleave = depth;
  window = filled = before = fetched = 0;
  memory.fill(PARITY, 0, 2 * HALF);
}

@inline function parityAt(w: u32, b: u32, row: u32): usize {
  return PARITY + (w & 1) * HALF + (b * MOST_PARITY + row) * SHARD;
}

/** Adds a shard of data: sets block and index. */
export function addShard(shard: usize): void {
  const b = filled % interleave;
  index = filled / interleave;
  block = window * interleave + b;
  count = k;
  for (let row: u32 = 0; row < m; ++row) addTimes(parityAt(window, b, row), shard, SHARD, coefficient(row, index));
  filled += 1;
  if (filled == k * interleave) closeWindow();
}

/** The window is complete as it is. */
export function closeWindow(): void {
  if (filled == 0) return;
  parityLost += parityLeft();
  before = filled;
  fetched = 0;
  filled = 0;
  window += 1;
  memory.fill(parityAt(window, 0, 0), 0, HALF);
}

/** Shards in the window that fills. */
export function shardsWaiting(): u32 {
  return filled;
}

@inline function blocks(): u32 {
  return min<u32>(before, interleave);
}
function parityLeft(): u32 {
  return blocks() * m - fetched;
}

/** The next shard of parity of the window before; 0 = there is none. Sets block, index and count. */
export function nextParity(): usize {
  if (parityLeft() == 0) return 0;
  const b = fetched % blocks(),
    row = fetched / blocks();
  fetched += 1;
  block = (window - 1) * interleave + b;
  index = k + row;
  count = before / interleave + (b < before % interleave ? 1 : 0);
  return parityAt(window - 1, b, row);
}
