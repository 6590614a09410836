// REQ-DETECT-005
// Port and host scans: what packets say of first contacts goes to the random walk of their source (scan.ts).
import { InspectSettings, Tag, section } from "../../../appliance/contract/onboard/config";
import { Action } from "../../../appliance/contract/onboard/abi";
import { Packet, innermost } from "../../../ip/onboard/packet";
import { addressKey } from "../../../ip/onboard/address";
import { Endpoints } from "../../ip/onboard/endpoints";
import { Host, hostOf, isContested } from "../../ip/onboard/hosts";
import { answersDhcp } from "../../ip/onboard/leases";
import { describe } from "../../ip/onboard/locate";
import { Detector } from "../../onboard/catalogue";
import { Accused, Finding, Subject, actionOf, raise, raiseAgain, setAction } from "../../onboard/finding";
import { contactOf } from "./contacts";
import { configureScanners } from "./scanners";
import * as scan from "./scan";
import { HEARSAY, MIXED, Source } from "./sources";

export { expected, seen } from "./words";

export function configurePolicy(part: usize): bool {
  const s = changetype<InspectSettings>(section(part, Tag.SETTINGS));
  return (
    scan.configure(s.theta0, s.theta1, s.alpha, s.power) &&
    setAction(Detector.SCAN, s.scanAction) &&
    configureScanners(part)
  );
}

/** In learning too. */
export function check(k: Packet, e: Endpoints): void {
  if (k.ips == 0 || answersDhcp()) return; // it tries nothing
  const source = contactOf(k, e);
  if (source) announce(source, k.time);
}

/** What a source called a scanner sends is its own doing, as far as it bears the MAC address of the attempts. */
export function verdict(k: Packet, e: Endpoints): u32 {
  if (actionOf(Detector.SCAN) == Action.PASS || k.ips == 0) return Action.PASS;
  const ip = innermost(k);
  const source = scan.called(ip.version, ip.srcHi, ip.srcLo);
  if (source == 0) return Action.PASS;
  const s = changetype<Source>(source),
    contested = isContested(changetype<Host>(e.source));
  if (s.mac == MIXED || (contested && (s.mac != k.macSrc || s.mac == 0))) return Action.PASS;
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

/** Attempts that nothing can answer any more. */
export function ending(time: u64): void {
  for (let source = scan.finish(time); source != 0; source = scan.finish(time)) announce(source, time);
}

/** A source that is called a scanner; the packet at hand may be somebody else's answer. */
function announce(source: usize, time: u64): void {
  const s = changetype<Source>(source);
  const f = raise(
    Detector.SCAN,
    s.family,
    addressKey(s.version, s.hi, s.lo) ^ s.family,
    time,
    s.walk,
    scan.threshold(),
  );
  f.subject = Subject.HOSTS;
  f.version = <u8>s.version;
  f.srcHi = s.hi;
  f.srcLo = s.lo;
  f.since = s.since;
  f.a = s.attempts;
  f.b = s.refused;
  f.c = s.silent;
  f.d = s.times;
  accuse(f, s);
}

/** Of attempts that came from several MAC addresses nobody can tell whose they are. */
function accuse(f: Finding, s: Source): void {
  if (s.family & HEARSAY || s.mac == MIXED) return;
  const h = hostOf(f.version, s.hi, s.lo),
    contested = h != 0 && isContested(changetype<Host>(h));
  if (contested && s.mac == 0) return; // in a Measure that means any
  f.accused = Accused.SOURCE;
  f.mac = contested ? s.mac : 0;
}
