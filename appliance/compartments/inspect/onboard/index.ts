// The first compartment: decodes what comes in, detects, and says of each record whether anything speaks against it.
import {
  ABI_VERSION,
  Action,
  INPUT_SIZE,
  MAX_CAPTURED,
  RECORD_HEADER,
  RecordHeader,
  RecordKind,
  Refusal,
  VERDICTS,
  stricter,
} from "../../../contract/onboard/abi";
import { ending, timePassed } from "../../../../detectors/onboard/dispatch";
import { steadyAtEnd } from "../../../../detectors/onboard/steady";
import { spareAt } from "../../../contract/onboard/spare";
import { align8 } from "../../../../lib/onboard/bytes";
import { setKey } from "../../../../lib/onboard/keyed";
import * as bus from "./bus";
import { budgetTime } from "./budget";
import * as events from "./events";
import * as heartbeat from "./heartbeat";
import { beginLearning, exportAll, exportDue, learning } from "./learning";
import { configureInspect } from "./settings";
import { configureSpare } from "./spare";
import { atHand } from "./alerts";
import { beginFindings, closeFindings, sweepFindings, takeFindings } from "./findings";
import { maintenanceTime } from "./maintenance";
import * as measures from "./measures";
import { reportSuppression } from "./suppression";
import { closeFlows, frame, packet, passing } from "./traffic";

const INPUT: usize = memory.data(INPUT_SIZE, 8);
const verdicts: usize = memory.data(VERDICTS * 4, 8);
let done: u32 = 0;
let configured = false;
let verdict: u32 = 0; // on the record at hand
let begun: bool = false; // the record at hand was taken in, and has more to say than there was room for
let fed: bool = false; // and holds Chapter 10
let told: bool = false; // at the end: what was learned has left

export function abi(): u32 {
  return ABI_VERSION;
}
export function inputAt(): usize {
  return INPUT;
}
export function inputSize(): u32 {
  return INPUT_SIZE;
}
export function eventsAt(): usize {
  return events.at();
}
export function eventsLength(): u32 {
  return events.length();
}
export function framesAt(): usize {
  return 0;
}
export function framesLength(): u32 {
  return 0;
}
export function key(a: u64, b: u64): void {
  setKey(a, b);
}
export function spare(i: u32): u64 {
  return spareAt(i);
}
export function verdictsAt(): usize {
  return verdicts;
}
export function verdictsLength(): u32 {
  return done;
}

export function measuresAt(): usize {
  return measures.measuresAt();
}
export function measuresLength(): u32 {
  return measures.measuresLength();
}

export function configure(length: u32): u32 {
  const refusal: u32 = length > INPUT_SIZE ? Refusal.LENGTH : configureInspect(INPUT, length);
  configured = refusal == Refusal.NONE;
  bus.begin();
  beginFindings();
  beginLearning();
  if (configured) configureSpare(INPUT);
  return refusal;
}

/** See abi.ts. */
export function run(from: u32, to: u32): u32 {
  assert(configured && from < to && to <= INPUT_SIZE && ((from | to) & 7) == 0);
  events.clear();
  measures.clearMeasures(begun);
  done = 0;
  let at = from;
  while (at < to && done < VERDICTS && events.roomForRecord() && measures.roomForMeasures()) {
    const r = changetype<RecordHeader>(INPUT + at);
    assert(to - at >= RECORD_HEADER && r.captured <= MAX_CAPTURED && RECORD_HEADER + align8(r.captured) <= to - at);
    events.startRecord(at);
    if (!begun) {
      verdict = Action.PASS;
      measures.startMeasures(at, r.kind == RecordKind.CHAPTER10);
    }
    if (!record(r, INPUT + at + RECORD_HEADER)) break;
    store<u32>(verdicts + ((<usize>done) << 2), verdict);
    done += 1;
    at += RECORD_HEADER + align8(r.captured);
  }
  return at;
}

/** Works through one record; false when it has more to say than there is room for: it is called again for the same. */
function record(r: RecordHeader, p: usize): bool {
  if (!begun) {
    if (exportDue(r.time) && !exportAll(r.time)) return false;
    begun = true;
    take(r, p);
  }
  if (fed && !bus.drain(r.time)) return false;
  if (fed) verdict = stricter(verdict, bus.takeVerdict());
  fed = false;
  if (r.kind == RecordKind.END) {
    const time = max<u64>(r.time, bus.latestTime());
    if (!bus.closeBuses() || !closeFlows(time) || !closeFindings()) return false;
    told = told || !learning() || exportAll(time);
    if (!told || !events.roomForRecord()) return false;
    told = false;
    heartbeat.release();
    reportSuppression(time);
    heartbeat.beat(time);
  }
  if (heartbeat.isHeld() && !events.roomForRecord()) return false;
  heartbeat.release();
  begun = false;
  return true;
}

/** What is done once for each record, before what it holds of Chapter 10 is drained. */
function take(r: RecordHeader, p: usize): void {
  if (r.kind == RecordKind.CHAPTER10) {
    bus.stream(p, r.captured);
    fed = true;
    return;
  }
  budgetTime(r.time);
  maintenanceTime(r.time);
  heartbeat.due(r.time);
  sweepFindings(r.time);
  timePassed(r.time);
  if (r.kind == RecordKind.FRAME) {
    heartbeat.count(r.captured, r.original);
    verdict = stricter(frame(p, r.captured, r.original, r.link, r.time, r.number), takeFindings());
    fed = bus.datagram(packet(), p);
    return;
  }
  atHand(0, 0, r.number);
  const isEnd = r.kind == RecordKind.END;
  const time = isEnd ? steadyAtEnd(r.time) : r.time;
  passing(time);
  if (isEnd) ending(time);
  takeFindings();
  if (isEnd) bus.end();
  else bus.tick(r.time);
  fed = true;
}
