// bus-period: a known message at an interval that it never had, or not any more. Losier, "Time-based intrusion
// detection on MIL-STD-1553" (RMC 2019) and Genereux et al., "MAIDENS", IEEE TAES 56 (2020) judge by inter-arrival
// times.
//
// What was learned are the intervals, each with its least, its most and a tolerance (../../ground/period.ts). Failed
// messages and those that have no schedule keep the bus busy; what comes after them in a minor frame is late by that,
// and early the next time. So much is allowed for: what they took since the message was seen last but one.
import { Message } from "../../../../mil1553/onboard/message";
import { Detector } from "../../../onboard/catalogue";
import { Finding } from "../../../onboard/finding";
import { busAt, busModel, identityModel, intervals } from "../arena";
import { Behind, BusModel, BusState } from "../bus";
import { allowBreak, busCount } from "../buses";
import { BusFlag, IdentityFlag, IntervalRecord } from "../generated/section";
import { identities, keyAt } from "../identities";
import { apart, damaged, key, start, terminalsOf, time } from "../observed";
import { absent, alarm, exceeds, ofBus } from "./alarm";
import { ALL, Kind, gather } from "./gather";
import { spent } from "../learning/inventory";
import { absenceOf, hasRate, judgeRate } from "./rate";
import { IdentityModel, Period } from "./state";

/** A known message that is no repetition. False when messages are missing in front of it. */
export function judgePeriod(m: Message, b: BusState, k: IdentityModel): bool {
  const s = busModel(<u32>k.bus);
  let complete = false;
  if (k.epoch == b.epoch) {
    const dt = apart(start, k.last);
    complete = dt <= 0 || (k.late == 0 ? s.lost == k.lost : dt <= <i64>k.late);
    if (((<u32>k.flags) & IdentityFlag.REGULAR) != 0 && dt > 0)
      interval(k, dt, (<u32>s.flags) & BusFlag.NOISY ? 0 : b.effort - k.effortBefore, s.lost != k.lost);
    else if (hasRate(k)) judgeRate(k, dt);
    k.effortBefore = k.effort;
  } else {
    k.epoch = b.epoch;
    k.effortBefore = b.effort;
  }
  k.effort = b.effort;
  k.last = start;
  k.lost = s.lost;
  k.missing = 0;
  if ((damaged && ((<u32>k.flags) & IdentityFlag.FAILS) == 0) || ((<u32>k.flags) & IdentityFlag.REGULAR) == 0)
    b.effort += spent(m);
  return complete;
}

// lost: a message whose command could not be believed came meanwhile; it may have been this one
/** Of what a bus does, and of one message of its schedule. */
function gatherBus(f: Finding, s: BusModel, bus: u32): void {
  gather(f, changetype<usize>(s) + offsetof<BusModel>("schedulePart"), bus, Kind.SCHEDULE, ALL, s.mask);
}
function gatherMessage(f: Finding, k: IdentityModel, identity: u64): void {
  const part = changetype<usize>(k) + offsetof<IdentityModel>("schedulePart");
  gather(f, part, <u32>k.bus, Kind.SCHEDULE, ALL, terminalsOf(identity));
}

function interval(k: IdentityModel, dt: i64, effort: u32, lost: bool): void {
  let best: i64 = i64.MAX_VALUE,
    tolerance: u32 = 1,
    least: u32 = 0,
    most: u32 = 0;
  let p = intervals(k);
  for (let n = <u32>k.intervals; n != 0; --n, p += offsetof<IntervalRecord>()) {
    const known = changetype<IntervalRecord>(p);
    const low = known.least,
      high = known.most,
      t = known.tolerance;
    const off = dt < <i64>low ? <i64>low - dt : dt > <i64>high ? dt - <i64>high : 0;
    if (off <= <i64>t) return;
    if (off - <i64>t < best) {
      best = off - <i64>t;
      tolerance = t;
      least = low;
      most = high;
    }
  }
  const late = k.late != 0 && dt > <i64>k.late;
  if ((late && lost) || best <= <i64>effort) return;
  const score = <f64>(best - <i64>effort) + <f64>tolerance;
  if (!exceeds(Detector.BUS_PERIOD, score, <f64>tolerance)) return;
  const f = alarm(Detector.BUS_PERIOD, late ? Period.LATE : Period.EARLY, 0, score, <f64>tolerance);
  f.a = <f64>dt;
  f.b = <f64>least;
  f.c = <f64>most;
  gatherMessage(f, k, key);
}

let sweep: u32 = 0;
export function forgetPeriods(): void {
  sweep = 0;
}

/**
 * One identity in turn: whether it is still to come. Called with each message, so each is asked after a fraction of a
 * second.
 */
export function sweepPeriods(): void {
  const n = identities();
  if (n == 0) return;
  sweep = sweep + 1 < n ? sweep + 1 : 0;
  const k = identityModel(sweep);
  const late = hasRate(k) ? absenceOf(k) : <i64>k.late;
  if (late == 0 || k.missing) return;
  const b = busAt(<u32>k.bus);
  if (!b.hasLast) return;
  // Behind a hole in the recording, or a break, it has as long as ever from there on
  const isAnew = b.behind != <u8>Behind.PAUSE && k.epoch == <u16>(b.epoch - 1);
  if (k.epoch != b.epoch && !isAnew) return;
  const from = isAnew ? b.since : k.last;
  const s = busModel(<u32>k.bus);
  const isPunctual = k.late != 0 && ((<u32>s.flags) & BusFlag.NOISY) == 0;
  const waited = apart(b.lastStart, from) - late - (isPunctual ? <i64>(b.effort - k.effortBefore) : 0);
  // Some more of its time where it may have come and not been understood; among those without a schedule that is rare
  if (waited <= 0 || (k.late != 0 && s.lost != k.lost && waited <= late * <i64>s.patience)) return;
  k.missing = 1;
  if (!exceeds(Detector.BUS_PERIOD, <f64>(waited + late), <f64>late)) return;
  const f = absent(Detector.BUS_PERIOD, Period.MISSING, keyAt(sweep), <u32>k.bus, <f64>(waited + late), <f64>late);
  f.a = <f64>apart(b.lastStart, from);
  f.c = <f64>late;
  gatherMessage(f, k, keyAt(sweep));
}

/** A bus on which nothing came for longer than ever while learning. Recorders hand messages on up to 0.1 s late. */
const PATIENCE: f64 = 1e9; // ns

export function passPeriods(now: u64): void {
  for (let i: u32 = 0; i < busCount(); ++i) {
    const b = busAt(i),
      s = busModel(i);
    if (!b.hasLast) continue;
    if (s.passed != b.messages || now < s.anchor) {
      s.passed = b.messages;
      s.anchor = now;
      s.silent = 0;
      continue;
    }
    const limit = 300 * <f64>s.silence + PATIENCE,
      waited = <f64>(now - s.anchor);
    if (s.silent || !exceeds(Detector.BUS_PERIOD, waited, limit)) continue;
    s.silent = 1;
    const f = ofBus(Detector.BUS_PERIOD, Period.SILENT, <u32>b.channel, i, waited, limit);
    f.time = now;
    f.since = s.anchor;
    f.a = waited / 100;
    f.c = <f64>s.silence;
    gatherBus(f, s, i);
  }
}

/** The same in the recording: the first message after a pause that is longer than ever. */
export function judgePause(b: BusState, bus: u32, dead: i64): void {
  // After ten minutes it is another recording
  if (dead > 6000000000) return;
  const s = busModel(bus);
  if (b.resumed != 0 && b.behind == <u8>Behind.BREAK && allowBreak(b, s, dead)) return;
  const limit = 3 * <f64>s.silence + 1000;
  if (!exceeds(Detector.BUS_PERIOD, <f64>dead, limit)) return;
  const f = ofBus(Detector.BUS_PERIOD, Period.SILENT, <u32>b.channel, bus, <f64>dead, limit);
  f.since = time > <u64>dead * 100 ? time - <u64>dead * 100 : 0;
  f.a = <f64>dead;
  f.c = <f64>s.silence;
  gatherBus(f, s, bus);
}
