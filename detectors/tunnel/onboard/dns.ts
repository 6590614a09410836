// Tunnels through DNS. What leaves through one is written into names below a domain of the attacker's; what comes back
// is in answers that ordinary look-ups seldom need. Watched per (client, registered domain), as leaking sums:
//
//   NAMES    bytes of new names below the domain, beyond SHORT each (content networks use names of up to about 30
//            bytes); reverse look-ups are left out
//   COUNT    new names at all; the address in a question to a block list (RFC 5782) counts as its share of one
//   ANSWERS  bytes of messages about TXT, NULL, KEY and private types; what is behind the question of operations other
//            than queries (updates, notifications), of queries beyond OPTIONS, all where there is no question; and what
//            a client sends by TCP that begins no message
//   ODD      datagrams on port 53 that are no DNS, or in pieces, or a client's in pieces, per client (domain "")
//
// New: not among the last two dozen of this record (a Bloom filter of 128 bits, begun anew when half full), so asking
// again adds nothing, nor does the answer that repeats the question. score = sum / limit, threshold 1; the sum stops at
// three limits. Limits: what the baseline saw most and a half, at least the defaults.
// Rule when full: of eight neighbours the record used longest ago is forgotten (../../onboard/table.ts).
import { Is, Packet } from "../../../ip/onboard/packet";
import { keyed } from "../../../lib/onboard/keyed";
import { Text, byte, decimal, lit, unsigned } from "../../../lib/onboard/text";
import { Detector } from "../../onboard/catalogue";
import { later } from "../../onboard/clock";
import { fullness, ofBytes } from "../../onboard/entropy";
import { Finding, raise, scaled } from "../../onboard/finding";
import { Table, find, nth, open } from "../../onboard/table";
import { accuseCounted, accuseCountedFlow } from "../../ip/onboard/accuse";
import { learning } from "../../ip/onboard/area";
import { Endpoints } from "../../ip/onboard/endpoints";
import { member } from "../../ip/onboard/words";
import { NAME, domainKey, limitsOf } from "./limits";
import {
  LISTED6,
  answer,
  behind,
  domainAt,
  listedAddress,
  nameLength,
  opcode,
  question,
  questionType,
  reverse,
  text,
} from "../../ip/onboard/name";

const enum Sum {
  NAMES = 0,
  COUNT = 1,
  ANSWERS = 2,
  ODD = 3,
}

/** 128 bytes. */
@unmanaged
class Domain {
  key: u64;
  check: u64;
  touch: u64;
  time: u64; // of the sums, ns
  bloom0: u64;
  bloom1: u64;
  names: f32; // the sums
  count: f32;
  answers: f32;
  odd: f32;
  peak0: f32; // learning: most of each
  peak1: f32;
  peak2: f32;
  peak3: f32;
  limits: u32; // address of 4 x f32
  length: u16; // of the name
  doubtful: u16; // bit n: answers, which others may have forged, have added to sum n
  name: u64; // 40 bytes: the last ones of the domain
  n1: u64;
  n2: u64;
  n3: u64;
  n4: u64;
}

const DOMAINS: u32 = 256; // (client, registered domain)
const STRIDE: u32 = 128;
const SHORT: u32 = 24;
const SHARE4: f64 = 0.125; // 32 bits of a sender's choice
const SHARE6: f64 = 0.5; // 128 bits
const OPTIONS: u32 = 64; // bytes behind a question that queries have: EDNS with a cookie (RFC 6891, RFC 7873)
const SALT: u64 = 0xca5a826395121157;
const leaks: usize = memory.data<f64>([1, 1, 20, 0.1]); // per second
const defaults: usize = memory.data<f32>([600, 200, 6000, 15]);

let isAnswer: bool = false; // the packet at hand
const table: usize = memory.data(40, 8);
const base: usize = memory.data(DOMAINS * STRIDE, 8);

export function reset(): void {
  open(changetype<Table>(table), base, DOMAINS, STRIDE);
  next = 0;
}
export function evictions(): u64 {
  return changetype<Table>(table).evictions;
}

/** A packet with ports, one of which is 53; in learning too. */
export function check(k: Packet, e: Endpoints): void {
  const p = e.frame;
  let at = k.payloadOffset,
    length = k.payloadLength;
  if (at + length > k.captured) return;
  const fromServer = k.sourcePort == 53 && k.destPort != 53;
  isAnswer = fromServer;
  if (k.flags & Is.FRAGMENT) {
    // Answers come in pieces where EDNS allows it; questions do not
    if (!fromServer && e.protocol == 17 && !(k.flags & Is.SNAPPED)) odd(k, e, e.src);
    return;
  }
  if (e.protocol == 6) {
    // two bytes of length in front (RFC 1035 section 4.2.2); what continues a message is not looked at
    if (length < 14) {
      if (!fromServer && length != 0) strange(k, e, length);
      return;
    }
    const said = ((<u32>load<u8>(p + at)) << 8) | load<u8>(p + at, 1);
    at += 2;
    length -= 2;
    if (said < 17 || said > length + 4096 || !question(p + at, length)) {
      if (!fromServer) strange(k, e, length);
      return;
    }
  } else if (e.protocol != 17 || length == 0) return;
  else if (!question(p + at, length)) {
    if (k.flags & (Is.SNAPPED | Is.CUT)) return;
    if (!control(p + at, length)) odd(k, e, fromServer ? e.dst : e.src);
    else if (!fromServer) strange(k, e, length);
    return;
  }
  isAnswer = fromServer || (k.sourcePort == 53 && answer);
  const client = isAnswer ? e.dst : e.src;
  // What is behind the question of anything but an answer to a query is the sender's own
  const own = opcode != 0 ? behind : !answer && behind > OPTIONS ? behind - OPTIONS : 0;
  if (own != 0) strange(k, e, own);
  if (nameLength == 0 || reverse()) return;
  const d = record(client, text + domainAt, nameLength - domainAt);
  drain(d, k.time);
  const type = questionType;
  if (type == 16 || type == 10 || type == 25 || type >= 65280) add(k, d, e, Sum.ANSWERS, <f64>k.payloadClaimed);
  if (domainAt == 0) return;
  if (!fresh(d, domainKey(text, nameLength))) return;
  const listed = listedAddress(); // of domainAt - 1 bytes at most
  add(k, d, e, Sum.COUNT, listed == 0 ? 1 : listed == LISTED6 ? SHARE6 : SHARE4);
  const below = domainAt - 1 - min<u32>(listed, domainAt - 1);
  if (below > SHORT) add(k, d, e, Sum.NAMES, <f64>(below - SHORT));
}

/** Other DNS than queries: updates, notifications, several questions, or none (RFC 8490, keep-alive). */
function control(p: usize, length: u32): bool {
  if (length < 12) return false;
  const kind = ((<u32>load<u8>(p, 2)) >> 3) & 15;
  return kind == 2 || kind == 4 || kind == 5 || kind == 6 || (load<u8>(p, 4) == 0 && load<u8>(p, 5) == 0);
}

/** Bytes in which a client can carry what it likes, whatever name is in front of them. */
function strange(k: Packet, e: Endpoints, bytes: u32): void {
  const d = record(isAnswer ? e.dst : e.src, text, 0);
  drain(d, k.time);
  add(k, d, e, Sum.ANSWERS, <f64>bytes);
}

function record(client: u64, name: usize, length: u32): Domain {
  if (length > NAME) {
    name += length - NAME;
    length = NAME;
  }
  const key = domainKey(name, length);
  const d = changetype<Domain>(find(changetype<Table>(table), keyed(key, client) | 1, client ^ (key * 3)));
  if (changetype<Table>(table).fresh == 0) return d;
  d.length = <u16>length;
  memory.copy(changetype<usize>(d) + offsetof<Domain>("name"), name, length);
  d.limits = <u32>limitsOf(key, defaults);
  return d;
}

function odd(k: Packet, e: Endpoints, client: u64): void {
  const d = record(client, text, 0);
  drain(d, k.time);
  add(k, d, e, Sum.ODD, 1);
}

/** Whether the name is not among the last ones. */
function fresh(d: Domain, hash: u64): bool {
  const h = hash >> 1; // its lowest bit is always set
  const a: u64 = 1 << (h & 63),
    b: u64 = 1 << ((h >> 6) & 63);
  if (d.bloom0 & a && d.bloom1 & b) return false;
  if (popcnt<u64>(d.bloom0) >= 32) {
    d.bloom0 = 0;
    d.bloom1 = 0;
  }
  d.bloom0 |= a;
  d.bloom1 |= b;
  return true;
}

@inline function sum(d: Domain, i: u32): usize {
  return changetype<usize>(d) + offsetof<Domain>("names") + ((<usize>i) << 2);
}

function drain(d: Domain, now: u64): void {
  const dt = now > d.time ? <f64>(now - d.time) * 1e-9 : 0;
  d.time = later(d.time, now);
  for (let i: u32 = 0; i < 4; ++i) {
    const s = <f64>load<f32>(sum(d, i));
    if (s != 0) store<f32>(sum(d, i), <f32>max<f64>(0, s - load<f64>(leaks + ((<usize>i) << 3)) * dt));
  }
}

function add(k: Packet, d: Domain, e: Endpoints, i: u32, step: f64): void {
  if (isAnswer) d.doubtful = <u16>((<u32>d.doubtful) | (1 << i));
  const s = <f64>load<f32>(sum(d, i)) + step;
  if (learning()) {
    store<f32>(sum(d, i), <f32>s);
    const peak = changetype<usize>(d) + offsetof<Domain>("peak0") + ((<usize>i) << 2);
    if (s > <f64>load<f32>(peak)) store<f32>(peak, <f32>s);
    return;
  }
  const limit = <f64>load<f32>(<usize>d.limits + ((<usize>i) << 2));
  store<f32>(sum(d, i), <f32>min<f64>(s, 3 * limit));
  const score = min<f64>(s, 3 * limit) / limit,
    threshold = scaled(Detector.DNS_TUNNEL, 1);
  if (!(score > threshold)) return;
  const f = raise(Detector.DNS_TUNNEL, 1 + i, keyed(SALT + i, d.key), k.time, score, max<f64>(threshold, 1e-9));
  if (isAnswer || (d.doubtful >> (<u16>i)) & 1) accuseCountedFlow(f, e);
  else accuseCounted(f, e);
  f.a = s;
  // the last 16 characters of the domain and, behind, the fullness of the name below it in percent
  const n = min<u32>(d.length, 16);
  const to = changetype<usize>(f) + offsetof<Finding>("b");
  memory.copy(to, changetype<usize>(d) + offsetof<Domain>("name") + (d.length - n), n);
  const below = i == Sum.ODD || domainAt == 0 ? 0 : domainAt - 1;
  f.d = limit * 128 + (below ? nearest<f64>(100 * fullness(ofBytes(text, below), below)) : 0);
}

let next: u32 = 0;

/** Entries `tunnel.dns`: domains that came near a limit, of whichever client. */
export function exportNext(t: Text): bool {
  for (; next < DOMAINS; ++next) {
    const p = nth(changetype<Table>(table), next);
    if (p == 0) continue;
    const d = changetype<Domain>(p),
      peaks = p + offsetof<Domain>("peak0");
    let near = false;
    for (let i: usize = 0; i < 16; i += 4) if (load<f32>(peaks + i) * 4 > load<f32>(defaults + i)) near = true;
    if (!near) continue;
    lit(t, '"detector":"tunnel.dns","domain":"');
    plain(t, p + offsetof<Domain>("name"), d.length);
    byte(t, 34);
    member(t, "names", d.peak0, 1);
    member(t, "count", d.peak1, 1);
    member(t, "answers", d.peak2, 1);
    member(t, "odd", d.peak3, 1);
    next += 1;
    return true;
  }
  next = 0;
  return false;
}

/** Untrusted characters of a name: those of host names stay, others become question marks. */
function plain(t: Text, p: usize, length: u32): void {
  for (let i: u32 = 0; i < length; ++i) {
    const c = <u32>load<u8>(p + i);
    byte(t, c - 97 < 26 || c - 48 < 10 || c == 45 || c == 46 || c == 95 ? c : 63);
  }
}

function unit(t: Text, what: u32): void {
  switch (what - 1) {
    case Sum.NAMES:
      lit(t, " bytes of new names longer than ");
      unsigned(t, SHORT);
      lit(t, " each");
      return;
    case Sum.COUNT:
      lit(t, " new names");
      return;
    case Sum.ANSWERS:
      lit(t, " bytes of TXT, NULL, private types, and of what is no query");
      return;
    default:
      lit(t, " datagrams on port 53 that are no DNS, or in pieces");
  }
}

export function expected(t: Text, f: Finding): void {
  lit(t, "at most ");
  decimal(t, load<f64>(leaks + ((<usize>(f.what - 1)) << 3)) * 60, 0);
  unit(t, f.what);
  lit(t, " a minute, ");
  decimal(t, floor<f64>(f.d / 128), 0);
  lit(t, " beyond that");
}

export function seen(t: Text, f: Finding): void {
  decimal(t, f.a, 0);
  lit(t, " beyond that");
  if (f.what - 1 == Sum.ODD) return;
  const p = changetype<usize>(f) + offsetof<Finding>("b");
  let n: u32 = 0;
  while (n < 16 && load<u8>(p + n) != 0) ++n;
  if (n == 0) return; // of the client, whatever the name
  lit(t, n == 16 ? " below ..." : " below ");
  plain(t, p, n);
  const fuller = f.d - 128 * floor<f64>(f.d / 128);
  if (fuller != 0) {
    lit(t, ", the last name at ");
    decimal(t, fuller, 0);
    lit(t, " % of the entropy it can have");
  }
}
