// The second compartment: decides which frames cross, and makes those anew.
//
// Default deny, fail closed: a frame is emitted only when it parsed strictly, the second checker agrees, a rule of the
// policy allows it, nobody is shut out, no rate is exceeded and inspect has nothing against it. There is one call of
// emit(). inspect's verdict can only add a reason to drop.
import {
  ABI_VERSION, Action, EventKind, FRAME_HEADER, INPUT_SIZE, RECORD_HEADER, RecordHeader, RecordKind, Refusal,
} from "../../abi/onboard/abi";
import { RuleAction, RulePayload } from "../../abi/onboard/config";
import { FIELDS, Fields, Known } from "../../../diode/onboard/fields";
import { parse } from "../../../diode/onboard/parse";
import { BROKEN, passing, remakeMessages, ruleOf } from "../../../diode/onboard/messages/remake";
import { secondMessages, secondRuleOf } from "../../../diode/onboard/messages/second";
import { Outcome, shutOut, take } from "../../../diode/onboard/quarantine";
import { charge, conforms } from "../../../diode/onboard/rate";
import { Reason } from "../../../diode/onboard/reasons";
import { packetLength, remake } from "../../../diode/onboard/remake";
import { firstMatch } from "../../../diode/onboard/rules";
import { second } from "../../../diode/onboard/second";
import { align8 } from "../../../lib/onboard/bytes";
import { countBackwards, countLimited, countMessage, countReason, countRule } from "./counters";
import * as events from "./events";
import {
  configurePolicy, ignoreChecksums, networks, protectedCount, protectedNetworks, ranges, rule, ruleCount, rules, settings,
} from "./policy";
import { reportDrop, reportQuarantine, reportRules, reportStats } from "./report";

const INPUT: usize = memory.data(131072, 8);
const FRAMES_SIZE: u32 = 49152;
const FRAMES: usize = memory.data(49152, 8);
const FRAME_RESERVE: u32 = 16 + 14 + 9000 + 8;
const FRAME: usize = memory.data(112, 8);
const RULE_DUE: usize = memory.data(128 * 8, 8); // rate.ts, a state for each rule
const CONTENT: usize = memory.data(12288, 8);    // a payload made anew: at most a third longer than what came
const OUT_DUE: usize = memory.data(8, 8);
const SECOND: u64 = 1000000000;
const ETHERNET_LINK: u32 = 1;

let configured = false;
let framesUsed: u32 = 0;
let clock: u64 = 0;          // greatest time of any record so far
let heartbeat: u64 = 0;      // time of the next; 0 before the first record
let identification: u32 = 0; // IPv4, of the next frame that leaves

export function abi(): u32 { return ABI_VERSION; }
export function inputAt(): usize { return INPUT; }
export function inputSize(): u32 { return INPUT_SIZE; }
export function eventsAt(): usize { return events.at(); }
export function eventsLength(): u32 { return events.length(); }
export function framesAt(): usize { return FRAMES; }
export function framesLength(): u32 { return framesUsed; }

export function configure(length: u32): u32 {
  if (configured || length > INPUT_SIZE) return Refusal.CONTENT;
  const refusal = configurePolicy(INPUT, length);
  configured = refusal == Refusal.NONE;
  return refusal;
}

export function run(from: u32, to: u32): u32 {
  assert(configured && from <= to && to <= INPUT_SIZE && ((from | to) & 7) == 0);
  framesUsed = 0;
  events.clear();
  let at = from;
  while (at < to) {
    assert(to - at >= RECORD_HEADER);
    const r = changetype<RecordHeader>(INPUT + at);
    assert(r.captured <= to - at - RECORD_HEADER && align8(r.captured) <= to - at - RECORD_HEADER);
    if (framesUsed + FRAME_RESERVE > FRAMES_SIZE || !events.roomForRecord(r.kind == RecordKind.END)) return at;
    events.startRecord(at);
    step(r, at);
    at += RECORD_HEADER + align8(r.captured);
  }
  return to;
}

function step(r: RecordHeader, at: u32): void {
  if (r.time < clock) countBackwards(); else clock = r.time;
  beat(r);
  if (r.kind == RecordKind.FRAME) filter(r, at);
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
    if (reason == Reason.NONE) reason = within(matched);
  }
  if (reason == Reason.NONE) {
    countRule(<u32>matched);
    const payload = rule(<u32>matched).payload;
    if (payload == RulePayload.MIL1553) for (let i: u32 = 0; i < passing; ++i) countMessage(ruleOf(i));
    emit(f, at, payload != RulePayload.ZERO);
    return;
  }
  if (reason == Reason.DENIED) countRule(<u32>matched);
  else countReason(reason);
  if (reason == Reason.RATE) countLimited(<u32>matched);
  reportDrop(r, f, reason, reason == Reason.DENIED || reason == Reason.RATE ? matched : -1, clock);
}

function form(r: RecordHeader, f: Fields): u32 {
  f.known = Known.NOTHING;
  if (<u32>r.link != ETHERNET_LINK) return Reason.LINK;
  if (r.captured != r.original) return Reason.CUT;
  const reason = parse(f, changetype<usize>(r) + RECORD_HEADER, r.captured, ignoreChecksums());
  if (reason != Reason.NONE) return reason;
  return packetLength(f) > settings().mtu ? Reason.MTU : Reason.NONE;
}

/** What inspect said of this frame, and what it said of its source or flow before. */
function dynamic(r: RecordHeader, f: Fields): u32 {
  const s = settings();
  const action = r.verdict & 255;
  if (action == Action.PASS) return s.quarantineRate != 0 && shutOut(f, clock) ? Reason.QUARANTINE : Reason.NONE;
  if (action != Action.DROP && s.quarantineRate != 0) {
    const flow = action == Action.QUARANTINE_FLOW;
    const outcome = take(f, flow, clock, s.quarantineTime, s.quarantineRate, protectedNetworks, protectedCount);
    if (outcome == Outcome.NEW) reportQuarantine(r, f, flow, clock + s.quarantineTime, r.verdict >> 8 & 255);
  }
  return Reason.VERDICT;
}

/** Both checkers: the first found `matched`; the second must find the same. */
function allowed(r: RecordHeader, matched: i32): u32 {
  if (matched < 0) return Reason.DEFAULT;
  if (rule(<u32>matched).action != RuleAction.ALLOW) return Reason.DENIED;
  return second(changetype<usize>(r) + RECORD_HEADER, r.captured) == matched ? Reason.NONE : Reason.CHECKERS;
}

/** Takes the payload apart to its 1553 messages; from here on it is what both checkers let out of it. */
function content(f: Fields): u32 {
  const made = remakeMessages(f.payload, f.payloadLength, CONTENT);
  if (made == BROKEN) return Reason.CHAPTER10;
  if (made == 0) return Reason.MESSAGES;
  if (secondMessages(CONTENT, made) != <i32>passing) return Reason.CHECKERS;
  for (let i: u32 = 0; i < passing; ++i) if (secondRuleOf(i) != ruleOf(i)) return Reason.CHECKERS;
  f.payload = CONTENT;
  f.payloadLength = made;
  return packetLength(f) > settings().mtu ? Reason.MTU : Reason.NONE;
}

/** The rule's rate and that of `out`. A frame that one of them stops uses up nothing of the other. */
function within(matched: i32): u32 {
  const r = rule(<u32>matched), s = settings();
  const due = RULE_DUE + (matched << 3);
  if (!conforms(due, clock, r.interval, r.slack)) return Reason.RATE;
  if (!conforms(OUT_DUE, clock, s.interval, s.slack)) return Reason.SHAPING;
  charge(due, clock, r.interval);
  charge(OUT_DUE, clock, s.interval);
  return Reason.NONE;
}

function emit(f: Fields, at: u32, copyPayload: bool): void {
  const s = settings();
  const frame = FRAMES + framesUsed;
  const length = remake(frame + FRAME_HEADER, f, copyPayload, s.outMac, s.nextHopMac, s.ttl, identification);
  if (f.version == 4) identification = identification + 1 & 0xffff;
  store<u32>(frame, length);
  store<u32>(frame, at, 4);
  store<u64>(frame, 0, 8);
  const whole = align8(length);
  memory.fill(frame + FRAME_HEADER + length, 0, whole - length);
  framesUsed += FRAME_HEADER + whole;
}
