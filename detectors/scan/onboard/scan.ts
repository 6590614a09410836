// REQ-DETECT-005
// Port and host scans, by threshold random walk: Jung, Paxson, Berger, Balakrishnan, "Fast Portscan Detection Using
// Sequential Hypothesis Testing", IEEE Symposium on Security and Privacy 2004.
//
// Expected: a benign source's first contacts with a (host, port) mostly succeed (probability theta0).
// A scanner's mostly fail (probability of success theta1). Each outcome moves the source's log likelihood ratio; at
// `upper` it is called a scanner, at `lower` benign, and the walk starts again from 0 (a benign host may turn).
//
// What is tried is of several kinds, whose outcomes say more or less: kinds.ts. Three things differ from the paper. A
// first contact is with a (host, port) rather than a host, so that a scan of many ports of one host counts too; but
// success counts once for each host, or one accomplice with open ports would clear a scanner. And an attempt succeeds
// only by what the target sends: a SYN-ACK that acknowledges this SYN. What the source itself sends proves nothing,
// for a scanner can send an ACK behind each SYN; so a tap that does not see the answers calls every client a scanner:
// switch the detector off there. It fails on a RST that acknowledges this SYN, on an ICMP error that refuses
// (errors.ts), or after TIMEOUT without an answer. A RST that acknowledges something else is nobody's answer: whoever
// forges one would have to guess.
//
// What only an error of ICMP tells (HEARSAY: nobody was seen to send what it quotes, and who sent the error could quote
// anything) has a walk of its own, which is announced and accuses nobody.
//
// Who is called a scanner and goes on is announced again, with a count: after REPEAT at the earliest, for new contacts
// that fail, or for ROUND that were tried before.
//
//   Source (96 bytes, sources.ts): who, walk, counts       Pending (56 bytes, ring.ts): one unanswered first contact
import { wide3 } from "../../../lib/onboard/keyed";
import { wasRecent } from "../../../lib/onboard/recent";
import { SYSTEM } from "../../../ip/onboard/ports";
import { external } from "../../ip/onboard/endpoints";
import { CONTACTS } from "./capacity";
import {
  FAINT,
  Family,
  Kind,
  PARDON,
  PATH,
  SCATTERED,
  STREAM,
  familyOf,
  silence,
  success as weightOfSuccess,
} from "./kinds";
import { Pending, append, drop, isFull, oldest, pending, putBehind, sourceFor } from "./ring";
import { MIXED, NONE, Source, find, isPeer, rememberPeer, sourceOf } from "./sources";

/** What was contacted lately (lib/onboard/recent.ts). */
const contacts: usize = memory.data(CONTACTS * 4, 8);

export const TIMEOUT: u64 = 4000000000;
const ANSWERED: u64 = 0x1f83d9abfb41bd6b; // with a contact's hosts: one of them succeeded
const REPEAT: u64 = 60000000000; // a source is announced again after this long at the earliest
const PATIENCE: u32 = 20; // open attempts a source may have before an early eviction counts as silence
const ROUND: u32 = 9;
const TURNS: u32 = 4; // entries dated ahead that are put behind for one record

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

/** A first contact, as it is told to attempt(). */
@unmanaged
export class Contact {
  version: u32;
  kind: u32; // Kind
  hi: u64; // source address
  lo: u64;
  toHi: u64; // target address
  toLo: u64;
  mac: u64; // of the frame; 0 = unknown
  port: u32;
  isFaint: u32; // 1 = it looks like an answer
  hearsay: u32; // HEARSAY or 0
  sequence: u32; // TCP
  acknowledgment: u32;
  data: u32;
}

/** A source tries a (host, port). Returns a source to be announced, or 0. */
export function attempt(key: u64, c: Contact, time: u64): usize {
  const family = familyOf(c.kind) | c.hearsay;
  if (contacted(key)) return tried(sourceOf(c.version, c.hi, c.lo, family), time);
  const due = isFull() ? unansweredYet(changetype<Pending>(oldest()).time) : 0;
  const s = find(c.version, c.hi, c.lo, family, time);
  s.attempts += 1;
  s.open += 1;
  s.seen = time;
  if (s.mac == NONE) s.mac = c.mac;
  else if (s.mac != c.mac) s.mac = MIXED;
  const p = append(key, s, time);
  p.toHi = c.toHi;
  p.toLo = c.toLo;
  p.sequence = c.sequence + 1;
  p.acknowledgment = c.acknowledgment;
  p.data = <u16>min<u32>(c.data, u16.MAX_VALUE);
  p.port = <u16>c.port;
  p.kind = <u8>c.kind;
  p.isFaint = <u8>c.isFaint;
  return due;
}

/** A contact is tried anew; who is called a scanner for it is announced once a while. */
function tried(at: usize, time: u64): usize {
  if (at == 0) return 0;
  const s = changetype<Source>(at);
  if (s.walk < upper || s.announced == 0) return 0;
  s.seen = time;
  if (s.again < u16.MAX_VALUE) s.again += 1;
  return <u32>s.again >= ROUND && time >= s.announced + REPEAT ? announce(s, time) : 0;
}

/** The target, by the keys of source and target, answered the SYN and acknowledged this sequence number. */
export function accepted(key: u64, from: u64, target: u64, acknowledged: u32): void {
  const p = pending(key);
  if (p == 0 || !isOfSyn(changetype<Pending>(p), acknowledged)) return;
  succeeded(changetype<Pending>(p), from, target);
}

/** The target answered what was no SYN. */
export function success(key: u64, from: u64, target: u64): void {
  const p = pending(key);
  if (p == 0 || changetype<Pending>(p).kind == Kind.SYN) return;
  succeeded(changetype<Pending>(p), from, target);
}

function succeeded(p: Pending, from: u64, target: u64): void {
  const kind = <u32>p.kind;
  const source = close(p);
  if (source == 0 || contacted(wide3(from, target, ANSWERED ^ familyOf(kind)))) return;
  const s = changetype<Source>(source);
  s.walk += onSuccess * weightOfSuccess(kind);
  if (s.walk <= lower) {
    s.walk = 0;
    s.attempts = s.open;
    s.refused = 0;
    s.silent = 0;
    s.since = 0;
    s.mac = NONE;
    s.kinds = 0;
    s.pardoned = 0;
    s.failures = 0;
  }
}

/** The target's RST: of these numbers, and whether it acknowledges. Returns a source to be announced, or 0. */
export function reset(key: u64, sequence: u32, acknowledged: u32, acknowledges: bool, time: u64): usize {
  const at = pending(key);
  if (at == 0) return 0;
  const p = changetype<Pending>(at);
  // RFC 9293 section 3.5.2: to a segment with ACK the RST has the sequence number that was acknowledged, else it
  // acknowledges all there was of the segment
  if (p.kind == Kind.SYN) {
    if (!acknowledges || !isOfSyn(p, acknowledged)) return 0;
  } else if (acknowledges ? acknowledged - (p.sequence - 1) > <u32>p.data + 1 : sequence != p.acknowledgment) return 0;
  return failure(key, time);
}

@inline function isOfSyn(p: Pending, acknowledged: u32): bool {
  return p.kind == Kind.SYN && acknowledged - p.sequence <= <u32>p.data;
}

/** Whether the contact that is open began with this sequence number. */
export function isOf(key: u64, sequence: u32): bool {
  const at = pending(key);
  return at != 0 && changetype<Pending>(at).sequence == sequence + 1;
}

/** The contact was refused. Returns the source when it is to be announced, or 0. */
export function failure(key: u64, time: u64): usize {
  const at = pending(key);
  if (at == 0) return 0;
  const p = changetype<Pending>(at);
  const source = close(p);
  if (source == 0) return 0;
  changetype<Source>(source).refused += 1;
  return failed(source, p, p.isFaint ? FAINT : 1, time);
}

/** Its source goes on sending without an answer: one-way traffic does, while a probe is sent a few times. */
export function streams(key: u64): void {
  const p = pending(key);
  if (p != 0) changetype<Pending>(p).isStream = 1;
}

/** The contact met an error of the path. Returns the source when it is to be announced, or 0. */
export function strayed(key: u64, time: u64): usize {
  const at = pending(key);
  if (at == 0) return 0;
  const p = changetype<Pending>(at);
  const source = close(p);
  if (source == 0 || p.isFaint) return 0;
  const s = changetype<Source>(source);
  let weight = silence(p.kind);
  if (<u32>s.pardoned < PARDON) {
    s.pardoned += 1;
    weight *= PATH;
  }
  s.silent += 1;
  return failed(source, p, weight, time);
}

/** The source (a Source) if it is called a scanner at present, else 0. */
export function called(version: u32, hi: u64, lo: u64): usize {
  for (let family: u32 = 0; family < <u32>Family.FAMILIES; ++family) {
    const at = sourceOf(version, hi, lo, family);
    if (at != 0 && changetype<Source>(at).walk >= upper) return at;
  }
  return 0;
}

/** Lets at most one attempt time out; called for every record until it returns 0. Returns a source to be announced. */
export function expire(time: u64): usize {
  for (let turns: u32 = 0; oldest() != 0;) {
    const p = changetype<Pending>(oldest());
    if (p.key != 0 && p.time > time) {
      if (turns++ == TURNS) return 0;
      putBehind();
      continue;
    }
    if (p.key != 0 && time - p.time < TIMEOUT) return 0;
    drop();
    if (p.key == 0) continue;
    const due = unanswered(p, time);
    if (due) return due;
  }
  return 0;
}

/** Nothing comes any more: all attempts end before their time. Returns a source to be announced; 0: none is left. */
export function finish(time: u64): usize {
  while (oldest() != 0) {
    const due = unansweredYet(time);
    if (due) return due;
  }
  return 0;
}

/** The oldest attempt ends before its time, which says something only where its source has many open. */
function unansweredYet(time: u64): usize {
  const p = changetype<Pending>(oldest());
  drop();
  if (p.key == 0) return 0;
  const source = sourceFor(p);
  if (source != 0 && changetype<Source>(source).open >= PATIENCE) return unanswered(p, time);
  close(p);
  return 0;
}

function unanswered(p: Pending, time: u64): usize {
  const source = close(p);
  if (source == 0 || p.isFaint) return 0;
  changetype<Source>(source).silent += 1;
  return failed(source, p, p.isStream ? silence(p.kind) * STREAM : silence(p.kind), time);
}

function failed(source: usize, p: Pending, weight: f64, time: u64): usize {
  const s = changetype<Source>(source);
  if (s.since == 0) s.since = time;
  const step = isScattered(s, p) ? weight * SCATTERED : weight;
  p.hasFailed = 1;
  s.kinds |= <u16>((<u32>1) << p.kind);
  rememberPeer(s, p.toHi, p.toLo, p.port);
  s.walk += onFailure * step;
  if (s.walk < upper) return 0;
  if (s.walk > upper * 2) s.walk = upper * 2; // bounded, and not for ever: as many successes lead back
  if (s.announced != 0 && time < s.announced + REPEAT) return 0;
  return announce(s, time);
}

function announce(s: Source, time: u64): usize {
  s.announced = time;
  s.again = 0;
  if (s.times < u16.MAX_VALUE) s.times += 1;
  return changetype<usize>(s);
}

/** Whether it looks like a peer of many, rather than one of a row of hosts or ports. */
function isScattered(s: Source, p: Pending): bool {
  return <u32>p.port >= SYSTEM && external(s.version, p.toHi, p.toLo) && !isPeer(s, p.toHi, p.toLo, p.port);
}

/** Takes the entry's outcome as known; returns its source, or 0 when that was evicted meanwhile. */
function close(p: Pending): usize {
  p.key = 0;
  const at = sourceFor(p);
  if (at == 0 || changetype<Source>(at).open == 0) return 0;
  changetype<Source>(at).open -= 1;
  return at;
}

/** Whether the contact is among the lately seen; remembers it. */
function contacted(key: u64): bool {
  return wasRecent(contacts, CONTACTS, key);
}
