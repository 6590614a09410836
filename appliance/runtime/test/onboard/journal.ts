// Turns each event into a frame that is 14 bytes of Ethernet header, the event's JSON, and the three counters; its text
// goes to the console. One event in each run(), so the host has to come back for every one. Dies of the event of a
// frame that begins with 0xf5.
import { COUNTERS, EVENT_HEADER, FRAME_HEADER } from "../../../contract/onboard/abi";
import { align8 } from "../../../../lib/onboard/bytes";
import { INPUT, OUTPUT } from "./common";
export { abi, inputAt, inputSize, spare } from "./common";

const COUNTER: usize = memory.data(COUNTERS * sizeof<u64>(), 8);
let used: u32 = 0;

export function configure(length: u32): u32 {
  return length ? 0 : 1;
}
export function run(from: u32, to: u32): u32 {
  used = 0;
  if (from == 0) {
    assert(load<u32>(INPUT) + load<u32>(INPUT, 4) + 8 == to);
    from = 8;
  }
  const e = INPUT + from;
  const json = <u32>load<u16>(e, 4),
    text = <u32>load<u16>(e, 6);
  assert(text != 2 || load<u16>(e + EVENT_HEADER + json) != 0x6670); // "pf"
  const length = 14 + json + 24;
  store<u32>(OUTPUT, length);
  store<u32>(OUTPUT, 0, 4);
  store<u32>(OUTPUT, json, 8);
  store<u32>(OUTPUT, text, 12);
  const frame = OUTPUT + FRAME_HEADER;
  memory.fill(frame, 0xff, 12);
  store<u16>(frame, 0xb588, 12); // 88b5: local experiments (IEEE 802)
  memory.copy(frame + 14, e + EVENT_HEADER, json);
  memory.copy(frame + 14 + json, COUNTER, 24);
  memory.copy(frame + length, e + EVENT_HEADER, json + text);
  used = FRAME_HEADER + align8(length + json + text);
  return from + EVENT_HEADER + align8(json + text);
}

export function eventsAt(): usize {
  return 0;
}
export function eventsLength(): u32 {
  return 0;
}
export function framesAt(): usize {
  return OUTPUT;
}
export function framesLength(): u32 {
  return used;
}
export function countersAt(): usize {
  return COUNTER;
}
