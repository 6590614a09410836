/** The ground's half of the new-pair detector: the inventory of who talks to whom about what. */
import { z } from "zod";
import { count } from "../baseline/members.ts";
import { conversation } from "../ip/entries.ts";
import {
  ANY_PORT,
  EMPTY,
  groupBy,
  isOutside,
  MAX_SECTION,
  Section,
  type Talk,
  talkKey,
  talkOf,
  talkText,
} from "../ip/section.ts";
import type { Entry, LearnedDetector, Thing } from "../learned.ts";
import { talksOf } from "./accept.ts";
import { isName, mergeNames, nameEntry, nameKey, packNames, showName } from "./names.ts";
import { allowances, packAllowances } from "./novelty.ts";
import { withoutKinds } from "./votes.ts";

/** Different ports between two hosts, from which on all ports from 1024 on count as one. */
const PORTS = 8;
/** Different external addresses at the other end of a service, from which on any external address does. */
const OTHERS = 8;
const MOST = 1024;
/** Between conversations and what follows: onboard/detector.ts. */
const MORE = Buffer.from("\r\n+names");

/** A connection that is seen from its middle on may be taken the other way round where both ports may be a client's. */
function thingOf(talk: Talk): Thing {
  const { client, server, proto, service, either } = talk;
  const turned = !either && service >= 1024 && { shows: `${server} to ${client}, protocol ${proto}` };
  return { name: talkKey(talk), asks: `${client} to ${server}, protocol ${proto}`, ...turned };
}

/**
 * Talks as the image gets them. Two kinds are drawn together, as their exact list never ends: many ports of one pair
 * (passive FTP, RPC), and one service with many external addresses (a browser, a public server).
 */
export function drawTogether(talks: readonly Talk[]): Talk[] {
  const byPair = groupBy(talks, (t) =>
    t.either || t.service < 1024 || t.service === ANY_PORT ? "" : `${t.client} ${t.server} ${t.proto}`,
  );
  const ports = [...byPair].flatMap(([key, group]) =>
    key && group.length >= PORTS ? [{ ...group[0]!, service: ANY_PORT }] : group,
  );
  const drawn = (end: "client" | "server", list: readonly Talk[]) => {
    const other = end === "client" ? "server" : "client";
    const by = groupBy(list, (t) =>
      !t.either && t[end] !== "*" && t[other] !== "*" && isOutside(t[end]) ? `${t[other]} ${t.proto} ${t.service}` : "",
    );
    return [...by].flatMap(([key, group]) => (key && group.length >= OTHERS ? [{ ...group[0]!, [end]: "*" }] : group));
  };
  return drawn("client", drawn("server", ports));
}

/** Entries of talks that the image gets by name, not drawn together with others. */
export function byName(entries: readonly Entry[]): Entry[] {
  const kept = new Set(drawTogether(entries.map(talkOf)).map(talkKey));
  return entries.filter((entry) => kept.has(talkKey(entry)));
}

/** Slices of time that it was in, and the first: onboard/occasions.ts. Baselines of before have none. */
const occasions = { slices: count.optional(), first: count.optional() };

function mergeTalks(a: Entry, b: Entry): Entry {
  const { slices: _, first: __, ...rest } = a;
  const has = a.slices !== undefined && b.slices !== undefined;
  const firsts = [a.first, b.first].filter((first) => first !== undefined) as number[];
  return {
    ...(rest as Entry),
    packets: (a.packets as number) + (b.packets as number),
    ...(has && { slices: (a.slices as number) + (b.slices as number) }),
    ...(has && firsts.length > 0 && { first: Math.min(...firsts) }),
  };
}

export const pair: LearnedDetector = {
  name: "new-pair",
  tag: 35,
  entries: [
    { detector: "new-pair", schema: z.looseObject({ ...conversation, packets: count, ...occasions }) },
    nameEntry,
  ],
  keyOf: (entry) => (isName(entry) ? nameKey(entry) : talkKey(entry)),
  merge: (a, b) => (isName(a) ? mergeNames(a, b) : mergeTalks(a, b)),
  thresholds: (entries, wanted, hours) =>
    allowances(
      entries.filter((entry) => !isName(entry)),
      wanted,
      hours,
    ),
  pack(entries, thresholds) {
    const section = new Section("talks (client, server, service)", 8);
    const talks = entries.filter((entry) => !isName(entry));
    for (const talk of drawTogether(talks.map(talkOf))) section.add((view) => section.talk(view, talk));
    const bytes = section.bytes(MOST);
    const room = MAX_SECTION - bytes.length - MORE.length;
    const names = packNames(entries.filter(isName), room - EMPTY);
    const allowed = packAllowances(thresholds, room - names.length);
    return names.length + allowed.length > 2 * EMPTY ? Buffer.concat([bytes, MORE, names, allowed]) : bytes;
  },
  show: (entry: Entry) => (isName(entry) ? showName(entry) : `${talkText(talkOf(entry))}: ${entry.packets} packets`),
  things: (entry) => [isName(entry) ? { name: nameKey(entry) } : thingOf(talkOf(entry))],
  unspoilt: (all, slices) => withoutKinds(all, slices, OTHERS),
  accept: talksOf,
};
