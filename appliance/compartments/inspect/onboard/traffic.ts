// One frame through decoder, fragments, flows and the IP detectors; what they find becomes events.
import { Action, stricter, verdictOf } from "../../../contract/onboard/abi";
import { InspectFlag } from "../../../contract/onboard/config";
import { Detector } from "../../../../detectors/onboard/catalogue";
import { Subject, raise } from "../../../../detectors/onboard/finding";
import * as newcomer from "../../../../detectors/newcomer/onboard/newcomer";
import * as scan from "../../../../detectors/scan/onboard/scan";
import { mix } from "../../../../lib/onboard/bytes";
import { decode, Option } from "../../../../ip/onboard/decode";
import { writeAnomalyEvent, writeFlowEvent } from "../../../../ip/onboard/eve";
import { Flow, evicted, finish, nextExpired, update } from "../../../../ip/onboard/flow";
import { track } from "../../../../ip/onboard/fragments";
import { Packet, innermost, quotation } from "../../../../ip/onboard/packet";
import { ACK, RST, SYN } from "../../../../ip/onboard/tcp";
import { atHand, describe } from "./alerts";
import { packetIn } from "./detect";
import * as events from "./events";
import { learned, learning } from "./learning";
import { admit, unkept } from "./limit";
import { has, knownHostCount, knownHosts, knownServiceCount, knownServices, settings } from "./settings";

const NOTICE: u32 = 5;
const INFORMATIONAL: u32 = 6;
const EXPIRED_AT_ONCE: u32 = 4; // flows reported for one record; the rest waits for the next one
const PACKET: usize = memory.data(536, 8);

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
  if (evicted()) flowEvent(evicted(), time);
  report(k, flow);
  if (learning()) learned(time, false);
  packetIn(k, p, flow);
  if (k.ips == 0) return Action.PASS;
  const source = contact(k);
  if (source) scanner(source, time);
  return stricter(newcomers(k, flow), scanning(k));
}

/** A source that is called a scanner; the packet at hand may be somebody else's answer. */
function scanner(source: usize, time: u64): void {
  const s = changetype<scan.Source>(source);
  const f = raise(Detector.SCAN, 0, mix(s.hi, s.lo), time, s.walk, scan.threshold());
  f.subject = Subject.HOSTS;
  f.version = s.hi == 0 && s.lo >> 32 == 0 ? 4 : 6;
  f.srcHi = s.hi;
  f.srcLo = s.lo;
  f.since = s.since;
  f.a = s.attempts;
  f.b = s.refused;
  f.c = s.silent;
}

/** What time alone brings about: attempts and flows that time out. */
export function passing(time: u64): void {
  const source = scan.expire(time);
  if (source) scanner(source, time);
  for (let i: u32 = 0; i < EXPIRED_AT_ONCE; ++i) {
    const flow = nextExpired(time);
    if (flow == 0) return;
    flowEvent(flow, time);
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

/** Hosts and services that the policy does not list: announced the first time, their verdict given every time. */
function newcomers(k: Packet, flow: usize): u32 {
  const ip = innermost(k);
  const s = settings();
  let verdict: u32 = Action.PASS;
  if (has(InspectFlag.KNOWN_HOSTS)) {
    const first = newcomer.first(newcomer.hostKey(ip.srcHi, ip.srcLo));
    if (
      (first || s.hostAction != 0) &&
      !newcomer.known(knownHosts(), knownHostCount(), ip.version, ip.srcHi, ip.srcLo)
    ) {
      if (first) newcomerFound(Detector.NEW_HOST, mix(ip.srcHi, ip.srcLo), k);
      verdict = verdictOf(s.hostAction, Detector.NEW_HOST, 0, 0);
    }
  }
  if (!has(InspectFlag.KNOWN_SERVICES) || flow == 0 || changetype<Flow>(flow).toClient) return verdict;
  // Asking is not using: a TCP service counts when the client goes on after the handshake (a scan asks for hundreds).
  if (k.protocol == 6 ? (k.tcpFlags & (SYN | ACK | RST)) != ACK : k.protocol != 17 && k.protocol != 132) return verdict;
  const first = newcomer.first(newcomer.serviceKey(ip.dstHi, ip.dstLo, k.destPort, k.protocol));
  if (
    (first || s.serviceAction != 0) &&
    !newcomer.served(knownServices(), knownServiceCount(), ip.version, ip.dstHi, ip.dstLo, k.destPort, k.protocol)
  ) {
    if (first) newcomerFound(Detector.NEW_SERVICE, newcomer.serviceKey(ip.dstHi, ip.dstLo, k.destPort, k.protocol), k);
    verdict = stricter(verdict, verdictOf(s.serviceAction, Detector.NEW_SERVICE, 0, 0));
  }
  return verdict;
}

/** A new host or service: once for each. */
function newcomerFound(detector: u32, key: u64, k: Packet): void {
  describe(raise(detector, 0, key, k.time, 1, 1), k);
}

/** The verdict on what a source called a scanner sends. The packet that gave it away may be somebody else's answer. */
function scanning(k: Packet): u32 {
  const action = <u32>settings().scanAction;
  if (action == Action.PASS) return Action.PASS;
  const ip = innermost(k);
  return scan.called(ip.srcHi, ip.srcLo) ? verdictOf(action, Detector.SCAN, 0, 0) : Action.PASS;
}

/** Tells the scan detector what the packet says of a first contact; returns a source to be announced. */
function contact(k: Packet): usize {
  const ip = innermost(k);
  if (k.protocol == 6 && k.tcpHeader != 0) {
    const flags = (<u32>k.tcpFlags) & (SYN | ACK | RST);
    const forward = scan.contactKey(ip.srcHi, ip.srcLo, ip.dstHi, ip.dstLo, k.destPort, 6);
    if (flags == SYN) return scan.attempt(forward, ip.srcHi, ip.srcLo, k.time);
    if (flags == ACK) {
      scan.success(forward);
      return 0;
    }
    const backward = scan.contactKey(ip.dstHi, ip.dstLo, ip.srcHi, ip.srcLo, k.sourcePort, 6);
    if (flags & RST) return scan.failure(backward, k.time);
    if (flags == (SYN | ACK)) scan.success(backward);
    return 0;
  }
  return k.quoted ? refusal(k) : 0;
}

/** ICMP says that what it quotes did not reach its port or host. */
function refusal(k: Packet): usize {
  const v4 = k.protocol == 1 && k.icmpType == 3,
    v6 = k.protocol == 58 && k.icmpType == 1;
  if (!v4 && !v6) return 0;
  const q = quotation(k);
  const key = scan.contactKey(q.srcHi, q.srcLo, q.dstHi, q.dstLo, k.quotedDest, q.protocol);
  // A datagram is known to be a first contact only now; a SYN was noted when it was sent.
  if (q.protocol == 17) {
    const due = scan.attempt(key, q.srcHi, q.srcLo, k.time);
    if (due) return due;
  }
  return scan.failure(key, k.time);
}
