/** Where the project is, and which of its files are onboard code. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root folder, from the sources as from dist/. */
export const ROOT = projectRoot(dirname(fileURLToPath(import.meta.url)));

function projectRoot(from: string): string {
  let at = from;
  while (!existsSync(join(at, "package.json"))) at = dirname(at);
  return at;
}

/** Of a release (release/stage.ts), in ROOT: what a checkout compiles and keeps in build/. Nothing is ever written there. */
export const PREBUILT = "prebuilt";

/** Whether this is an installed release: it has everything ready-made, and no compiler. */
export const isRelease: boolean = existsSync(join(ROOT, PREBUILT));

/** Where a release has this. @throws Error when it is not there */
export function prebuilt(name: string): string {
  const path = join(ROOT, PREBUILT, name);
  if (!existsSync(path)) throw new Error(`${path}: missing: this installation is not whole, install the package again`);
  return path;
}

/** What a compiled module is called in a release. */
export const moduleName = (entry: string, pages?: number): string =>
  `${entry.replace(/\.ts$/, "").replaceAll("/", "-")}${pages ? `-${pages}` : ""}.wasm`;

/** Every AssemblyScript file of the project, relative to its root, sorted. */
export function onboardSources(): string[] {
  const found: string[] = [];
  const walk = (folder: string, inside: boolean) => {
    for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
      const path = folder ? `${folder}/${entry.name}` : entry.name;
      if (entry.isDirectory()) {
        if (folder || !["node_modules", "dist", "build", ".git", "docs"].includes(entry.name))
          walk(path, inside || entry.name === "onboard");
      } else if (inside && entry.name.endsWith(".ts")) found.push(path);
    }
  };
  walk("", false);
  return found.sort();
}

/** An entry file and all it imports, as paths relative to the project's root, sorted. */
export function sourcesOf(entry: string): string[] {
  const found = new Set<string>([entry]);
  for (const file of found) {
    const text = readFileSync(join(ROOT, file), "utf8");
    for (const [, from] of text.matchAll(/^\s*(?:import|export)\b(?:[^"';]*?\bfrom\b)?\s*["'](\.[^"']+)["']/gm))
      found.add(resolveImport(file, from!));
  }
  return [...found].sort();
}

/** @throws Error when there is no such file */
function resolveImport(file: string, from: string): string {
  const path = posix.join(dirname(file), from);
  const candidates = path.endsWith(".ts") ? [path] : [`${path}.ts`, `${path}/index.ts`];
  const found = candidates.find((candidate) => existsSync(join(ROOT, candidate)));
  if (!found) throw new Error(`${file}: imports ${from}, which does not exist`);
  return found;
}
