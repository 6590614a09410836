// From findings to alerts. Findings of the same detector and key, or of one group, are one alert: the first leaves at
// once; what follows is held back, counted, and reported with its strongest finding each MINUTE while it goes on, and
// at the end. After QUIET without any it is a new alert.
//
// Rule when full: of GROUPS alerts at a time the one found longest ago makes room (detectors/onboard/table.ts); what it
// held back and had not reported stays counted in `held` only.
import { Action, stricter, verdictOf } from "../../../contract/onboard/abi";
import { InspectFlag } from "../../../contract/onboard/config";
import { keyed } from "../../../../lib/onboard/keyed";
import { HEADER, Table, find, open, peek } from "../../../../detectors/onboard/table";
import { Again, Finding, FINDING, clearFindings, finding, found } from "../../../../detectors/onboard/finding";
import { alert, alertWithin, busAtHand, keep, locateFinding, messageOf, packetAtHand, score } from "./alerts";
import { roomForAlert } from "./budget";
import * as events from "./events";
import { maintenanceOf } from "./maintenance";
import { measureFor } from "./measures";
import { has } from "./settings";
import { admitFinding } from "./suppression";

const GROUPS: u32 = 256;
const STRIDE: u32 = HEADER + 32 + FINDING;
const MINUTE: u64 = 60000000000;
const QUIET: u64 = 300000000000;

@unmanaged
class Group {
  key: u64; // as in table.ts
  check: u64;
  touch: u64;
  since: u64; // ns, of the first finding
  next: u64; // ns, when what was held back is reported
  last: u64; // ns, of the last finding
  count: u32; // findings since the last report
  window: u32; // of maintenance, in which all of these came; 0: some came outside
}

const groups: usize = memory.data(GROUPS * STRIDE, 8);
const TABLE_AT: usize = memory.data(40, 8);
let held: u64 = 0;
let sweep: u32 = 0;

@inline function table(): Table {
  return changetype<Table>(TABLE_AT);
}
@inline function group(i: u32): Group {
  return changetype<Group>(groups + <usize>(i * STRIDE));
}
@inline function strongest(g: Group): Finding {
  return changetype<Finding>(changetype<usize>(g) + HEADER + 32);
}

/** Findings that were no alert of their own, so far. */
export function findingsHeld(): u64 {
  return held;
}

export function beginFindings(): void {
  open(table(), groups, GROUPS, STRIDE);
  clearFindings();
  held = 0;
  sweep = 0;
}

/** Takes what the detectors found in the packet or message at hand; the verdict on the record that follows from it. */
export function takeFindings(): u32 {
  let verdict: u32 = Action.PASS;
  for (let i: u32 = 0; i < found(); ++i) {
    const f = finding(i);
    locateFinding(f);
    const window = maintenanceOf(f.detector, f.time);
    const action: u32 = window ? <u32>Action.PASS : measureFor(f, packetAtHand(), messageOf(), busAtHand());
    if (action != Action.PASS) verdict = stricter(verdict, verdictOf(action, f.detector));
    if (f.again == Again.DONE) continue;
    if (has(InspectFlag.SCORES)) score(f);
    if (f.again == Again.SAID && !has(InspectFlag.UNGROUPED) && isThere(f)) {
      held += 1;
      continue;
    }
    if (!admitFinding(f)) continue;
    if (has(InspectFlag.UNGROUPED)) alert(f, 1, f.since, window);
    else enter(f, window);
  }
  clearFindings();
  return verdict;
}

/** Whether the alert that it is part of is among those at present: what a flood of others displaced is said anew. */
function isThere(f: Finding): bool {
  return peek(table(), keyed(detectorOf(f), keyOf(f)), keyOf(f)) != 0;
}

/** A group is of several detectors. */
@inline function detectorOf(f: Finding): u32 {
  return f.group ? u32.MAX_VALUE : f.detector;
}
@inline function keyOf(f: Finding): u64 {
  return f.group ? f.group : f.key;
}

/** @param window of maintenance, in which it came; 0: none */
function enter(f: Finding, window: u32): void {
  const g = changetype<Group>(find(table(), keyed(detectorOf(f), keyOf(f)), keyOf(f)));
  const kept = strongest(g);
  if (table().fresh || f.time > g.last + QUIET || f.time + QUIET < g.last) {
    if (g.count) alertWithin(kept, g.count, g.since, g.window);
    g.since = f.since ? f.since : f.time;
    g.next = f.time + MINUTE;
    g.last = f.time;
    g.count = 0;
    if (alertWithin(f, 1, g.since, window)) return;
    // No room in the detector's budget: it is told with what follows, should that come
    keep(f, kept);
    g.count = 1;
    g.window = window;
    return;
  }
  held += 1;
  g.last = max<u64>(g.last, f.time);
  if (g.count == 0 || f.score * kept.threshold > kept.score * f.threshold) keep(f, kept);
  g.window = g.count == 0 || g.window != 0 ? window : 0;
  g.count += 1;
  kept.time = f.time;
  kept.parts = f.parts;
  kept.terminals = f.terminals;
  if (f.time >= g.next) reportHeld(g);
}

function reportHeld(g: Group): void {
  const kept = strongest(g);
  if (!roomForAlert(kept.detector)) return; // it is held back on
  alertWithin(kept, g.count, g.since, g.window);
  told(g);
}

function told(g: Group): void {
  g.count = 0;
  g.next = g.last + MINUTE;
}

/** Time went on: reports what one group in turn has held back for long enough. */
export function sweepFindings(time: u64): void {
  const g = group(sweep);
  sweep = (sweep + 1) & (GROUPS - 1);
  if (g.key != 0 && g.count != 0 && time >= g.next) reportHeld(g);
}

/** At the end: reports what is held back; false when there is no room left. */
export function closeFindings(): bool {
  for (let i: u32 = 0; i < GROUPS; ++i) {
    const g = group(i);
    if (g.key == 0 || g.count == 0) continue;
    if (!events.roomForRecord()) return false;
    alert(strongest(g), g.count, g.since, g.window);
    told(g);
  }
  return true;
}
