/** Names of servers on the Internet that clients use: entries `new-pair.name`, and what the image gets of them. */
import { z } from "zod";
import { count, expected, whole } from "../baseline/members.ts";
import { host } from "../ip/entries.ts";
import { groupBy, Section } from "../ip/section.ts";
import type { Entry } from "../learned.ts";

export const NAME_ENTRY = "new-pair.name";

/** Different names directly below another one that a client uses, from which on any name there does. */
const SIBLINGS = 3;
/** Clients that use a name, from which on any known client may. */
const SITE = 4;
/** Names that the image gets, and bytes of each: onboard/names.ts. */
const MOST = 256;
const RECORD = 64;
const NAME = 56;

const name = z.string(expected("a name")).regex(/^[a-z0-9._-]{1,56}$/, expected("a name"));
export const nameEntry = {
  detector: NAME_ENTRY,
  schema: z.looseObject({ client: host, name, proto: whole(255), service: whole(65535), flows: count }),
};

export interface Named {
  /** `*`: any that is known. */
  client: string;
  /** `*.` in front: any name with one label more. */
  name: string;
  proto: number;
  service: number;
  flows: number;
}

export const isName = ({ detector }: Entry) => detector === NAME_ENTRY;
const namedOf = (entry: Entry) => entry as unknown as Named;

export const nameKey = (entry: Entry | Named): string => {
  const { client, name, proto, service } = entry as Named;
  return `${client} ${name} ${proto}/${service}`;
};

export const mergeNames = (a: Entry, b: Entry): Entry => ({ ...a, flows: namedOf(a).flows + namedOf(b).flows });

/** Where the name is below two labels at least; the ends of the Internet (`com`) are nobody's. */
const parentOf = (text: string) => (text.split(".").length > 2 ? text.slice(text.indexOf(".") + 1) : "");

/**
 * Names as the image gets them, those with most flows first: what does not fit is left out, and its addresses are news as before.
 * Together are drawn names directly below one that a client uses (a load balancer's), and names that the site uses.
 */
export function drawNames(entries: readonly Entry[]): Named[] {
  const byParent = groupBy(entries.map(namedOf), (n) => `${n.client} ${parentOf(n.name)}`);
  const drawn = [...byParent].flatMap(([key, group]) => {
    const below = !key.endsWith(" ") && new Set(group.map((n) => n.name)).size >= SIBLINGS;
    return below ? group.map((n) => ({ ...n, name: `*.${parentOf(n.name)}` })) : group;
  });
  const bySite = groupBy(drawn, (n) => n.name);
  const wide = [...bySite.values()].flatMap((group) =>
    new Set(group.map((n) => n.client)).size >= SITE ? group.map((n) => ({ ...n, client: "*" })) : group,
  );
  const one = [...groupBy(wide, nameKey).values()].map((group) => ({
    ...group[0]!,
    flows: group.reduce((sum, { flows }) => sum + flows, 0),
  }));
  return one.sort((a, b) => b.flows - a.flows || (nameKey(a) < nameKey(b) ? -1 : 1));
}

/** The section of names, at most `room` bytes. */
export function packNames(entries: readonly Entry[], room: number): Uint8Array {
  const section = new Section("names", RECORD);
  const kept = drawNames(entries).slice(0, Section.fits(room, RECORD, MOST));
  for (const { client, name, proto, service } of kept)
    section.add((view) => {
      const below = name.startsWith("*.");
      const bytes = Buffer.from(below ? name.slice(2) : name, "latin1").subarray(0, NAME);
      view.setUint16(0, section.host(client), true);
      view.setUint16(2, service, true);
      view.setUint8(4, proto);
      view.setUint8(5, bytes.length);
      view.setUint8(6, below ? 1 : 0);
      new Uint8Array(view.buffer, view.byteOffset).set(bytes, 8);
    });
  return section.bytes(MOST);
}

export function showName(entry: Entry): string {
  const { client, name, proto, service, flows } = namedOf(entry);
  const transport = { 6: "tcp", 17: "udp", 132: "sctp" }[proto] ?? `IP protocol ${proto}`;
  return `${client} -> ${name} ${transport} ${service}: ${flows} ${flows === 1 ? "flow" : "flows"}`;
}
