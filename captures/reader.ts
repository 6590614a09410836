// REQ-GROUND-011
// Reads captures as batches of records: one CaptureReader for a run, whatever files it consists of.
import { stdin } from "node:process";
import type { Readable } from "node:stream";
import { RecordBatch } from "./batch.ts";
import { InputError } from "./damage.ts";
import type { Filter } from "./filter/filter.ts";
import { FULL, type ReadRecords, STOP } from "./format.ts";
import { firstBytes, SNIFF, tellFormat } from "./formats.ts";
import { GunzipSource, isGzip, type Problem } from "./gunzip.ts";
import type { Hints } from "./hints.ts";
import { type Input, listInputs, reason } from "./inputs.ts";
import { Layer } from "./layer.ts";
import { FileSource, StreamSource } from "./source.ts";
import { FileSummary, RunSummary } from "./summary.ts";
import { type ByteSource, Window } from "./window.ts";
import { isZstd, ZstdSource } from "./zstd.ts";

export interface CaptureOptions {
  /** Folders inside folders too. */
  recursive?: boolean;
  /** Only frames that match are handed on; all are counted and numbered. */
  filter?: Filter;
  /** Looks at what is handed on. */
  hints?: Hints;
  /** What `-` stands for; standard input without it. */
  stdin?: Readable;
}

interface OpenFile {
  input: Input;
  summary: FileSummary;
  raw: FileSource | StreamSource;
  source: ByteSource;
  read: ReadRecords;
}

/** What a compressed file holds, told by its first bytes; undefined when it is not compressed. */
function expandedOf(raw: ByteSource, first: Uint8Array, problem: Problem): ByteSource | undefined {
  if (isGzip(first, first.length)) return new GunzipSource(raw, first, problem);
  if (isZstd(first, first.length)) return new ZstdSource(raw, first, problem);
  return undefined;
}

/** Neither Node nor a browser reads LZ4, and no library that is kept well. */
const LZ4 = ["04 22 4d 18", "02 21 4c 18"];

const noCapture = (begins: string): string =>
  LZ4.includes(begins)
    ? "LZ4 is not read; lz4 -d makes a capture of it"
    : `pcap, pcapng, Chapter 10 or gzip, zstd of them expected, begins ${begins}`;

/**
 * A run over captures. fill() again and again until it returns 0; then `summary` is complete. Memory is bounded whatever
 * the files hold; nothing in a file makes it throw.
 */
export class CaptureReader {
  readonly summary = new RunSummary();
  /** Files of the run in the order they are read. */
  readonly inputs: readonly Input[];
  #stdin: Readable | undefined;
  readonly #filter: Filter | undefined;
  readonly #hints: Hints | undefined;
  #next = 0;
  #open: OpenFile | undefined;
  readonly #layer: Layer;
  readonly #window: Window;
  #batch = new RecordBatch();
  #bytesClosed = 0;
  #filling = false;
  #closed = false;

  private constructor(inputs: Input[], options: CaptureOptions, layer: Layer) {
    this.inputs = inputs;
    this.#layer = layer;
    this.#window = new Window(layer.bytes);
    this.#stdin = options.stdin;
    this.#filter = options.filter;
    this.#hints = options.hints;
  }

  /**
   * @param paths files, folders, `-`
   * @throws InputError (exit code 1) when one of them does not exist or cannot be opened
   */
  static async open(paths: string[], options: CaptureOptions = {}): Promise<CaptureReader> {
    const skipped: RunSummary["skipped"] = [];
    const reader = new CaptureReader(
      await listInputs(paths, options.recursive ?? false, skipped),
      options,
      await Layer.create(),
    );
    reader.summary.skipped.push(...skipped);
    return reader;
  }

  /** The file that the last batch came from (a batch never spans two), or that is being read; "" before the first. */
  get file(): string {
    return this.#open?.summary.file ?? "";
  }

  /** How far the run is, for a progress bar: bytes of the files as they lie on the disk. */
  get progress(): { bytes: number; packets: number } {
    const packets = this.summary.packets + (this.#open?.summary.packets ?? 0);
    return { bytes: this.#bytesClosed + (this.#open?.raw.done ?? 0), packets };
  }

  /**
   * Lays the next records into the target (at least 66,592 bytes, at a multiple of 8) and returns how many bytes they
   * take, 0 at the end of the run. Returns what there is rather than wait for more.
   */
  async fill(target: Uint8Array): Promise<number> {
    this.#filling = true;
    for (;;) {
      const length = await this.#fill(target);
      const left = length === 0 || !this.#filter ? length : this.#filter.run(target, length);
      if (length !== 0 && left === 0) continue;
      this.#hints?.look(target, left);
      this.#filling = false;
      return left;
    }
  }

  async #fill(target: Uint8Array): Promise<number> {
    const batch = this.#batch;
    batch.begin(target);
    for (;;) {
      if (!this.#open && !(await this.#openNext())) return 0;
      const result = this.#open!.read(this.#window, batch);
      if (result === FULL) return batch.length;
      if (result === STOP) this.#open!.read = () => STOP; // what ended it is noted once
      if (batch.length > 0) return batch.length; // the file is read on, or closed, when it comes to that
      if (result === STOP) await this.#closeFile();
      else await this.#readMore(result);
    }
  }

  /** Leaves the run; `summary` has what was read until now. */
  async close(): Promise<void> {
    this.#next = this.inputs.length;
    if (this.#open) await this.#closeFile();
    // A fill() still in flight may write into this memory: do not recycle it.
    if (!this.#filling && !this.#closed) this.#layer.release();
    this.#closed = true;
  }

  async #readMore(need: number): Promise<void> {
    try {
      await this.#window.fill(need);
    } catch (error) {
      // The disk, not the content: what was read stands.
      this.#open!.summary.damaged(this.#window.offset(), "file", `reading failed: ${reason(error as Error)}`);
      this.#window.ended = true;
    }
  }

  /** Opens the next file that is a capture; false when there is none. */
  async #openNext(): Promise<boolean> {
    while (this.#next < this.inputs.length) {
      const input = this.inputs[this.#next++]!;
      const raw = await this.#openSource(input);
      if (!raw) continue;
      const summary = new FileSummary(input.name);
      this.#open = { input, summary, raw, source: raw, read: () => STOP };
      const window = this.#window;
      window.open(raw);
      await this.#readMore(SNIFF);
      const expanded = expandedOf(raw, window.bytes.slice(0, window.end), (offset, what, expected) =>
        summary.damaged(offset, what, `${expected} (offset of the compressed bytes)`),
      );
      if (expanded) {
        summary.compressed = true;
        this.#open.source = expanded;
        window.open(expanded);
        await this.#readMore(SNIFF);
      }
      const read = tellFormat(window, input.name, summary, this.#layer);
      if (read) {
        this.#open.read = read;
        return true;
      }
      const why = window.end === 0 ? "empty" : noCapture(firstBytes(window));
      if (input.found) {
        this.summary.skipped.push({ file: input.name, why });
        this.#bytesClosed += raw.done;
        this.#open = undefined;
        await raw.close();
      } else {
        summary.damaged(0, "not a capture", why);
        await this.#closeFile();
      }
    }
    return false;
  }

  async #openSource(input: Input): Promise<FileSource | StreamSource | undefined> {
    if (!input.path) return new StreamSource(this.#stdin ?? stdin);
    try {
      return await FileSource.open(input.path);
    } catch (error) {
      const why = reason(error as Error);
      if (!input.found) throw new InputError(`${input.name}: cannot be read: ${why}`);
      this.summary.skipped.push({ file: input.name, why });
      return undefined;
    }
  }

  async #closeFile(): Promise<void> {
    const { summary, raw, source } = this.#open!;
    const left = this.#window.end - this.#window.at;
    if (summary.damages > 0 && !summary.compressed) summary.unread = left + Math.max(0, raw.size - raw.done);
    this.#bytesClosed += raw.done;
    this.#open = undefined;
    this.summary.add(summary);
    await source.close();
  }
}
