import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/**
 * Makes a file that several processes may want at the same time, once: whoever comes second waits for the first, and then takes
 * what that has made. A maker that has died is not waited for. Should two take over from it at once, both make the file: `make`
 * must put it in place in one step.
 * @param path of the file; beside it stands PATH.lock while somebody makes it
 * @param isMade whether the file is there and is what is wanted
 */
export async function makeOnce(path: string, isMade: () => boolean, make: () => Promise<void>): Promise<void> {
  const lock = `${path}.lock`;
  while (!isMade()) {
    if (!take(lock)) {
      await pause(50);
      continue;
    }
    try {
      if (!isMade()) await make();
    } finally {
      rmSync(lock, { force: true });
    }
    return;
  }
}

/**
 * Does something that nobody else may do at the same time, and does not wait for them.
 * @param path beside which stands PATH.lock meanwhile; its folder is made
 * @throws Error when somebody else is at it
 */
export async function alone<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`;
  mkdirSync(dirname(lock), { recursive: true, mode: 0o750 });
  // The first try removes what somebody left who has died.
  if (!take(lock) && !take(lock)) throw new Error(`${lock}: somebody else is at it`);
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** By a link, which appears with its content. */
function take(lock: string): boolean {
  const own = `${lock}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    if (!isHeld(lock)) rmSync(lock, { force: true });
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function isHeld(lock: string): boolean {
  try {
    process.kill(Number(readFileSync(lock, "utf8")), 0);
    return true;
  } catch (error) {
    // ESRCH: its owner has died. ENOENT: it was released meanwhile
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
