// Who is followed, and how far its walk has led: scan.ts.
//
// Rule when SOURCES are followed: of PROBES neighbours that one makes room whose walk has led least far towards a
// scanner, of equal ones the one seen longest ago; after HOLD without an attempt, or once it was announced, a walk
// protects no longer. So a flood of new sources displaces other new ones, and not the scanner among them; and those
// that were announced do not stand in the way of the next.
import { addressKey } from "../../../ip/onboard/address";
import { SOURCES } from "./capacity";

/** 96 bytes. */
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
  kinds: u16; // bit n: Kind n is among those that failed
  again: u16; // contacts tried anew since the last alert; both stay at their largest
  times: u16; // alerts
  family: u8; // Family; HEARSAY may be set
  version: u8; // 4 or 6
  turn: u16; // tells it from others that had the same place
  pardoned: u8; // errors of the path
  failures: u8; // of PEERS x { u16 port, u16 of the host's key }, the newest at failures % PEERS - 1
  peer0: u32;
  peer1: u32;
  peer2: u32;
}

const PEERS: u32 = 3;
/** In Source.family: only errors tell of it. */
export const HEARSAY: u32 = 128;
/** In Source.mac: nobody can tell whose attempts these are. */
export const MIXED: u64 = u64.MAX_VALUE;
export const NONE: u64 = u64.MAX_VALUE - 1;

const HOLD: u64 = 600000000000;
const PROBES: u32 = 8;
const SOURCE: usize = offsetof<Source>();
const sources: usize = memory.data(SOURCES * offsetof<Source>(), 8);
let turns: u32 = 0;

/** By its index; indexOf() is the inverse. */
@inline export function sourceAt(index: u32): Source {
  return changetype<Source>(sources + <usize>index * SOURCE);
}
@inline export function indexOf(s: Source): u32 {
  return <u32>((changetype<usize>(s) - sources) / SOURCE);
}

@inline function place(version: u32, hi: u64, lo: u64): u32 {
  return <u32>(addressKey(version, hi, lo) >> 32);
}

/** The source's record, or 0. */
export function sourceOf(version: u32, hi: u64, lo: u64, family: u32): usize {
  const h = place(version, hi, lo);
  for (let i: u32 = 0; i < PROBES; ++i) {
    const s = sourceAt((h + i) & (SOURCES - 1));
    if (s.lo == lo && s.hi == hi && s.version == version && s.family == family && s.attempts != 0)
      return changetype<usize>(s);
  }
  return 0;
}

/** How far its walk protects the entry. */
@inline function protection(s: Source, time: u64): f64 {
  return s.walk > 0 && s.announced == 0 && time < s.seen + HOLD ? s.walk : 0;
}

/** The source's record, made where there is none: see the rule above. */
export function find(version: u32, hi: u64, lo: u64, family: u32, time: u64): Source {
  const at = sourceOf(version, hi, lo, family);
  if (at != 0) return changetype<Source>(at);
  const h = place(version, hi, lo);
  let least: usize = 0,
    protects: f64 = 0; // how far the walk of the least does
  for (let i: u32 = 0; i < PROBES; ++i) {
    const s = sourceAt((h + i) & (SOURCES - 1));
    if (s.attempts == 0) {
      least = changetype<usize>(s);
      break;
    }
    const w = protection(s, time);
    if (least != 0 && (w > protects || (w == protects && s.seen >= changetype<Source>(least).seen))) continue;
    least = changetype<usize>(s);
    protects = w;
  }
  memory.fill(least, 0, SOURCE);
  const s = changetype<Source>(least);
  s.version = <u8>version;
  s.hi = hi;
  s.lo = lo;
  s.family = <u8>family;
  s.mac = NONE;
  turns += 1;
  s.turn = <u16>turns;
  return s;
}

@inline function peerAt(s: Source, i: u32): usize {
  return changetype<usize>(s) + offsetof<Source>("peer0") + ((<usize>i) << 2);
}

/** Remembers whom it failed to reach. */
export function rememberPeer(s: Source, hi: u64, lo: u64, port: u32): void {
  store<u32>(peerAt(s, <u32>s.failures % PEERS), peerOf(s, hi, lo, port));
  s.failures = s.failures == u8.MAX_VALUE ? <u8>(PEERS + 1) : s.failures + 1; // u8.MAX_VALUE is a multiple of PEERS
}

/** Whether the host or the port is among the last that it failed to reach. */
export function isPeer(s: Source, hi: u64, lo: u64, port: u32): bool {
  const peer = peerOf(s, hi, lo, port);
  for (let i: u32 = 0; i < min<u32>(PEERS, <u32>s.failures); ++i) {
    const differs = load<u32>(peerAt(s, i)) ^ peer;
    if (differs >> 16 == 0 || (differs & 0xffff) == 0) return true;
  }
  return false;
}

@inline function peerOf(s: Source, hi: u64, lo: u64, port: u32): u32 {
  return ((<u32>(addressKey(s.version, hi, lo) >> 48)) << 16) | (port & 0xffff);
}
