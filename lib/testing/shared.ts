import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { ROOT } from "../asc.ts";

/**
 * Captures of others, which are not part of the project. They lie in ../shared/captures, or in captures/ of the folder that
 * the environment variable WEIR_SHARED names. Tests that need them are skipped where they are missing; CI names a folder that
 * does not exist, and so shows that the suite passes without them.
 */
const CAPTURES = join(resolve(ROOT, process.env.WEIR_SHARED || join("..", "shared")), "captures");

/** Path of a file or folder among the captures, whether or not it exists. */
export const sharedPath = (...path: string[]): string => join(CAPTURES, ...path);

/** True if the captures have this file or folder. Otherwise prints that what needs it is skipped. */
export function hasShared(...path: string[]): boolean {
  const wanted = sharedPath(...path);
  if (existsSync(wanted)) return true;
  console.log(`skipped: no ${relative(ROOT, wanted)}`);
  return false;
}
