/**
 * How an appliance is joined to the world: which ports it watches, where what it sends goes. It is kept as NAME.wiring.json, so that the
 * same is made again after a reboot; a port is known by the MAC address that is burnt into it, as its name may be another one then.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Link, links } from "./kernel.ts";

export interface Port {
  interface: string;
  mac: string;
}

/** The collector is on this host: the tap of `log` has its addresses. */
export interface Here {
  address: string;
  mac: string;
  /** The appliance's. */
  from: string;
  port: number;
}

export interface Neighbour {
  address: string;
  mac: string;
  interface: string;
}

export interface Wiring {
  name: string;
  watch: Port[];
  /** Undefined: what `out` sends goes nowhere. */
  out?: Port;
  log?: Port | Here;
  mtu: number;
  /** Who may open the taps, beside root. */
  user?: string;
  /** Stations that never answer when asked for their MAC address. */
  neighbours: Neighbour[];
}

export const isHere = (log: Wiring["log"]): log is Here => log !== undefined && "address" in log;

/** Linux has at most 15 characters; the longest of ours are `-void`. */
const NAME = /^[a-z][a-z0-9-]{0,9}$/;

export function checkName(name: string): string {
  if (!NAME.test(name)) throw new Error(`--name ${name}: expected 1 to 10 of a-z, 0-9, -, beginning with a letter`);
  return name;
}

/** The taps of an appliance, and where frames end that must not go on. */
export const tapsOf = (name: string) => ({
  in: `${name}-in`,
  out: `${name}-out`,
  log: `${name}-log`,
  void: `${name}-void`,
});

export const pathOf = (folder: string, name: string) => join(folder, `${name}.wiring.json`);

export function keep(folder: string, wiring: Wiring): void {
  writeFileSync(pathOf(folder, wiring.name), `${JSON.stringify({ version: 1, ...wiring }, null, 2)}\n`);
}

/** @throws Error when there is none, or it is no wiring */
export function kept(folder: string, name: string): Wiring {
  const path = pathOf(folder, name);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new Error(`${path}: is not there: weir host setup --watch ... writes it`);
    throw new Error(`${path}: cannot be read (${code})`);
  }
  try {
    const { version, ...wiring } = JSON.parse(text) as Wiring & { version: number };
    if (version !== 1 || !Array.isArray(wiring.watch)) throw new Error();
    return { ...wiring, name };
  } catch {
    throw new Error(`${path}: is no wiring of this version: write it again by weir host setup --watch ...`);
  }
}

/** The other wirings that are kept. */
export function others(folder: string, name: string): Wiring[] {
  const suffix = ".wiring.json";
  const names = readdirSync(folder).filter((file) => file.endsWith(suffix));
  return names
    .map((file) => file.slice(0, -suffix.length))
    .filter((one) => one !== name)
    .map((one) => kept(folder, one));
}

/** The ports of a wiring. */
export const portsOf = ({ watch, out, log }: Wiring): Port[] => [
  ...watch,
  ...(out ? [out] : []),
  ...(log && !isHere(log) ? [log] : []),
];

/** The interface that a port is now: by name and MAC, else by its MAC alone. */
export function found(port: Port, all = links()): Link | undefined {
  const named = all.get(port.interface);
  if (named?.mac === port.mac) return named;
  const same = [...all.values()].filter(({ mac }) => mac === port.mac);
  // A VLAN's interface, or a bridge, has the MAC address of the port below it
  const real = same.length > 1 ? same.filter(({ kind }) => kind === undefined) : same;
  return real.length === 1 ? real[0] : undefined;
}

/** @throws Error when there is no such interface */
export function portOf(name: string, option: string, all = links()): Port {
  const link = all.get(name);
  if (!link) {
    const names = [...all.keys()].filter((one) => one !== "lo");
    throw new Error(`${option} ${name}: there is no such interface, expected one of ${names.join(", ") || "none"}`);
  }
  return { interface: name, mac: link.mac };
}
