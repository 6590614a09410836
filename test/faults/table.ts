/** Puts the rows of the tests together: docs/evidence/faults.json and faults.md. Behind `npm run faults`. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../lib/asc.ts";
import { type Outcome, ROWS, VERDICTS } from "./outcome.ts";

const rows = readdirSync(ROWS)
  .filter((name) => name.endsWith(".json"))
  .sort()
  .flatMap((name) => JSON.parse(readFileSync(join(ROWS, name), "utf8")) as Outcome[]);
const count = (verdict: string) => rows.filter((row) => row.verdict === verdict).length;
const cell = (text: string) => text.replaceAll("|", "\\|");
const lines = [
  "Written by `npm run faults`: each row by the test that made the fault happen.",
  "",
  ...Object.entries(VERDICTS).map(([verdict, what]) => `- **${verdict}** (${count(verdict)}): ${what}`),
  "",
  "| fault | on | detected | forwarded | lost | verdict |",
  "| --- | --- | --- | --- | --- | --- |",
  ...rows.map((r) => `| ${[r.fault, r.on, r.detected, r.forwarded, r.lost, r.verdict].map(cell).join(" | ")} |`),
];
const folder = join(ROOT, "docs", "evidence");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "faults.json"), `${JSON.stringify({ command: "npm run faults", rows }, null, 2)}\n`);
writeFileSync(join(folder, "faults.md"), `${lines.join("\n")}\n`);
process.stdout.write(
  `${rows.length} faults: ${Object.keys(VERDICTS)
    .map((v) => `${count(v)} ${v}`)
    .join(", ")}\n`,
);
