// The statistics of a stream at the three decay rates that are features, in single precision. Mirsky, Doitshman,
// Elovici, Shabtai, "Kitsune: An Ensemble of Autoencoders for Online Network Intrusion Detection", NDSS 2018, section
// IV.A.
//
// A value's weight is 2^(-rate * age in seconds). The paper keeps (weight, linear sum, squared sum); this keeps
// (weight, mean, variance), which says the same but loses no digits to cancellation: a variance is never negative, and
// that of a constant is exactly 0. Time changes the weight only. Of two streams (both directions of a channel) each
// arrival of one is paired with the newest value of the other, so that |correlation| <= 1 by the Cauchy-Schwarz
// inequality; the paper sums products of residuals against two means that move separately, where that does not hold.
//
//   Levels, 36 bytes    three of { f32 weight, f32 mean, f32 variance }, fastest decay first (5, 1, 0.01 per second)
//   Joint,  84 bytes    +0 f32 newest a  +4 f32 newest b  +8 u32 seen: bit 0 a, bit 1 b
//                       +12 three of { f32 weight, meanA, meanB, varianceA, varianceB, covariance }
//
// Time stands beside them in the record: a channel's three states share it. What single precision costs: a weight stops
// falling between frames nearer than 2^-24 of its half-life (then the frames themselves outweigh it), and the mean of a
// stream that became constant stops within 2^-24 of it (NOISE covers the variance that this leaves).

const RATES: u32 = 3;
export const LEVELS: u32 = 36;
const FORGOTTEN: f32 = 1e-9; // a weight below this is 0; also keeps denormal numbers out
const FOREVER: u64 = 1 << 60; // ns
const NOISE: f32 = 0.001; // bytes^2: a size that varies less does not vary

const ONE: f32 = 1;
const ZERO: f32 = 0;

const factors: usize = memory.data(3 * 4, 8);
let spent: u64 = 0xffffffffffffffff; // ns for which the factors are

/** Factors by which weights shrink in dt ns. Streams of one frame often share dt: the last answer is kept. */
export function decays(dt: u64): void {
  if (dt == spent) return;
  spent = dt;
  const e = NativeMath.exp2(<f64>(<i64>min<u64>(dt, FOREVER)) * -1e-11); // 0.01 per second
  const e2 = e * e,
    e4 = e2 * e2,
    e10 = e4 * e4 * e2;
  const t2 = e10 * e10,
    t4 = t2 * t2,
    e100 = t4 * t4 * t2; // 1 per second
  const h2 = e100 * e100;
  store<f32>(factors, <f32>(h2 * h2 * e100));
  store<f32>(factors, <f32>e100, 4);
  store<f32>(factors, <f32>e, 8);
}

// ---- Cold start -----------------------------------------------------------------------------------------------------
// A weight counts what came since the beginning: after t seconds it has reached 1 - 2^(-rate t) of what it is going to
// be. The slowest one takes minutes, in which everything would look rare. So its past is divided by that share.

const YOUNG: u64 = 10000000000; // ns; before, the share is that of this age
const GROWN: u64 = 1000000000000; // ns; from then on it is 1, within 0.1 %
const SECOND: u64 = 1000000000;
let begun: u64 = 0; // ns, of the first frame; 0 = none yet
let judged: u64 = 0; // second for which `past` holds
let past: f32 = 1;

/** Traffic was forgotten. */
export function beginStreams(): void {
  begun = 0;
  judged = u64.MAX_VALUE;
  past = 1;
}

/** ns since the first frame. */
export function age(now: u64): u64 {
  return begun != 0 && now > begun ? now - begun : 0;
}

/** Time of the frame whose statistics are updated next. */
export function atTime(now: u64): void {
  if (now / SECOND == judged) return;
  judged = now / SECOND;
  if (begun == 0 || now < begun) begun = now;
  const since = max<u64>(now - begun, YOUNG);
  past = since >= GROWN ? 1 : <f32>(1 / (1 - NativeMath.exp2(<f64>(<i64>since) * -1e-11)));
}

/** coarseLog2 of ../../onboard/numeric.ts in single precision, for x >= 1. */
@inline export function log2(x: f32): f32 {
  return <f32>(reinterpret<i32>(x) - 0x3f800000) * <f32>1.1920928955078125e-7;
}

/** Weight of level i after the time of decays(). */
@inline function faded(at: usize, i: u32): f32 {
  const w = load<f32>(at) * load<f32>(factors + ((<usize>i) << 2));
  return w < FORGOTTEN ? 0 : w;
}

/**
 * Lets the time of decays() pass for level i at `at`, adds a size, and writes weight, mean and deviation as features.
 */
@inline function addSizeTo(at: usize, i: u32, x: f32, to: usize): void {
  const before = faded(at, i);
  const w = before + 1,
    share = ONE / w;
  const known = before == 0 ? x : load<f32>(at, 4);
  const d = x - known,
    step = d * share;
  const m = known + step;
  const v = before == 0 ? ZERO : before * share * (load<f32>(at, 8) + d * step);
  store<f32>(at, w);
  store<f32>(at, m, 4);
  store<f32>(at, v, 8);
  store<f32>(to, log2(i == 2 ? 2 + before * past : 1 + w));
  store<f32>(to, log2(1 + m), 4);
  store<f32>(to, <f32>0.5 * log2(1 + v), 8);
}

/** Adds a size and writes nine features: weight, mean and deviation at each rate. */
export function addSize(p: usize, x: f32, to: usize): void {
  addSizeTo(p, 0, x, to);
  addSizeTo(p + 12, 1, x, to + 12);
  addSizeTo(p + 24, 2, x, to + 24);
}

/** Adds the logarithm of an interval and writes six features: mean and deviation at each rate. */
export function addInterval(p: usize, x: f32, to: usize): void {
  for (let i: u32 = 0; i < RATES; ++i) {
    const at = p + <usize>(i * 12);
    const before = faded(at, i);
    const w = before + 1,
      share = ONE / w;
    const known = before == 0 ? x : load<f32>(at, 4);
    const d = x - known,
      step = d * share;
    const v = before == 0 ? ZERO : before * share * (load<f32>(at, 8) + d * step);
    store<f32>(at, w);
    store<f32>(at, known + step, 4);
    store<f32>(at, v, 8);
    store<f32>(to + <usize>(i * 8), known + step);
    store<f32>(to + <usize>(i * 8), sqrt<f32>(v), 4);
  }
}

@inline export function mean(p: usize, i: u32): f32 {
  return load<f32>(p + <usize>(i * 12), 4);
}
@inline export function variance(p: usize, i: u32): f32 {
  return load<f32>(p + <usize>(i * 12), 8);
}

/**
 * Lets the time of decays() pass, then adds a value of stream a (side 0) or b (side 1). Writes Pearson's correlation,
 * -1 .. 1, 0 while either side is constant or missing, as the first of three features at each rate.
 */
export function addJoint(p: usize, side: u32, x: f32, to: usize): void {
  store<f32>(p + <usize>(side << 2), x);
  const seen = load<u32>(p, 8) | (1 << side);
  store<u32>(p, seen, 8);
  if (seen != 3) {
    for (let i: u32 = 0; i < RATES; ++i) store<f32>(to + <usize>(i * 12), 0);
    return;
  }
  const a = load<f32>(p),
    b = load<f32>(p, 4);
  for (let i: u32 = 0; i < RATES; ++i) {
    const at = p + 12 + <usize>(i * 24);
    const before = faded(at, i);
    const w = before + 1,
      share = ONE / w;
    const meanA = before == 0 ? a : load<f32>(at, 4),
      meanB = before == 0 ? b : load<f32>(at, 8);
    const da = a - meanA,
      db = b - meanB,
      kept = before * share;
    const ua = da * share,
      ub = db * share;
    const va = kept * (load<f32>(at, 12) + da * ua);
    const vb = kept * (load<f32>(at, 16) + db * ub);
    const both = kept * (load<f32>(at, 20) + da * ub);
    store<f32>(at, w);
    store<f32>(at, meanA + ua, 4);
    store<f32>(at, meanB + ub, 8);
    store<f32>(at, va, 12);
    store<f32>(at, vb, 16);
    store<f32>(at, both, 20);
    const r = both / sqrt<f32>((va + NOISE) * (vb + NOISE));
    store<f32>(to + <usize>(i * 12), r > ONE ? ONE : r < -ONE ? -ONE : r);
  }
}
