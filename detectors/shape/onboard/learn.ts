// Learning the model in one pass and bounded memory, on the ground and in the image alike.
//
// Every frame adds to the moments of its class. Scales and the alarm limit need distances under a model, which one pass
// does not have; so at 512, 1024, 2048, ... frames the model is made from what is known, and the frames after that are
// measured with it. Their distances are counted for two such spans: the scales come from frames that the model measuring
// them had not seen, as in operation (prequential: Dawid, JRSS A 147 (1984)).
//
//   Learning, 107,632 bytes
//     +0        f64 frames     +8 f64 frames at which the model is made next
//     +16       32 x { u64 key, f64 unused }, services from the sixth on
//     +528      32 x moments, 2,888 bytes each (model.ts)
//     +92,944   2 spans x 6 histograms of distance * 4096, 1,224 bytes each, the current span first
//
// A service's frames are in its protocol's moments as well. When all places are taken, a new service takes that of the
// rarest one, if that has under RARELY frames (they stay in its protocol's moments); else it has none of its own.
//
// Composes: moments add up exactly; the histograms are added where they are (each half learned its own spans).
import { Packet } from "../../../ip/onboard/packet";
import { HISTOGRAM, BUCKETS, count, lowest, merge as mergeHistogram, update as countValue } from "../../onboard/histogram";
import { BLOCKS, FEATURES, update, vector } from "./features";
import { CLASSES, MOMENTS, PROTOCOLS, add, length, make, serviceOf, start } from "./model";
import { judge, model, raw } from "./shape";

export const LEARNING: u32 = 528 + 32 * 2888 + 2 * 6 * 1224;
export const learning: usize = memory.data(107632, 8);
const KEYS: usize = 16;
const CLASS_MOMENTS: usize = 528;
const SPANS: usize = 528 + 32 * 2888;
const SPAN: usize = 6 * 1224;
const FIRST: f64 = 512;
const UNIT: f64 = 4096;
const RARE: f64 = 0.01;
const RARELY: f64 = 64;

const deltas: usize = memory.data(57 * 8, 8);

export function begin(): void {
  memory.fill(learning, 0, LEARNING);
  store<f64>(learning, FIRST, 8);
  memory.fill(model, 0, 64);
}

/** Learns a frame; returns its score under the model so far (0 before there is one). */
export function learn(k: Packet): f64 {
  update(k);
  const score = judge(k);
  if (load<f64>(model) > 0) {
    for (let b: u32 = 0; b < BLOCKS; ++b) countValue(learning + SPANS + <usize>(b * HISTOGRAM), <u64>(sqrt<f64>(raw(b)) * UNIT));
  }
  const service = serviceOf(k);
  insert(moments(<u32>service & 255));
  const c = place(service);
  if (c != 0) insert(moments(c));
  const n = load<f64>(learning) + 1;
  store<f64>(learning, n);
  if (n >= load<f64>(learning, 8)) {
    store<f64>(learning, n * 2, 8);
    finish();
    memory.copy(learning + SPANS + SPAN, learning + SPANS, SPAN);
    memory.fill(learning + SPANS, 0, SPAN);
  }
  return score;
}

// @ts-ignore: decorator
@inline function moments(c: u32): usize { return learning + CLASS_MOMENTS + <usize>c * MOMENTS; }
// @ts-ignore: decorator
@inline function key(c: u32): usize { return learning + KEYS + (<usize>c << 4); }

/** The class of a service, given one if there is room; 0 = none of its own. */
function place(service: u64): u32 {
  let rarest: u32 = 0;
  let frames = RARELY;
  for (let c = PROTOCOLS; c < CLASSES; ++c) {
    const known = load<u64>(key(c));
    if (known == service) return c;
    if (known == 0) { store<u64>(key(c), service); return c; }
    if (load<f64>(moments(c)) < frames) { frames = load<f64>(moments(c)); rarest = c; }
  }
  if (rarest != 0) {
    memory.fill(moments(rarest), 0, MOMENTS);
    store<u64>(key(rarest), service);
  }
  return rarest;
}

/** Welford's update of a class's moments with the vector. */
function insert(own: usize): void {
  const n = load<f64>(own) + 1;
  store<f64>(own, n);
  for (let i: usize = 0; i < <usize>FEATURES * 8; i += 8) {
    const mean = load<f64>(own + i, 8);
    const d = load<f64>(vector + i) - mean;
    store<f64>(deltas + i, d);
    store<f64>(own + i, mean + d / n, 8);
  }
  const share = (n - 1) / n;
  let t = own + 8 + <usize>FEATURES * 8;
  for (let b: u32 = 0; b < BLOCKS; ++b) {
    const d = deltas + (<usize>start(b) << 3);
    for (let r: u32 = 0; r < length(b); ++r) for (let c: u32 = 0; c <= r; ++c) {
      store<f64>(t, load<f64>(t) + load<f64>(d + (<usize>r << 3)) * load<f64>(d + (<usize>c << 3)) * share);
      t += 8;
    }
  }
}

/** Makes the model of all that was learned so far; the limit stays. Call again when learning has ended. */
export function finish(): void {
  make(model, learning + KEYS, learning + CLASS_MOMENTS);
  for (let b: u32 = 0; b < BLOCKS; ++b) store<f64>(model + (<usize>b << 3), scale(b), 8);
}

/** The distance that RARE of the measured frames exceed; 1 before any was measured. */
function scale(b: u32): f64 {
  const now = learning + SPANS + <usize>(b * HISTOGRAM), before = now + SPAN;
  const total = <f64>(load<u64>(now) + load<u64>(before));
  if (total == 0) return 1;
  let above: f64 = 0;
  let i = BUCKETS - 1;
  for (; i > 0; --i) {
    above += <f64>(count(now, i) + count(before, i));
    if (above > total * RARE) break;
  }
  return <f64>lowest(i) / UNIT;
}

/** Adds what another has learned (LEARNING bytes at `from`). */
export function merge(from: usize): void {
  store<f64>(learning, load<f64>(learning) + load<f64>(from));
  store<f64>(learning, max<f64>(load<f64>(learning, 8), load<f64>(from, 8)), 8);
  for (let c: u32 = 0; c < CLASSES; ++c) {
    const service = load<u64>(from + KEYS + (<usize>c << 4));
    if (c >= PROTOCOLS && service == 0) break;
    const to = c < PROTOCOLS ? c : place(service);
    if (c < PROTOCOLS || to != 0) add(moments(to), from + CLASS_MOMENTS + <usize>c * MOMENTS);
  }
  for (let i: u32 = 0; i < 2 * BLOCKS; ++i) {
    mergeHistogram(learning + SPANS + <usize>(i * HISTOGRAM), from + SPANS + <usize>(i * HISTOGRAM));
  }
}
