/**
 * `npm run coverage [-- onboard | -- image]`: runs the tests that execute what flies, with probes in the compartments and
 * counters in the images, prints the table, and writes build/evidence/coverage.json. Ends with 3 when a goal is missed, or
 * an exception is none. `onboard` and `image` run only those tests; what was measured before of the others stays.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ARCHES } from "../../appliance/contract/arch.ts";
import { ROOT } from "../../lib/asc.ts";
import type { Sums } from "./counters.ts";
import { EXCEPTIONS } from "./exceptions.ts";
import { instrument } from "./instrument.ts";
import { pointsOfImage, takeMemories } from "./lcov.ts";
import { pointsOfCompartments } from "./onboard.ts";
import { asText, type Point, report } from "./report.ts";
import { copyTree } from "./tree.ts";

const asked = process.argv.slice(2);
const evidence = join(ROOT, "build", "evidence");
const image = join(ROOT, "build", "coverage", "image");
/** What was measured, of each kind of test. */
const keptOf = (kind: "onboard" | "units" | "image") => join(ROOT, "build", "coverage", `${kind}.json`);
const keep = (kind: Parameters<typeof keptOf>[0], points: Point[]) =>
  writeFileSync(keptOf(kind), JSON.stringify(points));
function kept(kind: Parameters<typeof keptOf>[0]): Point[] {
  return existsSync(keptOf(kind)) ? JSON.parse(readFileSync(keptOf(kind), "utf8")) : [];
}

/** Tests fail for reasons of time where everything is slower; what they reached is reached. Their number is reported. */
async function vitest(cwd: string, config: string, env: Record<string, string>): Promise<number> {
  const program = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const child = spawn(process.execPath, [program, "run", "--config", config, "--reporter=default"], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", 2, 2],
  });
  return new Promise((resolve, reject) => child.on("error", reject).on("close", (code) => resolve(code ?? 1)));
}

async function runOnboard(): Promise<void> {
  process.stderr.write("coverage: tests with probes in the compartments, about ten minutes\n");
  const folder = instrument();
  rmSync(join(folder, "hits"), { recursive: true, force: true });
  // Images cannot be made of what has probes in it: tests that would start one find no QEMU.
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  for (const program of ["qemu-system-x86_64", "qemu-system-aarch64"])
    writeFileSync(join(bin, program), "#!/bin/sh\nexit 127\n", { mode: 0o755 });
  const code = await vitest(ROOT, "test/coverage/onboard.config.ts", {
    WEIR_COVERAGE: folder,
    PATH: `${bin}:${process.env.PATH}`,
    NODE_OPTIONS: `--import=${join(ROOT, "dist", "test", "coverage", "child.js")}`,
  });
  if (code) process.stderr.write("coverage: of the tests with probes some failed (above)\n");
  const { compartments, withUnits } = pointsOfCompartments(folder);
  keep("onboard", compartments);
  keep("units", withUnits);
}

/** Starts images, and keeps their counters as they end: memories are large. */
async function runImages(): Promise<void> {
  process.stderr.write("coverage: tests with images that count what they execute, about ten minutes\n");
  const tree = copyTree(image);
  const sums: Record<string, Sums> = {};
  const timer = setInterval(() => takeMemories(join(image, "memory"), sums), 2000);
  const path = `${join(image, "bin")}:${process.env.PATH}`;
  const code = await vitest(tree, "test/coverage/images.config.ts", { PATH: path });
  clearInterval(timer);
  takeMemories(join(image, "memory"), sums);
  if (code) process.stderr.write("coverage: of the tests with images some failed (above)\n");
  const points: Point[] = [];
  for (const arch of ARCHES) {
    const symbols = join(tree, "build", `test-image-${arch}.elf.symbols`);
    if (sums[arch] && existsSync(symbols)) points.push(...(await pointsOfImage(image, arch, sums[arch], symbols)));
  }
  keep("image", points);
}

if (!asked.includes("image")) await runOnboard();
if (!asked.includes("onboard")) await runImages();

const texts = new Map<string, string[]>();
function lineOf(file: string, line: number): string {
  const lines = texts.get(file) ?? readFileSync(join(ROOT, file), "utf8").split("\n");
  texts.set(file, lines);
  return lines[line - 1] ?? "";
}

const result = report([...kept("onboard"), ...kept("image")], EXCEPTIONS, lineOf, kept("units"));
const units = report(kept("units"), [], lineOf);
process.stdout.write(`${asText(result)}\n`);
mkdirSync(evidence, { recursive: true });
const command = "npm run coverage";
writeFileSync(
  join(evidence, "coverage.json"),
  `${JSON.stringify({ command, ...result, withUnitEntries: units.parts, exceptions: EXCEPTIONS }, undefined, 1)}\n`,
);
const strict = result.parts
  .filter(({ met, statements }) => !met || statements.all === 0)
  .map(({ name, goal }) => `${name}: below ${goal} %`);
for (const text of [...strict, ...result.stale]) process.stderr.write(`coverage: ${text}\n`);
process.exitCode = strict.length || result.stale.length ? 3 : 0;
