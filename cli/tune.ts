/** `weir tune`: thresholds for a budget of false alarms, as a new policy that says where they come from. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { Command } from "commander";
import { packageVersion } from "../appliance/build/version.ts";
import { damageText } from "../captures/damage.ts";
import { baselineText, readBaseline } from "../detectors/baseline/file.ts";
import { type CompiledPolicy, compilePolicyText, problemLine } from "../diode/policy.ts";
import { MOST_WRITTEN, readText, writeWhole } from "../lib/files.ts";
import { printable } from "../lib/printable.ts";
import { isDay } from "../lib/timestamp.ts";
import { resolvedLabels } from "../tuning/evaluate/flows.ts";
import { readLabels } from "../tuning/evaluate/labels.ts";
import { attackedBy } from "../tuning/tune/attacks.ts";
import { type Timeline, timelineOf } from "../tuning/tune/blocks.ts";
import type { Budget, Job } from "../tuning/tune/job.ts";
import { Bench, type Factors } from "../tuning/tune/replay.ts";
import { budgetText, ruleText, tunedText, warningText } from "../tuning/tune/text.ts";
import { type Tuned, tune } from "../tuning/tune/tune.ts";
import { type Provenance, tunedPolicy } from "../tuning/tune/write.ts";
import { policyOption } from "./watch.ts";

interface Options {
  read: string[];
  labels: string[];
  attacked: string[];
  recursive?: boolean;
  config: string;
  baseline?: string;
  output?: string;
  maxAlarmsPerHour?: string;
  maxFpr?: string;
  dryRun?: boolean;
  force?: boolean;
  blocks: string;
  gap: string;
  grace: string;
  checksums?: string;
  by?: string;
  date?: string;
}

export function command(): Command {
  return new Command("tune")
    .description(
      "Set all thresholds for a budget of false alarms, from clean captures: replays them through the appliance in this\n" +
        "process, prints what the thresholds would cost and catch, and writes a new policy with a new baseline.\n" +
        "Cross-validated over blocks of time: warns when the captures are too short for the budget, or drift.",
    )
    .requiredOption(
      "-r, --read <file|dir>",
      "clean capture or folder; may be repeated: they are replayed as one, in this order",
      collect,
      [],
    )
    .option("--labels <file>", "which records are attacks, as for weir evaluate; may be repeated", collect, [])
    .option(
      "--attacked <file|dir>",
      "the captures that the labels are for; may be repeated. Without it the labels are for those of -r, and what is\n" +
        "outside the attacks counts as clean",
      collect,
      [],
    )
    .option("--max-alarms-per-hour <number>", "budget: false alarms of all detectors together; may be a fraction")
    .option("--max-fpr <rate>", "budget: share of packets or messages that may have an alert")
    .addOption(policyOption("the policy to tune"))
    .option("--baseline <file>", "use this baseline (weir learn) instead of the policy's")
    .option("-o, --output <policy.yaml>", "the new policy; the new baseline gets its name, .baseline in place of .yaml")
    .option("--dry-run", "print what would change, and write nothing")
    .option("--force", "overwrite existing files")
    .option("--blocks <number>", "number of blocks of time for cross-validation", "5")
    .option("--gap <seconds>", "alerts of a detector this close are one alarm", "60")
    .option(
      "--grace <seconds>",
      "count alerts this long after an attack as finding it, for detectors that report what is missing",
      "2",
    )
    .option("-k, --checksums <none>", "none: do not verify checksums (captures taken on the sending host)")
    .option("--recursive", "read folders inside folders too")
    .option("--by <name>", "your name, written into the policy")
    .option("--date <date>", "date written into the policy; default: that of SOURCE_DATE_EPOCH, or none")
    .addHelpText(
      "after",
      `
Examples:
  weir learn -r clean/ -o site.baseline
  weir tune -r clean/ --baseline site.baseline -c policy.yaml --max-alarms-per-hour 1 -o tuned.yaml --by "Ann Lee"
  weir tune -r clean/ --baseline site.baseline --max-alarms-per-hour 1 --dry-run
  weir tune -r clean.ch10 --attacked day.ch10 --labels day.labels.csv --labels day.attacks.csv --baseline bus.baseline \\
      --max-alarms-per-hour 0.5 -o tuned.yaml
  weir tune -r day.pcap --labels day.csv --baseline site.baseline --max-fpr 1e-4 -o tuned.yaml

Exit codes: 0 tuned; 1 usage, label or policy error; 2 a capture was damaged: tuned by its good packets; 3 the budget cannot
be met with all detectors on: nothing is written, and the message says what can be met.`,
    )
    .action(async (options: Options) => {
      process.exitCode = await run(options);
    });
}

const collect = (value: string, all: string[]) => [...all, value];

function number(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= least && value <= most))
    throw new Error(`--${name} ${text}: expected a number from ${least} to ${most}`);
  return value;
}

function budgetOf({ maxAlarmsPerHour, maxFpr, gap }: Options): Budget {
  if ((maxAlarmsPerHour === undefined) === (maxFpr === undefined))
    throw new Error("no budget: expected one of --max-alarms-per-hour and --max-fpr");
  const kind = maxFpr === undefined ? "alarms" : "records";
  const unit = { kind, gap: number("gap", gap, 0, 86400) } as const;
  if (maxFpr !== undefined) return { most: number("max-fpr", maxFpr, 1e-9, 1), unit };
  return { most: number("max-alarms-per-hour", maxAlarmsPerHour!, 1e-6, 1e6), unit };
}

interface Outputs {
  policy: string;
  baseline: string;
}

/** Where results go. @throws Error when something is there that is not to be written over */
function outputsOf(
  { output, dryRun, force, config, read, attacked, labels }: Options,
  baselineFile: string,
): Outputs | undefined {
  if (output === undefined) {
    if (dryRun) return undefined;
    throw new Error("no output: expected -o policy.yaml, or --dry-run");
  }
  const outputs = { policy: output, baseline: `${output.replace(/\.ya?ml$/i, "")}.baseline` };
  const inputs = [config, baselineFile, ...read, ...attacked, ...labels].map((path) => resolve(path));
  for (const path of Object.values(outputs)) {
    if (inputs.includes(resolve(path))) throw new Error(`${path}: also an input, expected another file to write to`);
    if (existsSync(path) && !force && !dryRun) throw new Error(`${path} exists: --force overwrites it`);
  }
  return outputs;
}

function policyText(path: string): string {
  return readText(path, MOST_WRITTEN);
}

/** What the policy says of thresholds, and where its baseline is. */
function settled({ policy }: CompiledPolicy, options: Options) {
  const named = policy.baseline && resolve(dirname(options.config), policy.baseline);
  const baselineFile = options.baseline ?? named;
  if (baselineFile === undefined)
    throw new Error(`${options.config} names no baseline: make one with weir learn, and give it with --baseline`);
  const off = new Set(policy.tuning.filter(({ threshold }) => threshold === Infinity).map(({ name }) => name));
  const old: Factors = {};
  for (const { name, threshold } of policy.tuning) if (threshold !== Infinity) old[name] = threshold;
  return { baselineFile, off, old };
}

async function run(options: Options): Promise<number> {
  if (options.checksums !== undefined && options.checksums !== "none")
    throw new Error(`-k ${options.checksums}: expected none`);
  const budget = budgetOf(options);
  const blocks = number("blocks", options.blocks, 2, 50);
  if (!Number.isInteger(blocks)) throw new Error(`--blocks ${options.blocks}: expected a whole number`);
  const grace = number("grace", options.grace, 0, 86400);
  const date = dateOf(options);
  if (options.attacked.length && !options.labels.length)
    throw new Error("--attacked without --labels: nothing says which records are attacks");
  const text = policyText(options.config);
  const ignoreChecksums = options.checksums === "none";
  const compiled = compilePolicyText(text, options.config, { ignoreChecksums, learn: true });
  const { baselineFile, off, old } = settled(compiled, options);
  if (compilePolicyText(text, options.config, { ignoreChecksums, baseline: baselineFile }).policy.learn)
    throw new Error(
      `${options.config}: learn: in learning mode no detector raises alerts, expected a policy without it`,
    );
  const outputs = outputsOf(options, baselineFile);
  const baseline = readBaseline(baselineFile);
  const paths = options.attacked.length ? options.attacked : options.read;
  const labelled = { paths, recursive: options.recursive ?? false };
  const labels = await resolvedLabels(options.labels.map(readLabels), labelled, say);
  const clean = await surveyed(options.read, options);
  const other = options.attacked.length ? await surveyed(options.attacked, options) : undefined;
  const settings = { gap: budget.unit.gap, grace };
  const attacked = labels.length ? await attackedBy(other ?? clean, labels, settings, !other) : undefined;
  for (const warning of attacked?.truth.warnings ?? []) say(warning);

  const folder = mkdtempSync(join(tmpdir(), "weir-tune-"));
  try {
    const bench = new Bench({ text, file: options.config, ignoreChecksums }, folder);
    const job: Job = { clean, attacked, baseline, baselineFile, off, old, budget, blocks };
    const tuned = await tune(bench, job);
    process.stdout.write(printable(tunedText(tuned, job, baseline.thresholds)));
    for (const warning of tuned.warnings) say(warningText(warning, tuned, clean));
    if (tuned.unmet) return unmet(tuned.unmet, budget);
    if (outputs && !options.dryRun) {
      const source = { options, text, ignoreChecksums, date, other };
      write(outputs, tuned, job, source);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return clean.damages + (other?.damages ?? 0) ? 2 : 0;
}

async function surveyed(paths: readonly string[], { recursive = false }: Options): Promise<Timeline> {
  const line = await timelineOf(paths, recursive);
  for (const { file, why } of line.skipped) say(`${file}: left out (${why})`);
  for (const damage of line.damage) say(damageText(damage));
  return line;
}

function dateOf({ date }: Options): string | undefined {
  if (date !== undefined) {
    if (Number.isNaN(Date.parse(date)) || !isDay(date))
      throw new Error(`--date ${date}: expected a date such as 2026-03-02`);
    return date;
  }
  const epoch = process.env.SOURCE_DATE_EPOCH;
  if (!epoch) return undefined;
  if (!/^\d{1,11}$/.test(epoch)) throw new Error(`SOURCE_DATE_EPOCH ${epoch}: expected seconds since 1970`);
  return `${new Date(Number(epoch) * 1000).toISOString().slice(0, 19)}Z`;
}

function unmet({ detectors, least }: NonNullable<Tuned["unmet"]>, budget: Budget): number {
  const names = detectors.map(({ name, count }) => `${name} (${count})`).join(", ");
  const [first] = detectors;
  say(
    `the budget of ${budgetText(budget)} cannot be met by thresholds: ${names} alarm on clean traffic whatever their threshold`,
  );
  say(
    `what can be: ${Number(least.toPrecision(3))} with all detectors on; or with ${first?.name ?? "them"} switched off in the policy ` +
      "(detectors: { NAME: off }); or with a baseline of more clean hours",
  );
  return 3;
}

interface Source {
  options: Options;
  text: string;
  ignoreChecksums: boolean;
  date: string | undefined;
  other: Timeline | undefined;
}

function write(
  outputs: Outputs,
  tuned: Tuned,
  job: Job,
  { options, text, ignoreChecksums, date, other }: Source,
): void {
  const written = baselineText(tuned.baseline);
  const listed = ({ recordings }: Timeline) =>
    recordings.map(({ name, sha256, seconds }) => ({ name, sha256, hours: seconds / 3600 }));
  const { heldOut, here } = tuned;
  const per = (x: number) => Number(x.toPrecision(3));
  const provenance: Provenance = {
    tool: `weir tune ${packageVersion()}`,
    ...(options.by !== undefined && { by: options.by }),
    ...(date !== undefined && { date }),
    budget: budgetText(job.budget),
    rule: ruleText(tuned, job.attacked !== undefined),
    baseline: { name: basename(outputs.baseline), sha256: createHash("sha256").update(written).digest("hex") },
    captures: listed(job.clean),
    ...(other && { attacked: listed(other) }),
    notes: [
      `expected   ${per(heldOut.rate)} per hour on held-out blocks, 95 %: ${per(heldOut.low)} to ${per(heldOut.high)}; ` +
        `${here.new.alarms.count} on these captures`,
    ],
  };
  const baseline = relative(dirname(resolve(outputs.policy)), resolve(outputs.baseline));
  // A detector that stays at the baseline's own thresholds needs no line, unless it has one
  const changed = tuned.detectors.filter(({ name, choice }) => choice.factor !== 1 || job.old[name] !== undefined);
  const thresholds = Object.fromEntries(changed.map(({ name, choice }) => [name, choice.factor]));
  const policy = tunedPolicy(text, { thresholds, baseline, provenance });
  writeWhole(outputs.baseline, written);
  // What it names beside the baseline may not be found from another folder: then it is not written
  let compiled: CompiledPolicy;
  try {
    compiled = compilePolicyText(policy, outputs.policy, { ignoreChecksums });
  } catch (error) {
    rmSync(outputs.baseline, { force: true });
    throw new Error(`the new policy would be invalid at ${outputs.policy}:\n${(error as Error).message}`);
  }
  for (const warning of compiled.warnings) say(problemLine(warning));
  writeWhole(outputs.policy, policy);
  process.stdout.write(`written: ${outputs.policy} and ${outputs.baseline}\n`);
}

const say = (line: string) => process.stderr.write(`weir: ${line}\n`);
