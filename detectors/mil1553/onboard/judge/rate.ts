// bus-period, of messages without a schedule: whether they come more often than they ever did. That they do not come
// any more is found as of the others (period.ts). Intervals with a hole of the recording in between say nothing.
import { Detector } from "../../../onboard/catalogue";
import { rateOf } from "../arena";
import { IdentityFlag } from "../generated/section";
import { apart, start, time } from "../observed";
import { step } from "../rate";
import { alarm, exceeds } from "./alarm";
import { IdentityModel, Period } from "./state";

/** A sum goes no higher than so many limits: it is back soon when all is as usual again. */
const HIGHEST: f32 = 4;

@inline export function hasRate(k: IdentityModel): bool {
  return ((<u32>k.flags) & IdentityFlag.RATE) != 0;
}

/** After which it is missing, 0.1 us. */
@inline export function absenceOf(k: IdentityModel): i64 {
  return <i64>rateOf(k).absence;
}

/** It came again after dt > 0, 0.1 us; `last` is still the message before. */
export function judgeRate(k: IdentityModel, dt: i64): void {
  const r = rateOf(k);
  const level = min<f32>(r.level + step(<f32>min<f64>(<f64>dt * <f64>r.often, 1e6)), HIGHEST * r.limit);
  if (level <= 0) {
    r.level = 0;
    return;
  }
  if (r.level == 0) {
    r.count = 1;
    r.from = k.last;
  }
  r.level = level;
  r.count += 1;
  if (!exceeds(Detector.BUS_PERIOD, <f64>level, <f64>r.limit)) return;
  const f = alarm(Detector.BUS_PERIOD, Period.OFTEN, 0, <f64>level, <f64>r.limit);
  const lasts = max<i64>(apart(start, r.from), 0);
  f.since = time > <u64>lasts * 100 ? time - <u64>lasts * 100 : 0;
  f.a = <f64>lasts;
  f.b = <f64>r.count;
  f.c = 1 / max<f64>(<f64>r.often, 1e-12);
}
