// Compiles the onboard code that the tests are going to want, in as few processes as there are cores to use: in a process of
// its own each module would take three times as long. What is there already costs a read of the sources.
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { COMPARTMENTS } from "../../appliance/build/compartments.ts";
import { type CompileOptions, compileAll, ROOT } from "../../lib/asc.ts";
import { sources } from "../../lib/testing/sources.ts";

const CALLS = /\b(?:compileOnboard(?:Sync)?|instantiateOnboard)\("([^"]+)"(?:, \{ pages: (\d+) \})?\)/g;

/** The compartments, and every entry that some source names in a call of the compiler. */
function entries(): [string, CompileOptions][] {
  const calls = sources().flatMap((file) => [...readFileSync(join(ROOT, file), "utf8").matchAll(CALLS)]);
  const named = calls.map(([, entry, pages]): [string, CompileOptions] => [entry!, pages ? { pages: +pages } : {}]);
  const all = [...COMPARTMENTS.map(({ entry, pages }): [string, CompileOptions] => [entry, { pages }]), ...named];
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

const [direction] = process.argv.slice(2);
if (direction) {
  // One process from either end; where they meet, one waits for the other's last.
  const list = entries();
  await compileAll(direction === "forward" ? list : list.reverse());
} else {
  const children = ["forward", "backward"].map((way) => fork(fileURLToPath(import.meta.url), [way]));
  const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0] as number | null));
  if (codes.some((code) => code !== 0)) process.exitCode = 1;
}
