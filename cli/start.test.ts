// bin/weir starts the bundle where that is not older than what it was made of, else the compiled files.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ROOT } from "../lib/asc.ts";

/** What it starts, with files of these ages in seconds. */
function started(ages: Record<string, number>): string {
  const folder = mkdtempSync(join(tmpdir(), "weir-start-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(join(ROOT, "bin"), join(folder, "bin"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  for (const [path, age] of Object.entries(ages)) {
    const file = join(folder, "dist", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `console.log(${JSON.stringify(path)})`);
    utimesSync(file, 1_000_000 - age, 1_000_000 - age);
  }
  const { stdout, stderr } = spawnSync(process.execPath, [join(folder, "bin", "weir")], { encoding: "utf8" });
  return (stdout || stderr).trim();
}

it("takes the bundle, unless something was compiled since, or there is none", () => {
  const cli = { "cli/weir.js": 9 };
  expect(started({ ...cli, ".tsbuildinfo": 5, "bundle/weir.js": 4 })).toBe("bundle/weir.js");
  expect(started({ ...cli, ".tsbuildinfo": 3, "bundle/weir.js": 4 })).toBe("cli/weir.js");
  expect(started({ ...cli, ".tsbuildinfo": 3 })).toBe("cli/weir.js");
  expect(started({ ...cli, "bundle/weir.js": 4 })).toBe("cli/weir.js");
  expect(started({})).toBe("weir: not set up yet: run `npm run setup` in the project's folder first");
});
