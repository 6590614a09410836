// REQ-GROUND-004
/**
 * What the members of an entry must be, for each detector that does not look itself (shape does). A baseline may come from
 * anywhere: the ground's halves of the detectors take their entries to be as onboard code exports them.
 */
import { z } from "zod";
import type { Entry } from "../learned.ts";

const expected = (what: string) => ({ error: `expected ${what}` });
const FAR = Number.MAX_SAFE_INTEGER;
const number = z
  .number(expected("a number"))
  .min(-FAR, expected("a number below 2^53"))
  .max(FAR, expected("a number below 2^53"));
const count = number.min(0, expected("a number from 0"));
const whole = (most: number) =>
  z
    .int(expected("a whole number"))
    .min(0, expected(`a whole number from 0 to ${most}`))
    .max(most, expected(`a whole number from 0 to ${most}`));
const host = z.string(expected("an address")).regex(/^([0-9a-f.:]{1,45}|\*)$/, expected("an address"));
const list = <T extends z.ZodType>(item: T, least = 0, most = 65536) =>
  z
    .array(item, expected("a list"))
    .min(least, expected(`a list of at least ${least}`))
    .max(most, expected(`a list of at most ${most}`));
const numbers = (n: number) => list(number, n, n);

const talk = { client: host, server: host, proto: whole(255), service: whole(65535), either: z.boolean().optional() };
const windows = list(numbers(6), 4, 4);
const side = z.looseObject({ count, span: count, longest: count, paused: count }, expected("a mapping"));

const channel = whole(65535);
const commands = list(whole(65535), 1, 2);
const change = z.looseObject({
  n: count,
  sum: number,
  squares: number,
  negative: count,
  negativeSum: number,
  range: numbers(4),
  ones: whole(65535),
  zeros: whole(65535),
  longest: count,
  swings: count,
  peak: count,
  steps: list(numbers(2), 0, 1024),
  moves: list(count, 0, 64),
});
const word = z.union(
  [
    z.tuple([whole(31), whole(65535), count, count.optional(), count.optional()]),
    z.tuple([whole(31), change.nullable()]),
  ],
  expected("[index, value, how often], or [index, profile]"),
);

const MEMBERS: Record<string, z.core.$ZodLooseShape> = {
  "new-pair": { ...talk, packets: count },
  flood: { host, syn: count, udp: count, icmp: count, connections: count },
  arp: { ip: host, macs: list(host, 0, 64), more: z.boolean().optional(), frames: count },
  "arp.station": { mac: host, unsolicited: count, gratuitous: count, asks: count, claims: count, foreign: count },
  rate: { ...talk, windows, least: count.optional() },
  "rate.host": { host, sent: windows, got: windows },
  silence: { ...talk, to: side, from: side },
  beacon: { ...talk, shortest: count, longest: count },
  "tunnel.dns": {
    domain: z.string(expected("a name")).max(255, expected("a name")),
    names: count,
    count,
    answers: count,
    odd: count,
  },
  "tunnel.icmp": { client: host, server: host, changed: count, replies: count, alone: count },
  bus: {
    channel,
    messages: count,
    untrusted: count,
    span: count,
    failures: count,
    peak: count,
    kinds: whole(65535),
    kindsTwice: whole(65535),
    silence: count,
    windows: count,
    loadMin: count.optional(),
    loadMax: count.optional(),
    loadSum: count.optional(),
    loadSquares: count.optional(),
    countMin: count.optional(),
    countMax: count.optional(),
    gaps: count,
    lowestGaps: list(number, 0, 16),
    identitiesLost: count,
    wordsLost: count,
    changesLost: count,
    transitionsLost: count,
  },
  "bus.message": {
    channel,
    commands,
    format: whole(255),
    a: count,
    b: count,
    again: count,
    damaged: count,
    repeats: count,
    irregular: count,
    disturbed: count,
    intervals: list(numbers(4)),
  },
  "bus.order": { channel, commands, next: list(numbers(3)) },
  "bus.terminal": {
    channel,
    terminal: whole(31),
    statuses: count,
    bits: whole(65535),
    twice: whole(65535),
    trials: count,
    failures: count,
    peak: count,
  },
  "bus.response": {
    channel,
    terminal: whole(31),
    answer: whole(3),
    count,
    sum: count,
    squares: count,
    times: list(numbers(2)),
  },
  "bus.data": { channel, commands, words: list(word, 0, 32) },
};
const SCHEMAS = new Map(Object.entries(MEMBERS).map(([name, shape]) => [name, z.looseObject(shape)]));

/** What is wrong with an entry; nothing for detectors that this does not know: they say so themselves. */
export function entryIssues(entry: Entry): { path: PropertyKey[]; message: string }[] {
  const result = SCHEMAS.get(entry.detector)?.safeParse(entry);
  return result?.error?.issues.map(({ path, message }) => ({ path: [...path], message })) ?? [];
}

/** Of a detector that this version does not have, or none that it writes, such as `rate.talk`. */
export const isForeign = ({ detector }: Entry): boolean => {
  const family = detector.split(".")[0]!;
  return family !== "shape" && !SCHEMAS.has(detector);
};
