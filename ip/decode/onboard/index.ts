// Ground only (`weir decode`, tests): records in, decoded packets out. Not a compartment, and in no image; but the
// decoder and the fragment tracker are the image's very own.
//
//   inputAt(), inputSize()   records as in appliance/contract are written there
//   packetsAt()              PACKETS x PACKET_SIZE bytes: the Packets of the last run(), see ip/onboard/packet.ts
//   run(from, to, options)   decodes the records in input[from..to) until `to` or until PACKETS are out; returns where
//                            it stopped. count() says how many Packets are there
//   said(i)                  what applications say in the i-th Packet (said.ts), at saidAt(); in the order of the
//                            packets, each once: connections are followed
//   words(app, kind, about, length)
//                            the same of a message by its numbers, with its body in input[0..length)
//   application(app)         the protocol of an App, at saidAt()
//   openTunnels(length)      the NamedTunnels in input[0..length) are opened, not whatever proves to be a tunnel
//   anomalyName, protocolName  write a name into text; length returned, 0 beyond the table
import { INPUT_SIZE, RECORD_HEADER, RecordHeader, RecordKind } from "../../../appliance/contract/onboard/abi";
import { align8 } from "../../../lib/onboard/bytes";
import { Text, open } from "../../../lib/onboard/text";
import { Anomaly, writeAnomaly } from "../../onboard/generated/anomaly";
import { decode } from "../../onboard/decode";
import { nameTunnels } from "../../onboard/named";
import { track } from "../../onboard/fragments";
import { protocolOf, saidIn, wordsOf } from "./said";
import { PACKET_SIZE, Packet } from "../../onboard/packet";
import { Protocol, writeProtocol } from "../../onboard/generated/protocol";

const PACKETS: u32 = 128;
const input: usize = memory.data(INPUT_SIZE, 8);
const packets: usize = memory.data(PACKETS * PACKET_SIZE, 8);
const name: usize = memory.data(64, 8);
const writer: usize = memory.data(24, 8);
let made: u32 = 0;

export function inputAt(): usize {
  return input;
}
export function inputSize(): u32 {
  return INPUT_SIZE;
}
export function packetsAt(): usize {
  return packets;
}
export function packetSize(): u32 {
  return PACKET_SIZE;
}
export function count(): u32 {
  return made;
}
export function textAt(): usize {
  return name;
}

export function run(from: u32, to: u32, options: u32): u32 {
  made = 0;
  let at = from;
  while (at + RECORD_HEADER <= to && made < PACKETS) {
    const r = changetype<RecordHeader>(input + at);
    const size = RECORD_HEADER + align8(r.captured);
    if (size > to - at) break;
    if (r.kind == RecordKind.FRAME) {
      const k = changetype<Packet>(packets + <usize>made * PACKET_SIZE);
      k.time = r.time;
      k.number = r.number;
      decode(input + at + RECORD_HEADER, r.captured, r.original, r.link, options, k);
      track(k);
      made += 1;
    }
    at += size;
  }
  return at;
}

export { saidAt } from "./said";
export function said(i: u32): u32 {
  return saidIn(changetype<Packet>(packets + <usize>i * PACKET_SIZE));
}

export function words(app: u32, kind: u32, about: u64, length: u32): u32 {
  return wordsOf(app, kind, about, input, length);
}

export function application(app: u32): u32 {
  return protocolOf(app);
}

export function openTunnels(length: u32): bool {
  return nameTunnels(false, input, length);
}

export function anomalyName(id: u32): u32 {
  if (id >= <u32>Anomaly.COUNT) return 0;
  const t = changetype<Text>(writer);
  open(t, name, 64);
  writeAnomaly(t, id);
  return <u32>(t.at - name);
}

export function protocolName(id: u32): u32 {
  if (id >= <u32>Protocol.COUNT) return 0;
  const t = changetype<Text>(writer);
  open(t, name, 64);
  writeProtocol(t, id);
  return <u32>(t.at - name);
}
