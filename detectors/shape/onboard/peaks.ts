// The largest scores of normal traffic, for the limit: of each second the largest score, of these the local maxima (no
// second beside it has more), so that a burst counts once, and of these the MOST largest.
//
// Rule when full: the smallest goes. Two lists compose: the largest of both; the numbers add up.

import { Peaks, PeaksAt } from "./generated/learning";

/** Numbers that `largest` has room for. */
export const MOST: u32 = (PeaksAt.SIZE - PeaksAt.largest) / 2;
const PEAK_UNIT: f64 = 512;
const SECOND: u64 = 1000000000;
const PAUSE: u64 = 60; // seconds that a pause counts as at most
const UNDER_WAY: u32 = 1;
const ROSE: u32 = 2;

export function beginPeaks(p: Peaks): void {
  memory.fill(changetype<usize>(p), 0, PeaksAt.SIZE);
}

/** The i-th largest. */
@inline export function largest(p: Peaks, i: u32): u32 {
  return <u32>load<u16>(p.largest + ((<usize>i) << 1));
}
@inline function setLargest(p: Peaks, i: u32, value: u32): void {
  store<u16>(p.largest + ((<usize>i) << 1), <u16>value);
}

/** A score, 0 .. 100, at a time in ns. A time that went back by up to a second counts as now. */
export function peak(p: Peaks, time: u64, score: f64): void {
  const second = time / SECOND,
    now = p.second;
  if (p.flags & UNDER_WAY) {
    if (second == now || second + 1 == now) {
      if (score > p.highest) p.highest = score;
      return;
    }
    end(p, second == now + 1);
    p.seconds += second > now ? min<u64>(second - now, PAUSE) : 0;
  }
  p.second = second;
  p.highest = score;
  p.flags |= UNDER_WAY;
}

/** Nothing follows, or nothing that goes on from here. */
export function closePeaks(p: Peaks): void {
  if ((p.flags & UNDER_WAY) == 0) return;
  end(p, false);
  p.seconds += 1;
}

/** The second under way is over; `followed`: by one with frames. */
function end(p: Peaks, followed: bool): void {
  const before = p.before,
    last = p.highest;
  if ((p.flags & ROSE) != 0 && before >= last) keep(p, before);
  const rises = last > before;
  if (followed) {
    p.before = last;
    p.flags = rises ? ROSE : 0;
    return;
  }
  if (rises) keep(p, last);
  p.before = 0;
  p.flags = 0;
}

function keep(p: Peaks, score: f64): void {
  p.maxima += 1;
  const value = <u32>ceil<f64>(score * PEAK_UNIT);
  let at = p.kept;
  if (at < MOST) p.kept = at + 1;
  else if (largest(p, MOST - 1) >= value) return;
  else at = MOST - 1;
  for (; at > 0; --at) {
    const above = largest(p, at - 1);
    if (above >= value) break;
    setLargest(p, at, above);
  }
  setLargest(p, at, value);
}
