// Floods towards one host, after Wang, Zhang, Shin, "Detecting SYN Flooding Attacks", INFOCOM 2002: cumulative sums of
// what comes in and is not answered, less what is allowed in that time. Here the sum moves with every packet instead of
// once in a period, so an alarm needs no window's end:  level = max(0, level - rate * dt) + step
//
//   SYN          +1 for a SYN; -1 when its handshake completes (the client goes on) or the host refuses (RST): a crowd that
//                comes at once completes its handshakes, forged sources do not
//   UDP          +1 for a datagram received, -1 for one sent: servers that answer stay at 0
//   ICMP         +1 for a message received, -1 for an echo request sent: replies that were asked for stay at 0
//   CONNECTIONS  +1 for a handshake completed; only where a baseline says how many are normal
//   AMPLIFIED    + bytes of a UDP answer that was not asked for, from ports known for amplification
//
// Alarm when level > limit. Of hosts that the baseline knows: rate = 2 x the most in a second, with a floor (../flood.ts),
// limit = 2 s of it, at least `least`. Of others: `rates` and `limits`. The level stops at three limits, so that the end of
// a flood shows soon.
// State: levels in the host's record (ip/onboard/hosts.ts).
import { Packet } from "../../../ip/onboard/packet";
import { Flow } from "../../../ip/onboard/flow";
import { ACK, RST, SYN } from "../../../ip/onboard/tcp";
import { mix } from "../../../lib/onboard/bytes";
import { Text, byte, decimal, lit } from "../../../lib/onboard/text";
import { Detector } from "../../onboard/catalogue";
import { later } from "../../onboard/clock";
import { Finding, raise, scaled } from "../../onboard/finding";
import { learning } from "../../ip/onboard/area";
import { Host, hostAt, lesson } from "../../ip/onboard/hosts";
import { KnownHost, Knows, addHost, knownHost } from "../../ip/onboard/known";
import { checkOf, isHost, keyOf, openSection, recordAt, records, sane } from "../../ip/onboard/section";
import { Talk } from "../../ip/onboard/talks";
import { Who } from "../../ip/onboard/who";
import { hostMember, member, seconds } from "../../ip/onboard/words";

export const enum Kind {
  SYN = 0,
  UDP = 1,
  ICMP = 2,
  CONNECTIONS = 3,
  AMPLIFIED = 4,
}
const KINDS: u32 = 5;
const RECORD: u32 = 24; // u16 host, 6 bytes zero, 4 x f32 limits per second (SYN, UDP, ICMP, connections)
const PEAKS: usize = 264; // in the host's lesson: 5 x f32, most in a second
const SALT: u64 = 0x2545f4914f6cdd1d;
const rates: usize = memory.data<f64>([50, 3000, 200, 0, 200000]); // without a baseline, per second; 0 = not judged
const least: usize = memory.data<f64>([30, 100, 30, 20]); // with one: the limit at least
const limits: usize = memory.data<f64>([250, 6000, 400, 0, 1000000]);

export function configure(at: usize, length: u32): bool {
  if (!openSection(at, length, RECORD)) return false;
  for (let i: u32 = 0; i < records(); ++i) {
    const p = recordAt(i),
      index = <u32>load<u16>(p);
    if (!isHost(index)) return false;
    for (let j: usize = 0; j < 16; j += 4) if (!sane(load<f32>(p + j, 8))) return false;
    const n = addHost(keyOf(index), checkOf(index));
    if (n == 0) return false;
    const h = knownHost(n - 1);
    memory.copy(changetype<usize>(h) + offsetof<KnownHost>("floods"), p + 8, 16);
    h.flags |= Knows.FLOODS;
  }
  return true;
}

/** src and dst: the records of the packet's hosts. talk: of its talk, or 0. */
export function check(k: Packet, w: Who, flow: usize, src: Host, dst: Host, talk: usize): void {
  if (w.version == 0 || w.group) return;
  const protocol = <u32>w.protocol;
  if (protocol == 6) {
    if (k.tcpHeader != 0) segment(k, w, flow, src, dst);
  } else if (protocol == 17) {
    if (amplifier(<u32>k.sourcePort) && talk != 0 && !w.toServer && changetype<Talk>(talk).toServer == 0)
      add(k, w, dst, Kind.AMPLIFIED, <f64>k.payloadClaimed);
    add(k, w, dst, Kind.UDP, 1);
    take(k.time, src, Kind.UDP);
  } else if (protocol == 1 || protocol == 58) {
    if (protocol == 58 && k.icmpType >= 133 && k.icmpType <= 137) return; // neighbour discovery
    add(k, w, dst, Kind.ICMP, 1);
    if (k.icmpType == (protocol == 1 ? 8 : 128)) take(k.time, src, Kind.ICMP);
  }
}

function segment(k: Packet, w: Who, flow: usize, src: Host, dst: Host): void {
  const flags = (<u32>k.tcpFlags) & (SYN | ACK | RST);
  if (flags == SYN) {
    add(k, w, dst, Kind.SYN, 1);
    return;
  }
  if (flow == 0) return;
  const f = changetype<Flow>(flow);
  if (!((<u32>f.flagsToServer) & SYN)) return;
  if (flags == ACK) {
    // the client's first segment behind its SYN, or behind that sent twice
    if (f.toClient || f.packetsToServer > 3 || f.packetsToServer < 2) return;
    if (f.packetsToServer == 2) add(k, w, dst, Kind.CONNECTIONS, 1);
    take(k.time, dst, Kind.SYN);
  } else if (flags & RST && f.toClient && f.packetsToClient == 1) take(k.time, src, Kind.SYN);
}

/** Ports whose services answer with more than they are asked (US-CERT TA14-017A; memcached, CLDAP, WS-Discovery, CoAP). */
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

// @ts-ignore: decorator
@inline function level(h: Host, kind: u32): usize {
  return changetype<usize>(h) + offsetof<Host>("level0") + ((<usize>kind) << 2);
}
// @ts-ignore: decorator
@inline function since(h: Host, kind: u32): usize {
  return changetype<usize>(h) + offsetof<Host>("since0") + ((<usize>kind) << 3);
}

/** Allowed per second. */
function rate(h: Host, kind: u32): f64 {
  if (h.known != 0 && kind < 4) {
    const n = knownHost(h.known - 1);
    if (n.flags & Knows.FLOODS)
      return <f64>load<f32>(changetype<usize>(n) + offsetof<KnownHost>("floods") + ((<usize>kind) << 2));
  }
  return load<f64>(rates + ((<usize>kind) << 3));
}

function limit(h: Host, kind: u32): f64 {
  if (h.known != 0 && kind < 4 && knownHost(h.known - 1).flags & Knows.FLOODS) {
    // handshakes under way: as many as begin in half a second at the host's own rate
    const open = kind == Kind.SYN ? rate(h, Kind.CONNECTIONS) / 2 : 0;
    return max<f64>(max<f64>(2 * rate(h, kind), open), load<f64>(least + ((<usize>kind) << 3)));
  }
  return load<f64>(limits + ((<usize>kind) << 3));
}

/** Time passes for all levels of a host. Learning: they begin anew with each second. */
function drain(h: Host, now: u64): void {
  if (learning()) {
    if (now / 1000000000 != h.drained / 1000000000) for (let i: u32 = 0; i < KINDS; ++i) store<f32>(level(h, i), 0);
    h.drained = now;
    return;
  }
  const dt = now > h.drained ? <f64>(now - h.drained) * 1e-9 : 0;
  h.drained = later(h.drained, now);
  if (dt == 0) return;
  for (let i: u32 = 0; i < KINDS; ++i) {
    const l = <f64>load<f32>(level(h, i));
    if (l != 0) store<f32>(level(h, i), <f32>max<f64>(0, l - rate(h, i) * dt));
  }
}

function take(now: u64, h: Host, kind: u32): void {
  drain(h, now);
  const l = load<f32>(level(h, kind));
  if (l > 0) store<f32>(level(h, kind), max<f32>(0, l - 1));
}

function add(k: Packet, w: Who, h: Host, kind: u32, step: f64): void {
  drain(h, k.time);
  const at = level(h, kind);
  const before = <f64>load<f32>(at);
  if (before == 0) store<u64>(since(h, kind), k.time);
  if (learning()) {
    const now = <f32>(before + step),
      peak = lesson(h) + PEAKS + ((<usize>kind) << 2);
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
  const f = raise(Detector.FLOOD, kind + 1, mix(SALT + kind, h.key), k.time, score, max<f64>(threshold, 1e-9));
  const began = load<u64>(since(h, kind));
  f.since = began;
  f.b = k.time > began ? <f64>(k.time - began) * 1e-9 : 0;
  f.c = rate(h, kind);
  f.a = now + f.c * f.b;
  f.d = most;
}

let next: u32 = 0;
export function rewind(): void {
  next = 0;
}

export function exportNext(t: Text): bool {
  for (; next < 512; ++next) {
    const at = hostAt(next);
    if (at == 0) continue;
    const h = changetype<Host>(at);
    if (h.version == 0) continue;
    const peaks = lesson(h) + PEAKS;
    if (load<u32>(lesson(h)) == 0 && h.sent60 == 0) continue; // nobody: it never sent
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
