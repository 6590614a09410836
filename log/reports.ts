/** What the verifier says: one object for each thing it found. In JSON, and in words. */

/** What can be found, and what each means. */
export const CLASSES = {
  started: "the first record that this collector ever took",
  restart:
    "the appliance has started anew; lower: its number is below that of the start before, so the host's counter went back",
  missing: "no whole and genuine record of these numbers has come",
  duplicate: "a genuine record came once more",
  reordered: "a genuine record came behind a later one; late: it had been called missing",
  tampered:
    "a genuine record, known by its code or by that of its successor, but not as it was sent; late: it had been called forged",
  forged: "nobody who has the key made this",
  replayed: "a genuine record of an earlier start, which had come before",
  clone:
    "two different records of one number, both kept. started twice: the number of a start was used again; copied: from a snapshot; else somebody else may have the key",
  unauthenticated: "a record without a code, where there must be one",
  truncated: "a record that was cut",
  unchecked: "not looked at: more came that would have been costly to check than is allowed for (a flood of forgeries)",
  not_ours: "no record of a journal",
  unwritten: "genuine records that could not be written, because there was no room for too long",
  silent: "no heartbeat came for longer than it may take",
  heard: "heartbeats come again",
  stranger: "a record in the name of an appliance that this collector has no key of",
} as const;

export type Class = keyof typeof CLASSES;

/** Somebody meddles, or the key is out. */
export const HOSTILE = ["tampered", "forged", "replayed", "clone", "unauthenticated"] as const;
const GOOD: readonly Class[] = ["started", "heard", "duplicate", "reordered"];

/** As of an event (RFC 5424, table 2): alert, info, else warning. */
export const severityOf = (name: Class): number =>
  (HOSTILE as readonly Class[]).includes(name) ? 1 : GOOD.includes(name) ? 6 : 4;

export interface Report {
  class: Class;
  /** Of what records; of forged and cut ones what they claim to be. */
  boot?: number;
  first?: number;
  last?: number;
  /** Records; 1 where it is left out. */
  count?: number;
  /** What was said before of these records, or of this datagram, is taken back. */
  late?: true;
  /** Which datagram (or line) it was, from 1. */
  datagram?: number;
  /** Who sent it, as the network says: anybody can claim that. */
  from?: string;
  /** Of stranger: the name that it gives itself. */
  claims?: string;
  /** Of restart: the start before, and the last record of it that came. */
  previous?: { boot: number; last: number };
  /** Of restart: the number is lower than that of the start before. */
  lower?: true;
  /** Of clone, the first of a start: how it came to be, where that can be seen. */
  how?: "started twice" | "copied";
  /** `count` more of this class have come than are reported one by one. */
  omitted?: true;
  /** Of silent: how long. */
  seconds?: number;
}

/** The event_type of reports. */
export const REPORT = "weir_log";

/** One line of collect.json. @param timestamp of the last genuine record before it; `arrived` when it was found */
export function reportJson(report: Report, timestamp: string, arrived?: string): string {
  return JSON.stringify({
    timestamp,
    event_type: REPORT,
    ...(arrived !== undefined && { arrived }),
    weir_log: report,
  });
}

/** The same for people. */
export function reportText(report: Report): string {
  const {
    class: name,
    boot,
    first,
    last,
    count = 1,
    late,
    datagram,
    from,
    previous,
    seconds,
    lower,
    how,
    omitted,
    claims,
  } = report;
  const numbers = first === undefined ? "" : last === undefined || last === first ? ` ${first}` : ` ${first}-${last}`;
  const words = [name.replace("_", " ") + (late ? " (late)" : "")];
  if (boot !== undefined) words.push(`boot ${boot}${numbers && ` record${numbers}`}`);
  if (omitted) words.push(`${count} more, not reported one by one`);
  else if (count > 1) words.push(`${count} records`);
  if (how !== undefined) words.push(how);
  if (lower) words.push("a lower number");
  if (previous) words.push(`after boot ${previous.boot}, record ${previous.last} the last of it`);
  if (seconds !== undefined) words.push(`for ${seconds} s`);
  if (datagram !== undefined) words.push(`datagram ${datagram}`);
  if (claims !== undefined) words.push(`by the name of ${claims}`);
  if (from !== undefined) words.push(`from ${from}`);
  return words.join(", ");
}
