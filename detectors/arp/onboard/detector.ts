// ARP (RFC 826) has no proof of who speaks; these are the signs of someone speaking for others.
//
//   MOVED        an address goes to another MAC. With a baseline: to one that it does not know of this address.
//                Without: as a failover or a new lease (RFC 2131) moves an address once and spoofing moves it to and
//                fro, MOVES moves, each worth half after HALF
//   MASQUERADE   an IP packet whose source address the baseline knows at other MACs only
//   FOREIGN      the sender's MAC in ARP is not the frame's (Snort 112:2)
//   UNSOLICITED  answers that nobody asked for, per station. Announcements of the own address are not counted here
//   STORM        such announcements (RFC 5227 section 3), more than boot or failover need
//   CLAIMS       one MAC says it has many addresses
//   SWEEP        one MAC asks for many addresses: a scan of the segment
//
// Limits of the last four per station: what the baseline saw most, and a half, at least LIMIT; LIMIT without one.
// State: tables.ts; the MACs of each known host.
import { addressCheck, addressKey } from "../../../ip/onboard/address";
import { Packet, vlan } from "../../../ip/onboard/packet";
import { keyed } from "../../../lib/onboard/keyed";
import { Text, byte, decimal, lit, mac } from "../../../lib/onboard/text";
import { Detector } from "../../onboard/catalogue";
import { later } from "../../onboard/clock";
import { estimate, update } from "../../onboard/distinct";
import { Accused, Finding, raise, scaled } from "../../onboard/finding";
import { claim, learning } from "../../ip/onboard/area";
import { KNOWN_HOSTS, LEARNED_HOSTS } from "../../ip/onboard/capacity";
import { Endpoints } from "../../ip/onboard/endpoints";
import { Host, hostAt, hostSlot, host } from "../../ip/onboard/hosts";
import { addHost, knownHost, mark } from "../../ip/onboard/known";
import { checkOf, isHost, keyOf, openSection, recordAt, records, sane, versionOf } from "../../ip/onboard/section";
import { hostMember, member } from "../../ip/onboard/words";
import { STATIONS, Station, ask, asked, binding, openTables, station, stationAt } from "./tables";

const OWN: u32 = 1 << Detector.ARP;

export { evictions } from "./tables";

const enum What {
  MOVED = 1,
  MASQUERADE = 2,
  FOREIGN = 3,
  UNSOLICITED = 4,
  STORM = 5,
  CLAIMS = 6,
  SWEEP = 7,
}

// u16 host, u16 zero, u32 zero, then of an address 4 x u64 MAC (0 = none), of a MAC 5 x f32 limits
const RECORD: u32 = 40;
const HALF: f64 = 120; // s
const MOVES: f64 = 1.6;
const ANSWER: u64 = 5000000000; // ns that a question stays open
const SALT: u64 = 0xd6e8feb86659fd93;
const limits: usize = memory.data<f64>([4, 40, 40, 16, 0.5]); // unsolicited, gratuitous, sweep, claims, foreign
const leaks: usize = memory.data<f64>([0.05, 0.5]); // per second

/** Of a known host that always has the same, by its index. Of a MAC address: its limits, 5 x f32, in their place. */
@unmanaged
class Macs {
  mac0: u64; // 0 = none
  mac1: u64;
  mac2: u64;
  mac3: u64;
}

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
  questions = 0;
  next = 0;
  macs = claim(learning() ? LEARNED_HOSTS * offsetof<LearnedMacs>() : KNOWN_HOSTS * offsetof<Macs>());
}

export function configure(start: usize, length: u32): bool {
  if (!openSection(start, length, RECORD)) return false;
  for (let i: u32 = 0; i < records(); ++i) {
    const p = recordAt(i),
      index = <u32>load<u16>(p);
    if (!isHost(index)) return false;
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
  }
  return true;
}

/** Every frame. */
export function check(k: Packet, e: Endpoints): void {
  if (k.arpOp != 0) {
    if (k.etherType == 0x0806 && k.macSrc != 0) message(k);
    return;
  } // not what a tunnel carries
  const src = changetype<Host>(e.source);
  if (!told(src.known) || k.ips != 1 || k.macSrc == 0) return;
  const m = macsAt(src.known - 1);
  if (has(m, k.macSrc)) return;
  const f = found(What.MASQUERADE, src.key, k.time, 2);
  if (f == 0) return;
  const g = changetype<Finding>(f);
  g.a = <f64>k.macSrc;
  g.b = <f64>m.mac0;
  g.accused = Accused.SOURCE; // as it is borne by this MAC only. ARP itself names others than who speaks
  g.mac = k.macSrc;
}

export function learn(k: Packet, e: Endpoints): void {
  if (k.arpOp != 0) {
    if (k.etherType == 0x0806 && k.macSrc != 0) message(k);
    return;
  } // not what a tunnel carries
  const src = changetype<Host>(e.source);
  if (k.ips == 1 && k.macSrc != 0 && (src.hi | src.lo) != 0) at(src, k.macSrc); // 0.0.0.0 and :: are nobody's
}

@inline function has(m: Macs, wanted: u64): bool {
  return m.mac0 == wanted || m.mac1 == wanted || m.mac2 == wanted || m.mac3 == wanted;
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

/** A finding where the score is above the threshold of 1; else 0. */
function found(what: u32, key: u64, time: u64, score: f64): usize {
  const threshold = scaled(Detector.ARP, 1);
  if (!(score > threshold)) return 0;
  return changetype<usize>(
    raise(Detector.ARP, what, keyed(SALT + what, key), time, min<f64>(score, 100), max<f64>(threshold, 1e-9)),
  );
}

function message(k: Packet): void {
  const s = station(k.macSrc),
    now = k.time;
  const tag = k.vlans ? vlan(k, 0) : 0;
  const sender = k.arpSenderIp,
    target = k.arpTargetIp;
  drain(s, now);
  if (k.arpSenderMac != k.macSrc && k.arpSenderMac != 0) measure(k, s, 4, What.FOREIGN, 1);
  if (sender != 0 && k.arpSenderMac != 0) claimed(k, s, tag);
  const own = sender == target;
  if (own && sender != 0) {
    s.gratuitous += 1;
    measure(k, s, 1, What.STORM, s.gratuitous);
    return;
  }
  if (k.arpOp == 1) {
    questions += 1;
    ask(tag, sender, target, now);
    if (update(changetype<usize>(s) + offsetof<Station>("asked"), keyed(SALT, target)))
      measure(k, s, 2, What.SWEEP, estimate(changetype<usize>(s) + offsetof<Station>("asked")));
  } else if (k.arpOp == 2 && questions != 0 && !asked(tag, target, sender, now, ANSWER)) {
    s.unsolicited += 1;
    measure(k, s, 0, What.UNSOLICITED, s.unsolicited);
  }
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
  const f = found(what, s.key, k.time, value / limit);
  if (f == 0) return;
  const g = changetype<Finding>(f);
  g.a = <f64>s.mac;
  g.b = <f64>k.arpSenderMac;
  g.c = value;
  g.d = limit;
}

/** The sender says that an address is its own. */
function claimed(k: Packet, s: Station, tag: u32): void {
  const m = k.arpSenderMac,
    ip = k.arpSenderIp;
  if (update(changetype<usize>(s) + offsetof<Station>("claimed"), keyed(SALT, ip)))
    measure(k, s, 3, What.CLAIMS, estimate(changetype<usize>(s) + offsetof<Station>("claimed")));
  if (learning()) at(host(addressKey(4, 0, ip), addressCheck(4, 0, ip), 4, 0, ip), m);
  const b = binding(tag, ip);
  const before = b.mac;
  b.mac = m;
  let score: f64 = 0;
  if (!learning() && told(b.known)) {
    const known = macsAt(b.known - 1);
    if (has(known, m)) return;
    score = 2;
    b.previous = known.mac0;
  } else {
    if (before == 0 || before == m) return;
    b.previous = before;
    b.moves = 1 + b.moves * NativeMath.exp2(-(k.time > b.time ? <f64>(k.time - b.time) * 1e-9 : 0) / HALF);
    b.time = k.time;
    if (learning()) return;
    score = b.moves / MOVES;
  }
  const f = found(What.MOVED, b.key, k.time, score);
  if (f == 0) return;
  const g = changetype<Finding>(f);
  g.a = <f64>m;
  g.b = <f64>b.previous;
  g.c = b.moves;
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

export function expected(t: Text, f: Finding): void {
  switch (f.what) {
    case What.MOVED:
      lit(t, "the address at ");
      mac(t, <u64>f.b);
      if (f.c != 0) lit(t, ", or one move to another MAC address");
      return;
    case What.MASQUERADE:
      lit(t, "packets of this address from ");
      mac(t, <u64>f.b);
      return;
    case What.FOREIGN:
      lit(t, "the sender of the frame as the sender of the ARP message");
      return;
    default:
      lit(t, "of one MAC address at most ");
      decimal(t, f.d, 1);
      lit(
        t,
        f.what == What.UNSOLICITED
          ? " answers that nobody asked for"
          : f.what == What.STORM
            ? " announcements of addresses"
            : f.what == What.CLAIMS
              ? " addresses that it says are its own in 10 minutes"
              : " addresses asked for in a minute",
      );
  }
}

export function seen(t: Text, f: Finding): void {
  mac(t, <u64>f.a);
  switch (f.what) {
    case What.MOVED:
      lit(t, " claims it");
      return;
    case What.MASQUERADE:
      lit(t, " sends in its name");
      return;
    case What.FOREIGN:
      lit(t, " speaks for ");
      mac(t, <u64>f.b);
      return;
    default:
      lit(t, ": about ");
      decimal(t, f.c, 1);
  }
}
