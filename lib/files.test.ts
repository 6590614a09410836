import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openOwn, writeWhole } from "./files.ts";
import { readSecret } from "./secrets.ts";

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

it("a file that is written whole has the mode that it shall have, whatever lay beside it, and nothing stays there", () => {
  const own = join(folder, "whole");
  mkdirSync(own);
  const path = join(own, "image");
  const victim = join(folder, "victim");
  writeFileSync(victim, "kept");
  chmodSync(victim, 0o666);
  symlinkSync(victim, `${path}.${process.pid}.part`);
  writeWhole(path, "secret", { mode: 0o600, lasting: true, shared: true });
  expect(readFileSync(victim, "utf8")).toBe("kept");
  expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777]).toEqual(["secret", 0o600]);
  mkdirSync(join(own, "folder"));
  expect(() => writeWhole(join(own, "folder"), "x")).toThrow(/EISDIR|EEXIST|ENOTEMPTY/);
  expect(readdirSync(own)).toEqual(["folder", "image"]);
});

it("of two that write one file, neither touches what the other has beside it", () => {
  const path = join(folder, "both");
  for (const other of [`${path}.1.part`, `${path}.part`]) writeFileSync(other, "of another");
  writeWhole(path, "mine", { shared: true });
  expect(readFileSync(path, "utf8")).toBe("mine");
  for (const other of [`${path}.1.part`, `${path}.part`]) expect(readFileSync(other, "utf8")).toBe("of another");
});

it("a file with a key is read like others: a pipe does not hang, what is not there is said", () => {
  execFileSync("mkfifo", ["-m", "0600", join(folder, "key-pipe")]);
  expect(() => readSecret(join(folder, "key-pipe"), 64)).toThrow("key-pipe: a device or a pipe, expected a file");
  expect(() => readSecret(join(folder, "no-key"), 64)).toThrow("no-key: cannot be read (ENOENT)");
  expect(() => readSecret(folder, 64)).toThrow("cannot be read (EISDIR)");
});
