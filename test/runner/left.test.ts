// A run of tests that is killed, in whichever way, leaves no process, no network namespace, no device and no file.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { until } from "../../lib/testing/until.ts";
import { processesOf, VARIABLE } from "./sweep.ts";

interface Abandoned {
  run: string;
  started: number[];
  spaces: string[];
}

const exists = (pid: number) => existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`).length > 0;

it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)("%s to the runner", async (signal) => {
  const folder = mkdtempSync(join(tmpdir(), "weir-left-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const note = join(folder, "note");
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const args = [vitest, "run", "--config", "test/runner/testing/abandoned.config.ts"];
  const runner = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: "ignore",
    env: { ...process.env, WEIR_ABANDONED: note },
  });
  const { run, started, spaces } = await until(() => {
    expect(runner.exitCode).toBeNull();
    return existsSync(note) && (JSON.parse(readFileSync(note, "utf8") || "null") as Abandoned | null);
  });
  expect(started.length).toBeGreaterThan(0);
  expect(started.filter((pid) => !exists(pid))).toEqual([]);
  expect(processesOf(run).map(({ pid }) => pid)).toEqual(expect.arrayContaining(started));
  runner.kill(signal);
  await until(() => !existsSync(run)); // the last thing that the warden does
  expect(started.filter(exists)).toEqual([]);
  expect(processesOf(run)).toEqual([]);
  // The warden itself, which has this run's mark too
  await until(() => !processesOf(process.env[VARIABLE]!).some(({ command }) => command.endsWith(run)));
  for (const name of spaces) expect([`/run/netns/${name}`, `/sys/class/net/${name}`].filter(existsSync)).toEqual([]);
});
