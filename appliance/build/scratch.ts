// Folders for what is in the way between sources and image: in build/; of a release, which writes nothing where it is, in TMPDIR.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRelease, ROOT } from "../../lib/sources.ts";

const BUILD = join(ROOT, "build");
/** What mkdtemp() makes of a name, with whose it is. */
const SCRATCH = /^[a-z]+-(\d+)-\w{6}$/;

/**
 * A folder of this process, which is gone with it, whatever else becomes of it; one whose process was killed goes when
 * the next is made. Removing it before is the caller's.
 * @param name lower-case letters
 */
export function scratchFolder(name: string): string {
  if (isRelease) return owned(mkdtempSync(join(tmpdir(), `weir-${name}-`)));
  mkdirSync(BUILD, { recursive: true });
  for (const entry of readdirSync(BUILD)) {
    const owner = SCRATCH.exec(entry)?.[1];
    if (owner && !lives(Number(owner))) remove(join(BUILD, entry));
  }
  return owned(mkdtempSync(join(BUILD, `${name}-${process.pid}-`)));
}

function owned(folder: string): string {
  process.once("exit", () => remove(folder));
  return folder;
}

const remove = (folder: string) => rmSync(folder, { recursive: true, force: true });

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
