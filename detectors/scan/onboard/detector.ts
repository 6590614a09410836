// REQ-DETECT-005
// Port and host scans: what packets say of first contacts goes to the random walk of their source (scan.ts).
import { InspectSettings, Tag, section } from "../../../appliance/contract/onboard/config";
import { Action } from "../../../appliance/contract/onboard/abi";
import { wasBegun } from "../../../ip/onboard/flow";
import { Packet, innermost, quotation } from "../../../ip/onboard/packet";
import { ACK, RST, SYN } from "../../../ip/onboard/tcp";
import { addressKey } from "../../../ip/onboard/address";
import { Endpoints } from "../../ip/onboard/endpoints";
import { Host, bearerOf, hostOf, isContested } from "../../ip/onboard/hosts";
import { describe } from "../../ip/onboard/locate";
import { Detector } from "../../onboard/catalogue";
import { Accused, Finding, Subject, actionOf, raise, raiseAgain, setAction } from "../../onboard/finding";
import * as scan from "./scan";

const HEARD: u64 = 0x5be0cd19137e2178;

export { expected, seen } from "./words";

export function configurePolicy(part: usize): bool {
  const s = changetype<InspectSettings>(section(part, Tag.SETTINGS));
  return scan.configure(s.theta0, s.theta1, s.alpha, s.power) && setAction(Detector.SCAN, s.scanAction);
}

/** In learning too. */
export function check(k: Packet, e: Endpoints): void {
  if (k.ips == 0) return;
  const source = contact(k, e);
  if (source) announce(source, k.time);
}

/** What a source called a scanner sends is its own doing, as far as it bears the MAC address of the attempts. */
export function verdict(k: Packet, e: Endpoints): u32 {
  if (actionOf(Detector.SCAN) == Action.PASS || k.ips == 0) return Action.PASS;
  const ip = innermost(k);
  const source = scan.called(ip.version, ip.srcHi, ip.srcLo);
  if (source == 0) return Action.PASS;
  const s = changetype<scan.Source>(source),
    contested = isContested(changetype<Host>(e.source));
  if (s.mac == scan.MIXED || (contested && (s.mac != k.macSrc || s.mac == 0))) return Action.PASS;
  const f = raiseAgain(Detector.SCAN);
  describe(f, k);
  f.accused = Accused.SOURCE;
  f.mac = contested ? k.macSrc : 0;
  return Action.PASS;
}

/** Attempts that time out. */
export function expire(time: u64): void {
  const source = scan.expire(time);
  if (source) announce(source, time);
}

/** A source that is called a scanner; the packet at hand may be somebody else's answer. */
function announce(source: usize, time: u64): void {
  const s = changetype<scan.Source>(source);
  const f = raise(Detector.SCAN, 0, addressKey(s.version, s.hi, s.lo), time, s.walk, scan.threshold());
  f.subject = Subject.HOSTS;
  f.version = <u8>s.version;
  f.srcHi = s.hi;
  f.srcLo = s.lo;
  f.since = s.since;
  f.a = s.attempts;
  f.b = s.refused;
  f.c = s.silent;
  accuse(f, s);
}

/** Of attempts that came from several MAC addresses nobody can tell whose they are. */
function accuse(f: Finding, s: scan.Source): void {
  if (s.kind == scan.HEARSAY || s.mac == scan.MIXED) return;
  const h = hostOf(f.version, s.hi, s.lo),
    contested = h != 0 && isContested(changetype<Host>(h));
  if (contested && s.mac == 0) return; // in a Measure that means any
  f.accused = Accused.SOURCE;
  f.mac = contested ? s.mac : 0;
}

/** What the packet says of a first contact; returns a source to be announced. */
function contact(k: Packet, e: Endpoints): usize {
  const ip = innermost(k);
  if (k.protocol == 6 && k.tcpHeader != 0) {
    const flags = (<u32>k.tcpFlags) & (SYN | ACK | RST);
    if (flags == SYN || flags == 0) {
      // Without SYN, ACK and RST: no connection has such a segment, but closed ports answer it as they do a SYN
      const forward = scan.contactKey(e.src, e.dst, k.destPort, 6);
      const due = scan.attempt(forward, ip.version, ip.srcHi, ip.srcLo, k.macSrc, k.time);
      if (flags) scan.sent(forward, k.seq + 1, k.payloadClaimed);
      else scan.sent(forward, k.seq, k.payloadClaimed + 1); // FIN counts as a byte
      return due;
    }
    if (flags != (RST | ACK) && flags != (SYN | ACK)) return 0;
    const backward = scan.contactKey(e.dst, e.src, k.sourcePort, 6);
    if (flags & RST) return scan.refused(backward, k.ack, k.time);
    scan.success(backward, e.dst, e.src, k.ack);
    return 0;
  }
  return k.quoted ? refusal(k, e) : 0;
}

/**
 * ICMP says that what it quotes did not reach its port or host. Whoever sent the error could quote anything: of a
 * datagram it is hearsay, unless it goes to whom it concerns, who was seen to send it just before, without an answer.
 * A SYN was noted when it was sent.
 */
function refusal(k: Packet, e: Endpoints): usize {
  const v4 = k.protocol == 1 && k.icmpType == 3,
    v6 = k.protocol == 58 && k.icmpType == 1;
  if (!v4 && !v6) return 0;
  const q = quotation(k);
  const source = addressKey(q.version, q.srcHi, q.srcLo),
    target = addressKey(q.version, q.dstHi, q.dstLo);
  let key = scan.contactKey(source, target, k.quotedDest, q.protocol);
  if (q.protocol == 17) {
    const concerned = q.srcHi == e.dstHi && q.srcLo == e.dstLo && q.version == e.version;
    const seen = concerned && wasBegun(q, k.quotedSource, k.quotedDest, k, scan.TIMEOUT);
    if (!seen) key ^= HEARD; // what is made up takes no contact away from what is seen
    const sender = changetype<Host>(e.target);
    const mac = isContested(sender) ? scan.MIXED : bearerOf(sender);
    const due = scan.attempt(key, q.version, q.srcHi, q.srcLo, mac, k.time, seen ? scan.SEEN : scan.HEARSAY);
    if (due) return due;
  }
  return scan.failure(key, k.time);
}
