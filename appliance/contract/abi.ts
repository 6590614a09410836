/** The contract as the ground sees it; it is stated in onboard/abi.ts and layouts/record.ts. */
import { exportsOf } from "../../lib/exports.ts";
import { RefusalWords } from "./generated/record.ts";

export * from "./generated/record.ts";

/** What configure() can answer, by number. */
export const REFUSALS: readonly string[] = Object.values(RefusalWords);

/** What every compartment exports, as JavaScript sees it. */
export interface Compartment {
  memory: WebAssembly.Memory;
  abi(): number;
  inputAt(): number;
  inputSize(): number;
  configure(length: number): number;
  run(from: number, to: number): number;
  eventsAt(): number;
  eventsLength(): number;
  framesAt(): number;
  framesLength(): number;
  spare(i: number): bigint;
}

export interface Guard extends Compartment {
  measuresAt(): number;
  key(a: bigint, b: bigint): void;
  tick(): bigint;
}

export interface Inspect extends Compartment {
  key(a: bigint, b: bigint): void;
  verdictsAt(): number;
  verdictsLength(): number;
  measuresAt(): number;
  measuresLength(): number;
}

export interface Journal extends Compartment {
  countersAt(): number;
}

/** Instances of the compartments; the compiler checks that their sources export what is stated above. */
export const startInspect = (module: WebAssembly.Module): Inspect =>
  exportsOf<"appliance/compartments/inspect/onboard/index.ts">(module);
export const startGuard = (module: WebAssembly.Module): Guard =>
  exportsOf<"appliance/compartments/guard/onboard/index.ts">(module);
export const startJournal = (module: WebAssembly.Module): Journal =>
  exportsOf<"appliance/compartments/journal/onboard/index.ts">(module);
export const startCompartment = (module: WebAssembly.Module): Compartment => startGuard(module);

/** One part for each compartment, as compilePolicy makes them. */
export interface Parts {
  inspect: Uint8Array;
  guard: Uint8Array;
  journal: Uint8Array;
}

export interface Modules {
  inspect: WebAssembly.Module;
  guard: WebAssembly.Module;
  journal: WebAssembly.Module;
}

/** Next multiple of 8. */
export const align8 = (n: number): number => (n + 7) & ~7;
/** Of the machine's memory: what is mapped, has rights, or is erased by itself. */
export const PAGE = 4096;
export const alignPage = (n: number): number => Math.ceil(n / PAGE) * PAGE;
