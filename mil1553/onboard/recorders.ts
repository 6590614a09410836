// A recorder: one counter (10 MHz, 48 bits) and how it relates to the time of day. A Chapter 10 file is one recorder;
// of UDP streams the host says which belong together. When the table is full, the recorder seen longest ago is
// forgotten.

import { RECORDERS } from "./capacity";
import { TIME_UNKNOWN } from "./message";
import { since } from "./validate";

/** The recorder of a file. Hosts give UDP recorders any other key. */
export const FILE_RECORDER: u64 = 0;

@unmanaged
export class Recorder {
  key: u64;
  seen: u64; // 0 = free
  rtc: u64; // counter at the last time packet
  ns: u64; // and its time, ns since 1970-01-01
  known: u32; // 1 once there was a time packet
  version: u32; // of its address: 4 or 6; 0 = a file
  hi: u64;
  lo: u64;
  timeChannel: u16; // whose time packets set the clock
  lock: u16; // how good that time is (chapter10/clock.ts)
  reserved: u32;
}

const ENTRY: u32 = offsetof<Recorder>();
const TABLE: usize = memory.data(RECORDERS * ENTRY, 8);
let step: u64 = 0;

@inline export function recorderAt(i: u32): Recorder {
  return changetype<Recorder>(TABLE + <usize>(i * ENTRY));
}

/** Index of the recorder with that key; made if there is none. */
export function recorderFor(key: u64): u32 {
  ++step;
  let oldest: u32 = 0;
  for (let i: u32 = 0; i < RECORDERS; ++i) {
    const r = recorderAt(i);
    if (r.seen != 0 && r.key == key) {
      r.seen = step;
      return i;
    }
    if (r.seen < recorderAt(oldest).seen) oldest = i;
  }
  const r = recorderAt(oldest);
  memory.fill(changetype<usize>(r), 0, <usize>ENTRY);
  r.key = key;
  r.seen = step;
  return oldest;
}

/** The recorder with that key (a Recorder); 0 = forgotten. */
export function recorderOf(key: u64): usize {
  for (let i: u32 = 0; i < RECORDERS; ++i) {
    const r = recorderAt(i);
    if (r.seen != 0 && r.key == key) return changetype<usize>(r);
  }
  return 0;
}

/** ns since 1970-01-01 of a counter value, by the last time packet; TIME_UNKNOWN before the first. */
@inline export function absolute(r: Recorder, rtc: u64): u64 {
  return r.known != 0 ? foretold(r, rtc) : borrowed(r, rtc);
}

function foretold(r: Recorder, rtc: u64): u64 {
  const ns = <i64>r.ns + since(rtc, r.rtc) * 100;
  return ns < 0 ? TIME_UNKNOWN : <u64>ns;
}

/** Counter, 100 ns: ten time packets. */
const NEAR: i64 = 100000000;

/**
 * Of a recorder that has sent no time packet. Some send each stream from a port of its own: at the same address there
 * is then another with the same counter, and a clock.
 */
function borrowed(r: Recorder, rtc: u64): u64 {
  if (r.version == 0) return TIME_UNKNOWN;
  for (let i: u32 = 0; i < RECORDERS; ++i) {
    const other = recorderAt(i);
    if (other.known == 0 || other.version != r.version || other.hi != r.hi || other.lo != r.lo) continue;
    const apart = since(rtc, other.rtc);
    if (apart < NEAR && apart > -NEAR) return foretold(other, rtc);
  }
  return TIME_UNKNOWN;
}

export function clearRecorders(): void {
  memory.fill(TABLE, 0, <usize>(RECORDERS * ENTRY));
  step = 0;
}
