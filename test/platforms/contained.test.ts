// What a trial of a platform leaves when it is killed: nothing.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { until } from "../../lib/testing/until.ts";
import { processesOf, VARIABLE } from "../runner/sweep.ts";
import { whyNotContained } from "./contained.ts";

const missing = whyNotContained();
if (missing) console.log(`skipped: trials of platforms: ${missing}`);

it.skipIf(missing).each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
  "%s leaves no process and no mount",
  async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), "weir-contained-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const module = pathToFileURL(join(ROOT, "dist", "test", "platforms", "contained.js"));
    // A mount, and then an orphan in a session of its own
    const work = `mount -t tmpfs trial ${folder} && setsid sh -c 'sleep 1000 & sleep 1000' & wait`;
    const program = `const { contained } = await import("${module}"); await contained(["sh", "-c", ${JSON.stringify(work)}]);`;
    // Its own mark, by which its processes are known: a run inside this one
    const mark = join(process.env[VARIABLE] ?? folder, "trial");
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      env: { ...process.env, [VARIABLE]: mark },
    });
    await until(() => processesOf(mark).filter(({ command }) => command.startsWith("sleep 1000")).length === 2);
    child.kill(signal);
    await until(() => processesOf(mark).length === 0);
    expect(readFileSync("/proc/self/mounts", "utf8")).not.toContain(folder);
  },
);
