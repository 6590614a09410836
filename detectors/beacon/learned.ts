/** The ground's half of the beacon detector: regular connections to the outside that are normal here. */
import { z } from "zod";
import { count } from "../baseline/members.ts";
import { conversation } from "../ip/entries.ts";
import { groupBy, Section, talkKey, talkOf, talkText } from "../ip/section.ts";
import type { Entry, LearnedDetector } from "../learned.ts";

const MOST = 256;
const shortest = (entry: Entry) => entry.shortest as number;
const longest = (entry: Entry) => entry.longest as number;

export const beacon: LearnedDetector = {
  name: "beacon",
  tag: 37,
  entries: [{ detector: "beacon", schema: z.looseObject({ ...conversation, shortest: count, longest: count }) }],
  keyOf: talkKey,
  merge: (a, b) => ({
    ...a,
    shortest: Math.min(shortest(a), shortest(b)),
    longest: Math.max(longest(a), longest(b)),
  }),
  thresholds: () => [],
  /** By client and service: the server's address may change. */
  pack(entries) {
    const section = new Section("beacons", 16);
    for (const list of groupBy(entries, (e) => `${e.client} ${e.proto} ${e.service}`).values()) {
      const { client, proto, service } = talkOf(list[0]!);
      section.add((view) => {
        view.setUint16(0, section.host(client), true);
        view.setUint16(2, service, true);
        view.setUint8(4, proto);
        view.setFloat32(8, Math.min(...list.map(shortest)), true);
        view.setFloat32(12, Math.max(...list.map(longest)), true);
      });
    }
    return section.bytes(MOST);
  },
  show: (entry) => `${talkText(talkOf(entry))}: every ${shortest(entry)} to ${longest(entry)} s`,
};
