/** What the ground's half of a detector that learns offers; see README.md. */
import type { z } from "zod";
import type { Alert } from "../appliance/contract/generated/events.ts";
import type { Interval } from "../lib/numerics/intervals.ts";

/** What onboard code wrote as one baseline entry: JSON, numbers below 2^53. */
export interface Entry {
  detector: string;
  [member: string]: unknown;
}

/** What the operator wants of the thresholds. */
export interface Wanted {
  /** False alarms per hour, of each detector by itself. */
  rate: number;
}

/** A threshold with where it comes from. */
export interface Threshold {
  detector: string;
  /** What it holds for, as keyOf() gives it; "" = for all. */
  key: string;
  /** Of what: `response`, `packets per second`; with its unit. */
  quantity: string;
  limit: number;
  /** As in numerics/threshold.ts, or `margin`: from the extremes seen and a stated margin. */
  method: "rank" | "extreme" | "largest" | "margin";
  /** 95 % interval of the limit that gives the wanted rate. */
  interval?: Interval;
  /** Independent samples, and hours, that it was learned from. */
  samples: number;
  hours: number;
}

/** Something that an entry says was there, which one sighting does not make normal (baseline/votes.ts). */
export interface Thing {
  /** Equal in all captures, and unlike all others of the same kind of entries. */
  name: string;
  /** Where who serves whom may be taken wrong: what this would be seen as, and what it may be of others. */
  asks?: string;
  shows?: string;
}

export interface EntrySchema {
  /** As in the entry, such as `rate.host`. */
  readonly detector: string;
  readonly schema: z.ZodType;
}

/** What messages of applications are called (ip/decode/words.ts). */
export interface FunctionWords {
  /** @param about what it is about, @param octets what it carries, in hexadecimal; undefined: it has no name */
  message(app: number, kind: number, about?: string, octets?: string): string | undefined;
}

export interface LearnedDetector {
  /** Entries whose `detector` is this, or begins with it and a dot, are its own. */
  readonly name: string;
  /** Section of inspect's part of the policy that pack() makes: its tag, 32 to 63. */
  readonly tag: number;
  /** What its entries must be in a baseline file, which may come from anywhere; undefined: it looks itself. */
  readonly entries?: readonly EntrySchema[];
  /** What the entry is about: entries with the same key are merged. */
  keyOf(entry: Entry): string;
  /** Commutative and associative: as if both had been learned together. */
  merge(a: Entry, b: Entry): Entry;
  thresholds(entries: readonly Entry[], wanted: Wanted, hours: number): Threshold[];
  /** @throws RangeError that says what does not fit */
  pack(entries: readonly Entry[], thresholds: readonly Threshold[]): Uint8Array;
  /** One line for people. @param words names of functions; numbers without it */
  show(entry: Entry, words?: FunctionWords): string;
  /** What in it must have been there more than once; without it all is taken for normal. */
  things?(entry: Entry): Thing[];
  /** Its entries, of which some have things that came once, as if those had not come; `slices`: what each slice has of them. */
  unspoilt?(entries: readonly Entry[], slices: readonly (readonly Entry[])[]): Entry[];
  /** The entry with no other things than these, of which there is one at least; needed where there may be several. */
  only?(entry: Entry, things: readonly Thing[]): Entry;
  /** Entries with which this alert would not have come; none where an alert does not tell what to learn. */
  accept?(alert: Alert): Entry[];
}
