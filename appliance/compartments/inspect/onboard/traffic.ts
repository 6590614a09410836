// One frame through decoder, fragments, flows and the detectors; what they find becomes events.
import { InspectFlag } from "../../../contract/onboard/config";
import { expire, packetIn } from "../../../../detectors/onboard/dispatch";
import { decode, Option } from "../../../../ip/onboard/decode";
import { writeAnomalyEvent, writeFlowEvent } from "../../../../ip/onboard/eve";
import { Flow, evicted, finish, nextExpired, update } from "../../../../ip/onboard/flow";
import { track } from "../../../../ip/onboard/fragments";
import { PACKET_SIZE, Packet } from "../../../../ip/onboard/packet";
import { atHand } from "./alerts";
import { admitFlow, roomForFlow } from "./budget";
import * as events from "./events";
import { learned, learning } from "./learning";
import { admit, unkept } from "./limit";
import { has } from "./settings";

const NOTICE: u32 = 5;
const INFORMATIONAL: u32 = 6;
const EXPIRED_AT_ONCE: u32 = 4; // flows reported for one record; the rest waits for the next one
const PACKET: usize = memory.data(PACKET_SIZE, 8);

/** The frame decoded last, for those who look further into it. */
export function packet(): Packet {
  return changetype<Packet>(PACKET);
}

/** A captured frame; returns its verdict. */
export function frame(p: usize, captured: u32, original: u32, link: u32, time: u64, number: u64): u32 {
  const k = changetype<Packet>(PACKET);
  k.time = time;
  k.number = number;
  decode(p, captured, original, link, has(InspectFlag.IGNORE_CHECKSUMS) ? Option.NO_CHECKSUMS : 0, k);
  track(k);
  passing(time);
  const flow = update(k);
  atHand(PACKET, flow, number);
  if (evicted() && admitFlow()) flowEvent(evicted(), time);
  report(k, flow);
  if (learning()) learned(time, false);
  return packetIn(k, p, flow);
}

/** What time alone brings about: attempts and flows that time out. */
export function passing(time: u64): void {
  expire(time);
  for (let i: u32 = 0; i < EXPIRED_AT_ONCE && roomForFlow(); ++i) {
    const flow = nextExpired(time);
    if (flow == 0) return;
    if (admitFlow()) flowEvent(flow, time);
  }
}

/** Reports flows still open, as long as there is room; true when none is left. */
export function closeFlows(time: u64): bool {
  while (events.roomForRecord()) {
    const flow = finish();
    if (flow == 0) return true;
    flowEvent(flow, time);
  }
  return false;
}

function flowEvent(flow: usize, time: u64): void {
  writeFlowEvent(events.begin(), changetype<Flow>(flow), time);
  events.end(INFORMATIONAL);
}

/** Anomalies of the packet as events. */
function report(k: Packet, flow: usize): void {
  unkept(k.lost);
  for (let i: u32 = 0; i < <u32>k.anomalies; ++i) {
    if (!admit(k.time)) continue;
    writeAnomalyEvent(events.begin(), k, i, flow);
    events.end(NOTICE);
  }
}
