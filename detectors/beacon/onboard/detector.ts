// Beacons: a host that calls the same external service at regular times, as malware asks its master for orders.
//
// Expected: what people and programs want comes irregularly; intervals of a Poisson process deviate from their median
// by 0.69 of it (median absolute deviation). Events: new TCP connections, or datagrams after QUIET, of one
// conversation. Over the last 8 to 16 intervals: regular when the deviation is at most half of JITTER of the median, or
// at most JITTER (a jitter of +-20 % gives 0.10, normal with 20 % 0.135) for STEADY events with MANY intervals or more
// each; and three of four intervals lie within NEAR of it, so a missed or an additional event changes little. Periods
// PERIOD_MIN .. PERIOD_MAX. score = allowed / deviation, threshold 1.
//
// A service that refused the last REFUSED connections or more, and accepted none of them, is no beacon: a program tries
// again what is down. Who is refused has said nothing yet; as soon as one is accepted, the next is judged. The alert
// says where no connection was accepted, and where all datagrams were of one socket, as a keep-alive's are
// (WireGuard's, IPsec's through NAT, RFC 3948 section 4): who listens for orders can do the same, so these are told,
// and not left out.
//
// Not judged: conversations in the inventory, what was regular in learning (client, service, period), and, without a
// baseline, NTP (port 123), which is a beacon by design. A forgotten conversation is counted anew.
import { Flow } from "../../../ip/onboard/flow";
import { Packet } from "../../../ip/onboard/packet";
import { addressKey } from "../../../ip/onboard/address";
import { ACK, RST, SYN } from "../../../ip/onboard/tcp";
import { keyed } from "../../../lib/onboard/keyed";
import { Text, byte, decimal, lit, unsigned } from "../../../lib/onboard/text";
import { Detector } from "../../onboard/catalogue";
import { Finding, raise, scaled } from "../../onboard/finding";
import { accuseCounted } from "../../ip/onboard/accuse";
import { claim, learning } from "../../ip/onboard/area";
import { CONVERSATIONS, LEARNED_CONVERSATIONS } from "../../ip/onboard/capacity";
import { Conversation, conversationAt, conversationSlot, partiesAt } from "../../ip/onboard/conversations";
import { Endpoints, external } from "../../ip/onboard/endpoints";
import { inventory } from "../../ip/onboard/known";
import { hiOf, isHost, keyOf, openSection, recordAt, records, sane, versionOf } from "../../ip/onboard/section";
import { hostMember, member, seconds } from "../../ip/onboard/words";

const OWN: u32 = 1 << Detector.BEACON;
const RING: u32 = 16;
const ENOUGH: u32 = 8;
const JITTER: f64 = 0.16;
const LEAST: f64 = 0.0015; // a deviation below is as good as none
const NEAR: f64 = 0.35;
const STEADY: u32 = 2;
const MANY: u32 = 12;
const QUIET: u64 = 500000000;
const PERIOD_MIN: f64 = 0.9;
const PERIOD_MAX: f64 = 3700;
const REFUSED: u32 = 8;
const NTP: u32 = 123;
const SALT: u64 = 0xb492b66fbe98f273;

const enum What {
  REGULAR = 1,
  UNANSWERED = 2,
  ONE_SOCKET = 3,
}

// The baseline's: u16 client, u16 service, u8 protocol, 3 zeros, f32 shortest and longest period
const RECORD: u32 = 16;
const KNOWN: u32 = 256;
const known: usize = memory.data(KNOWN * 16, 8); // u64 key, f32 shortest, f32 longest
let knownCount: u32 = 0;

/** Of a conversation, by its slot. */
@unmanaged
class Beacon {
  event: u64; // the last, ns
  ring: u64; // RING x the upper half of an f32: intervals, s
  ring1: u64;
  ring2: u64;
  ring3: u64;
  intervals: u8; // in the ring
  place: u8; // of the next one
  steady: u8; // events at which the ring was regular, one behind the other
  refused: u8; // connections that were, one behind the other
  alike: u8; // events, one behind the other, without an accepted connection, or from one port
  pad: u8;
  port: u16; // of the last datagram
}
const beacons: usize = memory.data(CONVERSATIONS * offsetof<Beacon>(), 8);

/** Learning: shortest and longest period of a conversation, by its slot; s, 0 = not regular. */
@unmanaged
class Periods {
  shortest: f32;
  longest: f32;
}
let periods: usize = 0;

@inline function beaconAt(slot: u32): Beacon {
  return changetype<Beacon>(beacons + <usize>slot * offsetof<Beacon>());
}
@inline function periodsAt(slot: u32): Periods {
  return changetype<Periods>(periods + <usize>slot * offsetof<Periods>());
}

function beaconOf(c: Conversation): Beacon {
  const slot = conversationSlot(c),
    b = beaconAt(slot);
  if (c.owned & OWN) return b;
  c.owned |= OWN;
  memory.fill(changetype<usize>(b), 0, offsetof<Beacon>());
  if (learning()) memory.fill(changetype<usize>(periodsAt(slot)), 0, offsetof<Periods>());
  return b;
}

const sorted: usize = memory.data(16 * 8, 8);
let median: f64 = 0;
let deviation: f64 = 0;
let allowed: f64 = 0;

export function reset(): void {
  knownCount = 0;
  next = 0;
  if (learning()) periods = claim(LEARNED_CONVERSATIONS * offsetof<Periods>());
}

function serviceKey(client: u64, protocol: u32, service: u32): u64 {
  return keyed(client, ((<u64>service) << 8) | protocol);
}

export function configure(at: usize, length: u32): bool {
  if (!openSection(at, length, RECORD) || records() > KNOWN) return false;
  for (let i: u32 = 0; i < records(); ++i) {
    const p = recordAt(i),
      client = <u32>load<u16>(p);
    if (!isHost(client) || !sane(load<f32>(p, 8)) || !sane(load<f32>(p, 12)) || load<f32>(p, 8) > load<f32>(p, 12))
      return false;
    const to = known + ((<usize>i) << 4);
    const key = versionOf(client) == 6 ? networkKey(hiOf(client)) : keyOf(client);
    store<u64>(to, serviceKey(key, <u32>load<u8>(p, 4), <u32>load<u16>(p, 2)));
    store<u64>(to, load<u64>(p, 8), 8);
  }
  knownCount = records();
  return true;
}

/** In learning too. */
export function check(k: Packet, e: Endpoints): void {
  if (e.conversation == 0 || e.unordered || e.version == 0) return;
  if (!e.toServer) {
    if (e.protocol == 6) answered(k, e);
    return;
  }
  const c = changetype<Conversation>(e.conversation);
  if (c.known != 0 && !c.wildcard) return;
  const now = k.time;
  if (e.protocol == 6) {
    if (((<u32>k.tcpFlags) & (SYN | ACK)) != SYN || e.flow == 0) return;
    const flow = changetype<Flow>(e.flow);
    if (flow.packetsToServer + flow.packetsToClient != 1) return; // sent again
  } else if (e.protocol != 17 || (e.service == NTP && inventory() == 0 && !learning())) return;
  if (e.group || !external(e.version, e.dstHi, e.dstLo)) return;
  const b = beaconOf(c);
  const before = b.event;
  b.event = now;
  if (now < before) {
    b.intervals = 0;
    b.place = 0;
    b.steady = 0;
    b.alike = 0;
    return;
  }
  if (before != 0 && now - before < QUIET) return; // the same event; the interval counts from its last packet
  alike(k, b);
  if (before == 0) return;
  const ring = changetype<usize>(b) + offsetof<Beacon>("ring");
  // the upper half of an f32, rounded: within 0.2 %
  store<u16>(
    ring + ((<usize>b.place) << 1),
    <u16>((reinterpret<u32>(<f32>(<f64>(now - before) * 1e-9)) + 0x8000) >> 16),
  );
  b.place = <u8>((<u32>b.place + 1) % RING);
  if (<u32>b.intervals < RING) b.intervals += 1;
  if (<u32>b.intervals < ENOUGH) return;
  const score = regular(ring, <u32>b.intervals, b);
  if (learning()) {
    if (score > 1) keep(periodsAt(conversationSlot(c)));
    return;
  }
  const threshold = scaled(Detector.BEACON, 1);
  if (!(score > threshold) || <u32>b.refused >= REFUSED || expects(e, median)) return;
  const what: u32 = b.alike < b.intervals ? What.REGULAR : e.protocol == 6 ? What.UNANSWERED : What.ONE_SOCKET;
  const f = raise(Detector.BEACON, what, keyed(SALT, e.key), now, score, max<f64>(threshold, 1e-9));
  accuseCounted(f, e);
  f.a = median;
  f.b = deviation;
  f.c = <f64>b.intervals;
  f.d = allowed;
}

/** Counts events without an accepted connection, or of one socket. */
function alike(k: Packet, b: Beacon): void {
  if (k.protocol != 6 && k.sourcePort != b.port) b.alike = 0;
  b.port = k.sourcePort;
  if (b.alike < u8.MAX_VALUE) b.alike += 1;
}

/** What a server says to a SYN. */
function answered(k: Packet, e: Endpoints): void {
  const flags = (<u32>k.tcpFlags) & (SYN | ACK | RST);
  if (e.flow == 0 || !(flags & (SYN | RST))) return;
  const c = changetype<Conversation>(e.conversation);
  if (!(c.owned & OWN)) return;
  const b = beaconAt(conversationSlot(c));
  if (flags & SYN) {
    b.refused = 0;
    b.alike = 0;
  } else if (!((<u32>changetype<Flow>(e.flow).flagsToClient) & SYN) && b.refused < u8.MAX_VALUE) b.refused += 1;
}

/** Fills in median and deviation; the score. */
function regular(ring: usize, n: u32, b: Beacon): f64 {
  for (let i: u32 = 0; i < n; ++i) insert(i, interval(ring, i));
  median = middle(n);
  let near: u32 = 0;
  for (let i: u32 = 0; i < n; ++i) {
    const d = abs<f64>(interval(ring, i) - median);
    if (d <= NEAR * median) near += 1;
    insert(i, d);
  }
  deviation = middle(n);
  if (median < PERIOD_MIN || median > PERIOD_MAX || near * 4 < n * 3) {
    b.steady = 0;
    return 0;
  }
  if (n < MANY || deviation > JITTER * median) b.steady = 0;
  else if (<u32>b.steady < STEADY) b.steady += 1;
  allowed = <u32>b.steady == STEADY ? JITTER : JITTER / 2;
  return min<f64>(allowed / max<f64>(deviation / median, LEAST), 100);
}

@inline function interval(ring: usize, i: u32): f64 {
  return <f64>reinterpret<f32>((<u32>load<u16>(ring + ((<usize>i) << 1))) << 16);
}

function insert(i: u32, x: f64): void {
  let at = sorted + ((<usize>i) << 3);
  for (; at > sorted && load<f64>(at - 8) > x; at -= 8) store<f64>(at, load<f64>(at - 8));
  store<f64>(at, x);
}

function middle(n: u32): f64 {
  const at = sorted + ((<usize>(n >> 1)) << 3);
  return n & 1 ? load<f64>(at) : (load<f64>(at) + load<f64>(at - 8)) / 2;
}

/** Hosts of IPv6 change their addresses (RFC 8981): what is known of one is known of its network. */
@inline function networkKey(hi: u64): u64 {
  return addressKey(6, hi, 0);
}

/** Whether the baseline has this client, or one of its network, calling this service at about this period. */
function expects(e: Endpoints, period: f64): bool {
  const key = serviceKey(e.version == 6 ? networkKey(e.srcHi) : e.src, e.protocol, e.service);
  for (let i: u32 = 0; i < knownCount; ++i) {
    const p = known + ((<usize>i) << 4);
    if (load<u64>(p) == key && period >= 0.7 * <f64>load<f32>(p, 8) && period <= 1.5 * <f64>load<f32>(p, 12))
      return true;
  }
  return false;
}

/** Learning: shortest and longest period so far. */
function keep(p: Periods): void {
  if (p.shortest == 0 || median < <f64>p.shortest) p.shortest = <f32>median;
  if (median > <f64>p.longest) p.longest = <f32>median;
}

let next: u32 = 0;

export function exportNext(t: Text): bool {
  for (; next < LEARNED_CONVERSATIONS; ++next) {
    const at = conversationAt(next);
    if (at == 0 || !(changetype<Conversation>(at).owned & OWN) || periodsAt(next).shortest == 0) continue;
    const p = partiesAt(next);
    lit(t, '"detector":"beacon",');
    hostMember(t, "client", p.version, p.clientHi, p.clientLo);
    byte(t, 44);
    hostMember(t, "server", p.version, p.serverHi, p.serverLo);
    lit(t, ',"proto":');
    unsigned(t, p.protocol);
    lit(t, ',"service":');
    unsigned(t, p.service);
    member(t, "shortest", periodsAt(next).shortest, 3);
    member(t, "longest", periodsAt(next).longest, 3);
    next += 1;
    return true;
  }
  next = 0;
  return false;
}

export function expected(t: Text, f: Finding): void {
  lit(t, "intervals that deviate from their median by more than ");
  decimal(t, f.d * 100, 1);
  lit(t, " % (by 69 % when events are independent)");
}

export function seen(t: Text, f: Finding): void {
  decimal(t, f.c, 0);
  lit(t, " intervals of ");
  seconds(t, f.a);
  lit(t, " that deviate by ");
  decimal(t, (f.b / max<f64>(f.a, 1e-9)) * 100, 1);
  lit(t, " %");
  if (f.what == What.UNANSWERED) lit(t, "; no connection was accepted");
  else if (f.what == What.ONE_SOCKET) lit(t, "; all datagrams of one socket, as a keep-alive's are");
}
