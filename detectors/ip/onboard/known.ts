// What the baseline knows: hosts and talks with what was learned of them. Filled by configuration, never evicted: no
// traffic displaces what was learned. In the area (area.ts):
//
//   talks   KNOWN_TALKS x 104    hosts  KNOWN_HOSTS x 104    open addressing: u16 slots (index + 1, 0 = free) beside them
//   marks   4,096 x u64          hosts, pairs of hosts that are in the inventory of talks at all
import { mix } from "../../../lib/onboard/bytes";
import { area } from "./area";
import { KNOWN_HOSTS, KNOWN_TALKS } from "./capacity";
import { Who, external, talkCheck, talkKey } from "./who";

export const ANY: u64 = 0x5bd1e9955bd1e995; // stands for any external host
export const ANY_PORT: u32 = 65535; // stands for any port from 1024 on

export const enum Knows {
  LISTED = 1, // in the inventory of talks
  RATES = 2,
  PERIODS = 4,
  STATIC = 8, // host: always the same MAC addresses
  FLOODS = 16,
}

/** 104 bytes. */
@unmanaged
export class KnownTalk {
  key: u64;
  check: u64;
  clientHi: u64;
  clientLo: u64;
  serverHi: u64;
  serverLo: u64;
  last0: u64; // observed time, ns, of the last packet to the server; 0 = none yet
  last1: u64; // to the client
  packets: f32; // limits: per second
  bytes: f32;
  packets60: f32; // per minute
  bytes60: f32;
  least60: f32; // packets per minute at least; 0 = none
  silence0: f32; // seconds to the server; 0 = not periodic
  silence1: f32;
  service: u16;
  version: u8;
  protocol: u8;
  flags: u8; // Knows
  seen0: u8; // packets to the server since start, up to 3
  seen1: u8;
  silent: u8; // bit 0 to the server, bit 1 to the client: has been announced
  pad: u32;
}

/** 104 bytes. */
@unmanaged
export class KnownHost {
  key: u64;
  check: u64;
  mac0: u64;
  mac1: u64;
  mac2: u64;
  mac3: u64; // 0 = none
  rates: u64;
  r1: u64;
  r2: u64;
  r3: u64; // 8 x f32: tx p, b, p60, b60, rx p, b, p60, b60
  floods: u64;
  f1: u64; // 4 x f32, per second
  flags: u32;
  pad: u32;
}

const TALK: usize = 104;
const HOST: usize = 104;
const talks: usize = area;
const hosts: usize = area + 1536 * 104;
const talkSlots: usize = hosts + 1024 * 104;
const hostSlots: usize = talkSlots + 4096 * 2;
const marks: usize = hostSlots + 2048 * 2;
const TALK_SLOTS: u32 = 4096;
const HOST_SLOTS: u32 = 2048;
const MARKS: u32 = 4096;

let talkCount: u32 = 0;
let hostCount: u32 = 0;
let listed: u32 = 0;

export function forgetKnown(): void {
  talkCount = 0;
  hostCount = 0;
  listed = 0;
}

/** Talks in the inventory; 0 = there is no inventory. */
// @ts-ignore: decorator
@inline export function inventory(): u32 {
  return listed;
}
export function countListed(): void {
  listed += 1;
}
// @ts-ignore: decorator
@inline export function knownTalks(): u32 {
  return talkCount;
}
// @ts-ignore: decorator
@inline export function knownTalk(index: u32): KnownTalk {
  return changetype<KnownTalk>(talks + <usize>index * TALK);
}
// @ts-ignore: decorator
@inline export function knownHost(index: u32): KnownHost {
  return changetype<KnownHost>(hosts + <usize>index * HOST);
}

/** Index + 1; 0 = not known. */
export function findTalk(key: u64, check: u64): u32 {
  if (talkCount == 0) return 0;
  for (let i: u32 = 0; i < TALK_SLOTS; ++i) {
    const n = <u32>load<u16>(talkSlots + ((<usize>((<u32>(key >> 32) + i) & (TALK_SLOTS - 1))) << 1));
    if (n == 0) return 0;
    const t = knownTalk(n - 1);
    if (t.key == key && t.check == check) return n;
  }
  return 0;
}

/** Index + 1 of the talk, made if need be; 0 = there is no room. */
export function addTalk(key: u64, check: u64): u32 {
  const found = findTalk(key, check);
  if (found != 0) return found;
  if (talkCount == KNOWN_TALKS) return 0;
  let i = <u32>(key >> 32);
  while (load<u16>(talkSlots + ((<usize>(i & (TALK_SLOTS - 1))) << 1)) != 0) ++i;
  const t = knownTalk(talkCount);
  t.key = key;
  t.check = check;
  talkCount += 1;
  store<u16>(talkSlots + ((<usize>(i & (TALK_SLOTS - 1))) << 1), <u16>talkCount);
  return talkCount;
}

export function findHost(key: u64, check: u64): u32 {
  if (hostCount == 0) return 0;
  for (let i: u32 = 0; i < HOST_SLOTS; ++i) {
    const n = <u32>load<u16>(hostSlots + ((<usize>((<u32>(key >> 32) + i) & (HOST_SLOTS - 1))) << 1));
    if (n == 0) return 0;
    const h = knownHost(n - 1);
    if (h.key == key && h.check == check) return n;
  }
  return 0;
}

export function addHost(key: u64, check: u64): u32 {
  const found = findHost(key, check);
  if (found != 0) return found;
  if (hostCount == KNOWN_HOSTS) return 0;
  let i = <u32>(key >> 32);
  while (load<u16>(hostSlots + ((<usize>(i & (HOST_SLOTS - 1))) << 1)) != 0) ++i;
  const h = knownHost(hostCount);
  h.key = key;
  h.check = check;
  hostCount += 1;
  store<u16>(hostSlots + ((<usize>(i & (HOST_SLOTS - 1))) << 1), <u16>hostCount);
  return hostCount;
}

/** Key of a pair of hosts, whichever way round. */
export function pairKey(a: u64, b: u64): u64 {
  return a < b ? mix(a, b) | 1 : mix(b, a) | 1;
}

/** Remembers a host's key or a pair's; false when there is no room. */
export function mark(key: u64): bool {
  for (let i: u32 = 0; i < MARKS; ++i) {
    const at = marks + ((<usize>((<u32>(key >> 40) + i) & (MARKS - 1))) << 3);
    const k = load<u64>(at);
    if (k == key) return true;
    if (k != 0) continue;
    store<u64>(at, key);
    return true;
  }
  return false;
}

export function marked(key: u64): bool {
  for (let i: u32 = 0; i < MARKS; ++i) {
    const k = load<u64>(marks + ((<usize>((<u32>(key >> 40) + i) & (MARKS - 1))) << 3));
    if (k == key) return true;
    if (k == 0) return false;
  }
  return false;
}

/** The known talk that a packet belongs to: index + 1, or 0. byWildcard() tells whether only a wildcard holds it. */
export function resolve(w: Who): u32 {
  wildcard = false;
  if (talkCount == 0) return 0;
  const client = w.toServer ? w.src : w.dst,
    server = w.toServer ? w.dst : w.src;
  const protocol = <u32>w.protocol,
    service = <u32>w.service;
  let found = findTalk(w.talk, w.talkCheck);
  // picked up midstream: perhaps it was the other way round
  if (found == 0 && w.other != 0 && !w.sure) found = talk(server, client, protocol, <u32>w.other);
  if (found != 0 && (<u32>knownTalk(found - 1).flags) & Knows.LISTED) return found;
  const drawn = wider(w, client, server, protocol, service);
  if (found == 0) {
    wildcard = drawn != 0;
    return drawn;
  }
  // its rates or periods are known by themselves, while the inventory holds it by a wildcard
  if (drawn != 0) knownTalk(found - 1).flags |= <u8>Knows.LISTED;
  return found;
}

/** A wildcard that holds the talk. */
function wider(w: Who, client: u64, server: u64, protocol: u32, service: u32): u32 {
  if (service >= 1024 && w.protocol != 0) {
    const ports = talk(client, server, protocol, ANY_PORT);
    if (ports != 0) return ports;
  }
  if (w.toServer ? external(w.version, w.dstHi, w.dstLo) : external(w.version, w.srcHi, w.srcLo)) {
    const outward = talk(client, ANY, protocol, service);
    if (outward != 0) return outward;
  }
  if (w.toServer ? external(w.version, w.srcHi, w.srcLo) : external(w.version, w.dstHi, w.dstLo)) {
    return talk(ANY, server, protocol, service);
  }
  return 0;
}

let wildcard: bool = false;
/** Whether the last resolve() found a wildcard only. */
export function byWildcard(): bool {
  return wildcard;
}

function talk(client: u64, server: u64, protocol: u32, service: u32): u32 {
  return findTalk(talkKey(client, server, protocol, service), talkCheck(client, server, protocol, service));
}
