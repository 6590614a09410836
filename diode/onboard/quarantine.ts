// Quarantine: sources and flows that inspect asked to shut out for a time (dynamic access control).
//
//   Entry (48 bytes): who (source alone, or all of a flow) and until when
//
// Fixed capacity: ENTRIES in windows of PROBES. When no place of its window is free or expired, a new entry is refused;
// the ones inside stay until they expire, so a flood of forged sources frees nobody. The frame that caused it is dropped
// all the same. Entries expire on frame time; asked for again while inside, an entry's time starts anew.
//
// What an attacker could do with it by forging a source address: have a peer shut out. Hence the protected list, whose
// sources are never taken, and a bound on new entries a minute.
import { mix } from "../../lib/onboard/bytes";
import { Fields } from "./fields";
import { charge, conforms } from "./rate";
import { inNetworks } from "./rules";

@unmanaged
class Entry {
  until: u64;          // ns; 0 = free
  srcHi: u64; srcLo: u64;
  dstHi: u64; dstLo: u64; // 0 where the whole source is meant
  ports: u32;
  protocol: u16;
  version: u8;
  flow: u8;            // 1: one flow, 0: the source
}

export const ENTRIES: u32 = 256;
const PROBES: u32 = 8;
const TABLE: usize = memory.data(256 * 48, 8);
const DUE: usize = memory.data(8, 8);
const MINUTE: u64 = 60000000000;

export const enum Outcome {
  NEW = 0,
  KNOWN = 1,     // was inside; its time starts anew
  PROTECTED = 2,
  TOO_MANY = 3,  // this minute, or no place
}

/** Whether the frame's source or flow is shut out at this time. */
export function shutOut(f: Fields, time: u64): bool {
  return find(f, false, time) != 0 || find(f, true, time) != 0;
}

/** Shuts out a frame's source or flow until `time + length`. */
export function take(
  f: Fields, flow: bool, time: u64, length: u64, perMinute: u32, protectedNetworks: usize, protectedCount: u32,
): Outcome {
  if (protectedCount != 0 && inNetworks(protectedNetworks, 0, protectedCount, f.version, f.srcHi, f.srcLo)) {
    return Outcome.PROTECTED;
  }
  const inside = find(f, flow, time);
  if (inside != 0) { changetype<Entry>(inside).until = time + length; return Outcome.KNOWN; }
  const place = free(f, flow, time);
  if (place == 0 || perMinute == 0) return Outcome.TOO_MANY;
  const interval = MINUTE / perMinute;
  if (!conforms(DUE, time, interval, interval * (perMinute - 1))) return Outcome.TOO_MANY;
  charge(DUE, time, interval);
  const e = changetype<Entry>(place);
  e.until = time + length;
  e.srcHi = f.srcHi; e.srcLo = f.srcLo;
  e.dstHi = flow ? f.dstHi : 0; e.dstLo = flow ? f.dstLo : 0;
  e.ports = flow ? ports(f) : 0;
  e.protocol = flow ? <u16>f.protocol : 0;
  e.version = <u8>f.version;
  e.flow = flow ? 1 : 0;
  return Outcome.NEW;
}

/** Entries in force at this time. */
export function size(time: u64): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < ENTRIES; ++i) if (entry(i).until > time) ++n;
  return n;
}

// @ts-ignore: decorator
@inline function entry(i: u32): Entry { return changetype<Entry>(TABLE + <usize>(i & (ENTRIES - 1)) * offsetof<Entry>()); }
// @ts-ignore: decorator
@inline function ports(f: Fields): u32 { return f.srcPort << 16 | f.dstPort; }

function hash(f: Fields, flow: bool): u32 {
  let h = mix(mix(0x510e527fade682d1, f.srcLo), f.srcHi);
  if (flow) h = mix(mix(mix(h, f.dstLo), f.dstHi), <u64>ports(f) << 8 | f.protocol);
  return <u32>(h >> 32);
}

function find(f: Fields, flow: bool, time: u64): usize {
  const h = hash(f, flow);
  for (let i: u32 = 0; i < PROBES; ++i) {
    const e = entry(h + i);
    if (e.until > time && (e.flow != 0) == flow && same(e, f)) return changetype<usize>(e);
  }
  return 0;
}

function same(e: Entry, f: Fields): bool {
  if (e.srcLo != f.srcLo || e.srcHi != f.srcHi || <u32>e.version != f.version) return false;
  return e.flow == 0
    || (e.dstLo == f.dstLo && e.dstHi == f.dstHi && e.ports == ports(f) && <u32>e.protocol == f.protocol);
}

function free(f: Fields, flow: bool, time: u64): usize {
  const h = hash(f, flow);
  for (let i: u32 = 0; i < PROBES; ++i) {
    const e = entry(h + i);
    if (e.until <= time) return changetype<usize>(e);
  }
  return 0;
}
