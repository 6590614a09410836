// Reproducible random numbers: the same seed gives the same numbers on every host. Nothing here calls Math.log, Math.cos or
// the like, whose last digit differs between engines; only integer operations and IEEE 754 addition, multiplication, division.

/** One round of the splitmix32 generator: spreads a seed over a state. */
function mixed(z: number): number {
  let x = z | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** xoshiro128** 1.1 (Blackman and Vigna 2021). Not for secrets. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /**
   * @param seed a whole number from 0 to 2^53 - 1
   * @param stream streams of one seed are independent of each other: what one consumer draws does not move another
   */
  constructor(seed: number, stream = "") {
    let z = mixed((seed % 4294967296) ^ mixed(Math.floor(seed / 4294967296) + 0x9e3779b9) ^ hash(stream));
    const next = () => {
      z = (z + 0x9e3779b9) | 0;
      return mixed(z);
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next() | 1; // never all zero
  }

  /** 32 random bits. */
  bits(): number {
    const b5 = Math.imul(this.#b, 5);
    const result = Math.imul((b5 << 7) | (b5 >>> 25), 9) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.bits() / 4294967296;
  }

  /** A whole number, 0 <= value < bound, each equally often. */
  below(bound: number): number {
    const limit = 4294967296 - (4294967296 % bound);
    let x = this.bits();
    while (x >= limit) x = this.bits();
    return x % bound;
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return probability > 0 && this.uniform() < probability;
  }

  /** Standard normal to within the central limit: the sum of twelve uniforms; never beyond +-6. */
  normal(): number {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.uniform();
    return sum;
  }

  /** Exponential with mean 1, by comparisons alone (von Neumann 1951). */
  exponential(): number {
    for (let whole = 0; ; whole++) {
      const first = this.uniform();
      let last = first;
      for (let n = 1; ; n++) {
        const next = this.uniform();
        if (next < last) last = next;
        else if (n % 2 === 1) return whole + first;
        else break;
      }
    }
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** A shuffled copy (Fisher and Yates). */
  shuffled<T>(list: readonly T[]): T[] {
    const out = [...list];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [out[i], out[j]] = [out[j]!, out[i]!];
    }
    return out;
  }

  /** `count` of the list's elements, in the list's order. */
  some<T>(list: readonly T[], count: number): T[] {
    const chosen = new Set(this.shuffled(list.map((_, i) => i)).slice(0, count));
    return list.filter((_, i) => chosen.has(i));
  }
}

/** sin(2 pi turns) by its series: the same digits everywhere, right to 1e-9. */
export function sine(turns: number): number {
  const p = turns - Math.floor(turns);
  // sin(pi - x) = sin(x) folds [1/4, 3/4] onto [-1/4, 1/4]
  const folded = p <= 0.25 ? p : p < 0.75 ? 0.5 - p : p - 1;
  const x = folded * 6.283185307179586;
  const q = x * x;
  return (
    x *
    (1 - (q / 6) * (1 - (q / 20) * (1 - (q / 42) * (1 - (q / 72) * (1 - (q / 110) * (1 - (q / 156) * (1 - q / 210)))))))
  );
}
