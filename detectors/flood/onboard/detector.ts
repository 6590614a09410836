// Floods towards one host, after Wang, Zhang, Shin, "Detecting SYN Flooding Attacks", INFOCOM 2002: cumulative sums of
// what comes in and is not answered, less what is allowed in that time. Here the sum moves with every packet instead of
// once in a period, so an alarm needs no window's end:  level = max(0, level - rate * dt) + step
//
//   SYN          +1 for a SYN; -1 when its handshake completes (the client goes on) or the host refuses (RST): a crowd
//                that comes at once completes its handshakes, forged sources do not
//   UDP          +1 for a datagram received, -1 for one sent: servers that answer stay at 0
//   ICMP         +1 for a message received, -1 for an echo request sent: replies that were asked for stay at 0
//   CONNECTIONS  +1 for a handshake completed; only where a baseline says how many are normal
//   AMPLIFIED    + bytes of a UDP answer that was not asked for, from ports known for amplification
//
// Alarm when level > limit. Of hosts that the baseline knows: rate = 2 x the most in a second, with a floor
// (../flood.ts), limit = 2 s of it, at least `least`. Of others: `rates` and `limits`. The level stops at three limits,
// so that the end of a flood shows soon.
// State: five levels of each host.
import { Packet } from "../../../ip/onboard/packet";
import { Flow } from "../../../ip/onboard/flow";
import { ACK, RST, SYN } from "../../../ip/onboard/tcp";
import { keyed } from "../../../lib/onboard/keyed";
import { Text, byte, decimal, lit } from "../../../lib/onboard/text";
import { Detector } from "../../onboard/catalogue";
import { later } from "../../onboard/clock";
import { Finding, raise, scaled } from "../../onboard/finding";
import { claim, learning } from "../../ip/onboard/area";
import { HOSTS, KNOWN_HOSTS, LEARNED_HOSTS } from "../../ip/onboard/capacity";
import { Conversation } from "../../ip/onboard/conversations";
import { Endpoints } from "../../ip/onboard/endpoints";
import { Host, hostAt, hostSlot } from "../../ip/onboard/hosts";
import { addHost, knownHost } from "../../ip/onboard/known";
import { checkOf, isHost, keyOf, openSection, recordAt, records, sane } from "../../ip/onboard/section";
import { hostMember, member, seconds } from "../../ip/onboard/words";

const OWN: u32 = 1 << Detector.FLOOD;

const enum Kind {
  SYN = 0,
  UDP = 1,
  ICMP = 2,
  CONNECTIONS = 3,
  AMPLIFIED = 4,
}
const KINDS: u32 = 5;
const RECORD: u32 = 24; // u16 host, 6 bytes zero, 4 x f32 limits per second (SYN, UDP, ICMP, connections)
const SALT: u64 = 0x2545f4914f6cdd1d;
const rates: usize = memory.data<f64>([50, 3000, 200, 0, 200000]); // without a baseline, per second; 0 = not judged
const least: usize = memory.data<f64>([30, 100, 30, 20]); // with one: the limit at least
const limits: usize = memory.data<f64>([250, 6000, 400, 0, 1000000]);

/** Of a host, by its slot. */
@unmanaged
class Levels {
  drained: u64; // time of the levels, ns
  since0: u64; // when each level left 0, ns; by Kind
  since1: u64;
  since2: u64;
  since3: u64;
  since4: u64;
  level0: f32;
  level1: f32;
  level2: f32;
  level3: f32;
  level4: f32;
  pad: u32;
}
const PEAKS: u32 = KINDS * 4; // learning, by slot: most in a second of each Kind, f32
const LIMITS: u32 = 16; // of a known host, by its index: per second, f32
const levels: usize = memory.data(HOSTS * offsetof<Levels>(), 8);
let learned: usize = 0; // peaks, or limits

@inline function peaksAt(slot: u32): usize {
  return learned + <usize>(slot * PEAKS);
}
@inline function limitsAt(index: u32): usize {
  return learned + <usize>(index * LIMITS);
}

@inline function levelsOf(h: Host): Levels {
  const l = changetype<Levels>(levels + <usize>hostSlot(h) * offsetof<Levels>());
  if (!(h.owned & OWN)) begin(h, l);
  return l;
}
function begin(h: Host, l: Levels): void {
  h.owned |= OWN;
  memory.fill(changetype<usize>(l), 0, offsetof<Levels>());
  if (learning()) memory.fill(peaksAt(hostSlot(h)), 0, PEAKS);
}

export function reset(): void {
  next = 0;
  learned = claim(learning() ? LEARNED_HOSTS * PEAKS : KNOWN_HOSTS * LIMITS);
}

export function configure(at: usize, length: u32): bool {
  if (!openSection(at, length, RECORD)) return false;
  for (let i: u32 = 0; i < records(); ++i) {
    const p = recordAt(i),
      index = <u32>load<u16>(p);
    if (!isHost(index)) return false;
    for (let j: usize = 0; j < 16; j += 4) if (!sane(load<f32>(p + j, 8))) return false;
    const n = addHost(keyOf(index), checkOf(index), Detector.FLOOD);
    if (n == 0) return false;
    memory.copy(limitsAt(n - 1), p + 8, LIMITS);
  }
  return true;
}

/** In learning too. */
export function check(k: Packet, e: Endpoints): void {
  if (e.version == 0 || e.group) return;
  const protocol = <u32>e.protocol;
  const src = changetype<Host>(e.source),
    dst = changetype<Host>(e.target);
  if (protocol == 6) {
    if (k.tcpHeader != 0) segment(k, e.flow, src, dst);
  } else if (protocol == 17) {
    if (amplifier(<u32>k.sourcePort) && unasked(e)) add(k, dst, Kind.AMPLIFIED, <f64>k.payloadClaimed);
    add(k, dst, Kind.UDP, 1);
    take(k.time, src, Kind.UDP);
  } else if (protocol == 1 || protocol == 58) {
    if (protocol == 58 && k.icmpType >= 133 && k.icmpType <= 137) return; // neighbour discovery
    add(k, dst, Kind.ICMP, 1);
    if (k.icmpType == (protocol == 1 ? 8 : 128)) take(k.time, src, Kind.ICMP);
  }
}

/** A packet to the client of a conversation in which it never sent one. */
function unasked(e: Endpoints): bool {
  return e.conversation != 0 && !e.toServer && changetype<Conversation>(e.conversation).toServer == 0;
}

function segment(k: Packet, flow: usize, src: Host, dst: Host): void {
  const flags = (<u32>k.tcpFlags) & (SYN | ACK | RST);
  if (flags == SYN) {
    add(k, dst, Kind.SYN, 1);
    return;
  }
  if (flow == 0) return;
  const f = changetype<Flow>(flow);
  if (!((<u32>f.flagsToServer) & SYN)) return;
  if (flags == ACK) {
    // the client's first segment behind its SYN, or behind that sent twice
    if (f.toClient || f.packetsToServer > 3 || f.packetsToServer < 2) return;
    if (f.packetsToServer == 2) add(k, dst, Kind.CONNECTIONS, 1);
    take(k.time, dst, Kind.SYN);
  } else if (flags & RST && f.toClient && f.packetsToClient == 1) take(k.time, src, Kind.SYN);
}

/**
 * Ports whose services answer with more than they are asked (US-CERT TA14-017A; memcached, CLDAP, WS-Discovery, CoAP).
 */
function amplifier(port: u32): bool {
  switch (port) {
    case 17:
    case 19:
    case 53:
    case 111:
    case 123:
    case 137:
    case 161:
    case 389:
    case 1900:
    case 3702:
    case 5683:
    case 11211:
      return true;
    default:
      return false;
  }
}

@inline function level(l: Levels, kind: u32): usize {
  return changetype<usize>(l) + offsetof<Levels>("level0") + ((<usize>kind) << 2);
}
@inline function since(l: Levels, kind: u32): usize {
  return changetype<usize>(l) + offsetof<Levels>("since0") + ((<usize>kind) << 3);
}

/** Whether the baseline has a limit of this kind for the host. */
@inline function isLimited(h: Host, kind: u32): bool {
  return h.known != 0 && kind < 4 && (knownHost(h.known - 1).owned & OWN) != 0;
}

/** Allowed per second. */
function rate(h: Host, kind: u32): f64 {
  if (isLimited(h, kind)) return <f64>load<f32>(limitsAt(h.known - 1) + ((<usize>kind) << 2));
  return load<f64>(rates + ((<usize>kind) << 3));
}

function limit(h: Host, kind: u32): f64 {
  if (isLimited(h, kind)) {
    // handshakes under way: as many as begin in half a second at the host's own rate
    const open = kind == Kind.SYN ? rate(h, Kind.CONNECTIONS) / 2 : 0;
    return max<f64>(max<f64>(2 * rate(h, kind), open), load<f64>(least + ((<usize>kind) << 3)));
  }
  return load<f64>(limits + ((<usize>kind) << 3));
}

/** Time passes for all levels of a host. Learning: they begin anew with each second. */
function drain(h: Host, l: Levels, now: u64): void {
  if (learning()) {
    if (now / 1000000000 != l.drained / 1000000000) for (let i: u32 = 0; i < KINDS; ++i) store<f32>(level(l, i), 0);
    l.drained = now;
    return;
  }
  const dt = now > l.drained ? <f64>(now - l.drained) * 1e-9 : 0;
  l.drained = later(l.drained, now);
  if (dt == 0) return;
  for (let i: u32 = 0; i < KINDS; ++i) {
    const v = <f64>load<f32>(level(l, i));
    if (v != 0) store<f32>(level(l, i), <f32>max<f64>(0, v - rate(h, i) * dt));
  }
}

function take(now: u64, h: Host, kind: u32): void {
  const l = levelsOf(h);
  drain(h, l, now);
  const v = load<f32>(level(l, kind));
  if (v > 0) store<f32>(level(l, kind), max<f32>(0, v - 1));
}

function add(k: Packet, h: Host, kind: u32, step: f64): void {
  const l = levelsOf(h);
  drain(h, l, k.time);
  const at = level(l, kind);
  const before = <f64>load<f32>(at);
  if (before == 0) store<u64>(since(l, kind), k.time);
  if (learning()) {
    const now = <f32>(before + step),
      peak = peaksAt(hostSlot(h)) + ((<usize>kind) << 2);
    store<f32>(at, now);
    if (now > load<f32>(peak)) store<f32>(peak, now);
    return;
  }
  const most = limit(h, kind);
  if (most == 0) return;
  const now = min<f64>(before + step, 3 * most);
  store<f32>(at, <f32>now);
  const score = now / most,
    threshold = scaled(Detector.FLOOD, 1);
  if (!(score > threshold)) return;
  const f = raise(Detector.FLOOD, kind + 1, keyed(SALT + kind, h.key), k.time, score, max<f64>(threshold, 1e-9));
  const began = load<u64>(since(l, kind));
  f.since = began;
  f.b = k.time > began ? <f64>(k.time - began) * 1e-9 : 0;
  f.c = rate(h, kind);
  f.a = now + f.c * f.b;
  f.d = most;
}

let next: u32 = 0;

export function exportNext(t: Text): bool {
  for (; next < LEARNED_HOSTS; ++next) {
    const at = hostAt(next);
    if (at == 0) continue;
    const h = changetype<Host>(at);
    if (h.version == 0 || !h.sends) continue; // nobody, if it never sent
    levelsOf(h);
    const peaks = peaksAt(next);
    lit(t, '"detector":"flood",');
    hostMember(t, "host", h.version, h.hi, h.lo);
    member(t, "syn", load<f32>(peaks), 0);
    member(t, "udp", load<f32>(peaks, 4), 0);
    member(t, "icmp", load<f32>(peaks, 8), 0);
    member(t, "connections", load<f32>(peaks, 12), 0);
    next += 1;
    return true;
  }
  next = 0;
  return false;
}

function unit(t: Text, what: u32): void {
  switch (what - 1) {
    case Kind.SYN:
      lit(t, "SYNs without completed handshake");
      return;
    case Kind.UDP:
      lit(t, "datagrams received beyond those sent");
      return;
    case Kind.ICMP:
      lit(t, "ICMP messages beyond those asked for");
      return;
    case Kind.CONNECTIONS:
      lit(t, "new connections");
      return;
    default:
      lit(t, "bytes of answers that nobody asked for");
  }
}

export function expected(t: Text, f: Finding): void {
  lit(t, "at most ");
  decimal(t, f.c, 1);
  byte(t, 32);
  unit(t, f.what);
  lit(t, " per second to one host, ");
  decimal(t, f.d, 0);
  lit(t, " beyond that");
}

export function seen(t: Text, f: Finding): void {
  lit(t, "about ");
  decimal(t, f.a, 0);
  byte(t, 32);
  unit(t, f.what);
  lit(t, " in ");
  seconds(t, f.b);
}
