/**
 * npm run mutants -- [--files GLOB]... [--seed N] [--sample N | --each N] [--slow] [--evidence]
 * npm run mutants -- --record
 *
 * Changes one point of the sources at a time, and asks the nearest tests whether they see it. Standard output: survivors, and a
 * table by folder. Exit code 0: every survivor is in survivors.json; 1: usage; 3: one is not.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "../../lib/asc.ts";
import { drawn, keyOf, nameOf, ofEach, SAMPLE } from "./draw.ts";
import { writeFigures } from "./figures.ts";
import { Graph } from "./graph.ts";
import { survivors } from "./survivors.ts";
import { Kept, Trial } from "./trial.ts";

const USAGE = `npm run mutants -- [--files GLOB]... [--seed ${SAMPLE.seed}] [--sample 40 | --each N] [--slow] [--evidence]
  --files     sources to change: a folder, a pattern with * and **, or FILE:LINE; all by default
  --seed      which mutants are drawn
  --sample    how many; 0: all
  --each      how many of each folder, in place of that
  --slow      what the six nearest quick tests do not see, the four nearest slow ones are asked about
  --evidence  writes the figures to docs/evidence/mutants.json
npm run mutants -- --record
  tries all mutants of the kernel part and of guard, and the sample of CI, and writes test/mutation/records`;

const say = (line: string) => process.stderr.write(`mutants: ${line}\n`);

/** The tests that keep records, told to write them. */
const RECORDING = [
  "test/mutation/runtime.test.ts",
  "test/mutation/causes.test.ts",
  "diode/mutation.test.ts",
  "test/mutation/sample.test.ts",
];

function record(): number {
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const env = { ...process.env, WEIR_MUTANTS: "record" };
  return spawnSync(process.execPath, [vitest, "run", ...RECORDING], { cwd: ROOT, stdio: "inherit", env }).status ?? 1;
}

interface Wanted {
  files: readonly string[];
  seed: string;
  size: number;
  each: number;
  slow: boolean;
}

async function tryAll({ files, seed, size, each, slow }: Wanted, evidence: boolean): Promise<number> {
  const graph = new Graph();
  const changes = each ? ofEach(drawn(graph, files, seed), each) : drawn(graph, files, seed, size || undefined);
  const kept = new Kept(join(ROOT, "build", "mutants", "verdicts.json"));
  const trial = new Trial(graph, [kept], say, slow);
  const listed = survivors();
  const judged = [];
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => trial.close().finally(() => process.exit(1)));
  try {
    for (const [n, change] of changes.entries()) {
      const known = trial.known(change);
      const judgement = known ?? (await trial.judge(change));
      judged.push({ ...change, ...judgement });
      if (!known) kept.write();
      const what = judgement.verdict === "seen" ? `seen by ${judgement.by}` : judgement.verdict;
      say(
        `${n + 1} of ${changes.length}, ${trial.spent.toFixed(0)} s: ${what}${known ? " (kept)" : ""}: ${nameOf(change)}`,
      );
    }
  } finally {
    await trial.close();
  }
  const unlisted = judged.filter((one) => one.verdict === "alive" && !listed.has(keyOf(one)));
  for (const one of unlisted) process.stdout.write(`not in survivors.json: ${nameOf(one)}\n`);
  process.stdout.write(writeFigures(judged, listed, { files, seed, size, each, slow }, evidence));
  return unlisted.length ? 3 : 0;
}

try {
  const { values } = parseArgs({
    options: {
      files: { type: "string", multiple: true, default: ["**"] },
      seed: { type: "string", default: SAMPLE.seed },
      sample: { type: "string", default: "40" },
      each: { type: "string", default: "0" },
      slow: { type: "boolean", default: false },
      evidence: { type: "boolean", default: false },
      record: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help || !/^\d+$/.test(values.sample) || !/^\d+$/.test(values.each)) throw new Error(USAGE);
  process.exitCode = values.record
    ? record()
    : await tryAll(
        {
          files: values.files,
          seed: values.seed,
          size: Number(values.sample),
          each: Number(values.each),
          slow: values.slow,
        },
        values.evidence,
      );
} catch (error) {
  say((error as Error).message);
  process.exitCode = 1;
}
