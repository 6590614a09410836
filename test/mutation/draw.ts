/** Which mutants are tried: drawn by a seed, so that the same seed draws the same, whatever is changed elsewhere. */
import { type Change, changesOf, enumsOf } from "./changes.ts";
import type { Graph } from "./graph.ts";
import { hashOf } from "./record.ts";

/** What CI knows the verdicts of (records/sample.json). */
export const SAMPLE = { seed: "18", size: 7 };

/** What names a mutant wherever it stands in its file. */
export const keyOf = ({ file, text, from, to, nth }: Omit<Change, "line" | "start" | "end" | "by">): string =>
  [file, text, from, to, nth].join(" | ");

export const nameOf = ({ file, line, from, to, text }: Omit<Change, "start" | "end" | "by" | "nth">): string =>
  `${file}:${line}: ${from} -> ${to}: ${text}`;

const STARS: Record<string, string> = { "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*" };

/**
 * `**` stands for any folders, `*` for any name or part of one; a folder for all that is in it. FILE:LINE stands for one line; what
 * is asked about no line asks whether some line of the file is meant.
 */
export function matcher(globs: readonly string[]): (file: string, line?: number) => boolean {
  const patterns = globs.map((glob) => {
    const [, path, line] = /^(.*?)(?::(\d+))?$/.exec(glob)!;
    const body = path!
      .replace(/\/$/, "")
      .replaceAll(/[.+^$()|[\]\\{}]/g, "\\$&")
      .replaceAll(/\*\*\/|\*\*|\*/g, (stars) => STARS[stars]!);
    return { pattern: new RegExp(`^${body}($|/)`), line };
  });
  return (file, at) =>
    patterns.some(({ pattern, line }) => pattern.test(file) && (!line || !at || at === Number(line)));
}

/** What kill rates are counted by: a first folder, in appliance/ also the second, and its half that flies by itself. */
export const folderOf = (file: string): string =>
  `${/^appliance\/[^/]+|^[^/]+/.exec(file)![0]}${file.includes("/onboard/") ? ", onboard" : ""}`;

/** The first so many of each folder. */
export function ofEach(changes: readonly Change[], most: number): Change[] {
  const count = new Map<string, number>();
  return changes.filter(({ file }) => {
    const n = (count.get(folderOf(file)) ?? 0) + 1;
    count.set(folderOf(file), n);
    return n <= most;
  });
}

/** Changes of the product's sources that match, in the order in which the seed draws them. */
export function drawn(graph: Graph, globs: readonly string[], seed: string, size = Number.POSITIVE_INFINITY): Change[] {
  const enums = new Map([...graph.texts].flatMap(([file, text]) => enumsOf(file, text)));
  const isWanted = matcher(globs);
  const all = graph
    .product()
    .filter((file) => isWanted(file))
    .flatMap((file) => changesOf(file, graph.texts.get(file)!, enums))
    .filter(({ file, line }) => isWanted(file, line))
    .map((change) => ({ change, rank: hashOf(seed, keyOf(change)) }));
  return all
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, size)
    .map(({ change }) => change);
}
