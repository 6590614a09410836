// Test entry: the reader over Chapter 10 bytes, each message to the detectors, findings collected.
import { Text, open } from "../../../lib/onboard/text";
import { Found, bus, end, message, next, reset as resetReader, stream } from "../../../mil1553/onboard/reader";
import { FINDING, Finding, clearFindings, finding, found, lost, resetScales, setScale } from "../../onboard/finding";
import * as detectors from "./mil1553";
import { TABLES } from "./arena";

const INPUT_SIZE: u32 = 1 << 20;
const INPUT: usize = memory.data(1 << 20, 8);
const RESULTS: u32 = 8192;
const RESULT: u32 = 8 + FINDING; // u32 message number, u32 0, Finding
const results: usize = memory.data(RESULTS * RESULT, 8);
const TEXT_SIZE: u32 = 1024;
const TEXT: usize = memory.data(TEXT_SIZE, 8);
const CURSOR: usize = memory.data(24, 8);
let count: u32 = 0;
let dropped: u32 = 0;
let messages: u32 = 0;

export function inputAt(): usize {
  return INPUT;
}
export function inputSize(): u32 {
  return INPUT_SIZE;
}
export function resultsAt(): usize {
  return results;
}
export function resultSize(): u32 {
  return RESULT;
}
export function textAt(): usize {
  return TEXT;
}
/** Bytes of all tables together. */
export function tables(): u32 {
  return TABLES;
}
export function lostFindings(): u64 {
  return lost() + dropped;
}
export function messageCount(): u32 {
  return messages;
}

/** Everything forgotten, the reader's state too. */
export function begin(): void {
  resetReader();
  resetScales();
  detectors.reset();
  clearFindings();
  count = dropped = messages = 0;
}
export function scale(detector: u32, factor: f64): void {
  setScale(detector, factor);
}
/** The section is input[0..length). */
export function configure(length: u32): bool {
  const good = detectors.configure(INPUT, length);
  resetReader();
  clearFindings();
  count = dropped = messages = 0;
  return good;
}

function keep(): void {
  for (let i: u32 = 0; i < found(); ++i) {
    if (count == RESULTS) {
      dropped += 1;
      continue;
    }
    const r = results + <usize>(count * RESULT);
    store<u32>(r, messages);
    memory.copy(r + 8, changetype<usize>(finding(i)), <usize>FINDING);
    count += 1;
  }
  clearFindings();
}

function drain(mode: u32): void {
  for (;;) {
    const f = next();
    if (f == Found.NONE) return;
    if (f != Found.MESSAGE) continue;
    messages += 1;
    if (mode == 0) detectors.learn(message(), bus());
    else if (mode == 1) {
      detectors.check(message(), bus());
      if (found()) keep();
    }
  }
}

/** input[0..length), whole packets or parts of a file. mode 0 learn, 1 check, 2 read only. */
export function feed(length: u32, mode: u32): void {
  stream(INPUT, length);
  drain(mode);
}
export function feedEnd(mode: u32): void {
  end();
  drain(mode);
}
export function passing(time: u64): void {
  detectors.passing(time);
  keep();
}
/** Findings since the last call. */
export function take(): u32 {
  const n = count;
  count = 0;
  return n;
}
/** Length of the next entry's text at textAt(); 0 when there is none; above 1000: it does not fit. */
export function exportNext(): u32 {
  const t = changetype<Text>(CURSOR);
  open(t, TEXT, 1000);
  if (!detectors.exportNext(t)) return 0;
  return t.overflow ? 1001 : <u32>(t.at - TEXT);
}
/** Expected, then seen, of a result: length of the first << 16 | of both. */
export function explain(i: u32): u32 {
  const t = changetype<Text>(CURSOR);
  open(t, TEXT, 1000);
  const f = changetype<Finding>(results + <usize>(i * RESULT) + 8);
  detectors.expected(t, f);
  const first = <u32>(t.at - TEXT);
  detectors.seen(t, f);
  return t.overflow ? 0 : (first << 16) | (<u32>(t.at - TEXT));
}
