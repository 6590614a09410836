/** Runs a libFuzzer program and reads what it says (https://llvm.org/docs/LibFuzzer.html, "Output"). */
import { spawn } from "node:child_process";
import { appendFileSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { BUILD, type Fuzzers, type ProgramName } from "./build.ts";
import type { Target } from "./targets.ts";

export interface Figures {
  executions: number;
  /** Edges of the compartments' C and of the runtime's that some input took, and how many there are. */
  edges: number;
  edgesTotal: number;
  /** Edges times how often, in powers of two: what libFuzzer looks for. */
  features: number;
  /** Inputs that are kept, and their bytes. */
  inputs: number;
  bytes: number;
  /** Wall clock. */
  seconds: number;
  findings: Finding[];
}

export interface Finding {
  /** What is wrong, in one line. */
  what: string;
  /** Path of the input. */
  input: string;
}

function nameOf(target: Target): ProgramName {
  if (!target.program || target.program === "stream") throw new Error(`${target.name} is no libFuzzer program`);
  return target.program;
}
export const programOf = (fuzzers: Fuzzers, target: Target) => fuzzers[nameOf(target)];

/** Before anything was run. */
export const noFigures = (): Figures => ({
  executions: 0,
  edges: 0,
  edgesTotal: 0,
  features: 0,
  inputs: 0,
  bytes: 0,
  seconds: 0,
  findings: [],
});

export interface RunOptions {
  /** New inputs go to the first, all are read. */
  folders: readonly string[];
  /** 0: the folders' inputs once, no mutation. */
  seconds: number;
  /** At most so many executions, the folders' inputs among them. */
  runs?: number;
  /** Counts edges in a program of its own, at the end. */
  count?: boolean;
  /** Seconds for one input. */
  patience?: number;
  seed?: number;
  /** Findings after which it ends. */
  most?: number;
  progress?: (figures: Figures) => void;
}

export const FINDINGS = join(BUILD, "findings");

/** Runs until the time is over, over and over when something is found. */
export async function fuzz(fuzzers: Fuzzers, target: Target, options: RunOptions): Promise<Figures> {
  const began = performance.now();
  const all = noFigures();
  mkdirSync(FINDINGS, { recursive: true });
  for (let seed = options.seed ?? 1553; ; seed++) {
    const left = options.seconds - (performance.now() - began) / 1000;
    if (options.seconds && (left < 1 || all.findings.length >= (options.most ?? 5))) break;
    await once(programOf(fuzzers, target), target, { ...options, seconds: Math.ceil(left), seed }, all);
    if (!options.seconds || options.runs || !all.findings.length) break;
  }
  all.seconds = (performance.now() - began) / 1000;
  if (options.count) {
    const counted: Figures = { ...all, edges: 0, features: 0, findings: [] };
    await once(await fuzzers.counting(nameOf(target)), target, { ...options, seconds: 0, runs: 0 }, counted);
    Object.assign(all, { edges: counted.edges, edgesTotal: counted.edgesTotal, features: counted.features });
  }
  return all;
}

const PROGRESS = /^#(\d+)\s+\w+ *cov: (\d+) ft: (\d+) corp: (\d+)\/(\d+)(b|Kb|Mb)/;
const UNITS = { b: 1, Kb: 1 << 10, Mb: 1 << 20 };

function once(program: string, target: Target, options: RunOptions, all: Figures): Promise<void> {
  const { folders, seconds, runs, patience = 20, seed = 1, progress } = options;
  const args = [
    ...(seconds > 0 ? [`-max_total_time=${seconds}`, ...(runs ? [`-runs=${runs}`] : [])] : ["-runs=0"]),
    ...[`-timeout=${patience}`, `-max_len=${target.longest}`, "-rss_limit_mb=2048", `-seed=${seed}`, "-reload=0"],
    ...[`-artifact_prefix=${join(FINDINGS, `${target.name}-`)}`, "-print_final_stats=1", ...folders],
  ];
  const env = { ...process.env, TARGET: target.name, ASAN_OPTIONS: "detect_leaks=0" };
  const child = spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  const before = all.executions;
  let [rest, finding, kept] = ["", "", ""];
  const line = (text: string) => {
    const loaded = /^INFO: Loaded 1 modules +\((\d+) inline/.exec(text);
    const found = PROGRESS.exec(text);
    if (loaded) all.edgesTotal = Number(loaded[1]);
    else if (found) {
      const [executions, edges, features, inputs, bytes] = found.slice(1, 6).map(Number) as [
        number,
        number,
        number,
        number,
        number,
      ];
      all.executions = before + executions;
      Object.assign(all, { edges: Math.max(all.edges, edges), features: Math.max(all.features, features), inputs });
      all.bytes = bytes * UNITS[found[6] as keyof typeof UNITS];
      progress?.(all);
    } else if (/^stat::number_of_executed_units: /.test(text)) all.executions = before + Number(text.split(": ")[1]);
    else if (
      /^FINDING: |^SUMMARY: |ERROR: (libFuzzer: (timeout|out-of-memory)|AddressSanitizer)|runtime error: /.test(text)
    )
      finding ||= text;
    const test = /Test unit written to (.*)$/.exec(text);
    if (test) kept = test[1]!;
    if (!found) appendFileSync(join(FINDINGS, `${target.name}.log`), `${text}\n`);
  };
  rmSync(join(FINDINGS, `${target.name}.log`), { force: true });
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const l of lines) line(l);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code !== 0) all.findings.push({ what: finding || `ended with ${code ?? signal}`, input: kept });
      resolve();
    });
  });
}

export function folderSize(folder: string): { files: number; bytes: number } {
  const files = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
  return { files: files.length, bytes: files.reduce((a, b) => a + b, 0) };
}
