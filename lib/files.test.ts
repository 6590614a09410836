import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openOwn } from "./files.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

function written(how: "anew" | "append"): string {
  const path = join(folder, how);
  writeFileSync(path, "an older and longer text");
  const fd = openOwn(path, how);
  writeSync(fd, "new");
  closeSync(fd);
  return readFileSync(path, "utf8");
}

it("a file that is written anew has nothing of what was there, one that is appended to has all of it", () => {
  expect(written("anew")).toBe("new");
  expect(written("append")).toBe("an older and longer textnew");
});

it("a link, a pipe and a device are refused, and a file behind a link is left as it was", () => {
  const file = join(folder, "file");
  writeFileSync(file, "kept");
  symlinkSync(file, join(folder, "link"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
  for (const path of [join(folder, "link"), join(folder, "pipe"), "/dev/null"])
    for (const how of ["anew", "append"] as const)
      expect(() => openOwn(path, how)).toThrow(`${path}: a link, a pipe or a device, expected a file or nothing`);
  expect(readFileSync(file, "utf8")).toBe("kept");
  const absent = join(folder, "no-folder", "file");
  expect(() => openOwn(absent, "anew")).toThrow(`${absent}: cannot be written (ENOENT)`);
});
