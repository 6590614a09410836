// REQ-FILTER-010, REQ-FILTER-011, REQ-FILTER-012
// Quarantine: whom inspect asked to shut out, or to slow down, for a time (dynamic access control).
//
//   Entry (56 bytes): who (a Key), until when, and of a tightened rate its state
//
// Fixed capacity: ENTRIES in windows of PROBES, which a key of the start places. The ones inside stay until they
// expire, so a flood of forged sources frees nobody. A source or flow that finds no place in its window is shut out all
// the same: a mark stands for it, one bit. So a full quarantine drops (fail closed), and a flood of others lets nobody
// through; another source, unless it is protected, is shut out with it where both have the same bit. Terminals,
// messages and rates that find no place are refused. Entries expire on frame time; asked for again while inside, an
// entry's time starts anew.
//
// Marks are made in two halves of MARKS bits, which take turns: each turn is as long as an entry stays, and begins with
// an empty half. A mark counts until the turn behind its own is over, so for once to twice that time, and none counts
// once the last would have ended as an entry. Of n marks that count, a frame of somebody else meets one with a chance
// of about 3 n / MARKS, as three keys of it are looked up (his address, his address at his MAC address, his flow);
// nobody can aim.
//
// What an attacker could do with it by forging an address or a terminal: have a peer shut out. Hence the protected
// ones, which are never taken, a bound on new entries a minute, and entries that hold for one MAC address only, where
// inspect saw several bear the source address. Sources that no rule lets out have a bound of their own: nothing of
// theirs crosses anyway, and forging them uses up nothing that stands against those whose frames do.
import { Action, Measure } from "../../appliance/contract/onboard/abi";
import { keyed5 } from "../../lib/onboard/keyed";
import { Fields } from "./fields";
import { charge, conforms } from "./rate";
import { allowsSource, inNetworks } from "./rules";

/**
 * Whom an entry is for. A terminal or a message is one of the source that it comes from: a recorder, or who forges one.
 */
@unmanaged
class Key {
  srcHi: u64;
  srcLo: u64;
  dstHi: u64; // of a flow
  dstLo: u64; // of a flow; of a source its MAC address, 0 = any; of terminals and messages: channel, and what of the
  // command word counts
  rest: u64; // the Action it came of, version; of a flow: protocol, ports
}

@unmanaged
class Entry extends Key {
  until: u64; // ns; 0 = free
  due: u64; // rate.ts
}

const ENTRIES: u32 = 256;
const PROBES: u32 = 8;
export const TABLE: usize = memory.data(ENTRIES * offsetof<Entry>(), 8);
export const TABLE_SIZE: u32 = ENTRIES * <u32>offsetof<Entry>();
const MARKS: u32 = 32768; // bits of a half
const HALF: usize = MARKS / 8;
export const MARKS_SIZE: u32 = MARKS / 4;
export const marks: usize = memory.data(MARKS / 4, 8);
const KEY: usize = memory.data(offsetof<Key>(), 8);
const DUES: usize = memory.data(2 * sizeof<u64>(), 8); // of sources that a rule lets out, and of others
const MINUTE: u64 = 60000000000;
const TERMINAL: u32 = 0x7ffffc0; // channel and terminal

export const enum Outcome {
  NEW = 0,
  KNOWN = 1, // was inside; its time starts anew
  PROTECTED = 2,
  TOO_MANY = 3, // this minute, or no place
}

/** Who may not be shut out, and how fast entries may come. */
@unmanaged
export class Limits {
  length: u64; // ns that an entry stays
  perMinute: u32;
  protectedTerminals: u32; // bit n: terminal n
  protectedNetworks: usize; // Network[]
  protectedCount: u32;
  ruleCount: u32;
  rules: usize; // Rule[]
  networks: usize; // Network[], theirs
}

let latest: u64 = 0; // no entry is in force from then on
let marked: u64 = 0; // no mark is
let half: usize = 0; // where the half begins whose turn it is
let turn: u64 = 0; // when that is over

/** Whether the frame's source or flow is shut out at this time. */
export function shutOut(f: Fields, time: u64, l: Limits): bool {
  if (time >= latest) return false;
  const orMarked = marksCount(time, l.length) && !isProtectedSource(f, l);
  return (
    holds(keyOf(f, Action.QUARANTINE_SOURCE, 0), time, orMarked) ||
    holds(keyOf(f, Action.QUARANTINE_SOURCE, f.macSrc), time, orMarked) ||
    holds(keyOf(f, Action.QUARANTINE_FLOW, 0), time, orMarked)
  );
}

/** Whether there is an entry, or a mark where these count. */
function holds(key: usize, time: u64, orMarked: bool): bool {
  const h = hash(key);
  return find(key, h, time) != 0 || (orMarked && isMarked(h));
}

/** Whether any mark counts now. The next turn begins when it is due: there is no other, or `marked` had passed. */
function marksCount(time: u64, length: u64): bool {
  if (time >= marked) return false;
  if (time >= turn) {
    half ^= HALF;
    memory.fill(marks + half, 0, HALF);
    turn += length;
  }
  return true;
}

@inline function byteOf(h: u32): usize {
  return (h & (MARKS - 1)) >> 3;
}

function isMarked(h: u32): bool {
  const at = marks + byteOf(h);
  return (((<u32>(load<u8>(at) | load<u8>(at + HALF))) >> (h & 7)) & 1) != 0;
}

/** The quarantine is full where this one would be. */
function mark(h: u32, time: u64, length: u64): void {
  if (!marksCount(time, length)) {
    memory.fill(marks, 0, MARKS_SIZE);
    turn = time + length;
  }
  const at = marks + half + byteOf(h);
  store<u8>(at, <u8>((<u32>load<u8>(at)) | (1 << (h & 7))));
  marked = max<u64>(marked, time + length);
  latest = max<u64>(latest, time + length);
}

/** Whether a 1553 message of this frame is: its terminal, or terminal, direction and subaddress. */
export function messageShutOut(f: Fields, channel: u32, command: u32, time: u64): bool {
  if (time >= latest) return false;
  return (
    holds(keyOf(f, Action.QUARANTINE_TERMINAL, relevant(Action.QUARANTINE_TERMINAL, channel, command)), time, false) ||
    holds(keyOf(f, Action.QUARANTINE_MESSAGE, relevant(Action.QUARANTINE_MESSAGE, channel, command)), time, false)
  );
}

/** Where the state of the tightened rate of the frame's source or flow is (rate.ts); 0 where it has none. */
export function tightenedDue(f: Fields, time: u64): usize {
  if (time >= latest) return 0;
  let e = entryOf(keyOf(f, Action.TIGHTEN, 0), time);
  if (e == 0) e = entryOf(keyOf(f, Action.TIGHTEN, f.macSrc), time);
  if (e == 0) e = entryOf(keyOf(f, Action.TIGHTEN_FLOW, 0), time);
  return e == 0 ? 0 : e + offsetof<Entry>("due");
}

/** Does what inspect asks for: an entry until `time` + l.length. Whoever's frame is at hand does not matter. */
export function take(m: Measure, time: u64, l: Limits): Outcome {
  if (isProtected(m, l)) return Outcome.PROTECTED;
  const key = keyOfMeasure(m),
    h = hash(key);
  const inside = find(key, h, time);
  if (inside != 0) {
    keep(inside, time + l.length);
    return Outcome.KNOWN;
  }
  const place = free(h, time);
  if (l.perMinute == 0) return Outcome.TOO_MANY;
  const shuts = <u32>m.action == Action.QUARANTINE_SOURCE || <u32>m.action == Action.QUARANTINE_FLOW;
  if (place == 0 && !shuts) return Outcome.TOO_MANY;
  if (place == 0 && marksCount(time, l.length) && isMarked(h)) {
    mark(h, time, l.length);
    return Outcome.KNOWN;
  }
  const interval = MINUTE / l.perMinute;
  const due = DUES + (allowsSource(l.rules, l.ruleCount, l.networks, m.version, m.srcHi, m.srcLo) ? 0 : sizeof<u64>());
  if (!conforms(due, time, interval, interval * (l.perMinute - 1))) return Outcome.TOO_MANY;
  charge(due, time, interval);
  if (place == 0) {
    mark(h, time, l.length);
    return Outcome.NEW;
  }
  memory.copy(place, key, offsetof<Key>());
  changetype<Entry>(place).due = 0;
  keep(place, time + l.length);
  return Outcome.NEW;
}

/** Whether the frame is its subject's own: it bears the source address (and MAC address), or is of the flow. */
export function isOwn(f: Fields, m: Measure): bool {
  if (<u32>m.version != f.version || m.srcHi != f.srcHi || m.srcLo != f.srcLo) return false;
  if (m.mac != 0 && m.mac != f.macSrc) return false;
  if (!isOfFlow(m.action)) return true;
  return (
    m.dstHi == f.dstHi &&
    m.dstLo == f.dstLo &&
    <u32>m.protocol == f.protocol &&
    <u32>m.srcPort == f.srcPort &&
    <u32>m.dstPort == f.dstPort
  );
}

/** Whether the policy protects the frame's source from whatever inspect says. */
export function isProtectedSource(f: Fields, l: Limits): bool {
  return inProtected(l, f.version, f.srcHi, f.srcLo);
}

/** Entries in force at this time. */
export function size(time: u64): u32 {
  if (time >= latest) return 0; // without quarantine there may be no memory for the table (spare.ts)
  let n: u32 = 0;
  for (let i: u32 = 0; i < ENTRIES; ++i) if (changetype<Entry>(entry(i)).until > time) ++n;
  return n;
}

function keep(e: usize, until: u64): void {
  changetype<Entry>(e).until = until;
  latest = max<u64>(latest, until);
}

function inProtected(l: Limits, version: u32, hi: u64, lo: u64): bool {
  return l.protectedCount != 0 && inNetworks(l.protectedNetworks, 0, l.protectedCount, version, hi, lo);
}

function isProtected(m: Measure, l: Limits): bool {
  if (isOfBus(m.action)) return ((l.protectedTerminals >> (((<u32>m.command) >> 11) & 31)) & 1) != 0;
  return inProtected(l, m.version, m.srcHi, m.srcLo);
}

@inline export function isOfFlow(action: u32): bool {
  return action == Action.QUARANTINE_FLOW || action == Action.TIGHTEN_FLOW;
}
@inline export function isOfBus(action: u32): bool {
  return action == Action.QUARANTINE_TERMINAL || action == Action.QUARANTINE_MESSAGE;
}
@inline export function isTightening(action: u32): bool {
  return action == Action.TIGHTEN || action == Action.TIGHTEN_FLOW;
}

/** The key of this frame for an Action. `what`: in the place of dstLo, of a flow nothing. */
function keyOf(f: Fields, action: u32, what: u64): usize {
  return isOfFlow(action)
    ? keyFor(action, f.version, f.srcHi, f.srcLo, f.dstHi, f.dstLo, ends(f.protocol, f.srcPort, f.dstPort))
    : keyFor(action, f.version, f.srcHi, f.srcLo, 0, what, 0);
}

/** The same of a measure. */
function keyOfMeasure(m: Measure): usize {
  const action = <u32>m.action;
  if (isOfFlow(action))
    return keyFor(action, m.version, m.srcHi, m.srcLo, m.dstHi, m.dstLo, ends(m.protocol, m.srcPort, m.dstPort));
  const what = isOfBus(action) ? relevant(action, m.channel, m.command) : m.mac;
  return keyFor(action, m.version, m.srcHi, m.srcLo, 0, what, 0);
}

@inline function ends(protocol: u32, srcPort: u32, dstPort: u32): u64 {
  return ((<u64>protocol) << 32) | ((<u64>srcPort) << 16) | (<u64>dstPort);
}

/** A key in a place of its own that the next call overwrites. */
function keyFor(action: u32, version: u32, srcHi: u64, srcLo: u64, dstHi: u64, dstLo: u64, rest: u64): usize {
  const k = changetype<Key>(KEY);
  k.srcHi = srcHi;
  k.srcLo = srcLo;
  k.dstHi = dstHi;
  k.dstLo = dstLo;
  k.rest = ((<u64>action) << 56) | ((<u64>version) << 48) | rest;
  return KEY;
}

/** What of channel and command word counts. */
function relevant(action: u32, channel: u32, command: u32): u64 {
  const what = (channel << 11) | ((command >> 5) & 0x7ff);
  return action == Action.QUARANTINE_MESSAGE ? what : what & TERMINAL;
}

@inline function entry(i: u32): usize {
  return TABLE + <usize>(i & (ENTRIES - 1)) * offsetof<Entry>();
}

function hash(key: usize): u32 {
  const k = changetype<Key>(key);
  return <u32>(keyed5(k.srcHi, k.srcLo, k.dstHi, k.dstLo, k.rest) >> 32);
}

function entryOf(key: usize, time: u64): usize {
  return find(key, hash(key), time);
}

/** The entry of a key, with its hash, or 0. */
function find(key: usize, h: u32, time: u64): usize {
  for (let i: u32 = 0; i < PROBES; ++i) {
    const e = entry(h + i);
    if (changetype<Entry>(e).until > time && same(e, key)) return e;
  }
  return 0;
}

function same(a: usize, b: usize): bool {
  for (let n: usize = 0; n < offsetof<Key>(); n += 8) if (load<u64>(a + n) != load<u64>(b + n)) return false;
  return true;
}

function free(h: u32, time: u64): usize {
  for (let i: u32 = 0; i < PROBES; ++i) {
    const e = entry(h + i);
    if (changetype<Entry>(e).until <= time) return e;
  }
  return 0;
}
