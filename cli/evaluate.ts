// REQ-DETECT-013
/** `weir evaluate`: labelled captures through the appliance, and how well its detectors did. */
import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { damageText } from "../captures/damage.ts";
import { CaptureReader } from "../captures/reader.ts";
import { type CompiledPolicy, compilePolicy, problemLine } from "../diode/policy.ts";
import { printable } from "../lib/printable.ts";
import { LOWERED } from "../page/scores.ts";
import { type Alert, messageTimes, type ScoreOptions, scoreRecords } from "../tuning/evaluate/alerts.ts";
import { type Evaluation, Evaluator } from "../tuning/evaluate/evaluation.ts";
import { resolvedLabels } from "../tuning/evaluate/flows.ts";
import { type Labels, readLabels, type Unit } from "../tuning/evaluate/labels.ts";
import { partiesOf } from "../tuning/evaluate/parties.ts";
import { rocPicture } from "../tuning/evaluate/picture.ts";
import { duration, evaluationJson, evaluationText } from "../tuning/evaluate/text.ts";
import { type Recorded, truthOf } from "../tuning/evaluate/truth.ts";
import { Progress } from "./progress.ts";
import { policyOption } from "./watch.ts";

interface Options {
  read: string[];
  labels: string[];
  config: string;
  baseline?: string;
  set: string[];
  checksums?: string;
  anomalies?: boolean;
  gap: string;
  grace: string;
  json?: boolean;
  roc?: string;
  maxFpr?: string;
  minAuc?: string;
  minFound?: string;
}

export function command(): Command {
  return new Command("evaluate")
    .description(
      "Replay labelled captures through the appliance in this process and measure its detectors: precision, recall and\n" +
        "F1 at the current thresholds, ROC over all thresholds, which attacks were found, by which detector and how soon, and\n" +
        "false alarms per hour. An alert finds an attack if it comes with one of its packets, or in its time, and is about a host\n" +
        "that sent or got one. Each capture is replayed three times: each finding by itself, at the current thresholds and at\n" +
        "lowered ones, and as eve.json has the alerts.",
    )
    .requiredOption(
      "-r, --read <file|dir>",
      "labelled capture; may be repeated: they are replayed as one, in this order",
      collect,
      [],
    )
    .requiredOption(
      "--labels <file>",
      "which records are attacks (forms: below); may be repeated: one for each capture, in the same order",
      collect,
      [],
    )
    .addOption(policyOption())
    .option("--baseline <file>", "use this baseline (weir learn) instead of the policy's")
    .option("--set <key=value>", "use this value instead of the policy's; may be repeated", collect, [])
    .option("-k, --checksums <none>", "none: do not verify checksums (captures taken on the sending host)")
    .option("--anomalies", "count protocol anomalies of packets and messages as alerts of a detector `anomaly`")
    .option(
      "--gap <seconds>",
      "labelled records of one name this close are one attack; false alerts this close are one alarm",
      "60",
    )
    .option(
      "--grace <seconds>",
      "count alerts this long after an attack as finding it, for detectors that report what is missing",
      "2",
    )
    .option("--json", "print everything as one JSON object")
    .option("--roc <file.svg>", "draw the ROC curves")
    .option("--max-fpr <rate>", "gate: false-positive rate of all detectors together, by record")
    .option("--min-auc <area>", "gate: area under the ROC curve of all detectors together")
    .option("--min-found <share>", "gate: share of the attacks that were found")
    .addHelpText(
      "after",
      `
Labels, told apart by their header or shape; records are numbered from 1, packets of a capture or 1553 messages; those
that no row names are benign:
  number,label[,name]       label 0 or 1, -1 (left out), or the attack's name; comma, semicolon or tab; header optional
  label                     a row for each record
  start,end,label           ISO 8601, or seconds since 1970 or (below 100000000) since the first record
  flows                     columns of both addresses, with ports, protocol, time and duration where there are any, and
                            label: as CICFlowMeter writes them (CICIDS), or Zeek's conn.log with a label added
  NAME.labels.csv and NAME.attacks.csv of weir simulate; given together, the second says what is one attack

Examples:
  weir evaluate -r fixtures/site.pcap --labels fixtures/site.labels.csv -c fixtures/policy.yaml --anomalies
  weir learn -r fixtures/normal.pcap -o site.baseline
  weir evaluate -r fixtures/site.pcap --labels fixtures/site.labels.csv --baseline site.baseline --roc roc.svg
  weir evaluate -r flight.ch10 --labels flight.labels.csv --labels flight.attacks.csv --baseline bus.baseline
  weir evaluate -r day.pcap --labels day.csv --baseline site.baseline --max-fpr 1e-3 --min-auc 0.99 && deploy

Exit codes: 0 ran to the end; 1 usage, label or policy error; 2 a capture was damaged; 3 a gate failed.`,
    )
    .action(async (options: Options) => {
      process.exitCode = await evaluate(options);
    });
}

const collect = (value: string, all: string[]) => [...all, value];

function number(name: string, text: string, most: number): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= most))
    throw new Error(`--${name} ${text}: expected a number from 0 to ${most}`);
  return value;
}

interface Gate {
  name: string;
  limit: number;
  /** What was measured; NaN fails. */
  value: (e: Evaluation) => number;
  holds: (value: number, limit: number) => boolean;
}

function gatesOf({ maxFpr, minAuc, minFound }: Options): Gate[] {
  const atLeast = (value: number, limit: number) => value >= limit;
  const all = (e: Evaluation) => e.detectors[0]!;
  const gate = (name: string, text: string | undefined, value: Gate["value"], holds: Gate["holds"]): Gate[] =>
    text === undefined ? [] : [{ name, limit: number(name, text, 1), value, holds }];
  return [
    ...gate(
      "max-fpr",
      maxFpr,
      (e) => all(e).falsePositiveRate,
      (value, limit) => value <= limit,
    ),
    ...gate("min-auc", minAuc, (e) => all(e).auc, atLeast),
    ...gate("min-found", minFound, (e) => e.found / e.attacks.length, atLeast),
  ];
}

async function evaluate(options: Options): Promise<number> {
  if (options.checksums !== undefined && options.checksums !== "none")
    throw new Error(`-k ${options.checksums}: expected none`);
  const settings = { gap: number("gap", options.gap, 86400), grace: number("grace", options.grace, 86400) };
  const gates = gatesOf(options);
  const policy = policyOf(options, 1);
  for (const warning of policy.warnings) say(problemLine(warning));
  if (options.read.includes("-")) throw new Error("-r -: each capture is read twice: expected a file");
  const labels = await resolvedLabels(options.labels.map(readLabels), { paths: options.read, recursive: false }, say);
  const run = await alarms(options, policy, labels);
  const truth = truthOf(run.recorded, labels, settings.gap);
  for (const warning of truth.warnings) say(warning);
  const others = run.alerts.filter(({ unit }) => unit !== truth.unit).length;
  if (others) say(`${others} alerts are not about ${truth.unit}, which the labels are for: ignored`);
  const evaluator = new Evaluator(truth, settings, await partiesOf(options.read, truth));
  for (const alert of run.alerts) if (alert.unit === truth.unit) evaluator.alarm(alert);
  await runThrough(options, policyOf(options, LOWERED), { factor: LOWERED }, (alert) => {
    if (alert.unit === truth.unit) evaluator.score(alert);
  });
  await runThrough(options, policyOf(options, 1, false), {}, (alert) => evaluator.logged(alert));
  const evaluation = evaluator.evaluation();
  report(options, evaluation, run.recorded);
  for (const damage of run.reader.summary.damage) say(damageText(damage));
  const failed = gates.filter(({ value, limit, holds }) => !holds(value(evaluation), limit));
  for (const { name, limit, value } of failed)
    say(`gate failed: --${name} ${limit}, measured ${Number(value(evaluation).toPrecision(8))}`);
  return failed.length ? 3 : run.reader.summary.damages ? 2 : 0;
}

const policyOf = ({ config, baseline, set, checksums }: Options, threshold: number, ungrouped = true): CompiledPolicy =>
  compilePolicy(config, {
    ungrouped,
    threshold,
    ignoreChecksums: checksums === "none",
    sets: set,
    ...(baseline !== undefined && { baseline }),
  });

/** Runs the captures through a fresh appliance. */
async function runThrough(
  { read }: Options,
  policy: CompiledPolicy,
  scoring: ScoreOptions,
  take: (alert: Alert) => void,
): Promise<CaptureReader> {
  const reader = await CaptureReader.open(read);
  const progress = new Progress(reader);
  try {
    for await (const alert of scoreRecords(reader, policy, scoring)) take(alert);
  } finally {
    progress.stop();
    await reader.close();
  }
  return reader;
}

/** The first run: what was recorded, and the alerts at the thresholds as they are. */
async function alarms(options: Options, policy: CompiledPolicy, labels: readonly Labels[]) {
  const times: number[] = [];
  const alerts: Alert[] = [];
  const scoring = { anomalies: options.anomalies ?? false, onPacket: (time: number) => times.push(time) };
  const reader = await runThrough(options, policy, scoring, (alert) => alerts.push(alert));
  const { files } = reader.summary;
  const unit: Unit = unitOf(labels, files.length > 0 && files.every(({ format }) => format === "chapter10"));
  const recorded: Recorded = { unit, times, perCapture: files.map((f) => ({ name: f.file, records: f.packets })) };
  if (unit === "packets") return { reader, alerts, recorded };
  const perFile = await Promise.all(
    files.map(async ({ file }) => {
      return { name: file, times: await messageTimes(file) };
    }),
  );
  const messages: Recorded = {
    unit,
    times: perFile.flatMap((file) => file.times),
    perCapture: perFile.map((file) => ({ name: file.name, records: file.times.length })),
  };
  return { reader, alerts, recorded: messages };
}

/** What is counted: what the labels say, else 1553 messages when there is nothing else. */
const unitOf = (labels: readonly Labels[], onlyChapter10: boolean): Unit =>
  labels.find(({ unit }) => unit)?.unit ?? (onlyChapter10 ? "messages" : "packets");

function report(options: Options, evaluation: Evaluation, { unit, times, perCapture }: Recorded): void {
  const { attack, benign, leftOut } = evaluation.records;
  let [first, last] = [Infinity, -Infinity];
  for (const time of times) [first, last] = [Math.min(first, time), Math.max(last, time)];
  const seconds = times.length ? last - first : 0;
  if (options.roc)
    writeFileSync(options.roc, rocPicture(evaluation.detectors, `ROC by record, ${perCapture.length} captures`));
  if (options.json) {
    const inputs = { captures: perCapture, labels: options.labels, unit, seconds };
    process.stdout.write(`${JSON.stringify({ ...inputs, ...(evaluationJson(evaluation) as object) }, null, 2)}\n`);
    return;
  }
  const names = perCapture.length === 1 ? perCapture[0]!.name : `${perCapture.length} captures`;
  process.stdout.write(
    printable(
      `${names}: ${times.length} ${unit} in ${duration(seconds)}: ${attack} of attacks, ${benign} benign` +
        `${leftOut ? `, ${leftOut} left out` : ""}\n\n${evaluationText(evaluation)}`,
    ),
  );
}

const say = (line: string) => process.stderr.write(`weir: ${line}\n`);
