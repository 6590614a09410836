/** What ought to be there: an earlier inventory, a list that people keep, an interface-control file, or a policy. */
import { type CompiledPolicy, compilePolicyText } from "../../diode/policy.ts";
import { boundsOf, type Network, networkText, parseNetwork } from "../../lib/addresses.ts";
import { MOST_WRITTEN, readText } from "../../lib/files.ts";
import type { Bus } from "../../mil1553/simulator/icd/model.ts";
import { readBusText } from "../../mil1553/simulator/icd/read.ts";
import { type Item, Items, identityOf, type Kind, messageOf, ORDER, protocolWord } from "./items.ts";
import { parseCsv, parseJson } from "./lists.ts";

export interface Known {
  /** Kinds that it speaks of: items of others are neither new nor missing. */
  kinds: readonly Kind[];
  /** What it says of this item, if it knows it. */
  find(item: Item): Item | undefined;
  /** What must be there; networks of a policy need not. */
  all: readonly Item[];
}

/**
 * @param path by its ending: .json (`weir inventory --json`), .csv, or YAML: an interface-control file or a policy
 * @throws Problems or Error, with the place
 */
export function readKnown(path: string): Known {
  if (/\.json$/i.test(path)) return ofItems(parseJson(readText(path, MOST_WRITTEN), path));
  if (/\.csv$/i.test(path)) return ofItems(parseCsv(readText(path, MOST_WRITTEN), path));
  const text = readText(path, MOST_WRITTEN);
  return /^weir-bus:/m.test(text)
    ? ofBus(readBusText(text, path))
    : ofPolicy(compilePolicyText(text, path, { keyless: true }));
}

function ofItems(all: readonly Item[]): Known {
  const byIdentity = new Map(all.map((item) => [identityOf(item), item]));
  const kinds = ORDER.filter((kind) => all.some((item) => item.kind === kind));
  return { kinds, all, find: (item) => byIdentity.get(identityOf(item)) };
}

function ofBus(bus: Bus): Known {
  const items = new Items();
  for (const { channel, terminals, messages } of bus.channels) {
    for (const { name, address } of terminals) items.of("terminal", { channel, terminal: address }).members.name = name;
    for (const { name, commands } of messages)
      for (const command of commands) {
        const { key, words } = messageOf(channel, command);
        const item = items.of("message", key);
        item.members.name = name;
        // Several messages may use one subaddress: their lengths are all right
        if (words.length) items.add(item, "words", ...words);
      }
  }
  return { ...ofItems(items.sorted()), kinds: ["terminal", "message"] };
}

interface Place {
  item: Item;
  covers(item: Item): boolean;
}

/** Hosts and services that it calls known, what its rules let out, and messages that it allows. */
function ofPolicy({ policy }: CompiledPolicy): Known {
  const rules = policy.rules.filter(({ allow }) => allow);
  const hosts = policy.newcomer.hosts ?? rules.flatMap(({ from, to }) => [...from, ...to]);
  const places: Place[] = [
    ...hosts.map((network) => ({
      item: { kind: "host", members: { address: networkText(network) } } as Item,
      covers: ({ kind, members }: Item) => kind === "host" && isIn(network, String(members.address)),
    })),
    ...(policy.newcomer.services ?? []).map(({ protocol, network, port }) =>
      serviceOf([network], protocolWord(protocol), port ? [{ first: port, last: port }] : []),
    ),
    ...rules.map(({ protocol, to, ports }) =>
      serviceOf(to, protocol === undefined ? undefined : protocolWord(protocol), ports),
    ),
    ...policy.messages
      .filter(({ allow }) => allow)
      .map((rule) => ({
        item: { kind: "message", members: { name: rule.name } } as Item,
        covers: ({ kind, members: m }: Item) =>
          kind === "message" &&
          (m.mode !== undefined) === rule.mode &&
          (rule.directions & (m.direction === "transmits" ? 2 : 1)) !== 0 &&
          bit(rule.terminals, m.terminal) &&
          bit(m.mode === undefined ? rule.subaddresses : rule.counts, m.mode ?? m.subaddress) &&
          (!rule.channels.length || rule.channels.some(({ first, last }) => within(first, last, m.channel))),
      })),
  ];
  const kinds = ORDER.filter((kind) => places.some(({ item }) => item.kind === kind));
  const single = (address: unknown) => typeof address === "string" && !/[/,]/.test(address);
  // What a rule lets out may come or not
  const all = policy.newcomer.hosts
    ? places.map(({ item }) => item).filter(({ kind, members }) => kind === "host" && single(members.address))
    : [];
  return { kinds, all, find: (item) => places.find((place) => place.covers(item)) && { ...item, members: {} } };
}

function serviceOf(
  to: readonly Network[],
  protocol: string | undefined,
  ports: readonly { first: number; last: number }[],
): Place {
  return {
    item: { kind: "service", members: { address: to.map(networkText).join(",") } },
    covers: ({ kind, members: m }) =>
      kind === "service" &&
      (protocol === undefined || m.protocol === protocol) &&
      (!to.length || to.some((network) => isIn(network, String(m.address)))) &&
      (!ports.length || m.port === undefined || ports.some(({ first, last }) => within(first, last, m.port))),
  };
}

const bit = (mask: number, n: unknown) => ((mask >>> (n as number)) & 1) === 1;
const within = (first: number, last: number, n: unknown) => first <= (n as number) && (n as number) <= last;

function isIn(network: Network, address: string): boolean {
  const own = parseNetwork(address);
  if (!own || own.version !== network.version) return false;
  const [first, last] = boundsOf(network);
  const value = (own.hi << 64n) | own.lo;
  return first <= value && value <= last;
}
