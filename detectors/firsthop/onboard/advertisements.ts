// Router advertisements (RFC 4861, section 4.2) of each VLAN.
//
//   NEW     a router that was not there: another one was heard HEARD times by itself, for at least ALIKE where this one
//           advertises a prefix that some router here has, otherwise for OTHERWISE. It is new for HOUR, then it belongs
//   KILLED  a lifetime of 0, which says "not a router any more", in a router's name from another MAC address, or that
//           the router takes back: once is a restart, KILLS of them, each worth half after HALF, are not
//   FLOOD   a sum of advertisements to all nodes, of which a router sends one in three seconds at most (section 6.2.6),
//           and of routers never heard, above FULL; it leaks LEAK a second. While it does, none of them is NEW
//
// Rules when full: a new router gives way to a newer one, and those that belong here stay; where all places are theirs,
// another is new each time. VLANs share SUMS sums, as the key chooses.
import { Packet, outerVlan, outermost } from "../../../ip/onboard/packet";
import { be16, be64 } from "../../../lib/onboard/bytes";
import { keyed, wide3 } from "../../../lib/onboard/keyed";
import { RA, discoveryAt, optionAt } from "../../ip/onboard/discovery";
import { isSameStation } from "../../ip/onboard/virtual";
import { elapsed, faded, later } from "../../onboard/clock";

export const enum Told {
  NOTHING = 0,
  NEW = 1,
  KILLED = 2,
  FLOOD = 3,
}

const SECOND: u64 = 1000000000;
const HOUR: u64 = 3600 * SECOND;
const ALIKE: u64 = 1800 * SECOND;
const OTHERWISE: u64 = 60 * SECOND;
const APART: u64 = 3 * SECOND; // MIN_DELAY_BETWEEN_RAS
const HEARD: u32 = 3;
const HALF: f64 = 1800; // s
const KILLS: f64 = 1.6;
const FULL: f64 = 50;
const LEAK: f64 = 2; // a second
const ROUTERS: u32 = 32;
const SUMS: u32 = 16;
const PREFIX: u32 = 3; // option, section 4.6.2
const SALT: u64 = 0xd1342543de82ef95;

@unmanaged
class Router {
  hi: u64; // its link-local address
  lo: u64;
  mac: u64; // 0 = free
  first: u64; // ns
  last: u64;
  counted: u64; // ns, when `heard` grew
  killed: u64; // ns, of the last one that was taken back
  prefix: u64; // hash of the first prefix that it advertises; 0 = none
  kills: f64; // taken back, each worth half after HALF
  heard: u32; // times
  vlan: u16;
  isNew: bool;
  isDefault: bool; // it had a lifetime
  isDown: bool; // and its last one was 0
}

@unmanaged
class Sum {
  time: u64; // ns
  value: f64;
}

const routers: usize = memory.data(ROUTERS * offsetof<Router>(), 8);
const sums: usize = memory.data(SUMS * offsetof<Sum>(), 8);
let sum: f64 = 0;
let known: u64 = 0;

@inline function router(i: u32): Router {
  return changetype<Router>(routers + <usize>i * offsetof<Router>());
}

export function reset(): void {
  memory.fill(routers, 0, ROUTERS * offsetof<Router>());
  memory.fill(sums, 0, SUMS * offsetof<Sum>());
}

/** Of a FLOOD: its sum as a share of FULL, and its sum. */
export function level(): f64 {
  return sum / FULL;
}
export function count(): f64 {
  return sum;
}
/** MAC address of the router that is not new, or of whose name it is. */
export function other(): u64 {
  return known;
}

/** What the packet tells, where it is an advertisement that receivers take (section 6.1.2). */
export function read(k: Packet, frame: usize): Told {
  if (k.icmpType != RA) return Told.NOTHING;
  const p = discoveryAt(k, frame, 16),
    ip = outermost(k);
  if (p == 0 || ip.srcHi >> 54 != 0x3fa) return Told.NOTHING; // fe80::/10
  const tag = outerVlan(k),
    option = optionAt(p + 16, PREFIX, 32),
    prefix = option == 0 ? 0 : wide3(SALT, be64(option + 16), be64(option + 24));
  let r = find(tag, ip.srcHi, ip.srcLo);
  const isFresh = r == 0;
  add(tag, k.time, isFresh || ip.dstHi >> 56 == 0xff ? 1 : 0);
  if (sum > FULL) return Told.FLOOD;
  if (isFresh) {
    known = before(tag, k.time, prefix);
    r = place();
    if (r == 0) return known != 0 ? Told.NEW : Told.NOTHING;
    enter(changetype<Router>(r), k, tag, known != 0);
  }
  return judge(changetype<Router>(r), k, prefix, be16(p + 6));
}

function judge(r: Router, k: Packet, prefix: u64, lifetime: u32): Told {
  r.last = later(r.last, k.time);
  if (r.isNew && elapsed(r.first, r.last) > HOUR) r.isNew = false;
  if (r.isNew) {
    known = before(<u32>r.vlan, k.time, 0);
    return Told.NEW;
  }
  known = r.mac;
  if (!isSameStation(r.mac, k.macSrc)) {
    if (lifetime == 0) return Told.KILLED;
    r.mac = k.macSrc; // the detector ND counts such moves
  }
  if (r.heard == 0 || elapsed(r.counted, k.time) >= APART) {
    r.heard = min<u32>(r.heard + 1, HEARD);
    r.counted = k.time;
  }
  if (r.prefix == 0) r.prefix = prefix;
  if (lifetime == 0) {
    r.isDown = r.isDefault;
    return Told.NOTHING;
  }
  r.isDefault = true;
  if (!r.isDown) return Told.NOTHING;
  r.isDown = false;
  r.kills = 1 + faded(r.kills, r.killed, k.time, HALF);
  r.killed = k.time;
  return r.kills > KILLS ? Told.KILLED : Told.NOTHING;
}

function enter(r: Router, k: Packet, tag: u32, isNew: bool): void {
  const ip = outermost(k);
  memory.fill(changetype<usize>(r), 0, offsetof<Router>());
  r.hi = ip.srcHi;
  r.lo = ip.srcLo;
  r.mac = k.macSrc;
  r.vlan = <u16>tag;
  r.first = k.time;
  r.isNew = isNew;
}

function find(tag: u32, hi: u64, lo: u64): usize {
  for (let i: u32 = 0; i < ROUTERS; ++i) {
    const r = router(i);
    if (r.mac != 0 && <u32>r.vlan == tag && r.hi == hi && r.lo == lo) return changetype<usize>(r);
  }
  return 0;
}

/** The place of another router: a free one, otherwise that of the new one heard longest ago; 0 = there is none. */
function place(): usize {
  let at: usize = 0;
  for (let i: u32 = 0; i < ROUTERS; ++i) {
    const r = router(i);
    if (r.mac == 0) return changetype<usize>(r);
    if (r.isNew && (at == 0 || r.last < changetype<Router>(at).last)) at = changetype<usize>(r);
  }
  return at;
}

/** The MAC address of a router that was there long enough for another one to be new; 0 = there is none. */
function before(tag: u32, now: u64, prefix: u64): u64 {
  let wait = OTHERWISE,
    longest = changetype<Router>(0);
  for (let i: u32 = 0; i < ROUTERS; ++i) {
    const r = router(i);
    if (r.mac == 0 || <u32>r.vlan != tag || r.isNew) continue;
    if (prefix != 0 && r.prefix == prefix) wait = ALIKE;
    if (r.heard >= HEARD && (changetype<usize>(longest) == 0 || r.first < longest.first)) longest = r;
  }
  return changetype<usize>(longest) != 0 && elapsed(longest.first, now) >= wait ? longest.mac : 0;
}

function add(tag: u32, now: u64, value: f64): void {
  const s = changetype<Sum>(sums + <usize>((<u32>(keyed(SALT, tag) >> 40)) & (SUMS - 1)) * offsetof<Sum>());
  s.value = max<f64>(0, s.value - LEAK * 1e-9 * <f64>elapsed(s.time, now)) + value;
  s.time = later(s.time, now);
  sum = s.value = min<f64>(s.value, 100 * FULL);
}
