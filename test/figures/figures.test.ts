// README.md shows the figures of this version and what `npm start` prints. `npm run figures` writes both.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { blockOf, withBlock } from "./block.ts";
import { figuresIn, measured, POLICY, shown, table } from "./figures.ts";

const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const tools = ["clang", "ld.lld"].every((tool) => spawnSync(tool, ["--version"]).status === 0);

it.skipIf(!tools)(
  "README.md's figures are those of the image, within 5 % (`npm run figures` writes them)",
  async () => {
    const now = await measured();
    const written = figuresIn(blockOf(readme, "npm run figures"));
    expect(written.map(({ name, unit }) => [name, unit])).toEqual(now.map(({ name, unit }) => [name, unit]));
    for (const [i, { name, value }] of now.entries())
      expect(
        Math.abs(written[i]!.value / value - 1),
        `${name}: ${value}, but README.md has ${written[i]!.value}`,
      ).toBeLessThan(0.05);
  },
);

it("README.md shows what a replay of the fixture prints; only times and the image's own lines differ", () => {
  const words = ["bin/weir", "replay", "-r", "fixtures/site.pcap", "-c", POLICY];
  const { stdout } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: "utf8" });
  const ofImage = /^(image|boot|out of `in`) /;
  const lines = blockOf(readme, "npm start").split("\n");
  expect(lines.filter((line) => !ofImage.test(line)).join("\n")).toBe(shown(stdout));
  expect(lines.filter((line) => ofImage.test(line))).toHaveLength(3);
});

it("a part is written where its marks are, and read again", () => {
  const text = "a\n<!-- x: begin -->\nold\n<!-- end -->\nb\n";
  expect(withBlock(text, "x", "new\n")).toBe("a\n<!-- x: begin -->\nnew\n<!-- end -->\nb\n");
  expect(blockOf(text, "x")).toBe("old\n");
  expect(() => withBlock(text, "y", "")).toThrow('no part between "<!-- y: begin -->" and "<!-- end -->"');
  const figures = [
    { name: "size", value: 1234, unit: "kB" },
    { name: "calls", value: 5, unit: "" },
  ];
  expect(figuresIn(table(figures))).toEqual(figures);
});
