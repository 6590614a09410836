// The traffic-shape detector: a score for every frame, from how far the traffic it is part of lies from what was learned.
// Features after Mirsky et al., "Kitsune" (NDSS 2018); in place of its autoencoders, one Mahalanobis distance for each
// block of features (model.ts): closed form to learn, mergeable, and explained by naming the feature.
//
// score = root of the mean of squares, over the six blocks, of distance / scale: 1 is what a frame has that is unusual
// in all blocks, as one normal frame in a hundred is in each. 0 .. BOUND, and 0 while there is no model.
//
//   Named: in the block that adds most, the feature that deviates most from what the block's others let expect.
//   Seen: that feature.  Expected: its mean given the others (the conditional mean of the normal distribution).
import { Packet } from "../../../ip/onboard/packet";
import { BOUND, clamp } from "../../onboard/numeric";
import { BLOCKS, reset as clearTables, update, vector } from "./features";
import { MODEL, classOf, distance2, length, ofClass, serviceOf, standard, start, triangle } from "./model";

/** The model in use; written by configuration or by learning. */
export const model: usize = memory.data(107336, 8);

const shares: usize = memory.data(6 * 8, 8); // of each block: (distance / scale)^2 of the last frame
let described: usize = 0;

/** Starts without memory of traffic; the model stays. */
export function reset(): void { clearTables(); }

/** Takes a model as weir learn has written it. False, and no model, when it has not the right length. */
export function configure(from: usize, bytes: u32): bool {
  memory.fill(model, 0, MODEL);
  if (bytes != MODEL) return false;
  memory.copy(model, from, MODEL);
  return true;
}

/** Squared distance of the last frame in block b, for learning the scales. */
export function raw(b: u32): f64 { return distance2(described, vector, b); }

/** Updates the statistics with the frame and scores it. */
export function score(k: Packet): f64 {
  update(k);
  return judge(k);
}

/** Scores the features as they are in `vector`. */
export function judge(k: Packet): f64 {
  if (load<f64>(model) == 0) return 0;
  described = ofClass(model, classOf(model + 72, serviceOf(k)));
  let sum: f64 = 0;
  for (let b: u32 = 0; b < BLOCKS; ++b) {
    const scale = load<f64>(model + (<usize>b << 3), 8);
    const share = distance2(described, vector, b) / max<f64>(scale * scale, 0.0625);
    store<f64>(shares + (<usize>b << 3), share);
    sum += share;
  }
  const s = sqrt<f64>(sum / <f64>BLOCKS);
  return s < BOUND ? s : s >= BOUND ? BOUND : 0;
}

/** Alarm limit of the model; 0 = none. */
export function limit(): f64 { return load<f64>(model, 56); }

const given: usize = memory.data(3 * 8, 8);

/**
 * Why the last frame has its score: position in the vector of the feature to name. What the rest of its block lets
 * expect of it is then expected(), and how far it is from that deviations(). Costs as much as the score: for alarms.
 *
 * With P = W^T W, feature i has, given the block's others, mean z_i - (P z)_i / P_ii and deviation 1 / sqrt(P_ii).
 */
export function strangest(): u32 {
  if (described == 0) return 0;
  let b: u32 = 0;
  for (let i: u32 = 1; i < BLOCKS; ++i) {
    if (load<f64>(shares + (<usize>i << 3)) > load<f64>(shares + (<usize>b << 3))) b = i;
  }
  const from = start(b), n = length(b), w = described + 912 + (<usize>triangle(b) << 3);
  let best = from;
  let most: f64 = -1;
  for (let i: u32 = 0; i < n; ++i) {
    let product: f64 = 0, own: f64 = 0;
    for (let r = i; r < n; ++r) {
      const row = w + (<usize>(r * (r + 1) / 2) << 3);
      const ri = load<f64>(row + (<usize>i << 3));
      let u: f64 = 0;
      for (let c: u32 = 0; c <= r; ++c) u += load<f64>(row + (<usize>c << 3)) * standard(described, vector, from + c);
      product += ri * u;
      own += ri * ri;
    }
    const away = product / sqrt<f64>(own);
    if (abs<f64>(away) <= most) continue;
    most = abs<f64>(away);
    best = from + i;
    const z = standard(described, vector, best) - product / own;
    store<f64>(given, load<f64>(described + (<usize>best << 3)) + z / load<f64>(described + 456 + (<usize>best << 3)));
    store<f64>(given, clamp(away, -BOUND, BOUND), 8);
  }
  return best;
}

/** Feature i in the last frame; a logarithm to base 2 but for correlations and deviations of intervals. */
export function seen(i: u32): f64 { return load<f64>(vector + (<usize>i << 3)); }
/** Of the feature that strangest() has named. */
export function expected(): f64 { return load<f64>(given); }
export function deviations(): f64 { return load<f64>(given, 8); }
