/** Sets of whole numbers, few and long stretches: which records are missing. */
import { firstNotBefore } from "../lib/ordered.ts";

export type Range = readonly [first: number, last: number];

export class Ranges {
  /** In order, apart from one another. */
  #ranges: [number, number][] = [];
  #size = 0;

  constructor(ranges: Iterable<Range> = []) {
    for (const [first, last] of ranges) this.append(first, last);
  }

  /** How many numbers. */
  get size(): number {
    return this.#size;
  }

  /** How many stretches. */
  get stretches(): number {
    return this.#ranges.length;
  }

  [Symbol.iterator](): Iterator<Range> {
    return this.#ranges[Symbol.iterator]();
  }

  /** Adds a stretch behind all that are there. */
  append(first: number, last: number): void {
    this.#ranges.push([first, last]);
    this.#size += last - first + 1;
  }

  /** Forgets the first stretch. */
  shift(): Range | undefined {
    const range = this.#ranges.shift();
    if (range) this.#size -= range[1] - range[0] + 1;
    return range;
  }

  has(n: number): boolean {
    const range = this.#ranges[this.#at(n)];
    return range !== undefined && range[0] <= n;
  }

  /** Takes a number out; whether it was there. */
  remove(n: number): boolean {
    const at = this.#at(n);
    const range = this.#ranges[at];
    if (!range || range[0] > n) return false;
    const [first, last] = range;
    const rest: [number, number][] = [];
    if (first < n) rest.push([first, n - 1]);
    if (n < last) rest.push([n + 1, last]);
    this.#ranges.splice(at, 1, ...rest);
    this.#size--;
    return true;
  }

  /** What of the set lies from first to last. */
  within(first: number, last: number): Range[] {
    const found: Range[] = [];
    for (let at = this.#at(first); at < this.#ranges.length && this.#ranges[at]![0] <= last; at++) {
      const [from, to] = this.#ranges[at]!;
      found.push([Math.max(from, first), Math.min(to, last)]);
    }
    return found;
  }

  /** Index of the first stretch that does not end before n. */
  #at(n: number): number {
    return firstNotBefore(this.#ranges.length, (at) => this.#ranges[at]![1] < n);
  }
}
