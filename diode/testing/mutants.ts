/**
 * Mutants of a compartment's module: the very bytes that are linked, with one comparison changed. A comparison is one
 * byte, so no compiler is needed; where each stands is read from the log of wabt's assembler.
 */

import { Worker } from "node:worker_threads";
import wabtInit from "wabt";
import { Measure } from "../../appliance/contract/abi.ts";
import type { Scenario } from "./scenarios.ts";

const I32 = ["eqz", "eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"];
const CODES: Record<string, number> = Object.fromEntries([
  ...I32.map((name, n) => [`i32.${name}`, 0x45 + n]),
  ...I32.map((name, n) => [`i64.${name}`, 0x50 + n]),
  ["nop", 0x01],
  ["i32.wrap_i64", 0xa7],
]);
const OPPOSITE: Record<string, string> = { eq: "ne", ne: "eq", lt: "ge", ge: "lt", gt: "le", le: "gt" };
const BESIDE: Record<string, string> = { lt: "le", le: "lt", gt: "ge", ge: "gt" };

/** What an instruction is changed to: its opposite, and where it has a boundary, one step beside it. */
function replacements(instruction: string): string[] {
  const [type, name] = instruction.split(".") as [string, string];
  // eqz of a condition is its negation; without it the condition itself stays.
  if (name === "eqz") return [type === "i32" ? "nop" : "i32.wrap_i64"];
  const [relation, sign] = name.split("_") as [string, string | undefined];
  return [OPPOSITE[relation], BESIDE[relation]]
    .filter((r) => r !== undefined)
    .map((r) => `${type}.${r}${sign ? `_${sign}` : ""}`);
}

export interface Mutant {
  /** AssemblyScript's name of the function. */
  function: string;
  /** Which comparison of the function, from 1. */
  nth: number;
  from: string;
  to: string;
  at: number;
  byte: number;
}

export interface Mutants {
  /** The module, encoded anew; the mutants' offsets are into it. */
  wasm: Uint8Array<ArrayBuffer>;
  mutants: Mutant[];
}

/** All mutants of the functions whose name matches. */
export async function mutantsOf(module: Uint8Array, functions: RegExp): Promise<Mutants> {
  const wabt = await wabtInit();
  const text = wabt.readWasm(module, { readDebugNames: true }).toText({ foldExprs: false, inlineExport: false });
  const names = [...text.matchAll(/^ *\(func (?:\$(\S+)|\()/gm)].map(([, name]) => name ?? "");
  const parsed = wabt.parseWat("guard.wat", text);
  const { buffer, log } = parsed.toBinary({ log: true, canonicalize_lebs: false });
  const mutants: Mutant[] = [];
  const comparisons: { at: number; code: number }[] = [];
  let at = -1;
  let nth = 0;
  for (const line of log.split("\n")) {
    if (line.startsWith("; function body")) {
      at = Number(/\d+/.exec(line)![0]);
      nth = 0;
      continue;
    }
    const [, offset, instruction] = /^([0-9a-f]+): [0-9a-f]{2} +; (i(?:32|64)\.\w+)$/.exec(line) ?? [];
    if (instruction === undefined || CODES[instruction] === undefined || !instruction.match(/\.(eq|ne|lt|gt|le|ge)/))
      continue;
    const offsetInLog = Number.parseInt(offset!, 16);
    comparisons.push({ at: offsetInLog, code: CODES[instruction] });
    nth++;
    const name = names[at] ?? "";
    if (!functions.test(name)) continue;
    for (const to of replacements(instruction))
      mutants.push({ function: name, nth, from: instruction, to, at: offsetInLog, byte: CODES[to]! });
  }
  const wasm = new Uint8Array(buffer);
  const shift = shiftOf(wasm, comparisons);
  return { wasm, mutants: mutants.map((mutant) => ({ ...mutant, at: mutant.at - shift })) };
}

/** The log is written before a section that turned out to be unneeded is taken out again: by how much that moved the code. */
function shiftOf(wasm: Uint8Array, comparisons: readonly { at: number; code: number }[]): number {
  for (let shift = 0; shift < 64; shift++)
    if (comparisons.every(({ at, code }) => wasm[at - shift] === code)) return shift;
  throw new Error("wabt's log does not say where the instructions are");
}

/** Answers, for each mutant, whether some scenario came out otherwise than unchanged (also by a trap, or no end). */
const WORKER = `
const { parentPort, workerData } = require("node:worker_threads");
const { createHash } = require("node:crypto");
const { wasm, scenarios, mutants } = workerData;
function outcome(module, scenario) {
  const hash = createHash("sha256");
  try {
    const e = new WebAssembly.Instance(module, {}).exports;
    const input = new Uint8Array(e.memory.buffer, e.inputAt(), e.inputSize());
    input.set(scenario.part);
    const refusal = e.configure(scenario.part.length);
    hash.update("configured " + refusal + (refusal ? "" : " tick " + e.tick()));
    for (const { bytes: batch, measures } of scenario.batches) {
      input.set(batch);
      new Uint32Array(e.memory.buffer, e.measuresAt(), 2).set([measures.length / workerData.measure, 0]);
      new Uint8Array(e.memory.buffer, e.measuresAt() + 8, measures.length).set(measures);
      for (let at = 0, calls = 0; at < batch.length; ) {
        const stop = e.run(at, batch.length);
        hash.update("stop " + stop);
        if (stop <= at || ++calls > 1000) return "no progress";
        at = stop;
        hash.update(new Uint8Array(e.memory.buffer, e.framesAt(), e.framesLength()));
        hash.update(new Uint8Array(e.memory.buffer, e.eventsAt(), e.eventsLength()));
      }
    }
  } catch (error) {
    hash.update("trap");
  }
  return hash.digest("hex");
}
const original = new WebAssembly.Module(wasm);
const expected = new Map(scenarios.map((scenario) => [scenario, outcome(original, scenario)]));
for (let n = workerData.from; n < mutants.length; n++) {
  parentPort.postMessage({ started: n });
  const bytes = wasm.slice();
  bytes[mutants[n].at] = mutants[n].byte;
  const module = new WebAssembly.Module(bytes);
  const by = scenarios.findIndex((scenario) => outcome(module, scenario) !== expected.get(scenario));
  parentPort.postMessage({ done: n, killedBy: scenarios[by]?.name });
  // Most likely it tells the next one, too, which is beside it.
  if (by > 0) scenarios.unshift(...scenarios.splice(by, 1));
}
`;

/**
 * Mutants that no scenario tells from the original. One that does not end counts as told: the process, which does nothing else
 * meanwhile, has used `patience` ms of processor time.
 */
export async function survivors(
  { wasm, mutants }: Mutants,
  scenarios: readonly Scenario[],
  patience = 2000,
): Promise<Mutant[]> {
  const alive: Mutant[] = [];
  let next = 0;
  while (next < mutants.length) {
    const worker = new Worker(WORKER, {
      eval: true,
      workerData: { wasm, scenarios, mutants, from: next, measure: Measure.SIZE },
    });
    await new Promise<void>((resolve, reject) => {
      let before = process.cpuUsage();
      const timer = setInterval(() => {
        const { user, system } = process.cpuUsage(before);
        if ((user + system) / 1000 < patience) return;
        clearInterval(timer);
        next++; // this one hangs: told
        worker.terminate().then(() => resolve(), reject);
      }, 50);
      worker.on("message", (message: { started?: number; done?: number; killedBy?: string }) => {
        before = process.cpuUsage();
        if (message.done === undefined) return;
        if (message.killedBy === undefined) alive.push(mutants[message.done]!);
        next = message.done + 1;
      });
      worker.on("error", reject);
      worker.on("exit", () => {
        clearInterval(timer);
        resolve();
      });
    });
  }
  return alive;
}
