// Learning in one pass and bounded memory, on the ground and in the image alike.
//
// Every frame adds to the sums of its class. Scales and the limit need distances and scores under a model, which one pass
// does not have; so at 512, 1024, 2048, ... frames the model is made from what is known, and the frames after that are
// measured with it. What they gave is kept for two such spans: scales and limit come from frames that the model measuring
// them had not seen, as in operation (prequential: Dawid, JRSS A 147 (1984)).
//
//   Learning, 108,456 bytes
//     +0        u64 frames     +8 u64 frames at which the model is made next
//     +16       27 x u64 keys of services, 0 = free
//     +232      32 x sums (model.ts), protocols first
//     +92,648   2 spans x { 6 histograms of distance * DISTANCE_UNIT, 1,224 bytes each; Peaks, 560 bytes (peaks.ts) }, the
//               current span first
//
// A service's frames are in its protocol's sums as well. When all places are taken, a new service takes that of the
// rarest one, if that has under RARELY frames (they stay in its protocol's sums); else it has none of its own.
//
// Composes on the ground (../learned.ts), exactly: everything is a sum of integers, or the largest of many.
import { Packet } from "../../../ip/onboard/packet";
import { BUCKETS, HISTOGRAM, count, lowest, update as countValue } from "../../onboard/histogram";
import { BLOCKS, FEATURES, update, vector } from "./features";
import { PROTOCOLS, SERVICES, SUMS, counted, head, length, make, protocolsDescribed, serviceOf, start } from "./model";
import { beginPeaks, closePeaks, peak } from "./peaks";
import { distance, judge } from "./score";

export const LEARNING: u32 = 108456;
export const learning: usize = memory.data(108456, 8);
export const KEYS: usize = 16;
export const CLASS_SUMS: usize = 232;
export const SPANS: usize = 232 + 32 * 2888;
export const SPAN: usize = 6 * 1224 + 560;
const PEAKS_AT: usize = 6 * 1224;
const FIRST: u64 = 512;
const DISTANCE_UNIT: f64 = 4096;
const RARE: f64 = 0.01;
const RARELY: i64 = 64;
const FULL: i64 = 1 << 31; // frames of a class that are counted: no sum exceeds 2^63

const units: usize = memory.data(57 * 4, 8);

export function begin(): void {
  memory.fill(learning, 0, LEARNING);
  store<u64>(learning, FIRST, 8);
  beginPeaks(learning + SPANS + PEAKS_AT);
}

/** Learns a frame; returns its score under the model so far (0 before there is one). */
export function learn(k: Packet): f64 {
  update(k);
  const score = judge(k);
  if (protocolsDescribed() != 0) {
    for (let b: u32 = 0; b < BLOCKS; ++b)
      countValue(learning + SPANS + <usize>(b * HISTOGRAM), <u64>(distance(b) * DISTANCE_UNIT));
    peak(learning + SPANS + PEAKS_AT, k.time, score);
  }
  for (let i: u32 = 0; i < FEATURES; ++i)
    store<i32>(units + ((<usize>i) << 2), counted(<f64>load<f32>(vector + ((<usize>i) << 2))));
  const service = serviceOf(k);
  insert(sums((<u32>service) & 255));
  const c = place(service);
  if (c != 0) insert(sums(c));
  const n = load<u64>(learning) + 1;
  store<u64>(learning, n);
  if (n >= load<u64>(learning, 8)) {
    store<u64>(learning, n * 2, 8);
    finish();
    closePeaks(learning + SPANS + PEAKS_AT);
    memory.copy(learning + SPANS + SPAN, learning + SPANS, SPAN);
    memory.fill(learning + SPANS, 0, SPAN);
    beginPeaks(learning + SPANS + PEAKS_AT);
  }
  return score;
}

// @ts-ignore: decorator
@inline export function sums(c: u32): usize {
  return learning + CLASS_SUMS + <usize>c * SUMS;
}
/** Key of a class: of protocols 0 .. 4, of services as serviceOf() makes them; 0 = free. */
export function keyOf(c: u32): u64 {
  return c < PROTOCOLS ? c : load<u64>(learning + KEYS + ((<usize>(c - PROTOCOLS)) << 3));
}
// @ts-ignore: decorator
@inline function setKey(c: u32, key: u64): void {
  store<u64>(learning + KEYS + ((<usize>(c - PROTOCOLS)) << 3), key);
}

/** The class of a service, given one if there is room; 0 = none of its own. */
function place(service: u64): u32 {
  let rarest: u32 = 0;
  let frames = RARELY;
  for (let c = PROTOCOLS; c < PROTOCOLS + SERVICES; ++c) {
    const known = keyOf(c);
    if (known == service) return c;
    if (known == 0) {
      setKey(c, service);
      return c;
    }
    if (load<i64>(sums(c)) < frames) {
      frames = load<i64>(sums(c));
      rarest = c;
    }
  }
  if (rarest != 0) {
    memory.fill(sums(rarest), 0, SUMS);
    setKey(rarest, service);
  }
  return rarest;
}

/** Adds the frame, whose features are in `units`, to a class's sums. */
function insert(own: usize): void {
  if (load<i64>(own) >= FULL) return;
  store<i64>(own, load<i64>(own) + 1);
  for (let i: usize = 0; i < <usize>FEATURES; ++i) {
    const at = own + 8 + (i << 3);
    store<i64>(at, load<i64>(at) + <i64>load<i32>(units + (i << 2)));
  }
  let t = own + 8 + <usize>FEATURES * 8;
  for (let b: u32 = 0; b < BLOCKS; ++b) {
    const x = units + ((<usize>start(b)) << 2);
    for (let r: u32 = 0; r < length(b); ++r) {
      const y = <i64>load<i32>(x + ((<usize>r) << 2));
      for (let c: u32 = 0; c <= r; ++c) {
        store<i64>(t, load<i64>(t) + y * <i64>load<i32>(x + ((<usize>c) << 2)));
        t += 8;
      }
    }
  }
}

/** Makes the model of all that was learned so far, but for the limit. */
export function finish(): void {
  let services: u32 = 0;
  while (services < SERVICES && keyOf(PROTOCOLS + services) != 0) ++services;
  make(learning + KEYS, services, learning + CLASS_SUMS);
  for (let b: u32 = 0; b < BLOCKS; ++b) store<f32>(head + ((<usize>b) << 2), <f32>scaleOf(b), 16);
}

/** How many measured frames fell into bucket i of block b's histogram of distances. */
export function measured(b: u32, i: u32): u64 {
  const now = learning + SPANS + <usize>(b * HISTOGRAM);
  return <u64>count(now, i) + count(now + SPAN, i);
}

/** The distance that RARE of the measured frames exceed; 1 before any was measured. */
function scaleOf(b: u32): f64 {
  let total: f64 = 0;
  for (let i: u32 = 0; i < BUCKETS; ++i) total += <f64>measured(b, i);
  if (total == 0) return 1;
  let above: f64 = 0;
  let i = BUCKETS - 1;
  for (; i > 0; --i) {
    above += <f64>measured(b, i);
    if (above > total * RARE) break;
  }
  return <f64>lowest(i) / DISTANCE_UNIT;
}

/** The peaks of the current span, and of the one before. */
// @ts-ignore: decorator
@inline export function currentPeaks(): usize {
  return learning + SPANS + PEAKS_AT;
}
// @ts-ignore: decorator
@inline export function earlierPeaks(): usize {
  return learning + SPANS + SPAN + PEAKS_AT;
}
