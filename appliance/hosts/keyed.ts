// REQ-DETECT-016
/**
 * An image for one start, with the key of its tables among the policy's keys: on a command line every user of the host would read it.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { withTablesKey } from "../build/container.ts";
import { policyIn } from "../build/place.ts";

export interface KeyedImage {
  path: string;
  remove(): void;
}

/** @param image path, for its name @param bytes of it @param key 16 bytes @returns undefined for what has no place for it: a disk, or no image at all */
export function keyedImage(image: string, bytes: Uint8Array, key: Uint8Array): KeyedImage | undefined {
  if (!policyIn(bytes)) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "weir-run-"));
  chmodSync(folder, 0o711); // libvirt hands the file on to a user of its own
  const path = join(folder, basename(image));
  writeFileSync(path, withTablesKey(bytes, key), { mode: 0o600 });
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
