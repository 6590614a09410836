/** The ground's half of the tunnel detectors: domains and pinging hosts that are normal though they come near a limit. */
import { z } from "zod";
import { count, expected } from "../baseline/members.ts";
import { host } from "../ip/entries.ts";
import { Section } from "../ip/section.ts";
import type { Entry, LearnedDetector, Threshold } from "../learned.ts";

/** Sums and their defaults: onboard/dns.ts, onboard/icmp.ts. */
const DNS = { names: 600, count: 200, answers: 6000, odd: 15 };
const ICMP = { changed: 3000, replies: 3, alone: 20 };
/** Times the most seen. */
const MARGIN = 1.5;
const MOST = 128;
/** Bytes of a domain's name: its last ones. */
const NAME = 40;

const isDns = (entry: Entry) => entry.detector === "tunnel.dns";
const sums = (entry: Entry): [string, number][] => Object.entries(isDns(entry) ? DNS : ICMP);
const keyOf = (entry: Entry) => (isDns(entry) ? (entry.domain as string) : `${entry.client} ${entry.server}`);
const limitOf = (entry: Entry, name: string, least: number) => Math.max(least, MARGIN * (entry[name] as number));

const domain = z.string(expected("a name")).max(255, expected("a name"));

export const tunnel: LearnedDetector = {
  name: "tunnel",
  tag: 39,
  entries: [
    { detector: "tunnel.dns", schema: z.looseObject({ domain, names: count, count, answers: count, odd: count }) },
    {
      detector: "tunnel.icmp",
      schema: z.looseObject({ client: host, server: host, changed: count, replies: count, alone: count }),
    },
  ],
  keyOf,
  merge: (a, b) => ({
    ...a,
    ...Object.fromEntries(sums(a).map(([name]) => [name, Math.max(a[name] as number, b[name] as number)])),
  }),
  thresholds: (entries, _wanted, hours) =>
    entries.flatMap((entry) =>
      sums(entry).flatMap(([name, least]): Threshold[] => {
        const limit = limitOf(entry, name, least);
        const quantity = `sum of ${name}`;
        return limit > least
          ? [{ detector: entry.detector, key: keyOf(entry), quantity, limit, method: "margin", samples: 1, hours }]
          : [];
      }),
    ),
  pack(entries) {
    const section = new Section("domains and pinging hosts", 64);
    for (const entry of entries) {
      const limits = sums(entry).map(([name, least]) => limitOf(entry, name, least));
      if (sums(entry).every(([, least], i) => limits[i] === least)) continue;
      section.add((view) => {
        const name = Buffer.from((entry.domain as string | undefined) ?? "", "latin1").subarray(-NAME);
        view.setUint8(0, isDns(entry) ? 1 : 2);
        view.setUint8(1, name.length);
        if (!isDns(entry)) {
          view.setUint16(2, section.host(entry.client as string), true);
          view.setUint16(4, section.host(entry.server as string), true);
        }
        for (let i = 0; i < 4; i++) view.setFloat32(8 + 4 * i, limits[i] ?? 1, true);
        new Uint8Array(view.buffer, view.byteOffset).set(name, 24);
      });
    }
    return section.bytes(MOST);
  },
  show: (entry) =>
    `${keyOf(entry)}: ${sums(entry)
      .map(([name]) => `${entry[name]} ${name}`)
      .join(", ")}`,
};
