/** `weir learn`: a site's baseline from clean captures, or from what an image in learning mode has exported. */
import { existsSync } from "node:fs";
import { Command } from "commander";
import { damageText } from "../captures/damage.ts";
import { listInputs } from "../captures/inputs.ts";
import type { Skipped } from "../captures/summary.ts";
import { type Baseline, hoursOf, readBaseline, sameCapture, writeBaseline } from "../detectors/baseline/file.ts";
import { baselineOf, detectorOf, mergeEntries } from "../detectors/baseline/merge.ts";
import { promiseText } from "../detectors/baseline/promise.ts";
import { onces } from "../detectors/baseline/votes.ts";
import { compilePolicy } from "../diode/policy.ts";
import { lessonOfLog } from "../tuning/learn/from-log.ts";
import { groupsOf } from "../tuning/learn/groups.ts";
import { type Lesson, learnCapture, sha256Of } from "../tuning/learn/learn.ts";
import { votedEntries } from "../tuning/learn/slices.ts";
import { type Surveyed, surveyOf } from "../tuning/learn/survey.ts";
import { Progress } from "./progress.ts";
import { policyOption } from "./watch.ts";

interface Options {
  read: string[];
  fromLog: string[];
  output: string;
  add?: boolean;
  recursive?: boolean;
  config: string;
  checksums?: string;
  falseAlarms: string;
}

export function command(): Command {
  return new Command("learn")
    .description(
      "Learn what is normal from clean captures, and from it the thresholds for a wanted rate of false alarms. Each capture\n" +
        "is learned by the code of the image, from a fresh start, and the results are merged. What came once only in an hour\n" +
        "or more (of one capture, or of files that follow each other) is not taken for normal, but listed: weir baseline\n" +
        "once. A policy names the result (baseline: site.baseline), and weir build puts it into the image.",
    )
    .option("-r, --read <file|dir>", "clean capture, folder, or - ; may be repeated", collect, [])
    .option("--from-log <eve.json>", "log of an image in learning mode (policy: learn); may be repeated", collect, [])
    .requiredOption("-o, --output <site.baseline>", "write the baseline to this file")
    .option("--add", "add to that baseline; captures that it contains are skipped, so an interrupted run can go on")
    .option("--recursive", "read folders inside folders too")
    .addOption(policyOption("the policy to learn under"))
    .option("-k, --checksums <none>", "none: do not verify checksums")
    .option("--false-alarms <number>", "false alarms wanted per hour and detector; may be a fraction", "0.1")
    .addHelpText(
      "after",
      `
Examples:
  weir learn -r clean/ -o site.baseline                 a file for each capture is learned, in order of names
  weir learn -r monday.pcap -o site.baseline --add      one more
  weir baseline show site.baseline                      what it knows
  weir baseline merge a.baseline b.baseline -o both.baseline
  weir learn --from-log eve.json -o site.baseline       from an image that ran with learn: { every: 1h }

Exit codes: 0 learned; 1 usage, or nothing to learn from; 2 a capture was damaged: its good packets were learned.`,
    )
    .action(async (options: Options) => {
      process.exitCode = await learn(options);
    });
}

const collect = (value: string, all: string[]) => [...all, value];

async function learn(options: Options): Promise<number> {
  const rate = Number(options.falseAlarms);
  if (!(rate > 0 && rate < 1e6)) throw new Error(`--false-alarms ${options.falseAlarms}: expected a number above 0`);
  if (options.checksums !== undefined && options.checksums !== "none")
    throw new Error(`-k ${options.checksums}: expected none`);
  if (!options.read.length && !options.fromLog.length)
    throw new Error("nothing to learn from: expected -r or --from-log");
  if (existsSync(options.output) && !options.add)
    throw new Error(`${options.output} exists: use --add to add to it, or remove it`);
  let baseline: Baseline = existsSync(options.output)
    ? readBaseline(options.output)
    : { captures: [], falseAlarmsPerHour: rate, thresholds: [], entries: [] };
  const policy = compilePolicy(options.config, { learn: true, ignoreChecksums: options.checksums === "none" });
  const skipped: Skipped[] = [];
  let damaged = false;
  const take = (lessons: readonly Pick<Lesson, "capture" | "evictions">[], entries: Lesson["entries"]) => {
    baseline = baselineOf(
      [...baseline.captures, ...lessons.map(({ capture }) => capture)],
      [...baseline.entries, ...entries],
      { rate },
      baseline.accepted,
    );
    writeBaseline(options.output, baseline);
    for (const { capture, evictions } of lessons) {
      const { name, packets, messages, seconds } = capture;
      if (evictions)
        say(
          `${name}: more hosts and conversations than fit at a time: ${evictions} were forgotten, the longest unused first`,
        );
      say(`${name}: ${packets} packets, ${messages} 1553 messages, ${duration(seconds)}`);
    }
  };
  const names = (await listInputs(options.read, options.recursive ?? false, skipped)).map(({ name }) => name);
  const empty: string[] = [];
  for (const group of await planOf(names, baseline.captures)) {
    const lessons: Lesson[] = [];
    for (const name of group) {
      const lesson = await learnCapture(name, policy, (reader) => new Progress(reader));
      for (const hint of lesson.hints) say(`${name}: ${hint}`);
      for (const damage of lesson.reader.summary.damage) process.stderr.write(`weir: ${damageText(damage)}\n`);
      damaged ||= lesson.reader.summary.damages > 0;
      const { capture, clock } = lesson;
      const known = sameCapture(baseline.captures, { ...capture, sha256: "" });
      if (capture.packets + capture.messages === 0) empty.push(name);
      else if (known) say(`${name}: the same packets as ${known.name}, learned before, skipped`);
      else {
        lessons.push(lesson);
        if (clock.holes > 0)
          say(
            `${name}: ${hours(clock.holes)} h in which nothing came, or before and after a wrong time stamp, count as no time: ` +
              `${hours(clock.seconds)} h are left`,
          );
      }
    }
    if (!lessons.length) continue;
    const entries = await votedEntries(lessons, policy, () =>
      say(`${group.join(", ")}: ${group.length > 1 ? "are" : "is"} learned again, in slices of time`),
    );
    take(lessons, entries);
  }
  for (const { file, why } of skipped) say(`${file}: left out (${why})`);
  for (const path of options.fromLog) for (const lesson of await lessonOfLog(path)) take([lesson], lesson.entries);
  if (empty.length > 0 && empty.length === names.length && !options.fromLog.length)
    throw new Error(`${empty.join(", ")}: no packet and no 1553 message in it: nothing was learned`);
  if (!baseline.captures.length) throw new Error("nothing was learned");
  for (const name of empty) say(`${name}: no packet and no 1553 message in it, left out`);
  baseline = { ...baseline, entries: mergeEntries(baseline.entries) };
  const { captures, entries, thresholds } = baseline;
  const once = onces(entries, detectorOf).length;
  if (once)
    say(
      `${once} conversations, addresses or functions came once only, for an eighth of a capture at most: they are not taken\n` +
        `  for normal. weir baseline once ${options.output} lists them, weir baseline keep makes them normal.`,
    );
  process.stdout.write(
    `${options.output}: ${captures.length} captures, ${hoursOf(baseline).toFixed(2)} hours, ${entries.length} entries, ` +
      `${thresholds.length} thresholds ${promiseText(rate, hoursOf(baseline))}\n`,
  );
  return damaged ? 2 : 0;
}

/**
 * Captures that are not known yet, in groups that are learned together.
 *
 * @param learned before
 */
async function planOf(names: readonly string[], learned: Baseline["captures"]): Promise<string[][]> {
  const files: { name: string; sha256: string; survey: Surveyed }[] = [];
  for (const name of names) {
    if (name === "-") continue;
    const sha256 = await sha256Of(name);
    if (sameCapture(learned, { sha256 })) {
      say(`${name}: learned before, skipped`);
      continue;
    }
    const survey = await surveyOf(name);
    const known =
      sameCapture(learned, { sha256: "", records: survey.records }) ??
      files.find((one) => one.survey.records !== "" && one.survey.records === survey.records);
    if (known) say(`${name}: the same packets as ${known.name}, learned before, skipped`);
    else files.push({ name, sha256, survey });
  }
  const groups = groupsOf(files).map((group) => group.map(({ name }) => name));
  return names.includes("-") ? [...groups, ["-"]] : groups;
}

const hours = (seconds: number) => (seconds / 3600).toFixed(2);
const say = (line: string) => process.stderr.write(`weir: ${line}\n`);
const duration = (seconds: number) => (seconds < 120 ? `${seconds} s` : `${(seconds / 60).toFixed(1)} min`);
