// Special functions that the intervals need: Press, Teukolsky, Vetterling, Flannery, "Numerical Recipes", chapter 6.

const LANCZOS = [
  76.18009172947146, -86.50532032941678, 24.01409824083091, -1.231739572450155, 0.1208650973866179e-2,
  -0.5395239384953e-5,
];

/** ln of the gamma function, x > 0; relative error below 1e-9. */
export function logGamma(x: number): number {
  const t = x + 5.5;
  let series = 1.000000000190015;
  for (let j = 0; j < 6; j++) series += LANCZOS[j]! / (x + 1 + j);
  return (x + 0.5) * Math.log(t) - t + Math.log((Math.sqrt(2 * Math.PI) * series) / x);
}

/** Regularised incomplete gamma P(a, x): the chance that a gamma(a) variate is at most x. a > 0, x >= 0. */
export function gammaP(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(-x + a * Math.log(x) - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = a + 1; Math.abs(term) > sum * 1e-16; n++) {
      term *= x / n;
      sum += term;
    }
    return Math.min(1, sum * front);
  }
  // Continued fraction for 1 - P, by Lentz's method
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 10_000; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / guarded(an * d + b);
    c = guarded(b + an / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return 1 - front * h;
}

/** Regularised incomplete beta I_x(a, b): the chance that a beta(a, b) variate is at most x. a, b > 0. */
export function betaI(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(a, b, x)) / a : 1 - (front * betaFraction(b, a, 1 - x)) / b;
}

function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / guarded(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guarded(1 + even * d);
    c = guarded(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guarded(1 + odd * d);
    c = guarded(1 + odd / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return h;
}

const guarded = (v: number) => (Math.abs(v) < 1e-300 ? 1e-300 : v);

/** Where an increasing function crosses `target` between low and high, by bisection to the last bits. */
export function solve(f: (x: number) => number, target: number, low: number, high: number): number {
  for (let i = 0; i < 200; i++) {
    const x = (low + high) / 2;
    if (x === low || x === high) break;
    if (f(x) < target) low = x;
    else high = x;
  }
  return (low + high) / 2;
}

/** The point of the largest value of a function with one maximum between low and high (golden section). */
export function maximum(f: (x: number) => number, low: number, high: number): number {
  const G = (Math.sqrt(5) - 1) / 2;
  let a = high - G * (high - low);
  let b = low + G * (high - low);
  let fa = f(a);
  let fb = f(b);
  for (let i = 0; i < 80; i++) {
    if (fa >= fb) {
      high = b;
      b = a;
      fb = fa;
      a = high - G * (high - low);
      fa = f(a);
    } else {
      low = a;
      a = b;
      fa = fb;
      b = low + G * (high - low);
      fb = f(b);
    }
  }
  return (low + high) / 2;
}
