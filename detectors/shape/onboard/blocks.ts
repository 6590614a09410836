// Where the blocks of features are: ../layouts/model.ts says how long they are.
import { BLOCK, BLOCKS, LAST_BLOCK, LAST_TRIANGLE, TRIANGLE } from "./generated/model";

/** Where block b begins in the vector, and how long it is. */
@inline export function start(b: u32): u32 {
  return b * BLOCK;
}
@inline export function length(b: u32): u32 {
  return b == BLOCKS - 1 ? LAST_BLOCK : BLOCK;
}
/** Where the triangle of block b begins, and how long it is. */
@inline export function triangle(b: u32): u32 {
  return b * TRIANGLE;
}
@inline export function triangleLength(b: u32): u32 {
  return b == BLOCKS - 1 ? LAST_TRIANGLE : TRIANGLE;
}
