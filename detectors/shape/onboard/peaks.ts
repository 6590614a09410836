// The largest scores of normal traffic, for the limit: of each second the largest score, of these the local maxima (no
// second beside it has more), so that a burst counts once, and of these the MOST largest.
//
//   Peaks, 560 bytes
//     +0   u64 second under way, from 1970     +8  f64 its largest score so far
//     +16  f64 largest of the second before it, 0 = no frame was scored in that
//     +24  u32 bit 0: a second is under way; bit 1: the one before had more than the one before that
//     +28  u32 how many are kept
//     +32  u64 seconds observed, from each second to the next; a pause counts as PAUSE at most
//     +40  u64 local maxima, kept or not
//     +48  256 x u16: those kept, falling, in units of 1 / PEAK_UNIT, rounded up
//
// Rule when full: the smallest goes. Two lists compose: the largest of both; the numbers add up.

export const PEAKS: u32 = 560;
export const MOST: u32 = 256;
export const PEAK_UNIT: f64 = 512;
export const KEPT: usize = 48;
const SECOND: u64 = 1000000000;
const PAUSE: u64 = 60;
const UNDER_WAY: u32 = 1;
const ROSE: u32 = 2;

export function beginPeaks(p: usize): void {
  memory.fill(p, 0, PEAKS);
}

export function kept(p: usize): u32 {
  return load<u32>(p, 28);
}
export function secondsObserved(p: usize): u64 {
  return load<u64>(p, 32);
}
export function localMaxima(p: usize): u64 {
  return load<u64>(p, 40);
}

/** A score, 0 .. 100, at a time in ns. A time that went back by up to a second counts as now. */
export function peak(p: usize, time: u64, score: f64): void {
  const second = time / SECOND,
    now = load<u64>(p);
  if (load<u32>(p, 24) & UNDER_WAY) {
    if (second == now || second + 1 == now) {
      if (score > load<f64>(p, 8)) store<f64>(p, score, 8);
      return;
    }
    end(p, second == now + 1);
    store<u64>(p, load<u64>(p, 32) + (second > now ? min<u64>(second - now, PAUSE) : 0), 32);
  }
  store<u64>(p, second);
  store<f64>(p, score, 8);
  store<u32>(p, load<u32>(p, 24) | UNDER_WAY, 24);
}

/** Nothing follows, or nothing that goes on from here. */
export function closePeaks(p: usize): void {
  if ((load<u32>(p, 24) & UNDER_WAY) == 0) return;
  end(p, false);
  store<u64>(p, load<u64>(p, 32) + 1, 32);
}

/** The second under way is over; `followed`: by one with frames. */
function end(p: usize, followed: bool): void {
  const before = load<f64>(p, 16),
    last = load<f64>(p, 8);
  if ((load<u32>(p, 24) & ROSE) != 0 && before >= last) keep(p, before);
  const rises = last > before;
  if (followed) {
    store<f64>(p, last, 16);
    store<u32>(p, rises ? ROSE : 0, 24);
    return;
  }
  if (rises) keep(p, last);
  store<f64>(p, 0, 16);
  store<u32>(p, 0, 24);
}

function keep(p: usize, score: f64): void {
  store<u64>(p, load<u64>(p, 40) + 1, 40);
  const value = <u32>ceil<f64>(score * PEAK_UNIT);
  let at = kept(p);
  if (at < MOST) store<u32>(p, at + 1, 28);
  else if (<u32>load<u16>(p + KEPT + 2 * (MOST - 1)) >= value) return;
  else at = MOST - 1;
  for (; at > 0; --at) {
    const above = <u32>load<u16>(p + KEPT + ((<usize>(at - 1)) << 1));
    if (above >= value) break;
    store<u16>(p + KEPT + ((<usize>at) << 1), <u16>above);
  }
  store<u16>(p + KEPT + ((<usize>at) << 1), <u16>value);
}
