// REQ-GROUND-002, REQ-GROUND-003
/** YAML files that people write: read with positions, checked against a zod schema, every fault reported at once. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import { z } from "zod";
import { printable } from "./printable.ts";

type Path = readonly PropertyKey[];

/** A fault (or a warning) and where it is. */
export interface Problem {
  file: string;
  /** From 1. */
  line: number;
  column: number;
  /** Such as `rules.0.to`; empty for the file as a whole. */
  path: string;
  what: string;
}

/** `file:line:column: path: what` */
export function problemLine({ file, line, column, path, what }: Problem): string {
  return printable(`${file}:${line}:${column}: ${path ? `${shortened(path)}: ` : ""}${shortened(what)}`);
}

/** A fault may quote what it is about, and that may be a megabyte. */
const shortened = (text: string, most = 2000) => (text.length > most ? `${text.slice(0, most)}...` : text);

/** Faults of one file that are told. */
const MOST_PROBLEMS = 100;

/** Why a file cannot be used: all reasons, in the order of the file. The message has a line for each. */
export class Problems extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(problemLine).join("\n"));
    this.name = "Problems";
    this.problems = problems;
  }
}

/** A file that was read, to ask where in it something stands. */
export class YamlSource {
  readonly file: string;
  readonly #document: ReturnType<typeof parseDocument>;
  readonly #lines: LineCounter;

  constructor(file: string, document: ReturnType<typeof parseDocument>, lines: LineCounter) {
    this.file = file;
    this.#document = document;
    this.#lines = lines;
  }

  /** A problem with the value at a path, or with the last thing on the way to it that is there. */
  problem(path: Path, what: string): Problem {
    return this.#at(this.#offset(path, false), path, what);
  }

  /** A problem with a key rather than its value. */
  keyProblem(path: Path, what: string): Problem {
    return this.#at(this.#offset(path, true), path, what);
  }

  #at(offset: number, path: Path, what: string): Problem {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.file, line, column: col, path: path.map(String).join("."), what };
  }

  #offset(path: Path, key: boolean): number {
    let node = this.#document.contents as Node | null;
    let offset = node?.range?.[0] ?? 0;
    for (const [n, step] of path.entries()) {
      if (isAlias(node)) node = node.resolve(this.#document) ?? null;
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
        if (!pair) break;
        const wanted = (key && n === path.length - 1 ? pair.key : (pair.value ?? pair.key)) as Node;
        offset = wanted.range?.[0] ?? offset;
        node = pair.value as Node | null;
      } else if (isSeq(node)) {
        const item = node.items[Number(step)] as Node | undefined;
        if (!item) break;
        offset = item.range?.[0] ?? offset;
        node = item;
      } else break;
    }
    return offset;
  }
}

/**
 * Sets a value in a document: `detectors.scan.detection=0.999`, `rules.0.rate=5/s`. What is on the way and not there is
 * made. The value is read as YAML, so that numbers are numbers.
 */
function override(document: ReturnType<typeof parseDocument>, set: string): void {
  const refuse = (what: string) => new Error(`--set ${shortened(set, 100)}: ${what}`);
  const [, path, text] = /^([^=]+)=(.*)$/s.exec(set) ?? [];
  if (path === undefined) throw refuse("expected key=value, such as detectors.scan.detection=0.999");
  const keys = path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  if (keys.includes("")) throw refuse("expected keys with dots between them");
  if (keys.some((key) => typeof key === "number" && key > LONGEST)) throw refuse("no list is that long");
  const value = parseDocument(text!, { prettyErrors: false });
  if (value.errors.length) throw refuse(messageOf(value.errors[0]!));
  let item: unknown;
  try {
    item = value.toJS();
  } catch (error) {
    throw refuse(messageOf(error as Error));
  }
  try {
    document.setIn(keys, document.createNode(item));
  } catch {
    throw refuse("the path leads through a single value, expected a mapping or a list");
  }
}

/** Items of a list that --set can reach. */
const LONGEST = 65535;
const TOO_DEEP = "lists or mappings within each other too many times";
const messageOf = ({ message }: Error): string => (/call stack/.test(message) ? TOO_DEEP : message.split("\n")[0]!);

/**
 * Reads YAML 1.2 and checks it. `sets` are values to put in place of the file's, as `key.key=value`.
 * @throws Problems with all that is wrong; syntax alone when it is no YAML.
 */
export function readYaml<T extends z.ZodType>(
  text: string,
  file: string,
  schema: T,
  sets: readonly string[] = [],
): { value: z.output<T>; source: YamlSource } {
  const lines = new LineCounter();
  // Whether keys are unique is seen below: the library compares each with each
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const source = new YamlSource(file, document, lines);
  const problems: Problem[] = [];
  const wrong = (offset: number, what: string) => {
    const { line, col } = lines.linePos(offset);
    problems.push({ file, line, column: col, path: "", what });
  };
  for (const error of [...document.errors, ...document.warnings].slice(0, MOST_PROBLEMS))
    wrong(error.pos[0], messageOf(error));
  try {
    if (!problems.length) checkNodes(document, wrong);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    wrong(0, TOO_DEEP);
  }
  if (problems.length) throw new Problems(problems);
  for (const set of sets) override(document, set);
  const result = schema.safeParse(plainOf(document, source));
  if (!result.success) throw new Problems(inOrder(firstOf(result.error.issues, source)));
  return { value: result.data, source };
}

/** Keys that are there twice, and numbers that read otherwise than they look. */
function checkNodes(document: ReturnType<typeof parseDocument>, wrong: (offset: number, what: string) => void): void {
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const text = String(key.value);
        if (keys.has(text)) wrong(key.range?.[0] ?? 0, "Map keys must be unique");
        keys.add(text);
      }
    },
    Scalar(_, node) {
      if (typeof node.value === "number" && /^[-+]?0\d/.test(node.source ?? ""))
        wrong(node.range?.[0] ?? 0, `${node.source} begins with 0, expected ${node.value}`);
    },
  });
}

/** Untrusted: aliases of aliases grow without bound ("billion laughs"), which the library refuses to follow. */
function plainOf(document: ReturnType<typeof parseDocument>, source: YamlSource): unknown {
  try {
    return document.toJS();
  } catch (error) {
    if (error instanceof RangeError) throw new Problems([source.problem([], TOO_DEEP)]);
    throw new Problems([source.problem([], `${(error as Error).message}, expected fewer aliases (*name)`)]);
  }
}

/** The first ones: each place is looked for, and a file may have a million faults. */
function firstOf(issues: readonly z.core.$ZodIssue[], source: YamlSource): Problem[] {
  const found: Problem[] = [];
  for (const issue of issues) {
    found.push(...problemsOf(issue, source));
    if (found.length >= MOST_PROBLEMS) break;
  }
  return found.slice(0, MOST_PROBLEMS);
}

/** Sorted by position; the sort is stable. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
}

function problemsOf(issue: z.core.$ZodIssue, source: YamlSource): Problem[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.slice(0, MOST_PROBLEMS).map((key) => source.keyProblem([...issue.path, key], issue.message));
  return [source.problem(issue.path, issue.message)];
}

// ---- Schemas that say what they expect ------------------------------------------------------------------------------

/** An object without other keys; an unknown one is reported with the keys there are. */
export function object<S extends z.core.$ZodLooseShape>(shape: S) {
  const keys = Object.keys(shape).join(", ");
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === "unrecognized_keys") return `unknown key, expected one of ${keys}`;
      return `${described(issue.input)}, expected a mapping with ${keys}`;
    },
  });
}

/** Says what is wrong of a value that has the right form, at a path from it. */
export function wrongAt(context: z.RefinementCtx, path: readonly PropertyKey[], message: string): void {
  context.addIssue({ code: "custom", path: [...path], message });
}

/** What a parser answers when it cannot: why, and optionally where below the value. */
export class Wrong {
  readonly what: string;
  readonly path: (string | number)[];
  constructor(what: string, path: (string | number)[] = []) {
    this.what = what;
    this.path = path;
  }
}

/**
 * A value that is read by a function. `parse` answers the value, or what is wrong with it, one or several times.
 * @param expected ends the sentence "..., expected"
 */
export function parsed<T>(expected: string, parse: (value: unknown) => T | Wrong | Wrong[] | undefined) {
  return z.unknown().transform((value, context): T => {
    const result = parse(value);
    const wrongs = result instanceof Wrong ? [result] : isWrongs(result) ? result : undefined;
    if (result !== undefined && !wrongs) return result as T;
    for (const { what, path } of wrongs ?? [new Wrong(described(value))])
      wrongAt(context, path, `${what}, expected ${expected}`);
    return z.NEVER;
  });
}

function isWrongs(result: unknown): result is Wrong[] {
  return Array.isArray(result) && result.length > 0 && result.every((item) => item instanceof Wrong);
}

/** One of some words. */
export function oneOf<const T extends string>(...words: T[]) {
  return parsed<T>([words.slice(0, -1).join(", "), words.at(-1)].join(" or "), (value) =>
    words.find((word) => word === value),
  );
}

/** A whole number within bounds, both included. */
export function integer(least: number, most: number) {
  return parsed(`a whole number from ${least} to ${most}`, (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= least && value <= most ? value : undefined,
  );
}

/** What a value is, for the first half of a message. */
export function described(value: unknown): string {
  if (value === undefined || value === null) return "missing";
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : String(value);
}
