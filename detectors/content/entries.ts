// REQ-DETECT-003
/** The baseline entries of the content detector (onboard/export.ts), and what two of them become. */
import { z } from "zod";
import { count, list, whole } from "../baseline/members.ts";
import { conversation } from "../ip/entries.ts";
import { talkKey } from "../ip/section.ts";
import type { Entry, EntrySchema } from "../learned.ts";

/** Octets of a layout, and what each takes in `octets`: onboard/export.ts. */
export const POSITIONS = 52;
const PACKED = 9;
const CARRIED = 128;
/** More values than a few: the least and the most are known. */
const RANGE = 5;
const FEW = 4;
/** Classes of what is new: onboard/novelty.ts. */
export const CLASSES = ["functions", "objects", "values", "other values"] as const;
const MOST_PEAKS = 64;

const number64 = z.string().regex(/^[0-9a-f]{16}$/, { error: "expected 16 hexadecimal digits" });
const side = list(count, 3, 3);
const captures = count.optional();
const said = { ...conversation, side: whole(1), app: whole(15), kind: whole(2 ** 32 - 1), messages: count, captures };
const base64 = z.string().superRefine((text, context) => {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== POSITIONS * PACKED || bytes.toString("base64") !== text)
    context.addIssue({ code: "custom", message: `expected ${POSITIONS * PACKED} bytes in base 64` });
});

export const SCHEMAS: readonly EntrySchema[] = [
  { detector: "content", schema: z.looseObject({ ...conversation, to: side, from: side, captures }) },
  { detector: "content.said", schema: z.looseObject({ ...said, about: number64.optional() }) },
  {
    detector: "content.layout",
    schema: z.looseObject({
      ...said,
      shape: number64,
      octets: base64,
      shares: list(count, POSITIONS, POSITIONS).optional(),
    }),
  },
  {
    detector: "content.peaks",
    schema: z.looseObject({
      class: whole(CLASSES.length - 1),
      seconds: count,
      largest: list(whole(0xffff), 0, MOST_PEAKS),
    }),
  },
  {
    detector: "content.right",
    schema: z.looseObject({
      ...{ ...conversation, side: whole(1), app: whole(15), kind: whole(2 ** 32 - 1), about: number64.optional() },
      ...{ shape: number64.optional(), octet: whole(POSITIONS - 1).optional(), value: whole(255).optional() },
      octets: z
        .string()
        .regex(/^([0-9a-f]{2}){1,50}$/, { error: "expected up to 50 octets in hexadecimal" })
        .optional(),
    }),
  },
  { detector: "content.stream", schema: z.looseObject({ stream: number64, broken: whole(255), frames: count }) },
];

const kindOf = (entry: Entry) => entry.detector.slice("content.".length);
export const only = (entries: readonly Entry[], kind: string) => entries.filter((entry) => kindOf(entry) === kind);

export function keyOf(entry: Entry): string {
  switch (kindOf(entry)) {
    case "":
      return talkKey(entry);
    case "said":
      return `${sideKey(entry)} ${entry.kind} ${entry.about ?? ""}`;
    case "layout":
      return `${sideKey(entry)} ${entry.kind} ${entry.shape}`;
    case "right":
      return [
        sideKey(entry),
        entry.kind,
        entry.about ?? "",
        entry.shape ?? "",
        entry.octet,
        entry.value,
        entry.octets,
      ].join(" ");
    case "peaks":
      return String(entry.class);
    default:
      return entry.stream as string;
  }
}
const sideKey = (entry: Entry) => `${talkKey(entry)} ${entry.side} ${entry.app}`;

const value = (entry: Entry, name: string) => entry[name] as number;
/** Captures that the entry is made of. */
export const capturesOf = (entry: Entry): number => (entry.captures as number | undefined) ?? 1;
export const sideOf = (entry: Entry, name: "to" | "from") => entry[name] as [number, number, number];

export function merge(a: Entry, b: Entry): Entry {
  const both = { ...a, captures: capturesOf(a) + capturesOf(b) };
  switch (kindOf(a)) {
    case "":
      return { ...both, to: sums(a.to, b.to), from: sums(a.from, b.from) };
    case "said":
      return { ...both, messages: value(a, "messages") + value(b, "messages") };
    case "layout":
      return { ...both, messages: value(a, "messages") + value(b, "messages"), ...mergedOctets(a, b) };
    case "right":
      return a;
    case "peaks": {
      const largest = [...(a.largest as number[]), ...(b.largest as number[])].sort((x, y) => y - x);
      return { ...a, seconds: value(a, "seconds") + value(b, "seconds"), largest: largest.slice(0, MOST_PEAKS) };
    }
    default:
      return {
        ...a,
        broken: value(a, "broken") | value(b, "broken"),
        frames: value(a, "frames") + value(b, "frames"),
      };
  }
}
const sums = (a: unknown, b: unknown) => (a as number[]).map((n, i) => n + (b as number[])[i]!);

// ---- Octets ----------------------------------------------------------------------------------------------------------

/** One octet of a layout: its values, or the least and the most of a range. */
export interface Octet {
  values: number[];
  isRange: boolean;
  isCarried: boolean;
  /** Message, of those of its capture, with the last that was new; of several captures their sum. */
  latest: number;
  /** Different values (5: more) in each capture, summed. */
  share: number;
}

export function octetsOf(entry: Entry): Octet[] {
  const bytes = Buffer.from(entry.octets as string, "base64");
  const shares = entry.shares as number[] | undefined;
  return Array.from({ length: POSITIONS }, (_, i) => {
    const at = i * PACKED;
    const told = bytes[at]! & ~CARRIED;
    const isRange = told === RANGE;
    return {
      values: [...bytes.subarray(at + 1, at + 1 + (isRange ? 2 : Math.min(FEW, told)))],
      isRange,
      isCarried: (bytes[at]! & CARRIED) !== 0,
      latest: bytes.readUInt32LE(at + 5),
      share: shares?.[i] ?? told,
    };
  });
}

const distinct = ({ values, isRange }: Octet) => (isRange ? RANGE : values.length);

function mergedOctets(a: Entry, b: Entry): { octets: string; shares: number[] } {
  const bytes = Buffer.alloc(POSITIONS * PACKED);
  const others = octetsOf(b);
  const merged = octetsOf(a).map((x, i) => union(x, others[i]!));
  for (const [i, x] of merged.entries()) {
    bytes[i * PACKED] = distinct(x) | (x.isCarried ? CARRIED : 0);
    bytes.set(x.values, i * PACKED + 1);
    bytes.writeUInt32LE(Math.min(x.latest, 0xffffffff), i * PACKED + 5);
  }
  return { octets: bytes.toString("base64"), shares: merged.map(({ share }) => share) };
}

/** The octet, which may have these values too. */
export function allowing(octet: Octet, values: readonly number[]): Octet {
  const all = [...new Set([...octet.values, ...values])].sort((x, y) => x - y);
  const isRange = octet.isRange || all.length > FEW;
  return { ...octet, values: isRange ? [all[0]!, all.at(-1)!] : all, isRange };
}

function union(a: Octet, b: Octet): Octet {
  const { values, isRange } = allowing({ ...a, isRange: a.isRange || b.isRange }, b.values);
  return {
    values,
    isRange,
    isCarried: a.isCarried || b.isCarried,
    latest: a.latest + b.latest,
    share: a.share + b.share,
  };
}

// ---- How surprising something new would be ---------------------------------------------------------------------------

/** log2 with straight lines between the powers of two: coarseLog2 in ../onboard/numeric.ts. */
function coarse(x: number): number {
  const e = Math.floor(Math.log2(x));
  return e + x / 2 ** e - 1;
}

/**
 * The score of something new (onboard/novelty.ts). What was in some captures only, of `share` in all, came as late as if it had
 * been new at that share of the messages.
 */
export function scoreOf(messages: number, latest: number, share: number): number {
  if (messages < 1) return 0;
  const late = Math.max(latest, share * messages);
  return Math.max(0, coarse(messages + 1) - coarse(late + 1));
}

/** Of `kinds` things, each in so many captures, the share of captures in which one was missing. */
export function missing(captures: number, kinds: readonly number[]): number {
  const most = captures * kinds.length;
  return most > 0 ? Math.max(0, most - kinds.reduce((sum, n) => sum + n, 0)) / most : 0;
}

/** The same of an octet's values. */
export const missingOf = (octet: Octet, captures: number): number => {
  const most = captures * distinct(octet);
  return most > 0 ? Math.max(0, most - octet.share) / most : 0;
};
