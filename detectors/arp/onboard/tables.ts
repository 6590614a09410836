// What ARP said lately: which MAC address an IPv4 address belongs to, what each station sends, which questions are
// open. Rule when full: of eight neighbours the one seen longest ago is forgotten (../../onboard/table.ts); a forgotten
// binding is taken anew from the next ARP packet, so a sweep over many addresses can hide a move from those without a
// baseline.
import { addressCheck, addressKey } from "../../../ip/onboard/address";
import { wide3 } from "../../../lib/onboard/keyed";
import { Table, find, nth, open } from "../../onboard/table";
import { findHost } from "../../ip/onboard/known";

const BINDINGS: u32 = 256; // (VLAN, IPv4 address) that ARP spoke of
export const STATIONS: u32 = 128; // MAC addresses that sent ARP

/** 64 bytes. Of an IPv4 address in a VLAN. */
@unmanaged
class Binding {
  key: u64;
  check: u64;
  touch: u64;
  mac: u64;
  previous: u64;
  time: u64; // ns, of the last move
  moves: f64; // moves, each worth half after HALF
  known: u32; // index + 1 of the address in known.ts
  pad: u32;
}

/** 208 bytes. Of a MAC address that sends ARP. */
@unmanaged
export class Station {
  key: u64;
  check: u64;
  touch: u64;
  time: u64; // of the levels, ns
  unsolicited: f32;
  gratuitous: f32;
  minute: u32; // windows of `asked` and `claimed`
  tens: u32;
  mac: u64;
  peak0: f32; // learning: most seen of unsolicited, gratuitous, asked, claimed, foreign
  peak1: f32;
  peak2: f32;
  peak3: f32;
  peak4: f32;
  known: u16; // index + 1 in known.ts (version 0)
  pad: u16;
  asked: u64; // 64 bytes, a Distinct: addresses asked for in this minute
  a1: u64;
  a2: u64;
  a3: u64;
  a4: u64;
  a5: u64;
  a6: u64;
  a7: u64;
  claimed: u64; // 64 bytes, a Distinct: addresses claimed in these ten minutes
  c1: u64;
  c2: u64;
  c3: u64;
  c4: u64;
  c5: u64;
  c6: u64;
  c7: u64;
}

const tables: usize = memory.data(80, 8);
const bindings: usize = memory.data(BINDINGS * offsetof<Binding>(), 8);
const stations: usize = memory.data(STATIONS * offsetof<Station>(), 8);
const QUESTIONS: u32 = 256;
// u64 key, u64 time; a newer question takes the place of an older one
const questions: usize = memory.data(QUESTIONS * 16, 8);
const STATION_STRIDE: u32 = 208;
const SALT: u64 = 0x8cb92ba72f3d8dd7;

@inline function table(i: u32): Table {
  return changetype<Table>(tables + <usize>i * 40);
}

export function openTables(): void {
  open(table(0), bindings, BINDINGS, 64);
  open(table(1), stations, STATIONS, STATION_STRIDE);
  memory.fill(questions, 0, 256 * 16);
}

export function evictions(): u64 {
  return table(0).evictions + table(1).evictions;
}

/** The binding of an address; its mac is 0 when it is new. */
export function binding(vlan: u32, ip: u32): Binding {
  const b = changetype<Binding>(find(table(0), wide3(SALT, ip, vlan), ((<u64>vlan) << 32) | ip));
  if (table(0).fresh) b.known = findHost(addressKey(4, 0, ip), addressCheck(4, 0, ip));
  return b;
}

export function station(mac: u64): Station {
  const s = changetype<Station>(find(table(1), addressKey(0, 0, mac), mac));
  if (table(1).fresh) {
    s.mac = mac;
    s.known = <u16>findHost(addressKey(0, 0, mac), addressCheck(0, 0, mac));
  }
  return s;
}

export function stationAt(i: u32): usize {
  return nth(table(1), i);
}

@inline function question(vlan: u32, who: u32, whom: u32): u64 {
  return wide3(SALT ^ vlan, who, whom);
}

/** `who` asks for the address `whom`. */
export function ask(vlan: u32, who: u32, whom: u32, now: u64): void {
  const key = question(vlan, who, whom),
    at = questions + ((<usize>((<u32>(key >> 40)) & 255)) << 4);
  store<u64>(at, key);
  store<u64>(at, now, 8);
}

/** Whether `who` asked for `whom` within the last `span` ns. */
export function asked(vlan: u32, who: u32, whom: u32, now: u64, span: u64): bool {
  const key = question(vlan, who, whom),
    at = questions + ((<usize>((<u32>(key >> 40)) & 255)) << 4);
  const then = load<u64>(at, 8);
  return load<u64>(at) == key && (now <= then || now - then <= span);
}
