// REQ-DETECT-005
// Port and host scans: what packets say of first contacts goes to the random walk of their source (scan.ts).
import { InspectSettings, Tag, section } from "../../../appliance/contract/onboard/config";
import { Action, verdictOf } from "../../../appliance/contract/onboard/abi";
import { Packet, innermost, quotation } from "../../../ip/onboard/packet";
import { ACK, RST, SYN } from "../../../ip/onboard/tcp";
import { mix } from "../../../lib/onboard/bytes";
import { Endpoints } from "../../ip/onboard/endpoints";
import { Detector } from "../../onboard/catalogue";
import { Subject, actionOf, raise, setAction } from "../../onboard/finding";
import * as scan from "./scan";

export { expected, seen } from "./words";

export function configurePolicy(part: usize): bool {
  const s = changetype<InspectSettings>(section(part, Tag.SETTINGS));
  return scan.configure(s.theta0, s.theta1, s.alpha, s.power) && setAction(Detector.SCAN, s.scanAction);
}

/** In learning too. */
export function check(k: Packet, _e: Endpoints): void {
  if (k.ips == 0) return;
  const source = contact(k);
  if (source) announce(source, k.time);
}

/** On what a source called a scanner sends. The packet that gave it away may be somebody else's answer. */
export function verdict(k: Packet, _e: Endpoints): u32 {
  const action = actionOf(Detector.SCAN);
  if (action == Action.PASS || k.ips == 0) return Action.PASS;
  const ip = innermost(k);
  return scan.called(ip.srcHi, ip.srcLo) ? verdictOf(action, Detector.SCAN, 0, 0) : <u32>Action.PASS;
}

/** Attempts that time out. */
export function expire(time: u64): void {
  const source = scan.expire(time);
  if (source) announce(source, time);
}

/** A source that is called a scanner; the packet at hand may be somebody else's answer. */
function announce(source: usize, time: u64): void {
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

/** What the packet says of a first contact; returns a source to be announced. */
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
