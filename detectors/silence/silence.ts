/** The ground's half of the silence detector: which talks are periodic, and how long they pause at most. */
import { Tag } from "../../appliance/abi/config.ts";
import { Section, talkKey, talkOf, talkText } from "../ip/section.ts";
import type { Entry, LearnedDetector, Threshold } from "../learned.ts";

interface Side {
  /** Packets. */
  count: number;
  /** Seconds from the first to the last. */
  span: number;
  /** Longest pause, the one at the end of learning included; seconds. */
  longest: number;
  /** Time in pauses of at least half of the longest before; seconds. */
  paused: number;
}

const SIDES = ["to", "from"] as const;
/** Packets from which on something can be said. */
const ENOUGH = 20;
/** Periodic: the longest pause is at most this many mean intervals, or most of the time is in pauses about as long. */
const REGULAR = 6;
const MOSTLY = 0.6;
/** And the longest pause fits this often into the time seen. */
const OFTEN = 20;
/** Times the longest pause; and at least so many mean intervals, so many seconds. */
const MARGIN = 2;
const MISSED = 3;
const LEAST = 0.5;
const MOST = 1024;

const sideOf = (entry: Entry, name: (typeof SIDES)[number]) => entry[name] as Side;

/** Seconds of silence that alarm; 0 where the talk is not periodic. */
export function limitOf({ count, span, longest, paused }: Side): number {
  const mean = span / Math.max(1, count - 1);
  if (count < ENOUGH || !(longest > 0) || longest * OFTEN > span) return 0;
  if (longest > REGULAR * mean && paused < MOSTLY * span) return 0;
  return Math.max(MARGIN * longest, longest + MISSED * mean, LEAST);
}

const periodic = (entry: Entry) => SIDES.some((name) => limitOf(sideOf(entry, name)) > 0);

export const silence: LearnedDetector = {
  name: "silence",
  tag: Tag.SILENCE,
  keyOf: talkKey,
  merge(a, b) {
    // An unordered talk names its hosts in the order of their hashes, the same in every capture.
    const both = (name: (typeof SIDES)[number]): Side => {
      const [x, y] = [sideOf(a, name), sideOf(b, name)];
      const longest = Math.max(x.longest, y.longest);
      return { count: x.count + y.count, span: x.span + y.span, longest, paused: x.paused + y.paused };
    };
    return { ...a, to: both("to"), from: both("from") };
  },
  thresholds: (entries, _wanted, hours) =>
    entries.flatMap((entry) =>
      SIDES.flatMap((name): Threshold[] => {
        const limit = limitOf(sideOf(entry, name));
        if (limit === 0) return [];
        const quantity = `pause ${name} the server, s`;
        const samples = sideOf(entry, name).count;
        return [{ detector: "silence", key: talkKey(entry), quantity, limit, method: "margin", samples, hours }];
      }),
    ),
  pack(entries) {
    const section = new Section("periodic talks", 16);
    for (const entry of entries.filter(periodic))
      section.add((view) => {
        section.talk(view, talkOf(entry));
        for (const [i, name] of SIDES.entries()) view.setFloat32(8 + 4 * i, limitOf(sideOf(entry, name)), true);
      });
    return section.bytes(MOST);
  },
  show(entry) {
    const side = (name: (typeof SIDES)[number]) => {
      const { count, span, longest } = sideOf(entry, name);
      if (count < 2) return `${count} packets`;
      const every = (span / (count - 1)).toPrecision(3);
      return `every ${every} s on average, ${longest} s at most${limitOf(sideOf(entry, name)) ? "" : ", not periodic"}`;
    };
    return `${talkText(talkOf(entry))}: to the server ${side("to")}; back ${side("from")}`;
  },
};
