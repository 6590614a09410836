// The linter of onboard code (AssemblyScript): TypeScript's errors, Biome's rules, unused exports, and what neither
// knows. asc and the gate (appliance/build/gate.ts) have the last word on what is linked.
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { biomePasses } from "./lint/biome.mjs";
import { unusedExports } from "./lint/exports.mjs";
import { onboardProgram } from "./lint/program.mjs";
import { brokenRules } from "./lint/rules.mjs";
import { silencers, typeErrors } from "./lint/types.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = onboardProgram(root);
const path = (file) => relative(root, file.fileName);

let wrong = 0;
for (const rule of [typeErrors, silencers, unusedExports, brokenRules])
  for (const { file, start, message } of rule(sources)) {
    wrong++;
    console.error(`${place(file, start)}${message}`);
  }
if (!biomePasses(root, sources.files) || wrong) process.exit(1);

function place(file, start) {
  if (!file) return "tsconfig.onboard.json: ";
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  return `${path(file)}:${line + 1}:${character + 1}: `;
}
