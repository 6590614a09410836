// `npm run release:check` finds what stands in the way of a release.
import { expect, it } from "vitest";
import { problemsOf } from "./release.ts";

const ready = {
  version: "1.2.3",
  locked: ["1.2.3", "1.2.3"],
  changes: "# Changes\n\n## 1.2.3 (2026-05-04)\n- New.\n\n## 1.2.2 (2026-01-01)\n",
  status: "",
  tags: ["v1.2.2", ""],
};

it("nothing stands in the way of a version with a dated entry, a lock file of its own, and no tag", () => {
  expect(problemsOf(ready)).toEqual([]);
});

it.each([
  [
    "a version that is not three numbers",
    { version: "1.2", locked: ["1.2"], changes: "## 1.2 (2026-05-04)" },
    "expected X.Y.Z",
  ],
  [
    "a lock file of another version",
    { locked: ["1.2.3", "1.2.2"] },
    "package-lock.json: version 1.2.2, expected 1.2.3",
  ],
  ["no entry at all", { changes: "# Changes\n" }, "CHANGES.md: the first entry is missing, expected 1.2.3"],
  [
    "an entry of another version first",
    { changes: `## 1.3.0 (2026-06-01)\n${ready.changes}` },
    "the first entry is 1.3.0",
  ],
  ["an entry without a date", { changes: "## 1.2.3 (unreleased)" }, "the entry of 1.2.3 has no date"],
  ["changes that are not committed", { status: " M cli/weir.ts\n" }, "uncommitted changes:\n M cli/weir.ts"],
  ["a tag of that name", { tags: ["v1.2.3"] }, "the tag v1.2.3 exists"],
])("%s is a problem", (_, change, problem) => {
  expect(problemsOf({ ...ready, ...change })).toEqual([expect.stringContaining(problem)]);
});
