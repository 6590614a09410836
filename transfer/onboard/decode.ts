// Blocks back into shards. Of a block only parity is kept, m shards: each shard of data that comes is taken away from
// all of them, so what is left is what is missing. As soon as as many shards of parity have come as shards of data are
// missing, the missing ones are calculated. So decoding takes m shards of memory for a block, not k + m.
//
// Two windows are open. Rule when a third begins: the oldest is closed, what it still misses is lost, and counted.
//
// Untrusted no more: frames come here when they are known to be the sender's (frame.ts).
import { addTimes, coefficient, factor, solve } from "./code";
import { Frame, shardOf } from "./frame";
import { MOST_BLOCKS, MOST_DATA, MOST_PARITY, SHARD } from "./sizes";

@unmanaged
class Block {
  number: u32;
  data: u32; // bit n: shard n came, or was calculated
  parity: u32; // bit r: parity r came
  k: u32; // how many shards of data it has; 0 = not known yet
  solved: u32; // shards that were calculated; they stand in the first places of its parity
  fetched: u32; // how many of them were fetched
  used: u32;
  gone: u32; // bit n: shard n was calculated
}

const WINDOWS: u32 = 2; // that are open
const SLOTS: u32 = WINDOWS * MOST_BLOCKS;
const BLOCKS: usize = memory.data(SLOTS * offsetof<Block>(), 8);
export const SHARDS_SIZE: u32 = SLOTS * MOST_PARITY * SHARD;
export const FOUND_SIZE: u32 = MOST_PARITY * SHARD;
export const SHARDS: usize = memory.data(SHARDS_SIZE, 8);
export const FOUND: usize = memory.data(FOUND_SIZE, 8);
const ROWS: usize = memory.data(MOST_PARITY, 8);
const COLUMNS: usize = memory.data(MOST_PARITY, 8);

let k: u32 = 0;
let m: u32 = 0;
let interleave: u32 = 0;
let newest: u32 = 0; // window
let begun: bool = false;
let pending: u32 = 0; // shards that were calculated and not fetched

/** Shards of data: that were calculated; that were lost for good, as far as their number is known; frames too late. */
export let recovered: u64 = 0;
export let lost: u64 = 0;
export let late: u64 = 0;

export function openDecoder(data: u32, parity: u32, blocks: u32): void {
  assert(data <= MOST_DATA && parity <= MOST_PARITY && blocks <= MOST_BLOCKS);
  k = data;
  m = parity;
  interleave = blocks;
  restartDecoder();
}

/** The sender began anew. */
export function restartDecoder(): void {
  newest = 0;
  begun = false;
  pending = 0;
  memory.fill(BLOCKS, 0, SLOTS * offsetof<Block>());
}

@inline function slotOf(number: u32): u32 {
  return number % (2 * interleave);
}

@inline function blockAt(slot: u32): Block {
  return changetype<Block>(BLOCKS + slot * offsetof<Block>());
}

@inline function shardAt(slot: u32, row: u32): usize {
  return SHARDS + (slot * MOST_PARITY + row) * SHARD;
}

/**
 * Takes a frame with a shard; whether it is a shard of data that had not come yet. What it made calculable waits in
 * next().
 */
export function takeFrame(frame: usize): bool {
  const f = changetype<Frame>(frame);
  const parity = <u32>f.index >= k;
  if (
    <u32>f.m != m ||
    <u32>f.interleave != interleave ||
    <u32>f.index >= k + m ||
    <u32>f.k > k ||
    (!parity && <u32>f.k != k)
  )
    return false;
  const w = f.block / interleave;
  if (begun && w < newest && newest - w > 1) {
    late += 1;
    return false;
  }
  open(w);
  const slot = slotOf(f.block);
  const b = blockAt(slot);
  if (b.used == 0) {
    b.used = 1;
    b.number = f.block;
    memory.fill(shardAt(slot, 0), 0, MOST_PARITY * SHARD);
  }
  if (b.solved != 0) return false;
  const shard = shardOf(frame);
  if (parity) {
    const row = <u32>f.index - k;
    if ((b.parity >> row) & 1) return false;
    b.parity |= 1 << row;
    b.k = <u32>f.k;
    addTimes(shardAt(slot, row), shard, SHARD, 1);
    calculate(b, slot);
    return false;
  }
  if ((b.data >> (<u32>f.index)) & 1) return false;
  b.data |= 1 << (<u32>f.index);
  for (let row: u32 = 0; row < m; ++row) addTimes(shardAt(slot, row), shard, SHARD, coefficient(row, <u32>f.index));
  calculate(b, slot);
  order = orderOf(f.block, <u32>f.index);
  return true;
}

/** A window later than all before closes those that are two behind it. */
function open(w: u32): void {
  if (begun && w <= newest) return;
  for (let slot: u32 = 0; slot < WINDOWS * interleave; ++slot) {
    const b = blockAt(slot);
    if (b.used != 0 && b.number / interleave + 1 < w) closeBlock(b);
  }
  newest = w;
  begun = true;
}

function closeBlock(b: Block): void {
  if (b.solved == 0) lost += <u64>popcnt<u32>(missing(b));
  pending -= b.solved - b.fetched;
  memory.fill(changetype<usize>(b), 0, offsetof<Block>());
}

/**
 * Shards of data that have not come; where the block's parity has not either, all that could be are counted as there.
 */
function missing(b: Block): u32 {
  const size = b.k != 0 ? b.k : 32 - clz<u32>(b.data);
  return (size == 32 ? 0xffffffff : (1 << size) - 1) & ~b.data;
}

function calculate(b: Block, slot: u32): void {
  if (b.k == 0) return;
  const gone = missing(b);
  const n = <u32>popcnt<u32>(gone);
  if (n == 0 || n > <u32>popcnt<u32>(b.parity)) return;
  let rows = b.parity,
    columns = gone;
  for (let i: u32 = 0; i < n; ++i) {
    store<u8>(ROWS + i, <u8>ctz<u32>(rows));
    store<u8>(COLUMNS + i, <u8>ctz<u32>(columns));
    rows &= rows - 1;
    columns &= columns - 1;
  }
  if (!solve(ROWS, COLUMNS, n)) return;
  memory.fill(FOUND, 0, n * SHARD);
  for (let j: u32 = 0; j < n; ++j)
    for (let i: u32 = 0; i < n; ++i)
      addTimes(FOUND + j * SHARD, shardAt(slot, <u32>load<u8>(ROWS + i)), SHARD, factor(j, i));
  memory.copy(shardAt(slot, 0), FOUND, n * SHARD);
  b.data |= gone;
  b.gone = gone;
  b.solved = n;
  pending += n;
  recovered += n;
}

/**
 * Where a shard of data stands among all that were sent, from 0: of the last that takeFrame() or nextCalculated() gave.
 */
export let order: u64 = 0;

@inline function orderOf(number: u32, index: u32): u64 {
  const window = <u64>(number / interleave);
  return (window * k + index) * interleave + (number % interleave);
}

/** The next shard that was calculated; 0 = there is none. Valid until the next frame is taken. */
export function nextCalculated(): usize {
  if (pending == 0) return 0;
  for (let slot: u32 = 0; slot < WINDOWS * interleave; ++slot) {
    const b = blockAt(slot);
    if (b.fetched == b.solved) continue;
    b.fetched += 1;
    pending -= 1;
    order = orderOf(b.number, <u32>ctz<u32>(b.gone));
    b.gone &= b.gone - 1;
    return shardAt(slot, b.fetched - 1);
  }
  return 0;
}
