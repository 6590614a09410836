/**
 * npm run evidence [-- --as-it-is | --list]
 *
 * Measures what is missing or older than the sources, which takes hours, and writes docs/EVIDENCE.md. --as-it-is measures nothing;
 * --list says what it would measure. Exit code 1: something could not be measured.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "../../lib/asc.ts";
import { evidence, found, SUBJECTS } from "./evidence.ts";
import { measured, stateOf } from "./measure.ts";
import { checked, countsOf } from "./trace.ts";

function git(...words: string[]): string | undefined {
  try {
    return execFileSync("git", words, { cwd: ROOT, encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return undefined; // no repository
  }
}

const say = (line: string) => process.stderr.write(`evidence: ${line}\n`);
const { values } = parseArgs({ options: { "as-it-is": { type: "boolean" }, list: { type: "boolean" } } });
const folders = [join(ROOT, "build", "evidence"), join(ROOT, "docs", "evidence")];
mkdirSync(folders[0]!, { recursive: true });
for (const subject of SUBJECTS) {
  const state = stateOf(subject, folders);
  if (values.list) process.stdout.write(`${state.padEnd(8)} ${subject.title}: ${subject.command}\n`);
  if (values.list || values["as-it-is"] || state === "current") continue;
  say(`${subject.title} (${state}): ${subject.command}`);
  const wrong = measured(subject, folders);
  if (wrong === undefined) continue;
  say(wrong);
  process.exitCode = 1;
}

const trace = values.list ? undefined : checked();
if (trace) {
  const { all, named } = trace;
  const figures = SUBJECTS.map((subject) => ({ ...found(subject, folders), old: stateOf(subject, folders) === "old" }));
  const commit = git("rev-parse", "--short", "HEAD");
  const changed = git("status", "--porcelain", "--untracked-files=no");
  const text = evidence(countsOf(all, named), figures, {
    commit: commit ? `${commit}${changed ? " and changes" : ""}` : "no commit",
    machine: `${cpus()[0]?.model.trim()}, ${availableParallelism()} processors, Node ${process.versions.node}`,
  });
  writeFileSync(join(ROOT, "docs", "EVIDENCE.md"), text);
  const missing = figures.filter(({ text }) => text === undefined).length;
  process.stdout.write(`docs/EVIDENCE.md: ${SUBJECTS.length - missing} measured, ${missing} not\n`);
}
