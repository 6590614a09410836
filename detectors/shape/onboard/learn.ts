// Learning in one pass and bounded memory, on the ground and in the image alike.
//
// Every frame adds to the sums of its class. Scales and the limit need distances and scores under a model, which one
// pass does not have; so at 512, 1024, 2048, ... frames the model is made from what is known, and the frames after that
// are measured with it. What they gave is kept for two such spans (../layouts/learning.ts): scales and limit come from
// frames that the model measuring them had not seen, as in operation (prequential: Dawid, JRSS A 147 (1984)).
//
// A service's frames are in its protocol's sums as well. When all places are taken, a new service takes that of the
// rarest one, if that has under RARELY frames (they stay in its protocol's sums); else it has none of its own.
//
// Composes on the ground (../learned.ts), exactly: everything is a sum of integers, or the largest of many.
import { Packet } from "../../../ip/onboard/packet";
import { BUCKETS, HISTOGRAM, count, lowest, update as countValue } from "../../onboard/histogram";
import { length, start } from "./blocks";
import { counted, make } from "./describe";
import { update, vector } from "./features";
import { ClassSums, ClassSumsAt, Learning, LearningAt, Peaks, Span, SpanAt } from "./generated/learning";
import { BLOCKS, FEATURES, PROTOCOLS, SERVICES } from "./generated/model";
import { protocolsDescribed, setScale } from "./model";
import { beginPeaks, closePeaks, peak } from "./peaks";
import { distance, judge } from "./score";
import { serviceOf } from "./services";

export const LEARNING: u32 = LearningAt.SIZE;
export const learning: usize = memory.data(LearningAt.SIZE, 8);
const FIRST: u64 = 512;
const DISTANCE_UNIT: f64 = 4096;
const RARE: f64 = 0.01;
const RARELY: i64 = 64;
const FULL: i64 = 1 << 31; // frames of a class that are counted: no sum exceeds 2^63

const units: usize = memory.data(<i32>(FEATURES * 4), 8);

@inline function state(): Learning {
  return changetype<Learning>(learning);
}
/** The span under way, and the one before. */
@inline function current(): Span {
  return changetype<Span>(state().spans);
}
@inline function earlier(): Span {
  return changetype<Span>(state().spans + SpanAt.SIZE);
}
@inline function distances(s: Span, b: u32): usize {
  return s.distances + <usize>(b * HISTOGRAM);
}
@inline export function currentPeaks(): Peaks {
  return changetype<Peaks>(current().peaks);
}
@inline export function earlierPeaks(): Peaks {
  return changetype<Peaks>(earlier().peaks);
}
/** Frames that were learned. */
export function learned(): u64 {
  return state().frames;
}

export function begin(): void {
  memory.fill(learning, 0, LearningAt.SIZE);
  state().next = FIRST;
  beginPeaks(currentPeaks());
}

/** Learns a frame; returns its score under the model so far (0 before there is one). */
export function learn(k: Packet): f64 {
  update(k);
  const score = judge(k);
  if (protocolsDescribed() != 0) {
    for (let b: u32 = 0; b < BLOCKS; ++b) countValue(distances(current(), b), <u64>(distance(b) * DISTANCE_UNIT));
    peak(currentPeaks(), k.time, score);
  }
  for (let i: u32 = 0; i < FEATURES; ++i)
    store<i32>(units + ((<usize>i) << 2), counted(<f64>load<f32>(vector + ((<usize>i) << 2))));
  const service = serviceOf(k);
  insert(sums((<u32>service) & 255));
  const c = place(service);
  if (c != 0) insert(sums(c));
  const n = state().frames + 1;
  state().frames = n;
  if (n >= state().next) {
    state().next = n * 2;
    finish();
    beginSpan();
  }
  return score;
}

function beginSpan(): void {
  closePeaks(currentPeaks());
  memory.copy(changetype<usize>(earlier()), changetype<usize>(current()), SpanAt.SIZE);
  memory.fill(changetype<usize>(current()), 0, SpanAt.SIZE);
  beginPeaks(currentPeaks());
}

@inline export function sums(c: u32): ClassSums {
  return changetype<ClassSums>(state().classes + <usize>c * ClassSumsAt.SIZE);
}
/** Key of a class: of protocols 0 .. 4, of services as serviceOf() makes them; 0 = free. */
export function keyOf(c: u32): u64 {
  return c < PROTOCOLS ? c : load<u64>(state().keys + ((<usize>(c - PROTOCOLS)) << 3));
}
@inline function setKey(c: u32, key: u64): void {
  store<u64>(state().keys + ((<usize>(c - PROTOCOLS)) << 3), key);
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
    if (sums(c).frames < frames) {
      frames = sums(c).frames;
      rarest = c;
    }
  }
  if (rarest != 0) {
    memory.fill(changetype<usize>(sums(rarest)), 0, ClassSumsAt.SIZE);
    setKey(rarest, service);
  }
  return rarest;
}

/** Adds the frame, whose features are in `units`, to a class's sums. */
function insert(own: ClassSums): void {
  if (own.frames >= FULL) return;
  own.frames += 1;
  for (let i: usize = 0; i < <usize>FEATURES; ++i) {
    const at = own.features + (i << 3);
    store<i64>(at, load<i64>(at) + <i64>load<i32>(units + (i << 2)));
  }
  let t = own.products;
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
  make(state().keys, services, state().classes);
  for (let b: u32 = 0; b < BLOCKS; ++b) setScale(b, scaleOf(b));
}

/** How many measured frames fell into bucket i of block b's histogram of distances. */
export function measured(b: u32, i: u32): u64 {
  return <u64>count(distances(current(), b), i) + count(distances(earlier(), b), i);
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
