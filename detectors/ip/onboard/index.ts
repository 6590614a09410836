// The IP detectors that share tables, behind one facade: which hosts talk to whom (new-pair), at which rates (rate), how
// regularly (silence, beacon), floods, ARP, tunnels. Each packet is identified once, its hosts and its talk looked up once.
//
// See ../../README.md for what each function is; `tag` is that of the section (appliance/contract/onboard/config.ts).
import { Is, Packet } from "../../../ip/onboard/packet";
import { Text } from "../../../lib/onboard/text";
import { Tag } from "../../../appliance/contract/onboard/config";
import { Detector } from "../../onboard/catalogue";
import { Finding } from "../../onboard/finding";
import * as arp from "../../arp/onboard/arp";
import { arpEvictions } from "../../arp/onboard/tables";
import * as beacon from "../../beacon/onboard/beacon";
import * as flood from "../../flood/onboard/flood";
import * as pair from "../../pair/onboard/pair";
import * as rate from "../../rate/onboard/rate";
import * as silence from "../../silence/onboard/silence";
import * as dns from "../../tunnel/onboard/dns";
import * as icmp from "../../tunnel/onboard/icmp";
import * as tunnels from "../../tunnel/onboard/limits";
import { learning, setLearning, useArea } from "./area";
import { Host, host, hostEvictions, openHosts } from "./hosts";
import { forgetKnown } from "./known";
import { Talk, openTalks, talk, talkEvictions } from "./talks";
import { Who, identify, who } from "./who";

const SECOND: u64 = 1000000000;

/** As at power-on: no traffic, no baseline. */
export function reset(): void {
  begin(false);
}

function begin(learns: bool): void {
  setLearning(learns);
  forgetKnown();
  openHosts();
  openTalks();
  arp.reset();
  beacon.reset();
  dns.reset();
  icmp.reset();
  silence.reset();
  tunnels.forgetLimits();
  pair.rewind();
  flood.rewind();
  rate.rewind();
  stage = 0;
  if (learns) silence.beginLearning();
}

/** A section of the baseline; after reset(), before the first packet. False when malformed, or a tag of no detector here. */
export function configure(tag: u32, at: usize, length: u32): bool {
  if (learning()) return false;
  useArea();
  switch (tag) {
    case Tag.FLOOD:
      return flood.configure(at, length);
    case Tag.ARP:
      return arp.configure(at, length);
    case Tag.PAIRS:
      return pair.configure(at, length);
    case Tag.RATE:
      return rate.configure(at, length);
    case Tag.BEACON:
      return beacon.configure(at, length);
    case Tag.SILENCE:
      return silence.configure(at, length);
    case Tag.TUNNEL:
      return tunnels.configure(at, length);
    default:
      return false;
  }
}

// @ts-ignore: decorator
@inline function source(w: Who): Host {
  return host(w.src, w.srcCheck, w.version, w.srcHi, w.srcLo);
}
// @ts-ignore: decorator
@inline function target(w: Who): Host {
  return host(w.dst, w.dstCheck, w.version, w.dstHi, w.dstLo);
}

/** A decoded packet: its frame at p (as many bytes as k.captured), its flow or 0. passing() comes first. */
export function check(k: Packet, p: usize, flow: usize): void {
  if (!identify(k, flow)) return;
  const w = changetype<Who>(who);
  const second = <u32>(k.time / SECOND);
  const dst = target(w),
    src = source(w);
  rate.ofHost(k, src, 0, second);
  rate.ofHost(k, dst, 1, second);
  let t: usize = 0;
  if (w.talk != 0) {
    const record = talk(w);
    t = changetype<usize>(record);
    pair.check(k, w, record);
    rate.ofTalk(k, w, record, second);
    silence.check(w, record);
    if (record.known == 0 || record.wild) beacon.check(k, w, flow, record);
  }
  arp.check(k, w, src);
  flood.check(k, w, flow, src, dst, t);
  count(w, t);
  tunnel(k, w, p);
}

// @ts-ignore: decorator
@inline function count(w: Who, t: usize): void {
  if (t == 0) return;
  if (w.toServer) changetype<Talk>(t).toServer += 1;
  else changetype<Talk>(t).toClient += 1;
}

// @ts-ignore: decorator
@inline function tunnel(k: Packet, w: Who, p: usize): void {
  if (w.talk == 0) return;
  if (k.flags & Is.PORTS) {
    if (k.destPort == 53 || k.sourcePort == 53) dns.check(k, w, p);
  } else if (w.protocol == 1 || w.protocol == 58) icmp.check(k, w, p);
}

/** Learning, in place of check(). What was configured is forgotten. */
export function learn(k: Packet, p: usize, flow: usize): void {
  if (!learning()) begin(true);
  if (!identify(k, flow)) return;
  const w = changetype<Who>(who);
  const second = <u32>(k.time / SECOND);
  const dst = target(w),
    src = source(w);
  rate.ofHost(k, src, 0, second);
  rate.ofHost(k, dst, 1, second);
  let t: usize = 0;
  if (w.talk != 0) {
    const record = talk(w);
    t = changetype<usize>(record);
    pair.learn(w, record);
    rate.ofTalk(k, w, record, second);
    silence.learn(k, w, record);
    beacon.check(k, w, flow, record);
  }
  flood.check(k, w, flow, src, dst, t);
  arp.learn(k, w, src);
  count(w, t);
  tunnel(k, w, p);
}

/** Time went on: before each packet, and when none comes. */
export function passing(time: u64): void {
  silence.passing(time);
}

let stage: u32 = 0;

/** Writes the members of the next baseline entry; false when there is none left, and the next call begins anew. */
export function exportNext(t: Text): bool {
  if (learning()) {
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
      if (dns.exportNext(t)) return true;
      stage = 7;
    }
    if (stage == 7) {
      if (icmp.exportNext(t)) return true;
      stage = 8;
    }
  }
  stage = 0;
  return false;
}

export function expected(t: Text, f: Finding): void {
  switch (f.detector) {
    case Detector.NEW_PAIR:
      pair.expected(t, f);
      return;
    case Detector.FLOOD:
      flood.expected(t, f);
      return;
    case Detector.ARP:
      arp.expected(t, f);
      return;
    case Detector.RATE:
      rate.expected(t, f);
      return;
    case Detector.BEACON:
      beacon.expected(t, f);
      return;
    case Detector.SILENCE:
      silence.expected(t, f);
      return;
    case Detector.DNS_TUNNEL:
      dns.expected(t, f);
      return;
    case Detector.ICMP_TUNNEL:
      icmp.expected(t, f);
      return;
  }
}

export function seen(t: Text, f: Finding): void {
  switch (f.detector) {
    case Detector.NEW_PAIR:
      pair.seen(t, f);
      return;
    case Detector.FLOOD:
      flood.seen(t, f);
      return;
    case Detector.ARP:
      arp.seen(t, f);
      return;
    case Detector.RATE:
      rate.seen(t, f);
      return;
    case Detector.BEACON:
      beacon.seen(t, f);
      return;
    case Detector.SILENCE:
      silence.seen(t, f);
      return;
    case Detector.DNS_TUNNEL:
      dns.seen(t, f);
      return;
    case Detector.ICMP_TUNNEL:
      icmp.seen(t, f);
      return;
  }
}

/** Records forgotten because a table was full, over all tables. */
export function evictions(): u64 {
  return hostEvictions() + talkEvictions() + arpEvictions() + dns.dnsEvictions() + icmp.icmpEvictions();
}
