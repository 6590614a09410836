/** What the nearest tests say of mutants, and what they said before and need not be asked again. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../../lib/asc.ts";
import { Bench } from "./bench.ts";
import { applied, type Change } from "./changes.ts";
import { keyOf } from "./draw.ts";
import { type Graph, isSlow } from "./graph.ts";
import { hashOf, type Verdict } from "./record.ts";
import { Tree } from "./tree.ts";

export interface Judgement {
  verdict: Verdict;
  /** The test that saw it. */
  by: string;
  /** Of what the verdict depends on. */
  hash: string;
}

/** How many tests a mutant must pass to live: quick ones, and then slow ones, where those are asked at all. */
const MOST_TESTS = { quick: 6, slow: 4 };

/** Judgements by keyOf(), in a file. */
export class Kept {
  readonly path: string;
  readonly all: Map<string, Judgement>;

  constructor(path: string) {
    this.path = path;
    this.all = new Map(existsSync(path) ? Object.entries(JSON.parse(readFileSync(path, "utf8"))) : []);
  }

  write(only?: ReadonlySet<string>): void {
    const kept = [...this.all].filter(([key]) => !only || only.has(key)).sort(([a], [b]) => (a < b ? -1 : 1));
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(this.path, `${JSON.stringify(Object.fromEntries(kept), null, 1)}\n`);
  }
}

export class Trial {
  readonly #graph: Graph;
  readonly #kept: readonly Kept[];
  readonly #common: string;
  /** Tests that pass on the sources as they are, and that do not. */
  readonly #passes = new Map<string, boolean>();
  /** Which test saw the last mutant of a folder. */
  readonly #lately = new Map<string, string>();
  readonly #say: (line: string) => void;
  #tree: Tree | undefined;
  #bench: Bench | undefined;
  #changed: string[] = [];

  readonly #asksSlow: boolean;

  /**
   * @param kept where judgements are looked for, in this order
   * @param asksSlow what quick tests do not see, slow ones are asked about
   */
  constructor(graph: Graph, kept: readonly Kept[], say: (line: string) => void, asksSlow = false) {
    this.#asksSlow = asksSlow;
    this.#graph = graph;
    this.#kept = kept;
    this.#say = say;
    this.#common = commonHash();
  }

  /** Seconds of processor time that tests have taken. */
  get spent(): number {
    return this.#bench?.spent ?? 0;
  }

  /** What is known of a mutant, if that still holds. */
  known(change: Change): Judgement | undefined {
    for (const { all } of this.#kept) {
      const judgement = all.get(keyOf(change));
      if (judgement && judgement.hash === this.#hash(change, judgement)) return judgement;
    }
    return undefined;
  }

  /** For what was seen, the test that saw it; for what lives, all that did not see it. */
  #hash(change: Change, { verdict, by }: Omit<Judgement, "hash">): string {
    const text = applied(this.#graph.texts.get(change.file)!, change);
    const tests = verdict === "seen" ? [by] : this.#tests(change.file);
    const known = tests.filter((test) => this.#graph.texts.has(test));
    return hashOf(this.#common, verdict, ...known.map((test) => this.#graph.hashOf(test, change.file, text)));
  }

  #tests(file: string): string[] {
    const tests = this.#graph.nearest(file, MOST_TESTS.quick);
    return this.#asksSlow ? [...tests, ...this.#graph.nearest(file, MOST_TESTS.slow, "slow")] : tests;
  }

  /** Asks the tests, that one first which saw it before, or which saw the last one in its folder. */
  async judge(change: Change): Promise<Judgement> {
    const before = this.#kept.map(({ all }) => all.get(keyOf(change))?.by);
    const tests = this.#tests(change.file);
    const lately = this.#lately.get(dirname(change.file));
    const isTest = (test: string | undefined) => test && this.#graph.texts.has(test);
    const first = [...before.filter(isTest), ...(lately && tests.includes(lately) && !isSlow(lately) ? [lately] : [])];
    const found = await this.#ask(change, [...new Set([...(first as string[]), ...tests])]);
    if (found.by) this.#lately.set(dirname(change.file), found.by);
    const judgement = { ...found, hash: this.#hash(change, found) };
    for (const { all } of this.#kept) all.set(keyOf(change), judgement);
    return judgement;
  }

  async #ask(change: Change, tests: readonly string[]): Promise<Omit<Judgement, "hash">> {
    this.#tree ??= new Tree();
    const tree = this.#tree;
    const text = applied(this.#graph.texts.get(change.file)!, change);
    tree.change(change.file, text);
    this.#changed.push(change.file);
    try {
      for (const test of tests) {
        if (this.#passes.get(test) === false) continue;
        const { passed, message } = await this.#run(test);
        if (passed) {
          this.#passes.set(test, true);
          continue;
        }
        if (message.includes("does not compile:")) return { verdict: "none", by: "" };
        if (!this.#passes.has(test)) {
          // Whether it fails because of the mutant: with the sources as they are it must pass
          this.#restore(change.file);
          const plain = await this.#run(test);
          tree.keep();
          this.#passes.set(test, plain.passed);
          if (!plain.passed) this.#say(`${test} fails without any change, and judges nothing: ${plain.message}`);
          tree.change(change.file, text);
          this.#changed.push(change.file);
          if (!plain.passed) continue;
        }
        return { verdict: "seen", by: test };
      }
      return { verdict: tree.isSame ? "none" : "alive", by: "" };
    } finally {
      this.#restore(change.file);
    }
  }

  #restore(file: string): void {
    this.#tree!.restore();
    this.#changed.push(file);
  }

  async #run(test: string) {
    this.#bench ??= new Bench(this.#tree!.folder);
    const answer = await this.#bench.run(test, [...new Set(this.#changed)], isSlow(test) ? "slow" : "quick");
    this.#changed = [];
    return answer;
  }

  async close(): Promise<void> {
    await this.#bench?.close();
    this.#tree?.remove();
  }
}

/** What every verdict depends on: packages, what tests read, and how a mutant gets in front of a test. */
function commonHash(): string {
  const own = ["package-lock.json", "test/mutation/runner.ts", "test/mutation/tree.ts"];
  const data = readdirSync(join(ROOT, "fixtures"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return hashOf(...[...own.map((file) => join(ROOT, file)), ...data].map((file) => readFileSync(file)));
}
