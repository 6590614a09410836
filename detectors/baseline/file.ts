// REQ-GROUND-004
/** Baseline files: what was learned of a site, from which captures, and the thresholds that follow. JSON, a line each. */
import { z } from "zod";
import { MOST_MADE, readText, writeWhole } from "../../lib/files.ts";
import { described, integer, object, Problems, readYaml, wrongAt } from "../../lib/yaml.ts";
import type { Entry, Threshold } from "../learned.ts";
import { entryIssues, isForeign } from "./entries.ts";

export const BASELINE_VERSION = 1;

/** A capture that was learned. */
export interface Learned {
  name: string;
  /** SHA-256 of the file; "" for standard input and records of an image. */
  sha256: string;
  /** SHA-256 of its records: the same of a copy, compressed or not; absent in baselines of before, and of an image's records. */
  records?: string | undefined;
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
  /** What a person said was right (weir accept), in the order in which it was said. Its entries are among the others. */
  accepted?: Accepted[];
}

/** An alert that was right to be learned. */
export interface Accepted {
  /** When it was said, ISO 8601. */
  at: string;
  who: string;
  why: string;
  detector: string;
  /** The alert's own time, as the log has it; "" where no alert came, and a person took for normal what came once. */
  alert: string;
  /** What was learned, a line for each entry. */
  what: string[];
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
      records: text.optional(),
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
  accepted: z
    .array(object({ at: text, who: text, why: text, detector: text, alert: text, what: z.array(text) }))
    .optional(),
  entries: z.array(
    z.looseObject({ detector: text }, { error: "expected a mapping with detector" }).superRefine((entry, context) => {
      for (const { path, message } of entryIssues(entry)) wrongAt(context, path, message);
      if (isForeign(entry))
        wrongAt(context, ["detector"], `${described(entry.detector)}: a detector that this version does not have`);
    }),
  ),
});

/** The one of them that is the same as a capture: the same file, or the same records in another. */
export const sameCapture = (
  captures: readonly Learned[],
  { sha256, records }: Pick<Learned, "sha256" | "records">,
): Learned | undefined =>
  captures.find((one) => (sha256 && one.sha256 === sha256) || (records && one.records === records));

/** Hours of traffic that was learned; captures of the same time count each. */
export const hoursOf = ({ captures }: Pick<Baseline, "captures">): number =>
  captures.reduce((sum, { seconds }) => sum + seconds, 0) / 3600;

/** @throws Problems with line and column; Error when the file cannot be read */
export function readBaseline(path: string, from?: "file"): Baseline {
  return parseBaseline(readText(path, MOST_MADE, from), path);
}

/** Bytes of a baseline in which the places of faults are looked for by line and column: the reader that can takes its time. */
const PLACED = 2 << 20;

/** @throws Problems */
export function parseBaseline(content: string, file: string): Baseline {
  const value = parsedJson(content, file) ?? readYaml(content, file, schema).value;
  const { captures, falseAlarmsPerHour, thresholds, entries, accepted } = value;
  return {
    ...{ captures, falseAlarmsPerHour, thresholds: thresholds as Threshold[], entries: entries as Entry[] },
    ...(accepted && { accepted }),
  };
}

/** undefined when it is wrong and small enough to be looked at more closely. */
function parsedJson(content: string, file: string): z.output<typeof schema> | undefined {
  const refuse = (path: string, what: string) => ({ file, line: 1, column: 1, path, what });
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (error) {
    if (content.length <= PLACED) return undefined;
    throw new Problems([refuse("", `no JSON: ${(error as Error).message}`)]);
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  if (content.length <= PLACED) return undefined;
  throw new Problems(
    result.error.issues.slice(0, 20).map(({ path, message }) => refuse(path.map(String).join("."), message)),
  );
}

/** The file's text: the same baseline gives the same bytes. */
export function baselineText({ captures, falseAlarmsPerHour, thresholds, entries, accepted }: Baseline): string {
  const list = (items: readonly unknown[]) =>
    items.length ? `[\n${items.map((item) => JSON.stringify(item)).join(",\n")}\n]` : "[]";
  return `{"weir-baseline": ${BASELINE_VERSION},
"captures": ${list(captures)},
"falseAlarmsPerHour": ${falseAlarmsPerHour},
"thresholds": ${list(thresholds)},${accepted?.length ? `\n"accepted": ${list(accepted)},` : ""}
"entries": ${list(entries)}}
`;
}

/** Writes it whole or not at all. */
export function writeBaseline(path: string, baseline: Baseline): void {
  writeWhole(path, baselineText(baseline));
}
