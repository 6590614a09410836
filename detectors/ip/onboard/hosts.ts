// Hosts at present: what was received and sent lately, one record for each address, shared by the detectors.
// Rule when full: of eight neighbours the one seen longest ago is forgotten (../../onboard/table.ts). A sweep over many
// addresses displaces idle hosts first; what the baseline knows of a host is not here and is found again (known.ts).
import { Table, find, nth, open } from "../../onboard/table";
import { area, learning } from "./area";
import { HOSTS, LEARNED_HOSTS } from "./capacity";
import { findHost } from "./known";

/** 160 bytes. */
@unmanaged
export class Host {
  key: u64;
  check: u64;
  touch: u64;
  hi: u64;
  lo: u64;
  version: u8;
  flags: u8;
  known: u16; // index + 1 in known.ts
  pad: u32;
  drained: u64; // flood: time of the levels, ns
  level0: f32; // flood: SYN, UDP, ICMP, connections, amplification
  level1: f32;
  level2: f32;
  level3: f32;
  level4: f32;
  pad2: u32;
  since0: u64; // flood: when each level left 0, ns
  since1: u64;
  since2: u64;
  since3: u64;
  since4: u64;
  second: u32; // rate: the windows' numbers
  minute: u32;
  sent: u32; // rate: packets, bytes in the second; in the minute
  sentBytes: u32;
  sent60: u32;
  sentBytes60: u32;
  got: u32;
  gotBytes: u32;
  got60: u32;
  gotBytes60: u32;
}

/** What is learned of a host, 288 bytes. */
export const HOST_LESSON: u32 = 288;
const LESSONS: usize = area + 1024 * 224;
const STRIDE: u32 = 160;

const table: usize = memory.data(40, 8);
const base: usize = memory.data(1024 * 160, 8);

export function openHosts(): void {
  open(changetype<Table>(table), base, learning() ? LEARNED_HOSTS : HOSTS, STRIDE);
}
export function hostEvictions(): u64 {
  return changetype<Table>(table).evictions;
}

/** The host's record. Never 0. */
export function host(key: u64, check: u64, version: u32, hi: u64, lo: u64): Host {
  const h = changetype<Host>(find(changetype<Table>(table), key, check));
  if (changetype<Table>(table).fresh == 0) return h;
  h.version = <u8>version;
  h.hi = hi;
  h.lo = lo;
  if (learning()) memory.fill(lesson(h), 0, HOST_LESSON);
  else h.known = <u16>findHost(key, check);
  return h;
}

/** Learning: the bytes of what is learned of this host. */
// @ts-ignore: decorator
@inline export function lesson(h: Host): usize {
  return LESSONS + ((changetype<usize>(h) - base) / STRIDE) * HOST_LESSON;
}

export function hostAt(i: u32): usize {
  return nth(changetype<Table>(table), i);
}
