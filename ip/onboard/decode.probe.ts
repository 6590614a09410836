// Test entry: the decoder over one frame behind plain exports.
import { writeAnomaly } from "./generated/anomaly";
import { decode } from "./decode";
import { OUTER, PACKET_SIZE, Packet } from "./packet";
import { writeProtocol } from "./generated/protocol";
import { Text, open } from "../../lib/onboard/text";

const INPUT_SIZE: u32 = 65 << 10;
const INPUT: usize = memory.data(INPUT_SIZE, 8);
const PACKET: usize = memory.data(PACKET_SIZE, 8);
const NAME: usize = memory.data(64, 8);
const WRITER: usize = memory.data(24, 8);

export function inputAt(): usize {
  return INPUT;
}
export function packetAt(): usize {
  return PACKET;
}
export function packetSize(): u32 {
  return PACKET_SIZE;
}
export function scalars(): usize {
  return offsetof<Packet>();
}
export function outerAt(): usize {
  return OUTER;
}
export function run(captured: u32, original: u32, link: u32, options: u32): void {
  decode(INPUT, captured, original, link, options, changetype<Packet>(PACKET));
}
export function nameAt(): usize {
  return NAME;
}
export function anomalyName(id: u32): u32 {
  const t = changetype<Text>(WRITER);
  open(t, NAME, 64);
  writeAnomaly(t, id);
  return <u32>(t.at - NAME);
}
export function protocolName(id: u32): u32 {
  const t = changetype<Text>(WRITER);
  open(t, NAME, 64);
  writeProtocol(t, id);
  return <u32>(t.at - NAME);
}
