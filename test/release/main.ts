/** `npm run release:check`: whether this commit can be tagged as a version. Exit code 1 when it cannot. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../lib/asc.ts";
import { problemsOf } from "./release.ts";

const read = (name: string) => readFileSync(join(ROOT, name), "utf8");
const git = (...words: string[]) => execFileSync("git", words, { cwd: ROOT, encoding: "utf8" });

const { version } = JSON.parse(read("package.json")) as { version: string };
const lock = JSON.parse(read("package-lock.json")) as { version: string; packages: { "": { version: string } } };
const problems = problemsOf({
  version,
  locked: [lock.version, lock.packages[""].version],
  changes: read("CHANGES.md"),
  status: git("status", "--porcelain"),
  tags: git("tag").split("\n"),
});
for (const problem of problems) process.stderr.write(`release: ${problem}\n`);
if (problems.length) process.exitCode = 1;
else process.stdout.write(`release: ready: git tag -s v${version} -m "Weir ${version}"\n`);
