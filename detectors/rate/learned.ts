/**
 * The ground's half of the rate detector: limits of packets and bytes, from what all windows held.
 *
 * Hosts and talks differ in level, so one is made of the other's experience by standardising: z = (log2 of a window's value
 * - mean) / deviation, of each host and talk by its own windows. The largest z of all of them are one sample, whose tail
 * gives the z for the wanted rate of false alarms (numerics/threshold.ts); back on each one's own scale it is a limit.
 */
import { z } from "zod";
import { limitFor } from "../../lib/numerics/threshold.ts";
import { count, list, numbers } from "../baseline/members.ts";
import { conversation, host } from "../ip/entries.ts";
import { fold, isOutside, Section, talkKey, talkOf, talkText } from "../ip/section.ts";
import type { Entry, LearnedDetector, Threshold, Wanted } from "../learned.ts";
import { byName } from "../pair/learned.ts";

/** windows, sum and sum of squares of sixteenths of log2(1 + value), the three largest values: onboard/peaks.ts. */
export type Peaks = [number, number, number, number, number, number];

const UNITS = ["packets in a second", "bytes in a second", "packets in a minute", "bytes in a minute"];
/** Windows that count as much as a prior deviation of SPREAD (of log2): few windows say little of how much they vary. */
const PRIOR = 5;
const SPREAD = 0.5;
/** A deviation is never taken to be less (log2): 15 %. */
const LEAST = 0.2;
/** A limit lies above the largest value learned by this factor, and by two. */
const MARGIN = 1.25;
/** How far a tail is taken to reach beyond the largest z seen where no tail can be fitted: TAIL times the logarithm of
 * (alarms per hour that the largest supports / alarms per hour wanted), as for an exponential tail. */
const TAIL = 0.4;
/** Share of the least packets of a full minute that is still normal, and what that least must be at least of the mean. */
const FEW = 0.5;
const STEADY = 0.5;
const MOST = 1536;

const isHost = (entry: Entry) => entry.detector === "rate.host";

/** The windows of an entry by the group that shares a threshold: `host 0` .. `host 3`, `talk 0` .. `talk 3`. */
function windows(entry: Entry): [string, Peaks][] {
  const of = (scope: string, list: Peaks[]) => list.map((peaks, i): [string, Peaks] => [`${scope} ${i}`, peaks]);
  if (!isHost(entry)) return of("talk", entry.windows as Peaks[]);
  return [...of("host", entry.sent as Peaks[]), ...of("host", entry.got as Peaks[])];
}

function mergePeaks(a: Peaks, b: Peaks): Peaks {
  const top = [...a.slice(3), ...b.slice(3)].sort((x, y) => y - x);
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], top[0]!, top[1]!, top[2]!];
}

/** log2(1 + x) with straight lines between the powers of two, and its inverse: coarseLog2 in onboard/numeric.ts. */
export function coarse(x: number): number {
  const e = Math.floor(Math.log2(1 + x));
  return e + (1 + x) / 2 ** e - 1;
}
export const fine = (y: number): number => 2 ** Math.floor(y) * (1 + y - Math.floor(y)) - 1;

/** Mean and deviation of the logarithm. */
export function scale([n, sum, squares]: Peaks): { mean: number; deviation: number } {
  const mean = n ? (sum + n / 2) / 16 / n : 0; // onboard cuts to sixteenths: half of one is missing on average
  const variance = n ? Math.max(0, squares / n - (sum / n) ** 2) / 256 : 0;
  const deviation = Math.sqrt((n * variance + PRIOR * SPREAD ** 2) / (n + PRIOR));
  return { mean, deviation: Math.max(LEAST, deviation) };
}

/** Limit for values in windows like these. */
export function limitOf(peaks: Peaks, z: number): number {
  const { mean, deviation } = scale(peaks);
  return Math.max(fine(Math.min(60, mean + z * deviation)), MARGIN * peaks[3] + 2);
}

function zOf(entries: readonly Entry[], group: string): number[] {
  return entries.flatMap((entry) =>
    windows(entry).flatMap(([of, peaks]) => {
      if (of !== group) return [];
      const { mean, deviation } = scale(peaks);
      return peaks.slice(3, 3 + Math.min(3, peaks[0])).map((value) => (coarse(value) - mean) / deviation);
    }),
  );
}

const GROUPS = ["host", "talk"].flatMap((scope) => UNITS.map((_, i) => `${scope} ${i}`));
const nameOf = (group: string) => `${UNITS[Number(group.at(-1))]} of a ${group.split(" ")[0]}`;
const QUANTITY = ", deviations of the logarithm";

function thresholds(entries: readonly Entry[], wanted: Wanted, hours: number): Threshold[] {
  return GROUPS.flatMap((group): Threshold[] => {
    const scores = zOf(entries, group);
    if (!scores.length) return [];
    // Each of a host's three largest is an alarm by itself: they may come from anywhere in the time learned.
    const times = scores.map((_, i) => 10 * i);
    const own = wanted.rate / GROUPS.length;
    const found = limitFor({ scores, times, hours }, { rate: own, gap: 1 });
    const largest = Math.max(...scores);
    const beyond = TAIL * Math.log(Math.max(1, Math.min(found.promised, 1e6) / own));
    const unfitted = found.method === "largest";
    return [
      {
        detector: "rate",
        key: "",
        quantity: nameOf(group) + QUANTITY,
        // A tail fitted to little may promise anything: never further out than half as far again as what was seen.
        limit: unfitted ? largest + beyond : Math.max(largest, Math.min(found.limit, 1.5 * largest + 1)),
        method: unfitted ? "margin" : found.method,
        interval: found.interval,
        samples: scores.length,
        hours,
      },
    ];
  });
}

function leastOf(entry: Entry): number {
  const least = (entry.least as number | undefined) ?? 0;
  const [n, sum] = (entry.windows as Peaks[])[2]!;
  return n >= 5 && least >= STEADY * fine(sum / 16 / n) ? Math.floor(FEW * least) : 0;
}

/** Of each of the four windows. */
const peaks = list(numbers(6), 4, 4);

export const rate: LearnedDetector = {
  name: "rate",
  tag: 36,
  entries: [
    { detector: "rate", schema: z.looseObject({ ...conversation, windows: peaks, least: count.optional() }) },
    { detector: "rate.host", schema: z.looseObject({ host, sent: peaks, got: peaks }) },
  ],
  keyOf: (entry) => (isHost(entry) ? (entry.host as string) : talkKey(entry)),
  merge(a, b) {
    const all = (x: unknown, y: unknown) => (x as Peaks[]).map((peaks, i) => mergePeaks(peaks, (y as Peaks[])[i]!));
    if (isHost(a)) return { ...a, sent: all(a.sent, b.sent), got: all(a.got, b.got) };
    const least = [a.least, b.least].filter((x) => x !== undefined) as number[];
    return { ...a, windows: all(a.windows, b.windows), ...(least.length ? { least: Math.min(...least) } : {}) };
  },
  thresholds,
  pack(entries, limits) {
    const zs = new Map(limits.map(({ quantity, limit }) => [quantity, limit]));
    const z = (group: string) => zs.get(nameOf(group) + QUANTITY) ?? Infinity;
    const section = new Section("hosts and conversations with rates", 24);
    // What changes from day to day has no rate of its own: external hosts, talks that the inventory draws together.
    const hosts = entries.filter((entry) => isHost(entry) && !isOutside(entry.host as string));
    for (const entry of [...hosts, ...byName(entries.filter((entry) => !isHost(entry)))]) {
      const folded = windows(entry).map(([group, peaks]) => (peaks[0] ? fold(limitOf(peaks, z(group))) : 0));
      if (!isHost(entry)) folded.push(fold(leastOf(entry)));
      section.add((view) => {
        if (isHost(entry)) {
          view.setUint16(0, section.host(entry.host as string), true);
          view.setUint8(7, 255);
        } else section.talk(view, talkOf(entry));
        for (const [i, code] of folded.entries()) view.setUint16(8 + 2 * i, code, true);
      });
    }
    return section.bytes(MOST);
  },
  show(entry) {
    const [[n, , , top], , [, , , topMinute]] = (isHost(entry) ? entry.sent : entry.windows) as [
      Peaks,
      Peaks,
      Peaks,
      Peaks,
    ];
    const what = isHost(entry) ? `${entry.host} sends` : talkText(talkOf(entry));
    return `${what}: at most ${top} packets in a second, ${topMinute} in a minute; busy in ${n} seconds`;
  },
};
