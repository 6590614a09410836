// Learning how often messages without a schedule come: the longest time without one, how much their intervals spread,
// and how high the cumulative sum of those that come close together goes.
//
// The usual interval is the bus's time divided by the messages, here as far as it is known, in the baseline of all of
// it. Of the sum the highest values are kept, each of another time it left 0: what is a burst on this bus, and by how
// much one surpasses the others, follows from them (../../ground/rate.ts).
import { busAt, learnedBus } from "../arena";
import { BusState } from "../bus";
import { apart, start } from "../observed";
import { step } from "../rate";
import { LearnedIdentity, PEAKS } from "./state";

/** Messages before which nobody knows how often they come. */
const FEW: u32 = 16;
/** Of a level; a peak is told in QUARTER of it. */
const UNIT: f32 = 1024;
const QUARTER: u32 = 8;
/** Of `longest`, in bits of 0.1 us. */
const COARSE: u32 = 7;

/** A message that is no repetition, before `last` and `epoch` are set to it. */
export function learnRate(k: LearnedIdentity, bus: u32, b: BusState): void {
  const isFirst = k.epoch != b.epoch;
  const dt = apart(start, isFirst ? b.since : k.last);
  if (dt <= 0) return;
  k.longest = max<u32>(k.longest, coarse(dt));
  if (isFirst) return;
  const ms = <f32>(<f64>dt * 1e-4);
  k.squares += ms * ms;
  const n = k.onA + k.onB;
  if (n < FEW) return;
  const intervals = <f32>min<f64>((<f64>dt * <f64>n) / <f64>learnedBus(bus).span, 1e6);
  const level = <i32>k.level + <i32>(step(intervals) * UNIT);
  k.level = <u16>max<i32>(0, min<i32>(level, 0xffff));
  if (k.level == 0) {
    if (k.highest != 0) keep(k, k.highest);
    k.highest = 0;
  } else k.highest = <u8>max<u32>(<u32>k.highest, (<u32>k.level) >> QUARTER);
}

@inline function coarse(ticks: i64): u32 {
  return <u32>min<i64>(ticks >> COARSE, <i64>u32.MAX_VALUE);
}

@inline function place(k: LearnedIdentity, n: u32): usize {
  return changetype<usize>(k) + offsetof<LearnedIdentity>("peak1") + <usize>n;
}

function keep(k: LearnedIdentity, peak: u8): void {
  for (let n: u32 = 0; n < PEAKS; ++n) {
    const other = load<u8>(place(k, n));
    if (peak <= other) continue;
    store<u8>(place(k, n), peak);
    peak = other;
  }
}

/** The n-th highest, 1/4 nats; 0: there is none. */
export function peakOf(k: LearnedIdentity, n: u32): u32 {
  return <u32>load<u8>(place(k, n));
}

/** The longest time without it so far, 0.1 us, also if it has not come again. */
export function longestOf(k: LearnedIdentity, bus: u32): u64 {
  const b = busAt(bus);
  const now = k.epoch == b.epoch ? max<i64>(apart(b.lastStart, k.last), 0) : 0;
  return (<u64>max<u32>(k.longest, coarse(now))) << COARSE;
}
