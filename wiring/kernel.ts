/** What the host's kernel says of its interfaces, by the programs that an operator would ask: ip, tc, ethtool. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** An interface, as `ip -json -details address show` tells of it. */
export interface Link {
  name: string;
  /** Burnt in where the device says so; else as it is now. */
  mac: string;
  /** As it is now. */
  currentMac: string;
  flags: ReadonlySet<string>;
  mtu: number;
  queue: number;
  kind: string | undefined;
  master: string | undefined;
  /** Of a tap: who may open it beside root. */
  user: string | undefined;
  /** With their prefix lengths; what IPv6 makes of itself (link-local) is not among them. */
  addresses: readonly string[];
}

/** What is done with what comes in, and how much of it there was. */
export interface Redirect {
  /** Where it goes. */
  to: string;
  frames: number;
  /** That the other interface did not take. */
  lost: number;
}

interface Json {
  ifname: string;
  address?: string;
  permaddr?: string;
  flags: string[];
  mtu: number;
  txqlen?: number;
  master?: string;
  linkinfo?: { info_kind?: string; info_data?: { user?: string | number } };
  addr_info?: { family: string; local: string; prefixlen: number; scope: string }[];
}

interface Filter {
  pref?: number;
  options?: {
    flowid?: string;
    actions?: { to_dev?: string; stats?: { packets: number; drops: number; overlimits: number } }[];
  };
}

/** Turned off: they make one long frame of several, or take the VLAN out of it. */
export const MERGING = ["generic-receive-offload", "large-receive-offload", "rx-gro-hw", "rx-gro-list"] as const;

/** @throws Error `ip link ...: what it says` */
export function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 64 << 20 });
  if (error) throw new Error(`${program}: cannot be run (${(error as NodeJS.ErrnoException).code})`);
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr.trim().split("\n").at(-1)}`);
  return stdout;
}

export const isThere = (program: string): boolean => !spawnSync(program, ["--version"], { stdio: "ignore" }).error;

/** All interfaces of this network namespace. */
export function links(): Map<string, Link> {
  const all = JSON.parse(run("ip", "-json", "-details", "address", "show") || "[]") as Json[];
  return new Map(
    all.map((one) => [
      one.ifname,
      {
        name: one.ifname,
        mac: one.permaddr ?? one.address ?? "",
        currentMac: one.address ?? "",
        flags: new Set(one.flags),
        mtu: one.mtu,
        queue: one.txqlen ?? 0,
        kind: one.linkinfo?.info_kind,
        master: one.master,
        user: one.linkinfo?.info_data?.user?.toString(),
        addresses: (one.addr_info ?? [])
          .filter(({ family, scope }) => !(family === "inet6" && scope === "link"))
          .map(({ local, prefixlen }) => `${local}/${prefixlen}`),
      },
    ]),
  );
}

/** Whether there is such an interface. */
const exists = (name: string): boolean => existsSync(`/sys/class/net/${name}`);

function filtersOf(name: string, side: "ingress" | "egress"): Filter[] {
  if (!exists(name)) return [];
  return JSON.parse(run("tc", "-json", "-statistics", "filter", "show", "dev", name, side) || "[]") as Filter[];
}

/** The places of our filters that are there. */
export const ourFilters = (name: string): number[] => {
  const there = new Set(filtersOf(name, "ingress").map(({ pref }) => pref));
  return [1, 2].filter((pref) => there.has(pref));
};

/** Removes our filters, and what filters hang on when there are no others. */
export function unfilter(name: string): void {
  for (const pref of ourFilters(name)) run("tc", "filter", "delete", "dev", name, "ingress", "pref", String(pref));
  if (!filtersOf(name, "ingress").length && !filtersOf(name, "egress").length)
    run("tc", "qdisc", "delete", "dev", name, "clsact");
}

/** Whether some of what comes in is let through to the host, in front of what moves the rest. */
export const hasException = (name: string): boolean =>
  filtersOf(name, "ingress").some(
    ({ pref, options }) => pref === 1 && options?.flowid !== undefined && !options.actions,
  );

/** Where everything that comes in on an interface goes; undefined: to the host itself. */
export function redirectOf(name: string): Redirect | undefined {
  const filters = filtersOf(name, "ingress");
  const action = filters.flatMap(({ options }) => options?.actions ?? [])[0];
  if (action?.to_dev === undefined) return undefined;
  const { packets = 0, drops = 0, overlimits = 0 } = action.stats ?? {};
  return { to: action.to_dev, frames: packets, lost: Math.max(drops, overlimits) };
}

/** Whether filters can be put in front of what comes in. */
export const hasIngress = (name: string): boolean =>
  exists(name) && /^qdisc clsact /m.test(run("tc", "qdisc", "show", "dev", name));

/** The MAC address that was said, once for all, to be an address's; undefined: it is asked for. */
export function neighbourAt(address: string, name: string): string | undefined {
  const all = JSON.parse(run("ip", "-json", "neighbour", "show", "to", address, "dev", name) || "[]") as {
    lladdr?: string;
    state?: string[];
  }[];
  return all.find(({ state }) => state?.includes("PERMANENT"))?.lladdr;
}

/** The MAC address that this host has found an address at; undefined: it has not looked, or nobody answered. */
export function neighbourSeen(address: string): string | undefined {
  const all = JSON.parse(run("ip", "-json", "neighbour", "show", "to", address) || "[]") as { lladdr?: string }[];
  return all.find(({ lladdr }) => lladdr !== undefined)?.lladdr;
}

/** Frames that nobody was let send on an interface; undefined: it sends. */
export function silencedOn(name: string): number | undefined {
  const all = JSON.parse(run("tc", "-json", "-statistics", "qdisc", "show", "dev", name) || "[]") as {
    kind: string;
    root?: boolean;
    drops?: number;
  }[];
  return all.find(({ kind, root }) => root && kind === "blackhole")?.drops;
}

/** Of those that are on, which merge frames; undefined: ethtool is not installed. */
export function mergingOn(name: string): string[] | undefined {
  if (!isThere("ethtool")) return undefined;
  const on = new Set(
    run("ethtool", "-k", name)
      .split("\n")
      .filter((line) => /: on( |$)(?!\[fixed\])/.test(line))
      .map((line) => line.trim().split(":")[0]!),
  );
  return MERGING.filter((feature) => on.has(feature));
}

const ipv6Path = (name: string) => `/proc/sys/net/ipv6/conf/${name}/disable_ipv6`;
/** Whether a port tells its neighbour to wait; a device that knows no flow control does not. */
export const sendsPauses = (name: string): boolean =>
  /^TX:\s+on$/m.test(spawnSync("ethtool", ["-a", name], { encoding: "utf8" }).stdout ?? "");

/** As sysctl(8) takes it, whatever dots the name has. */
export const ipv6Setting = (name: string): string => `net/ipv6/conf/${name}/disable_ipv6`;

/** Whether the host speaks IPv6 on an interface. */
export const speaksIpv6 = (name: string): boolean =>
  existsSync(ipv6Path(name)) && readFileSync(ipv6Path(name), "latin1").trim() !== "1";

/** One of the kernel's counters of an interface (Documentation/ABI/testing/sysfs-class-net-statistics); 0 where it has none. */
export function counter(name: string, what: string): number {
  const path = `/sys/class/net/${name}/statistics/${what}`;
  return existsSync(path) ? Number(readFileSync(path, "latin1")) : 0;
}
