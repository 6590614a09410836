// bus-response: a response time outside of all that were learned, or a lasting shift by a two-sided cumulative sum of
// standardised times. What all terminals of the bus have in common is subtracted first (drift.ts).
//
// A recorder tells times in steps. A shift of one step may be its rounding, so no less than that is a shift, however
// little the learned times spread.
//
// A shift is said WAIT after it was seen: by then it is known whether the other terminals have it too. Until a bus has
// settled, that is for a second at most, a time that is a little outside is not said either; a shift that lasts is,
// when the bus has settled.
import { Detector } from "../../../onboard/catalogue";
import { busAt, busModel, responseModel, responsePlaces, terminalModel } from "../arena";
import { apart, start, time } from "../observed";
import { responseLimit } from "../section/read";
import { exceeds, ofTerminal, partOf } from "./alarm";
import { FARTHEST, STEP, hasCompany, noteShift } from "./drift";
import { ResponseModel, Time } from "./state";

/** Deviations; besides, one step. */
const SLACK: f32 = 0.5;
/** One answer outside is enough when it is this many tolerances outside; else two within TOGETHER. */
const FAR: f64 = 4;
const TOGETHER: u32 = 256;
/** 1.5 s. */
const WAIT: i64 = 15000000;

/** who: the detectors' number of the bus * 32 + address; gap: the response time, 0.1 us, 0 = not measured. */
export function judgeTime(who: u32, answer: u32, gap: u32): void {
  if (gap == 0) return;
  const i = <u32>load<u16>(responsePlaces + ((<usize>((who << 2) | answer)) << 1));
  if (i == 0) return;
  const t = responseModel(i - 1),
    s = busModel(who >> 5),
    late = <f32>gap - t.mean;
  noteShift(terminalModel(who), busAt(who >> 5), late, t.deviation);
  const here = <f32>gap - s.drift,
    low = <f32>(<u32>t.least),
    high = <f32>(<u32>t.most);
  const off = here < low ? low - here : here > high ? here - high : 0;
  if (t.age < 0xffff) t.age += 1;
  if (off != 0 && exceeds(Detector.BUS_RESPONSE, <f64>off, <f64>t.tolerance)) {
    const enough = t.alone != 0 || t.age < TOGETHER || exceeds(Detector.BUS_RESPONSE, <f64>off, FAR * <f64>t.tolerance);
    const mayBeDrift = hasCompany(s) && s.isSettled == 0 && off <= FARTHEST;
    if (enough && !mayBeDrift) found(Time.OUTSIDE, who, answer, gap, t, <f64>off, <f64>t.tolerance);
    t.age = 0;
  }
  judgeShift(t, who, answer, gap, late - s.drift);
}

function judgeShift(t: ResponseModel, who: u32, answer: u32, gap: u32, late: f32): void {
  const z = min<f32>(max<f32>(late * t.inverse, -8), 8),
    slack = SLACK + STEP * t.inverse;
  if (t.up == 0 && t.down == 0) t.since = time;
  const most = <f32>(4 * responseLimit());
  t.up = min<f32>(max<f32>(t.up + z - slack, 0), most);
  t.down = min<f32>(max<f32>(t.down - z - slack, 0), most);
  const sum = max<f32>(t.up, t.down);
  if (t.over == 0 && <f64>sum <= responseLimit() * 0.5) return;
  const isOver = exceeds(Detector.BUS_RESPONSE, <f64>sum, responseLimit());
  if (isOver) {
    if (t.over == 0) {
      t.over = start | 1;
      t.highest = 0;
      t.isSaid = 0;
    }
    t.highest = max<f32>(t.highest, sum);
  }
  if (t.over == 0 || (hasCompany(busModel(who >> 5)) && apart(start, t.over) < WAIT)) return;
  if (isOver || t.isSaid == 0) found(Time.SHIFT, who, answer, gap, t, <f64>(isOver ? sum : t.highest), responseLimit());
  t.isSaid = 1;
  if (!isOver) t.over = 0;
}

function found(what: u32, who: u32, answer: u32, gap: u32, t: ResponseModel, score: f64, limit: f64): void {
  const f = ofTerminal(Detector.BUS_RESPONSE, what, partOf(who, (what << 2) | answer), who, score, limit);
  if (what == Time.SHIFT) f.since = t.since;
  f.a = <f64>gap;
  f.b = what == Time.SHIFT ? <f64>t.mean : <f64>t.least;
  f.c = what == Time.SHIFT ? <f64>(1 / t.inverse) : <f64>t.most;
  f.d = <f64>(who & 31);
}
