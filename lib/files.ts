// REQ-GROUND-005, REQ-GROUND-006
/**
 * Files that others hand over, or name in what they hand over: a device or a pipe among them must not make a command hang, a
 * long one not fill the memory, and what is written goes where it was said and through no link that somebody laid there.
 */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { written } from "./starts.ts";

/** Bytes of a text that people write: policies, interface-control files, threshold.config. */
export const MOST_WRITTEN = 16 << 20;
/** Bytes of a text that programs write: baselines, labels. A string of Node's holds 512 MiB. */
export const MOST_MADE = 256 << 20;

const { O_RDONLY, O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;

/**
 * Reads UTF-8 text. A pipe will do where somebody gave it on the command line; a file that is named inside another file must
 * be a regular one.
 * @throws Error `path: why` when it cannot be read, is no file, or has more than `most` bytes
 */
export function readText(path: string, most: number, from: Origin = "command line"): string {
  return opened(path, from, (fd, { size }) => bytesOf(fd, size, most, path).toString("utf8"));
}

type Origin = "command line" | "file";

/**
 * What `use` makes of a file that is open to be read, and that is one.
 * @throws Error `path: why`; what `use` throws for people is an Unusable
 */
export function opened<T>(path: string, from: Origin, use: (fd: number, status: Stats) => T): T {
  let fd: number | undefined;
  try {
    // Opening a pipe that nobody writes to would wait for ever
    fd = openSync(path, O_RDONLY | (from === "file" ? O_NONBLOCK : 0));
    const stat = fstatSync(fd);
    if (stat.isDirectory()) throw new Unusable(`${path}: cannot be read (EISDIR)`);
    if (!stat.isFile() && (from === "file" || !stat.isFIFO()))
      throw new Unusable(`${path}: a device or a pipe, expected a file`);
    return use(fd, stat);
  } catch (error) {
    if (error instanceof Unusable) throw new Error(error.message);
    throw new Error(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

export class Unusable extends Error {}

/** @throws Unusable when there are more than `most` */
export function bytesOf(fd: number, size: number, most: number, path: string): Buffer {
  const parts: Buffer[] = [];
  for (let sum = 0; ; ) {
    if (sum > most || size > most)
      throw new Unusable(`${path}: ${size > most ? `${size} bytes` : "longer"}, expected at most ${most} bytes`);
    const part = Buffer.allocUnsafe(Math.min(Math.max(size - sum, 1 << 16), 1 << 24));
    const n = readSync(fd, part, 0, part.length, null);
    if (n === 0) return Buffer.concat(parts);
    parts.push(part.subarray(0, n));
    sum += n;
  }
}

interface Writing {
  /** As far as the umask lets. */
  mode?: number;
  /** A power failure does not take it back once this returns. */
  lasting?: boolean;
  /** Other processes may write the same file at the same time: the last of them has written it. */
  shared?: boolean;
}

/** Writes a file whole or not at all: beside it first, and never through a link. */
export function writeWhole(
  path: string,
  content: string | Uint8Array,
  { mode = 0o666, lasting = false, shared = false }: Writing = {},
): void {
  const beside = shared ? `${path}.${process.pid}.part` : `${path}.part`;
  rmSync(beside, { force: true });
  try {
    const fd = openSync(beside, "wx", mode);
    try {
      writeFileSync(fd, content);
      if (lasting) fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  if (lasting) written(dirname(path));
}

/**
 * Opens a file of a folder that is ours to write in; made where there is none.
 * @throws Error when there is a link or a device of that name
 */
export function openOwn(path: string, how: "anew" | "append"): number {
  let fd: number;
  try {
    // Truncated only when it is known to be a file; opening a pipe does not wait. What is in there is for its owner: addresses, names
    fd = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | (how === "append" ? O_APPEND : 0), 0o600);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(
      code === "ELOOP" || code === "ENXIO" ? NOT_A_FILE(path) : `${path}: cannot be written (${code ?? message})`,
    );
  }
  if (!fstatSync(fd).isFile()) {
    closeSync(fd);
    throw new Error(NOT_A_FILE(path));
  }
  if (how === "anew") ftruncateSync(fd);
  return fd;
}

const NOT_A_FILE = (path: string) => `${path}: a link, a pipe or a device, expected a file or nothing`;
