// Generalised Pareto distribution of excesses over a threshold, fitted by maximum likelihood.
// Pickands 1975 (why excesses are so distributed); Coles, "An Introduction to Statistical Modeling of Extreme Values"
// (2001), chapter 4; Grimshaw, "Computing Maximum Likelihood Estimates for the Generalized Pareto Distribution",
// Technometrics 35 (1993): with x = shape / scale, the shape that maximises the likelihood is the mean of
// ln(1 + x * excess), so that one variable is left to search.
import { maximum } from "./special.ts";

/** P(excess > y) = (1 + shape y / scale)^(-1 / shape); shape 0: exp(-y / scale); shape < 0: ends at -scale / shape. */
export interface Pareto {
  shape: number;
  scale: number;
}

/** Below -1/2 the maximum-likelihood estimator loses its properties (Smith 1985); above 2 nothing sensible is fitted. */
export const SHAPE_MIN = -0.5;
export const SHAPE_MAX = 2;

export function logLikelihood(excesses: ArrayLike<number>, { shape, scale }: Pareto): number {
  if (!(scale > 0)) return -Infinity;
  let sum = 0;
  for (let i = 0; i < excesses.length; i++) {
    const y = excesses[i]! / scale;
    const inner = 1 + shape * y;
    if (inner <= 0) return -Infinity;
    // (1 + 1/shape) ln(1 + shape y), without cancellation near shape 0
    sum += Math.abs(shape) < 1e-9 ? y : (1 + 1 / shape) * Math.log1p(shape * y);
  }
  return -excesses.length * Math.log(scale) - sum;
}

/** @param excesses  positive numbers, at least two different ones @throws RangeError otherwise */
export function fitPareto(excesses: ArrayLike<number>): Pareto {
  const n = excesses.length;
  let sum = 0;
  let top = 0;
  let least = Infinity;
  for (let i = 0; i < n; i++) {
    sum += excesses[i]!;
    top = Math.max(top, excesses[i]!);
    least = Math.min(least, excesses[i]!);
  }
  if (!(n >= 2 && least > 0 && top > least && top < Infinity))
    throw new RangeError("excesses must be positive, finite and not all equal");
  const mean = sum / n;
  /** The best shape and scale for x = shape / scale, x in units of 1 / mean. */
  const given = (x: number): Pareto => {
    if (Math.abs(x) < 1e-8) return { shape: 0, scale: mean };
    let logs = 0;
    for (let i = 0; i < n; i++) logs += Math.log1p((x / mean) * excesses[i]!);
    const shape = Math.min(SHAPE_MAX, Math.max(SHAPE_MIN, logs / n));
    return { shape, scale: (shape / x) * mean };
  };
  // x lies above -mean / top (the distribution must reach its largest excess). Searched on a grid, then refined.
  const end = -mean / top;
  const grid = [0];
  for (let e = -12; e <= 0; e += 0.25) grid.push(end * (1 - 10 ** e));
  for (let e = -4; e <= 6; e += 0.25) grid.push(10 ** e, ...(10 ** e < -end ? [-(10 ** e)] : []));
  grid.sort((a, b) => a - b);
  const value = (x: number) => logLikelihood(excesses, given(x));
  let best = 0;
  for (let i = 1; i < grid.length; i++) if (value(grid[i]!) > value(grid[best]!)) best = i;
  const low = grid[Math.max(0, best - 1)]!;
  const high = grid[Math.min(grid.length - 1, best + 1)]!;
  const refined = given(maximum(value, low, high));
  const coarse = given(grid[best]!);
  return logLikelihood(excesses, refined) >= logLikelihood(excesses, coarse) ? refined : coarse;
}

/** The share of excesses above `excess`: what excessOf() turns round. */
export function excessShare({ shape, scale }: Pareto, excess: number): number {
  if (Math.abs(shape) < 1e-9) return Math.exp(-excess / scale);
  return Math.max(0, 1 + (shape * excess) / scale) ** (-1 / shape);
}

/** The excess that is exceeded with probability p, 0 < p <= 1. */
export function excessOf({ shape, scale }: Pareto, p: number): number {
  return Math.abs(shape) < 1e-9 ? -scale * Math.log(p) : (scale / shape) * Math.expm1(-shape * Math.log(p));
}

/**
 * Confidence interval of excessOf(p) by profile likelihood (Coles 2001, section 2.6.6): all values that twice the log
 * likelihood does not reject by more than `drop` (3.841: 95 %). `high` may be Infinity when the data do not bound it.
 */
export function profileInterval(excesses: ArrayLike<number>, fitted: Pareto, p: number, drop = 3.841459) {
  const centre = excessOf(fitted, p);
  const best = logLikelihood(excesses, fitted);
  /** Loss of likelihood when the excess of probability p is forced to be z: the scale follows from the shape. */
  const loss = (z: number) => {
    const along = (shape: number) => logLikelihood(excesses, { shape, scale: z / excessOf({ shape, scale: 1 }, p) });
    let top = -Infinity;
    let at = SHAPE_MIN;
    for (let s = SHAPE_MIN; s <= SHAPE_MAX; s += 0.125) {
      const v = along(s);
      if (v > top) {
        top = v;
        at = s;
      }
    }
    const s = maximum(along, Math.max(SHAPE_MIN, at - 0.125), Math.min(SHAPE_MAX, at + 0.125));
    return 2 * (best - Math.max(top, along(s)));
  };
  const cross = (inside: number, outside: number) => {
    for (let i = 0; i < 50 && Math.abs(outside / inside - 1) > 1e-6; i++) {
      const z = Math.sqrt(inside * outside);
      if (loss(z) > drop) outside = z;
      else inside = z;
    }
    return inside;
  };
  let low = centre;
  for (let i = 0; i < 60 && loss(low) <= drop; i++) low /= 1.5;
  let high = centre;
  for (let i = 0; i < 60 && loss(high) <= drop; i++) high *= 1.5;
  return { low: cross(centre, low), high: loss(high) <= drop ? Infinity : cross(centre, high) };
}
