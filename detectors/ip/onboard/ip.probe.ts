// Test entry: decoder, fragments, flows and the IP detectors over records, as inspect calls them; findings as JSON
// lines.
import { INPUT_SIZE, RECORD_HEADER, RecordHeader, RecordKind } from "../../../appliance/contract/onboard/abi";
import { align8 } from "../../../lib/onboard/bytes";
import { Text, byte, decimal, lit, open, unsigned } from "../../../lib/onboard/text";
import { decode } from "../../../ip/onboard/decode";
import { nextExpired, update } from "../../../ip/onboard/flow";
import { forcedDatagrams, track } from "../../../ip/onboard/fragments";
import { PACKET_SIZE, Packet, innermost } from "../../../ip/onboard/packet";
import { writeDetector } from "../../onboard/catalogue";
import * as detectors from "../../onboard/endpoints.probe";
import { Subject, clearFindings, finding, found, lost, resetScales, setScale } from "../../onboard/finding";
import { steady } from "../../onboard/steady";
import { writeHost } from "./words";

const input: usize = memory.data(INPUT_SIZE, 8);
const packet: usize = memory.data(PACKET_SIZE, 8);
const out: usize = memory.data(1 << 22, 8);
const writer: usize = memory.data(24, 8);
const SCORES: u32 = 4096;
// of each frame: the highest score / threshold of the detectors chosen
const scores: usize = memory.data(SCORES * 8, 8);
let frames: u32 = 0;
let raised: u64 = 0;
let learns: bool = false;

export function inputAt(): usize {
  return input;
}
export function inputSize(): u32 {
  return INPUT_SIZE;
}
/** Packets in parts that gave way to others since start on. */
export function datagramsForced(): u64 {
  return forcedDatagrams();
}
export function outAt(): usize {
  return out;
}
export function scoresAt(): usize {
  return scores;
}
export function frameCount(): u32 {
  return frames;
}
export function findingsRaised(): u64 {
  return raised;
}
export function findingsLost(): u64 {
  return lost();
}
export function evictions(): u64 {
  return detectors.evictions();
}
export function scale(detector: u32, factor: f64): void {
  setScale(detector, factor);
}
export function reset(): void {
  resetScales();
  detectors.resetDetectors();
  learns = false;
  raised = 0;
}
export function configure(tag: u32, length: u32): bool {
  return !learns && detectors.configureSection(tag, input, length);
}

/** 1 when there is one: its text at out; else 0. */
export function exportNext(): u32 {
  const t = changetype<Text>(writer);
  open(t, out, 4096);
  return detectors.exportNext(t) ? <u32>(t.at - out) : 0;
}

/**
 * mode 0 checks, 1 learns, 2 checks and writes the findings, 3 decodes and follows flows only. Returns bytes at out.
 */
export function run(to: u32, mode: u32): u32 {
  const k = changetype<Packet>(packet),
    t = changetype<Text>(writer);
  if (mode == 1 && !learns) {
    detectors.beginLearning();
    learns = true;
  }
  open(t, out, 1 << 22);
  frames = 0;
  for (let at: u32 = 0; at < to;) {
    const r = changetype<RecordHeader>(input + at);
    const p = input + at + RECORD_HEADER;
    clearFindings();
    const now = steady(r.time);
    while (nextExpired(now) != 0) {
      /* only to make room */
    }
    if (mode != 3) detectors.timePassed(r.time);
    if (r.kind == RecordKind.FRAME) {
      k.time = r.time;
      k.number = r.number;
      decode(p, r.captured, r.original, r.link, 0, k);
      track(k);
      const flow = update(k);
      if (mode != 3) detectors.packetIn(k, p, flow);
    }
    let most: f64 = 0;
    for (let i: u32 = 0; i < found(); ++i) most = max<f64>(most, finding(i).score / finding(i).threshold);
    raised += found();
    if (r.kind == RecordKind.FRAME && frames < SCORES) {
      store<f64>(scores + ((<usize>frames) << 3), most);
      frames += 1;
    }
    if (mode == 2) for (let i: u32 = 0; i < found(); ++i) line(t, i, k);
    at += RECORD_HEADER + align8(r.captured);
  }
  return <u32>(t.at - out);
}

/** The same `rounds` times, time going on, for measurements; returns packets. */
export function bench(to: u32, mode: u32, rounds: u32, span: u64): u32 {
  let n: u32 = 0;
  for (let round: u32 = 0; round < rounds; ++round) {
    run(to, mode);
    n += frames;
    for (let at: u32 = 0; at < to;) {
      const r = changetype<RecordHeader>(input + at);
      r.time += span;
      at += RECORD_HEADER + align8(r.captured);
    }
  }
  return n;
}

function line(t: Text, i: u32, k: Packet): void {
  const f = finding(i);
  lit(t, '{"detector":"');
  writeDetector(t, f.detector);
  lit(t, '","what":');
  unsigned(t, f.what);
  lit(t, ',"record":');
  unsigned(t, k.number);
  lit(t, ',"key":"');
  unsigned(t, f.key);
  lit(t, '","time":"');
  unsigned(t, f.time);
  lit(t, '","since":"');
  unsigned(t, f.since);
  lit(t, '","score":');
  decimal(t, f.score, 9);
  lit(t, ',"threshold":');
  decimal(t, f.threshold, 9);
  lit(t, ',"src":"');
  if (f.subject == Subject.HOSTS) writeHost(t, f.version, f.srcHi, f.srcLo);
  else if (k.ips) writeHost(t, innermost(k).version, innermost(k).srcHi, innermost(k).srcLo);
  else writeHost(t, 0, 0, k.macSrc);
  lit(t, '","dst":"');
  if (f.subject == Subject.HOSTS) writeHost(t, f.version, f.dstHi, f.dstLo);
  else if (k.ips) writeHost(t, innermost(k).version, innermost(k).dstHi, innermost(k).dstLo);
  else writeHost(t, 0, 0, k.macDst);
  lit(t, '","expected":"');
  detectors.writeExpected(t, f);
  lit(t, '","seen":"');
  detectors.writeSeen(t, f);
  lit(t, '"}');
  byte(t, 10);
}
