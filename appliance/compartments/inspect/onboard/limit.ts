// How many anomaly events leave in a second of capture time, from all decoders together. All anomalies are counted.
import { settings } from "./settings";

let seen: u64 = 0;
let unreported: u64 = 0;
let second: u64 = 0;
let inSecond: u32 = 0;

export function anomaliesSeen(): u64 {
  return seen;
}
export function anomaliesUnreported(): u64 {
  return unreported;
}

/** Counts an anomaly of this time; whether it may leave as an event. */
export function admit(time: u64): bool {
  seen += 1;
  if (time / 1000000000 != second) {
    second = time / 1000000000;
    inSecond = 0;
  }
  if (inSecond >= settings().anomaliesPerSecond) {
    unreported += 1;
    return false;
  }
  inSecond += 1;
  return true;
}

/** Anomalies that a decoder found but had no place to keep. */
export function unkept(n: u32): void {
  seen += n;
  unreported += n;
}
