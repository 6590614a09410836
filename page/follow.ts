/**
 * Follows the files that weir collect keeps of a running appliance's log, and hands what is worth seeing to browsers as
 * server-sent events. It reads files: there is no way from here to the appliance, nor to its network.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { interval, type Subscription } from "rxjs";
import { FILES } from "../log/collector.ts";

/** Bytes of what was there already that a new browser is shown; lines of it that are kept. */
const BACKLOG = 4 << 20;
const KEPT = 2000;
/** Bytes that a browser may be behind; then it is let go, and comes again by itself. */
const BEHIND = 8 << 20;
const WORTH = /"event_type":"(?:heartbeat|alert|weir_quarantine|weir_log)"/;

export class Follower {
  readonly #tails: Tail[];
  readonly #recent: string[] = [];
  readonly #to = new Set<ServerResponse>();
  readonly #ticks: Subscription;

  /** @param folder of weir collect -l */
  constructor(folder: string) {
    this.#tails = [FILES.eve, FILES.reports].map((name) => new Tail(join(folder, name)));
    this.#read();
    this.#ticks = interval(250).subscribe(() => this.#read());
  }

  /** Somebody looks: first what was lately, then what comes. */
  readonly show = (to: ServerResponse): void => {
    to.write(`retry: 1000\n\n${this.#recent.map((line) => `data: ${line}\n\n`).join("")}event: now\ndata: 0\n\n`);
    this.#to.add(to);
    to.on("close", () => this.#to.delete(to));
  };

  #read(): void {
    const lines = this.#tails.flatMap((tail) => tail.read()).filter((line) => WORTH.test(line));
    if (!lines.length) return;
    this.#recent.push(...lines.slice(-KEPT));
    this.#recent.splice(0, this.#recent.length - KEPT);
    const text = lines.map((line) => `data: ${line}\n\n`).join("");
    for (const to of this.#to)
      if (to.writableLength > BEHIND) to.destroy();
      else to.write(text);
  }

  close(): void {
    this.#ticks.unsubscribe();
    for (const to of this.#to) to.end();
    for (const tail of this.#tails) tail.close();
  }
}

/** The lines that a file gets, also when it begins anew under its name (log/rotate.ts). */
class Tail {
  readonly #path: string;
  #fd: number | undefined;
  #inode = 0;
  #at = 0;
  #rest = "";

  constructor(path: string) {
    this.#path = path;
  }

  read(): string[] {
    const lines = this.#fd === undefined ? [] : this.#readOn();
    let there: number;
    try {
      const stat = statSync(this.#path);
      if (!stat.isFile()) return lines; // opening a pipe would wait
      there = stat.ino;
    } catch {
      return lines; // not there yet, or just being renamed
    }
    if (there === this.#inode) return lines;
    const first = this.#inode === 0;
    this.close();
    this.#fd = openSync(this.#path, "r");
    this.#inode = there;
    const { size } = fstatSync(this.#fd);
    this.#at = first ? Math.max(0, size - BACKLOG) : 0;
    this.#rest = "";
    const cut = this.#at > 0;
    return [...lines, ...this.#readOn().slice(cut ? 1 : 0)];
  }

  #readOn(): string[] {
    const buffer = Buffer.alloc(1 << 16);
    let text = this.#rest;
    for (let n = 1; n > 0; this.#at += n) {
      n = readSync(this.#fd!, buffer, 0, buffer.length, this.#at);
      text += buffer.toString("latin1", 0, n);
    }
    const lines = text.split("\n");
    this.#rest = lines.pop()!;
    return lines;
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}
