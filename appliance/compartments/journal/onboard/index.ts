// REQ-DIODE-017, REQ-LOG-001
// The third compartment: numbers every event and makes it a syslog datagram (RFC 5424 over UDP, RFC 5426).
//
// It is apart from inspect and guard so that neither, not even when taken over by a hostile frame, can number, drop
// or forge records: it sees events only, and the log's addresses and its key are in no other compartment's memory.
//
// What inspect and guard say is not believed to be JSON: whatever is not printable ASCII becomes a question mark, so
// that a record is one line wherever it goes.
import {
  ABI_VERSION,
  COUNTERS,
  EVENT_HEADER,
  EventKind,
  FRAME_HEADER,
  INPUT_SIZE,
  MAX_EVENT,
  Refusal,
} from "../../../contract/onboard/abi";
import { align8 } from "../../../../lib/onboard/bytes";
import { Text, byte, lit, open, unsigned } from "../../../../lib/onboard/text";
import { Log, configureLog, datagram, keyed } from "./datagram";
import { EPOCH, nextKey, startKeys } from "./keys";
import { JournalSettings } from "../../../contract/onboard/config";
import { beginSpare, spareAt } from "../../../contract/onboard/spare";

const INPUT: usize = memory.data(INPUT_SIZE, 8);
const FRAMES_SIZE: u32 = 32768;
const FRAMES: usize = memory.data(FRAMES_SIZE, 8);
const JOINED_SIZE: u32 = 4096;
const JOINED: usize = memory.data(JOINED_SIZE, 8); // a heartbeat being put together
const COUNTER: usize = memory.data(COUNTERS * sizeof<u64>(), 8);
const LOG_SIZE: u32 = 128;
const LOG: usize = memory.data(LOG_SIZE, 8);
const WRITER: usize = memory.data(24, 8);
const ROOM: u32 = 6144; // what one event can need in the frames buffer at most: a heartbeat in two
const TIMESTAMP: u32 = 31; // behind {"timestamp":"
const STAMP_AT: u32 = 14;
const OPENED: u32 = 72; // {"timestamp":"...","event_type":"heartbeat",

let configured = false;
let framesUsed: u32 = 0;
let started = false;
let sequence: u64 = 0;
let inspectAt: usize = 0; // cursors into the two event buffers, kept while run() stops early
let guardAt: usize = 0;
let inspectEnd: usize = 0;
let guardEnd: usize = 0;

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
  return 0;
}
export function eventsLength(): u32 {
  return 0;
}
export function framesAt(): usize {
  return FRAMES;
}
export function framesLength(): u32 {
  return framesUsed;
}
export function spare(i: u32): u64 {
  return spareAt(i);
}
export function countersAt(): usize {
  return COUNTER;
}

export function configure(length: u32): u32 {
  const refusal = configureLog(changetype<Log>(LOG), INPUT, length);
  configured = refusal == Refusal.NONE;
  beginSpare();
  return refusal;
}

/**
 * Works through a block of events (abi.ts, "An event"). `from` = 0 starts a new block, any other continues the last.
 */
export function run(from: u32, to: u32): u32 {
  assert(configured && to >= 8 && to <= INPUT_SIZE);
  if (!started) start();
  if (from == 0) begin(to);
  framesUsed = 0;
  while (inspectAt < inspectEnd || guardAt < guardEnd) {
    if (framesUsed + ROOM > FRAMES_SIZE) return to - <u32>(inspectEnd - inspectAt) - <u32>(guardEnd - guardAt);
    step();
  }
  return to;
}

/** Before the first event: which start of the appliance this is, and the keys that follow from it. */
function start(): void {
  started = true;
  const log = changetype<Log>(LOG);
  const boot = load<u64>(COUNTER, 24);
  if (boot != 0) log.boot = boot;
  if (keyed(log)) startKeys(LOG + offsetof<JournalSettings>("key"), log.boot);
}

function begin(to: u32): void {
  const inspectLength = load<u32>(INPUT),
    guardLength = load<u32>(INPUT, 4);
  assert(<u64>inspectLength + guardLength + 8 == to);
  inspectAt = INPUT + 8;
  inspectEnd = guardAt = inspectAt + inspectLength;
  guardEnd = guardAt + guardLength;
}

/** Takes the next event: of the two buffers the one of the earlier record, inspect's when both are of the same. */
function step(): void {
  const fromInspect = inspectAt < inspectEnd && (guardAt >= guardEnd || load<u32>(inspectAt) <= load<u32>(guardAt));
  const event = fromInspect ? inspectAt : guardAt;
  const end = fromInspect ? inspectEnd : guardEnd;
  const next = event + size(event, end);
  if (fromInspect) inspectAt = next;
  else guardAt = next;
  const kind = <u32>load<u8>(event, 9);
  if (kind == EventKind.SCORE) return;
  if (kind == EventKind.STATS) {
    if (fromInspect) heartbeat(event); // guard's part is taken with inspect's; alone it would be no heartbeat
    return;
  }
  const json = event + EVENT_HEADER,
    length = <u32>load<u16>(event, 4);
  emit(json, length, json + length, load<u16>(event, 6), load<u8>(event, 8), 0);
}

function size(event: usize, end: usize): u32 {
  assert(event + EVENT_HEADER <= end);
  const n = EVENT_HEADER + align8(<u32>load<u16>(event, 4) + load<u16>(event, 6));
  assert(event + n <= end && <u32>load<u16>(event, 4) <= MAX_EVENT && <u32>load<u16>(event, 6) <= MAX_EVENT);
  return n;
}

/**
 * Joins inspect's part, guard's part of the same record where there is one, and what the host lost. Too long for one
 * record, it is two: inspect's part, then the others under the same time.
 */
function heartbeat(event: usize): void {
  const t = changetype<Text>(WRITER);
  open(t, JOINED, JOINED_SIZE);
  append(t, event);
  const guard = guardStats(load<u32>(event));
  const inspectLength = <u32>load<u16>(event, 4);
  const longest = inspectLength + (guard == 0 ? 0 : 1 + <u32>load<u16>(guard, 4)) + OWN;
  if (longest > MAX_EVENT && inspectLength > OPENED && inspectLength < MAX_EVENT) {
    byte(t, 125);
    emit(JOINED, <u32>(t.at - JOINED), 0, 0, load<u8>(event, 8), 1);
    open(t, JOINED, JOINED_SIZE);
    memory.copy(t.at, event + EVENT_HEADER, STAMP_AT + TIMESTAMP);
    t.at += STAMP_AT + TIMESTAMP;
    lit(t, '","event_type":"heartbeat"');
  }
  if (guard != 0) {
    byte(t, 44);
    append(t, guard);
  }
  lit(t, ',"journal":{"records":');
  unsigned(t, sequence);
  lit(t, ',"lost":{"in":');
  unsigned(t, load<u64>(COUNTER));
  lit(t, ',"out":');
  unsigned(t, load<u64>(COUNTER, 8));
  lit(t, ',"log":');
  unsigned(t, load<u64>(COUNTER, 16));
  lit(t, "}}}");
  emit(JOINED, <u32>(t.at - JOINED), 0, 0, load<u8>(event, 8), 1);
}

const OWN: u32 = 136; // the journal's part at most, 53 and four numbers of 20 digits

/** guard's part of the heartbeat of this record, 0 = none. */
function guardStats(record: u32): usize {
  let at = guardAt;
  while (at < guardEnd && load<u32>(at) <= record) {
    if (load<u32>(at) == record && load<u8>(at, 9) == EventKind.STATS) return at;
    at += size(at, guardEnd);
  }
  return 0;
}

function append(t: Text, event: usize): void {
  const n = <usize>load<u16>(event, 4);
  memory.copy(t.at, event + EVENT_HEADER, n);
  t.at += n;
}

function emit(json: usize, jsonLength: u32, text: usize, textLength: u32, severity: u32, isHeartbeat: u32): void {
  assert(jsonLength <= MAX_EVENT);
  const frame = FRAMES + framesUsed;
  if (keyed(changetype<Log>(LOG)) && sequence != 0 && sequence % EPOCH == 0) nextKey();
  sequence += 1;
  printable(json, jsonLength);
  const length = datagram(changetype<Log>(LOG), frame + FRAME_HEADER, json, jsonLength, severity, sequence);
  store<u32>(frame, length);
  store<u32>(frame, isHeartbeat, 4);
  store<u32>(frame, jsonLength, 8);
  store<u32>(frame, textLength, 12);
  const behind = frame + FRAME_HEADER + length;
  memory.copy(behind, json, jsonLength);
  memory.copy(behind + jsonLength, text, textLength);
  const used = FRAME_HEADER + length + jsonLength + textLength;
  const whole = align8(used);
  memory.fill(frame + used, 0, whole - used);
  framesUsed += whole;
}

function printable(p: usize, length: u32): void {
  for (let i: u32 = 0; i < length; ++i) {
    const c = <u32>load<u8>(p + i);
    if (c < 0x20 || c > 0x7e) store<u8>(p + i, 0x3f);
  }
}
