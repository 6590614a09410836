// The traffic-shape detector behind its facade; ../../README.md says what each function is, score.ts what the score is.
import { keyed } from "../../../lib/onboard/keyed";
import { Text } from "../../../lib/onboard/text";
import { Packet } from "../../../ip/onboard/packet";
import { accuseFlowOf } from "../../ip/onboard/accuse";
import { Detector } from "../../onboard/catalogue";
import { isOff, raise, scaled } from "../../onboard/finding";
import { channelKey, forgetEvictions, reset as forgetTraffic, update } from "./features";
import { begin, learn as learnFrame } from "./learn";
import { limit, protocolsDescribed } from "./model";
import { deviations, expectedOf, judge, seenOf, strangest } from "./score";
import { age } from "./state";
import * as section from "./section";
import { exportNext as exportEntry, rewind } from "./export";

export { evictions } from "./features";
export { expected, seen } from "./words";

/** Of a threshold, however a policy scales it: what is raised has one above 0. */
const LEAST: f64 = 1e-9;
/**
 * In the first NEW ns everything is seen for the first time, even what has been there for years: the limit is higher by
 * NEWNESS, which falls to 0.
 */
const NEW: u64 = 30000000000;
const NEWNESS: f64 = 2;

function newness(now: u64): f64 {
  const since = age(now);
  return since >= NEW ? 0 : (NEWNESS * <f64>(<i64>(NEW - since))) / <f64>NEW;
}

let follows: bool = false; // the tables of traffic are in use
let learns: bool = false; // and that of what is learned

/**
 * Forgets traffic, the model, and what was learned. Tables are cleared before their first use: who has none never
 * touches them.
 */
export function reset(): void {
  section.forgetModel();
  forgetEvictions();
  rewind();
  follows = learns = false;
}

/** The section that weir learn has made; false, and no model, when it is malformed. */
export function configure(at: usize, length: u32): bool {
  if (!section.configure(at, length)) return false;
  follow();
  return true;
}

function follow(): void {
  if (follows) return;
  forgetTraffic();
  follows = true;
}

/** A decoded packet; returns its score, 0 .. 100, 0 without a model. Findings of one channel are one alert. */
export function check(k: Packet): f64 {
  if (protocolsDescribed() == 0 || isOff(Detector.SHAPE)) return 0;
  update(k);
  const score = judge(k);
  const threshold = max<f64>(scaled(Detector.SHAPE, limit() + newness(k.time)), LEAST);
  if (score > threshold) alarm(k, score, threshold);
  return score;
}

function alarm(k: Packet, score: f64, threshold: f64): void {
  const feature = strangest();
  const f = raise(Detector.SHAPE, 0, keyed(channelKey(), Detector.SHAPE), k.time, score, threshold);
  accuseFlowOf(f, k); // what a packet is held against, others had a hand in
  f.a = feature;
  f.b = seenOf(feature);
  f.c = expectedOf();
  f.d = deviations();
}

/** Learning, in place of check(); returns the score under what was learned before, 0 while that is too little. */
export function learn(k: Packet): f64 {
  if (!learns) {
    follow();
    begin();
    learns = true;
  }
  return learnFrame(k);
}

/** Writes the members of the next baseline entry; false when there is none left, and the next call begins anew. */
export function exportNext(t: Text): bool {
  return learns && exportEntry(t);
}
