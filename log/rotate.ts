// REQ-GROUND-006, REQ-LOG-010
/** A file of lines that begins anew when it has become too long or too old: NAME becomes NAME.1, that NAME.2, and so on. */
import { closeSync, existsSync, fstatSync, renameSync, rmSync, writeSync } from "node:fs";
import { openOwn } from "../lib/files.ts";

export interface Rotation {
  /** Bytes that a file may have; a line longer than that has a file of its own. */
  bytes?: number | undefined;
  /** Milliseconds that a file may be written to. */
  age?: number | undefined;
  /** Earlier files that stay. */
  keep: number;
}

/** Bytes that are held back until the next flush(), at most. */
const HELD = 1 << 18;

export class RotatingFile {
  readonly #path: string;
  readonly #rotation: Rotation;
  #fd: number;
  #size: number;
  #since: number;
  #lines: Uint8Array[] = [];
  #held = 0;

  /** Goes on behind what is there. @param now ms */
  constructor(path: string, rotation: Rotation, now = 0) {
    this.#path = path;
    this.#rotation = rotation;
    this.#fd = openOwn(path, "append");
    this.#size = fstatSync(this.#fd).size;
    this.#since = now;
  }

  /** @param line without its line end */
  write(line: Uint8Array): void {
    const { bytes } = this.#rotation;
    if (bytes !== undefined && this.#size + this.#held > 0 && this.#size + this.#held + line.length + 1 > bytes) {
      this.flush();
      this.#rotate();
    }
    this.#lines.push(line, NEWLINE);
    this.#held += line.length + 1;
    if (this.#held >= HELD) this.flush();
  }

  /** Puts into the file what was held back; begins a new one when it is time. */
  flush(now = this.#since): void {
    if (this.#held) {
      const bytes = Buffer.concat(this.#lines);
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
      this.#size += bytes.length;
      this.#lines = [];
      this.#held = 0;
    }
    const { age } = this.#rotation;
    if (age === undefined || now - this.#since < age) return;
    this.#since = now;
    if (this.#size) this.#rotate();
  }

  close(): void {
    this.flush();
    closeSync(this.#fd);
  }

  #rotate(): void {
    closeSync(this.#fd);
    const { keep } = this.#rotation;
    const name = (n: number) => (n === 0 ? this.#path : `${this.#path}.${n}`);
    for (let n = keep; n >= 0; n--) {
      if (!existsSync(name(n))) continue;
      if (n === keep) rmSync(name(n));
      else renameSync(name(n), name(n + 1));
    }
    this.#fd = openOwn(this.#path, "append");
    this.#size = 0;
  }
}

const NEWLINE = Buffer.from("\n");
