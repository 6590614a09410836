/** The ground's half of the flood detector: how much of each kind a host got in its busiest second. */
import { z } from "zod";
import { count } from "../baseline/members.ts";
import { host } from "../ip/entries.ts";
import { isOutside, Section } from "../ip/section.ts";
import type { Entry, LearnedDetector, Threshold } from "../learned.ts";

const KINDS = ["syn", "udp", "icmp", "connections"] as const;
type Kind = (typeof KINDS)[number];
/** Limits are never below: per second. */
const FLOOR: Record<Kind, number> = { syn: 5, udp: 50, icmp: 10, connections: 5 };
const NAMES: Record<Kind, string> = {
  syn: "SYNs without completed handshake per second",
  udp: "datagrams per second beyond those sent",
  icmp: "ICMP messages per second beyond those asked for",
  connections: "new connections per second",
};
/** Times the most seen in a second. */
const MARGIN = 2;
const MOST = 512;

const most = (entry: Entry, kind: Kind) => entry[kind] as number;
const limitOf = (entry: Entry, kind: Kind) => Math.max(FLOOR[kind], MARGIN * most(entry, kind));

export const flood: LearnedDetector = {
  name: "flood",
  tag: 33,
  entries: [
    { detector: "flood", schema: z.looseObject({ host, syn: count, udp: count, icmp: count, connections: count }) },
  ],
  keyOf: (entry) => entry.host as string,
  merge: (a, b) => ({
    ...a,
    ...Object.fromEntries(KINDS.map((kind) => [kind, Math.max(most(a, kind), most(b, kind))])),
  }),
  thresholds: (entries, _wanted, hours) =>
    entries.flatMap((entry) =>
      KINDS.filter((kind) => limitOf(entry, kind) > FLOOR[kind]).map(
        (kind): Threshold => ({
          detector: "flood",
          key: entry.host as string,
          quantity: NAMES[kind],
          limit: limitOf(entry, kind),
          method: "margin",
          samples: 1,
          hours,
        }),
      ),
    ),
  pack(entries) {
    const section = new Section("hosts", 24);
    for (const entry of entries.filter((entry) => !isOutside(entry.host as string))) {
      section.add((view) => {
        view.setUint16(0, section.host(entry.host as string), true);
        for (const [i, kind] of KINDS.entries()) view.setFloat32(8 + 4 * i, limitOf(entry, kind), true);
      });
    }
    return section.bytes(MOST);
  },
  show: (entry) =>
    `${entry.host}: in its busiest second ${KINDS.map((kind) => `${most(entry, kind)} ${kind}`).join(", ")}`,
};
