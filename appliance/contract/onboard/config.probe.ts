// Not linked: verify() and what finds sections, behind plain exports for their test.
import { INPUT_SIZE } from "./abi";
import { policyName, section, sectionLength, verify } from "./config";
const INPUT: usize = memory.data(INPUT_SIZE, 8);
export function at(): usize {
  return INPUT;
}
export function check(length: u32, part: u32): u32 {
  return verify(INPUT, length, part);
}
export function sectionAt(tag: u32): i32 {
  const p = section(INPUT, tag);
  return p ? <i32>(p - INPUT) : -1;
}
export function sectionBytes(tag: u32): u32 {
  return sectionLength(INPUT, tag);
}
export function name(): u64 {
  return policyName(INPUT);
}
