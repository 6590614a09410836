import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RotatingFile } from "./rotate.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-rotate-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
const text = (name: string) => readFileSync(join(folder, name), "utf8");
const line = (n: number) => Buffer.from(`line ${n}`);

// REQ-LOG-010
it("begins anew before a line that does not fit, keeps as many as it shall, loses no other line", () => {
  const file = new RotatingFile(join(folder, "a"), { bytes: 21, keep: 2 });
  for (let n = 0; n < 10; n++) file.write(line(n));
  file.close();
  expect([text("a.2"), text("a.1"), text("a")]).toEqual([
    "line 3\nline 4\nline 5\n",
    "line 6\nline 7\nline 8\n",
    "line 9\n",
  ]);
  expect(existsSync(join(folder, "a.3"))).toBe(false);
});

it("begins anew by age, not while it is empty; keeps none where none shall stay", () => {
  const file = new RotatingFile(join(folder, "a"), { age: 1000, keep: 1 }, 0);
  file.flush(5000);
  file.write(line(1));
  file.flush(5999);
  expect(text("a")).toBe("line 1\n");
  file.flush(6000);
  expect([text("a.1"), text("a")]).toEqual(["line 1\n", ""]);
  file.close();
  const none = new RotatingFile(join(folder, "b"), { bytes: 8, keep: 0 });
  for (let n = 0; n < 3; n++) none.write(line(n));
  none.close();
  expect([text("b"), existsSync(join(folder, "b.1"))]).toEqual(["line 2\n", false]);
});

it("goes on behind what is there, without limits for ever", () => {
  for (let n = 0; n < 3; n++) {
    const file = new RotatingFile(join(folder, "a"), { keep: 7 });
    file.write(line(n));
    file.close();
  }
  expect(text("a")).toBe("line 0\nline 1\nline 2\n");
});

it.each([
  ["", 0],
  ["a\n", 0],
  ["a\nb", 1],
  ["b", 1],
  [`a\n${"x".repeat(65535)}`, 65535],
  [`a\n${"x".repeat(65536)}`, 65536],
  [`a\n${"x".repeat(65537)}`, 65536], // longer than a line can be: where it began is not looked for
])("half a line at the end is removed, and how much of it there was is known (%#)", (content, cut) => {
  writeFileSync(join(folder, "a"), content);
  const file = new RotatingFile(join(folder, "a"), { keep: 7 });
  file.write(line(1));
  file.close();
  expect(file.cut).toBe(cut);
  expect(text("a")).toBe(`${content.slice(0, content.length - cut)}line 1\n`);
});

it("begins anew before the line that does not fit, not before one that just does; a longer one has a file of its own", () => {
  const file = new RotatingFile(join(folder, "a"), { bytes: 14, keep: 9 });
  for (const length of [6, 6, 7, 40, 6]) file.write(Buffer.alloc(length, "x"));
  file.close();
  const all = ["a.3", "a.2", "a.1", "a"].map((name) =>
    text(name)
      .split("\n")
      .map((one) => one.length),
  );
  expect(all).toEqual([
    [6, 6, 0],
    [7, 0],
    [40, 0],
    [6, 0],
  ]);
  expect(existsSync(join(folder, "a.4"))).toBe(false);
});

it("closes its file", () => {
  const open = () => readdirSync("/proc/self/fd").length;
  const before = open();
  for (let n = 0; n < 9; n++) {
    const file = new RotatingFile(join(folder, `${n}`), { keep: 1 });
    file.write(line(n));
    file.close();
  }
  expect(open()).toBe(before);
});
