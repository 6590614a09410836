// REQ-FILTER-010, REQ-FILTER-011, REQ-FILTER-013
// What inspect says: of the record at hand, and of whom it asks to shut out or to slow down.
//
// The list is one of the host's (abi.ts). It may come from an inspect that lies: each Measure only ever adds reasons to
// drop, for a time, and none for a source or a terminal that the policy protects. One with an unknown action or version
// is passed over; a list that is too long ends the appliance.
import {
  ACTIONS,
  Action,
  MEASURES,
  Measure,
  MeasureList,
  RecordHeader,
  VerdictMask,
} from "../../../contract/onboard/abi";
import { Fields } from "../../../../diode/onboard/fields";
import {
  Limits,
  Outcome,
  isOfBus,
  isOwn,
  isProtectedSource,
  isTightening,
  take,
} from "../../../../diode/onboard/quarantine";
import { settings } from "./policy";
import { reportQuarantine } from "./report";

const LIST: usize = memory.data(offsetof<MeasureList>() + MEASURES * offsetof<Measure>(), 8);
let first: u32 = 0; // of those that belong to the record at hand
let last: u32 = 0; // behind them

@inline function list(): MeasureList {
  return changetype<MeasureList>(LIST);
}
@inline function measure(i: u32): Measure {
  return changetype<Measure>(LIST + offsetof<MeasureList>() + <usize>i * offsetof<Measure>());
}

export function measureList(): usize {
  return LIST;
}

/** Takes those of this record and of earlier ones. */
export function takeMeasures(r: RecordHeader, at: u32, clock: u64, l: Limits): void {
  assert(list().count <= MEASURES);
  first = list().taken;
  while (list().taken < list().count && measure(list().taken).record <= at) {
    const m = measure(list().taken);
    list().taken += 1;
    if (!isSane(m) || !isFor(m)) continue;
    if (take(m, clock, l) == Outcome.NEW) reportQuarantine(r, m, clock + settings().quarantineTime);
  }
  last = list().taken;
}

@inline function isSane(m: Measure): bool {
  const action = <u32>m.action;
  return action > <u32>Action.DROP && action < ACTIONS && (m.version == 4 || m.version == 6);
}

/** Whether the policy has a time or a rate for it. */
function isFor(m: Measure): bool {
  const s = settings();
  return s.quarantineRate != 0 && (!isTightening(m.action) || s.tightened != 0);
}

/** Whether the verdict on the record at hand is to drop it, and the policy does not protect its source. */
export function speaksOf(r: RecordHeader, f: Fields, l: Limits): bool {
  const action = r.verdict & VerdictMask.action;
  if (action == Action.PASS) return false;
  return action != Action.DROP || !isProtectedSource(f, l);
}

/**
 * Whether this frame, with which somebody gave himself away, is his own: it stays here even where there is no place for
 * an entry, or where the policy has no time or rate for one.
 */
export function areAgainst(f: Fields, l: Limits): bool {
  if (first == last || isProtectedSource(f, l)) return false;
  for (let i = first; i < last; ++i) {
    const m = measure(i);
    if (!isSane(m) || !isOwn(f, m)) continue;
    if (!isFor(m) || (!isOfBus(m.action) && !isTightening(m.action))) return true;
  }
  return false;
}
