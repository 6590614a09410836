// What the test compartments share: buffers, and the exports that are the same in all.
import { ABI_VERSION, INPUT_SIZE, RecordHeader, RECORD_HEADER } from "../../../contract/onboard/abi";
import { align8 } from "../../../../lib/onboard/bytes";

export const INPUT: usize = memory.data(INPUT_SIZE, 8);
export const OUTPUT_SIZE: u32 = 98304; // room for the longest record
export const OUTPUT: usize = memory.data(OUTPUT_SIZE, 8);

@inline export function record(at: u32): RecordHeader {
  return changetype<RecordHeader>(INPUT + at);
}

/** The record behind this one. */
export function next(at: u32): u32 {
  return at + RECORD_HEADER + align8(record(at).captured);
}

export function abi(): u32 {
  return ABI_VERSION;
}
export function inputAt(): usize {
  return INPUT;
}
export function inputSize(): u32 {
  return INPUT_SIZE;
}

/** There are no tables. */
export function key(_a: u64, _b: u64): void {}

/** All of its memory may be touched. */
export function spare(_i: u32): u64 {
  return 0;
}
