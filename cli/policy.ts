/** `weir policy`: check a policy, show what it comes to, derive one. */
import { Command } from "commander";
import { askCompartments } from "../appliance/hosts/node.ts";
import { damageText } from "../captures/damage.ts";
import { Hints } from "../captures/hints.ts";
import { CaptureReader } from "../captures/reader.ts";
import { readBaseline } from "../detectors/baseline/file.ts";
import { effectiveText, shownText } from "../diode/policy/show.ts";
import { compilePolicy, Problems, problemLine } from "../diode/policy.ts";
import { printable } from "../lib/printable.ts";
import { inOrder } from "../lib/yaml.ts";
import { readBus } from "../mil1553/simulator/icd/read.ts";
import { networksOf, proposeOf } from "../tuning/derive/baseline.ts";
import { proposeMessages } from "../tuning/derive/messages.ts";
import { propose } from "../tuning/derive/propose.ts";
import { surveyOf } from "../tuning/derive/survey.ts";

export function command(): Command {
  return new Command("policy")
    .description("Check a policy file, show what it means, or propose one from recorded traffic.")
    .addCommand(check())
    .addCommand(show())
    .addCommand(derive());
}

function check(): Command {
  return new Command("check")
    .summary("report every error and every doubtful rule")
    .description(
      "Report every error and everything doubtful in a policy: bits behind a network's prefix, rules that are never reached\n" +
        "because others match all their frames before, rules that contradict one another where they overlap. And of what works\n" +
        "and is regretted later: no collector, a next hop that is a group, an mtu above what hosts let through, a baseline of\n" +
        "another site.",
    )
    .argument("<policy.yaml>")
    .option("--strict", "warnings count as errors (exit code 3)")
    .addHelpText(
      "after",
      `
Each finding is one line: file:line:column: path: what is wrong, what was expected.

Examples:
  weir policy check policy.yaml
  weir policy check --strict policy.yaml && weir build -c policy.yaml

Exit codes: 0 no errors; 1 errors; 3 with --strict: warnings.`,
    )
    .action(async (path: string, { strict }: { strict?: boolean }) => {
      const compiled = compileOrReport(path);
      if (!compiled) return;
      await askCompartments(compiled.parts);
      const doubtful = inOrder([...compiled.warnings, ...compiled.regrets()]);
      for (const warning of doubtful) process.stderr.write(`${problemLine(warning)} (warning)\n`);
      const { rules } = compiled.policy;
      const warnings = doubtful.length;
      const found = warnings ? `${warnings} warning${warnings > 1 ? "s" : ""}` : "no warnings";
      process.stdout.write(
        `${path}: good, ${rules.length} rule${rules.length === 1 ? "" : "s"}, ${found}, policy ${compiled.name}\n`,
      );
      if (strict && warnings) process.exitCode = 3;
    });
}

function show(): Command {
  return new Command("show")
    .summary("show a policy's rules, or their effect")
    .description("Show a policy with its defaults filled in, a line for each rule.")
    .argument("<policy.yaml>")
    .option("--effective", "show what each rule decides after the rules before it")
    .addHelpText(
      "after",
      `
Examples:
  weir policy show policy.yaml
  weir policy show --effective policy.yaml

Exit codes: 0 shown; 1 errors in the policy.`,
    )
    .action((path: string, { effective }: { effective?: boolean }) => {
      const compiled = compileOrReport(path);
      if (compiled) process.stdout.write(printable(effective ? effectiveText(compiled) : shownText(compiled)));
    });
}

interface DeriveOptions {
  read: string[];
  bus?: string;
  baseline?: string;
  data: boolean;
  to: string[];
  leastFrames: string;
  recursive?: boolean;
  checksums?: string;
}

function derive(): Command {
  const collect = (value: string, all: string[]) => [...all, value];
  return new Command("derive")
    .summary("propose a policy from recorded traffic")
    .description(
      "Propose a policy from captures: a rule for each service (protocol, destination, port) with the sources, sizes and\n" +
        "rates seen in them. Answers are left out: nothing comes back through a one-way appliance.",
    )
    .option(
      "-r, --read <file|dir>",
      "capture (pcap, pcapng, each also as .gz, .zst) or folder; may be repeated",
      collect,
      [],
    )
    .option("--to <network>", "only what goes there, such as 10.0.1.0/24; may be repeated", collect, [])
    .option("--bus <bus.yaml>", "instead of captures: propose rules for 1553 messages from an interface-control file")
    .option(
      "--baseline <site.baseline>",
      "instead of captures: propose rules for what a baseline (weir learn) knows, IP and 1553",
    )
    .option("--no-data", "with --bus: propose no checks of data words")
    .option("--least-frames <n>", "mention services with fewer frames in comments only", "2")
    .option("-k, --checksums <none>", "none: do not verify checksums (captures taken on the sending host)")
    .option("--recursive", "read folders inside folders too")
    .addHelpText(
      "after",
      `
The proposal goes to standard output. Read it before you use it: it also allows what an intruder sent at that time.

Examples:
  weir policy derive -r fixtures/normal.pcap --to 10.0.1.0/24 > proposed.yaml
  weir policy check proposed.yaml
  weir policy derive --baseline site.baseline > proposed.yaml
  weir policy derive --bus fixtures/mil1553/avionics.yaml        the messages of a policy, to be put into one

Exit codes: 0 proposed; 1 usage; 2 a capture was damaged or cut: the proposal rests on all good packets.`,
    )
    .action(async (options: DeriveOptions) => {
      process.exitCode = await deriveFrom(options);
    });
}

async function deriveFrom({
  read,
  bus,
  baseline,
  data,
  to,
  leastFrames,
  recursive,
  checksums,
}: DeriveOptions): Promise<number> {
  if ([read.length > 0, bus !== undefined, baseline !== undefined].filter(Boolean).length > 1)
    throw new Error("-r, --bus, --baseline: expected only one of them");
  if (bus !== undefined) {
    process.stdout.write(proposeMessages(readBus(bus), data));
    return 0;
  }
  const networks = networksOf(to);
  if (!/^[1-9]\d{0,8}$/.test(leastFrames)) throw new Error(`--least-frames ${leastFrames}: expected a number from 1`);
  if (baseline !== undefined) {
    process.stdout.write(proposeOf(readBaseline(baseline), baseline, { to: networks, least: Number(leastFrames) }));
    return 0;
  }
  if (!read.length) throw new Error("nothing to derive from: expected -r CAPTURE, --baseline FILE or --bus FILE");
  if (checksums !== undefined && checksums !== "none") throw new Error(`-k ${checksums}: expected none`);
  const hints = await Hints.create(checksums === "none");
  const reader = await CaptureReader.open(read, { recursive: recursive ?? false, hints });
  try {
    const survey = await surveyOf(reader, checksums === "none");
    process.stdout.write(propose(survey, { to: networks, leastFrames: Number(leastFrames) }));
  } finally {
    await reader.close();
  }
  for (const hint of hints.texts()) process.stderr.write(`weir: ${hint}\n`);
  for (const damage of reader.summary.damage) process.stderr.write(`weir: ${damageText(damage)}\n`);
  return reader.summary.damages ? 2 : 0;
}

function compileOrReport(path: string) {
  try {
    return compilePolicy(path);
  } catch (error) {
    if (!(error instanceof Problems)) throw error;
    process.stderr.write(`${error.message}\n`);
    const { length } = error.problems;
    process.stderr.write(`weir: ${path}: ${length} error${length > 1 ? "s" : ""}\n`);
    process.exitCode = 1;
    return undefined;
  }
}
