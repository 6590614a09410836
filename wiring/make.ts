/** Makes a wiring, looks whether it holds, and takes it back. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  hasIngress,
  isThere,
  type Link,
  links,
  mergingOn,
  redirectOf,
  run,
  silencedOn,
  speaksIpv6,
  unfilter,
} from "./kernel.ts";
import { type Side, type Step, stepsOf } from "./steps.ts";
import { found, isHere, others, type Port, portsOf, tapsOf, type Wiring } from "./wiring.ts";

/** What a step came to. */
export interface Outcome {
  step: Step;
  did: "held" | "made" | "wrong";
}

/** @throws Error that says what to install */
export function checkTools(): void {
  for (const [program, from] of [
    ["ip", "iproute2"],
    ["tc", "iproute2"],
    ["ethtool", "ethtool"],
    ["sysctl", "procps"],
  ] as const)
    if (!isThere(program)) throw new Error(`${program} is not installed: apt-get install ${from}`);
}

/**
 * The steps of a wiring, for the interfaces that its ports are now.
 * @throws Error when a port is not there, or the host itself uses one that is watched
 */
export function planOf(wiring: Wiring): Step[] {
  const all = links();
  for (const { interface: port } of wiring.watch)
    if (all.get(port)?.kind === "tun") throw new Error(`--watch ${port}: it is a tap, expected a port of this host`);
  const watch = wiring.watch.map((port) => {
    const link = linkOf(port, all);
    const used = usedBy(link);
    if (used)
      throw new Error(
        `--watch ${link.name}: ${used}, and a watched port sends nothing and answers nobody. Watch a port that the host does not use`,
      );
    return link.name;
  });
  const side = (port: Port | undefined): Side | undefined => {
    if (!port) return undefined;
    const link = linkOf(port, all);
    if (watch.includes(link.name)) throw new Error(`${link.name} is watched: nothing may be sent there`);
    return { port: link.name, isShared: usedBy(link) !== undefined };
  };
  const [out, log] = [side(wiring.out), side(isHere(wiring.log) ? undefined : wiring.log)];
  return stepsOf(wiring, { watch, ...(out && { out }), ...(log && { log }) });
}

function linkOf(port: Port, all: ReadonlyMap<string, Link>): Link {
  const link = found(port, new Map(all));
  if (!link) throw new Error(`${port.interface}: no interface has its MAC address ${port.mac} any more`);
  return link;
}

/** Why the host would miss a port. */
function usedBy({ addresses, master }: Link): string | undefined {
  if (addresses[0] !== undefined) return `the host has its address ${addresses[0]} there`;
  return master === undefined ? undefined : `it is a port of ${master}`;
}

/**
 * Two appliances cannot watch one port, and what one sends must not go where another watches.
 * @throws Error that names the other
 */
export function checkOthers(wiring: Wiring, folder: string): void {
  for (const other of others(folder, wiring.name)) {
    const watched = new Set(other.watch.map(({ mac }) => mac));
    const ours = portsOf(wiring).find(({ mac }) => watched.has(mac));
    if (ours)
      throw new Error(`${ours.interface}: ${other.name} watches it: weir host undo --name ${other.name} sets it free`);
    const used = new Set(portsOf(other).map(({ mac }) => mac));
    const port = wiring.watch.find(({ mac }) => used.has(mac));
    if (port) throw new Error(`--watch ${port.interface}: ${other.name} sends there`);
  }
}

/** Puts back the ports that a wiring no longer has. Returns what was done. */
export function release(before: Wiring, now: Wiring, folder: string): string[] {
  const still = new Set(portsOf(now).map(({ mac }) => mac));
  const gone = portsOf(before).filter(({ mac }) => !still.has(mac));
  return gone.length ? freed(before, gone, folder) : [];
}

/** Does what is missing. @throws Error `step: the command and what it said`; what was made until then stays */
export function make(wiring: Wiring, folder: string, onStep: (outcome: Outcome) => void): void {
  const steps = planOf(wiring);
  remember(wiring, folder);
  let all = links();
  for (const step of steps) {
    if (step.holds(all)) {
      onStep({ step, did: "held" });
      continue;
    }
    for (const [program, ...args] of step.commands()) run(program!, ...args);
    all = links();
    if (!step.holds(all))
      throw new Error(`${step.what}: was done, and does not hold; something else on this host changes it`);
    onStep({ step, did: "made" });
  }
}

/** Looks at each step, changes nothing. */
export function look(wiring: Wiring): Outcome[] {
  const all = links();
  return planOf(wiring).map((step) => ({ step, did: holdsIn(all, step) ? "held" : "wrong" }));
}

/** Whether a step holds; of an interface that is not there nothing does. */
export const holdsIn = (all: ReadonlyMap<string, Link>, step: Step): boolean => all.has(step.of) && step.holds(all);

/** What ports were before. After a reboot they are as they always are: what another boot noted is not believed. */
interface Before {
  mtu: number;
  isUp: boolean;
  hasArp: boolean;
  hasMulticast: boolean;
  isPromiscuous: boolean;
  hasIpv6: boolean;
  merging: string[];
}

const beforePath = (folder: string, name: string) => join(folder, `${name}.before.json`);
const bootId = () => readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();

/** By MAC address. */
function noted(path: string): Record<string, Before> {
  if (!existsSync(path)) return {};
  const { boot, ports } = JSON.parse(readFileSync(path, "utf8")) as { boot: string; ports: Record<string, Before> };
  return boot === bootId() ? ports : {};
}

function remember(wiring: Wiring, folder: string): void {
  const path = beforePath(folder, wiring.name);
  const known = noted(path);
  const all = links();
  for (const port of portsOf(wiring)) {
    const { name, flags, mtu } = linkOf(port, all);
    known[port.mac] ??= {
      mtu,
      isUp: flags.has("UP"),
      hasArp: !flags.has("NOARP"),
      hasMulticast: flags.has("MULTICAST"),
      isPromiscuous: flags.has("PROMISC"),
      hasIpv6: speaksIpv6(name),
      merging: mergingOn(name) ?? [],
    };
  }
  writeFileSync(path, JSON.stringify({ boot: bootId(), ports: known }));
}

/** Takes back what was made: the taps go, ports are as they were. Returns what was done. */
export function undo(wiring: Wiring, folder: string): string[] {
  const { in: tap } = tapsOf(wiring.name);
  const all = links();
  if (all.get(tap)?.flags.has("LOWER_UP")) throw new Error(`an image has ${tap} open: stop it first`);
  const done = freed(wiring, portsOf(wiring), folder);
  for (const tap of Object.values(tapsOf(wiring.name)))
    if (all.has(tap)) {
      run("ip", "link", "delete", tap);
      done.push(`${tap} is gone`);
    }
  rmSync(beforePath(folder, wiring.name), { force: true });
  return done;
}

/** Ports are as they were. */
function freed(wiring: Wiring, ports: readonly Port[], folder: string): string[] {
  const done: string[] = [];
  const before = noted(beforePath(folder, wiring.name));
  const taps = Object.values(tapsOf(wiring.name));
  const all = links();
  for (const port of ports) {
    const link = found(port, all);
    if (!link) {
      done.push(`${port.interface} is not there`);
      continue;
    }
    const { name } = link;
    // Down first: it must not say anything while it becomes as it was
    const was = before[port.mac];
    if (wiring.watch.includes(port) || silencedOn(name) !== undefined) run("ip", "link", "set", name, "down");
    if (silencedOn(name) !== undefined) run("tc", "qdisc", "delete", "dev", name, "root");
    if (hasIngress(name) && taps.includes(redirectOf(name)?.to ?? "")) unfilter(name);
    if (was) restore(name, was);
    done.push(was ? `${name} is as it was` : `${name} has no filter of ours any more; it is down`);
  }
  return done;
}

function restore(name: string, was: Before): void {
  const word = (is: boolean) => (is ? "on" : "off");
  for (const feature of was.merging) run("ethtool", "-K", name, feature, "on");
  run("ip", "link", "set", name, "mtu", String(was.mtu), "arp", word(was.hasArp), "multicast", word(was.hasMulticast));
  run("ip", "link", "set", name, "promisc", word(was.isPromiscuous));
  run("sysctl", "-qw", `net/ipv6/conf/${name}/disable_ipv6=${was.hasIpv6 ? 0 : 1}`);
  run("ip", "link", "set", name, was.isUp ? "up" : "down");
}
