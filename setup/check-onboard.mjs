// The linter of onboard code (AssemblyScript): TypeScript's errors, Biome's rules, unused exports, and what neither
// knows. asc and the gate (appliance/build/gate.ts) have the last word on what is linked.
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { biomePasses } from "./lint/biome.mjs";
import { unusedExports } from "./lint/exports.mjs";
import { onboardProgram } from "./lint/program.mjs";
import { brokenRules } from "./lint/rules.mjs";
import { silencers, typeErrors } from "./lint/types.mjs";

/** Folders whose turn for the stricter rules is yet to come. */
const LATER = /^(detectors|ip|appliance\/contract|appliance\/compartments\/inspect)\//;
const SIZES_LATER =
  /^(?!lib|transfer|diode|captures|mil1553|tuning|debug|test|appliance\/(compartments\/(guard|journal)|runtime|build))/;
const STRICT = /never read|used by no other|@ts-|no other file|expected at most|expected a size/;

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = onboardProgram(root);
const path = (file) => relative(root, file.fileName);

let wrong = 0;
for (const rule of [typeErrors, silencers, unusedExports, brokenRules])
  for (const { file, start, message } of rule(sources)) {
    if (file && LATER.test(path(file)) && STRICT.test(message)) continue;
    if (file && SIZES_LATER.test(path(file)) && /expected a size/.test(message)) continue;
    wrong++;
    console.error(`${place(file, start)}${message}`);
  }
const strict = sources.files.filter((file) => !LATER.test(path(file)));
if (!biomePasses(root, strict) || wrong) process.exit(1);

function place(file, start) {
  if (!file) return "tsconfig.onboard.json: ";
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  return `${path(file)}:${line + 1}:${character + 1}: `;
}
