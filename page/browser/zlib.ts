/** node:zlib for the worker, as captures/gunzip.ts uses it: raw inflating in steps, and the checksum. */
import { Inflate } from "pako";

type Listener = (value?: never) => void;

class InflateRaw {
  bytesWritten = 0;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #inflate: Inflate;

  constructor(chunkSize: number) {
    this.#inflate = new Inflate({ raw: true, chunkSize });
    this.#inflate.onData = (piece: Uint8Array) => this.#emit("data", Buffer.from(piece));
    this.#inflate.onEnd = () => {};
  }

  on(event: string, listener: Listener): this {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(listener));
    return this;
  }
  once = this.on;
  off(event: string, listener: Listener): void {
    this.#listeners.get(event)?.delete(listener);
  }
  close(): void {}

  write(piece: Uint8Array, taken: () => void): void {
    this.#inflate.push(piece, false);
    const { avail_in } = (this.#inflate as unknown as { strm: { avail_in: number } }).strm;
    this.bytesWritten += piece.length - avail_in;
    if (this.#inflate.err < 0) this.#emit("error", new Error(this.#inflate.msg || `error ${this.#inflate.err}`));
    else if (this.#inflate.ended) this.#emit("end");
    else taken();
  }

  #emit(event: string, value?: unknown): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(value as never);
  }
}

export const createInflateRaw = ({ chunkSize }: { chunkSize: number }) => new InflateRaw(chunkSize);

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** RFC 1952, section 8. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let c = ~before;
  for (const byte of bytes) c = TABLE[(c ^ byte) & 255]! ^ (c >>> 8);
  return ~c >>> 0;
}
