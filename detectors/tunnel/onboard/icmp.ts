// Tunnels through ICMP echo. RFC 792 and RFC 4443 section 4.2: a reply returns the data of its request. Programs that
// ping send the same data each time, but for a time stamp in the first 16 bytes. Per (client, server), as leaking sums:
//
//   CHANGED  bytes of request data that differ from both of the last two kinds seen, behind the first 16. They leak
//            away faster while all comes back as it was: programs that measure a line send random data (fping -R)
//   REPLIES  replies whose data are not those of their request
//   ALONE    replies more than requests
//
// score = sum / limit, threshold 1; the sum stops at three limits. How many echoes there are is the flood detector's.
// Rule when full: of eight neighbours the record used longest ago is forgotten (../../onboard/table.ts).
import { Is, Packet } from "../../../ip/onboard/packet";
import { be32 } from "../../../lib/onboard/bytes";
import { keyed, keyedBytes } from "../../../lib/onboard/keyed";
import { Text, byte, decimal, lit, unsigned } from "../../../lib/onboard/text";
import { Detector } from "../../onboard/catalogue";
import { later } from "../../onboard/clock";
import { ofBytes } from "../../onboard/entropy";
import { Finding, raise, scaled } from "../../onboard/finding";
import { Table, find, nth, open } from "../../onboard/table";
import { accuseCounted, accuseCountedFlow } from "../../ip/onboard/accuse";
import { learning } from "../../ip/onboard/area";
import { Endpoints } from "../../ip/onboard/endpoints";
import { hostMember, member } from "../../ip/onboard/words";
import { echoKey, limitsOf } from "./limits";

const enum Sum {
  CHANGED = 0,
  REPLIES = 1,
  ALONE = 2,
}

/** 232 bytes. */
@unmanaged
class Echo {
  key: u64;
  check: u64;
  touch: u64;
  time: u64; // of the sums, ns
  changed: f32; // the sums
  replies: f32;
  alone: f32;
  limits: u32; // address of 4 x f32
  peak0: f32; // learning: most of each
  peak1: f32;
  peak2: f32;
  version: u8;
  turn: u8; // which of the four questions comes next
  kind: u8; // which of the two kinds was seen last
  isEchoed: u8; // 1 = the last reply that was compared had its request's data
  clientHi: u64;
  clientLo: u64;
  serverHi: u64;
  serverLo: u64;
  asked0: u64; // 4 x { u32 identifier and sequence number, u32 hash of the data }
  asked1: u64;
  asked2: u64;
  asked3: u64;
  length0: u32; // of the kinds' data, at most KIND
  length1: u32;
  kind0: u64; // 2 x 48 bytes
  k01: u64;
  k02: u64;
  k03: u64;
  k04: u64;
  k05: u64;
  kind1: u64;
  k11: u64;
  k12: u64;
  k13: u64;
  k14: u64;
  k15: u64;
}

const ECHOES: u32 = 128; // (client, server) that ping
const STRIDE: u32 = 232;
const STAMP: u32 = 16;
const KIND: u32 = 48;
const OPEN: f32 = 256; // requests that may still be answered
const SALT: u64 = 0xe7037ed1a0b428db;
const ECHOED: f64 = 64; // CHANGED per second, in place of what is below
const leaks: usize = memory.data<f64>([30, 0.02, 0.1]); // per second
const defaults: usize = memory.data<f32>([3000, 3, 20, 1]);

const table: usize = memory.data(40, 8);
const base: usize = memory.data(ECHOES * STRIDE, 8);

export function reset(): void {
  open(changetype<Table>(table), base, ECHOES, STRIDE);
  next = 0;
}
export function evictions(): u64 {
  return changetype<Table>(table).evictions;
}

/** An ICMP packet, in learning too. */
export function check(k: Packet, ends: Endpoints): void {
  const p = ends.frame;
  const type = <u32>k.icmpType;
  const request = type == (ends.protocol == 1 ? 8 : 128);
  if ((!request && type != (ends.protocol == 1 ? 0 : 129)) || ends.group) return;
  const at = k.payloadOffset,
    length = k.payloadLength;
  if (k.flags & (Is.FRAGMENT | Is.CUT) || at < 4 || at + length > k.captured) return;
  const client = request ? ends.src : ends.dst,
    server = request ? ends.dst : ends.src;
  const key = echoKey(client, server);
  const e = changetype<Echo>(find(changetype<Table>(table), key, client ^ (server * 3)));
  if (changetype<Table>(table).fresh) made(e, ends, request, key);
  drain(e, k.time);
  const whole = k.payloadClaimed == length;
  const number = be32(p + at - 4),
    hash = (<u32>(keyedBytes(p + at, length) >> 16)) | 1;
  if (request) {
    const slot = changetype<usize>(e) + offsetof<Echo>("asked0") + ((<usize>e.turn) << 3);
    store<u32>(slot, number);
    store<u32>(slot, whole ? hash : 0, 4);
    e.turn = (e.turn + 1) & 3;
    e.alone = max<f32>(-OPEN, e.alone - 1);
    if (length > STAMP && differs(e, p + at + STAMP, min<u32>(length - STAMP, KIND)))
      add(k, e, ends, Sum.CHANGED, length - STAMP, p + at, length);
    return;
  }
  for (let i: usize = 0; i < 32; i += 8) {
    const slot = changetype<usize>(e) + offsetof<Echo>("asked0") + i;
    if (load<u32>(slot) != number || load<u32>(slot, 4) == 0 || !whole) continue;
    e.isEchoed = load<u32>(slot, 4) == hash ? 1 : 0;
    if (!e.isEchoed) add(k, e, ends, Sum.REPLIES, 1, p + at, length);
    break;
  }
  add(k, e, ends, Sum.ALONE, 1, p + at, length);
}

function made(e: Echo, ends: Endpoints, request: bool, key: u64): void {
  e.version = ends.version;
  if (request) {
    e.clientHi = ends.srcHi;
    e.clientLo = ends.srcLo;
    e.serverHi = ends.dstHi;
    e.serverLo = ends.dstLo;
  } else {
    e.clientHi = ends.dstHi;
    e.clientLo = ends.dstLo;
    e.serverHi = ends.srcHi;
    e.serverLo = ends.srcLo;
  }
  e.limits = <u32>limitsOf(key, defaults);
}

/** Whether the data are of neither of the two kinds; they take the place of the one seen longer ago then. */
function differs(e: Echo, p: usize, length: u32): bool {
  for (let i: u32 = 0; i < 2; ++i) {
    const n = changetype<usize>(e) + offsetof<Echo>("length0") + ((<usize>i) << 2);
    const kind = changetype<usize>(e) + offsetof<Echo>("kind0") + <usize>(i * KIND);
    const common = min<u32>(load<u32>(n), length);
    if (common == 0 || memory.compare(kind, p, common) != 0) continue;
    if (length > common) {
      memory.copy(kind, p, length);
      store<u32>(n, length);
    }
    e.kind = <u8>i;
    return false;
  }
  const first = e.changed == 0 && e.length0 == 0;
  const i: u32 = first ? 0 : 1 - e.kind;
  memory.copy(changetype<usize>(e) + offsetof<Echo>("kind0") + <usize>(i * KIND), p, length);
  store<u32>(changetype<usize>(e) + offsetof<Echo>("length0") + ((<usize>i) << 2), length);
  e.kind = <u8>i;
  return !first;
}

@inline function sum(e: Echo, i: u32): usize {
  return changetype<usize>(e) + offsetof<Echo>("changed") + ((<usize>i) << 2);
}

function drain(e: Echo, now: u64): void {
  const dt = now > e.time ? <f64>(now - e.time) * 1e-9 : 0;
  e.time = later(e.time, now);
  for (let i: u32 = 0; i < 3; ++i) {
    const s = <f64>load<f32>(sum(e, i));
    if (s > 0) store<f32>(sum(e, i), <f32>max<f64>(0, s - leak(e, i) * dt));
  }
}

@inline function leak(e: Echo, i: u32): f64 {
  return i == Sum.CHANGED && e.isEchoed ? ECHOED : load<f64>(leaks + ((<usize>i) << 3));
}

function add(k: Packet, e: Echo, ends: Endpoints, i: u32, step: u32, data: usize, length: u32): void {
  const s = <f64>load<f32>(sum(e, i)) + <f64>step;
  if (learning()) {
    store<f32>(sum(e, i), <f32>s);
    const peak = changetype<usize>(e) + offsetof<Echo>("peak0") + ((<usize>i) << 2);
    if (s > <f64>load<f32>(peak)) store<f32>(peak, <f32>s);
    return;
  }
  const limit = <f64>load<f32>(<usize>e.limits + ((<usize>i) << 2));
  store<f32>(sum(e, i), <f32>min<f64>(s, 3 * limit));
  const score = min<f64>(s, 3 * limit) / limit,
    threshold = scaled(Detector.ICMP_TUNNEL, 1);
  if (!(score > threshold)) return;
  const f = raise(Detector.ICMP_TUNNEL, 1 + i, keyed(SALT + i, e.key), k.time, score, max<f64>(threshold, 1e-9));
  if (i == Sum.CHANGED) accuseCounted(f, ends);
  else accuseCountedFlow(f, ends); // what comes back, others may send
  f.a = s;
  f.b = limit;
  f.c = <f64>length;
  f.d = ofBytes(data, length);
}

let next: u32 = 0;

/** Entries `tunnel.icmp`: pairs that came near a limit. */
export function exportNext(t: Text): bool {
  for (; next < ECHOES; ++next) {
    const p = nth(changetype<Table>(table), next);
    if (p == 0) continue;
    const e = changetype<Echo>(p),
      peaks = p + offsetof<Echo>("peak0");
    let near = false;
    for (let i: usize = 0; i < 12; i += 4) if (load<f32>(peaks + i) * 4 > load<f32>(defaults + i)) near = true;
    if (!near) continue;
    lit(t, '"detector":"tunnel.icmp",');
    hostMember(t, "client", e.version, e.clientHi, e.clientLo);
    byte(t, 44);
    hostMember(t, "server", e.version, e.serverHi, e.serverLo);
    member(t, "changed", e.peak0, 1);
    member(t, "replies", e.peak1, 1);
    member(t, "alone", e.peak2, 1);
    next += 1;
    return true;
  }
  next = 0;
  return false;
}

function unit(t: Text, what: u32): void {
  switch (what - 1) {
    case Sum.CHANGED:
      lit(t, " bytes of echo data other than before");
      return;
    case Sum.REPLIES:
      lit(t, " echo replies with other data than their requests");
      return;
    default:
      lit(t, " echo replies more than requests");
  }
}

export function expected(t: Text, f: Finding): void {
  lit(t, "at most ");
  decimal(t, load<f64>(leaks + ((<usize>(f.what - 1)) << 3)) * 60, 1);
  unit(t, f.what);
  lit(t, " a minute");
  if (f.what - 1 == Sum.CHANGED) {
    lit(t, " (");
    decimal(t, ECHOED * 60, 0);
    lit(t, " where all comes back)");
  }
  lit(t, ", ");
  decimal(t, f.b, 0);
  lit(t, " beyond that");
}

export function seen(t: Text, f: Finding): void {
  decimal(t, f.a, 0);
  lit(t, " beyond that; the last with ");
  unsigned(t, <u64>f.c);
  lit(t, " bytes of data at ");
  decimal(t, f.d, 1);
  lit(t, " bits of entropy each");
}
