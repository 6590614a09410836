// REQ-GROUND-006, REQ-LOG-010, REQ-LOG-014
/**
 * A file of lines that begins anew when it has become too long or too old: NAME becomes NAME.1, that NAME.2, and so on.
 *
 * It has whole lines or none of them: what a full disk took half of is taken back, and waits for room.
 */
import { closeSync, existsSync, fstatSync, ftruncateSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
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
/** Bytes that wait for room on a full disk, at most; lines that come then are left out, and counted. */
const WAITING = 8 << 20;
/** Bytes of a line, at most: so far back is looked for the end of the last whole one. */
const LONGEST = 1 << 16;

export class RotatingFile {
  readonly path: string;
  /** Why nothing can be written just now (a full disk): what comes waits. */
  trouble: string | undefined;
  /** Why it cannot begin anew just now: it goes on, longer or older than it should become, and each flush() tries again. */
  overdue: string | undefined;
  /** Lines that were left out because too many were waiting. */
  leftOut = 0;
  /** Bytes of half a line that another process had left at the end, and that are gone. */
  readonly cut: number;
  readonly #rotation: Rotation;
  #fd: number | undefined;
  #size: number;
  /** What it had before a write that failed, where that is still to be taken back. */
  #whole: number | undefined;
  #since: number;
  #lines: Uint8Array[] = [];
  #held = 0;

  /** Goes on behind what is there. @param now ms @throws Error when it cannot be opened */
  constructor(path: string, rotation: Rotation, now = 0) {
    this.path = path;
    this.#rotation = rotation;
    this.#fd = openOwn(path, "append");
    const { size } = fstatSync(this.#fd);
    this.#size = wholeLines(this.#fd, size);
    this.cut = size - this.#size;
    if (this.cut) ftruncateSync(this.#fd, this.#size);
    this.#since = now;
  }

  /** @param line without its line end */
  write(line: Uint8Array): void {
    const { bytes = Infinity } = this.#rotation;
    const before = this.#size + this.#held;
    if (before > 0 && before + line.length + 1 > bytes && !this.trouble && this.overdue === undefined) {
      this.flush();
      if (!this.trouble) this.#rotate();
    }
    if (this.#held > WAITING) {
      this.leftOut++;
      return;
    }
    this.#lines.push(line, NEWLINE);
    this.#held += line.length + 1;
    if (this.#held >= HELD && !this.trouble) this.flush();
  }

  /** Whether all that was written is in the file. */
  get isWritten(): boolean {
    return this.#held === 0;
  }

  /** Puts into the file what was held back; begins a new one when it is time. */
  flush(now = this.#since): void {
    if ((this.#held || this.trouble) && !this.#put(Buffer.concat(this.#lines))) return;
    this.trouble = undefined;
    this.#lines = [];
    this.#held = 0;
    const { age = Infinity } = this.#rotation;
    const isOld = now - this.#since >= age;
    if (isOld) this.#since = now;
    if ((isOld && this.#size) || this.overdue !== undefined) this.#rotate();
  }

  close(): void {
    this.flush();
    this.leftOut += this.#lines.length / 2;
    if (this.#fd !== undefined) closeSync(this.#fd);
  }

  /** All of it or nothing. */
  #put(bytes: Buffer): boolean {
    try {
      this.#fd ??= openOwn(this.path, "append");
      this.#takeBack(this.#fd);
      this.#whole = fstatSync(this.#fd).size;
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
      this.#whole = undefined;
      this.#size += bytes.length;
      return true;
    } catch (error) {
      this.trouble = (error as Error).message;
      try {
        if (this.#fd !== undefined) this.#takeBack(this.#fd);
      } catch {
        // then before anything else is written
      }
      return false;
    }
  }

  #takeBack(fd: number): void {
    if (this.#whole !== undefined) ftruncateSync(fd, this.#whole);
    this.#whole = undefined;
  }

  #rotate(): void {
    try {
      this.#rename();
      this.overdue = undefined;
    } catch (error) {
      this.overdue = (error as Error).message;
      return;
    }
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#size = 0;
    this.#put(Buffer.alloc(0));
  }

  /** Only up to the first number that is free: what a rename that failed has left apart is not lost by the next. */
  #rename(): void {
    const { keep } = this.#rotation;
    const name = (n: number) => (n === 0 ? this.path : `${this.path}.${n}`);
    let free = 0;
    while (free <= keep && existsSync(name(free))) free++;
    if (free > keep) rmSync(name(keep));
    for (let n = Math.min(free, keep) - 1; n >= 0; n--) renameSync(name(n), name(n + 1));
  }
}

/** Bytes of a file up to the end of its last whole line. */
function wholeLines(fd: number, size: number): number {
  const tail = Buffer.alloc(Math.min(size, LONGEST));
  readSync(fd, tail, 0, tail.length, size - tail.length);
  return size - tail.length + tail.lastIndexOf(10) + 1;
}

const NEWLINE = Buffer.from("\n");
