// A guard that passes every record on: the smallest thing that is a compartment, for tests of the pipeline.
import { ABI_VERSION, INPUT_SIZE } from "../../../abi/onboard/abi";

const INPUT = memory.data(INPUT_SIZE, 8);
let length: u32 = 0;

export function abi(): u32 { return ABI_VERSION; }
export function inputAt(): usize { return INPUT; }
export function inputSize(): u32 { return INPUT_SIZE; }
export function configure(length: u32): u32 { return length == 0 ? 1 : 0; }
export function run(from: u32, to: u32): u32 {
  length = to - from;
  return to;
}
export function eventsAt(): usize { return INPUT; }
export function eventsLength(): u32 { return 0; }
export function framesAt(): usize { return INPUT; }
export function framesLength(): u32 { return length; }
