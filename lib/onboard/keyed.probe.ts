// Test entry: the keyed hash behind plain exports.
import { keyed, keyed5, keyedBytes, more, setKey, wide3 } from "./keyed";

const SIZE: u32 = 256;
const BYTES: usize = memory.data(SIZE, 8);

export function at(): usize {
  return BYTES;
}
export function withKey(a: u64, b: u64): void {
  setKey(a, b);
}
export function ofBytes(length: u32): u64 {
  return keyedBytes(BYTES, length);
}
export function ofTwo(a: u64, b: u64): u64 {
  return keyed(a, b);
}
export function ofFive(a: u64, b: u64, c: u64, d: u64, e: u64): u64 {
  return keyed5(a, b, c, d, e);
}
export function ofThree(a: u64, b: u64, c: u64): u64 {
  return wide3(a, b, c);
}
export function otherHalf(): u64 {
  return more;
}
