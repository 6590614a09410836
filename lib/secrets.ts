/** Files that hold keys: nobody but their owner reads them, or this says so. */
import { bytesOf, opened, Unusable } from "./files.ts";

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
  return opened(path, "file", (fd, { size, mode }) => {
    if (size > most) throw new Unusable(`${path}: expected a file of at most ${most} bytes`);
    const why = exposed(mode);
    if (why) throw new Unusable(`${path}: ${why}`);
    return bytesOf(fd, size, most, path).toString("latin1");
  });
}
