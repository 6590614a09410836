// REQ-GROUND-018
/** `weir inventory`: what is at a site, and what of it ought not to be, or is missing. */
import { Command } from "commander";
import { damageText } from "../captures/damage.ts";
import { listInputs } from "../captures/inputs.ts";
import type { Skipped } from "../captures/summary.ts";
import { readBaseline } from "../detectors/baseline/file.ts";
import { compilePolicy } from "../diode/policy.ts";
import { ApplicationWords } from "../ip/decode/words.ts";
import { printable } from "../lib/printable.ts";
import { compare } from "../tuning/inventory/compare.ts";
import { type FlowEvent, Found } from "../tuning/inventory/found.ts";
import { readKnown } from "../tuning/inventory/known.ts";
import { inventoryCsv, inventoryJson, inventoryText } from "../tuning/inventory/text.ts";
import { learnCapture } from "../tuning/learn/learn.ts";
import { Progress } from "./progress.ts";
import { policyOption } from "./watch.ts";

interface Options {
  read: string[];
  baseline: string[];
  against?: string;
  recursive?: boolean;
  json?: boolean;
  csv?: boolean;
  config: string;
  checksums?: string;
}

export function command(): Command {
  return new Command("inventory")
    .description(
      "List what is at a site: hosts with their MAC addresses and roles, services, who uses them and which functions of\n" +
        "industrial protocols (modbus:3), terminals of MIL-STD-1553 buses and their messages. From captures, or from a\n" +
        "baseline that weir learn has written.",
    )
    .option("-r, --read <file|dir>", "capture, folder, or - ; may be repeated", collect, [])
    .option("--baseline <site.baseline>", "a baseline; may be repeated", collect, [])
    .option("--against <file>", "compare: an inventory (.json, .csv), an interface-control file or a policy (YAML)")
    .option("--recursive", "read folders inside folders too")
    .option("--json", "print it as one JSON object")
    .option("--csv", "print it as CSV: edit it, and give it to --against")
    .addOption(policyOption("the policy to watch under"))
    .option("-k, --checksums <none>", "none: do not verify checksums")
    .addHelpText(
      "after",
      `
A service is what answered, or took three packets or more and did not refuse them. A baseline does not know who answered: there,
a conversation of three packets or more is one; nor does it know times. Terminals and messages have no times.

Examples:
  weir inventory -r monday.pcap                                   what was there
  weir inventory -r monday.pcap --csv > site.csv                  a list to keep
  weir inventory -r tuesday.pcap --against site.csv               what is new, has changed, is missing
  weir inventory -r flight.ch10 --against avionics.yaml           terminals and messages beside the ICD
  weir inventory --baseline site.baseline --against policy.yaml   hosts and services beside the policy

Exit codes: 0 listed, and nothing differs; 1 usage, or a file cannot be read; 2 a capture was damaged; 3 something differs from
what --against says.`,
    )
    .action(async (options: Options) => {
      process.exitCode = await inventory(options);
    });
}

const collect = (value: string, all: string[]) => [...all, value];
const DIFFERS = 3;

async function inventory(options: Options): Promise<number> {
  if (!options.read.length && !options.baseline.length) throw new Error("nothing to list: expected -r or --baseline");
  if (options.json && options.csv) throw new Error("--json and --csv: expected one of the two");
  if (options.checksums !== undefined && options.checksums !== "none")
    throw new Error(`-k ${options.checksums}: expected none`);
  const known = options.against === undefined ? undefined : readKnown(options.against);
  const found = new Found(await ApplicationWords.create());
  for (const path of options.baseline) for (const entry of readBaseline(path).entries) found.entry(entry, true);
  const damaged = options.read.length > 0 && (await captures(options, found));
  const items = found.items();
  const compared = known && compare(items, known);
  const text = options.json
    ? inventoryJson(items, compared)
    : options.csv
      ? inventoryCsv(items)
      : printable(inventoryText(items, compared));
  process.stdout.write(text);
  const differences = compared?.filter(({ status }) => status !== "known") ?? [];
  if (compared)
    process.stderr.write(`weir: ${options.against}: ${countText(differences.map(({ status }) => status))}\n`);
  return damaged ? 2 : differences.length ? DIFFERS : 0;
}

async function captures(options: Options, found: Found): Promise<boolean> {
  const policy = compilePolicy(options.config, { learn: true, ignoreChecksums: options.checksums === "none" });
  const skipped: Skipped[] = [];
  let damaged = false;
  const flow = (json: Uint8Array) => {
    const text = Buffer.from(json.buffer, json.byteOffset, json.length);
    if (text.includes(FLOW)) found.flow(JSON.parse(text.toString("latin1")) as FlowEvent);
  };
  for (const { name } of await listInputs(options.read, options.recursive ?? false, skipped)) {
    const lesson = await learnCapture(name, policy, (reader) => new Progress(reader), flow);
    for (const entry of lesson.entries) found.entry(entry, false);
    for (const damage of lesson.reader.summary.damage) process.stderr.write(`weir: ${damageText(damage)}\n`);
    damaged ||= lesson.reader.summary.damages > 0;
  }
  for (const { file, why } of skipped) process.stderr.write(`weir: ${file}: left out (${why})\n`);
  return damaged;
}

const FLOW = Buffer.from('"event_type":"flow"');

function countText(all: readonly string[]): string {
  const count = (status: string) => all.filter((one) => one === status).length;
  return all.length
    ? ["new", "changed", "missing"].map((status) => `${count(status)} ${status}`).join(", ")
    : "nothing differs";
}
