// REQ-IMAGE-022
/**
 * Watches over a running image by what its console says (appliance/runtime/user/main.c, send.c), for a person or a supervisor: an image
 * that is not ready, or whose alerts nobody takes, must not pass for one that guards.
 */
import { exitLine } from "./exits.ts";

export interface Watched {
  /** Seconds that it may take to be ready, and that `log` may take nothing; undefined: for ever. */
  patience: number | undefined;
  /** The devices behind `out` and `log`. */
  taps: Readonly<Record<"out" | "log", string>>;
  /** A line for whoever runs it. */
  warn(text: string): void;
  /** Called once at most: it has to be ended, and why. */
  end(why: string): void;
}

const SILENT = /^weir: the device of `(out|log)` has taken nothing for (\d+) s/;
const AGAIN = /^weir: the device of `(out|log)` takes frames again$/;
const LOST = {
  out: "what the policy allows is lost",
  log: "no alert and no heartbeat leaves the image",
};

export class Vigil {
  readonly #of: Watched;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #said = new Set<string>();
  #isOver = false;

  constructor(of: Watched) {
    this.#of = of;
    const { patience } = of;
    if (patience !== undefined)
      this.#timer = setTimeout(
        () => this.#end(`it was not ready after ${patience} s (--patience): nothing was watched`),
        patience * 1000,
      );
  }

  /** Each line of the console. */
  take(line: string): void {
    if (line === "weir: ready" || exitLine(line) !== undefined) clearTimeout(this.#timer);
    const [, silent, seconds] = SILENT.exec(line) ?? [];
    if (silent) this.#silent(silent as "out" | "log", Number(seconds));
    const again = AGAIN.exec(line)?.[1];
    if (again && this.#said.delete(again))
      this.#of.warn(`${this.#place(again as "out" | "log")} takes frames again; what was sent meanwhile is lost`);
  }

  /** It has ended. */
  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #silent(role: "out" | "log", seconds: number): void {
    const { patience } = this.#of;
    if (role === "log" && patience !== undefined && seconds >= patience) {
      this.#end(
        `for ${seconds} s the host has taken nothing on ${this.#place(role)}: ${LOST[role]}. ` +
          "Look at what the host says of that interface; with --patience never the image runs on without a log",
      );
      return;
    }
    if (this.#said.has(role)) return;
    this.#said.add(role);
    this.#of.warn(`the host takes nothing on ${this.#place(role)}: ${LOST[role]}`);
  }

  #place(role: "out" | "log"): string {
    return `${role} (${this.#of.taps[role]})`;
  }

  #end(why: string): void {
    if (this.#isOver) return;
    this.close();
    this.#of.end(why);
  }
}
