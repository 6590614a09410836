/** Fuzzes the readers in a process of their own, so that one that hangs or eats all memory is a finding and not the end. */
import { fork } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "../../lib/asc.ts";
import { nameOf } from "./corpus.ts";
import { FINDINGS, type Figures, noFigures, type RunOptions } from "./libfuzzer.ts";
import type { Target } from "./targets.ts";

/** Without a word for so long it hangs: a round of inputs takes a second at most. */
const SILENCE = 60_000;

interface Message {
  executions?: number;
  blocks?: number;
  blocksTotal?: number;
  inputs?: number;
  finding?: string;
  done?: boolean;
}

/** The same as fuzz() of libfuzzer.ts; edges are V8's blocks. */
export async function watchReaders(target: Target, options: RunOptions): Promise<Figures> {
  const began = performance.now();
  const all = noFigures();
  mkdirSync(FINDINGS, { recursive: true });
  for (let seed = options.seed ?? 1553; all.findings.length < 5; seed++) {
    const left = options.seconds - (performance.now() - began) / 1000;
    if (options.seconds && left < 1) break;
    await once(target, { ...options, seconds: Math.max(0, left), seed }, all);
    if (!options.seconds || !all.findings.length) break;
  }
  all.seconds = (performance.now() - began) / 1000;
  return all;
}

function once(target: Target, { folders, seconds, seed = 1, progress }: RunOptions, all: Figures): Promise<void> {
  const current = join(FINDINGS, `${target.name}.current`);
  const program = fileURLToPath(new URL("./readers-main.js", import.meta.url)); // compiled: this is no program for tests
  const child = fork(program, [seconds, seed, target.longest, current, ...folders].map(String), {
    execArgv: ["--max-old-space-size=512"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    cwd: ROOT,
  });
  const before = all.executions;
  let [done, finding] = [false, ""];
  const hang = () => {
    finding = "it hangs";
    child.kill("SIGKILL");
  };
  let timer = setTimeout(hang, SILENCE);
  child.on("message", (message: Message) => {
    clearTimeout(timer);
    timer = setTimeout(hang, SILENCE);
    if (message.finding) finding = message.finding;
    done ||= message.done === true;
    if (message.executions === undefined) return;
    Object.assign(all, {
      executions: before + message.executions,
      edges: message.blocks,
      edgesTotal: message.blocksTotal,
      inputs: message.inputs,
    });
    progress?.(all);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (!done || finding) {
        const input = join(FINDINGS, `${target.name}-${nameOf(readFileSync(current))}`);
        copyFileSync(current, input);
        all.findings.push({ what: finding || `ended with ${code ?? signal}`, input });
      }
      resolve();
    });
  });
}
