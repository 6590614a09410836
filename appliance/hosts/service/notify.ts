// REQ-GROUND-023
/**
 * What systemd is told of a service (sd_notify(3)): that it is ready, what it does, and that it is alive, if the unit has a watchdog. By
 * systemd-notify, since Node has no datagram sockets of Unix: the unit needs NotifyAccess=all.
 */
import { spawn } from "node:child_process";

export class Supervisor {
  /** Milliseconds from one sign of life to the next: a third of what the watchdog allows. undefined: nobody waits for any */
  readonly interval: number | undefined;
  readonly #isThere: boolean;
  readonly #warn: (text: string) => void;
  #last: Promise<void> = Promise.resolve();
  #pinged = Number.NEGATIVE_INFINITY;

  /** @param environment as systemd makes it: NOTIFY_SOCKET, WATCHDOG_USEC */
  constructor(environment: NodeJS.ProcessEnv, warn: (text: string) => void) {
    const { NOTIFY_SOCKET, WATCHDOG_USEC = "" } = environment;
    this.#isThere = NOTIFY_SOCKET !== undefined && NOTIFY_SOCKET !== "";
    this.interval = this.#isThere && /^[1-9]\d*$/.test(WATCHDOG_USEC) ? Number(WATCHDOG_USEC) / 3000 : undefined;
    this.#warn = warn;
  }

  ready(status: string): void {
    this.#tell("READY=1", `STATUS=${status}`);
  }

  /** It lives. @param now milliseconds of a clock that only goes forward */
  alive(now: number): void {
    if (this.interval === undefined || now - this.#pinged < this.interval) return;
    this.#pinged = now;
    this.#tell("WATCHDOG=1");
  }

  stopping(status: string): void {
    this.#tell("STOPPING=1", `STATUS=${status}`);
  }

  /** When all was told. */
  told(): Promise<void> {
    return this.#last;
  }

  /** One behind the other: what was said first must not arrive last. */
  #tell(...words: string[]): void {
    if (!this.#isThere) return;
    this.#last = this.#last.then(
      () =>
        new Promise((resolve) => {
          const child = spawn("systemd-notify", words, { stdio: ["ignore", "ignore", "pipe"] });
          let complaint = "";
          child.stderr.on("data", (text) => {
            complaint += text;
          });
          child.on("error", ({ message }) => {
            complaint = message;
          });
          child.on("close", (status) => {
            if (status !== 0) this.#warn(`systemd was not told ${words[0]}: ${complaint.trim()}`);
            resolve();
          });
        }),
    );
  }
}
