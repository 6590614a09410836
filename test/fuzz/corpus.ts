/**
 * The corpus in the repository: of all inputs that were found, few and small ones that still take every edge, as long as there
 * is room. Named by what is in them.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../lib/asc.ts";
import type { Fuzzers } from "./build.ts";
import { programOf } from "./libfuzzer.ts";
import type { Target } from "./targets.ts";

export const CORPUS = join(ROOT, "test", "fuzz", "corpus");
/** Bytes of one target's. */
export const QUOTA = 48_000;

export const nameOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

export function writeInputs(folder: string, inputs: readonly Uint8Array[]): string {
  mkdirSync(folder, { recursive: true });
  for (const bytes of inputs) writeFileSync(join(folder, nameOf(bytes)), bytes);
  return folder;
}

export const readInputs = (folder: string): Buffer[] =>
  readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name)));

export interface Candidate {
  bytes: Uint8Array;
  /** Numbers of what it reaches. */
  reaches: readonly number[];
}

/** Of the candidates those that reach most for their size, until nothing is new or the room is used up. */
export function chosen(candidates: readonly Candidate[], quota = QUOTA): Uint8Array[] {
  const taken: Uint8Array[] = [];
  const reached = new Set<number>();
  let left = [...candidates];
  let room = quota;
  while (left.length) {
    let best: Candidate | undefined;
    let worth = 0;
    const useful: Candidate[] = [];
    for (const candidate of left) {
      const fresh = candidate.reaches.reduce((n, edge) => n + Number(!reached.has(edge)), 0);
      if (!fresh || candidate.bytes.length > room) continue;
      useful.push(candidate);
      // A file has a name and a place too: a hundred bytes
      const value = fresh / (candidate.bytes.length + 100);
      if (value > worth) [best, worth] = [candidate, value];
    }
    if (!best) break;
    taken.push(best.bytes);
    room -= best.bytes.length;
    for (const edge of best.reaches) reached.add(edge);
    left = useful.filter((candidate) => candidate !== best);
  }
  return taken;
}

/** What each input of these folders reaches, as libFuzzer's merge writes it down. */
export async function measured(fuzzers: Fuzzers, target: Target, folders: readonly string[]): Promise<Candidate[]> {
  const folder = mkdtempSync(join(tmpdir(), "weir-merge-"));
  try {
    const control = join(folder, "control");
    const out = join(folder, "out");
    mkdirSync(out);
    const args = [
      "-merge=1",
      `-merge_control_file=${control}`,
      `-max_len=${target.longest}`,
      "-timeout=20",
      out,
      ...folders,
    ];
    const env = { ...process.env, TARGET: target.name, ASAN_OPTIONS: "detect_leaks=0" };
    await promisify(execFile)(programOf(fuzzers, target), args, { env, maxBuffer: 1 << 28 });
    return candidatesOf(readFileSync(control, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** libFuzzer's FuzzerMerge.cpp: how many files, how many of them before, their names, then of each STARTED, FT, COV. */
export function candidatesOf(control: string): Candidate[] {
  const lines = control.split("\n");
  const count = Number(lines[0]);
  const files = lines.slice(2, 2 + count);
  return lines
    .filter((line) => line.startsWith("FT "))
    .map((line) => {
      const [index, ...features] = line.slice(3).trim().split(" ").map(Number);
      // A feature is an edge and how often it was taken, in eight classes
      return { bytes: readFileSync(files[index!]!), reaches: [...new Set(features.map((feature) => feature >>> 3))] };
    });
}
