// REQ-DECODE-023
// Which of a recorder's time packets sets its clock. One whose source is "none" never does. A recorder may have several
// time channels, one locked to a satellite and one that runs by itself: the clock is that of the channel with the best
// lock; another takes over when its own is better, or when the first was not heard for SILENCE.

import { C } from "../anomalies";
import { Recorder, absolute } from "../recorders";
import { since } from "../validate";
import { report } from "../waiting";
import { Packet } from "./header";

/** How good a time is: more is better. */
export const enum Lock {
  NONE = 0, // the recorder says that it has none
  OWN = 1, // its own clock, or that of the removable memory
  FREEWHEELING = 2, // an external one, whose signal is lost
  LOCKED = 3,
}

/** A time packet that differs by more from what the counter foretold is reported (and believed). */
const JUMP: i64 = 100000000; // 100 ms: a hundred times what a recorder's clock drifts in a second
/** Counter, 100 ns: ten time packets. Behind it, or in front, it may also be another recording. */
const SILENCE: i64 = 100000000;

let firstOnly: bool = false;
/** Keeps the clock of the first time packet: for `weir decode`, which gives it to the messages in front of it too. */
export function keepFirstClock(on: bool): void {
  firstOnly = on;
}

/** A time packet says that at its counter it was `ns` since 1970. */
export function setClock(r: Recorder, k: Packet, ns: u64, lock: Lock): void {
  if (lock == Lock.NONE) {
    report(C.TIME_NONE, <u32>k.channel, 0, k.offset);
    return;
  }
  if (r.known != 0) {
    if (firstOnly) return;
    const passed = since(k.rtc, r.rtc);
    const isSilent = passed > SILENCE || passed < -SILENCE;
    if (r.timeChannel != k.channel && <u32>lock <= <u32>r.lock && !isSilent) return;
    const off = <i64>(ns - absolute(r, k.rtc));
    if (off > JUMP || off < -JUMP) report(C.TIME_JUMP, <u32>k.channel, <u64>(off < 0 ? -off : off), k.offset);
  }
  r.known = 1;
  r.ns = ns;
  r.rtc = k.rtc;
  r.timeChannel = k.channel;
  r.lock = <u16>lock;
}
