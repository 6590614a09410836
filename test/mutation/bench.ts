/** Runs tests of a copy of the project, one at a time, each with a limit of processor time. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Speed } from "./graph.ts";
import type { Answer, Order } from "./runner.ts";

/** When a test file, with all that it starts, is taken for one that does not end. */
const LIMITS = {
  /** Seconds of processor time. */
  quick: 90,
  slow: 400,
  /** Looks in a row, a quarter of a second apart, between which it used next to nothing: it waits for what does not come. */
  idle: 80,
};
const [LOOK_MS, NOTHING] = [250, 0.02];
/** Clock ticks a second of /proc/PID/stat. */
const HERTZ = 100;

export class Bench {
  readonly #folder: string;
  #child: ChildProcess | undefined;
  /** What every test has cost, seconds. */
  spent = 0;

  readonly #limits: typeof LIMITS;

  /** @param folder of a copy of the project (tree.ts) */
  constructor(folder: string, limits = LIMITS) {
    this.#folder = folder;
    this.#limits = limits;
  }

  /** What a test file says of the tree as it is now. @param changed since it was last asked */
  async run(test: string, changed: string[], speed: Speed = "quick"): Promise<Answer> {
    const child = await this.#started();
    const before = used(child.pid!);
    const answered = new Promise<Answer>((resolve) => {
      const end = (answer: Answer) => {
        child.removeAllListeners("message").removeAllListeners("exit");
        resolve(answer);
      };
      child.once("message", end).once("exit", () => end({ passed: false, message: "the runner has ended" }));
    });
    child.send({ test, changed } satisfies Order);
    let [last, idle] = [before, 0];
    for (;;) {
      const answer = await Promise.race([answered, pause(LOOK_MS, undefined, { ref: false })]);
      const now = Math.max(used(child.pid!), last);
      idle = now - last > NOTHING ? 0 : idle + 1;
      last = now;
      if (!answer && now - before < this.#limits[speed] && idle < this.#limits.idle) continue;
      this.spent += last - before;
      if (answer) return answer;
      await this.close();
      return { passed: false, message: idle < this.#limits.idle ? "does not end" : "waits for ever" };
    }
  }

  async #started(): Promise<ChildProcess> {
    if (this.#child && this.#child.exitCode === null && this.#child.signalCode === null) return this.#child;
    // A group of its own, so that it can be ended with all of it
    const child = fork(join(this.#folder, "dist", "test", "mutation", "runner.js"), [], {
      cwd: this.#folder,
      detached: true,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: { ...process.env, WEIR_SHARED: "absent", WEIR_TEST_TIMES: "", VITEST: "", VITEST_POOL_ID: "" },
    });
    this.#child = child;
    await Promise.race([once(child, "message"), once(child, "exit")]);
    return child;
  }

  async close(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    // Its warden, which is in a group of its own, removes what is left of it (test/runner/warden.ts)
    process.kill(-child.pid!, "SIGKILL");
    await ended;
  }
}

/** Seconds of processor time of a group of processes: of those that are there, and of their children that have ended. */
function used(group: number): number {
  let ticks = 0;
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    let stat: string;
    try {
      stat = readFileSync(`/proc/${name}/stat`, "latin1");
    } catch {
      continue; // it has ended meanwhile
    }
    const fields = stat.slice(stat.lastIndexOf(") ") + 2).split(" ");
    if (Number(fields[2]) === group) for (const n of [11, 12, 13, 14]) ticks += Number(fields[n]);
  }
  return ticks / HERTZ;
}
