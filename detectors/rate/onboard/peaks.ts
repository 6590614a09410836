// What windows of one kind held, in 28 bytes: enough for mean and deviation of the logarithm, and for the tail.
//
//   Peaks    +0 u32 windows    +4 u32 sum of q    +8 u64 sum of q * q    +16 3 x u32 the largest values, falling
//   q = sixteenths of log2(1 + value), straight lines between the powers of two (coarseLog2)
//
// Integers only, so it composes exactly: counts and sums add up, the largest three of both stay.
import { coarseLog2 } from "../../onboard/numeric";
import { Text, byte, lit, unsigned } from "../../../lib/onboard/text";

export const PEAKS: u32 = 28;

export function update(p: usize, value: u32): void {
  const q = <u32>(coarseLog2(1 + <f64>value) * 16);
  if (load<u32>(p) > 5000000) return; // two months of seconds
  store<u32>(p, load<u32>(p) + 1);
  store<u32>(p, load<u32>(p, 4) + q, 4);
  store<u64>(p, load<u64>(p, 8) + <u64>q * q, 8);
  if (value <= load<u32>(p, 24)) return;
  const a = load<u32>(p, 16),
    b = load<u32>(p, 20);
  if (value > a) {
    store<u32>(p, b, 24);
    store<u32>(p, a, 20);
    store<u32>(p, value, 16);
  } else if (value > b) {
    store<u32>(p, b, 24);
    store<u32>(p, value, 20);
  } else store<u32>(p, value, 24);
}

/** `[windows,sum,squares,largest,second,third]` */
export function write(t: Text, p: usize): void {
  byte(t, 91);
  unsigned(t, load<u32>(p));
  byte(t, 44);
  unsigned(t, load<u32>(p, 4));
  byte(t, 44);
  unsigned(t, load<u64>(p, 8));
  for (let i: usize = 16; i < 28; i += 4) {
    lit(t, ",");
    unsigned(t, load<u32>(p + i));
  }
  byte(t, 93);
}
