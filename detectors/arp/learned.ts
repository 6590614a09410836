/** The ground's half of the ARP detector: at which MAC addresses a host is, and what each MAC address sends. */
import { z } from "zod";
import { count, list } from "../baseline/members.ts";
import { host } from "../ip/entries.ts";
import { groupBy, isOutside, parseHost, Section } from "../ip/section.ts";
import type { Entry, LearnedDetector, Threshold } from "../learned.ts";
import { bindingsOf } from "./accept.ts";

/** As in onboard/arp.ts: unsolicited answers, announcements, addresses asked for, addresses claimed, foreign senders. */
const NUMBERS = ["unsolicited", "gratuitous", "asks", "claims", "foreign"] as const;
type Measure = (typeof NUMBERS)[number];
const LIMIT: Record<Measure, number> = { unsolicited: 4, gratuitous: 40, asks: 40, claims: 16, foreign: 0.5 };
const NAMES: Record<Measure, string> = {
  unsolicited: "answers that nobody asked for, per station",
  gratuitous: "announcements, per station",
  asks: "addresses asked for in a minute that do not answer, per station",
  claims: "addresses claimed in 10 minutes, per station",
  foreign: "ARP messages in another's name, per station",
};
/** Times the most seen. */
const MARGIN = 1.5;
const MACS = 4;
/** MAC addresses with at least this many hosts behind them are routers: a host behind one may come through another. */
const ROUTER = 8;
const MOST = 512;
/** As in onboard/detector.ts. */
const IS_BEHIND = 1;

const isStation = (entry: Entry) => entry.detector === "arp.station";
const macsOf = (entry: Entry) => entry.macs as string[];
const number = (entry: Entry, name: Measure) => entry[name] as number;
// An ARP message in another's name that was learned as normal is so however often it comes.
const limitOf = (entry: Entry, name: Measure) =>
  name === "foreign"
    ? number(entry, name) > 0
      ? 1e12
      : LIMIT.foreign
    : Math.max(LIMIT[name], MARGIN * number(entry, name));

function mergeHost(a: Entry, b: Entry): Entry {
  const macs = [...new Set([...macsOf(a), ...macsOf(b)])].sort();
  const more = a.more === true || b.more === true || macs.length > MACS;
  return {
    detector: a.detector,
    ip: a.ip,
    macs: macs.slice(0, MACS),
    ...(more ? { more } : {}),
    frames: (a.frames as number) + (b.frames as number),
  };
}

/** As a host at a MAC address counts: all of its temporary addresses (RFC 8981) in a network of IPv6 are one. */
const countedAs = (ip: string) => (ip.includes(":") ? `${parseHost(ip).hi}` : ip);

/**
 * MAC addresses of each host that the image checks: all of a router's companions count for hosts behind it. `isBehind`: it was seen
 * behind routers only.
 */
export function boundHosts(entries: readonly Entry[]): { ip: string; macs: string[]; isBehind: boolean }[] {
  const hosts = entries.filter((entry) => !isStation(entry));
  const behind = groupBy(
    hosts.flatMap((entry) => macsOf(entry).map((mac) => ({ mac, host: countedAs(entry.ip as string) }))),
    ({ mac }) => mac,
  );
  const routers = [...behind]
    .filter(([, list]) => new Set(list.map(({ host }) => host)).size >= ROUTER)
    .map(([mac]) => mac);
  return hosts.flatMap((entry) => {
    const own = macsOf(entry);
    const macs = [...new Set(own.some((mac) => routers.includes(mac)) ? [...own, ...routers] : own)].sort();
    const isBound = !entry.more && !isOutside(entry.ip as string) && macs.length > 0 && macs.length <= MACS;
    const isBehind = own.every((mac) => routers.includes(mac));
    return isBound && !macs.includes("00:00:00:00:00:00") ? [{ ip: entry.ip as string, macs, isBehind }] : [];
  });
}

export const arp: LearnedDetector = {
  accept: bindingsOf,
  name: "arp",
  tag: 34,
  entries: [
    {
      detector: "arp",
      schema: z.looseObject({ ip: host, macs: list(host, 0, 64), more: z.boolean().optional(), frames: count }),
    },
    {
      detector: "arp.station",
      schema: z.looseObject({
        mac: host,
        unsolicited: count,
        gratuitous: count,
        asks: count,
        claims: count,
        foreign: count,
      }),
    },
  ],
  things: (entry) => (isStation(entry) ? [] : macsOf(entry).map((name) => ({ name: `${entry.ip} at ${name}` }))),
  only: (entry, things) => {
    const names = things.map(({ name }) => name);
    return { ...entry, macs: macsOf(entry).filter((mac) => names.includes(`${entry.ip} at ${mac}`)) };
  },
  keyOf: (entry) => (isStation(entry) ? (entry.mac as string) : (entry.ip as string)),
  merge: (a, b) =>
    isStation(a)
      ? { ...a, ...Object.fromEntries(NUMBERS.map((name) => [name, Math.max(number(a, name), number(b, name))])) }
      : mergeHost(a, b),
  thresholds: (entries, _wanted, hours) =>
    entries.filter(isStation).flatMap((entry) =>
      NUMBERS.filter((name) => limitOf(entry, name) > LIMIT[name]).map(
        (name): Threshold => ({
          detector: "arp",
          key: entry.mac as string,
          quantity: NAMES[name],
          limit: limitOf(entry, name),
          method: "margin",
          samples: 1,
          hours,
        }),
      ),
    ),
  pack(entries) {
    const section = new Section("addresses", 40);
    for (const { ip, macs, isBehind } of boundHosts(entries)) {
      section.add((view) => {
        view.setUint16(0, section.host(ip), true);
        view.setUint16(2, isBehind ? IS_BEHIND : 0, true);
        for (const [i, mac] of macs.entries()) view.setBigUint64(8 + 8 * i, parseHost(mac).lo, true);
      });
    }
    for (const entry of entries.filter(isStation)) {
      if (NUMBERS.every((name) => limitOf(entry, name) === LIMIT[name])) continue;
      section.add((view) => {
        view.setUint16(0, section.host(entry.mac as string), true);
        for (const [i, name] of NUMBERS.entries()) view.setFloat32(8 + 4 * i, limitOf(entry, name), true);
      });
    }
    return section.bytes(MOST);
  },
  show: (entry) =>
    isStation(entry)
      ? `${entry.mac}: at most ${NUMBERS.map((name) => `${number(entry, name)} ${name}`).join(", ")}`
      : `${entry.ip} at ${macsOf(entry).join(", ")}${entry.more ? " and more" : ""}: ${entry.frames} frames`,
};
