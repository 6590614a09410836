// Learning a bus controller's pauses and its clock: of what ../controller.ts finds the least and the most.
import { controllerAt, learnedInterval } from "../arena";
import { BusState } from "../bus";
import { CONTROLLERS } from "../capacity";
import {
  Controller,
  FOLLOWING,
  LONGEST,
  addPause,
  both,
  followClock,
  halfOctave,
  millionths,
  octave,
} from "../controller";
import { GAP_RANGES } from "../generated/section";

/** Intervals, all alike, after which a message may be the anchor. */
const KNOWN: u32 = 64;

/** A pause between two whole messages on one side. */
export function learnPause(bus: u32, dead: i64): void {
  if (bus >= CONTROLLERS) return;
  const c = controllerAt(bus);
  learnIn(c, octave(dead), dead);
  learnIn(c, halfOctave(dead), dead);
}

function learnIn(c: Controller, range: u32, dead: i64): void {
  if (range == GAP_RANGES) return;
  const r = c.range(range),
    mean = addPause(r, dead);
  if (mean == 0) return;
  if (r.most == 0 || mean < <u32>r.least) r.least = <u16>mean;
  if (mean > <u32>r.most) r.most = <u16>mean;
  if (r.windows < 0xffff) r.windows += 1;
}

/** A message that is no repetition. */
export function learnClock(bus: u32, b: BusState, identity: u32): void {
  if (bus >= CONTROLLERS) return;
  const c = controllerAt(bus);
  if (c.anchor == 0) choose(c, identity);
  if (<u32>c.anchor != identity + 1) return;
  const period = followClock(c, b);
  if (period != 0) learnPeriod(c, period);
}

/** The first one that has come often enough at one interval. */
function choose(c: Controller, identity: u32): void {
  const known = learnedInterval(identity, 0);
  if (known.countAndKind >> 8 < KNOWN || known.most > LONGEST || (known.most - known.least) << 4 > known.least) return;
  c.anchor = <u16>(identity + 1);
  c.usual = <f32>(known.least >> 1) + <f32>(known.most >> 1);
}

function learnPeriod(c: Controller, period: f64): void {
  if (c.latest != 0) {
    const low = <f32>max<f64>(period, c.latest),
      high = <f32>min<f64>(period, c.latest);
    if (c.windows == 0 || low < c.least) c.least = low;
    if (c.windows == 0 || high > c.most) c.most = high;
    c.windows += 1;
  }
  const off = millionths(period, c.period);
  if (c.latest != 0 && c.isSettled != 0) c.step = max<f32>(c.step, abs<f32>(both(off, c.off)));
  c.off = off;
  c.latest = period;
  // The first one is known by a few intervals only
  c.period += (period - c.period) * (c.isSettled ? FOLLOWING : 1);
  c.isSettled = 1;
}
