// REQ-LOG-012
/**
 * Numbers of starts, which grow whatever the clock does: a folder with one empty file for each of the last few numbers, whose name is
 * the number. Making a file that must not exist yet is what two processes cannot both do, and it needs no lock that a killed process
 * would leave behind.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Files that stay: who lists the folder while others take numbers sees one of the latest in any case. */
const KEPT = 4;

/**
 * Takes the next number: `least`, or one more than the greatest in the folder. It is on the disk before this returns.
 * @param most the greatest number that whoever reads it can hold
 * @throws Error `folder: why` when no number can be kept there, or all are taken
 */
export function nextStart(folder: string, least: bigint, most: bigint): bigint {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (;;) {
      const taken = numbersIn(folder);
      const n = taken[0] === undefined || taken[0] < least ? least : taken[0] + 1n;
      if (n > most) throw new Error(`${folder}: contains ${taken[0]}, expected numbers below ${most}`);
      if (!isMade(join(folder, String(n)))) continue;
      // Whoever listed the folder long ago may have made a file that others have made and removed since
      if (numbersIn(folder)[0] !== n) continue;
      for (const old of taken.slice(KEPT - 1)) rmSync(join(folder, String(old)), { force: true });
      written(folder);
      return n;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Error(`${folder}: the number of this start cannot be kept there (${code})`);
  }
}

/** Numbers of a folder's files that are named NUMBER and `suffix`, the greatest first. */
export function numbersIn(folder: string, suffix = ""): bigint[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(suffix));
  const numbers = names.map((name) => name.slice(0, name.length - suffix.length));
  return numbers
    .filter((number) => /^[1-9]\d{0,18}$/.test(number))
    .map(BigInt)
    .sort((a, b) => (a < b ? 1 : -1));
}

function isMade(path: string): boolean {
  try {
    closeSync(openSync(path, "wx", 0o600));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** A power failure does not take back which files a folder has. */
export function written(folder: string): void {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Where a user's programs keep what outlives them: the XDG Base Directory Specification; root's is the system's. */
export function stateFolder(...names: readonly string[]): string {
  const { XDG_STATE_HOME: given } = process.env;
  const own = process.getuid?.() === 0 ? "/var/lib" : join(homedir(), ".local", "state");
  return join(given !== undefined && isAbsolute(given) ? given : own, "weir", ...names);
}
