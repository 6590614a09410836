import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { scratchFolder } from "./scratch.ts";

/** A process that makes a folder, tells where, and ends so. */
function other(end: string): string {
  const module = pathToFileURL(join(ROOT, "dist", "appliance", "build", "scratch.js"));
  const program = `const { scratchFolder } = await import("${module}"); console.log(scratchFolder("other")); ${end}`;
  return spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" }).stdout.trim();
}

it.each(["", "process.exit(3)", 'throw new Error("as a test does")'])("is gone with its process: %s", (end) => {
  const folder = other(end);
  expect(basename(folder)).toMatch(/^other-\d+-\w{6}$/);
  expect(existsSync(folder)).toBe(false);
});

it("of a process that was killed is removed by the next, and nobody else's", () => {
  const killed = other('process.kill(process.pid, "SIGKILL")');
  expect(existsSync(killed)).toBe(true);
  const [first, second] = [scratchFolder("first"), scratchFolder("second")];
  expect(existsSync(killed)).toBe(false);
  expect([first, second].every((folder) => existsSync(folder))).toBe(true);
  for (const folder of [first, second]) rmSync(folder, { recursive: true });
});
