// REQ-FILTER-001, REQ-FILTER-002, REQ-FILTER-003, REQ-FILTER-013, REQ-FILTER-016, REQ-FILTER-017, REQ-IMAGE-011
// The second compartment: decides which frames cross, and makes those anew.
//
// Default deny, fail closed: a frame is emitted only when it parsed strictly, the second checker agrees, a rule of the
// policy allows it, nobody is shut out, no rate is exceeded and inspect has nothing against it. There is one call of
// emit(). inspect can only add a reason to drop: its verdict speaks of this record, its measures of whom they name,
// neither of whom the policy protects.
import {
  ABI_VERSION,
  INPUT_SIZE,
  RECORD_HEADER,
  RecordHeader,
  RecordKind,
  Refusal,
} from "../../../contract/onboard/abi";
import { MAX_RULES, RuleAction, RulePayload } from "../../../contract/onboard/config";
import { spareAt } from "../../../contract/onboard/spare";
import { FIELDS, Fields, Known } from "../../../../diode/onboard/fields";
import { parse } from "../../../../diode/onboard/parse";
import { BROKEN, passing, remakeMessages, ruleOf } from "../../../../diode/onboard/messages/remake";
import { secondMessages, secondRuleOf } from "../../../../diode/onboard/messages/second";
import { Limits, shutOut, tightenedDue } from "../../../../diode/onboard/quarantine";
import { charge, conforms } from "../../../../diode/onboard/rate";
import { Reason } from "../../../../diode/onboard/generated/reasons";
import { packetLength } from "../../../../diode/onboard/remake";
import { firstMatch } from "../../../../diode/onboard/rules";
import { second } from "../../../../diode/onboard/second";
import { align8 } from "../../../../lib/onboard/bytes";
import { setKey } from "../../../../lib/onboard/keyed";
import { countBackwards, countLimited, countMessage, countReason, countRule } from "./counters";
import * as events from "./events";
import * as output from "./output";
import { emit, mayLeave } from "./output";
import {
  configurePolicy,
  ignoreChecksums,
  networks,
  protectedCount,
  protectedNetworks,
  ranges,
  rule,
  ruleCount,
  rules,
  settings,
  transferAt,
} from "./policy";
import { beginTransfer, nextTransfer, takeTransfer, transferTime } from "./transfer";
import { configureSpare } from "./spare";
import { areAgainst, measureList, speaksOf, takeMeasures } from "./measures";
import { reportDrop, reportRules, reportStats } from "./report";

const INPUT: usize = memory.data(INPUT_SIZE, 8);
const FRAME: usize = memory.data(FIELDS, 8);
const RULE_DUE: usize = memory.data(MAX_RULES * sizeof<u64>(), 8); // rate.ts, a state for each rule
const CONTENT_SIZE: u32 = 12288; // of a payload made anew: at most a third longer than what came
const CONTENT: usize = memory.data(CONTENT_SIZE, 8);
const LIMITS: usize = memory.data(offsetof<Limits>(), 8);
const SECOND: u64 = 1000000000;
const ETHERNET_LINK: u32 = 1;

let configured = false;
let clock: u64 = 0; // greatest time of any record so far
let heartbeat: u64 = 0; // time of the next; 0 before the first record

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
  return output.at();
}
export function framesLength(): u32 {
  return output.length();
}
export function measuresAt(): usize {
  return measureList();
}
export function key(a: u64, b: u64): void {
  setKey(a, b);
}
export function spare(i: u32): u64 {
  return spareAt(i);
}
export function tick(): u64 {
  return output.tickInterval();
}

export function configure(length: u32): u32 {
  if (configured || length > INPUT_SIZE) return Refusal.CONTENT;
  const refusal = configurePolicy(INPUT, length);
  configured = refusal == Refusal.NONE;
  if (configured) begin(length);
  return refusal;
}

function begin(length: u32): void {
  output.beginOutput();
  beginTransfer(INPUT);
  configureSpare(length, CONTENT, CONTENT_SIZE);
  const s = settings(),
    l = changetype<Limits>(LIMITS);
  l.length = s.quarantineTime;
  l.perMinute = s.quarantineRate;
  l.protectedTerminals = s.protectedTerminals;
  l.protectedNetworks = protectedNetworks;
  l.protectedCount = protectedCount;
  l.rules = rules;
  l.ruleCount = ruleCount;
  l.networks = networks;
}

export function run(from: u32, to: u32): u32 {
  assert(configured && from <= to && to <= INPUT_SIZE && ((from | to) & 7) == 0);
  output.clear();
  events.clear();
  let at = from;
  while (at < to) {
    assert(to - at >= RECORD_HEADER);
    const r = changetype<RecordHeader>(INPUT + at);
    assert(r.captured <= to - at - RECORD_HEADER); // a multiple of 8, so what fills up the record fits too
    if (!output.roomForRecord() || !events.roomForRecord(r.kind == RecordKind.END)) return at;
    events.startRecord(at);
    step(r, at);
    at += RECORD_HEADER + align8(r.captured);
  }
  return to;
}

function step(r: RecordHeader, at: u32): void {
  if (r.time < clock) countBackwards();
  else clock = r.time;
  output.startRecord(at, clock);
  beat(r);
  takeMeasures(r, at, clock, changetype<Limits>(LIMITS));
  if (r.kind == RecordKind.FRAME) filter(r, at);
  if (transferAt != 0) relay(at, r.kind == RecordKind.FRAME ? 1 : output.RELEASES);
}

/** The heartbeat at each whole second that a record's time reaches, and at the end. */
function beat(r: RecordHeader): void {
  if (heartbeat == 0) heartbeat = (r.time / SECOND + 1) * SECOND;
  const last = r.kind == RecordKind.END;
  if (r.time < heartbeat && !last) return;
  heartbeat = (r.time / SECOND + 1) * SECOND;
  reportStats(clock);
  reportRules(r.time, last);
}

function filter(r: RecordHeader, at: u32): void {
  const f = changetype<Fields>(FRAME);
  let reason = form(r, f);
  let matched: i32 = -1;
  if (reason == Reason.NONE) reason = dynamic(r, f);
  if (reason == Reason.NONE) {
    matched = firstMatch(f, rules, ruleCount, networks, ranges);
    reason = allowed(r, matched);
    if (reason == Reason.NONE && rule(<u32>matched).payload == RulePayload.MIL1553) reason = content(f);
    if (reason == Reason.NONE) reason = within(f, matched);
    if (reason == Reason.NONE && rule(<u32>matched).payload == RulePayload.TRANSFER) reason = takeTransfer(f, clock);
  }
  if (reason == Reason.NONE) {
    countRule(<u32>matched);
    const payload = rule(<u32>matched).payload;
    if (payload == RulePayload.MIL1553) for (let i: u32 = 0; i < passing; ++i) countMessage(ruleOf(i));
    if (payload != RulePayload.TRANSFER) pass(f, payload != RulePayload.ZERO, at);
    return;
  }
  if (reason == Reason.DENIED) countRule(<u32>matched);
  else countReason(reason);
  if (reason == Reason.RATE) countLimited(<u32>matched);
  reportDrop(r, f, reason, reason == Reason.DENIED || reason == Reason.RATE ? matched : -1, clock);
}

/**
 * What leaves of a transfer now: for each frame that came at most one, so that a batch does not send more than the ring
 * of `out` takes; parity and what was calculated go with frames that bring no data, and with ticks.
 */
function relay(at: u32, most: u32): void {
  transferTime(clock);
  for (let n: u32 = 0; n < most && mayLeave(clock); ++n) {
    const f = nextTransfer(clock);
    if (f == 0) return;
    pass(changetype<Fields>(f), true, at);
  }
}

/** The one place that lets anything out. */
function pass(f: Fields, copyPayload: bool, at: u32): void {
  emit(f, copyPayload, at, clock);
}

function form(r: RecordHeader, f: Fields): u32 {
  f.known = Known.NOTHING;
  if (<u32>r.link != ETHERNET_LINK) return Reason.LINK;
  if (r.captured != r.original) return Reason.CUT;
  const reason = parse(f, changetype<usize>(r) + RECORD_HEADER, r.captured, ignoreChecksums());
  if (reason != Reason.NONE) return reason;
  return packetLength(f) > settings().mtu ? Reason.MTU : Reason.NONE;
}

/** What inspect said of this frame, and what it said of its source, flow or messages now and before. */
function dynamic(r: RecordHeader, f: Fields): u32 {
  const l = changetype<Limits>(LIMITS);
  if (speaksOf(r, f, l) || areAgainst(f, l)) return Reason.VERDICT;
  return shutOut(f, clock, l) ? Reason.QUARANTINE : Reason.NONE;
}

/** Both checkers: the first found `matched`; the second must find the same. */
function allowed(r: RecordHeader, matched: i32): u32 {
  if (matched < 0) return Reason.DEFAULT;
  if (rule(<u32>matched).action != RuleAction.ALLOW) return Reason.DENIED;
  return second(changetype<usize>(r) + RECORD_HEADER, r.captured) == matched ? Reason.NONE : Reason.CHECKERS;
}

/** Takes the payload apart to its 1553 messages; from here on it is what both checkers let out of it. */
function content(f: Fields): u32 {
  const made = remakeMessages(f, clock, CONTENT);
  if (made == BROKEN) return Reason.CHAPTER10;
  if (made == 0) return Reason.MESSAGES;
  if (secondMessages(CONTENT, made) != <i32>passing) return Reason.CHECKERS;
  for (let i: u32 = 0; i < passing; ++i) if (secondRuleOf(i) != ruleOf(i)) return Reason.CHECKERS;
  f.payload = CONTENT;
  f.payloadLength = made;
  return packetLength(f) > settings().mtu ? Reason.MTU : Reason.NONE;
}

/** The rates of source, rule and `out`. A frame that one of them stops uses up nothing of the others. */
function within(f: Fields, matched: i32): u32 {
  const r = rule(<u32>matched),
    s = settings();
  const due = RULE_DUE + (matched << 3),
    tightened = tightenedDue(f, clock);
  if (tightened != 0 && !conforms(tightened, clock, s.tightened, 0)) return Reason.TIGHTENED;
  if (!conforms(due, clock, r.interval, r.slack)) return Reason.RATE;
  if (!mayLeave(clock)) return Reason.SHAPING;
  if (tightened != 0) charge(tightened, clock, s.tightened);
  charge(due, clock, r.interval);
  return Reason.NONE;
}
