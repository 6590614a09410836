// Finds what there is to generate: by where files are, so that a new one has to be named nowhere.
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { ROOT } from "../../../lib/asc.ts";
import type { Layouts } from "./declare.ts";
import type { Output, Source } from "./text.ts";

/** In the project's folder itself. */
const SKIPPED = new Set(["node_modules", "dist", "build", ".git"]);

/** Paths from the root, in order of the alphabet. */
function walk(folder: string, wanted: (path: string) => boolean): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return folder === ROOT && SKIPPED.has(entry.name) ? [] : walk(path, wanted);
    const from = relative(ROOT, path);
    return wanted(from) ? [from] : [];
  });
}

/** Where the project's files are as this one is: the sources (tests), or what was compiled of them. */
const HERE = new URL("../../../", import.meta.url);

async function load(path: string): Promise<unknown> {
  const file = import.meta.url.endsWith(".ts") ? path : path.replace(/\.ts$/, ".js");
  return ((await import(new URL(file, HERE).href)) as { default: unknown }).default;
}

/** Every ROOM/layouts/NAME.ts; the contract's own first. */
export async function findLayouts(): Promise<Source[]> {
  const paths = walk(ROOT, (path) => /\/layouts\/[a-z0-9-]+\.ts$/.test(path));
  const own = (path: string) => path.startsWith("appliance/contract/");
  const ordered = [...paths.filter(own), ...paths.filter((path) => !own(path))];
  return Promise.all(ordered.map(async (path) => ({ path, layouts: (await load(path)) as Layouts })));
}

/** Every NAME.generate.ts: what it exports by default makes outputs of its own. */
export async function findGenerators(): Promise<(() => Output[] | Promise<Output[]>)[]> {
  const paths = walk(ROOT, (path) => path.endsWith(".generate.ts"));
  return Promise.all(paths.map(async (path) => (await load(path)) as () => Output[]));
}
