// The score of a frame: how far the traffic it is part of lies from what was learned.
// Features after Mirsky et al., "Kitsune" (NDSS 2018); in place of its autoencoders, one Mahalanobis distance for each
// block of features (distance.ts): closed form to learn, mergeable, and explained by naming the feature.
//
// score = root of the mean of squares, over the six blocks, of distance / scale: 1 is what a frame has that is unusual
// in all blocks, as one normal frame in a hundred is in each. 0 .. BOUND, and 0 while there is no model.
//
//   Named: in the block that adds most, the feature that deviates most from what the block's others let expect.
//   Seen: that feature.  Expected: its mean given the others (the conditional mean of the normal distribution).
import { Packet } from "../../../ip/onboard/packet";
import { BOUND, clamp } from "../../onboard/numeric";
import { length, start } from "./blocks";
import { distance2, meanOf, precisionOf, standard, whitening } from "./distance";
import { vector } from "./features";
import { BLOCK, BLOCKS } from "./generated/model";
import { describedBy, protocolsDescribed, scale } from "./model";
import { serviceOf } from "./services";

const shares: usize = memory.data(<i32>(BLOCKS * 8), 8); // of each block: (distance / scale)^2 of the last frame
const distances: usize = memory.data(<i32>(BLOCKS * 8), 8); // squared
const whitened: usize = memory.data(<i32>(BLOCK * 8), 8); // W z of a block
let described: usize = 0;
let expectation: f64 = 0;
let away: f64 = 0;

/** Scores the features as they are in `vector`. */
export function judge(k: Packet): f64 {
  described = 0;
  if (protocolsDescribed() == 0) return 0;
  described = describedBy(serviceOf(k));
  let sum: f64 = 0;
  for (let b: u32 = 0; b < BLOCKS; ++b) {
    const s = scale(b),
      d = distance2(described, vector, b);
    const share = d / max<f64>(s * s, 0.0625);
    store<f64>(distances + ((<usize>b) << 3), d);
    store<f64>(shares + ((<usize>b) << 3), share);
    sum += share;
  }
  const s = sqrt<f64>(sum / <f64>BLOCKS);
  return s < BOUND ? s : s >= BOUND ? BOUND : 0;
}

/** Distance of the frame judged last in block b, for learning the scales. */
export function distance(b: u32): f64 {
  return sqrt<f64>(load<f64>(distances + ((<usize>b) << 3)));
}

/**
 * Why the last frame has its score: position in the vector of the feature to name. What the rest of its block lets
 * expect of it is then expectedOf(), and how far it is from that deviations(). Costs as much as the score: for alarms.
 *
 * With P = W^T W, feature i has, given the block's others, mean z_i - (P z)_i / P_ii and deviation 1 / sqrt(P_ii).
 */
export function strangest(): u32 {
  expectation = 0;
  away = 0;
  if (described == 0) return 0;
  let b: u32 = 0;
  for (let i: u32 = 1; i < BLOCKS; ++i) {
    if (load<f64>(shares + ((<usize>i) << 3)) > load<f64>(shares + ((<usize>b) << 3))) b = i;
  }
  const from = start(b),
    n = length(b);
  for (let r: u32 = 0; r < n; ++r) {
    let u: f64 = 0;
    for (let c: u32 = 0; c <= r; ++c) u += whitening(described, b, r, c) * standard(described, vector, from + c);
    store<f64>(whitened + ((<usize>r) << 3), u);
  }
  let best = from;
  let most: f64 = -1;
  for (let i: u32 = 0; i < n; ++i) {
    let product: f64 = 0,
      own: f64 = 0;
    for (let r = i; r < n; ++r) {
      const ri = whitening(described, b, r, i);
      product += ri * load<f64>(whitened + ((<usize>r) << 3));
      own += ri * ri;
    }
    const d = product / sqrt<f64>(own);
    if (abs<f64>(d) <= most) continue;
    most = abs<f64>(d);
    best = from + i;
    away = clamp(d, -BOUND, BOUND);
    const z = standard(described, vector, best) - product / own;
    expectation = meanOf(described, best) + z / precisionOf(described, best);
  }
  return best;
}

/** Feature i in the last frame; a logarithm to base 2 but for correlations and deviations of intervals. */
export function seenOf(i: u32): f64 {
  return <f64>load<f32>(vector + ((<usize>i) << 2));
}
/** Of the feature that strangest() has named. */
export function expectedOf(): f64 {
  return expectation;
}
/** -BOUND .. BOUND */
export function deviations(): f64 {
  return away;
}
