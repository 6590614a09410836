// Lays pcap packet records out as the compartments take them (appliance/contract): the reader's inner loop, for records
// that are as they should be. It stops at the first that is not, or not whole, or has no room: the reader decides what
// that is.
//
// Not linked into the image. Why it is here and not in TypeScript: see captures/README.md, with numbers.
//
// Untrusted: the window. Nothing is read outside of [at, end), but for up to 7 bytes behind a packet, which the window
// has.
import { INPUT_SIZE, MAX_CAPTURED, RECORD_HEADER, RecordHeader } from "../../appliance/contract/onboard/abi";
import { align8 } from "../../lib/onboard/bytes";

const WINDOW_SIZE: u32 = (1 << 20) + 8;
const WINDOW: usize = memory.data(WINDOW_SIZE, 8);
const OUT: usize = memory.data(INPUT_SIZE, 8);

let at: u32 = 0;
let used: u32 = 0;
let bytes: f64 = 0;
let wire: f64 = 0;
let snapped: u32 = 0;
let backwards: u32 = 0;
let first: u64 = 0;
let last: u64 = 0;

export function windowAt(): usize {
  return WINDOW;
}
export function windowSize(): u32 {
  return WINDOW_SIZE;
}
export function outAt(): usize {
  return OUT;
}
export function outSize(): u32 {
  return INPUT_SIZE;
}

/**
 * What the last pcap() came to: where it stopped in the window and in the batch, and sums over the packets it laid out.
 */
export function stoppedAt(): u32 {
  return at;
}
export function usedNow(): u32 {
  return used;
}
export function bytesLaid(): f64 {
  return bytes;
}
export function wireBytes(): f64 {
  return wire;
}
export function snappedLaid(): u32 {
  return snapped;
}
export function backwardsLaid(): u32 {
  return backwards;
}
export function firstTime(): u64 {
  return first;
}
export function lastTime(): u64 {
  return last;
}

@inline function get(p: usize, big: bool): u32 {
  return big ? bswap<u32>(load<u32>(p)) : load<u32>(p);
}

/**
 * Lays out packets from window[from..end) behind the `length` bytes that are in the batch, of `room`; how many.
 * `header` is the record header's length, `scale` nanoseconds of its fraction's unit, `number` the last packet's;
 * `earliest` (all ones: none yet) and `latest` are the times of the file so far.
 */
export function pcap(
  from: u32,
  end: u32,
  length: u32,
  room: u32,
  header: u32,
  big: bool,
  scale: u32,
  link: u32,
  number: f64,
  earliest: u64,
  latest: u64,
): u32 {
  const limit: u32 = 1000000000 / scale;
  at = from;
  used = length;
  bytes = 0;
  wire = 0;
  snapped = 0;
  backwards = 0;
  first = earliest;
  last = latest;
  let n = <u64>number;
  let packets: u32 = 0;
  let second: u32 = 0;
  let base: u64 = 0;
  while (end - at >= header) {
    const p = WINDOW + at;
    const captured = get(p + 8, big),
      original = get(p + 12, big),
      fraction = get(p + 4, big);
    if (captured > MAX_CAPTURED || original < captured || fraction >= limit || end - at - header < captured) break;
    const whole = RECORD_HEADER + align8(captured);
    if (whole > room - used) break;
    const seconds = get(p, big);
    if (seconds != second) {
      second = seconds;
      base = <u64>seconds * 1000000000;
    }
    const time = base + <u64>fraction * scale;
    if (time >= last) {
      last = time;
      if (first == u64.MAX_VALUE) first = time;
    } else {
      backwards += 1;
      if (time < first) first = time;
    }
    n += 1;
    const r = OUT + used;
    const h = changetype<RecordHeader>(r);
    h.time = time;
    h.number = n;
    h.captured = captured;
    h.original = original;
    store<u64>(r, <u64>link, 24);
    copy(r + RECORD_HEADER, p + header, captured);
    bytes += captured;
    wire += original;
    if (captured < original) snapped += 1;
    packets += 1;
    used += whole;
    at += header + captured;
  }
  return packets;
}

/** Bytes, and zeros up to a multiple of 8. */
function copy(to: usize, from: usize, length: u32): void {
  const end = to + (length & ~7);
  while (to + 24 < end) {
    const a = load<u64>(from),
      b = load<u64>(from, 8),
      c = load<u64>(from, 16),
      d = load<u64>(from, 24);
    store<u64>(to, a);
    store<u64>(to, b, 8);
    store<u64>(to, c, 16);
    store<u64>(to, d, 24);
    to += 32;
    from += 32;
  }
  while (to < end) {
    store<u64>(to, load<u64>(from));
    to += 8;
    from += 8;
  }
  const rest = length & 7;
  if (rest) store<u64>(to, load<u64>(from) & (((<u64>1) << (rest << 3)) - 1));
}
