/**
 * Runs the real command in a child process, and judges what became of it: it ended in time, with an exit code that is
 * documented, with a message rather than a stack trace, showed nothing that a terminal would act on, and wrote nowhere but
 * where it was told to.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect } from "vitest";
import { ROOT } from "../../lib/asc.ts";

/** Seconds of processor time after which a command counts as hung: none of these takes two. */
export const LIMIT = 40;

export interface Ended {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export function start(words: readonly string[], cwd: string): { child: ChildProcess; ended: Promise<Ended> } {
  const command = [`--cpu=${LIMIT}:${LIMIT + 1}`, process.execPath, join(ROOT, "bin/weir"), ...words];
  const child = spawn("prlimit", command, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const [out, talk]: Buffer[][] = [[], []];
  child.stdout.on("data", (data) => out!.push(data));
  child.stderr.on("data", (data) => talk!.push(data));
  const ended = new Promise<Ended>((resolve) =>
    child.on("close", (status, signal) => {
      resolve({ status, signal, stdout: Buffer.concat(out!).toString(), stderr: Buffer.concat(talk!).toString() });
    }),
  );
  return { child, ended };
}

/** What a programming error says, where a message for people should be. */
const INTERNAL =
  /^\s+at \S.*:\d+:\d+|is not a function|Cannot read propert|Cannot destructure|is not iterable|call stack|Invalid array length|heap|node:internal|UnhandledPromise|\[object |ERR_INVALID_ARG_TYPE|NaN/m;
/** Everything that moves a cursor, but the ends of lines and tabs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const HIDDEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

/** @param status exit codes that are right */
export function judge({ status, signal, stdout, stderr }: Ended, ...right: number[]): void {
  expect(signal, `killed after ${LIMIT} s of processor time`).toBeNull();
  expect(INTERNAL.exec(stderr)?.[0], stderr.slice(0, 2000)).toBeUndefined();
  expect(HIDDEN.exec(stderr)?.[0]).toBeUndefined();
  expect(HIDDEN.exec(stdout)?.[0]).toBeUndefined();
  expect(stderr.length, "bytes of talk").toBeLessThan(300_000);
  expect(right, stderr.slice(0, 2000)).toContain(status);
  if (status === 1) expect(stderr).not.toBe("");
}

/** A folder to work in, `work`, amid others that nobody should touch. */
export class Sandbox {
  readonly root = mkdtempSync(join(tmpdir(), "weir-ground-"));
  readonly work = join(this.root, "work");
  readonly victim = join(this.root, "outside", "victim.txt");

  constructor() {
    mkdirSync(this.work);
    mkdirSync(join(this.root, "outside"));
    writeFileSync(this.victim, "not to be touched\n");
  }

  file(name: string, content: string | Uint8Array): string {
    const path = join(this.work, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  /** Runs a command in `work`. Exit code must be one of those. */
  async weir(words: readonly string[], ...right: number[]): Promise<Ended> {
    const ended = await start(words, this.work).ended;
    judge(ended, ...right);
    return ended;
  }

  /** Everything that is there, with its kind and its content, but what is below these folders. */
  state(...but: string[]): Map<string, string> {
    const found = new Map<string, string>();
    const look = (path: string): void => {
      if (but.some((own) => path === join(this.root, own))) return;
      const name = relative(this.root, path);
      const stat = lstatSync(path);
      if (stat.isSymbolicLink()) found.set(name, `-> ${readlinkSync(path)}`);
      else if (stat.isFile()) found.set(name, createHash("sha256").update(readFileSync(path)).digest("hex"));
      else found.set(name, stat.isDirectory() ? "folder" : "special");
      if (stat.isDirectory()) for (const entry of readdirSync(path)) look(join(path, entry));
    };
    look(this.root);
    return found;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** `text` so often. */
export const times = (n: number, text: string | ((i: number) => string)): string =>
  typeof text === "string" ? text.repeat(n) : Array.from({ length: n }, (_, i) => text(i)).join("");

/** Bytes that look random, the same in every run (xorshift32, Marsaglia 2003). */
export function noise(length: number, seed = 1): Buffer {
  let x = seed;
  return Buffer.from(
    Uint8Array.from({ length }, () => {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      return x & 255;
    }),
  );
}
