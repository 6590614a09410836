// What gives a bus controller away whose messages are right: the pauses it makes between two of them, and the clock its
// schedule runs by. Both for learning and in operation; of the first CONTROLLERS buses.
//
// Pauses. A controller puts a message behind the one before after a time of its own, which spreads little (recorders
// tell it to 0.1 us, RCC 106-17). The mean of WINDOW of them is known to a fraction of that. Pauses that are no
// turnaround, but wait for a frame, are many times longer; so means are taken apart in ranges of an octave each, every
// half octave, so that whatever a controller does is within one of them:
//
//   range   0       1       2       3      ...   9
//   0.1 us  16-31   24-47   32-63   48-95  ...   384-767       dead time: from the end of a message to the next one
//
// Clock. Of one message with a schedule, the anchor, the earliest one of some seconds is followed from segment to
// segment, as NTP's clock filter takes the least delay (RFC 5905 section 10): what makes a message late, a retry, a
// long one in front of it, makes none earlier. How far two are apart tells the period to less than a millionth.
//
//   |-- samples --|-------------|-- samples --|-------------|      a segment: 4 s, its first half is looked at
//        best                         best
//         |---------- m periods --------|
import { Behind, BusState } from "./bus";
import { GAP_RANGES } from "./generated/section";
import { apart, start } from "./observed";

/** Pauses of one range. */
@unmanaged
export class GapRange {
  sum: u32; // 0.1 us, of the window at hand
  count: u16;
  least: u16; // mean of a window, 1/64 of 0.1 us; most = 0: none was complete, or none is known
  most: u16;
  windows: u16; // learned; in operation how far beyond least and most, 1/64 of 0.1 us
}

/** Of a bus. Periods are in 0.1 us. */
@unmanaged
export class Controller {
  period: f64; // of the anchor, as it was lately; 0: not known yet
  latest: f64; // of the last segment that was complete; 0: none yet
  lead: f64; // of `best`, against `origin` and whole periods
  last: u64; // the anchor's last start
  origin: u64; // where the segment at hand begins
  best: u64; // the earliest start in it
  before: u64; // the same of the segment before
  least: f32; // period, of two segments in a row
  most: f32;
  step: f32; // learned: largest change of the period, 1/1,000,000; in operation the one that is allowed
  usual: f32; // interval of the anchor, about
  off: f32; // by how much the last segment was off, 1/1,000,000
  windows: u32; // segments learned
  anchor: u16; // identity + 1
  epoch: u16;
  samples: u16; // in the segment at hand
  hasBefore: u8;
  isSettled: u8; // the period is the one of this recording
  isFar: u8; // it was said that it is far from all that were learned
  pad: u8;
  @inline range(i: u32): GapRange {
    return changetype<GapRange>(changetype<usize>(this) + offsetof<Controller>() + <usize>i * offsetof<GapRange>());
  }
}
/** Bytes of a controller with its ranges, which lie behind it. */
export const CONTROLLER: u32 = (<u32>offsetof<Controller>() + GAP_RANGES * <u32>offsetof<GapRange>() + 7) & ~7;

const WINDOW: u32 = 512;

/** The two ranges of a pause, 0.1 us; GAP_RANGES: none. */
export function octave(dead: i64): u32 {
  return dead < 16 || dead >= 512 ? GAP_RANGES : (59 - <u32>clz<u64>(<u64>dead)) << 1;
}
export function halfOctave(dead: i64): u32 {
  if (dead < 24 || dead >= 768) return GAP_RANGES;
  const e = 63 - <u32>clz<u64>(<u64>dead);
  return dead >= <i64>((<u64>3) << (e - 1)) ? ((e - 4) << 1) + 1 : ((e - 4) << 1) - 1;
}

/** Adds a pause to its range. The mean of the window that it ends, 1/64 of 0.1 us; 0: it ends none. */
export function addPause(r: GapRange, dead: i64): u32 {
  r.sum += <u32>dead;
  r.count += 1;
  if (<u32>r.count < WINDOW) return 0;
  const mean = (r.sum << 6) / WINDOW;
  r.sum = 0;
  r.count = 0;
  return mean;
}

/** 0.1 us: 4 s. */
const SEGMENT: i64 = 40000000;
/** The longest period of an anchor: 0.25 s. Of its starts so many in half a segment are enough. */
export const LONGEST: u32 = 2500000;
const ENOUGH: u16 = 6;
/** What a segment adds to the period, of its difference: of a crystal that moves by 6 in a minute it is 3 behind. */
export const FOLLOWING: f64 = 0.125;
/** Intervals by which a period is known that was not. */
const FIRST: i64 = 64;

/** Behind a hole, or after a pause, what was before says nothing. */
function begin(c: Controller, b: BusState): void {
  c.epoch = b.epoch;
  c.samples = 0;
  c.hasBefore = 0;
  c.latest = 0;
  c.off = 0;
  c.last = c.origin = start;
  // Who made a hole has the same clock as before; after a pause it may be another day
  if (b.behind != <u8>Behind.HOLE) c.isSettled = 0;
}

/** The anchor is the message at hand, no repetition. The period of a segment that it ended; 0: it ended none. */
export function followClock(c: Controller, b: BusState): f64 {
  if (c.epoch != b.epoch || c.last == 0) {
    begin(c, b);
    return 0;
  }
  const dt = <f64>apart(start, c.last),
    usual = <f64>c.usual;
  c.last = start;
  if (abs<f64>(dt - usual) * 16 > usual) {
    if (c.period == 0) {
      c.origin = start;
      c.samples = 0;
    }
    return 0;
  }
  const elapsed = apart(start, c.origin);
  c.samples += 1;
  if (c.period == 0) {
    if (<i64>c.samples < FIRST) return 0;
    c.period = <f64>elapsed / <f64>FIRST;
    c.origin = start;
    c.samples = 0;
    return 0;
  }
  return elapsed < SEGMENT ? sample(c, elapsed) : endSegment(c);
}

function sample(c: Controller, elapsed: i64): f64 {
  if (elapsed * 2 >= SEGMENT) {
    c.samples -= 1;
    return 0;
  }
  const lead = <f64>elapsed - nearest<f64>(<f64>elapsed / c.period) * c.period;
  if (c.samples > 1 && lead >= c.lead) return 0;
  c.lead = lead;
  c.best = start;
  return 0;
}

function endSegment(c: Controller): f64 {
  let period: f64 = 0;
  const isEnough = c.samples > ENOUGH;
  if (isEnough && c.hasBefore != 0) {
    const d = <f64>apart(c.best, c.before),
      periods = nearest<f64>(d / c.period);
    if (periods > 0) period = d / periods;
  }
  c.hasBefore = isEnough ? 1 : 0;
  c.before = c.best;
  c.origin = start;
  c.samples = 0;
  return period;
}

/** Of a period from another one, 1/1,000,000. */
@inline export function millionths(period: f64, from: f64): f32 {
  return <f32>((period / from - 1) * 1e6);
}
/** What two values in a row both are off by, the same way: one alone is a schedule that was moved. */
@inline export function both(a: f32, b: f32): f32 {
  if (a > 0 && b > 0) return min<f32>(a, b);
  return a < 0 && b < 0 ? max<f32>(a, b) : 0;
}
