// Generated from detectors/registry.ts and the declarations that it names by `npm run generate`: do not edit.
// Calls the detectors, one after the other; ../README.md says what each offers, and when it is called.
import { Action } from "../../appliance/contract/onboard/abi";
import { section, sectionLength } from "../../appliance/contract/onboard/config";
import { Packet } from "../../ip/onboard/packet";
import { Text } from "../../lib/onboard/text";
import { Endpoints, endpoints } from "../ip/onboard/endpoints";
import { beginEndpoints, endpointEvictions, observe, spareEndpoints, useKnown } from "../ip/onboard/observe";
import * as arp from "../arp/onboard/detector";
import * as beacon from "../beacon/onboard/detector";
import * as content from "../content/onboard/detector";
import * as flood from "../flood/onboard/detector";
import * as pair from "../pair/onboard/detector";
import * as rate from "../rate/onboard/detector";
import * as silence from "../silence/onboard/detector";
import * as tunnel from "../tunnel/onboard/detector";
import { Detector, Section } from "./catalogue";
import { Finding } from "./finding";
import { resetScores } from "./scores";

let learns: bool = false;
let stage: u32 = 0; // of an export: whose entries are next

/** As at power-on: no traffic, nothing learned or known. */
export function resetDetectors(): void {
  learns = false;
  stage = 0;
  resetScores();
  beginEndpoints(false);
  rate.reset();
  pair.reset();
  silence.reset();
  beacon.reset();
  arp.reset();
  flood.reset();
  tunnel.reset();
  content.reset();
}

/** From here on they learn. What was learned of endpoints before is forgotten: the new takes its memory. */
export function beginLearning(): void {
  learns = true;
  stage = 0;
  beginEndpoints(true);
  rate.reset();
  pair.reset();
  silence.reset();
  beacon.reset();
  arp.reset();
  flood.reset();
  tunnel.reset();
  content.reset();
}

/** A section of the baseline; after resetDetectors(). False when it is malformed, or nobody's. */
export function configureSection(tag: u32, at: usize, length: u32): bool {
  switch (tag) {
    case Section.FLOOD:
      useKnown();
      return flood.configure(at, length);
    case Section.ARP:
      useKnown();
      return arp.configure(at, length);
    case Section.NEW_PAIR:
      useKnown();
      return pair.configure(at, length);
    case Section.RATE:
      useKnown();
      return rate.configure(at, length);
    case Section.BEACON:
      useKnown();
      return beacon.configure(at, length);
    case Section.SILENCE:
      useKnown();
      return silence.configure(at, length);
    case Section.TUNNEL:
      useKnown();
      return tunnel.configure(at, length);
    case Section.CONTENT:
      useKnown();
      return content.configure(at, length);
    default:
      return false;
  }
}

function configureFrom(part: usize, tag: u32): bool {
  const at = section(part, tag);
  return at == 0 || configureSection(tag, at, sectionLength(part, tag));
}

/** What the policy says, and the baseline's sections of it; false when anything is malformed. */
export function configureDetectors(part: usize, learn: bool): bool {
  resetDetectors();
  if (!configureFrom(part, Section.FLOOD)) return false;
  if (!configureFrom(part, Section.ARP)) return false;
  if (!configureFrom(part, Section.NEW_PAIR)) return false;
  if (!configureFrom(part, Section.RATE)) return false;
  if (!configureFrom(part, Section.BEACON)) return false;
  if (!configureFrom(part, Section.SILENCE)) return false;
  if (!configureFrom(part, Section.TUNNEL)) return false;
  if (!configureFrom(part, Section.CONTENT)) return false;
  if (learn) beginLearning();
  return true;
}

/** A decoded packet, its frame at `frame`, its Flow or 0. Returns the verdict on it. */
export function packetIn(k: Packet, frame: usize, flow: usize): u32 {
  const addressed = observe(k, frame, flow);
  look(k, endpoints(), addressed);
  return Action.PASS;
}

/** Who learns does so; the others look at the packet as ever. */
@inline function look(k: Packet, e: Endpoints, addressed: bool): void {
  if (addressed) {
    rate.check(k, e);
    if (learns) pair.learn(k, e);
    else pair.check(k, e);
    if (learns) silence.learn(k, e);
    else silence.check(k, e);
    beacon.check(k, e);
    if (learns) arp.learn(k, e);
    else arp.check(k, e);
    flood.check(k, e);
    tunnel.check(k, e);
    if (learns) content.learn(k, e);
    else content.check(k, e);
  }
}

/** Record time went on, whether or not anything comes. Not while they learn. */
export function timePassed(time: u64): void {
  if (learns) return;
  silence.passing(time);
}

/** Writes the members of the next baseline entry; false when none is left, and the next call begins anew. */
export function exportNext(t: Text): bool {
  if (learns) {
    if (stage == 0) {
      if (pair.exportNext(t)) return true;
      stage = 1;
    }
    if (stage == 1) {
      if (flood.exportNext(t)) return true;
      stage = 2;
    }
    if (stage == 2) {
      if (arp.exportNext(t)) return true;
      stage = 3;
    }
    if (stage == 3) {
      if (rate.exportNext(t)) return true;
      stage = 4;
    }
    if (stage == 4) {
      if (beacon.exportNext(t)) return true;
      stage = 5;
    }
    if (stage == 5) {
      if (silence.exportNext(t)) return true;
      stage = 6;
    }
    if (stage == 6) {
      if (tunnel.exportNext(t)) return true;
      stage = 7;
    }
    if (stage == 7) {
      if (content.exportNext(t)) return true;
      stage = 8;
    }
  }
  stage = 0;
  return false;
}

/** Records forgotten because a table was full: an attack with many addresses shows here. */
export function evictions(): u64 {
  return endpointEvictions() + arp.evictions() + tunnel.evictions() + content.evictions();
}

/** Says which tables stay untouched. The part, which is still at `part`, was taken over. */
export function spareDetectors(part: usize): void {
  spareEndpoints();
  rate.spare(section(part, Section.RATE) != 0, learns);
  content.spare(section(part, Section.CONTENT) != 0, learns);
}

/** What was expected, without quotes. */
export function writeExpected(t: Text, f: Finding): void {
  switch (f.detector) {
    case Detector.NEW_PAIR:
      pair.expected(t, f);
      return;
    case Detector.FLOOD:
      flood.expected(t, f);
      return;
    case Detector.ARP:
    case Detector.ND:
      arp.expected(t, f);
      return;
    case Detector.DNS_TUNNEL:
    case Detector.ICMP_TUNNEL:
    case Detector.NXDOMAIN:
      tunnel.expected(t, f);
      return;
    case Detector.BEACON:
      beacon.expected(t, f);
      return;
    case Detector.SILENCE:
      silence.expected(t, f);
      return;
    case Detector.RATE:
      rate.expected(t, f);
      return;
    case Detector.CONTENT:
      content.expected(t, f);
      return;
  }
}

/** What was seen instead, without quotes. */
export function writeSeen(t: Text, f: Finding): void {
  switch (f.detector) {
    case Detector.NEW_PAIR:
      pair.seen(t, f);
      return;
    case Detector.FLOOD:
      flood.seen(t, f);
      return;
    case Detector.ARP:
    case Detector.ND:
      arp.seen(t, f);
      return;
    case Detector.DNS_TUNNEL:
    case Detector.ICMP_TUNNEL:
    case Detector.NXDOMAIN:
      tunnel.seen(t, f);
      return;
    case Detector.BEACON:
      beacon.seen(t, f);
      return;
    case Detector.SILENCE:
      silence.seen(t, f);
      return;
    case Detector.RATE:
      rate.seen(t, f);
      return;
    case Detector.CONTENT:
      content.seen(t, f);
      return;
  }
}

/** Further members of alert.context, each behind a comma. */
export function writeContext(t: Text, f: Finding): void {
  switch (f.detector) {
    case Detector.CONTENT:
      content.context(t, f);
      return;
  }
}
