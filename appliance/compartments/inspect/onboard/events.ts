// REQ-LOG-009
// inspect's events buffer: room, the frame around each event, and the alert that every detector writes through.
//
// Rule when full: run() starts a record only when RESERVE bytes are free. An event that does not fit after all is left
// out and counted in `lost`, which the heartbeat reports. An alert or anomaly that is too long for a record is
// shortened.
import { EVENT_HEADER, EventKind, MAX_EVENT, Score } from "../../../contract/onboard/abi";
import { align8 } from "../../../../lib/onboard/bytes";
import { Text, open } from "../../../../lib/onboard/text";
import { shorten } from "./shorten";

const SIZE: u32 = 32768;
const RESERVE: u32 = 16384;
const MAX_TEXT: u32 = 240;
const TEXT_SIZE: u32 = MAX_TEXT + 16;
const NOTICE: u32 = 5; // RFC 5424; what is informational comes in parts that fit
const BUFFER: usize = memory.data(SIZE, 8);
const JSON_WRITER: usize = memory.data(24, 8);
const TEXT_WRITER: usize = memory.data(24, 8);
const TEXT: usize = memory.data(TEXT_SIZE, 8);

let used: u32 = 0;
let lost: u64 = 0;
let record: u32 = 0;

export function at(): usize {
  return BUFFER;
}
export function length(): u32 {
  return used;
}
export function lostEvents(): u64 {
  return lost;
}
export function clear(): void {
  used = 0;
}
export function roomForRecord(): bool {
  return used + RESERVE <= SIZE;
}

/** All events from now on belong to the record at this offset of the input. */
export function startRecord(offset: u32): void {
  record = offset;
}

/** Opens an event; write its JSON to the Text, and what the console shall show to text(). */
export function begin(): Text {
  const t = changetype<Text>(JSON_WRITER);
  const free = used + EVENT_HEADER < SIZE ? SIZE - used - EVENT_HEADER : 0;
  open(t, BUFFER + used + EVENT_HEADER, min<u32>(free, MAX_EVENT));
  open(changetype<Text>(TEXT_WRITER), TEXT, MAX_TEXT);
  return t;
}

@inline export function text(): Text {
  return changetype<Text>(TEXT_WRITER);
}

/** An event of kind SCORE: where to write it. */
export function score(): usize {
  const whole = EVENT_HEADER + <u32>offsetof<Score>();
  if (used + whole > SIZE) {
    lost += 1;
    return TEXT;
  }
  const start = BUFFER + used;
  memory.fill(start, 0, EVENT_HEADER);
  store<u32>(start, record);
  store<u16>(start, <u16>offsetof<Score>(), 4);
  store<u8>(start, <u8>EventKind.SCORE, 9);
  used += whole;
  return start + EVENT_HEADER;
}

/** Closes the event with its syslog severity. */
export function end(severity: u32, kind: EventKind = EventKind.EVENT): void {
  const t = changetype<Text>(JSON_WRITER);
  const start = BUFFER + used;
  const short = <u32>(text().at - TEXT);
  if (t.overflow && kind == EventKind.EVENT && severity <= NOTICE) shorten(t, start + EVENT_HEADER);
  const json = <u32>(t.at - start - EVENT_HEADER);
  const whole = align8(EVENT_HEADER + json + short);
  if (t.overflow || used + whole > SIZE) {
    lost += 1;
    return;
  }
  memory.fill(t.at, 0, whole - EVENT_HEADER - json);
  memory.copy(t.at, TEXT, short);
  store<u32>(start, record);
  store<u16>(start, <u16>json, 4);
  store<u16>(start, <u16>short, 6);
  store<u8>(start, <u8>severity, 8);
  store<u8>(start, <u8>kind, 9);
  memory.fill(start + 10, 0, 6);
  used += whole;
}
