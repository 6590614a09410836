/** Files that hold keys: nobody but their owner reads them, or this says so. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** The bits of a file's mode that let group and others read, write or run it. */
const OTHERS = 0o077;

/** Why somebody else can read a file of this mode; undefined when nobody can. Where modes mean nothing (Windows) nobody is said to. */
export function exposed(mode: number): string | undefined {
  if (process.platform === "win32" || (mode & OTHERS) === 0) return undefined;
  return `holds a key and has mode ${(mode & 0o777).toString(8).padStart(4, "0")}: expected 0600 (chmod 600)`;
}

/**
 * The text of a file with a key in it.
 * @param most bytes; a longer file is none
 * @throws Error `path: why` when it cannot be read, is no ordinary file, is longer, or others can read it
 */
export function readSecret(path: string, most: number): string {
  const fd = openSync(path, "r");
  try {
    const status = fstatSync(fd);
    if (!status.isFile() || status.size > most) throw new Error(`${path}: expected a file of at most ${most} bytes`);
    const why = exposed(status.mode);
    if (why) throw new Error(`${path}: ${why}`);
    const bytes = Buffer.alloc(status.size);
    return bytes.toString("latin1", 0, readSync(fd, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(fd);
  }
}
