// bus-gap, bus-period: another controller sends the same messages by the same schedule. Its pauses are a fraction of a
// microsecond longer or shorter than ever, or its clock is another crystal's.
//
// A crystal's frequency moves by tens of millionths between cold and warm, slowly: by one or two in a minute, by more
// while it warms up. So the period that was seen last is followed, and what is found is a step. In the first seconds,
// and after a pause of one, it is compared with all that was learned, with an allowance for the weather.
import { Detector } from "../../../onboard/catalogue";
import { controllerAt } from "../arena";
import { BusModel, BusState } from "../bus";
import { CONTROLLERS } from "../capacity";
import {
  Controller,
  FOLLOWING,
  GapRange,
  addPause,
  both,
  followClock,
  halfOctave,
  millionths,
  octave,
} from "../controller";
import { GAP_RANGES } from "../generated/section";
import { exceeds, ofBus } from "./alarm";
import { Gap, Period } from "./state";

/** 1/1,000,000: the weather since it was learned, at the start; and at most, however slowly. */
const WEATHER: f32 = 30;
const FARTHEST: f32 = 100;

/** A pause between two whole messages on one side. */
export function judgePauses(b: BusState, s: BusModel, bus: u32, dead: i64): void {
  if (bus >= CONTROLLERS) return;
  const c = controllerAt(bus);
  judgeIn(b, s, bus, c, octave(dead), dead);
  judgeIn(b, s, bus, c, halfOctave(dead), dead);
}

function judgeIn(b: BusState, s: BusModel, bus: u32, c: Controller, range: u32, dead: i64): void {
  if (range == GAP_RANGES || c.range(range).most == 0) return;
  const mean = addPause(c.range(range), dead);
  if (mean != 0) judgeMean(b, s, bus, c.range(range), mean);
}

function judgeMean(b: BusState, s: BusModel, bus: u32, r: GapRange, mean: u32): void {
  const least = <u32>r.least,
    most = <u32>r.most;
  const off = mean > most ? mean - most : mean < least ? least - mean : 0;
  if (off == 0) return;
  // An answer that a recorder tells later leaves a shorter pause, and there are two at most in a message
  const score = (<f64>off - 128 * <f64>abs<f32>(s.drift)) / 64,
    limit = <f64>r.windows / 64;
  if (!exceeds(Detector.BUS_GAP, score, limit)) return;
  const f = ofBus(Detector.BUS_GAP, Gap.MEAN, <u32>b.channel, bus, score, limit);
  f.a = <f64>mean / 64;
  f.b = <f64>least / 64;
  f.c = <f64>most / 64;
}

/** A known message that is no repetition. */
export function judgeClock(b: BusState, bus: u32, identity: u32): void {
  if (bus >= CONTROLLERS) return;
  const c = controllerAt(bus);
  if (<u32>c.anchor != identity + 1) return;
  const period = followClock(c, b);
  if (period != 0) judgePeriodOf(c, b, bus, period);
}

function judgePeriodOf(c: Controller, b: BusState, bus: u32, period: f64): void {
  // From what was lately, and as long as that is not known, from what was learned
  const off = c.isSettled ? millionths(period, c.period) : beyond(c, period);
  const limit = c.isSettled ? c.step : max<f32>(WEATHER, c.step);
  const two: f32 = c.latest == 0 ? 0 : both(off, c.off);
  c.off = off;
  c.latest = period;
  if (exceeds(Detector.BUS_PERIOD, <f64>abs<f32>(two), <f64>limit)) say(c, b, bus, two, limit);
  if (abs<f32>(two) > limit) settle(c, period);
  else if (abs<f32>(off) > limit) return;
  else if (c.isSettled) c.period += (period - c.period) * FOLLOWING;
  else settle(c, period);
  judgeFarthest(c, b, bus);
}

/** However slowly it went there: once, until it is back. */
function judgeFarthest(c: Controller, b: BusState, bus: u32): void {
  const far = beyond(c, c.period);
  if (!exceeds(Detector.BUS_PERIOD, <f64>abs<f32>(far), <f64>FARTHEST)) {
    c.isFar = 0;
    return;
  }
  if (c.isFar == 0) say(c, b, bus, far, FARTHEST);
  c.isFar = 1;
}

/** By how much a period is beyond all that were learned. */
function beyond(c: Controller, period: f64): f32 {
  return max<f32>(millionths(period, <f64>c.most), 0) + min<f32>(millionths(period, <f64>c.least), 0);
}

/** The period from here on. */
function settle(c: Controller, period: f64): void {
  c.period = period;
  c.isSettled = 1;
  c.latest = 0;
  c.off = 0;
}

function say(c: Controller, b: BusState, bus: u32, off: f32, limit: f32): void {
  const f = ofBus(Detector.BUS_PERIOD, Period.CLOCK, <u32>b.channel, bus, <f64>abs<f32>(off), <f64>limit);
  f.a = <f64>off;
  f.b = c.period;
}
