/**
 * Requirements (docs/requirements.yaml) to the code that meets them and the tests that show it, by the comments that name them:
 * `REQ-` with an area and a number, behind two slashes, at the head of a file or above a test. Both ways: a requirement without
 * code or without a test, and a name without a requirement, are faults; so is code that nobody reaches (reach.ts).
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { z } from "zod";
import { ROOT } from "../../lib/asc.ts";
import { object, parsed, readYaml } from "../../lib/yaml.ts";
import { tree, unfounded } from "./reach.ts";

export interface Requirement {
  id: string;
  /** One sentence with "shall". */
  text: string;
  /** Where it comes from: a document's section, a standard. */
  source: string;
}

export interface Reference {
  id: string;
  /** From the project's folder. */
  file: string;
  /** From 1. */
  line: number;
  test: boolean;
  /** Of a test: what it is called; undefined where the whole file is meant. */
  title?: string;
}

export const FILE = "docs/requirements.yaml";

const sentence = parsed<string>("one sentence with `shall`", (value) =>
  typeof value === "string" && /\bshall\b.*\.$/.test(value) && value.length <= 250 ? value : undefined,
);
const schema = object({
  requirements: z.array(
    object({
      id: parsed<string>("REQ-AREA-001", (value) =>
        typeof value === "string" && /^REQ-[A-Z]+-\d{3}$/.test(value) ? value : undefined,
      ),
      text: sentence,
      source: z.string({ error: "expected where it comes from" }).min(3),
    }),
  ),
});

/** @throws Problems */
export function requirementsIn(text: string, file: string): Requirement[] {
  return readYaml(text, file, schema).value.requirements;
}
export const requirements = (): Requirement[] => requirementsIn(readFileSync(join(ROOT, FILE), "utf8"), FILE);

/** What shows that something holds: tests, and what only tests use. */
const isTest = (file: string) => /\.test\.ts$|(^|\/)(test|testing)\//.test(file);
const SOURCES = /\.(ts|c|h|S|mjs)$|^bin\/weir$/;
/** Folders of the project's own that hold no source. */
const SKIPPED = new Set(["node_modules", "dist", "build", "docs"].map((name) => join(ROOT, name)));
const NAME = /\bREQ-[A-Z0-9]+-\w+/g;

/** Names in the comments of one source. */
export function referencesIn(text: string, file: string): { references: Reference[]; faults: string[] } {
  const lines = text.split("\n");
  const references: Reference[] = [];
  const faults: string[] = [];
  const isComment = (line: string | undefined) => /^\s*\/\//.test(line ?? "");
  for (const [i, line] of lines.entries()) {
    const ids = isComment(line) ? line.match(NAME) : null;
    if (!ids) continue;
    let below = i + 1;
    while (isComment(lines[below])) below++;
    const test = isTest(file);
    const own = { file, line: i + 1, test };
    const head = lines.slice(0, i).every(isComment);
    const title = test && file.endsWith(".test.ts") && !head ? titleAt(lines, below) : undefined;
    if (test && file.endsWith(".test.ts") && !head && title === undefined)
      faults.push(`${file}:${i + 1}: ${ids.join(", ")}: above no test`);
    for (const id of ids) references.push({ id, ...own, ...(title !== undefined && { title }) });
  }
  return { references, faults };
}

/** What a test is called that begins on this line; of one with a table, what its cases are called. */
function titleAt(lines: readonly string[], at: number): string | undefined {
  if (!/^\s*(it|test|describe)\b/.test(lines[at] ?? "")) return undefined;
  const text = lines.slice(at, at + 200).join("\n");
  // Behind the last bracket of it(...), it.each([...])(...), it.skipIf(...)(...): the first text that a call begins with
  const table = /^\s*\w+(\.\w+)*\.(each|skipIf|runIf)\b/.test(text);
  const found = table
    ? /\)(?:<[^>]*>)?\(\s*(?:"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`|(\w+),)/.exec(text)
    : /\(\s*(?:"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`|(\w+),)/.exec(text);
  return (found?.[1] ?? found?.[2] ?? found?.[3] ?? "").replaceAll("\\`", "`").replaceAll('\\"', '"');
}

/** The sources: those of the repository, so that what somebody is trying out does not count; where there is none, all. */
export function sources(): string[] {
  const git = spawnSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 26 });
  const files = git.status === 0 && git.stdout ? git.stdout.split("\0") : walk(ROOT);
  return files.filter((file) => SOURCES.test(file) && existsSync(join(ROOT, file))).sort();
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return [relative(ROOT, path).replaceAll(sep, "/")];
    return entry.isDirectory() && !SKIPPED.has(path) && !entry.name.startsWith(".") ? walk(path) : [];
  });
}

export function references(): { references: Reference[]; faults: string[] } {
  const found = sources().map((file) => referencesIn(readFileSync(join(ROOT, file), "utf8"), file));
  return { references: found.flatMap((one) => one.references), faults: found.flatMap((one) => one.faults) };
}

/** Orphans either way, numbers that are used twice. */
export function orphans(all: readonly Requirement[], named: readonly Reference[]): string[] {
  const ids = new Set(all.map(({ id }) => id));
  const twice = all.filter(({ id }, i) => all.findIndex((other) => other.id === id) < i);
  return [
    ...twice.map(({ id }) => `${id}: is in ${FILE} twice`),
    ...named.filter(({ id }) => !ids.has(id)).map(({ id, file, line }) => `${file}:${line}: ${id}: not in ${FILE}`),
    ...all.flatMap(({ id }) => {
      const own = named.filter((reference) => reference.id === id);
      return [
        ...(own.some(({ test }) => !test) ? [] : [`${id}: no code names it`]),
        ...(own.some(({ test }) => test) ? [] : [`${id}: no test names it`]),
      ];
    }),
  ];
}

/** What the programs of this folder begin with; undefined, the exit code 1 and every fault said where something is wrong. */
export function checked(): { all: Requirement[]; named: Reference[] } | undefined {
  const all = requirements();
  const { references: named, faults } = references();
  const wrong = [...faults, ...orphans(all, named), ...unfounded(all, named, tree(sources()))];
  for (const line of wrong) process.stderr.write(`trace: ${line}\n`);
  if (!wrong.length) return { all, named };
  process.exitCode = 1;
  return undefined;
}

export interface Counts {
  requirements: number;
  code: number;
  tests: number;
}

/** Requirements, files of code that name one, and tests (or whole files of tests) that do. */
export function countsOf(all: readonly Requirement[], named: readonly Reference[]): Counts {
  const distinct = (test: boolean) =>
    new Set(named.filter((n) => n.test === test).map(({ file, title }) => `${file} ${title ?? ""}`)).size;
  return { requirements: all.length, code: distinct(false), tests: distinct(true) };
}

const AREAS: Record<string, string> = {
  DIODE: "One way: nothing comes back",
  FILTER: "The filter: nothing crosses that policy does not name",
  IMAGE: "The image: how it is built, started, protected",
  DECODE: "Captures and decoding",
  DETECT: "Detectors, learning, tuning",
  LOG: "The log, and what verifies it",
  TRANSFER: "Files and streams across the diode",
  GROUND: "Security of the ground",
};

/** docs/TRACE.md. The same requirements and comments give the same bytes; lines of files are not in it. */
export function matrix(all: readonly Requirement[], named: readonly Reference[]): string {
  const counts = countsOf(all, named);
  const areas = [...new Set(all.map(({ id }) => id.split("-")[1]!))];
  const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
  const own = (id: string, test: boolean) => {
    const texts = named
      .filter((n) => n.id === id && n.test === test)
      .map(({ file, title }) => `\`${file}\`${title ? `: ${title.replaceAll("`", "'")}` : ""}`);
    return cell([...new Set(texts)].sort().join("<br>"));
  };
  const table = (area: string) => [
    "",
    `## ${AREAS[area] ?? area}`,
    "",
    "| | requirement | from | code | shown by |",
    "| --- | --- | --- | --- | --- |",
    ...all
      .filter(({ id }) => id.split("-")[1] === area)
      .map(
        ({ id, text, source }) => `| ${id} | ${cell(text)} | ${cell(source)} | ${own(id, false)} | ${own(id, true)} |`,
      ),
  ];
  return `# From requirements to code and tests

Written by \`npm run trace\` from [requirements.yaml](requirements.yaml) and the comments that name its numbers;
\`test/trace/trace.test.ts\` fails when it is stale, when a requirement has no code or no test, and when a comment names an
unknown one. ${counts.requirements} requirements, ${counts.code} files of code, ${counts.tests} tests.

A row says which code is meant to meet a requirement, and which tests fail when it does not. It does not say that the code
of a file is needed for nothing else, that the requirements are complete, or that somebody other than its author has checked a
row: none of that was done. Tests that need a hypervisor, a browser, namespaces or captures which are absent skip and say so.
What was measured, with commands: [EVIDENCE.md](EVIDENCE.md). What an attacker can and cannot do: [THREATS.md](THREATS.md).
${areas.flatMap(table).join("\n")}
`;
}
