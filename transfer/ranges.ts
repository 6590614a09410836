/** Bytes that came, as ranges [from, to) in order. Whatever the order in which they come, each takes about the root of their number. */
import { firstNotBefore } from "../lib/ordered.ts";

type Range = [from: number, to: number];

/** Ranges of one chunk; when it has twice as many it becomes two. */
const CHUNK = 512;

export class Ranges {
  /** In order, apart from one another, none of them empty. */
  #chunks: Range[][] = [];

  add(from: number, to: number): void {
    if (from >= to) return;
    const first = this.#at(from);
    if (first === this.#chunks.length) {
      const last = this.#chunks.at(-1);
      if (!last || last.length >= CHUNK) this.#chunks.push([[from, to]]);
      else last.push([from, to]);
      return;
    }
    // What it touches, perhaps over several chunks, becomes one range where the first of that was
    const chunk = this.#chunks[first]!;
    const at = firstNotBefore(chunk.length, (n) => chunk[n]![1] < from);
    let [least, most] = [from, to];
    let count = 0;
    for (; at + count < chunk.length && chunk[at + count]![0] <= to; count++) {
      least = Math.min(least, chunk[at + count]![0]);
      most = Math.max(most, chunk[at + count]![1]);
    }
    if (at + count === chunk.length) most = Math.max(most, this.#takeUpTo(first + 1, to));
    chunk.splice(at, count, [least, most]);
    if (chunk.length >= 2 * CHUNK) this.#chunks.splice(first + 1, 0, chunk.splice(CHUNK));
  }

  /** Removes ranges that begin at or before `to`, from a chunk on. @returns the greatest end of them, or 0 */
  #takeUpTo(next: number, to: number): number {
    let most = 0;
    for (let chunk = this.#chunks[next]; chunk && chunk[0]![0] <= to; chunk = this.#chunks[next]) {
      let count = 0;
      for (; count < chunk.length && chunk[count]![0] <= to; count++) most = Math.max(most, chunk[count]![1]);
      if (count < chunk.length) {
        chunk.splice(0, count);
        break;
      }
      this.#chunks.splice(next, 1);
    }
    return most;
  }

  /** The first chunk whose last range does not end before n; their number when there is none. */
  #at(n: number): number {
    return firstNotBefore(this.#chunks.length, (at) => this.#chunks[at]!.at(-1)![1] < n);
  }

  covers(size: number): boolean {
    const [only] = this.#chunks[0] ?? [];
    const isOne = this.#chunks.length === 1 && this.#chunks[0]!.length === 1;
    return size === 0 || (only !== undefined && only[0] === 0 && only[1] === size && isOne);
  }

  missing(size: number): Range[] {
    const out: Range[] = [];
    let at = 0;
    for (const chunk of this.#chunks)
      for (const [from, to] of chunk) {
        if (from > at) out.push([at, from]);
        at = to;
      }
    if (at < size) out.push([at, size]);
    return out;
  }
}
