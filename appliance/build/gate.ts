// REQ-IMAGE-001
// The gate between compiler and image: what a compartment may be. A rule here is a property the image's security
// argument uses, checked on the very bytes that are linked; that the source keeps to it is then no matter of trust.
import { readFile } from "node:fs/promises";
import type { CompartmentName } from "./compartments.ts";
import { type Module, readWasm } from "./wasm.ts";

/** The exports of the ABI (appliance/contract/onboard/abi.ts); the runtime links against exactly these. */
const EVERY = ["abi", "inputAt", "inputSize", "configure", "run", "eventsAt", "eventsLength", "spare"];
const EXPORTS: Record<CompartmentName, { must: string[]; may: string[] }> = {
  inspect: {
    must: [...EVERY, "key", "verdictsAt", "verdictsLength", "measuresAt", "measuresLength"],
    may: ["framesAt", "framesLength"],
  },
  guard: { must: [...EVERY, "framesAt", "framesLength", "key", "measuresAt", "tick"], may: [] },
  journal: { must: [...EVERY, "framesAt", "framesLength", "countersAt"], may: [] },
};

/**
 * AssemblyScript's allocators and garbage collectors by name: something onboard allocates. Inlined until no name is left,
 * they still have the memory.grow that gives them away.
 */
const ALLOCATES = /(^|\/)__(new|alloc|realloc|free|renew|pin|unpin|collect)$|^~lib\/rt\/(stub|tlsf|itcms|tcms)\//;

/**
 * Refuses a module that is not a compartment.
 * @returns the module, read.
 * @throws Error with one line for each reason: which compartment, what, where, and what was expected.
 */
export async function gate(name: CompartmentName, wasmPath: string, pages: number): Promise<Module> {
  let module: Module;
  try {
    module = readWasm(await readFile(wasmPath));
  } catch (error) {
    throw new Error(`${name}: ${wasmPath}: ${(error as Error).message}`);
  }
  const reasons = refusals(name, module, pages);
  if (reasons.length) throw new Error(reasons.map((reason) => `${name}: ${reason}`).join("\n"));
  return module;
}

/** Why the module cannot be this compartment; empty when it can. `pages` is the memory it must have, in 64 KiB. */
export function refusals(name: CompartmentName, module: Module, pages: number): string[] {
  const reasons: string[] = [];
  for (const i of module.imports)
    reasons.push(
      `imports the ${i.kind} ${i.module}.${i.name}; a compartment reaches nothing outside, so imports nothing`,
    );
  if (module.start !== undefined)
    reasons.push(`has a start function (${nameOf(module, module.start)}); nothing runs before configure()`);
  if (module.tables) reasons.push("has a table; calls must be direct, otherwise the stack has no bound");
  if (module.elements) reasons.push("has an element segment; calls must be direct, otherwise the stack has no bound");
  for (const f of module.functions) {
    for (const instruction of f.forbidden) reasons.push(`${f.name} uses ${instruction}`);
    if (ALLOCATES.test(f.name)) reasons.push(`contains ${f.name}; nothing onboard allocates`);
  }
  return [...reasons, ...memoryRefusals(module, pages), ...exportRefusals(name, module)];
}

function memoryRefusals({ memories }: Module, pages: number): string[] {
  const [memory] = memories;
  if (memories.length !== 1 || !memory) return [`has ${memories.length} memories, expected one`];
  if (memory.most !== memory.least)
    return [`its memory is ${memory.least} to ${memory.most ?? "any number of"} pages; it must be of fixed size`];
  return memory.least === pages ? [] : [`its memory is ${memory.least} pages, expected ${pages}`];
}

function exportRefusals(name: CompartmentName, { exports }: Module): string[] {
  const { must, may } = EXPORTS[name];
  const reasons: string[] = [];
  for (const e of exports) {
    if (e.name === "memory" ? e.kind !== "memory" : e.kind !== "function")
      reasons.push(`exports the ${e.kind} ${e.name}; the ABI has functions and "memory" only`);
    else if (e.name !== "memory" && !must.includes(e.name) && !may.includes(e.name))
      reasons.push(`exports ${e.name}, which the ABI does not name for it`);
  }
  for (const expected of ["memory", ...must])
    if (!exports.some((e) => e.name === expected)) reasons.push(`does not export ${expected}`);
  return reasons;
}

function nameOf(module: Module, index: number): string {
  return module.functions.find((f) => f.index === index)?.name ?? `function ${index}`;
}
