// REQ-LOG-008
// The heartbeat's part of inspect: once for each second of record time in which a record came, and at the end.
import { EventKind, MAX_EVENT } from "../../../contract/onboard/abi";
import { Text, hex64, lit, open, timestamp, unsigned } from "../../../../lib/onboard/text";
import { evictions } from "../../../../detectors/onboard/dispatch";
import { lost } from "../../../../detectors/onboard/finding";
import { scoredPackets, scoresDigest } from "../../../../detectors/onboard/scores";
import { forcedFlows, openFlows } from "../../../../ip/onboard/flow";
import { alertsRaised } from "./alerts";
import { framesRecorded, messagesSeen } from "./bus";
import { findingsHeld } from "./findings";
import { alertsUnreported, flowsUnreported } from "./budget";
import * as events from "./events";
import { measuresLost } from "./measures";
import { anomaliesSeen, anomaliesUnreported } from "./limit";
import { policy } from "./settings";
import { findingsSuppressed } from "./suppression";

const SECOND: u64 = 1000000000;
const INFORMATIONAL: u32 = 6;

const HELD: usize = memory.data(MAX_EVENT, 8); // what is to be said of the record at hand
const WRITER: usize = memory.data(24, 8);

let held: u32 = 0; // bytes
let next: u64 = 0;
let frames: u64 = 0;
let bytes: u64 = 0;
let cut: u64 = 0;

export function count(captured: u32, original: u32): void {
  frames += 1;
  bytes += original;
  if (captured < original) cut += 1;
}

/**
 * Before a record is worked on: a heartbeat when its time has reached the next whole second. It says how things are
 * now, but leaves with the last that there is to say of the record: guard's part, which the journal joins it with,
 * comes no earlier.
 */
export function due(time: u64): void {
  if (next != 0 && time < next) return;
  if (next != 0) {
    const t = changetype<Text>(WRITER);
    open(t, HELD, MAX_EVENT);
    write(t, time);
    held = t.overflow ? 0 : <u32>(t.at - HELD);
  }
  next = (time / SECOND + 1) * SECOND;
}

@inline export function isHeld(): bool {
  return held != 0;
}

/** When a record is done: the heartbeat that was due before it. Once isHeld(), there must be room for an event. */
export function release(): void {
  if (held == 0) return;
  const t = events.begin();
  memory.copy(t.at, HELD, held);
  t.at += held;
  events.end(INFORMATIONAL, EventKind.STATS);
  held = 0;
}

function digest(t: Text, v: u64): void {
  hex64(t, v);
}

/** A heartbeat at once. */
export function beat(time: u64): void {
  write(events.begin(), time);
  events.end(INFORMATIONAL, EventKind.STATS);
}

function write(t: Text, time: u64): void {
  lit(t, '{"timestamp":"');
  timestamp(t, time);
  lit(t, '","event_type":"heartbeat","inspect":{"policy":"');
  digest(t, policy());
  lit(t, '","frames":');
  unsigned(t, frames);
  lit(t, ',"bytes":');
  unsigned(t, bytes);
  lit(t, ',"cut":');
  unsigned(t, cut);
  lit(t, ',"messages_1553":');
  unsigned(t, messagesSeen());
  lit(t, ',"frames_recorded":');
  unsigned(t, framesRecorded());
  lit(t, ',"flows":');
  unsigned(t, openFlows());
  lit(t, ',"flows_forced":');
  unsigned(t, forcedFlows());
  lit(t, ',"alerts":');
  unsigned(t, alertsRaised());
  lit(t, ',"findings_held":');
  unsigned(t, findingsHeld());
  lit(t, ',"findings_suppressed":');
  unsigned(t, findingsSuppressed());
  lit(t, ',"findings_lost":');
  unsigned(t, lost() + measuresLost());
  lit(t, ',"evictions":');
  unsigned(t, evictions());
  lit(t, ',"scores":');
  unsigned(t, scoredPackets());
  lit(t, ',"scores_digest":"');
  digest(t, scoresDigest());
  lit(t, '","anomalies":');
  unsigned(t, anomaliesSeen());
  lit(t, ',"anomalies_unreported":');
  unsigned(t, anomaliesUnreported());
  lit(t, ',"alerts_unreported":');
  unsigned(t, alertsUnreported());
  lit(t, ',"flows_unreported":');
  unsigned(t, flowsUnreported());
  lit(t, ',"events_lost":');
  unsigned(t, events.lostEvents());
  lit(t, "}");
}
