/** Which sources a test runs, by what imports what, and so which tests are nearest to a source. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { ROOT } from "../../lib/asc.ts";
import { sources } from "../../lib/testing/sources.ts";
import { hashOf } from "./record.ts";

/** Tests that start images or browsers, or ask many questions of all commands: too slow to be asked of each mutant. */
const SLOW =
  /^test\/|^cli\/(replay|run|debug|tune)\.|^appliance\/build\/image|^detectors\/ip\/ip\.test|^captures\/filter\/filter\.test/;
/** Those that make programs of all sources, or are about other things than what the sources do. */
const NEVER =
  /mutation\.test\.ts$|^appliance\/(contract\/generate|build\/(spare|bom|scratch))|^test\/(coverage|demonstration|documents|faults|figures|fuzz|interference|live|messages|mutation|platforms|release|rooms|runner|soak|trace)/;
export type Speed = "quick" | "slow";
export const isSlow = (test: string): boolean => SLOW.test(test);

/** Commands as they are run, from dist/. */
const COMMAND = /\bbin\/weir\b|"bin", "weir"/;
const COMMAND_SOURCE = "cli/weir.ts";

/** Tests and what only they use. */
export const isTest = (file: string): boolean => /\.(test|probe)\.ts$|(^|\/)(test|testing|fixtures)\//.test(file);

/** Begins a file that `npm run generate` writes. */
const GENERATED = /^\/\/ Generated from /;

/** Sources of the product that a person wrote, but for those that write others: npm run lint compares what they write. */
export const isProduct = (file: string): boolean =>
  !isTest(file) &&
  !file.includes("/generated/") &&
  !/^(setup|docs)\/|^vitest\.config\.ts$|\.generate\.ts$|\/(generate|layouts|events)\//.test(file);

export class Graph {
  /** All TypeScript files, and their texts. */
  readonly texts: ReadonlyMap<string, string>;
  readonly #uses = new Map<string, string[]>();
  readonly #hashes = new Map<string, string>();
  readonly #usedBy = new Map<string, string[]>();

  constructor(root = ROOT) {
    this.texts = new Map(sources().map((file) => [file, readFileSync(join(root, file), "utf8")]));
    for (const [file, text] of this.texts) {
      const used = this.#usesOf(file, text);
      this.#uses.set(file, used);
      for (const one of used) this.#usedBy.set(one, [...(this.#usedBy.get(one) ?? []), file]);
    }
  }

  product(): string[] {
    return [...this.texts].flatMap(([file, text]) => (isProduct(file) && !GENERATED.test(text) ? [file] : []));
  }

  /** What a file imports; files that it names, as tests name what they have compiled; and the commands, where it runs them. */
  #usesOf(file: string, text: string): string[] {
    const imported = ts
      .preProcessFile(text, true, true)
      .importedFiles.filter(({ fileName }) => fileName.startsWith("."))
      .map(({ fileName }) => join(dirname(file), fileName).replace(/(\.ts)?$/, ".ts"));
    const named = [...text.matchAll(/["'`]([\w./-]+\.ts)["'`]/g)].map(([, name]) => name!);
    const commands = COMMAND.test(text) && isTest(file) ? [COMMAND_SOURCE] : [];
    return [...new Set([...imported, ...named, ...commands])].filter((one) => one !== file && this.texts.has(one));
  }

  /** The tests of a source: those in its room first, then by how many files are between, at most so many; quick ones, or slow ones. */
  nearest(file: string, most: number, speed: Speed = "quick"): string[] {
    const distance = new Map([[file, 0]]);
    for (const [one, far] of distance)
      for (const user of this.#usedBy.get(one) ?? []) if (!distance.has(user)) distance.set(user, far + 1);
    return [...distance]
      .filter(([one]) => one.endsWith(".test.ts") && !NEVER.test(one) && isSlow(one) === (speed === "slow"))
      .map(([one, far]) => ({ one, rank: far + apart(file, one) }))
      .sort((a, b) => a.rank - b.rank || (a.one < b.one ? -1 : 1))
      .slice(0, most)
      .map(({ one }) => one);
  }

  /** Of all that a test runs, with another text in a file's place. */
  hashOf(test: string, file?: string, text?: string): string {
    const closure = new Set(file ? [test, file] : [test]);
    for (const one of closure) for (const used of this.#uses.get(one) ?? []) closure.add(used);
    const own = (one: string) => (one === file ? hashOf(text!) : this.#hash(one));
    return hashOf(...[...closure].sort().flatMap((one) => [one, own(one)]));
  }

  #hash(file: string): string {
    const hash = this.#hashes.get(file) ?? hashOf(this.texts.get(file)!);
    this.#hashes.set(file, hash);
    return hash;
  }
}

/** How many folders are between two files; the plane's own folder is none. */
function apart(file: string, test: string): number {
  const [a, b] = [file, test].map((path) =>
    dirname(path)
      .split("/")
      .filter((name) => name !== "onboard"),
  ) as [string[], string[]];
  const same = a.findIndex((name, n) => name !== b[n]);
  const shared = same < 0 ? a.length : same;
  return a.length + b.length - 2 * shared;
}
