// Each link of a Markdown file to another file of the project leads somewhere, to its heading too.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";

const files = execFileSync("git", ["ls-files", "*.md"], { cwd: ROOT, encoding: "utf8" }).trim().split("\n");

/** Anchors as GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function brokenLinks(file: string, text: string): string[] {
  return [...text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link!)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path, anchor] = link.split("#");
      const target = path ? join(ROOT, dirname(file), path) : join(ROOT, file);
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(target, "utf8")).includes(anchor);
    });
}

it("every relative link leads to a file and a heading that exist", () => {
  expect(files).toContain("README.md");
  const broken = files.flatMap((file) =>
    brokenLinks(file, readFileSync(join(ROOT, file), "utf8")).map((link) => `${file}: ${link}`),
  );
  expect(broken).toEqual([]);
});

it("a missing file and a missing heading are found", () => {
  expect(
    brokenLinks("README.md", "[a](nowhere.md) [b](CHANGES.md#nothing) [c](CHANGES.md#changes) [d](https://x.org)"),
  ).toEqual(["nowhere.md", "CHANGES.md#nothing"]);
});
