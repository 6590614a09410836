/** `weir baseline`: look into baselines, merge them, make their thresholds anew. */
import { existsSync } from "node:fs";
import { Command } from "commander";
import { type Accepted, hoursOf, readBaseline, writeBaseline } from "../detectors/baseline/file.ts";
import { baselineOf, detectorOf, mergeBaselines } from "../detectors/baseline/merge.ts";
import { promiseText } from "../detectors/baseline/promise.ts";
import { keeping, onceOf, onces } from "../detectors/baseline/votes.ts";
import type { Entry, FunctionWords, Threshold } from "../detectors/learned.ts";
import { ApplicationWords } from "../ip/decode/words.ts";
import { printable } from "../lib/printable.ts";
import { saidNow } from "./said.ts";

export function command(): Command {
  const baseline = new Command("baseline")
    .description(
      "Show a baseline that weir learn has written and what came in it once only, merge several, or make thresholds for another\n" +
        "rate of false alarms.",
    )
    .addHelpText(
      "after",
      `
Examples:
  weir baseline show site.baseline
  weir baseline once site.baseline
  weir baseline keep site.baseline --only "10.0.0.7 -> 10.0.1.9" --why "backup, each night"
  weir baseline merge monday.baseline tuesday.baseline -o site.baseline
  weir baseline thresholds site.baseline --false-alarms 0.01`,
    );
  baseline
    .command("show <file>")
    .description("show what was learned, from which captures, each threshold and where it comes from")
    .option("--json", "print the thresholds as JSON")
    .action(show);
  baseline
    .command("log <file>")
    .description("list what a person said was right (weir accept): when, who, why, and what was learned")
    .option("--json", "print it as JSON")
    .action(log);
  baseline
    .command("once <file>")
    .description("list what came in one slice of a capture only: it is not taken for normal (weir learn)")
    .option("--json", "print the entries as JSON")
    .action(once);
  baseline
    .command("keep <file>")
    .description("take for normal what came once; weir baseline log remembers who said so, when and why")
    .option("--only <words>", "of what weir baseline once lists, lines that have these words, whole and in this order")
    .requiredOption("--why <text>", "why it is right")
    .option("--who <name>", "who says so; by default the user's name")
    .action(keep);
  baseline
    .command("merge <files...>")
    .description("merge baselines: the result is as if all their captures had been learned together")
    .requiredOption("-o, --output <file>", "write the result to this file")
    .action((files: string[], { output }: { output: string }) => {
      if (existsSync(output)) throw new Error(`${output} exists already`);
      const all = files.map((file) => readBaseline(file));
      const merged = mergeBaselines(all, { rate: Math.min(...all.map((b) => b.falseAlarmsPerHour)) });
      writeBaseline(output, merged);
      process.stdout.write(`${output}: ${merged.captures.length} captures, ${merged.entries.length} entries\n`);
    });
  baseline
    .command("thresholds <file>")
    .description("make new thresholds for another rate of false alarms, in the same file")
    .requiredOption("--false-alarms <number>", "false alarms wanted per hour and detector")
    .action((file: string, { falseAlarms }: { falseAlarms: string }) => {
      const rate = Number(falseAlarms);
      if (!(rate > 0 && rate < 1e6)) throw new Error(`--false-alarms ${falseAlarms}: expected a number above 0`);
      const { captures, entries, accepted } = readBaseline(file);
      const made = baselineOf(captures, entries, { rate }, accepted);
      writeBaseline(file, made);
      process.stdout.write(`${file}: ${made.thresholds.length} thresholds ${promiseText(rate, hoursOf(made))}\n`);
    });
  return baseline;
}

async function show(file: string, { json }: { json?: boolean }): Promise<void> {
  const baseline = readBaseline(file);
  const { captures, thresholds, entries } = baseline;
  if (json) {
    process.stdout.write(`${JSON.stringify(thresholds, null, 2)}\n`);
    return;
  }
  const words = await ApplicationWords.create();
  const lines = [
    `learned from ${captures.length} captures, ${hoursOf(baseline).toFixed(2)} hours:`,
    ...captures.map(
      (c) =>
        `  ${c.name}  ${c.packets} packets, ${c.messages} 1553 messages, ${c.seconds} s` +
        `${c.first ? `, ${c.first.slice(0, 19)}Z` : ""}${c.sha256 ? `, sha256 ${c.sha256.slice(0, 16)}` : ""}`,
    ),
    "",
    `thresholds ${promiseText(baseline.falseAlarmsPerHour, hoursOf(baseline))}:`,
    ...(thresholds.length
      ? thresholds.map((t) => `  ${thresholdText(t)}`)
      : ["  none: no detector has learned a threshold"]),
    "",
    "known:",
    ...entries.map(
      (entry) => `  ${lineOf(entry, words)}${onceOf(entry).length ? ` (came once: ${onceOf(entry).length})` : ""}`,
    ),
  ];
  process.stdout.write(printable(`${lines.join("\n")}\n`));
}

const lineOf = (entry: Entry, words: FunctionWords) =>
  `${entry.detector.padEnd(14)} ${detectorOf(entry).show(entry, words)}`;

async function once(file: string, { json }: { json?: boolean }): Promise<void> {
  const words = await ApplicationWords.create();
  const found = onces(readBaseline(file).entries, detectorOf);
  if (json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else if (!found.length)
    process.stdout.write(
      "nothing came once only in an hour or more; shorter captures, standard input and logs tell nothing of it\n",
    );
  else process.stdout.write(printable(found.map((entry) => `${lineOf(entry, words)}\n`).join("")));
}

async function keep(file: string, { only, why, who }: { only?: string; why: string; who?: string }): Promise<void> {
  const words = await ApplicationWords.create();
  const said = saidNow(why, who);
  const { captures, entries, falseAlarmsPerHour: rate, accepted = [] } = readBaseline(file);
  const kept = onces(entries, detectorOf).filter((entry) => only === undefined || hasWords(lineOf(entry, words), only));
  if (!kept.length) throw new Error(`${file}: nothing that came once${only === undefined ? "" : ` has "${only}"`}`);
  const records = kept.map(
    (entry): Accepted => ({
      ...said,
      detector: entry.detector,
      alert: "",
      what: [detectorOf(entry).show(entry, words)],
    }),
  );
  const known = keeping(entries, kept, detectorOf);
  writeBaseline(file, baselineOf(captures, known, { rate }, [...accepted, ...records]));
  process.stdout.write(printable(kept.map((entry) => `${lineOf(entry, words)}\n`).join("")));
  process.stdout.write(`${file}: ${kept.length} that came once are taken for normal\n`);
}

/** 10.0.0.7 is no word of 10.0.0.77. */
function hasWords(line: string, words: string): boolean {
  const of = (text: string) => text.split(/[\s,]+|:(?=\s|$)/).filter(Boolean);
  return ` ${of(line).join(" ")} `.includes(` ${of(words).join(" ")} `);
}

function log(file: string, { json }: { json?: boolean }): void {
  const { accepted = [] } = readBaseline(file);
  if (json) process.stdout.write(`${JSON.stringify(accepted, null, 2)}\n`);
  else if (!accepted.length) process.stdout.write("nothing was accepted: all of it comes from captures\n");
  else
    for (const { at, who, why, detector, alert, what } of accepted)
      process.stdout.write(
        printable(
          `${at}  ${who}: ${why}\n${what.map((one) => `  ${detector}${alert && ` at ${alert}`}: ${one}\n`).join("")}`,
        ),
      );
}

function thresholdText({ detector, key, quantity, limit, method, interval, samples, hours }: Threshold): string {
  const range = interval ? ` (95 %: ${short(interval.low)} to ${short(interval.high)})` : "";
  return `${detector}${key ? ` ${key}` : ""}: ${quantity} ${short(limit)}${range}, ${method} of ${samples} samples in ${hours.toFixed(2)} h`;
}

const short = (n: number) => String(Number(n.toPrecision(4)));
