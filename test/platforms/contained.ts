/**
 * Runs a program in namespaces of its own for mounts and processes. The kernel ends all that is in them with their first process, and that
 * one with this process: however it ends, no mount and no process is left.
 */
import { spawn, spawnSync } from "node:child_process";

const ALONE = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child=KILL"];
/** The first process must wait for orphans, as a shell does. */
const FIRST = ["sh", "-c", '"$@"; exit $?', "sh"];

/** Why it cannot be done here; undefined when it can. */
export function whyNotContained(): string | undefined {
  const able = process.getuid?.() === 0 && spawnSync(ALONE[0]!, [...ALONE.slice(1), "true"]).status === 0;
  return able
    ? undefined
    : "needs root, and namespaces for mounts and processes (Debian: util-linux, which has unshare and setpriv)";
}

/** @returns its exit code */
export function contained(words: readonly string[], env = process.env): Promise<number> {
  const child = spawn("setpriv", ["--pdeathsig", "KILL", ...ALONE, ...FIRST, ...words], { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill("SIGKILL"));
  return new Promise((resolve) => {
    child.on("error", () => resolve(1)).on("close", (status) => resolve(status ?? 1));
  });
}
