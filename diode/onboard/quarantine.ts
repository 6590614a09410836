// REQ-FILTER-010, REQ-FILTER-011, REQ-FILTER-012
// Quarantine: whom inspect asked to shut out, or to slow down, for a time (dynamic access control).
//
//   Entry (56 bytes): who (a Key), until when, and of a tightened rate its state
//
// Fixed capacity: ENTRIES in windows of PROBES. When no place of its window is free or expired, a new entry is refused;
// the ones inside stay until they expire, so a flood of forged sources frees nobody. The frame that caused it is
// dropped all the same. Entries expire on frame time; asked for again while inside, an entry's time starts anew.
//
// What an attacker could do with it by forging an address or a terminal: have a peer shut out. Hence the protected
// ones, which are never taken, and a bound on new entries a minute.
import { Action } from "../../appliance/contract/onboard/abi";
import { mix } from "../../lib/onboard/bytes";
import { Fields } from "./fields";
import { charge, conforms } from "./rate";
import { inNetworks } from "./rules";

/**
 * Whom an entry is for. A terminal or a message is one of the source that it comes from: a recorder, or who forges one.
 */
@unmanaged
class Key {
  srcHi: u64;
  srcLo: u64;
  dstHi: u64;
  dstLo: u64; // 0 but of a flow; of terminals and messages: channel, and what of the command word counts
  rest: u64; // the Action it came of, version; of a flow: protocol, ports
}

@unmanaged
class Entry extends Key {
  until: u64; // ns; 0 = free
  due: u64; // rate.ts
}

const ENTRIES: u32 = 256;
const PROBES: u32 = 8;
const TABLE: usize = memory.data(ENTRIES * offsetof<Entry>(), 8);
const KEY: usize = memory.data(offsetof<Key>(), 8);
const DUE: usize = memory.data(sizeof<u64>(), 8);
const MINUTE: u64 = 60000000000;
const TERMINAL: u32 = 0x3fffc0; // channel and terminal

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
}

let latest: u64 = 0; // no entry is in force from then on

/** Whether the frame's source or flow is shut out at this time. */
export function shutOut(f: Fields, time: u64): bool {
  return (
    time < latest &&
    (find(keyOf(f, Action.QUARANTINE_SOURCE, 0), time) != 0 || find(keyOf(f, Action.QUARANTINE_FLOW, 0), time) != 0)
  );
}

/** Whether a 1553 message of this frame is: its terminal, or terminal, direction and subaddress. */
export function messageShutOut(f: Fields, channel: u32, command: u32, time: u64): bool {
  if (time >= latest) return false;
  const what = ((channel & 0x7ff) << 11) | (command >> 5);
  return (
    find(keyOf(f, Action.QUARANTINE_TERMINAL, what), time) != 0 ||
    find(keyOf(f, Action.QUARANTINE_MESSAGE, what), time) != 0
  );
}

/** Where the state of the frame's source's tightened rate is (rate.ts); 0 where it has none. */
export function tightenedDue(f: Fields, time: u64): usize {
  if (time >= latest) return 0;
  const e = find(keyOf(f, Action.TIGHTEN, 0), time);
  return e == 0 ? 0 : e + offsetof<Entry>("due");
}

/** Does what a verdict asks for: an entry until `time` + l.length. */
export function take(f: Fields, verdict: u32, time: u64, l: Limits): Outcome {
  const action = verdict & 15,
    what = ((verdict >> 10) & 0x7ff) | ((verdict >> 21) << 11);
  if (isProtected(f, action, what, l)) return Outcome.PROTECTED;
  const key = keyOf(f, action, what);
  const inside = find(key, time);
  if (inside != 0) {
    keep(inside, time + l.length);
    return Outcome.KNOWN;
  }
  const place = free(key, time);
  if (place == 0 || l.perMinute == 0) return Outcome.TOO_MANY;
  const interval = MINUTE / l.perMinute;
  if (!conforms(DUE, time, interval, interval * (l.perMinute - 1))) return Outcome.TOO_MANY;
  charge(DUE, time, interval);
  memory.copy(place, key, offsetof<Key>());
  changetype<Entry>(place).due = 0;
  keep(place, time + l.length);
  return Outcome.NEW;
}

/** Entries in force at this time. */
export function size(time: u64): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < ENTRIES; ++i) if (changetype<Entry>(entry(i)).until > time) ++n;
  return n;
}

function keep(e: usize, until: u64): void {
  changetype<Entry>(e).until = until;
  latest = max<u64>(latest, until);
}

function isProtected(f: Fields, action: u32, what: u32, l: Limits): bool {
  if (action == Action.QUARANTINE_TERMINAL || action == Action.QUARANTINE_MESSAGE) {
    return ((l.protectedTerminals >> ((what >> 6) & 31)) & 1) != 0;
  }
  return l.protectedCount != 0 && inNetworks(l.protectedNetworks, 0, l.protectedCount, f.version, f.srcHi, f.srcLo);
}

/** The key of this frame for an Action, in a place of its own that the next call overwrites. */
function keyOf(f: Fields, action: u32, what: u32): usize {
  const k = changetype<Key>(KEY);
  const flow = action == Action.QUARANTINE_FLOW;
  k.srcHi = f.srcHi;
  k.srcLo = f.srcLo;
  k.dstHi = flow ? f.dstHi : 0;
  k.dstLo = flow ? f.dstLo : <u64>relevant(action, what);
  k.rest = ((<u64>action) << 56) | ((<u64>f.version) << 48);
  if (flow) k.rest |= ((<u64>f.protocol) << 32) | ((<u64>f.srcPort) << 16) | (<u64>f.dstPort);
  return KEY;
}

/** What of channel and command word counts. */
function relevant(action: u32, what: u32): u32 {
  if (action == Action.QUARANTINE_MESSAGE) return what;
  return action == Action.QUARANTINE_TERMINAL ? what & TERMINAL : 0;
}

@inline function entry(i: u32): usize {
  return TABLE + <usize>(i & (ENTRIES - 1)) * offsetof<Entry>();
}

function hash(key: usize): u32 {
  const k = changetype<Key>(key);
  return <u32>(mix(mix(mix(mix(mix(0x510e527fade682d1, k.srcLo), k.srcHi), k.dstLo), k.dstHi), k.rest) >> 32);
}

function find(key: usize, time: u64): usize {
  const h = hash(key);
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

function free(key: usize, time: u64): usize {
  const h = hash(key);
  for (let i: u32 = 0; i < PROBES; ++i) {
    const e = entry(h + i);
    if (changetype<Entry>(e).until <= time) return e;
  }
  return 0;
}
