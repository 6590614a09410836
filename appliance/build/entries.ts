/** Which onboard code programs of the ground run, each compiled by itself. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CompileOptions } from "../../lib/asc.ts";
import { ROOT } from "../../lib/sources.ts";
import { COMPARTMENTS } from "./compartments.ts";

const CALLS = /\b(?:compileOnboard(?:Sync)?|instantiateOnboard)\("([^"]+)"(?:, \{ pages: (\d+) \})?\)/g;

export type Entry = [entry: string, options: CompileOptions];

/** The compartments, and every entry that one of these sources names in a call of the compiler. */
export function entries(sources: readonly string[]): Entry[] {
  const calls = sources.flatMap((file) => [...readFileSync(join(ROOT, file), "utf8").matchAll(CALLS)]);
  const named = calls.map(([, entry, pages]): Entry => [entry!, pages ? { pages: +pages } : {}]);
  const all = [...COMPARTMENTS.map(({ entry, pages }): Entry => [entry, { pages }]), ...named];
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}
