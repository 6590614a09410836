// REQ-DECODE-012
// gzip (RFC 1952) as a source: members one behind another, each a header, deflated data, CRC-32 and length.
//
// Not node:zlib's Gunzip: it throws away what it has when a file ends early or its checksum does not match. Here the
// framing is read apart from the data, so everything that inflates is handed on, and the damage is named.
import { crc32, createInflateRaw, type InflateRaw } from "node:zlib";
import type { ByteSource } from "./window.ts";

/** Deflate makes at most 1,032 bytes of one: what one step of input can hold in memory is bounded by this. */
const STEP = 16384;
const OUTPUT = 65536;

const CRC_OF_HEADER = 2;
const EXTRA = 4;
const NAME = 8;
const COMMENT = 16;

export const isGzip = (bytes: Uint8Array, length: number): boolean =>
  length >= 3 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;

/** @param offset of the compressed bytes */
export type Problem = (offset: number, what: string, expected: string) => void;

export class GunzipSource implements ByteSource {
  #from: ByteSource;
  #problem: Problem;
  #input: Uint8Array;
  #at = 0;
  #end = 0;
  #base = 0;
  #ready: Buffer[] = [];
  #members = this.#inflate();

  /** @param already the first bytes of `from`, which have been read to see what it is */
  constructor(from: ByteSource, already: Uint8Array, problem: Problem) {
    this.#from = from;
    this.#problem = problem;
    this.#input = new Uint8Array(Math.max(STEP, already.length));
    this.#input.set(already);
    this.#end = already.length;
  }

  async read(into: Uint8Array, at: number, length: number): Promise<number> {
    while (this.#ready.length === 0) if ((await this.#members.next()).done) return 0;
    const first = this.#ready[0]!;
    const step = Math.min(length, first.length);
    into.set(first.subarray(0, step), at);
    if (step < first.length) this.#ready[0] = first.subarray(step);
    else this.#ready.shift();
    return step;
  }

  close(): Promise<void> {
    return this.#from.close();
  }

  /** Works through all members; yields whenever #ready may have grown. */
  async *#inflate(): AsyncGenerator<void> {
    for (let member = 0; await this.#more(); member++) {
      const start = this.#base + this.#at;
      if (!(await this.#header())) {
        if (member === 0) this.#problem(start, "gzip header cut", "a whole header expected");
        else this.#problem(start, "bytes after the gzip data", "nothing or another gzip member expected");
        return;
      }
      if (!(yield* this.#body())) return;
    }
  }

  /** One member's data and what stands behind it; false when nothing more can be read. */
  async *#body(): AsyncGenerator<void, boolean> {
    const inflate = createInflateRaw({ chunkSize: OUTPUT });
    let sum = 0;
    let length = 0;
    inflate.on("data", (piece: Buffer) => {
      sum = crc32(piece, sum);
      length = (length + piece.length) >>> 0;
      this.#ready.push(piece);
    });
    const behind = new Behind();
    let failure: Error | undefined;
    let ended = false;
    try {
      while (!ended && !failure) {
        if (!(await this.#more())) {
          this.#problem(this.#base + this.#at, "gzip data cut", "more of it expected");
          return false;
        }
        const before = inflate.bytesWritten;
        const input = this.#input.slice(this.#at, this.#end);
        const step = await inflateStep(inflate, input);
        ended = step === "ended";
        if (step instanceof Error) {
          failure = step;
          this.#at += await behind.upTo(input, (piece) => this.#ready.push(piece));
        } else {
          this.#at += inflate.bytesWritten - before;
          if (!ended) await behind.follow(input);
        }
        yield;
      }
    } finally {
      inflate.close();
      await behind.close();
    }
    if (failure) {
      this.#problem(this.#base + this.#at, "gzip data", `deflated bytes expected (${failure.message})`);
      return false;
    }
    const end = this.#base + this.#at;
    const found = [await this.#number(), await this.#number()];
    if (found[1] === undefined) this.#problem(end, "gzip trailer cut", "8 bytes expected");
    else if (found[0] !== sum) this.#problem(end, "gzip checksum", `${hex(sum)} expected, ${hex(found[0]!)} found`);
    else if (found[1] !== length) this.#problem(end + 4, "gzip length", `${length} expected, ${found[1]} found`);
    return true;
  }

  /** Whether there is input. */
  async #more(): Promise<boolean> {
    if (this.#at < this.#end) return true;
    this.#base += this.#end;
    this.#at = 0;
    this.#end = await this.#from.read(this.#input, 0, STEP);
    return this.#end > 0;
  }

  async #byte(): Promise<number | undefined> {
    return (await this.#more()) ? this.#input[this.#at++] : undefined;
  }

  async #number(): Promise<number | undefined> {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const byte = await this.#byte();
      if (byte === undefined) return undefined;
      value += byte * 256 ** i;
    }
    return value;
  }

  /** RFC 1952 section 2.3; false when it is none or cut. */
  async #header(): Promise<boolean> {
    const fixed: (number | undefined)[] = [];
    for (let i = 0; i < 10; i++) fixed.push(await this.#byte());
    const flags = fixed[3];
    if (fixed[9] === undefined || flags === undefined) return false;
    if (fixed[0] !== 0x1f || fixed[1] !== 0x8b || fixed[2] !== 8) return false;
    if (flags & EXTRA) {
      const [low, high] = [await this.#byte(), await this.#byte()];
      if (low === undefined || high === undefined) return false;
      for (let i = low + 256 * high; i > 0; i--) if ((await this.#byte()) === undefined) return false;
    }
    for (const text of [NAME, COMMENT])
      for (let byte: number | undefined = flags & text; byte !== 0; ) {
        byte = await this.#byte();
        if (byte === undefined) return false;
      }
    if (flags & CRC_OF_HEADER) for (let i = 0; i < 2; i++) if ((await this.#byte()) === undefined) return false;
    return true;
  }
}

/**
 * The same data one step later. When a step does not inflate, node:zlib throws away what had been made of its good beginning,
 * which depends on how the bytes came. This one is then given that step byte by byte, and hands on what they make.
 */
class Behind {
  readonly #inflate = createInflateRaw({ chunkSize: OUTPUT });
  #taking: Promise<unknown> = Promise.resolve();

  constructor() {
    this.#inflate.resume(); // what it makes was handed on before
  }

  /** Takes input that inflates; resolves when it has taken what it was given before. */
  async follow(input: Uint8Array): Promise<void> {
    await this.#taking;
    this.#taking = inflateStep(this.#inflate, input);
  }

  /** Takes input that does not inflate up to where it does; returns how many bytes that are. */
  async upTo(input: Uint8Array, take: (piece: Buffer) => void): Promise<number> {
    await this.#taking;
    this.#inflate.on("data", take);
    for (let at = 0; at < input.length; at++)
      if ((await inflateStep(this.#inflate, input.subarray(at, at + 1))) !== "taken") return at;
    return input.length;
  }

  async close(): Promise<void> {
    await this.#taking;
    this.#inflate.close();
  }
}

/** Gives a piece to zlib and waits until it has made what it can of it. */
function inflateStep(inflate: InflateRaw, piece: Uint8Array): Promise<"taken" | "ended" | Error> {
  return new Promise((resolve) => {
    const done = (result: "taken" | "ended" | Error) => {
      inflate.off("end", onEnd);
      inflate.off("error", onError);
      resolve(result);
    };
    const onEnd = () => done("ended");
    const onError = (error: Error) => done(error);
    inflate.once("end", onEnd);
    inflate.once("error", onError);
    inflate.write(piece, (error) => done(error ?? "taken"));
  });
}

const hex = (value: number) => (value >>> 0).toString(16).padStart(8, "0");
