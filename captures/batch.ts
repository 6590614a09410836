// REQ-GROUND-011
// Lays records out as the compartments take them (appliance/contract: 32-byte header, bytes, zeros to a multiple of 8), straight
// into the memory they read. This runs once per packet: no allocation, no BigInt.
import { MAX_CAPTURED, RECORD_HEADER } from "../appliance/contract/abi.ts";

/** Bytes up to which a loop over words is faster than making a subarray for set(): measured, see captures/README.md. */
const SHORT = 512;

export class RecordBatch {
  /** Bytes laid out so far; a multiple of 8. */
  length = 0;
  /** Records laid out over the whole run: the number of the last one. */
  #numberLow = 0;
  #numberHigh = 0;
  #target: Uint8Array = new Uint8Array(0);
  #words: Int32Array = new Int32Array(0);

  /** @param target where records go from now on: starts at a multiple of 8, has room for the longest record */
  begin(target: Uint8Array): void {
    this.length = 0;
    if (target === this.#target) return;
    if (target.byteOffset & 7) throw new RangeError("records must start at a multiple of 8 bytes");
    const least = RECORD_HEADER + MAX_CAPTURED;
    if (target.length < least) throw new RangeError(`the target must have room for the longest record: ${least} bytes`);
    this.#target = target;
    this.#words = new Int32Array(target.buffer, target.byteOffset, target.length >> 2);
  }

  /** Bytes of the target. */
  get room(): number {
    return this.#target.length;
  }

  /** The number of the last record. */
  get number(): number {
    return this.#numberHigh * 4294967296 + (this.#numberLow >>> 0);
  }

  /** Takes over records that were laid out elsewhere, at the same place: `packets` of them, from `length` up to `to`. */
  take(laid: Uint8Array, to: number, packets: number): void {
    this.#target.set(laid.subarray(this.length, to), this.length);
    this.length = to;
    const number = this.number + packets;
    this.#numberLow = number | 0;
    this.#numberHigh = Math.floor(number / 4294967296);
  }

  /** Whether a record of this many captured bytes still fits. */
  fits(captured: number): boolean {
    return this.length + RECORD_HEADER + ((captured + 7) & ~7) <= this.#target.length;
  }

  /**
   * Lays out one record that fits(). `bytes` and `view` are over the same memory, with 3 readable bytes behind the packet.
   * @param captured bytes from `at`, at most MAX_CAPTURED @param low @param high halves of the time in nanoseconds
   */
  put(
    bytes: Uint8Array,
    view: DataView,
    at: number,
    captured: number,
    original: number,
    low: number,
    high: number,
    link: number,
    kind: number,
    source: number,
  ): void {
    const words = this.#words;
    let w = this.length >> 2;
    this.#numberLow = (this.#numberLow + 1) | 0;
    if (this.#numberLow === 0) this.#numberHigh++;
    words[w] = low;
    words[w + 1] = high;
    words[w + 2] = this.#numberLow;
    words[w + 3] = this.#numberHigh;
    words[w + 4] = captured;
    words[w + 5] = original;
    words[w + 6] = link | (kind << 16) | (source << 24);
    words[w + 7] = 0;
    w += 8;
    const whole = captured >> 2;
    if (captured <= SHORT) for (let i = 0; i < whole; i++) words[w + i] = view.getInt32(at + 4 * i, true);
    else this.#target.set(bytes.subarray(at, at + 4 * whole), w << 2);
    w += whole;
    const rest = captured & 3;
    if (rest) words[w++] = view.getInt32(at + 4 * whole, true) & ((1 << (8 * rest)) - 1);
    if (w & 1) words[w++] = 0;
    this.length = w << 2;
  }
}
