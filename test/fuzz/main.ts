/**
 * npm run fuzz -- --minutes N [--target NAME] [--jobs J] [--save] [--evidence]
 *
 * Fuzzes each target for its share of the time. What was found is in build/fuzz/findings; a table on standard output.
 * Exit code 0: nothing was found; 1: usage; 3: something was.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "../../lib/asc.ts";
import { BUILD, buildFuzzers, type Fuzzers, whyNoFuzzer } from "./build.ts";
import { type Candidate, CORPUS, chosen, measured, readInputs, writeInputs } from "./corpus.ts";
import { type Figures, folderSize, fuzz, type RunOptions } from "./libfuzzer.ts";
import { measureReaders } from "./readers.ts";
import { type Seeded, seeds } from "./seeds.ts";
import { sharedSeeds } from "./shared-seeds.ts";
import { streamFrames } from "./stream.ts";
import { STREAM, TARGETS, type Target } from "./targets.ts";
import { watchReaders } from "./watch.ts";

const ALL: readonly Target[] = [STREAM, ...TARGETS];

const say = (line: string) => process.stderr.write(`fuzz: ${line}\n`);

function options() {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "5" },
      target: { type: "string", multiple: true },
      jobs: { type: "string", default: String(Math.min(4, availableParallelism())) },
      seed: { type: "string", default: "1553" },
      save: { type: "boolean", default: false },
      evidence: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [minutes, jobs, seed] = [values.minutes, values.jobs, values.seed].map(Number) as [number, number, number];
  if (values.help || !(minutes >= 0) || !(jobs >= 1) || !Number.isInteger(seed)) throw new Error(USAGE);
  const chosenTargets = ALL.filter(({ name }) => !values.target || values.target.includes(name));
  const unknown = values.target?.find((name) => !ALL.some((target) => target.name === name));
  if (unknown) throw new Error(`there is no target ${unknown}; there are ${ALL.map(({ name }) => name).join(", ")}`);
  return { minutes, jobs, seed, save: values.save, evidence: values.evidence, targets: chosenTargets };
}

const USAGE = `npm run fuzz -- [--minutes 5] [--target NAME]... [--jobs 2] [--seed 1553] [--save] [--evidence]
  --minutes    of all targets together, times jobs; 0: what there is, once
  --target     ${ALL.map(({ name, what }) => `${name}: ${what}`).join("\n               ")}
  --save       writes the smallest inputs that reach what was reached to test/fuzz/corpus; uses no captures of others
  --evidence   writes the figures to docs/evidence/fuzz.json
Findings: build/fuzz/findings. To run one again: TARGET=frame build/fuzz/frame FILE`;

/** Where inputs of a target are: what was grown, seeds, the repository's; and captures of others, where they may be used. */
function foldersOf(target: Target, fuzzers: Fuzzers, save: boolean): string[] {
  const name = target.name as Seeded;
  const folder = (kind: string) => join(BUILD, kind, target.name);
  const grown = folder(save ? "grown-own" : "grown");
  mkdirSync(grown, { recursive: true });
  rmSync(folder("seeds"), { recursive: true, force: true });
  const list = [grown, writeInputs(folder("seeds"), seeds(name, fuzzers.policies))];
  const corpus = join(CORPUS, target.name);
  mkdirSync(corpus, { recursive: true });
  list.push(corpus);
  if (!save) {
    rmSync(folder("shared"), { recursive: true, force: true });
    list.push(writeInputs(folder("shared"), sharedSeeds(name, fuzzers.policies.length)));
  }
  return list;
}

const rate = ({ executions, seconds }: Figures) => Math.round(executions / Math.max(1, seconds));
const share = ({ edges, edgesTotal }: Figures) => `${((100 * edges) / Math.max(1, edgesTotal)).toFixed(1)} %`;

function row(name: string, f: Figures): string {
  return `${name.padEnd(9)} ${String(f.executions).padStart(11)} executions ${String(rate(f)).padStart(7)}/s  ${String(f.edges).padStart(6)} of ${String(f.edgesTotal).padStart(6)} edges (${share(f)})  ${f.inputs} inputs  ${f.findings.length} findings`;
}

/** The programs under names that do not change, for who wants to run an input again. */
function link(fuzzers: Fuzzers): void {
  for (const name of ["appliance", "rings", "setup"] as const) {
    const at = join(BUILD, name);
    writeFileSync(`${at}.new`, `#!/bin/sh\nASAN_OPTIONS=detect_leaks=0 exec ${relative(ROOT, fuzzers[name])} "$@"\n`, {
      mode: 0o755,
    });
    renameSync(`${at}.new`, at);
  }
}

async function save(target: Target, fuzzers: Fuzzers, folders: readonly string[]): Promise<void> {
  const candidates: Candidate[] = target.program
    ? await measured(fuzzers, target, folders)
    : await measureReaders(folders.flatMap(readInputs));
  const inputs = chosen(candidates);
  const corpus = join(CORPUS, target.name);
  rmSync(corpus, { recursive: true, force: true });
  writeInputs(corpus, inputs);
  const { files, bytes } = folderSize(corpus);
  say(`${target.name}: of ${candidates.length} inputs ${files} are in the corpus, ${bytes} bytes`);
}

async function measure(target: Target, fuzzers: Fuzzers, run: RunOptions): Promise<Figures> {
  if (target !== STREAM) return target.program ? fuzz(fuzzers, target, run) : watchReaders(target, run);
  const { seconds, seed = 1, progress } = run;
  return streamFrames(await fuzzers.stream(), { seed, frames: 0, seconds, ...(progress && { progress }) });
}

async function main(): Promise<number> {
  const { minutes, jobs, seed, targets, ...flags } = options();
  const why = whyNoFuzzer();
  if (why) throw new Error(why);
  say("building");
  const fuzzers = await buildFuzzers();
  link(fuzzers);
  const seconds = (minutes * 60 * Math.min(jobs, targets.length)) / targets.length;
  const results = new Map<Target, Figures>();
  const queue = [...targets];
  const worker = async () => {
    for (let target = queue.shift(); target; target = queue.shift()) {
      const { name } = target;
      const folders = target === STREAM ? [] : foldersOf(target, fuzzers, flags.save);
      let told = performance.now();
      say(`${name}: ${seconds.toFixed(0)} s`);
      const progress = (figures: Figures) => {
        if (performance.now() - told < 15_000) return;
        told = performance.now();
        say(
          `${name}: ${figures.executions} executions, ${figures.edges} of ${figures.edgesTotal} edges, ${figures.inputs} inputs`,
        );
      };
      const run = { folders, seconds: Math.round(seconds), seed, progress, count: true };
      const figures = await measure(target, fuzzers, run);
      results.set(target, figures);
      for (const { what, input } of figures.findings) say(`${name}: FOUND ${what}\n      ${input}`);
      if (flags.save && target !== STREAM) await save(target, fuzzers, folders);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, targets.length) }, worker));
  for (const target of targets) process.stdout.write(`${row(target.name, results.get(target)!)}\n`);
  if (flags.evidence) evidence(minutes, jobs, targets, results);
  return [...results.values()].some(({ findings }) => findings.length) ? 3 : 0;
}

function evidence(minutes: number, jobs: number, targets: readonly Target[], results: Map<Target, Figures>): void {
  const folder = join(ROOT, "docs", "evidence");
  mkdirSync(folder, { recursive: true });
  const command = `npm run fuzz -- --minutes ${minutes} --jobs ${jobs} --evidence`;
  const rows = targets.map((target) => {
    const { executions, edges, edgesTotal, features, inputs, seconds, findings } = results.get(target)!;
    const kept = target === STREAM ? 0 : readdirSync(join(CORPUS, target.name)).length;
    return {
      target: target.name,
      what: target.what,
      executions,
      seconds: Math.round(seconds),
      edges,
      edgesTotal,
      features,
      inputs,
      kept,
      findings: findings.length,
    };
  });
  const data = {
    command,
    machine: `${cpus()[0]?.model}, ${availableParallelism()} processors`,
    node: process.version,
    targets: rows,
  };
  writeFileSync(join(folder, "fuzz.json"), `${JSON.stringify(data, null, 2)}\n`);
  const table = rows.map(
    (r) =>
      `| ${r.target} | ${r.what} | ${r.executions.toLocaleString("en")} | ${r.seconds} | ${r.edges} of ${r.edgesTotal} (${((100 * r.edges) / Math.max(1, r.edgesTotal)).toFixed(1)} %) | ${r.findings} |`,
  );
  const head =
    "| target | what is mutated | executions | seconds | edges | findings |\n| --- | --- | --- | --- | --- | --- |";
  writeFileSync(
    join(folder, "fuzz.md"),
    `Written by \`${command}\` on ${data.machine}.\n\n${head}\n${table.join("\n")}\n`,
  );
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
