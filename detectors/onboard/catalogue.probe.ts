// Not linked: the names of the detectors, for the test that compares them with ../catalogue.ts.
import { Text, open } from "../../lib/onboard/text";
import { DETECTORS, writeDetector } from "./catalogue";
const BUFFER: usize = memory.data(64, 8);
const WRITER: usize = memory.data(24, 8);
export function at(): usize {
  return BUFFER;
}
export function count(): u32 {
  return DETECTORS;
}
export function write(d: u32): u32 {
  const t = changetype<Text>(WRITER);
  open(t, BUFFER, 64);
  writeDetector(t, d);
  return <u32>(t.at - BUFFER);
}
