// REQ-DECODE-032
// Zstandard (RFC 8878) as a source: frames one behind another, and those that are to be skipped. libzstd does the work, as
// WebAssembly (zstddec): it verifies checksums and refuses windows over 128 MiB, so memory is bounded.
//
// It is given as much as it asks for, a header or a block at a time: so what stands in front of damage is handed on, and the
// damage has the same offset however the bytes come.
import { ZSTDDecoder } from "zstddec/stream";
import type { Problem } from "./gunzip.ts";
import type { ByteSource } from "./window.ts";

/** What libzstd makes of a block fits in once; what is asked for at once, a block and a header, too. */
const MOST = (128 << 10) + 64;
const BLOCK_HEADER = 3;
const CHECKSUM = 4;
const FRAME_HEADER = 5;
/** Errors are the last numbers of 32 bits (zstd_errors.h). */
const FIRST_ERROR = 2 ** 32 - 120;

const ERRORS: Record<number, [what: string, expected: string]> = {
  10: ["bytes after the zstd data", "nothing or another frame expected"],
  16: ["zstd window", "at most 128 MiB expected"],
  22: ["zstd checksum", "that of the content expected"],
  32: ["zstd dictionary", "a frame without one expected"],
};

const MAGIC = 0xfd2fb528;
const isSkippable = (magic: number) => magic >>> 4 === 0x184d2a5;

export function isZstd(bytes: Uint8Array, length: number): boolean {
  if (length < 8) return false;
  const magic = (bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16) | (bytes[3]! << 24)) >>> 0;
  return magic === MAGIC || isSkippable(magic);
}

interface Library {
  memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  free(address: number): void;
  ZSTD_createDCtx(): number;
  ZSTD_freeDCtx(context: number): void;
  /** @returns bytes that are asked for next, 0 at the end of a frame, or an error */
  ZSTD_decompressStream(context: number, output: number, input: number): number;
}

let library: Promise<Library> | undefined;

/** libzstd's functions. The package's own loop around them does not look at errors: it would take damage for content. */
function load(): Promise<Library> {
  library ??= (async () => {
    const decoder = new ZSTDDecoder();
    const loaded = decoder._init;
    let functions: unknown;
    decoder._init = (result) => {
      loaded(result);
      functions = result.instance.exports;
    };
    await decoder.init();
    return functions as Library;
  })();
  return library;
}

/** In libzstd's memory: the two descriptions (address, size, position), what goes in, what comes out. */
const OUTPUT = 0;
const INPUT = 12;
const IN = 24;
const OUT = IN + MOST;

/** What is asked for, without the header behind a block. */
const withoutNext = (asked: number) => (asked > CHECKSUM ? asked - BLOCK_HEADER : asked);

export class ZstdSource implements ByteSource {
  readonly #from: ByteSource;
  readonly #problem: Problem;
  #library: Library | undefined;
  #context = 0;
  #place = 0;
  /** What was read, and how much of it was given to libzstd. */
  #input: Uint8Array;
  #at = 0;
  #end: number;
  #base = 0;
  /** What is made and not handed on yet. */
  #out = 0;
  #outEnd = 0;
  #asked = 0;
  #ended = false;

  /** @param already the first bytes of `from`, which have been read to see what it is */
  constructor(from: ByteSource, already: Uint8Array, problem: Problem) {
    this.#from = from;
    this.#problem = problem;
    this.#input = new Uint8Array(Math.max(1 << 16, already.length));
    this.#input.set(already);
    this.#end = already.length;
  }

  async read(into: Uint8Array, at: number, length: number): Promise<number> {
    if (this.#ended) return 0;
    if (!this.#library) {
      this.#library = await load();
      this.#context = this.#library.ZSTD_createDCtx();
      this.#place = this.#library.malloc(OUT + MOST);
    }
    while (this.#out === this.#outEnd) if (!(await this.#step())) return this.#free();
    const step = Math.min(length, this.#outEnd - this.#out);
    const from = this.#place + OUT + this.#out;
    into.set(new Uint8Array(this.#library.memory.buffer, from, step), at);
    this.#out += step;
    return step;
  }

  close(): Promise<void> {
    this.#free();
    return this.#from.close();
  }

  #free(): 0 {
    this.#ended = true;
    this.#library?.ZSTD_freeDCtx(this.#context);
    this.#library?.free(this.#place);
    this.#library = undefined;
    return 0;
  }

  /** Gives libzstd what it asked for; false at the end. */
  async #step(): Promise<boolean> {
    const { memory, ZSTD_decompressStream } = this.#library!;
    const start = this.#base + this.#at;
    // It asks for a block and the header behind it: one after the other, or damage of the header would cost the block.
    const length = await this.#give(this.#asked === 0 ? FRAME_HEADER : Math.min(MOST, withoutNext(this.#asked)));
    if (length === 0) {
      if (this.#asked > 0) this.#problem(start, "zstd data cut", "more of it expected");
      return false;
    }
    let view = new DataView(memory.buffer, this.#place);
    for (const [of, place, size] of [
      [OUTPUT, OUT, MOST],
      [INPUT, IN, length],
    ] as const) {
      view.setUint32(of, this.#place + place, true);
      view.setUint32(of + 4, size, true);
      view.setUint32(of + 8, 0, true);
    }
    const answer = ZSTD_decompressStream(this.#context, this.#place + OUTPUT, this.#place + INPUT) >>> 0;
    view = new DataView(memory.buffer, this.#place); // it may have grown
    if (answer > FIRST_ERROR || view.getUint32(INPUT + 8, true) < length) {
      const code = 2 ** 32 - answer;
      const [what, expected] = ERRORS[code] ?? ["zstd data", "a whole frame expected"];
      this.#problem(start, what, expected);
      return false;
    }
    this.#asked = answer;
    this.#out = 0;
    this.#outEnd = view.getUint32(OUTPUT + 8, true);
    return true;
  }

  /** Lays so many bytes of the input before libzstd, fewer at its end; returns how many. */
  async #give(length: number): Promise<number> {
    let given = 0;
    while (given < length) {
      if (this.#at === this.#end) {
        this.#base += this.#end;
        this.#at = 0;
        this.#end = await this.#from.read(this.#input, 0, this.#input.length);
        if (this.#end === 0) break;
      }
      const step = Math.min(length - given, this.#end - this.#at);
      const piece = this.#input.subarray(this.#at, this.#at + step);
      new Uint8Array(this.#library!.memory.buffer).set(piece, this.#place + IN + given);
      this.#at += step;
      given += step;
    }
    return given;
  }
}
