/** Baseline files: what was learned of a site, from which captures, and the thresholds that follow. JSON, a line each. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { integer, object, readYaml } from "../../lib/yaml.ts";
import type { Entry, Threshold } from "../learned.ts";

export const BASELINE_VERSION = 1;

/** A capture that was learned. */
export interface Learned {
  name: string;
  /** SHA-256 of the file; "" for standard input and records of an image. */
  sha256: string;
  bytes: number;
  packets: number;
  messages: number;
  /** ISO 8601; "" when nothing in it had a time. */
  first: string;
  last: string;
  /** Between the two. */
  seconds: number;
}

export interface Baseline {
  captures: Learned[];
  /** False alarms per hour that the thresholds were made for, of each detector by itself. */
  falseAlarmsPerHour: number;
  thresholds: Threshold[];
  entries: Entry[];
}

const text = z.string({ error: "expected text" });
const count = integer(0, Number.MAX_SAFE_INTEGER);
const number = z.number({ error: "expected a number" });
/** JSON has no infinity: null stands for it. */
const unbounded = z
  .union([number, z.null()], { error: "expected a number, or null for infinity" })
  .transform((n) => n ?? Infinity);

const schema = object({
  "weir-baseline": z.literal(BASELINE_VERSION, {
    error: `expected ${BASELINE_VERSION}, the version of this format`,
  }),
  captures: z.array(
    object({
      name: text,
      sha256: text,
      bytes: count,
      packets: count,
      messages: count,
      first: text,
      last: text,
      seconds: number,
    }),
  ),
  falseAlarmsPerHour: number.positive(),
  thresholds: z.array(
    object({
      detector: text,
      key: text,
      quantity: text,
      limit: unbounded,
      method: z.enum(["rank", "extreme", "largest", "margin"]),
      interval: object({ low: unbounded, high: unbounded }).optional(),
      samples: count,
      hours: number,
    }),
  ),
  entries: z.array(z.looseObject({ detector: text }, { error: "expected a mapping with detector" })),
});

/** Hours of traffic that was learned; captures of the same time count each. */
export const hoursOf = ({ captures }: Pick<Baseline, "captures">): number =>
  captures.reduce((sum, { seconds }) => sum + seconds, 0) / 3600;

/** @throws Problems with line and column; Error when the file cannot be read */
export function readBaseline(path: string): Baseline {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  return parseBaseline(content, path);
}

/** @throws Problems */
export function parseBaseline(content: string, file: string): Baseline {
  let value: z.output<typeof schema> | undefined;
  try {
    value = schema.parse(JSON.parse(content));
  } catch {
    // Slower by far, but it knows where things stand
    value = readYaml(content, file, schema).value;
  }
  const { captures, falseAlarmsPerHour, thresholds, entries } = value;
  return { captures, falseAlarmsPerHour, thresholds: thresholds as Threshold[], entries: entries as Entry[] };
}

/** The file's text: the same baseline gives the same bytes. */
export function baselineText({ captures, falseAlarmsPerHour, thresholds, entries }: Baseline): string {
  const list = (items: readonly unknown[]) =>
    items.length ? `[\n${items.map((item) => JSON.stringify(item)).join(",\n")}\n]` : "[]";
  return `{"weir-baseline": ${BASELINE_VERSION},
"captures": ${list(captures)},
"falseAlarmsPerHour": ${falseAlarmsPerHour},
"thresholds": ${list(thresholds)},
"entries": ${list(entries)}}
`;
}

/** Writes it whole or not at all. */
export function writeBaseline(path: string, baseline: Baseline): void {
  const beside = `${path}.part`;
  writeFileSync(beside, baselineText(baseline));
  renameSync(beside, path);
}
