/**
 * What a run of the tests has in the world beside its own processes, and how to be rid of it. A run is known by its folder: the
 * environment variable WEIR_TEST_RUN has it in each process that was started from a test, however deep; TMPDIR is below it;
 * and network namespaces and devices are noted in it before they are made. (Linux only: /proc.)
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

export const VARIABLE = "WEIR_TEST_RUN";

const CLAIMS = "network";
/** ip's words for what can be claimed, and how each is listed. */
const LISTED = { netns: "/run/netns", link: "/sys/class/net" } as const;

/** Notes a network namespace or a device that is going to be made; outside a run it does nothing. */
export function claim(kind: keyof typeof LISTED, name: string): void {
  const run = process.env[VARIABLE];
  if (run) appendFileSync(join(run, CLAIMS), `${kind} ${name}\n`);
}

/** Processes of the run, and of runs inside it, but for `own`. */
export function processesOf(run: string, own: readonly number[] = []): { pid: number; command: string }[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && !own.includes(pid) && isOf(run, pid))
    .map((pid) => ({ pid, command: read(pid, "cmdline").replaceAll("\0", " ").trim() }))
    .filter(({ command }) => command !== ""); // a zombie has none: it has ended
}

/** Network namespaces and devices of the run that exist. */
export function networkOf(run: string): { kind: string; name: string }[] {
  const path = join(run, CLAIMS);
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(" ") as [keyof typeof LISTED, string])
    .filter(([kind, name]) => existsSync(join(LISTED[kind], name)))
    .map(([kind, name]) => ({ kind, name }));
}

/** Ends every process of the run, and removes its network and its folder. A process may start another while this looks. */
export function sweep(run: string, own: readonly number[] = []): void {
  for (let left = processesOf(run, own); left.length; left = processesOf(run, own))
    for (const { pid } of left) kill(pid);
  for (const { kind, name } of networkOf(run)) spawnSync("ip", [kind, "del", name], { stdio: "ignore" });
  rmSync(run, { recursive: true, force: true, maxRetries: 10 });
}

function isOf(run: string, pid: number): boolean {
  const setting = read(pid, "environ")
    .split("\0")
    .find((line) => line.startsWith(`${VARIABLE}=`));
  const value = setting?.slice(VARIABLE.length + 1);
  return value === run || value?.startsWith(`${run}/`) === true;
}

/** Empty when the process has ended or is another user's. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it has ended meanwhile
  }
}
