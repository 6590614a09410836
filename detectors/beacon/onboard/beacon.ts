// Beacons: a host that calls the same external service at regular times, as malware asks its master for orders.
//
// Expected: what people and programs want comes irregularly; intervals of a Poisson process deviate from their median by
// 0.69 of it (median absolute deviation). Events: new TCP connections, or datagrams after QUIET, of one talk. Over the last
// 8 to 16 intervals: regular when the deviation is at most half of JITTER of the median, or at most JITTER (a jitter of
// +-20 % gives 0.10, normal with 20 % 0.135) for STEADY events with MANY intervals or more each; and three of four intervals lie
// within NEAR of it, so a missed or an additional event changes little. Periods PERIOD_MIN .. PERIOD_MAX.
// score = allowed / deviation, threshold 1.
//
// Not judged: talks in the inventory, what was regular in learning (client, service, period), and, without a baseline,
// NTP (port 123), which is a beacon by design. State: the talk's record; forgotten talks are counted anew.
import { Flow } from "../../../ip/onboard/flow";
import { Packet } from "../../../ip/onboard/packet";
import { ACK, SYN } from "../../../ip/onboard/tcp";
import { mix } from "../../../lib/onboard/bytes";
import { Text, byte, decimal, lit, unsigned } from "../../../lib/onboard/text";
import { Detector } from "../../onboard/catalogue";
import { Finding, raise, scaled } from "../../onboard/finding";
import { learning } from "../../ip/onboard/area";
import { inventory } from "../../ip/onboard/known";
import { isHost, keyOf, openSection, recordAt, records, sane } from "../../ip/onboard/section";
import { Talk, lesson, talkAt } from "../../ip/onboard/talks";
import { Who, external } from "../../ip/onboard/who";
import { hostMember, member, seconds } from "../../ip/onboard/words";
import { Lesson } from "../../pair/onboard/pair";

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
const NTP: u32 = 123;
const SALT: u64 = 0xb492b66fbe98f273;

// The baseline's: u16 client, u16 service, u8 protocol, 3 zeros, f32 shortest and longest period
const RECORD: u32 = 16;
const KNOWN: u32 = 256;
const known: usize = memory.data(256 * 16, 8); // u64 key, f32 shortest, f32 longest
let knownCount: u32 = 0;

const sorted: usize = memory.data(16 * 8, 8);
let median: f64 = 0;
let deviation: f64 = 0;
let allowed: f64 = 0;

export function reset(): void {
  knownCount = 0;
  next = 0;
}

function serviceKey(client: u64, protocol: u32, service: u32): u64 {
  return mix(client, ((<u64>service) << 8) | protocol);
}

export function configure(at: usize, length: u32): bool {
  if (!openSection(at, length, RECORD) || records() > KNOWN) return false;
  for (let i: u32 = 0; i < records(); ++i) {
    const p = recordAt(i),
      client = <u32>load<u16>(p);
    if (!isHost(client) || !sane(load<f32>(p, 8)) || !sane(load<f32>(p, 12)) || load<f32>(p, 8) > load<f32>(p, 12))
      return false;
    const to = known + ((<usize>i) << 4);
    store<u64>(to, serviceKey(keyOf(client), <u32>load<u8>(p, 4), <u32>load<u16>(p, 2)));
    store<u64>(to, load<u64>(p, 8), 8);
  }
  knownCount = records();
  return true;
}

/** A packet of the talk; in learning too. */
export function check(k: Packet, w: Who, flow: usize, t: Talk): void {
  if (!w.toServer || w.unordered || w.version == 0 || (t.known != 0 && !t.wild)) return;
  const now = k.time;
  if (w.protocol == 6) {
    if (((<u32>k.tcpFlags) & (SYN | ACK)) != SYN || flow == 0) return;
    if (changetype<Flow>(flow).packetsToServer + changetype<Flow>(flow).packetsToClient != 1) return; // sent again
  } else if (w.protocol != 17 || (w.service == NTP && inventory() == 0 && !learning())) return;
  if (w.group || !external(w.version, w.dstHi, w.dstLo)) return;
  const before = t.event;
  if (now < before) {
    t.event = now;
    t.beats = 0;
    t.place = 0;
    t.steady = 0;
    return;
  }
  t.event = now;
  if (before == 0) return;
  if (now - before < QUIET) return; // the same event; the interval counts from its last packet
  const ring = changetype<usize>(t) + offsetof<Talk>("ring");
  // the upper half of an f32, rounded: within 0.2 %
  store<u16>(
    ring + ((<usize>t.place) << 1),
    <u16>((reinterpret<u32>(<f32>(<f64>(now - before) * 1e-9)) + 0x8000) >> 16),
  );
  t.place = <u8>((<u32>t.place + 1) % RING);
  if (<u32>t.beats < RING) t.beats += 1;
  if (<u32>t.beats < ENOUGH) return;
  const score = regular(ring, <u32>t.beats, t);
  if (learning()) {
    if (score > 1) keep(t);
    return;
  }
  const threshold = scaled(Detector.BEACON, 1);
  if (!(score > threshold) || expects(w, median)) return;
  const f = raise(Detector.BEACON, 1, mix(SALT, w.talk), now, score, max<f64>(threshold, 1e-9));
  f.a = median;
  f.b = deviation;
  f.c = <f64>t.beats;
  f.d = allowed;
}

/** Fills in median and deviation; the score. */
function regular(ring: usize, n: u32, t: Talk): f64 {
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
    t.steady = 0;
    return 0;
  }
  if (n < MANY || deviation > JITTER * median) t.steady = 0;
  else if (<u32>t.steady < STEADY) t.steady += 1;
  allowed = <u32>t.steady == STEADY ? JITTER : JITTER / 2;
  return min<f64>(allowed / max<f64>(deviation / median, LEAST), 100);
}

// @ts-ignore: decorator
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

/** Whether the baseline has this client calling this service at about this period. */
function expects(w: Who, period: f64): bool {
  const key = serviceKey(w.src, w.protocol, w.service);
  for (let i: u32 = 0; i < knownCount; ++i) {
    const p = known + ((<usize>i) << 4);
    if (load<u64>(p) == key && period >= 0.7 * <f64>load<f32>(p, 8) && period <= 1.5 * <f64>load<f32>(p, 12))
      return true;
  }
  return false;
}

/** Learning: shortest and longest period so far. */
function keep(t: Talk): void {
  const at = lesson(t) + offsetof<Lesson>("shortest");
  const shortest = load<f32>(at);
  if (shortest == 0 || median < <f64>shortest) store<f32>(at, <f32>median);
  if (median > <f64>load<f32>(at, 4)) store<f32>(at, <f32>median, 4);
}

let next: u32 = 0;

export function exportNext(t: Text): bool {
  for (; next < 1024; ++next) {
    const p = talkAt(next);
    if (p == 0) continue;
    const l = changetype<Lesson>(lesson(changetype<Talk>(p)));
    if (l.shortest == 0) continue;
    lit(t, '"detector":"beacon",');
    hostMember(t, "client", l.version, l.clientHi, l.clientLo);
    byte(t, 44);
    hostMember(t, "server", l.version, l.serverHi, l.serverLo);
    lit(t, ',"proto":');
    unsigned(t, l.protocol);
    lit(t, ',"service":');
    unsigned(t, l.service);
    member(t, "shortest", l.shortest, 3);
    member(t, "longest", l.longest, 3);
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
}
