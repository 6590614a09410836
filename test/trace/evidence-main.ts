/** `npm run evidence`: writes docs/EVIDENCE.md. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../lib/asc.ts";
import { evidence, found, SUBJECTS } from "./evidence.ts";
import { checked, countsOf } from "./trace.ts";

function git(...words: string[]): string | undefined {
  try {
    return execFileSync("git", words, { cwd: ROOT, encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return undefined; // no repository
  }
}

const trace = checked();
if (trace) {
  const { all, named } = trace;
  const folders = [join(ROOT, "build", "evidence"), join(ROOT, "docs", "evidence")];
  const measured = SUBJECTS.map((subject) => found(subject, folders));
  const commit = git("rev-parse", "--short", "HEAD");
  const changed = git("status", "--porcelain", "--untracked-files=no");
  const text = evidence(countsOf(all, named), measured, {
    commit: commit ? `${commit}${changed ? " and changes" : ""}` : "no commit",
    machine: `${cpus()[0]?.model.trim()}, ${availableParallelism()} processors, Node ${process.versions.node}`,
  });
  writeFileSync(join(ROOT, "docs", "EVIDENCE.md"), text);
  const missing = measured.filter(({ text }) => text === undefined).length;
  process.stdout.write(`docs/EVIDENCE.md: ${SUBJECTS.length - missing} measured, ${missing} not\n`);
}
