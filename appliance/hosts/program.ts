// REQ-IMAGE-022, REQ-IMAGE-023
/**
 * A hypervisor's process with an image in it, whichever hypervisor it is: the lines of its console, how it ended, and the end of
 * everything that was made for it. A host says what to start.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { decodeExit, type Exit, exitLine } from "./exits.ts";
import type { Running, Watch } from "./host.ts";

export interface Program {
  program: string;
  args: readonly string[];
  /** Lines of its output that are no complaint; a line of stdout is the image's unless `speaks` says that it is the host's. */
  ignores?: RegExp;
  speaks?: RegExp;
  /** A named pipe that the console is written to, in place of stdout. */
  console?: string;
  notes?: readonly string[];
  /** Ends and removes what the process may have left; called when it is gone, or was never there, perhaps twice. */
  tidy?: () => void;
}

/** Lines kept in Running.lines. */
const KEPT = 1000;

/** Milliseconds that a hypervisor has for its end, once it was asked to or the image has said its last line. */
const ASKED = 2000;
const SAID = 10_000;

/** What ends those that are running, should this process exit by itself: no image goes on without whoever started it. */
const ends = new Set<() => void>();

function atExit(end: () => void): () => void {
  if (!ends.size) process.once("exit", endAll);
  ends.add(end);
  return () => {
    if (ends.delete(end) && !ends.size) process.off("exit", endAll);
  };
}

function endAll(): void {
  for (const end of ends) end();
}

/**
 * A named pipe that others open, write to and close as they like. The reading process has it open for writing, too, so that none of
 * this is its end; that is a mark which only this process knows.
 */
class Pipe {
  readonly reader: ChildProcessByStdio<null, Readable, null>;
  /** When all of it was read. */
  readonly read: Promise<unknown>;
  readonly #path: string;
  readonly #mark = randomBytes(16).toString("hex");

  constructor(path: string) {
    this.#path = path;
    const script = `/${this.#mark}$/{s///;/^$/!p;Q}`;
    this.reader = spawn("sh", ["-c", 'exec sed -u "$1" <> "$0"', path, script], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.read = new Promise((resolve) => this.reader.on("close", resolve));
  }

  /** Nobody writes any more. */
  finish(): void {
    try {
      const pipe = openSync(this.#path, constants.O_WRONLY | constants.O_NONBLOCK);
      writeSync(pipe, `${this.#mark}\n`);
      closeSync(pipe);
    } catch {
      this.reader.kill(); // it has not begun, or does not go on
    }
  }
}

/** Never throws: a program that cannot be started is an exit too. */
export function startProgram(start: Program, { timeout, onLine }: Watch = {}): Running {
  const { program, args, notes = [] } = start;
  // What could tell systemd that the service is well is not for a hypervisor.
  const { NOTIFY_SOCKET: _socket, WATCHDOG_USEC: _usec, WATCHDOG_PID: _pid, ...env } = process.env;
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env });
  const lines: string[] = [];
  const complaints: string[] = [];
  let timedOut = false;
  let failed: Error | undefined;
  let said: number | undefined;
  let isStopping = false;
  const kill = () => void child.kill("SIGKILL");
  const timer = timeout
    ? setTimeout(() => {
        timedOut = true;
        kill();
      }, timeout)
    : undefined;
  let last: NodeJS.Timeout | undefined;
  const gone = () => {
    pipe?.finish();
    start.tidy?.();
  };
  const isGone = atExit(() => {
    kill();
    pipe?.reader.kill();
    start.tidy?.();
  });
  let isReady = () => {};

  const complain = (line: string) => {
    if (!start.ignores?.test(line)) complaints.push(line);
  };
  const take = (line: string) => {
    if (start.speaks?.test(line)) {
      complain(line);
      return;
    }
    // After its last line an image has ended. A host that starts it again (Cloud Hypervisor takes a reset for that) is ended.
    if (said !== undefined) {
      kill();
      return;
    }
    said = exitLine(line);
    if (said !== undefined) {
      last = setTimeout(kill, SAID);
      return;
    }
    if (lines.push(line) > KEPT) lines.shift();
    if (line === "weir: ready") isReady();
    onLine?.(line);
  };

  const pipe = start.console === undefined ? undefined : new Pipe(start.console);
  const read = (stream: NodeJS.ReadableStream, onEach: (line: string) => void) =>
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", onEach);
  read(child.stdout, pipe ? complain : take);
  read(child.stderr, complain);
  if (pipe) read(pipe.reader.stdout, take);

  const exit = new Promise<Exit>((resolve) => {
    child.on("error", (error) => {
      failed = error;
    });
    // What it has left may hold its output open, so that is ended before.
    child.on("exit", gone);
    child.on("close", async (status, signal) => {
      clearTimeout(timer);
      clearTimeout(last);
      isGone();
      if (failed) gone();
      await pipe?.read;
      if (failed) resolve({ name: "HYPERVISOR", text: `${program}: ${failed.message}` });
      else if (timedOut) resolve({ name: "TIMEOUT", text: `it did not end within ${timeout} ms` });
      else {
        const how = decodeExit(status, signal, said);
        resolve(isStopping && how.name === "HYPERVISOR" ? decodeExit(0, null) : how);
      }
    });
  });
  const ready = new Promise<void>((resolve, reject) => {
    isReady = resolve;
    exit.then(({ text }) => reject(new Error([text, ...lines.slice(-3), ...complaints].join("\n"))));
  });
  ready.catch(() => {}); // who does not wait for it is not told
  const stop = () => {
    isStopping = true;
    child.kill("SIGTERM");
    const hard = setTimeout(kill, ASKED);
    return exit.finally(() => clearTimeout(hard));
  };
  return { process: child, ready, exit, lines, complaints, notes, stop };
}
