/** Node as the embedded host: the compartments' .wasm from the build, compiled by V8 once per process. */
import { readFileSync } from "node:fs";
import { compileOnboard } from "../../lib/asc.ts";
import { COMPARTMENTS } from "../build/compartments.ts";
import type { Modules, Parts } from "../contract/abi.ts";
import { Appliance, type TableKey } from "./embedded/appliance.ts";

let modules: Promise<Modules> | undefined;

/** The three modules, the very ones that are translated for the image. */
export function loadModules(): Promise<Modules> {
  modules ??= compileAll();
  return modules;
}

async function compileAll(): Promise<Modules> {
  const compile = async (entry: string, pages: number) =>
    new WebAssembly.Module(readFileSync(await compileOnboard(entry, { pages })));
  const [inspect, guard, journal] = await Promise.all(COMPARTMENTS.map(({ entry, pages }) => compile(entry, pages)));
  return { inspect: inspect!, guard: guard!, journal: journal! };
}

/**
 * Asks each compartment whether it takes its part: what the ground calls good and a compartment does not, the image would
 * refuse at its start. @throws Error naming the compartment that refuses
 */
export async function askCompartments(parts: Parts): Promise<void> {
  await embed(parts);
}

/** An appliance in this process, configured with a compiled policy; its tables under `key`, or that of replays. */
export async function embed(parts: Parts, key?: TableKey): Promise<Appliance> {
  return new Appliance(await loadModules(), parts, key);
}
