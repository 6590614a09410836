/** Versions of packages, as their package.json has them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../lib/asc.ts";

/** @param folder of the package; Weir's own without it */
export const packageVersion = (folder = ROOT): string =>
  (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string }).version;
