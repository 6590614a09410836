/** Runs before each test file of the coverage run: onboard code is compiled with probes, and what they say is kept. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll } from "vitest";
import { FLAGS } from "../../appliance/build/asc.ts";
import { COMPARTMENTS } from "../../appliance/build/compartments.ts";
import { FIRST, MARKS_END } from "./instrument.ts";

const folder = process.env.WEIR_COVERAGE;
if (!folder) throw new Error("WEIR_COVERAGE: not set; npm run coverage sets it");

FLAGS.push(
  `--memoryBase=${MARKS_END}`,
  `--baseDir=${join(folder, "src")}`,
  `--transform=${join(folder, "transform.mjs")}`,
);

for (const compartment of COMPARTMENTS) compartment.pages++; // for the marks

/** Of the compartments, and of the entries that only unit tests have. */
const hits = { compartments: new Uint8Array(1 << 18), units: new Uint8Array(1 << 18) };

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

afterAll(() => {
  const numbers = (seen: Uint8Array) => [...seen.keys()].filter((n) => seen[n]);
  mkdirSync(join(folder, "hits"), { recursive: true });
  const file = join(folder, "hits", `${process.pid}-${Math.trunc(performance.now() * 1000)}.json`);
  writeFileSync(file, JSON.stringify({ compartments: numbers(hits.compartments), units: numbers(hits.units) }));
});
