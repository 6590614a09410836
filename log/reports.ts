/** What the verifier says: one object for each thing it found. In JSON, and in words. */

/** What can be found, and what each means. */
export const CLASSES = {
  started: "the first record that this collector ever took",
  restart: "the appliance has started anew",
  missing: "no whole and genuine record of these numbers has come",
  duplicate: "a genuine record came once more",
  reordered: "a genuine record came behind a later one; late: it had been called missing",
  tampered:
    "a genuine record, known by its code or by that of its successor, but not as it was sent; late: it had been called forged",
  forged: "nobody who has the key made this",
  replayed: "a genuine record of an earlier start, which had come before or is of a start that is not known here",
  conflict: "two different records of one number, both with the right code: somebody else has the key",
  unauthenticated: "a record without a code, where there must be one",
  truncated: "a record that was cut",
  not_ours: "no record of a journal",
  silent: "no heartbeat came for longer than it may take",
  heard: "heartbeats come again",
} as const;

export type Class = keyof typeof CLASSES;

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
  /** Of restart: the start before, and the last record of it that came. */
  previous?: { boot: number; last: number };
  /** Of silent: how long. */
  seconds?: number;
}

/** One line of collect.json. @param timestamp of the last genuine record before it; `arrived` when it was found */
export function reportJson(report: Report, timestamp: string, arrived?: string): string {
  return JSON.stringify({
    timestamp,
    event_type: "weir_log",
    ...(arrived !== undefined && { arrived }),
    weir_log: report,
  });
}

/** The same for people. */
export function reportText(report: Report): string {
  const { class: name, boot, first, last, count = 1, late, datagram, from, previous, seconds } = report;
  const numbers = first === undefined ? "" : last === undefined || last === first ? ` ${first}` : ` ${first}-${last}`;
  const words = [name.replace("_", " ") + (late ? " (late)" : "")];
  if (boot !== undefined) words.push(`boot ${boot}${numbers && ` record${numbers}`}`);
  if (count > 1) words.push(`${count} records`);
  if (previous) words.push(`after boot ${previous.boot}, record ${previous.last} the last of it`);
  if (seconds !== undefined) words.push(`for ${seconds} s`);
  if (datagram !== undefined) words.push(`datagram ${datagram}`);
  if (from !== undefined) words.push(`from ${from}`);
  return words.join(", ");
}
