// REQ-GROUND-012
// The part of a source that is in memory: formats read in it, fill() moves it along. Its size bounds the memory that any
// file can take, whatever lengths it announces.

/** Bytes in order: a file, standard input, what gunzip makes of either. */
export interface ByteSource {
  /** Puts up to `length` bytes at into[at..]; how many, 0 at the end. */
  read(into: Uint8Array, at: number, length: number): Promise<number>;
  close(): Promise<void>;
}

const CAPACITY = 1 << 20;

/** The most that a format may ask to have in memory at once. */
export const MAX_CONTIGUOUS = CAPACITY / 2;

export class Window {
  /** A few bytes more than are ever filled: a loop over words may read past a packet's end. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  /** bytes[at..end) is read from the source and not yet worked through. */
  at = 0;
  end = 0;
  /** The source has nothing behind `end`. */
  ended = false;
  #source: ByteSource | undefined;
  #base = 0;

  /** @param bytes CAPACITY + 8 of them */
  constructor(bytes: Uint8Array<ArrayBuffer> = new Uint8Array(CAPACITY + 8)) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Starts over with another source. */
  open(source: ByteSource): void {
    this.#source = source;
    this.at = this.end = this.#base = 0;
    this.ended = false;
  }

  /** Where bytes[at] stands in the source. */
  offset(at: number = this.at): number {
    return this.#base + at;
  }

  /** Reads until `need` bytes from `at` are there, or the source ends. */
  async fill(need: number): Promise<void> {
    if (need > MAX_CONTIGUOUS) throw new RangeError(`${need} bytes requested, at most ${MAX_CONTIGUOUS} are possible`);
    if (this.at > 0) {
      this.bytes.copyWithin(0, this.at, this.end);
      this.#base += this.at;
      this.end -= this.at;
      this.at = 0;
    }
    while (!this.ended && this.end < need) {
      const got = await this.#source!.read(this.bytes, this.end, CAPACITY - this.end);
      if (got === 0) this.ended = true;
      this.end += got;
    }
  }
}
