// REQ-DETECT-005
// Port and host scans, by threshold random walk: Jung, Paxson, Berger, Balakrishnan, "Fast Portscan Detection Using
// Sequential Hypothesis Testing", IEEE Symposium on Security and Privacy 2004.
//
// Expected: a benign source's first contacts with a (host, port) mostly succeed (probability theta0).
// A scanner's mostly fail (probability of success theta1). Each outcome moves the source's log likelihood ratio; at
// `upper` it is called a scanner, at `lower` benign, and the walk starts again from 0 (a benign host may turn).
//
// Three things differ from the paper. A first contact is with a (host, port) rather than a host, so that a scan of many
// ports of one host counts too; but success counts once for each host, or one accomplice with open ports would clear
// a scanner. And an attempt succeeds only by what the target sends: a SYN-ACK that acknowledges this SYN. What the
// source itself sends proves nothing, for a scanner can send an ACK behind each SYN; so a tap that does not see the
// answers calls every client a scanner: switch the detector off there. It fails on a RST that acknowledges this SYN, on
// ICMP unreachable, or after TIMEOUT without an answer (TCP only: silence is normal in UDP). A RST that acknowledges
// something else is nobody's answer: whoever forges one would have to guess.
//
// Rule when SOURCES are followed: of PROBES neighbours that one makes room whose walk has led least far towards a
// scanner, of equal ones the one seen longest ago; after HOLD without an attempt, or once it was announced, a walk
// protects no longer. So a flood of new sources displaces other new ones, and not the scanner among them; and those
// that were announced do not stand in the way of the next.
//
// What only an error of ICMP tells (HEARSAY: nobody was seen to send what it quotes, and who sent the error could quote
// anything) has a walk of its own, which is announced and accuses nobody.
//
//   Source (80 bytes): who, walk, counts        Pending (48 bytes): one unanswered first contact, a ring in time order
import { wide3 } from "../../../lib/onboard/keyed";
import { addressKey } from "../../../ip/onboard/address";
import { SOURCES, PENDING, SLOTS, CONTACTS } from "./capacity";

@unmanaged
export class Source {
  hi: u64;
  lo: u64; // address
  since: u64; // time of the first outcome of this walk, ns
  seen: u64; // time of the last attempt, ns
  walk: f64; // log likelihood ratio
  attempts: u32; // first contacts
  refused: u32; // of them: RST or unreachable
  silent: u32; // of them: no answer within TIMEOUT
  open: u32; // of them: no outcome yet
  announced: u64; // time of the last alert, ns; 0 = never
  mac: u64; // that the attempts of this walk came from; NONE came, or MIXED = from several; 0 = unknown, or that
  kind: u32; // SEEN or HEARSAY
  version: u32; // 4 or 6
}

export const SEEN: u32 = 0;
export const HEARSAY: u32 = 1;

/** In Source.mac: nobody can tell whose attempts these are. */
export const MIXED: u64 = u64.MAX_VALUE;
const NONE: u64 = u64.MAX_VALUE - 1;

@unmanaged
class Pending {
  key: u64; // of the contact; 0 = has its outcome
  hi: u64;
  lo: u64; // source address
  time: u64;
  kind: u32; // of the source
  version: u32;
  sequence: u32; // that an answer acknowledges; TCP
  data: u32; // bytes more that may be acknowledged too
}

const SOURCE: usize = offsetof<Source>();
const ENTRY: usize = offsetof<Pending>();
const sources: usize = memory.data(SOURCES * offsetof<Source>(), 8);
const ring: usize = memory.data(PENDING * offsetof<Pending>(), 8);
const slots: usize = memory.data(SLOTS * 4, 8); // hash -> position in the ring
const contacts: usize = memory.data(CONTACTS * 8, 8); // what was contacted lately: a two-way cache of keys

export const TIMEOUT: u64 = 4000000000;
const HOLD: u64 = 600000000000;
const ANSWERED: u64 = 0x1f83d9abfb41bd6b; // with a contact's hosts: one of them succeeded
const REPEAT: u64 = 60000000000; // a source is announced again after this long at the earliest
const PATIENCE: u32 = 20; // open attempts a source may have before an early eviction counts as silence
const PROBES: u32 = 8;

let head: u32 = 0; // next free position of the ring, counted without end
let tail: u32 = 0; // oldest position still in the ring
let onFailure: f64 = 0;
let onSuccess: f64 = 0;
let upper: f64 = 0;
let lower: f64 = 0;

/** Ratio at which a source is called a scanner, for alerts. */
export function threshold(): f64 {
  return upper;
}

/** theta0, theta1: success probabilities of benign sources and scanners; alpha: false positives, power: detections. */
export function configure(theta0: f64, theta1: f64, alpha: f64, power: f64): bool {
  if (!(theta0 > theta1 && theta1 > 0 && theta0 < 1 && alpha > 0 && alpha < power && power < 1)) return false;
  onFailure = NativeMath.log((1 - theta1) / (1 - theta0));
  onSuccess = NativeMath.log(theta1 / theta0);
  upper = NativeMath.log(power / alpha);
  lower = NativeMath.log((1 - power) / (1 - alpha));
  return true;
}

/** Key of a contact by the keys of its two addresses, the same whichever side is asked for it. */
export function contactKey(source: u64, target: u64, port: u32, protocol: u32): u64 {
  return wide3(source, target, ((<u64>port) << 8) | protocol);
}

/**
 * A source tries a (host, port): SYN, or the first datagram, in a frame of this MAC address (0 = unknown). Returns a
 * source to be announced, or 0.
 */
export function attempt(key: u64, version: u32, hi: u64, lo: u64, mac: u64, time: u64, kind: u32 = SEEN): usize {
  if (contacted(key)) return 0;
  let due: usize = 0;
  if (head - tail == PENDING) due = evict();
  const source = find(version, hi, lo, kind, time);
  source.attempts += 1;
  source.open += 1;
  source.seen = time;
  if (source.mac == NONE) source.mac = mac;
  else if (source.mac != mac) source.mac = MIXED;
  const p = entry(head);
  p.key = key;
  p.version = version;
  p.hi = hi;
  p.lo = lo;
  p.time = time;
  p.kind = kind;
  store<u32>(slot(key), head);
  head += 1;
  return due;
}

/** Of the attempt that was made last: its answer acknowledges this sequence number, or up to so many bytes more. */
export function sent(key: u64, sequence: u32, data: u32): void {
  const p = pending(key);
  if (p == 0) return;
  changetype<Pending>(p).sequence = sequence;
  changetype<Pending>(p).data = data;
}

/** The target, by the keys of source and target, answered the contact and acknowledged this sequence number. */
export function success(key: u64, from: u64, target: u64, acknowledged: u32): void {
  const p = answered(key, acknowledged);
  if (p == 0) return;
  const source = close(changetype<Pending>(p));
  if (source == 0 || contacted(wide3(from, target, ANSWERED))) return;
  const s = changetype<Source>(source);
  s.walk += onSuccess;
  if (s.walk <= lower) {
    s.walk = 0;
    s.attempts = s.open;
    s.refused = 0;
    s.silent = 0;
    s.since = 0;
    s.mac = NONE;
  }
}

/** The target refused the contact and acknowledged this sequence number. Returns a source to be announced, or 0. */
export function refused(key: u64, acknowledged: u32, time: u64): usize {
  return answered(key, acknowledged) != 0 ? failure(key, time) : 0;
}

/** The attempt that this acknowledges, or 0. */
function answered(key: u64, acknowledged: u32): usize {
  const p = pending(key);
  if (p == 0) return 0;
  const attempted = changetype<Pending>(p);
  return acknowledged - attempted.sequence <= attempted.data ? p : 0;
}

/** The contact was refused. Returns the source when it is to be announced, or 0. */
export function failure(key: u64, time: u64): usize {
  const p = pending(key);
  if (p == 0) return 0;
  const source = close(changetype<Pending>(p));
  if (source == 0) return 0;
  changetype<Source>(source).refused += 1;
  return failed(source, time);
}

/** The source (a Source) if it is called a scanner at present, else 0. */
export function called(version: u32, hi: u64, lo: u64): usize {
  const at = known(version, hi, lo, SEEN);
  return at != 0 && changetype<Source>(at).walk >= upper ? at : 0;
}

/** Lets at most one attempt time out; called for every record until it returns 0. Returns a source to be announced. */
export function expire(time: u64): usize {
  while (tail != head) {
    const p = entry(tail);
    if (p.key != 0 && !(time > p.time && time - p.time >= TIMEOUT)) return 0;
    tail += 1;
    if (p.key == 0) continue;
    const source = close(p);
    if (source == 0) continue;
    changetype<Source>(source).silent += 1;
    const due = failed(source, time);
    if (due) return due;
  }
  return 0;
}

function failed(source: usize, time: u64): usize {
  const s = changetype<Source>(source);
  if (s.since == 0) s.since = time;
  s.walk += onFailure;
  if (s.walk < upper) return 0;
  if (s.walk > upper * 2) s.walk = upper * 2; // bounded, and not for ever: as many successes lead back
  if (s.announced != 0 && time < s.announced + REPEAT) return 0;
  s.announced = time;
  return source;
}

/**
 * The ring is full: the oldest goes. It counts as silent only where its source has many open, else it proves nothing.
 */
function evict(): usize {
  const p = entry(tail);
  tail += 1;
  if (p.key == 0) return 0;
  const time = p.time;
  const source = close(p);
  if (source == 0 || changetype<Source>(source).open < PATIENCE) return 0;
  changetype<Source>(source).silent += 1;
  return failed(source, time);
}

/** Takes the entry's outcome as known; returns its source, or 0 when that was evicted meanwhile. */
function close(p: Pending): usize {
  p.key = 0;
  const at = known(p.version, p.hi, p.lo, p.kind);
  if (at == 0 || changetype<Source>(at).open == 0) return 0;
  changetype<Source>(at).open -= 1;
  return at;
}

@inline function entry(position: u32): Pending {
  return changetype<Pending>(ring + <usize>(position & (PENDING - 1)) * ENTRY);
}

/**
 * Slot for a new contact: one that points to no open entry of its neighbourhood, else the first (its entry times out).
 */
function slot(key: u64): usize {
  for (let i: u32 = 0; i < PROBES; ++i) {
    const at = slots + ((<usize>((<u32>(key >> 32) + i) & (SLOTS - 1))) << 2);
    const position = load<u32>(at);
    if (position - tail >= head - tail || entry(position).key == 0) return at;
  }
  return slots + ((<usize>((<u32>(key >> 32)) & (SLOTS - 1))) << 2);
}

function pending(key: u64): usize {
  for (let i: u32 = 0; i < PROBES; ++i) {
    const position = load<u32>(slots + ((<usize>((<u32>(key >> 32) + i) & (SLOTS - 1))) << 2));
    if (position - tail < head - tail && entry(position).key == key) return changetype<usize>(entry(position));
  }
  return 0;
}

/** Whether the contact is among the lately seen; remembers it. Two ways; the newer one moves to the front. */
function contacted(key: u64): bool {
  const set = contacts + ((<usize>((<u32>(key >> 24)) & (CONTACTS / 2 - 1))) << 4);
  const first = load<u64>(set);
  if (first == key) return true;
  const second = load<u64>(set, 8);
  store<u64>(set, first, 8);
  store<u64>(set, key);
  return second == key;
}

@inline function place(version: u32, hi: u64, lo: u64): u32 {
  return <u32>(addressKey(version, hi, lo) >> 32);
}

/** The source's entry, or 0. */
function known(version: u32, hi: u64, lo: u64, kind: u32): usize {
  const h = place(version, hi, lo);
  for (let i: u32 = 0; i < PROBES; ++i) {
    const s = changetype<Source>(sources + <usize>((h + i) & (SOURCES - 1)) * SOURCE);
    if (s.lo == lo && s.hi == hi && s.version == version && s.kind == kind && s.attempts != 0)
      return changetype<usize>(s);
  }
  return 0;
}

/** How far its walk protects the entry. */
@inline function weight(s: Source, time: u64): f64 {
  return s.walk > 0 && s.announced == 0 && time < s.seen + HOLD ? s.walk : 0;
}

/** The source's entry, made where there is none: see the rule above. */
function find(version: u32, hi: u64, lo: u64, kind: u32, time: u64): Source {
  const at = known(version, hi, lo, kind);
  if (at != 0) return changetype<Source>(at);
  const h = place(version, hi, lo);
  let least: usize = 0,
    protects: f64 = 0; // how far the walk of the least does
  for (let i: u32 = 0; i < PROBES; ++i) {
    const s = changetype<Source>(sources + <usize>((h + i) & (SOURCES - 1)) * SOURCE);
    if (s.attempts == 0) {
      least = changetype<usize>(s);
      break;
    }
    const w = weight(s, time);
    if (least != 0 && (w > protects || (w == protects && s.seen >= changetype<Source>(least).seen))) continue;
    least = changetype<usize>(s);
    protects = w;
  }
  memory.fill(least, 0, SOURCE);
  const s = changetype<Source>(least);
  s.version = version;
  s.hi = hi;
  s.lo = lo;
  s.kind = kind;
  s.mac = NONE;
  return s;
}
