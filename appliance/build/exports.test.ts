// The types that the ground has of onboard exports, against the modules that asc makes: names, parameters, results.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import wabtInit from "wabt";
import { compileOnboard } from "../../lib/asc.ts";
import type { OnboardEntry } from "../../lib/exports.ts";
import { COMPARTMENTS } from "./compartments.ts";
import exportsOfEntries from "./exports.generate.ts";

/** `run(i32,i32):i32` for each exported function, in order of the alphabet. */
function emitted(text: string): string[] {
  const types = [...text.matchAll(/\(type \(;\d+;\) \(func(.*?)\)\)$/gm)].map(([, type]) => type!);
  const functions = new Map(
    [...text.matchAll(/\(func \(;(\d+);\) \(type (\d+)\)/g)].map(([, n, type]) => [n!, types[Number(type)]!]),
  );
  return [...text.matchAll(/\(export "([^"]+)" \(func (\d+)\)\)/g)]
    .map(([, name, target]) => {
      const type = functions.get(target!)!;
      const parameters = (/\(param ([^)]*)\)/.exec(type)?.[1] ?? "").split(" ");
      return `${name}(${parameters.join()}):${/\(result (\S+?)\)/.exec(`${type})`)?.[1] ?? "void"}`;
    })
    .sort();
}

/** The same as the generated file has it: i64 is bigint, every other type number. */
function declared(entry: string): string[] {
  const [{ text } = { text: "" }] = exportsOfEntries();
  const block = text.slice(text.indexOf(`"${entry}": {`)).split("\n  };")[0]!;
  return [...block.matchAll(/^ {4}(\w+)\((.*)\): (\w+);$/gm)]
    .map(([, name, parameters, result]) => {
      const types = parameters ? parameters.split(", ").map((one) => one.split(": ")[1]!) : [];
      return `${name}(${types.join()}):${result}`;
    })
    .sort();
}

const asDeclared = (signature: string) =>
  signature.replaceAll(/\b[if](32|64)\b/g, (t) => (t === "i64" ? "bigint" : "number"));

const ENTRIES: OnboardEntry[] = ["transfer/onboard/endpoint.ts"];

it.each([
  ...COMPARTMENTS.map(({ entry, pages }) => ({ entry, pages })),
  ...ENTRIES.map((entry) => ({ entry, pages: 0 })),
])("$entry exports what its types say", { timeout: 120_000 }, async ({ entry, pages }) => {
  const wasm = readFileSync(await compileOnboard(entry, pages ? { pages } : {}));
  const wabt = await wabtInit();
  const text = wabt.readWasm(wasm, { readDebugNames: false }).toText({ foldExprs: false, inlineExport: false });
  const signatures = emitted(text);
  expect(signatures.length).toBeGreaterThan(3);
  expect(declared(entry)).toEqual(signatures.map(asDeclared));
});
