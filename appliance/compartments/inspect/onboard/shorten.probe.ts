// Not linked: shorten() over text that the test writes.
import { Text, byte, open } from "../../../../lib/onboard/text";
import { shorten } from "./shorten";
const SIZE: u32 = 8192;
const INPUT: usize = memory.data(SIZE, 8);
const OUT: usize = memory.data(SIZE, 8);
const WRITER: usize = memory.data(24, 8);
export function at(): usize {
  return INPUT;
}
export function out(): usize {
  return OUT;
}
/** Writes input[0..length) into `room` bytes of out; how long it is then: 0 = nothing of it fits. */
export function write(length: u32, room: u32): u32 {
  const t = changetype<Text>(WRITER);
  open(t, OUT, room);
  for (let i: u32 = 0; i < length; ++i) byte(t, <u32>load<u8>(INPUT + i));
  if (t.overflow && !shorten(t, OUT)) return 0;
  return t.overflow ? 0xffffffff : <u32>(t.at - OUT);
}
