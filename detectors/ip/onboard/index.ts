// The IP detectors that share tables, behind one facade: which hosts talk to whom (new-pair), at which rates (rate), how
// regularly (silence, beacon), floods, ARP, tunnels. Each packet is identified once, its hosts and its talk looked up once.
//
// See ../../README.md for what each function is; `tag` is that of the section (appliance/abi/onboard/config.ts).
import { Packet } from "../../../ip/onboard/packet";
import { Text } from "../../../lib/onboard/text";
import { Tag } from "../../../appliance/abi/onboard/config";
import { Detector } from "../../onboard/catalogue";
import { Finding } from "../../onboard/finding";
import * as arp from "../../arp/onboard/arp";
import * as flood from "../../flood/onboard/flood";
import * as pair from "../../pair/onboard/pair";
import { arpEvictions } from "../../arp/onboard/tables";
import { learning, setLearning } from "./area";
import { Host, host, hostEvictions, openHosts } from "./hosts";
import { forgetKnown } from "./known";
import { Talk, openTalks, talk, talkEvictions } from "./talks";
import { Who, identify, who } from "./who";

/** As at power-on: no traffic, no baseline. */
export function reset(): void { begin(false); }

function begin(learns: bool): void {
  setLearning(learns);
  forgetKnown();
  openHosts();
  openTalks();
  arp.reset();
}

/** A section of the baseline; after reset(), before the first packet. False when malformed, or a tag of no detector here. */
export function configure(tag: u32, at: usize, length: u32): bool {
  if (learning()) return false;
  switch (tag) {
    case Tag.FLOOD: return flood.configure(at, length);
    case Tag.ARP: return arp.configure(at, length);
    case Tag.PAIRS: return pair.configure(at, length);
    default: return false;
  }
}

// @ts-ignore: decorator
@inline function source(w: Who): Host { return host(w.src, w.srcCheck, w.version, w.srcHi, w.srcLo); }
// @ts-ignore: decorator
@inline function target(w: Who): Host { return host(w.dst, w.dstCheck, w.version, w.dstHi, w.dstLo); }

/** A decoded packet: its frame at p (as many bytes as k.captured), its flow or 0. */
export function check(k: Packet, p: usize, flow: usize): void {
  if (!identify(k, flow)) return;
  const w = changetype<Who>(who);
  const dst = target(w), src = source(w);
  let t: usize = 0;
  if (w.talk != 0) {
    const record = talk(w);
    t = changetype<usize>(record);
    if (w.toServer) record.toServer += 1; else record.toClient += 1;
    pair.check(k, w, record);
  }
  arp.check(k, w, src);
  flood.check(k, w, flow, src, dst, t);
}

/** Learning, in place of check(). */
export function learn(k: Packet, p: usize, flow: usize): void {
  if (!learning()) begin(true);
  if (!identify(k, flow)) return;
  const w = changetype<Who>(who);
  const dst = target(w), src = source(w);
  let t: usize = 0;
  if (w.talk != 0) {
    const record = talk(w);
    t = changetype<usize>(record);
    if (w.toServer) record.toServer += 1; else record.toClient += 1;
    pair.learn(w, record);
  }
  arp.learn(k, w, src);
  flood.check(k, w, flow, src, dst, t);
}

/** Time went on. */
export function passing(time: u64): void {
}

let stage: u32 = 0;

/** Writes the members of the next baseline entry; false when there is none left, and the next call begins anew. */
export function exportNext(t: Text): bool {
  if (learning()) {
    if (stage == 0) { if (pair.exportNext(t)) return true; stage = 1; }
    if (stage == 1) { if (flood.exportNext(t)) return true; stage = 2; }
    if (stage == 2) { if (arp.exportNext(t)) return true; stage = 3; }
  }
  stage = 0;
  return false;
}

export function expected(t: Text, f: Finding): void {
  switch (f.detector) {
    case Detector.NEW_PAIR: pair.expected(t, f); return;
    case Detector.FLOOD: flood.expected(t, f); return;
    case Detector.ARP: arp.expected(t, f); return;
  }
}

export function seen(t: Text, f: Finding): void {
  switch (f.detector) {
    case Detector.NEW_PAIR: pair.seen(t, f); return;
    case Detector.FLOOD: flood.seen(t, f); return;
    case Detector.ARP: arp.seen(t, f); return;
  }
}

/** Records forgotten because a table was full, over all tables. */
export function evictions(): u64 { return hostEvictions() + talkEvictions() + arpEvictions(); }
