// REQ-GROUND-021
/**
 * What must hold of a host's interfaces so that an appliance sees everything, and nothing goes the wrong way. Each step looks first, so
 * a step that holds does nothing, and the same list makes, checks and prints.
 *
 *     watched port --ingress--> NAME-in --> image --> NAME-out --ingress--> out's port
 *      (sends nothing)                                NAME-log --ingress--> log's port, or this host
 *     whatever comes out of NAME-in, or in from out's port: NAME-void, which counts it
 *
 * An interface is made silent by the queueing discipline `blackhole`, which every Linux has, and what comes in is moved by `mirred`
 * in front of all protocols (tc-mirred(8)), so that the host's own network stack sees nothing of what is watched.
 */
import {
  hasException,
  hasIngress,
  ipv6Setting,
  type Link,
  links,
  mergingOn,
  neighbourAt,
  ourFilters,
  redirectOf,
  sendsPauses,
  silencedOn,
  speaksIpv6,
} from "./kernel.ts";
import { type Here, isHere, type Neighbour, tapsOf, type Wiring } from "./wiring.ts";

export interface Step {
  /** The interface. */
  of: string;
  /** What holds when it is done. */
  what: string;
  /** Whether it holds. */
  holds(links: ReadonlyMap<string, Link>): boolean;
  /** What makes it hold, from how it is now. */
  commands(): string[][];
}

/** Frames that may wait for the image, of up to 1.5 kB: a burst of 4,096 at wire speed. */
const WAITING = 4096;

/** @param ports names of the ports as they are now, in the order of the wiring */
export function stepsOf(wiring: Wiring, ports: { watch: string[]; out?: Side; log?: Side }): Step[] {
  const taps = tapsOf(wiring.name);
  const { log } = wiring;
  const toHere = isHere(log) ? log : undefined;
  return [
    ...Object.values(taps).map((tap) => made(tap, wiring.user)),
    ...Object.values(taps).flatMap((tap) => quiet(tap, wiring.mtu, tap === taps.log && toHere !== undefined)),
    ...[taps.void, taps.out, taps.log].map(silent),
    heard(taps.in),
    waiting(taps.in),
    up(taps.void),
    moved(taps.in, taps.void, `what comes out of ${taps.in} ends in ${taps.void}: the image sends nothing there`),
    ...(toHere
      ? [addressed(taps.log, toHere.mac), ...answered(taps.log, toHere), onlyLog(taps.log, toHere, taps.void)]
      : [onward(taps.log, ports.log, taps.void)]),
    onward(taps.out, ports.out, taps.void),
    ...[taps.in, taps.out, taps.log].map(up),
    ...[ports.out, ports.log].flatMap((side) =>
      side && !side.isShared
        ? [
            ...quiet(side.port, wiring.mtu),
            moved(side.port, taps.void, `what comes in on ${side.port} ends in ${taps.void}`),
            up(side.port),
          ]
        : [],
    ),
    ...ports.watch.flatMap((port) => [
      silent(port),
      ...quiet(port, wiring.mtu),
      unmerged(port),
      unpaused(port),
      moved(port, taps.in, `what comes in on ${port} goes to ${taps.in}, and nowhere else`),
      promiscuous(port),
      up(port),
    ]),
    ...wiring.neighbours.map(neighbour),
  ];
}

export interface Side {
  port: string;
  /** The host uses it itself: it has addresses. */
  isShared: boolean;
}

const made = (tap: string, user: string | undefined): Step => ({
  of: tap,
  what: user === undefined ? `tap ${tap} is there` : `tap ${tap} is there, for the user ${user}`,
  holds: (links) => links.get(tap)?.kind === "tun" && (user === undefined || links.get(tap)?.user === user),
  commands: () => [
    ...(links().has(tap) ? [["ip", "link", "delete", tap]] : []),
    ["ip", "tuntap", "add", "dev", tap, "mode", "tap", ...(user === undefined ? [] : ["user", user])],
  ],
});

const heard = (tap: string): Step => ({
  of: tap,
  what: `the image gets what waits in ${tap}`,
  holds: () => silencedOn(tap) === undefined,
  commands: () => [["tc", "qdisc", "delete", "dev", tap, "root"]],
});

/** Says nothing of itself: no IPv6, no ARP, no groups. */
function quiet(name: string, mtu: number, isAsked = false): Step[] {
  const flag = (flag: string, isOn: boolean, word: string): Step => ({
    of: name,
    what: `${word} is off on ${name}`,
    holds: (links) => links.get(name)?.flags.has(flag) === isOn,
    commands: () => [["ip", "link", "set", name, word, "off"]],
  });
  return [
    {
      of: name,
      what: `IPv6 is off on ${name}`,
      holds: () => !speaksIpv6(name),
      commands: () => [["sysctl", "-qw", `${ipv6Setting(name)}=1`]],
    },
    ...(isAsked ? [] : [flag("NOARP", true, "arp")]),
    flag("MULTICAST", false, "multicast"),
    {
      of: name,
      what: `${name} takes packets of up to ${mtu} bytes`,
      holds: (links) => links.get(name)?.mtu === mtu,
      commands: () => [["ip", "link", "set", name, "mtu", String(mtu)]],
    },
  ];
}

const silent = (name: string): Step => ({
  of: name,
  what: `nothing is ever sent on ${name}`,
  holds: () => silencedOn(name) !== undefined,
  commands: () => [["tc", "qdisc", "replace", "dev", name, "root", "blackhole"]],
});

const waiting = (name: string): Step => ({
  of: name,
  what: `${WAITING} frames can wait for the image in ${name}`,
  holds: (links) => links.get(name)?.queue === WAITING,
  commands: () => [["ip", "link", "set", name, "txqueuelen", String(WAITING)]],
});

/** tc-u32(8): any four bytes, of Ethernet's header, which even the shortest frame has. */
const ANY = ["u32", "match", "u32", "0", "0", "at", "-12"];
const atIngress = (of: string, pref: number, ...words: string[]): string[] => [
  ...["tc", "filter", "add", "dev", of, "ingress", "protocol", "all", "pref", String(pref)],
  ...words,
];
const redirect = (to: string) => ["action", "mirred", "egress", "redirect", "dev", to];

/** What makes room for filters of ours. */
const cleared = (of: string): string[][] => [
  ...(hasIngress(of) ? [] : [["tc", "qdisc", "add", "dev", of, "clsact"]]),
  ...ourFilters(of).map((pref) => ["tc", "filter", "delete", "dev", of, "ingress", "pref", String(pref)]),
];

const moved = (from: string, to: string, what: string): Step => ({
  of: from,
  what,
  holds: () => redirectOf(from)?.to === to && !hasException(from),
  commands: () => [...cleared(from), atIngress(from, 1, ...ANY, ...redirect(to))],
});

/** A hypervisor that was taken over reaches nothing of this host but the collector's port. */
const onlyLog = (tap: string, { address, from, port }: Here, nowhere: string): Step => ({
  of: tap,
  what: `of what comes out of ${tap} only datagrams from ${from} to ${address} port ${port} reach this host; the rest ends in ${nowhere}`,
  holds: () => redirectOf(tap)?.to === nowhere && hasException(tap),
  commands: () => [
    ...cleared(tap),
    atIngress(
      ...([tap, 1, "u32", "match", "ip", "protocol", "17", "0xff", "match", "ip", "src", `${from}/32`] as const),
      ...["match", "ip", "dst", `${address}/32`, "match", "ip", "dport", String(port), "0xffff", "flowid", "1:1"],
    ),
    atIngress(tap, 2, ...ANY, ...redirect(nowhere)),
  ],
});

const onward = (tap: string, side: Side | undefined, nowhere: string): Step =>
  side
    ? moved(tap, side.port, `what the image sends on ${tap} goes to ${side.port}`)
    : moved(tap, nowhere, `what the image sends on ${tap} goes nowhere: it ends in ${nowhere}`);

const addressed = (tap: string, mac: string): Step => ({
  of: tap,
  what: `${tap} has the collector's MAC address ${mac}`,
  holds: (links) => links.get(tap)?.currentMac === mac,
  commands: () => [["ip", "link", "set", tap, "address", mac]],
});

const answered = (tap: string, { address, from }: { address: string; from: string }): Step[] => [
  {
    of: tap,
    what: `${tap} has the collector's address ${address}`,
    holds: (links) => links.get(tap)?.addresses.some((one) => one.split("/")[0] === address) === true,
    commands: () => [["ip", "address", "replace", address, "peer", from, "dev", tap]],
  },
];

const unmerged = (port: string): Step => ({
  of: port,
  what: `${port} hands on frames as they came: nothing merges them (GRO, LRO)`,
  holds: () => mergingOn(port)?.length === 0,
  commands: () => (mergingOn(port) ?? []).map((feature) => ["ethtool", "-K", port, feature, "off"]),
});

/** The port itself would send them, when it is full (IEEE 802.3, annex 31B). */
const unpaused = (port: string): Step => ({
  of: port,
  what: `${port} sends no pause frames`,
  holds: () => !sendsPauses(port),
  commands: () => [["ethtool", "-A", port, "autoneg", "off", "rx", "off", "tx", "off"]],
});

const promiscuous = (port: string): Step => ({
  of: port,
  what: `${port} takes frames whoever they are for`,
  holds: (links) => links.get(port)?.flags.has("PROMISC") === true,
  commands: () => [["ip", "link", "set", port, "promisc", "on"]],
});

const up = (name: string): Step => ({
  of: name,
  what: `${name} is up`,
  holds: (links) => links.get(name)?.flags.has("UP") === true,
  commands: () => [["ip", "link", "set", name, "up"]],
});

const neighbour = ({ address, mac, interface: name }: Neighbour): Step => ({
  of: name,
  what: `${address} on ${name} is at ${mac}`,
  holds: () => neighbourAt(address, name) === mac,
  commands: () => [["ip", "neighbour", "replace", address, "lladdr", mac, "dev", name, "nud", "permanent"]],
});
