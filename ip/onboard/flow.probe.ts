// Test entry: decoder, fragments, flows and their events over records, as inspect has them.
import { INPUT_SIZE, RECORD_HEADER, RecordHeader, RecordKind } from "../../appliance/contract/onboard/abi";
import { align8 } from "../../lib/onboard/bytes";
import { Text, byte, open } from "../../lib/onboard/text";
import { decode } from "./decode";
import { writeAnomalyEvent, writeFlowEvent } from "./eve";
import { Flow, evicted, finish, forcedFlows, nextExpired, openFlows, update } from "./flow";
import { track } from "./fragments";
import { PACKET_SIZE, Packet } from "./packet";

const input: usize = memory.data(INPUT_SIZE, 8);
const packet: usize = memory.data(PACKET_SIZE, 8);
const out: usize = memory.data(1 << 22, 8);
const writer: usize = memory.data(24, 8);
let tracked: u32 = 0;

export function inputAt(): usize {
  return input;
}
export function inputSize(): u32 {
  return INPUT_SIZE;
}
export function packetAt(): usize {
  return packet;
}
export function packetSize(): u32 {
  return PACKET_SIZE;
}
export function outAt(): usize {
  return out;
}
export function outLength(): u32 {
  return <u32>(changetype<Text>(writer).at - out);
}
export function overflow(): bool {
  return changetype<Text>(writer).overflow;
}
export function lastTracked(): u32 {
  return tracked;
}
export function openFlowCount(): u32 {
  return openFlows();
}
export function forcedFlowCount(): u64 {
  return forcedFlows();
}

/** Decodes and follows the records in input[0..to); events are one JSON line each. */
export function run(to: u32, options: u32): void {
  const t = changetype<Text>(writer),
    k = changetype<Packet>(packet);
  open(t, out, 1 << 22);
  for (let at: u32 = 0; at < to;) {
    const r = changetype<RecordHeader>(input + at);
    k.time = r.time;
    k.number = r.number;
    for (let f = nextExpired(r.time); f != 0; f = nextExpired(r.time)) {
      writeFlowEvent(t, changetype<Flow>(f), r.time);
      byte(t, 10);
    }
    if (r.kind == RecordKind.FRAME) {
      decode(input + at + RECORD_HEADER, r.captured, r.original, r.link, options, k);
      tracked = track(k);
      const flow = update(k);
      if (evicted()) {
        writeFlowEvent(t, changetype<Flow>(evicted()), r.time);
        byte(t, 10);
      }
      for (let i: u32 = 0; i < <u32>k.anomalies; ++i) {
        writeAnomalyEvent(t, k, i, flow);
        byte(t, 10);
      }
    } else if (r.kind == RecordKind.END) {
      for (let f = finish(); f != 0; f = finish()) {
        writeFlowEvent(t, changetype<Flow>(f), r.time);
        byte(t, 10);
      }
    }
    at += RECORD_HEADER + align8(r.captured);
  }
}

/** The same without events, `rounds` times: for measurements. `parts`: 1 decode, 2 and fragments, 3 and flows. */
export function bench(to: u32, options: u32, rounds: u32, parts: u32): u32 {
  const k = changetype<Packet>(packet);
  let n: u32 = 0;
  for (let round: u32 = 0; round < rounds; ++round) {
    for (let at: u32 = 0; at < to; ++n) {
      const r = changetype<RecordHeader>(input + at);
      k.time = r.time;
      k.number = r.number;
      decode(input + at + RECORD_HEADER, r.captured, r.original, r.link, options, k);
      if (parts > 1) track(k);
      if (parts > 2) {
        update(k);
        nextExpired(r.time);
      }
      at += RECORD_HEADER + align8(r.captured);
    }
  }
  return n;
}
