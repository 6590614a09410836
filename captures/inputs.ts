// Which files a run reads, and in which order: as they are named; those of a folder sorted by the bytes of their names, so
// that no file system's own order shows in the results.
import { readdir, stat } from "node:fs/promises";
import { InputError } from "./damage.ts";
import type { Skipped } from "./summary.ts";

export interface Input {
  /** Names need not be UTF-8, hence bytes; undefined is standard input. */
  path: Buffer | undefined;
  /** For people. */
  name: string;
  /** Found in a folder: when it is no capture it is left out, not damaged. */
  found: boolean;
}

/**
 * @param paths files, folders, `-` for standard input
 * @param recursive folders inside folders too (links to folders are not followed: they may lead round in circles)
 * @param skipped gets what a folder holds that cannot be read
 * @throws InputError when a path that was named does not exist
 */
export async function listInputs(paths: string[], recursive: boolean, skipped: Skipped[]): Promise<Input[]> {
  const inputs: Input[] = [];
  for (const name of paths) {
    if (name === "-") {
      inputs.push({ path: undefined, name: "-", found: false });
      continue;
    }
    const path = Buffer.from(name);
    const kind = await stat(path).catch((error: NodeJS.ErrnoException) => {
      throw new InputError(`${name}: cannot be read: ${reason(error)}`);
    });
    if (kind.isDirectory()) await listFolder(path, recursive, inputs, skipped);
    else inputs.push({ path, name, found: false });
  }
  return inputs;
}

async function listFolder(folder: Buffer, recursive: boolean, inputs: Input[], skipped: Skipped[]): Promise<void> {
  const slash = folder.at(-1) === 0x2f ? [] : [0x2f];
  const entries = await readdir(folder, { encoding: "buffer", withFileTypes: true }).catch((error) => {
    skipped.push({ file: folder.toString(), why: reason(error) });
    return [];
  });
  const sorted = entries.map((entry) => ({ entry, bytes: entry.name as unknown as Buffer }));
  sorted.sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  for (const { entry, bytes } of sorted) {
    const path = Buffer.concat([folder, Buffer.from(slash), bytes]);
    const name = path.toString();
    let file = entry.isFile();
    if (entry.isSymbolicLink()) {
      const to = await stat(path).catch(() => undefined);
      file = to?.isFile() ?? false;
    }
    if (file) inputs.push({ path, name, found: true });
    else if (entry.isDirectory()) {
      if (recursive) await listFolder(path, recursive, inputs, skipped);
      else skipped.push({ file: name, why: "a folder; --recursive reads it" });
    } else skipped.push({ file: name, why: "neither a file nor a folder" });
  }
}

export const reason = (error: NodeJS.ErrnoException): string =>
  error.code === "ENOENT" ? "no such file" : error.code === "EACCES" ? "no permission" : error.message;
