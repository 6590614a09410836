// One frame through decoder, fragments, flows and the detectors; what they find becomes events.
import { InspectFlag } from "../../../contract/onboard/config";
import { expire, packetIn } from "../../../../detectors/onboard/dispatch";
import { steady, steadyTime } from "../../../../detectors/onboard/steady";
import { decode, Option } from "../../../../ip/onboard/decode";
import { writeAnomalyEvent, writeFlowEvent } from "../../../../ip/onboard/eve";
import { Flow, HEARSAY, evicted, finish, nextExpired, update } from "../../../../ip/onboard/flow";
import { track } from "../../../../ip/onboard/fragments";
import {
  Is,
  PACKET_SIZE,
  Packet,
  anomalyId,
  anomalyLayer,
  anomalyOffset,
  innermost,
  noteAt,
} from "../../../../ip/onboard/packet";
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
const JUDGED: usize = memory.data(PACKET_SIZE, 8); // in place of PACKET where that has more than is acted upon
let judgedAt: usize = 0;

/** The frame decoded last as it is judged, for those who look further into it. */
export function packet(): Packet {
  return changetype<Packet>(judgedAt);
}

/**
 * A captured frame; returns its verdict. Where it has a tunnel that the policy does not name, the whole is reported,
 * and what is around that tunnel is judged: whoever wraps a packet says what he likes of its source.
 */
export function frame(p: usize, captured: u32, original: u32, link: u32, time: u64, number: u64): u32 {
  const k = decoded(PACKET, p, captured, original, link, Option.NONE, time, number);
  judgedAt = PACKET;
  if (k.flags & Is.UNASKED) judgedAt = around(p, k);
  const j = changetype<Packet>(judgedAt);
  track(j);
  passing(time);
  const isInside = judgedAt != PACKET && holdsPacket(k, j);
  if (judgedAt != PACKET) addAnomalies(k, j);
  if (isInside) inside(k);
  const flow = update(j);
  atHand(judgedAt, flow, number);
  displaced(time);
  if (!isInside) report(k, flow);
  if (learning()) learned(steadyTime(), false); // one wrong time makes no hours
  return packetIn(j, p, flow);
}

/** A frame that somebody says he recorded: it is reported, as of `time`, and nothing is made of it. */
export function hearsay(p: usize, length: u32, link: u32, time: u64, number: u64): void {
  const k = decoded(PACKET, p, length, length, link, Option.NONE, time, number);
  const flow = update(k, HEARSAY);
  displaced(time);
  report(k, flow);
}

/** The frame of `k` up to the first tunnel that the policy does not name. */
function around(p: usize, k: Packet): usize {
  decoded(JUDGED, p, k.captured, k.original, k.link, Option.NAMED_ONLY, k.time, k.number);
  return JUDGED;
}

/** Decodes a frame to the Packet at `to`. */
function decoded(
  to: usize,
  p: usize,
  captured: u32,
  original: u32,
  link: u32,
  options: u32,
  time: u64,
  number: u64,
): Packet {
  const k = changetype<Packet>(to);
  k.time = time;
  k.number = number;
  decode(p, captured, original, link, options | (has(InspectFlag.IGNORE_CHECKSUMS) ? Option.NO_CHECKSUMS : 0), k);
  return k;
}

/** Whether there is a packet inside of the one that is judged: a datagram at a tunnel's port need not be a tunnel's. */
function holdsPacket(k: Packet, j: Packet): bool {
  return k.ips != 0 && (j.ips == 0 || innermost(k).offset != innermost(j).offset);
}

/** With the whole the anomalies of what is judged are reported. */
function addAnomalies(k: Packet, j: Packet): void {
  for (let i: u32 = 0; i < <u32>j.anomalies; ++i)
    if (!hasAnomaly(k, anomalyId(j, i))) noteAt(k, anomalyId(j, i), anomalyLayer(j, i), anomalyOffset(j, i));
}

/** What is inside belongs to flows of its own, which nobody asks for. */
function inside(k: Packet): void {
  const flow = update(k, HEARSAY);
  displaced(k.time);
  report(k, flow);
}

/** The flow that made room for the one at hand, if one did. */
function displaced(time: u64): void {
  if (evicted() && admitFlow()) flowEvent(evicted(), time);
}

function hasAnomaly(k: Packet, id: u32): bool {
  for (let i: u32 = 0; i < <u32>k.anomalies; ++i) if (anomalyId(k, i) == id) return true;
  return false;
}

/** What time alone brings about: attempts and flows that time out. */
export function passing(time: u64): void {
  const now = steady(time);
  expire(now);
  for (let i: u32 = 0; i < EXPIRED_AT_ONCE && roomForFlow(); ++i) {
    const flow = nextExpired(now);
    if (flow == 0) return;
    if (admitFlow()) flowEvent(flow, now);
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
