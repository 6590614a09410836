// The unit as systemd reads it, and that weir run has every option it uses.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { installed } from "../appliance/hosts/here.ts";
import { command } from "../cli/run.ts";
import { ROOT } from "../lib/sources.ts";

const UNITS = join(ROOT, "release", "systemd");
const unit = readFileSync(join(UNITS, "weir@.service"), "utf8");
const missing = installed("systemd-analyze") ? undefined : "systemd-analyze is not installed";
if (missing) console.log(`skipped: the unit as systemd reads it: ${missing}`);

// REQ-GROUND-023
it.skipIf(missing)("systemd finds nothing wrong with the unit, and little that it is exposed to", () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-unit-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "weir@.service");
  // What is not installed here is no fault of the unit
  writeFileSync(path, unit.replace("/usr/bin/weir", "/bin/true").replace(/^Documentation=.*\n/m, ""));
  const ask = (...words: string[]) => spawnSync("systemd-analyze", words, { encoding: "utf8" });
  const verified = ask("verify", "--recursive-errors=no", "--man=no", path);
  expect(`${verified.stdout}${verified.stderr}`).not.toContain("weir@");
  const exposed = ask("security", "--offline=true", "--threshold=20", path);
  expect(exposed.status, exposed.stdout).toBe(0);
});

it("weir run knows the unit's options, and the example has its settings", () => {
  const start = unit.replaceAll("\\\n", " ").match(/^ExecStart=(.*)$/m)![1]!;
  const options = start.match(/--[a-z-]+/g)!;
  expect(options).toEqual(["--in", "--out", "--log", "--boot", "--status"]);
  for (const option of options) expect(command().options.map(({ long }) => long)).toContain(option);
  const example = readFileSync(join(UNITS, "site.conf"), "utf8");
  for (const [, name] of start.matchAll(/\$\{?(WEIR_\w+)/g)) expect(example).toMatch(new RegExp(`^${name}=`, "m"));
});

it("the package's scripts are what a shell takes", () => {
  const scripts = readdirSync(UNITS).filter((name) => /^p/.test(name));
  expect(scripts).toEqual(["postinst", "postrm", "prerm"]);
  for (const name of scripts) expect(spawnSync("sh", ["-n", join(UNITS, name)]).status).toBe(0);
});
