// ARP (RFC 826) and neighbour discovery (RFC 4861) have no proof of who speaks; these are the signs of someone speaking
// for others. What one MAC address does is one alert of each detector, whomever it speaks for; a sweep is another one.
//
//   MOVED        an address goes to another MAC. With a baseline: to one that it does not know of this address, nor a
//                DHCP server gave it to. Without: as a failover or a new lease (RFC 2131) moves an address once and
//                spoofing takes it again and again, MOVES moves (bindings.ts). The only sign of the detector ND
//   MASQUERADE   an IP packet whose source address the baseline knows at other MACs only
//   ROUTER       the same of a host behind a router that is silent since: another router took over (routers.ts). Once
//   FOREIGN      the sender's MAC in ARP is not the frame's (Snort 112:2), nor that of a group of routers (virtual.ts)
//   UNSOLICITED  answers that nobody asked for, per station. Announcements of the own address are not counted here
//   STORM        such announcements (RFC 5227 section 3), more than boot or failover need
//   CLAIMS       one MAC says it has many addresses that nobody asked it for: a proxy answers questions
//   SWEEP        one MAC asks for many addresses that nobody is seen to answer for: a scan of the segment
//
// Limits of the last four per station: what the baseline saw most, and a half, at least LIMIT; LIMIT without one.
// State: tables.ts, bindings.ts, routers.ts; the MACs of each known host.
import { addressCheck, addressKey } from "../../../ip/onboard/address";
import { Packet, outerVlan } from "../../../ip/onboard/packet";
import { keyed } from "../../../lib/onboard/keyed";
import { Text, byte, lit, mac } from "../../../lib/onboard/text";
import { Detector } from "../../onboard/catalogue";
import { later } from "../../onboard/clock";
import { estimate, update } from "../../onboard/distinct";
import { Accused, Finding, Subject, raise, scaled } from "../../onboard/finding";
import { claim, learning } from "../../ip/onboard/area";
import { KNOWN_HOSTS, LEARNED_HOSTS } from "../../ip/onboard/capacity";
import { dhcp } from "../../ip/onboard/dhcp";
import { Endpoints } from "../../ip/onboard/endpoints";
import { Host, hostAt, hostSlot, host } from "../../ip/onboard/hosts";
import { addHost, findHost, knownHost, mark } from "../../ip/onboard/known";
import { Lease, leaseGiven, leaseOf } from "../../ip/onboard/leases";
import { checkOf, isHost, keyOf, openSection, recordAt, records, sane, versionOf } from "../../ip/onboard/section";
import { groupOf, isHello, isSameStation } from "../../ip/onboard/virtual";
import { hostMember, member } from "../../ip/onboard/words";
import { Binding, binding, bindingEvictions, causeOf, isTaken, openBindings, settle } from "./bindings";
import * as neighbour from "./neighbour";
import { forgetRouters, routes, takesOver } from "./routers";
import {
  STATIONS,
  Station,
  ask,
  asked,
  openTables,
  question,
  station,
  stationAt,
  stationEvictions,
  stationOf,
} from "./tables";
import { What } from "./words";

export { expected, seen } from "./words";

const OWN: u32 = 1 << Detector.ARP;

// u16 host, u16 flags, u32 zero, then of an address 4 x u64 MAC (0 = none), of a MAC 5 x f32 limits
const RECORD: u32 = 40;
const IS_BEHIND: u32 = 1; // flag: the host is behind a router, whose MAC address it has
const MOVES: f64 = 1.6;
const SALT: u64 = 0xd6e8feb86659fd93;
const limits: usize = memory.data<f64>([4, 40, 40, 16, 0.5]); // unsolicited, gratuitous, sweep, claims, foreign
const leaks: usize = memory.data<f64>([0.05, 0.5]); // per second

/** Of a known host that always has the same, by its index. Of a MAC address: its limits, 5 x f32, in their place. */
@unmanaged
class Macs {
  mac0: u64; // 0 = none; with BEHIND and AWAY
  mac1: u64;
  mac2: u64;
  mac3: u64;
}
const BEHIND: u64 = 1 << 63; // behind a router
const AWAY: u64 = 1 << 62; // a DHCP server gave the address to somebody else
const MAC: u64 = (1 << 48) - 1;

/** Learning: of a host, by its slot. */
@unmanaged
class LearnedMacs {
  mac0: u64; // MACS of them, 0 = none
  mac1: u64;
  mac2: u64;
  mac3: u64;
  frames: u32;
  more: u32; // 1 = there were more than MACS
}
const MACS: usize = 4;
let macs: usize = 0; // Macs[], or LearnedMacs[]

@inline function macsAt(index: u32): Macs {
  return changetype<Macs>(macs + <usize>index * offsetof<Macs>());
}
@inline function learnedAt(slot: u32): LearnedMacs {
  return changetype<LearnedMacs>(macs + <usize>slot * offsetof<LearnedMacs>());
}
/** Whether the baseline tells of the known host with this index + 1. */
@inline function told(known: u32): bool {
  return known != 0 && (knownHost(known - 1).owned & OWN) != 0;
}

let questions: u32 = 0; // seen at all: a tap that shows answers only must not call them unsolicited

export function reset(): void {
  openTables();
  openBindings();
  forgetRouters();
  questions = 0;
  neighbour.reset();
  next = 0;
  macs = claim(learning() ? LEARNED_HOSTS * offsetof<LearnedMacs>() : KNOWN_HOSTS * offsetof<Macs>());
}

export function evictions(): u64 {
  return stationEvictions() + bindingEvictions();
}

export function configure(start: usize, length: u32): bool {
  if (!openSection(start, length, RECORD)) return false;
  for (let i: u32 = 0; i < records(); ++i) {
    const p = recordAt(i),
      index = <u32>load<u16>(p),
      flags = <u32>load<u16>(p, 2);
    if (!isHost(index) || flags > (versionOf(index) == 0 ? 0 : IS_BEHIND)) return false;
    const n = addHost(keyOf(index), checkOf(index), Detector.ARP);
    if (n == 0) return false;
    if (versionOf(index) == 0)
      for (let j: usize = 0; j < 20; j += 4) {
        if (!sane(load<f32>(p + j, 8))) return false;
      }
    else {
      for (let j: usize = 0; j < 32; j += 8) if (load<u64>(p + j, 8) >> 48 != 0) return false;
      if (load<u64>(p, 8) == 0) return false;
      for (let j: usize = 0; j < 32; j += 8)
        if (load<u64>(p + j, 8) != 0 && !mark(addressKey(0, 0, load<u64>(p + j, 8)))) return false;
    }
    memory.copy(changetype<usize>(macsAt(n - 1)), p + 8, offsetof<Macs>());
    if (flags & IS_BEHIND) macsAt(n - 1).mac0 |= BEHIND;
  }
  return true;
}

/** Every frame. */
export function check(k: Packet, e: Endpoints): void {
  if (isClaim(k, e)) return;
  if (leaseGiven() != 0) leased(changetype<Lease>(leaseGiven()));
  const src = changetype<Host>(e.source);
  if (!told(src.known) || k.ips != 1 || k.macSrc == 0) return;
  const m = macsAt(src.known - 1);
  if (has(m, k.macSrc)) {
    if (m.mac0 & BEHIND) routes(m.mac0 & MAC, k.time);
    if (m.mac0 & AWAY) stays(m, src, k);
    return;
  }
  if (isHello(k) && (groupOf(k.macSrc) != 0 || isShared(m))) return;
  const lease = src.version == 4 ? leaseOf(outerVlan(k), <u32>src.lo) : 0,
    isLeased = lease != 0 && changetype<Lease>(lease).mac == k.macSrc;
  if (isLeased && !changetype<Lease>(lease).isVoid) return;
  const moves = m.mac0 & BEHIND ? takesOver(m.mac0 & MAC, k.macSrc, k.time) : MOVES + 1;
  if (moves == 0) return;
  const f = found(Detector.ARP, moves > MOVES ? What.MASQUERADE : What.ROUTER, k.macSrc, k.time, 2);
  if (f == 0) return;
  const g = changetype<Finding>(f);
  g.a = <f64>k.macSrc;
  g.b = <f64>(m.mac0 & MAC);
  // As it is borne by this MAC only; ARP itself names others than who speaks. Of a host that has a lease anybody can
  // say that he goes on using the address, and of one behind a router it was the router that changed.
  if (isLeased || moves <= MOVES) return;
  g.accused = Accused.SOURCE;
  g.mac = k.macSrc;
}

export function learn(k: Packet, e: Endpoints): void {
  if (isClaim(k, e)) return;
  const src = changetype<Host>(e.source);
  if (k.ips == 1 && k.macSrc != 0 && (src.hi | src.lo) != 0) at(src, k.macSrc); // 0.0.0.0 and :: are nobody's
}

/** Takes up what ARP and neighbour discovery say, but not in tunnels; true: there is nothing else in the frame. */
function isClaim(k: Packet, e: Endpoints): bool {
  if (k.arpOp != 0) {
    if (k.etherType == 0x0806 && k.macSrc != 0) message(k);
    return true;
  }
  if (k.protocol != 58 || !neighbour.read(k, e.frame)) return false;
  const n = neighbour.claim();
  if (learning()) at(host(addressKey(6, n.hi, n.lo), addressCheck(6, n.hi, n.lo), 6, n.hi, n.lo), n.mac);
  const b = binding(outerVlan(k), 6, n.hi, n.lo);
  // without its override flag it changes nothing that a neighbour knows (RFC 4861, section 7.2.5)
  if (!n.isOverride && b.mac != 0) return false;
  const f = judge(Detector.ND, k, b, n.mac, 0, n.isUnasked);
  if (f == 0) return false;
  const g = changetype<Finding>(f);
  g.subject = Subject.HOSTS;
  g.version = 6;
  g.srcHi = n.hi;
  g.srcLo = n.lo;
  return false;
}

/** A DHCP server gives an address to somebody. */
function leased(lease: Lease): void {
  const ip = dhcp().address,
    known = findHost(addressKey(4, 0, ip), addressCheck(4, 0, ip));
  if (!told(known)) return;
  const m = macsAt(known - 1);
  m.mac0 = has(m, lease.mac) ? m.mac0 & ~AWAY : m.mac0 | AWAY;
}

/** Who had an address that was given to somebody else goes on using it. */
function stays(m: Macs, src: Host, k: Packet): void {
  m.mac0 &= ~AWAY;
  const lease = leaseOf(outerVlan(k), <u32>src.lo);
  if (lease != 0 && changetype<Lease>(lease).mac != k.macSrc) changetype<Lease>(lease).isVoid = 1;
}

@inline function isShared(m: Macs): bool {
  return (groupOf(m.mac0 & MAC) | groupOf(m.mac1) | groupOf(m.mac2) | groupOf(m.mac3)) != 0;
}

function has(m: Macs, wanted: u64): bool {
  if ((m.mac0 & MAC) == wanted || m.mac1 == wanted || m.mac2 == wanted || m.mac3 == wanted) return true;
  if (groupOf(wanted) == 0) return false;
  return (
    isSameStation(m.mac0 & MAC, wanted) ||
    isSameStation(m.mac1, wanted) ||
    isSameStation(m.mac2, wanted) ||
    isSameStation(m.mac3, wanted)
  );
}

/** Learning: the host was seen at this MAC. */
function at(h: Host, address: u64): void {
  const m = learnedAt(hostSlot(h));
  if (!(h.owned & OWN)) {
    h.owned |= OWN;
    memory.fill(changetype<usize>(m), 0, offsetof<LearnedMacs>());
  }
  m.frames += 1;
  for (let i: usize = 0; i < MACS; ++i) {
    const place = changetype<usize>(m) + (i << 3);
    const known = load<u64>(place);
    if (known == address) return;
    if (known == 0) {
      store<u64>(place, address);
      return;
    }
  }
  m.more = 1;
}

/** A finding about what the MAC address `cause` does, where the score is above the threshold of 1; else 0. */
function found(detector: u32, what: u32, cause: u64, time: u64, score: f64): usize {
  const threshold = scaled(detector, 1),
    key = keyed(what == What.SWEEP ? SALT + what : SALT, cause);
  if (!(score > threshold)) return 0;
  return changetype<usize>(raise(detector, what, key, time, min<f64>(score, 100), max<f64>(threshold, 1e-9)));
}

function message(k: Packet): void {
  const s = station(k.macSrc),
    now = k.time,
    sender = k.arpSenderIp,
    target = k.arpTargetIp,
    isOwn = sender == target,
    tag = outerVlan(k);
  drain(s, now);
  if (k.arpSenderMac != k.macSrc && k.arpSenderMac != 0 && groupOf(k.arpSenderMac) == 0)
    measure(k, s, 4, What.FOREIGN, 1);
  const isAnswer = k.arpOp == 2 && !isOwn,
    isAsked = isAnswer && asked(question(tag, target, sender), now),
    isUnasked = isAnswer && !isAsked && questions != 0;
  if (sender != 0 && k.arpSenderMac != 0) claimed(k, s, tag, isAsked, isUnasked);
  if (isAsked) answered(k.arpTargetMac, sender, now);
  if (isOwn && sender != 0) {
    s.gratuitous += 1;
    measure(k, s, 1, What.STORM, s.gratuitous);
  } else if (k.arpOp == 1) {
    questions += 1;
    ask(question(tag, sender, target), now);
    if (update(changetype<usize>(s) + offsetof<Station>("asked"), keyed(SALT, target)))
      measure(k, s, 2, What.SWEEP, unanswered(s));
  } else if (isUnasked) {
    s.unsolicited += 1;
    measure(k, s, 0, What.UNSOLICITED, s.unsolicited);
  }
}

/** Addresses that the station asked for in this minute, less those that answered. */
function unanswered(s: Station): f64 {
  const state = changetype<usize>(s);
  return estimate(state + offsetof<Station>("asked")) - estimate(state + offsetof<Station>("answered"));
}

/** The address answers the station with the MAC address `asker`, which asked for it. */
function answered(asker: u64, address: u32, now: u64): void {
  const s = stationOf(asker);
  if (s == 0) return;
  drain(changetype<Station>(s), now);
  update(s + offsetof<Station>("answered"), keyed(SALT, address));
}

function drain(s: Station, now: u64): void {
  const dt = now > s.time ? <f64>(now - s.time) * 1e-9 : 0;
  s.time = later(s.time, now);
  s.unsolicited = <f32>max<f64>(0, s.unsolicited - load<f64>(leaks) * dt);
  s.gratuitous = <f32>max<f64>(0, s.gratuitous - load<f64>(leaks, 8) * dt);
  const minute = <u32>(now / 60000000000),
    tens = <u32>(now / 600000000000);
  if (s.minute != minute) {
    s.minute = minute;
    memory.fill(changetype<usize>(s) + offsetof<Station>("asked"), 0, 64);
    memory.fill(changetype<usize>(s) + offsetof<Station>("answered"), 0, 64);
  }
  if (s.tens != tens) {
    s.tens = tens;
    memory.fill(changetype<usize>(s) + offsetof<Station>("claimed"), 0, 64);
  }
}

/** One of a station's numbers against its limit. index: position among its limits and peaks. */
function measure(k: Packet, s: Station, index: u32, what: u32, value: f64): void {
  if (learning()) {
    const peak = changetype<usize>(s) + offsetof<Station>("peak0") + ((<usize>index) << 2);
    if (value > <f64>load<f32>(peak)) store<f32>(peak, <f32>value);
    return;
  }
  let limit = load<f64>(limits + ((<usize>index) << 3));
  if (told(s.known)) limit = <f64>load<f32>(changetype<usize>(macsAt(s.known - 1)) + ((<usize>index) << 2));
  const f = found(Detector.ARP, what, s.mac, k.time, value / limit);
  if (f == 0) return;
  const g = changetype<Finding>(f);
  g.a = <f64>s.mac;
  g.b = <f64>k.arpSenderMac;
  g.c = value;
  g.d = limit;
}

/** The sender says that an address is its own. */
function claimed(k: Packet, s: Station, tag: u32, isAsked: bool, isUnasked: bool): void {
  const ip = k.arpSenderIp;
  if (!isAsked && update(changetype<usize>(s) + offsetof<Station>("claimed"), keyed(SALT, ip)))
    measure(k, s, 3, What.CLAIMS, estimate(changetype<usize>(s) + offsetof<Station>("claimed")));
  if (learning()) at(host(addressKey(4, 0, ip), addressCheck(4, 0, ip), 4, 0, ip), k.arpSenderMac);
  judge(Detector.ARP, k, binding(tag, 4, 0, ip), k.arpSenderMac, leaseOf(tag, ip), isUnasked);
}

/** Somebody says that an address is at `address`; the finding where he takes it from somebody else, or 0. */
function judge(detector: u32, k: Packet, b: Binding, address: u64, lease: usize, isUnasked: bool): usize {
  if (lease != 0 && changetype<Lease>(lease).mac == address && !changetype<Lease>(lease).isVoid) {
    settle(b, address);
    return 0;
  }
  let holder = b.mac,
    score: f64 = 0;
  const taken = isTaken(b, address, k.time, isUnasked);
  if (learning()) return 0;
  const isKnown = told(b.known);
  if (isKnown) {
    const known = macsAt(b.known - 1);
    if (has(known, address)) return 0;
    holder = known.mac0 & MAC;
    score = 2;
  } else if (taken) score = b.moves / MOVES;
  if (!(score > scaled(detector, 1))) return 0;
  const f = found(detector, What.MOVED, causeOf(b, address, k.time), k.time, score);
  const g = changetype<Finding>(f);
  g.a = <f64>address;
  g.b = <f64>holder;
  g.c = isKnown ? 0 : b.moves;
  return f;
}

let next: u32 = 0;

/** Entries: `arp` of each address, `arp.station` of each MAC. */
export function exportNext(t: Text): bool {
  for (; next < LEARNED_HOSTS; ++next) {
    const place = hostAt(next);
    if (place == 0) continue;
    const h = changetype<Host>(place),
      m = learnedAt(next);
    if (h.version == 0 || !(h.owned & OWN)) continue;
    lit(t, '"detector":"arp",');
    hostMember(t, "ip", h.version, h.hi, h.lo);
    lit(t, ',"macs":[');
    for (let i: usize = 0; i < MACS && load<u64>(changetype<usize>(m) + (i << 3)) != 0; ++i) {
      lit(t, i == 0 ? '"' : ',"');
      mac(t, load<u64>(changetype<usize>(m) + (i << 3)));
      byte(t, 34);
    }
    lit(t, m.more ? '],"more":true' : "]");
    member(t, "frames", m.frames, 0);
    next += 1;
    return true;
  }
  for (; next < LEARNED_HOSTS + STATIONS; ++next) {
    const p = stationAt(next - LEARNED_HOSTS);
    if (p == 0) continue;
    const s = changetype<Station>(p);
    lit(t, '"detector":"arp.station",');
    hostMember(t, "mac", 0, 0, s.mac);
    member(t, "unsolicited", s.peak0, 3);
    member(t, "gratuitous", s.peak1, 3);
    member(t, "asks", s.peak2, 3);
    member(t, "claims", s.peak3, 3);
    member(t, "foreign", s.peak4, 0);
    next += 1;
    return true;
  }
  next = 0;
  return false;
}
