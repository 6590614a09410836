/** The ground's half of the silence detector: which talks are periodic, and how long they pause at most. */
import { z } from "zod";
import { poisson } from "../../lib/numerics/intervals.ts";
import { count, expected } from "../baseline/members.ts";
import { conversation } from "../ip/entries.ts";
import { Section, talkKey, talkOf, talkText } from "../ip/section.ts";
import type { Entry, LearnedDetector } from "../learned.ts";
import { byName } from "../pair/learned.ts";

interface Side {
  /** Packets. */
  count: number;
  /** Seconds from the first to the last. */
  span: number;
  /** Longest pause, the one at the end of learning included; seconds. */
  longest: number;
  /** Time in pauses of at least half of the longest before; seconds. */
  paused: number;
  /** The longest pauses but for that one, falling; seconds. Baselines of before have none. */
  further?: number[];
}

const SIDES = ["to", "from"] as const;
/** Packets from which on something can be said. */
const ENOUGH = 20;
/** Periodic: the longest pause is at most this many mean intervals, or most of the time is in pauses about as long. */
const REGULAR = 6;
const MOSTLY = 0.6;
/** And the longest pause fits this often into the time seen. */
const OFTEN = 20;
/** Times the longest pause at least; so many mean intervals beyond it, so many seconds. */
const MARGIN = 1.5;
const MISSED = 3;
/** Times all of that, where the longest pause is an exception: it might as well have been longer. */
const DOUBT = 2;
const LEAST = 0.5;
/** Further pauses that tell of the tail: as many as onboard/detector.ts keeps. */
const FURTHER = 7;
/** They do where so many packets were seen, in so many seconds: what is rare, as a lost packet, is among them then. */
const MANY = 1000;
const LONG = 3600;
const MOST = 1024;

const sideOf = (entry: Entry, name: (typeof SIDES)[number]) => entry[name] as Side;

/** Whether this direction of a talk is periodic. */
export function isPeriodic({ count, span, longest, paused }: Side): boolean {
  if (count < ENOUGH || !(longest > 0) || longest * OFTEN > span) return false;
  return longest <= (REGULAR * span) / (count - 1) || paused >= MOSTLY * span;
}

/**
 * Seconds of silence that alarm. The longest of n pauses with an exponential tail lies about scale * ln n above their mean,
 * which gives the scale; a pause that one in m exceeds lies scale * ln m above it. How fast the tail falls the longest pauses say
 * themselves: those beyond the shortest of them exceed it by scale on average (Pickands 1975; Davison and Smith 1990, with an
 * exponential tail). Of so few the scale is taken at the upper end of its 95 % interval.
 * @param rate alarms per hour wanted of this direction
 */
export function limitOf({ count, span, longest, paused, further = [] }: Side, rate: number): number {
  const mean = span / (count - 1);
  const wanted = (3600 * count) / span / rate; // pauses to one that alarms
  const byLongest = mean + ((longest - mean) * Math.log(Math.max(count, wanted))) / Math.log(count);
  const beyondSeen = Math.max(MARGIN * longest, longest + MISSED * mean, LEAST);
  const margin = paused >= MOSTLY * span ? 1 : DOUBT;
  const doubted = margin * Math.max(byLongest, beyondSeen);
  if (further.length < FURTHER || count < MANY || span < LONG) return doubted;
  const from = further[FURTHER - 1]!;
  const excesses = [longest, ...further.slice(0, FURTHER - 1)].reduce((sum, pause) => sum + pause - from, 0);
  const scale = excesses / poisson(FURTHER, 0.9).low;
  const byTail = from + scale * Math.max(0, Math.log((FURTHER * wanted) / count));
  return Math.min(doubted, Math.max(byLongest, byTail, beyondSeen));
}

const quantity = (name: (typeof SIDES)[number]) => `pause ${name} the server, s`;

const side = z.looseObject(
  { count, span: count, longest: count, paused: count, further: z.array(count).max(FURTHER).optional() },
  expected("a mapping"),
);

export const silence: LearnedDetector = {
  name: "silence",
  tag: 38,
  entries: [{ detector: "silence", schema: z.looseObject({ ...conversation, to: side, from: side }) }],
  keyOf: talkKey,
  merge(a, b) {
    // An unordered talk names its hosts in the order of their hashes, the same in every capture.
    const both = (name: (typeof SIDES)[number]): Side => {
      const [x, y] = [sideOf(a, name), sideOf(b, name)];
      const sums = { count: x.count + y.count, span: x.span + y.span, paused: x.paused + y.paused };
      if (!x.further || !y.further) return { ...sums, longest: Math.max(x.longest, y.longest) };
      const [longest, ...further] = [x.longest, ...x.further, y.longest, ...y.further].sort((p, q) => q - p);
      return { ...sums, longest: longest!, further: further.slice(0, FURTHER) };
    };
    return { ...a, to: both("to"), from: both("from") };
  },
  thresholds(entries, wanted, hours) {
    const sides = entries.flatMap((entry) =>
      SIDES.filter((name) => isPeriodic(sideOf(entry, name))).map((name) => ({
        entry,
        name,
        side: sideOf(entry, name),
      })),
    );
    return sides.map(({ entry, name, side }) => ({
      detector: "silence",
      key: talkKey(entry),
      quantity: quantity(name),
      limit: limitOf(side, wanted.rate / sides.length),
      method: "margin",
      samples: side.count,
      hours,
    }));
  },
  pack(entries, thresholds) {
    const limits = new Map(thresholds.map(({ key, quantity, limit }) => [`${key} ${quantity}`, limit]));
    const section = new Section("periodic conversations", 16);
    for (const entry of byName(entries)) {
      const own = SIDES.map((name) => limits.get(`${talkKey(entry)} ${quantity(name)}`) ?? 0);
      if (own.every((limit) => limit === 0)) continue;
      section.add((view) => {
        section.talk(view, talkOf(entry));
        for (const [i, limit] of own.entries()) view.setFloat32(8 + 4 * i, limit, true);
      });
    }
    return section.bytes(MOST);
  },
  show(entry) {
    const side = (name: (typeof SIDES)[number]) => {
      const { count, span, longest } = sideOf(entry, name);
      if (count < 2) return `${count} packets`;
      const every = (span / (count - 1)).toPrecision(3);
      return `every ${every} s on average, ${longest} s at most${isPeriodic(sideOf(entry, name)) ? "" : ", not periodic"}`;
    };
    return `${talkText(talkOf(entry))}: to the server ${side("to")}; back ${side("from")}`;
  },
};
