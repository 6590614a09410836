// REQ-DETECT-021
// Which MAC address an address is at, as ARP (RFC 826) and neighbour discovery (RFC 4861) say, and how often another
// one took it: `moves`, each worth half after HALF.
//
// A failover moves an address once, and back; spoofing takes it again and again from a holder that goes on claiming it.
// So what counts is each time that another takes it from the holder, not its return. Answers that nobody asked for, to
// one host, count each. Who took it holds it once the move has lost its weight, and the holder said nothing since.
import { addressCheck, addressKey } from "../../../ip/onboard/address";
import { more, wide3 } from "../../../lib/onboard/keyed";
import { findHost } from "../../ip/onboard/known";
import { isSameStation } from "../../ip/onboard/virtual";
import { elapsed, faded, later } from "../../onboard/clock";
import { TABLE, Table, find, open } from "../../onboard/table";

const BINDINGS: u32 = 256; // (VLAN, address), apart for each version
const HALF: f64 = 120; // s
const HELD: f64 = 0.06; // what is left of a move after some eight minutes
const GOING: u64 = 300000000000; // ns, as long as an alert does
const SALT: u64 = 0x8cb92ba72f3d8dd7;

/** 80 bytes. Of an address in a VLAN. */
@unmanaged
export class Binding {
  key: u64;
  check: u64;
  touch: u64;
  mac: u64; // of its holder; 0 = new
  rival: u64; // the MAC address that took it last; 0 = none
  time: u64; // ns, of the last move
  moves: f64; // each worth half after HALF
  known: u32; // index + 1 of the address in known.ts
  isBack: u32; // 1 = the holder spoke since the rival did
  cause: u64; // MAC address that the alert about it is about, while that goes on
  found: u64; // ns, of its last finding
}

const tables: usize = memory.data(2 * TABLE, 8);
const bindings: usize = memory.data(2 * BINDINGS * offsetof<Binding>(), 8);

/** Of IPv4 or IPv6: neither displaces the other. */
@inline function table(version: u32): Table {
  return changetype<Table>(tables + (version == 4 ? 0 : TABLE));
}

export function openBindings(): void {
  open(table(4), bindings, BINDINGS, offsetof<Binding>());
  open(table(6), bindings + BINDINGS * offsetof<Binding>(), BINDINGS, offsetof<Binding>());
}

export function bindingEvictions(): u64 {
  return table(4).evictions + table(6).evictions;
}

/** The binding of an address; its mac is 0 when it is new. */
export function binding(vlan: u32, version: u32, hi: u64, lo: u64): Binding {
  const t = table(version),
    key = wide3(SALT ^ vlan, hi, lo);
  const b = changetype<Binding>(find(t, key, more));
  if (t.fresh) b.known = findHost(addressKey(version, hi, lo), addressCheck(version, hi, lo));
  return b;
}

/**
 * Whose doing it is that `mac` takes the address: his, or where another took it before him within GOING that other's.
 * So one that takes many addresses is one alert, and so are many that take one.
 */
export function causeOf(b: Binding, mac: u64, now: u64): u64 {
  if (b.cause == 0 || elapsed(b.found, now) > GOING) b.cause = mac;
  b.found = later(b.found, now);
  return b.cause;
}

@inline function left(b: Binding, now: u64): f64 {
  return faded(b.moves, b.time, now, HALF);
}

/** The address is at this MAC address from here on, and nobody took it. */
export function settle(b: Binding, mac: u64): void {
  b.mac = mac;
  b.rival = 0;
}

/** Whether somebody takes the address from its holder by saying that it is at `mac`, which b.moves counts. */
export function isTaken(b: Binding, mac: u64, now: u64, isUnasked: bool): bool {
  if (b.mac == 0) b.mac = mac;
  if (isSameStation(b.mac, mac)) {
    b.isBack = 1;
    return false;
  }
  if (b.rival == mac && !b.isBack && !isUnasked) {
    if (left(b, now) < HELD) settle(b, mac);
    return false;
  }
  b.moves = 1 + left(b, now);
  b.time = now;
  b.rival = mac;
  b.isBack = 0;
  return true;
}
