/** lib/files.ts for the worker: the page's files are in memory, and it writes none. */
import { readFileSync } from "./fs.ts";

export const MOST_WRITTEN = Infinity;
export const MOST_MADE = Infinity;

export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8") as string;
  } catch (error) {
    throw new Error(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}

const none = (): never => {
  throw new Error("the page writes no files");
};

export { none as openOwn, none as writeWhole };
