// What gives bus controllers away, from a section.
import { controllerAt } from "../arena";
import { CONTROLLERS } from "../capacity";
import { ClockRecord, ControllerRecord, GAP_RANGES, PauseRecord } from "../generated/section";
import { isGood, require, requireFrom, take } from "./cursor";

export function readController(busCount: u32, identityCount: u32): void {
  const p = take(offsetof<ControllerRecord>());
  if (p == 0) return;
  const r = changetype<ControllerRecord>(p);
  if (!require(<u32>r.bus < busCount && <u32>r.bus < CONTROLLERS && r.clocks <= 1)) return;
  for (let n = <u32>r.pauses; n != 0 && isGood(); --n) readPause(<u32>r.bus);
  if (r.clocks != 0) readClock(<u32>r.bus, identityCount);
}

function readPause(bus: u32): void {
  const p = take(offsetof<PauseRecord>());
  if (p == 0) return;
  const r = changetype<PauseRecord>(p);
  if (!require(<u32>r.range < GAP_RANGES && r.most != 0 && r.most >= r.least)) return;
  const range = controllerAt(bus).range(<u32>r.range);
  range.least = r.least;
  range.most = r.most;
  range.windows = max<u16>(r.tolerance, 1);
}

function readClock(bus: u32, identityCount: u32): void {
  const p = take(offsetof<ClockRecord>());
  if (p == 0) return;
  const r = changetype<ClockRecord>(p);
  requireFrom(1, r.least);
  requireFrom(r.least, r.most);
  requireFrom(0.1, r.step);
  if (!require(<u32>r.identity < identityCount)) return;
  const c = controllerAt(bus);
  c.anchor = <u16>(r.identity + 1);
  c.least = r.least;
  c.most = r.most;
  c.step = r.step;
  c.usual = (r.least + r.most) / 2;
  c.period = <f64>c.usual;
}
