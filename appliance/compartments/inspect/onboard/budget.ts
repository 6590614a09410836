// REQ-LOG-015
// How much leaves of what an outsider can raise as often as he likes: alerts of each detector, events of flows, lines
// of the console. A serial port takes a trap of the hypervisor for each byte, so a flood of alerts would otherwise stop
// forwarding. What is left out is counted, in the heartbeat and in the next line; forwarding comes first.
//
// A budget is a leaky bucket on record time (GCRA, as ITU-T I.371 has it): so many at once, then one each interval.
const MILLISECOND: u64 = 1000000;

const DETECTORS: u32 = 256; // of a byte
const ALERT_EACH: u64 = 50 * MILLISECOND;
const ALERTS_AT_ONCE: u64 = 100; // of one detector
const FLOW_EACH: u64 = 4 * MILLISECOND;
const FLOWS_AT_ONCE: u64 = 500;
const LINE_EACH: u64 = 250 * MILLISECOND;
const LINES_AT_ONCE: u64 = 8; // of some 100 bytes: 40 ms of a slow serial port

const ALERTS: usize = memory.data(DETECTORS * sizeof<u64>(), 8); // when the bucket will have leaked, ns
const FLOWS: usize = memory.data(8, 8);
const LINES: usize = memory.data(8, 8);
let now: u64 = 0;
let alerts: u64 = 0; // that were left out
let flows: u64 = 0;
let lines: u64 = 0; // since the last one that was written

/** Time, of the record at hand. */
export function budgetTime(time: u64): void {
  now = time;
}

@inline function ofDetector(detector: u32): usize {
  return ALERTS + ((detector & (DETECTORS - 1)) << 3);
}

/** When the bucket will have leaked: never further ahead than if it were full, unless the clock went back. */
@inline function dueOf(at: usize, each: u64, most: u64): u64 {
  const due = load<u64>(at);
  return due < now || due > now + each * most ? now : due;
}

/** Whether there is room in a bucket. */
@inline function has(at: usize, each: u64, most: u64): bool {
  return dueOf(at, each, most) - now <= each * (most - 1);
}

/** The same; then it is taken. */
function take(at: usize, each: u64, most: u64): bool {
  const due = dueOf(at, each, most);
  if (due - now > each * (most - 1)) return false;
  store<u64>(at, due + each);
  return true;
}

/** Whether an alert could be told now. What is held back waits for that in its group. */
export function roomForAlert(detector: u32): bool {
  return has(ofDetector(detector), ALERT_EACH, ALERTS_AT_ONCE);
}

export function admitAlert(detector: u32): bool {
  const left = take(ofDetector(detector), ALERT_EACH, ALERTS_AT_ONCE);
  if (!left) alerts += 1;
  return left;
}

/** Whether a flow could be reported now. One that has timed out waits for that in its table. */
export function roomForFlow(): bool {
  return has(FLOWS, FLOW_EACH, FLOWS_AT_ONCE);
}
/** Whether a flow that has left its table may be reported. */
export function admitFlow(): bool {
  const left = take(FLOWS, FLOW_EACH, FLOWS_AT_ONCE);
  if (!left) flows += 1;
  return left;
}

/** Whether a line may go to the console; then linesLeftOut() are told with it. */
export function admitLine(): bool {
  const left = take(LINES, LINE_EACH, LINES_AT_ONCE);
  if (!left) lines += 1;
  return left;
}

/** How many were left out since the last time. */
export function linesLeftOut(): u64 {
  const n = lines;
  lines = 0;
  return n;
}

export function alertsUnreported(): u64 {
  return alerts;
}
export function flowsUnreported(): u64 {
  return flows;
}
