/**
 * vitest's global set-up: gives the run a folder, in which all temporary files are, and a warden (warden.ts) that tidies up if
 * the runner is killed. A run that ends by itself must have ended all that it started: what is left makes it fail.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../lib/asc.ts";
import { networkOf, processesOf, sweep, VARIABLE } from "./sweep.ts";

/** vitest ends its workers by itself, and one may take longer than the run. */
const WORKER = /\/vitest\/dist\/workers\//;

export default function setup(): () => void {
  const compiled = join(ROOT, "dist", "test", "runner", "warden.js");
  if (!existsSync(compiled)) throw new Error("the ground code is not compiled: npm run setup");
  // A short name: paths of sockets, which have at most 107 characters, are below it.
  const run = mkdtempSync(join(tmpdir(), "weir-"));
  const warden = spawn(process.execPath, [compiled, run], { detached: true, stdio: ["pipe", "ignore", "inherit"] });
  warden.unref();
  (warden.stdin as unknown as { unref(): void }).unref();
  const temporary = join(run, "t");
  mkdirSync(temporary);
  process.env[VARIABLE] = run;
  process.env.TMPDIR = temporary;
  process.env.XDG_STATE_HOME = join(run, "state"); // commands keep numbers of their starts there
  return () => {
    const left = [
      ...processesOf(run, [process.pid, warden.pid!])
        .filter(({ command }) => !WORKER.test(command))
        .map(({ pid, command }) => `process ${pid}: ${command}`),
      ...networkOf(run).map(({ kind, name }) => `${kind} ${name}`),
    ];
    sweep(run, [process.pid, warden.pid!]);
    if (left.length) throw new Error(`the tests have left behind:\n${left.join("\n")}`);
  };
}
