/** Makes this process compile onboard code with probes (instrument.ts), and notes which of them are reached. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMPARTMENTS } from "../../appliance/build/compartments.ts";
import { FLAGS } from "../../lib/asc.ts";
import { FIRST, MARKS_END } from "./numbers.ts";

/** @param folder instrument()'s @returns what writes down the numbers that were reached: for the end */
export function withProbesOn(folder: string): () => void {
  FLAGS.push(`--memoryBase=${MARKS_END}`);
  FLAGS.push(`--baseDir=${join(folder, "src")}`, `--transform=${join(folder, "transform.mjs")}`);
  for (const compartment of COMPARTMENTS) compartment.pages++; // for the marks

  // Of the compartments, and of the entries that only unit tests have.
  const hits = { compartments: new Uint8Array(MARKS_END), units: new Uint8Array(MARKS_END) };
  const { Instance, Module } = WebAssembly;
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, [module, imports]: [WebAssembly.Module, WebAssembly.Imports?]) {
      const seen = Module.exports(module).some(({ name }) => name === "abi") ? hits.compartments : hits.units;
      const hit = (n: number) => {
        seen[n - FIRST] = 1;
      };
      return new target(module, { ...imports, coverage: { hit } });
    },
  });
  return () => {
    const numbers = (seen: Uint8Array) => [...seen.keys()].filter((n) => seen[n]);
    const [compartments, units] = [numbers(hits.compartments), numbers(hits.units)];
    if (compartments.length + units.length === 0) return;
    mkdirSync(join(folder, "hits"), { recursive: true });
    const file = join(folder, "hits", `${process.pid}-${Math.trunc(performance.now() * 1000)}.json`);
    writeFileSync(file, JSON.stringify({ compartments, units }));
  };
}
