// guard's events buffer, and how much it may say.
//
// The journal takes, in one round, what guard says about all records of one inspect.run(), VERDICTS (128) at most,
// behind inspect's events; 131,072 bytes for both. So each record earns GAIN bytes of credit, enough for one drop and a
// heartbeat, and at most CAP is kept. What is not due without fail waits or is left out (and counted) when the credit
// does not cover it. Credit depends on the records alone, never on how they are batched. Most there can be: 128 * GAIN
// + CAP + what END reports = 57,344 + 12,288 + 25,000 bytes, with inspect's 32,768 below the journal's input.
import { EVENT_HEADER, EventKind, MAX_EVENT } from "../../../contract/onboard/abi";
import { align8 } from "../../../../lib/onboard/bytes";
import { Text, open } from "../../../../lib/onboard/text";

const SIZE: u32 = 32768;
const END_RESERVE: u32 = 25600; // every counter (report.ts) and the heartbeat
const RESERVE: u32 = 13312; // all the credit there can be, and a heartbeat
const GAIN: u32 = 448;
const CAP: u32 = 12288;
const MAX_TEXT: u32 = 240;

const BUFFER: usize = memory.data(SIZE, 8);
const TEXT: usize = memory.data(MAX_TEXT, 8);
const JSON_WRITER: usize = memory.data(24, 8);
const TEXT_WRITER: usize = memory.data(24, 8);

export const enum Due {
  ALWAYS, // the heartbeat, the report at the end
  NOW, // a drop: when the credit covers it
  SOMETIME, // counters: when half the credit stays for drops
}

let used: u32 = 0;
let record: u32 = 0;
let credit: u32 = 12288; // as configured; a literal, since a start function would have to set anything else

export function at(): usize {
  return BUFFER;
}
export function length(): u32 {
  return used;
}
export function clear(): void {
  used = 0;
}
export function roomForRecord(last: bool): bool {
  return used + (last ? END_RESERVE : RESERVE) <= SIZE;
}

@inline export function text(): Text {
  return changetype<Text>(TEXT_WRITER);
}

/** All events from now on belong to the record at this offset of the input. */
export function startRecord(offset: u32): void {
  record = offset;
  credit = min<u32>(credit + GAIN, CAP);
}

/** Opens an event: write its JSON to the Text, what the console shall show to text(). */
export function begin(): Text {
  const t = changetype<Text>(JSON_WRITER);
  open(t, BUFFER + used + EVENT_HEADER, min<u32>(SIZE - used - EVENT_HEADER, MAX_EVENT));
  open(text(), TEXT, MAX_TEXT);
  return t;
}

/** Closes the event; whether it was kept. */
export function end(severity: u32, kind: EventKind, due: Due): bool {
  const t = changetype<Text>(JSON_WRITER);
  const start = BUFFER + used;
  const json = <u32>(t.at - start - EVENT_HEADER);
  const short = <u32>(text().at - TEXT);
  const whole = align8(EVENT_HEADER + json + short);
  if (t.overflow || used + whole > SIZE || !covered(whole, due)) return false;
  credit = whole < credit ? credit - whole : 0;
  memory.fill(t.at, 0, whole - EVENT_HEADER - json);
  memory.copy(t.at, TEXT, short);
  store<u32>(start, record);
  store<u16>(start, <u16>json, 4);
  store<u16>(start, <u16>short, 6);
  store<u8>(start, <u8>severity, 8);
  store<u8>(start, <u8>kind, 9);
  memory.fill(start + 10, 0, 6);
  used += whole;
  return true;
}

function covered(bytes: u32, due: Due): bool {
  if (due == Due.ALWAYS) return true;
  return bytes + (due == Due.SOMETIME ? CAP / 2 : 0) <= credit;
}
