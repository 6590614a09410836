// First-order Markov chain over a fixed set of symbols: how likely is what follows what.
//
//   Markov, 8 + 4 * k * (k + 1) bytes rounded up to 8, k symbols
//   +0 u32 k    +4 u32 previous + 1 (0 = none)    +8 k rows of { u32 total, k x u32 count }
//
// Each count has half a transition more than was seen (Krichevsky, Trofimov, "The Performance of Universal Encoding",
// IEEE Trans. Information Theory 27 (1981)): never a probability of 0. A row whose total reaches ROW is halved, so old
// habits fade. A symbol out of range is taken as the last one (keep that one for "other").
// Composes: counts add up (a row halved when they exceed ROW); `previous` stays that of `into`.
import { clamp } from "./numeric";

const ROW: u32 = 1 << 24;
const SURPRISE: f64 = 32;

export function size(k: u32): u32 {
  return 8 + ((4 * k * (k + 1) + 7) & ~7);
}

export function open(p: usize, k: u32): void {
  memory.fill(p, 0, size(k));
  store<u32>(p, k);
}

// @ts-ignore: decorator
@inline function row(p: usize, symbol: u32): usize {
  return p + 8 + ((<usize>(symbol * (load<u32>(p) + 1))) << 2);
}

// @ts-ignore: decorator
@inline function known(p: usize, symbol: u32): u32 {
  return min<u32>(symbol, load<u32>(p) - 1);
}

/** Probability of `to` right after `from`, above 0. */
export function probability(p: usize, from: u32, to: u32): f64 {
  const r = row(p, known(p, from));
  const c = <f64>load<u32>(r + ((<usize>known(p, to)) << 2), 4) + 0.5;
  return c / (<f64>load<u32>(r) + 0.5 * <f64>load<u32>(p));
}

/** Surprise of `symbol` after the previous one in bits, 0 .. 32; 0 when there is no previous one. Ask before step. */
export function score(p: usize, symbol: u32): f64 {
  const previous = load<u32>(p, 4);
  return previous == 0 ? 0 : clamp(-NativeMath.log2(probability(p, previous - 1, symbol)), 0, SURPRISE);
}

/** Surprise to be expected after `from` in bits: the entropy of its row. */
export function expected(p: usize, from: u32): f64 {
  const k = load<u32>(p);
  let h: f64 = 0;
  for (let i: u32 = 0; i < k; ++i) {
    const q = probability(p, from, i);
    h -= q * NativeMath.log2(q);
  }
  return clamp(h, 0, SURPRISE);
}

function halve(p: usize, r: usize): void {
  const k = load<u32>(p);
  let total: u32 = 0;
  for (let i: u32 = 0; i < k; ++i) {
    const at = r + ((<usize>i) << 2);
    const c = load<u32>(at, 4) >> 1;
    store<u32>(at, c, 4);
    total += c;
  }
  store<u32>(r, total);
}

/** Moves on to a symbol without learning. */
export function step(p: usize, symbol: u32): void {
  store<u32>(p, known(p, symbol) + 1, 4);
}

/** Learns the transition from the previous symbol to this one, and moves on. */
export function update(p: usize, symbol: u32): void {
  const previous = load<u32>(p, 4);
  const to = known(p, symbol);
  store<u32>(p, to + 1, 4);
  if (previous == 0) return;
  const r = row(p, previous - 1);
  const at = r + ((<usize>to) << 2);
  store<u32>(at, load<u32>(at, 4) + 1, 4);
  store<u32>(r, load<u32>(r) + 1);
  if (load<u32>(r) >= ROW) halve(p, r);
}

/** Both must have the same number of symbols; false, and nothing done, if not. */
export function merge(into: usize, from: usize): bool {
  const k = load<u32>(into);
  if (k != load<u32>(from)) return false;
  for (let i: u32 = 0; i < k; ++i) {
    const a = row(into, i),
      b = row(from, i);
    for (let j: usize = 0; j <= <usize>k; ++j)
      store<u32>(a + (j << 2), load<u32>(a + (j << 2)) + load<u32>(b + (j << 2)));
    while (load<u32>(a) >= ROW) halve(into, a);
  }
  return true;
}
