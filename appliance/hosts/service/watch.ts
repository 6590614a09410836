// REQ-GROUND-023, REQ-GROUND-024
/**
 * Sees whether a running image is alive: it sends a heartbeat on `log` each second, so the frames that the host has taken from it on that
 * tap become more. The host's own counter is asked, which no image and no hypervisor can write.
 */
import { receivedBy } from "./devices.ts";
import type { Supervisor } from "./notify.ts";
import { type Status, writeStatus } from "./status.ts";

export interface Watching {
  /** The tap of `log`. */
  tap: string;
  /** Whether the policy has a collector: without one nothing is ever sent on `log`, and only the hypervisor's life is seen. */
  sends: boolean;
  supervisor: Supervisor;
  /** Where its status is kept. */
  file: string | undefined;
  sha256: string;
  boot: bigint;
  warn(text: string): void;
}

const LOOK = 1000;

export class LifeWatch {
  readonly #of: Watching;
  #status: Status;
  #seen: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isWritten = true;

  constructor(of: Watching) {
    this.#of = of;
    this.#status = { version: 1, state: "starting", sha256: of.sha256, boot: String(of.boot), beats: 0 };
    this.#write();
  }

  /** The image said that it is. */
  ready(what: string): void {
    this.#seen = receivedBy(this.#of.tap);
    this.#status = { ...this.#status, state: "ready" };
    this.#write();
    this.#of.supervisor.ready(what);
    this.#timer = setInterval(() => this.look(), LOOK);
  }

  look(): void {
    const { tap, sends, supervisor } = this.#of;
    const now = receivedBy(tap);
    const isAlive = !sends || (now !== undefined && now > (this.#seen ?? 0));
    this.#seen = now;
    if (!isAlive) return;
    this.#status.beats++;
    this.#write();
    supervisor.alive(performance.now());
  }

  /** @param why it ended; undefined: it was asked to */
  async ended(why: string | undefined): Promise<void> {
    clearInterval(this.#timer);
    this.#status = { ...this.#status, state: "ended", ...(why !== undefined && { why }) };
    this.#write();
    this.#of.supervisor.stopping(why ?? "stopped");
    await this.#of.supervisor.told();
  }

  /** A full disk, or a folder that is gone, ends no image. */
  #write(): void {
    const { file, warn } = this.#of;
    if (file === undefined) return;
    try {
      writeStatus(file, this.#status);
      this.#isWritten = true;
    } catch (error) {
      if (this.#isWritten) warn(`--status: ${(error as Error).message}`);
      this.#isWritten = false;
    }
  }
}
