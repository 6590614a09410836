// Test entry: what inspect asks guard to do about a finding, given the policy's action and what is at hand.
import { decode, Option } from "../../ip/onboard/decode";
import { PACKET_SIZE, Packet } from "../../ip/onboard/packet";
import { busFor } from "../../mil1553/onboard/channels";
import { Message } from "../../mil1553/onboard/message";
import { clearRecorders, recorderAt, recorderFor } from "../../mil1553/onboard/recorders";
import * as measures from "../../appliance/compartments/inspect/onboard/measures";
import { clearFindings, raise, resetScales, setAction } from "./finding";

const FRAME_SIZE: u32 = 2048;
const FRAME: usize = memory.data(FRAME_SIZE, 8);
const PACKET: usize = memory.data(PACKET_SIZE, 8);
const MESSAGE: usize = memory.data(offsetof<Message>(), 8);
const RECORDER: u64 = 77;

export function frameAt(): usize {
  return FRAME;
}
export function measuresAt(): usize {
  return measures.measuresAt();
}
export function measuresLength(): u32 {
  return measures.measuresLength();
}

/**
 * A finding that accuses 10.0.0.5, or of the bus terminal 5, while the frame (0 bytes: none) or a message of terminal 5
 * from the recorder at `recorder` is at hand. Returns the action for the record.
 */
export function ask(detector: u32, action: u32, accused: u32, mac: u64, length: u32, recorder: u32): u32 {
  resetScales();
  clearFindings();
  measures.clearMeasures(false);
  measures.startMeasures(0, false);
  setAction(detector, action, true);
  const f = raise(detector, 0, 1, 1, 2, 1);
  f.accused = accused;
  f.version = 4;
  f.srcLo = 0x0a000005;
  f.mac = mac;
  f.terminal = 5;
  if (length != 0) decode(FRAME, length, length, 1, Option.NONE, changetype<Packet>(PACKET));
  if (recorder == 0) return measures.measureFor(f, length != 0 ? PACKET : 0, 0, 0);
  clearRecorders();
  const r = recorderAt(recorderFor(RECORDER));
  r.version = 4;
  r.lo = <u64>recorder;
  const m = changetype<Message>(MESSAGE);
  m.cmd1 = 0x2c41; // terminal 5, transmit, subaddress 2
  return measures.measureFor(f, 0, MESSAGE, changetype<usize>(busFor(RECORDER, 9)));
}
