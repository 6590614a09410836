// What ARP said lately: what each station sends, which questions are open. Rule when full: of eight neighbours the one
// seen longest ago is forgotten (../../onboard/table.ts).
import { addressCheck, addressKey } from "../../../ip/onboard/address";
import { wide3 } from "../../../lib/onboard/keyed";
import { TABLE, Table, find, nth, open, peek } from "../../onboard/table";
import { findHost } from "../../ip/onboard/known";

export const STATIONS: u32 = 128; // MAC addresses that sent ARP

/** 272 bytes. Of a MAC address that sends ARP. */
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
  answered: u64; // 64 bytes, a Distinct: addresses asked for in this minute that answered
  r1: u64;
  r2: u64;
  r3: u64;
  r4: u64;
  r5: u64;
  r6: u64;
  r7: u64;
}

const TABLE_AT: usize = memory.data(TABLE, 8);
const stations: usize = memory.data(STATIONS * offsetof<Station>(), 8);
const QUESTIONS: u32 = 256;
const ANSWER: u64 = 5000000000; // ns that a question stays open
// u64 key, u64 time; a newer question takes the place of an older one
const questions: usize = memory.data(QUESTIONS * 16, 8);
const SALT: u64 = 0x8cb92ba72f3d8dd7;

@inline function table(): Table {
  return changetype<Table>(TABLE_AT);
}

export function openTables(): void {
  open(table(), stations, STATIONS, offsetof<Station>());
  memory.fill(questions, 0, QUESTIONS * 16);
}

export function stationEvictions(): u64 {
  return table().evictions;
}

export function station(mac: u64): Station {
  const s = changetype<Station>(find(table(), addressKey(0, 0, mac), mac));
  if (table().fresh) {
    s.mac = mac;
    s.known = <u16>findHost(addressKey(0, 0, mac), addressCheck(0, 0, mac));
  }
  return s;
}

export function stationAt(i: u32): usize {
  return nth(table(), i);
}

/** The station with this MAC address, or 0; nothing changes. */
export function stationOf(mac: u64): usize {
  return peek(table(), addressKey(0, 0, mac), mac);
}

/** Key of the question of `who` for the address `whom`; of IPv6 addresses their hashes. */
@inline export function question(vlan: u32, who: u64, whom: u64): u64 {
  return wide3(SALT ^ vlan, who, whom);
}

@inline function place(key: u64): usize {
  return questions + ((<usize>((<u32>(key >> 40)) & (QUESTIONS - 1))) << 4);
}

/** The question is asked. */
export function ask(key: u64, now: u64): void {
  store<u64>(place(key), key);
  store<u64>(place(key), now, 8);
}

/** Whether it is open: asked within ANSWER. */
export function asked(key: u64, now: u64): bool {
  const then = load<u64>(place(key), 8);
  return load<u64>(place(key)) == key && (now <= then || now - then <= ANSWER);
}
