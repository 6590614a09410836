/**
 * The baseline entries of the 1553 detectors, which ../onboard/learning/export/ writes: their members, each with what two of
 * it become. Types, the schema of baseline files, keys and merging follow from it.
 */
import {
  bits,
  bitsTwice,
  counts,
  type EntryOf,
  entryKind,
  key,
  largest,
  list,
  merged,
  number,
  numbers,
  optional,
  rows,
  smallest,
  sum,
  whole,
} from "../../baseline/members.ts";
import type { Entry } from "../../learned.ts";
import { words } from "./words.ts";

/** `5-R-2-16`, of RT-RT transfers two of them: terminal, receive or transmit, subaddress, words. */
export const nameOf = (commands: readonly number[]): string =>
  commands.map((c) => `${c >> 11}-${c & 0x400 ? "T" : "R"}-${(c >> 5) & 31}-${c & 31}`).join("/");

const channel = key(whole(0xffff));
const terminal = key(whole(31));
/** One command word, or of RT-RT transfers two. */
const commands = key(list(whole(0xffff), 1, 2), nameOf);

/** The most failures close together, and in how many messages they came. */
const burst = optional(
  merged(numbers<[failures: number, trials: number]>(2), (x, y) =>
    x[0] > y[0] || (x[0] === y[0] && x[1] <= y[1]) ? x : y,
  ),
);

/** A bus as a whole. Times are in 0.1 us, load in 1/10,000 of the bus time. */
export const BUS = entryKind("bus", {
  channel,
  /** Whose command words could be believed, and the others. */
  messages: sum,
  untrusted: sum,
  /** Bus time. */
  span: sum,
  /** Messages that the recorder calls damaged, and the largest value of their test, nats. */
  failures: sum,
  peak: largest,
  /** Error bits of the block status that were seen; and those seen more than once. */
  kinds: bits,
  kindsTwice: bitsTwice("kinds"),
  /** Longest from the end of a message to the next. */
  silence: largest,
  /** Times without messages that are longer than any within the schedule, up to 1 s: how many, and the longest. */
  breaks: optional(sum),
  longestBreak: optional(largest),
  burst,
  /** Windows of one second, each an eighth after the one before; of them the least, the most, sums. */
  windows: sum,
  loadMin: optional(smallest),
  loadMax: optional(largest),
  loadSum: optional(sum),
  loadSquares: optional(sum),
  countMin: optional(smallest),
  countMax: optional(largest),
  gaps: sum,
  /** The 16 lowest intermessage gaps (dead time), ascending. */
  lowestGaps: merged(list(number, 0, 16), (a, b) => [...a, ...b].sort((x, y) => x - y).slice(0, 16)),
  /** What found no room: ../onboard/capacity.ts. */
  identitiesLost: sum,
  wordsLost: sum,
  changesLost: sum,
  transitionsLost: sum,
});

/** A message identity. */
export const MESSAGE = entryKind("bus.message", {
  channel,
  commands,
  /** 0 could not be told; else a key has one format. */
  format: merged(whole(255), (x, y) => Math.max(x, y)),
  /** Messages on bus A and bus B. */
  a: sum,
  b: sum,
  /** Messages right behind a failed one, on either bus. */
  again: sum,
  /** Messages with an error; messages whose block of data was one of those seen last. */
  damaged: sum,
  repeats: sum,
  /** Intervals of a seventh and further kinds. */
  irregular: sum,
  /** Intervals in which other messages failed: they are not among those below. */
  disturbed: sum,
  /** Of one without a schedule: the longest time without it; squares of its intervals, ms^2; the highest of its sums, 1/4 nats, descending. */
  longest: optional(largest),
  squares: optional(sum),
  peaks: optional(merged(list(whole(255), 0, 5), (a, b) => [...a, ...b].sort((x, y) => y - x).slice(0, 5))),
  /** [kind, count, least, most], by kind. */
  intervals: rows<[kind: number, count: number, least: number, most: number]>(4, 1, (x, y) => [
    x[0],
    x[1] + y[1],
    Math.min(x[2], y[2]),
    Math.max(x[3], y[3]),
  ]),
});

export const ORDER = entryKind("bus.order", {
  channel,
  commands,
  /** [command, second command or -1, how often it came next]. */
  next: counts<[number, number, number]>(3),
});

export const TERMINAL = entryKind("bus.terminal", {
  channel,
  terminal,
  statuses: sum,
  /** Status bits seen, 0x8000 for another terminal's address; and those seen more than once. */
  bits,
  twice: bitsTwice("bits"),
  trials: sum,
  failures: sum,
  /** Largest value of the test of failures, nats. */
  peak: largest,
  burst,
});

export const RESPONSE = entryKind("bus.response", {
  channel,
  terminal,
  /** 0 to a receive command, 1 transmit, 2 mode code, 3 as the receiver of an RT-RT transfer. */
  answer: key(whole(3)),
  count: sum,
  sum,
  squares: sum,
  /** [0.1 us, how often]. */
  times: counts<[number, number]>(2),
});

/** Of a bus controller's pauses, by the ranges of ../onboard/controller.ts: means of many, 1/64 of 0.1 us. */
export const PAUSE = entryKind("bus.pause", {
  channel,
  /** [range, how many, least, most]. */
  means: rows<[range: number, windows: number, least: number, most: number]>(4, 1, (x, y) => [
    x[0],
    x[1] + y[1],
    Math.min(x[2], y[2]),
    Math.max(x[3], y[3]),
  ]),
});

/** Of its clock, by the period of a message with a schedule, 0.1 us. */
export const CLOCK = entryKind("bus.clock", {
  channel,
  commands,
  /** Segments of 4 s. */
  segments: sum,
  least: smallest,
  most: largest,
  /** Largest change from one to the next two, 1/1,000,000. */
  step: largest,
});

export const DATA = entryKind("bus.data", { channel, commands, words });

export type BusEntry = EntryOf<typeof BUS>;
export type MessageEntry = EntryOf<typeof MESSAGE>;
export type OrderEntry = EntryOf<typeof ORDER>;
export type TerminalEntry = EntryOf<typeof TERMINAL>;
export type ResponseEntry = EntryOf<typeof RESPONSE>;
export type PauseEntry = EntryOf<typeof PAUSE>;
export type ClockEntry = EntryOf<typeof CLOCK>;
export type DataEntry = EntryOf<typeof DATA>;
export type Any =
  | BusEntry
  | MessageEntry
  | OrderEntry
  | TerminalEntry
  | ResponseEntry
  | PauseEntry
  | ClockEntry
  | DataEntry;

export const KINDS = [BUS, MESSAGE, ORDER, TERMINAL, RESPONSE, PAUSE, CLOCK, DATA];

function kindOf({ detector }: Entry) {
  const kind = KINDS.find((k) => k.detector === detector);
  if (!kind) throw new RangeError(`entry of "${detector}": unknown to the 1553 detectors`);
  return kind;
}

export const keyOf = (entry: Entry): string => kindOf(entry).keyOf(entry);

export function merge(a: Entry, b: Entry): Entry {
  if (a.detector !== b.detector || keyOf(a) !== keyOf(b)) throw new RangeError(`${keyOf(a)} and ${keyOf(b)} differ`);
  return kindOf(a).merge(a, b);
}
