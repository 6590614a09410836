// REQ-GROUND-004
/**
 * What the members of an entry must be, for each detector that does not look itself (shape does). A baseline may come from
 * anywhere: the ground's halves of the detectors take their entries to be as onboard code exports them.
 */
import { z } from "zod";
import type { Entry } from "../learned.ts";
import { KINDS as BUS_KINDS } from "../mil1553/ground/entries.ts";
import { count, expected, list, numbers, whole } from "./members.ts";

const host = z.string(expected("an address")).regex(/^([0-9a-f.:]{1,45}|\*)$/, expected("an address"));

const talk = { client: host, server: host, proto: whole(255), service: whole(65535), either: z.boolean().optional() };
const windows = list(numbers(6), 4, 4);
const side = z.looseObject({ count, span: count, longest: count, paused: count }, expected("a mapping"));

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
};
const SCHEMAS = new Map<string, z.ZodType>([
  ...Object.entries(MEMBERS).map(([name, shape]) => [name, z.looseObject(shape)] as const),
  ...BUS_KINDS.map(({ detector, schema }) => [detector, schema] as const),
]);

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
