/** What stands in the way of a release: docs/RELEASE.md, step 5. */

export interface State {
  /** Of package.json. */
  version: string;
  /** Of package-lock.json: its own, and that of its root package. */
  locked: string[];
  /** Text of CHANGES.md. */
  changes: string;
  /** Output of `git status --porcelain`. */
  status: string;
  /** Names of all git tags. */
  tags: string[];
}

/** One line for each problem; empty when the version can be tagged. */
export function problemsOf({ version, locked, changes, status, tags }: State): string[] {
  const problems: string[] = [];
  if (!/^\d+\.\d+\.\d+$/.test(version)) problems.push(`package.json: version ${version}, expected X.Y.Z`);
  for (const other of locked.filter((other) => other !== version))
    problems.push(
      `package-lock.json: version ${other}, expected ${version}: run npm version ${version} --no-git-tag-version`,
    );
  const [, newest, date] = /^## (\S+)(?: \((.*)\))?$/m.exec(changes) ?? [];
  if (newest !== version) problems.push(`CHANGES.md: the first entry is ${newest ?? "missing"}, expected ${version}`);
  else if (!/^\d{4}-\d\d-\d\d$/.test(date ?? ""))
    problems.push(`CHANGES.md: the entry of ${version} has no date, expected ## ${version} (YYYY-MM-DD)`);
  if (status.trim()) problems.push(`git: uncommitted changes:\n${status.trimEnd()}`);
  if (tags.includes(`v${version}`)) problems.push(`git: the tag v${version} exists`);
  return problems;
}
