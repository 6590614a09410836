// Where bytes come from: files and standard input. (What gunzip makes of them: gunzip.ts.)
import { readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import type { ByteSource } from "./window.ts";

const BREATH = 16 << 20; // bytes between two turns of the event loop: signals and the progress bar want their own

export class FileSource implements ByteSource {
  /** Bytes read so far, and how many the file had when it was opened (0: not a regular file). */
  done = 0;
  readonly size: number;
  #handle: FileHandle;

  private constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.size = size;
  }

  /** @throws what open() throws: no such file, no permission */
  static async open(path: string | Buffer): Promise<FileSource> {
    const handle = await open(path, "r");
    const stat = await handle.stat();
    return new FileSource(handle, stat.isFile() ? stat.size : 0);
  }

  async read(into: Uint8Array, at: number, length: number): Promise<number> {
    if (this.size === 0) {
      const { bytesRead } = await this.#handle.read(into, at, length, null);
      this.done += bytesRead;
      return bytesRead;
    }
    // A regular file is most often in the page cache: waiting for another thread to copy it would take longer.
    const bytes = readSync(this.#handle.fd, into, at, length, null);
    if ((this.done + bytes) % BREATH < bytes) await setImmediate();
    this.done += bytes;
    return bytes;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Standard input, or any other stream of bytes. */
export class StreamSource implements ByteSource {
  done = 0;
  readonly size = 0;
  #stream: Readable;
  #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(stream: Readable) {
    this.#stream = stream;
    this.#chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  }

  async read(into: Uint8Array, at: number, length: number): Promise<number> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done) return 0;
      this.#rest = next.value;
    }
    const step = Math.min(length, this.#rest.length);
    into.set(this.#rest.subarray(0, step), at);
    this.#rest = this.#rest.subarray(step);
    this.done += step;
    return step;
  }

  async close(): Promise<void> {
    this.#stream.destroy();
  }
}
