// REQ-TRANSFER-006
// Reed-Solomon erasure code over GF(2^8), systematic: k shards of data, m of parity, any k of them give all k back. The
// same code as the "reed-solomon-erasure" family of libraries has (Backblaze's construction, after J. S. Plank):
// polynomial x^8+x^4+x^3+x^2+1, generator 2, a Vandermonde matrix made systematic by the inverse of its upper part.
import { MOST_DATA, MOST_PARITY } from "./sizes";

const FIELD: u32 = 256; // elements of GF(2^8)
const POLYNOMIAL: u32 = 0x11d;
const EXP: usize = memory.data(2 * FIELD, 8);
const LOG: usize = memory.data(FIELD, 8);
export const PRODUCT_SIZE: u32 = FIELD * FIELD;
export const PRODUCT: usize = memory.data(PRODUCT_SIZE, 8); // [a << 8 | b]
const ROWS: usize = memory.data(MOST_PARITY * MOST_DATA, 8); // parity row r: ROWS[r * MOST_DATA + column]
const WIDTH: u32 = 2 * MOST_DATA;
const WORK: usize = memory.data(MOST_DATA * WIDTH, 8); // a matrix beside the unit matrix, on its way to its inverse

@inline function times(a: u32, b: u32): u32 {
  return <u32>load<u8>(PRODUCT + ((a << 8) | b));
}

@inline function inverse(a: u32): u32 {
  return <u32>load<u8>(EXP + 255 - <u32>load<u8>(LOG + a));
}

@inline function at(row: u32, column: u32): usize {
  return WORK + row * WIDTH + column;
}
/** What data shard `column` counts in parity shard `row`. */
@inline export function coefficient(row: u32, column: u32): u32 {
  return <u32>load<u8>(ROWS + row * MOST_DATA + column);
}

function power(a: u32, n: u32): u32 {
  if (n == 0) return 1;
  return a == 0 ? 0 : <u32>load<u8>(EXP + ((<u32>load<u8>(LOG + a) * n) % 255));
}

function fillTables(): void {
  let x: u32 = 1;
  for (let i: u32 = 0; i < 255; ++i) {
    store<u8>(EXP + i, <u8>x);
    store<u8>(EXP + i + 255, <u8>x);
    store<u8>(LOG + x, <u8>i);
    x <<= 1;
    if (x & 0x100) x ^= POLYNOMIAL;
  }
  for (let a: u32 = 1; a < 256; ++a)
    for (let b: u32 = 1; b < 256; ++b)
      store<u8>(PRODUCT + ((a << 8) | b), load<u8>(EXP + <u32>load<u8>(LOG + a) + <u32>load<u8>(LOG + b)));
}

/** Makes the tables for k of data, m of parity; once, before anything else here. */
export function openCode(k: u32, m: u32): void {
  assert(k >= 1 && k <= MOST_DATA && m >= 1 && m <= MOST_PARITY);
  fillTables();
  for (let r: u32 = 0; r < k; ++r) for (let c: u32 = 0; c < k; ++c) store<u8>(at(r, c), <u8>power(r, c));
  invert(k);
  for (let r: u32 = 0; r < m; ++r) {
    for (let c: u32 = 0; c < k; ++c) {
      let sum: u32 = 0;
      for (let i: u32 = 0; i < k; ++i) sum ^= times(power(k + r, i), <u32>load<u8>(at(i, k + c)));
      store<u8>(ROWS + r * MOST_DATA + c, <u8>sum);
    }
  }
}

/**
 * Turns WORK's left n x n matrix into the unit matrix, and so the one to its right into the inverse; false = there is
 * none.
 */
function invert(n: u32): bool {
  for (let r: u32 = 0; r < n; ++r) for (let c: u32 = 0; c < n; ++c) store<u8>(at(r, n + c), r == c ? 1 : 0);
  for (let p: u32 = 0; p < n; ++p) {
    let pivot = p;
    while (pivot < n && load<u8>(at(pivot, p)) == 0) ++pivot;
    if (pivot == n) return false;
    if (pivot != p) swap(pivot, p, 2 * n);
    const reciprocal = inverse(<u32>load<u8>(at(p, p)));
    for (let c: u32 = 0; c < 2 * n; ++c) store<u8>(at(p, c), <u8>times(<u32>load<u8>(at(p, c)), reciprocal));
    for (let r: u32 = 0; r < n; ++r) {
      const f = <u32>load<u8>(at(r, p));
      if (r == p || f == 0) continue;
      for (let c: u32 = 0; c < 2 * n; ++c)
        store<u8>(at(r, c), load<u8>(at(r, c)) ^ (<u8>times(<u32>load<u8>(at(p, c)), f)));
    }
  }
  return true;
}

function swap(a: u32, b: u32, width: u32): void {
  for (let c: u32 = 0; c < width; ++c) {
    const v = load<u8>(at(a, c));
    store<u8>(at(a, c), load<u8>(at(b, c)));
    store<u8>(at(b, c), v);
  }
}

/** to[0..length) += scale * from[0..length); length a multiple of 8. */
export function addTimes(to: usize, from: usize, length: u32, scale: u32): void {
  const row = PRODUCT + (scale << 8);
  for (let i: usize = 0; i < <usize>length; i += 8) {
    const v = load<u64>(from + i);
    const low = <u32>v,
      high = <u32>(v >> 32);
    const a =
      (<u32>load<u8>(row + (low & 255))) |
      ((<u32>load<u8>(row + ((low >> 8) & 255))) << 8) |
      ((<u32>load<u8>(row + ((low >> 16) & 255))) << 16) |
      ((<u32>load<u8>(row + (low >> 24))) << 24);
    const b =
      (<u32>load<u8>(row + (high & 255))) |
      ((<u32>load<u8>(row + ((high >> 8) & 255))) << 8) |
      ((<u32>load<u8>(row + ((high >> 16) & 255))) << 16) |
      ((<u32>load<u8>(row + (high >> 24))) << 24);
    store<u64>(to + i, load<u64>(to + i) ^ ((<u64>a) | ((<u64>b) << 32)));
  }
}

/**
 * Finds the `count` missing data shards from as many parity shards, from each of which the data that came was taken
 * away. rows[i] and columns[j] are bytes: which parity shards these are, which data shards are missing. factor(j, i) is
 * then what parity shard i counts in missing shard j. False = they do not suffice (it does not happen with this code).
 */
export function solve(rows: usize, columns: usize, count: u32): bool {
  for (let i: u32 = 0; i < count; ++i)
    for (let j: u32 = 0; j < count; ++j)
      store<u8>(at(i, j), <u8>coefficient(<u32>load<u8>(rows + i), <u32>load<u8>(columns + j)));
  solved = count;
  return invert(count);
}
let solved: u32 = 0;

@inline export function factor(j: u32, i: u32): u32 {
  return <u32>load<u8>(at(j, solved + i));
}
