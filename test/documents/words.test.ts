// Phrases that make a reader stop are refused in code, messages, comments, test names and documents.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";

/** What is refused, and what to write. Texts may break a line anywhere between two words. */
const REFUSED: [phrase: string, write: string][] = [
  ["that there is not", "unknown, undefined or missing"],
  ["that there are not", "unknown, undefined or missing"],
  ["that is none", "invalid or malformed"],
  ["that are none", "invalid or malformed"],
  ["which is none", "invalid or malformed"],
];
const OWN = "test/documents/words.test.ts";
const SOURCES = /\.(ts|mjs|c|h|S|md|yaml|html|css|json)$/;

function refusedIn(file: string, text: string): string[] {
  return REFUSED.flatMap(([phrase, write]) => {
    // Between two words: spaces, or the end of a line and the sign of a comment on the next.
    const pattern = new RegExp(`\\b${phrase.replaceAll(" ", "(?: |\\s*\\n[\\s*/|#]*)")}\\b`, "gi");
    return [...text.matchAll(pattern)].map(
      ({ index }) => `${file}:${text.slice(0, index).split("\n").length}: "${phrase}": write ${write}`,
    );
  });
}

it("no file has a phrase that makes a reader stop", () => {
  const files = execFileSync("git", ["ls-files"], { cwd: ROOT, encoding: "utf8" }).trim().split("\n");
  const checked = files.filter((file) => SOURCES.test(file) && file !== OWN);
  expect(checked.length).toBeGreaterThan(500);
  expect(checked.flatMap((file) => refusedIn(file, readFileSync(join(ROOT, file), "utf8")))).toEqual([]);
});

it("a phrase is found across the lines of a comment, whatever its case; other words are left alone", () => {
  expect(refusedIn("a.ts", "x\n// A call that\n// there is not.\n/* That is\n * none */\n")).toEqual([
    'a.ts:2: "that there is not": write unknown, undefined or missing',
    'a.ts:4: "that is none": write invalid or malformed',
  ]);
  expect(refusedIn("a.ts", "that there is nothing; what is none of ours; that is nonetheless so")).toEqual([]);
});
