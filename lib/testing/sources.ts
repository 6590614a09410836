import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { ROOT } from "../asc.ts";

/** What npm, git and the build put into the project's root. A folder of such a name elsewhere, appliance/build, is the project's. */
const OTHERS = ["node_modules", "dist", "build", ".git"];

/** Every TypeScript file of the project, relative to its root, sorted. */
export function sources(): string[] {
  const found: string[] = [];
  const walk = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (folder !== ROOT || !OTHERS.includes(entry.name)) walk(path);
      } else if (entry.name.endsWith(".ts")) found.push(relative(ROOT, path));
    }
  };
  walk(ROOT);
  return found.sort();
}
