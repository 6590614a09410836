// Checks onboard/ folders for what neither tsc nor Biome can: Biome does not parse AssemblyScript's decorators, and tsc
// knows nothing of what allocates. asc and the gate (appliance/build/gate.ts) have the last word on what is linked.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const SKIPPED = new Set(["node_modules", "dist", "build", ".git"]);
const WIDTH = 150;

/** What must not stand in onboard code, and why. Matched against the code without comments and strings. */
const FORBIDDEN = [
  [/\bnew\s+[A-Z]/, "allocates: there is no allocator in the image, expected memory.data and changetype"],
  [/\bMath\./, "is not the same on every host, expected NativeMath"],
  [/\b(Date|console|performance)\b/, "is not there onboard: time comes with the record"],
  [/:\s*any\b/, "says nothing, expected a type"],
  [/\bmemory\.grow\b/, "memory is fixed"],
];

let wrong = 0;
function report(file, line, column, what) {
  wrong++;
  console.error(`${relative(root, file)}:${line}:${column}: ${what}`);
}

function check(file) {
  const text = readFileSync(file, "utf8");
  if (!text.endsWith("\n") || text.endsWith("\n\n"))
    report(file, text.split("\n").length, 1, "expected one line end at the end");
  const blank = (found) => found.replaceAll(/[^\n]/g, " ");
  const code = text
    .replaceAll(/\/\*[\s\S]*?\*\//g, blank)
    .replaceAll(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\/.*/g, blank);
  const shown = text.split("\n");
  for (const [i, line] of code.split("\n").entries()) {
    for (const [pattern, why] of FORBIDDEN) {
      const found = pattern.exec(line);
      if (found) report(file, i + 1, found.index + 1, `${found[0].trim()}: ${why}`);
    }
    if (shown[i].length > WIDTH)
      report(file, i + 1, WIDTH + 1, `line of ${shown[i].length}, expected at most ${WIDTH}`);
    if (/\s$/.test(shown[i])) report(file, i + 1, shown[i].length, "space at the end of the line");
  }
}

function walk(folder, onboard) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) walk(path, onboard || entry.name === "onboard");
    else if (onboard && entry.name.endsWith(".ts")) check(path);
  }
}

walk(root, false);
if (wrong) process.exit(1);
