// Anomalies of the container that wait to be fetched, in the order in which they were found.

import { WAITING } from "./capacity";
import { C } from "./anomalies";

export const NO_CHANNEL: u32 = 0xffffffff;

@unmanaged
export class Anomaly {
  id: u32; // C.* (anomalies.ts)
  channel: u32; // Chapter 10 channel, or NO_CHANNEL
  detail: u64; // what it counts is said beside its number
  offset: u64; // bytes from the beginning of the stream (file), or of the flow's packets
}

const ENTRY: u32 = offsetof<Anomaly>();
const RING: usize = memory.data(WAITING * ENTRY, 8);
let head: u32 = 0;
let waiting: u32 = 0;
let dropped: u32 = 0;

export function report(id: u32, channel: u32, detail: u64, offset: u64): void {
  if (waiting == WAITING) {
    dropped += 1;
    return;
  }
  const a = changetype<Anomaly>(RING + <usize>(((head + waiting) % WAITING) * ENTRY));
  a.id = id;
  a.channel = channel;
  a.detail = detail;
  a.offset = offset;
  waiting += 1;
}

@inline export function anyWaiting(): bool {
  return waiting != 0;
}

/** The oldest; valid until report() is next called. */
export function takeWaiting(): Anomaly {
  const a = changetype<Anomaly>(RING + <usize>(head * ENTRY));
  head = (head + 1) % WAITING;
  waiting -= 1;
  if (waiting == 0 && dropped != 0) {
    const n = dropped;
    dropped = 0;
    report(C.MANY_ANOMALIES, NO_CHANNEL, <u64>n, a.offset);
  }
  return a;
}

export function clearWaiting(): void {
  head = 0;
  waiting = 0;
  dropped = 0;
}
