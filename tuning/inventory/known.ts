/** What ought to be there: an earlier inventory, a list that people keep, an interface-control file, or a policy. */
import { compilePolicy } from "../../diode/policy.ts";
import { boundsOf, type Network, networkText, parseNetwork } from "../../lib/addresses.ts";
import { MOST_WRITTEN, readText } from "../../lib/files.ts";
import { protocolText } from "../../lib/protocols.ts";
import { type Problem, Problems } from "../../lib/yaml.ts";
import { readBus } from "../../mil1553/simulator/icd/read.ts";
import { rowsOf } from "../evaluate/csv.ts";
import { type Item, KINDS, type Kind, nameOf, ORDER } from "./items.ts";

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
  return /^weir-bus:/m.test(readText(path, MOST_WRITTEN)) ? ofBus(path) : ofPolicy(path);
}

function ofItems(all: readonly Item[]): Known {
  const byName = new Map(all.map((item) => [`${item.kind} ${nameOf(item)}`, item]));
  const kinds = ORDER.filter((kind) => all.some((item) => item.kind === kind));
  return { kinds, all, find: (item) => byName.get(`${item.kind} ${nameOf(item)}`) };
}

export function parseJson(text: string, file: string): Item[] {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
  const items = (found as { items?: unknown }).items;
  if (!Array.isArray(items))
    throw new Error(`${file}: items: missing, expected what weir inventory --json has written`);
  return items.map((item, n) => {
    const { kind, first, last, ...members } = (item ?? {}) as Item["members"] & { kind: Kind };
    const places = (what: string) => new Error(`${file}: items.${n}: ${what}`);
    if (!Object.hasOwn(KINDS, kind ?? "")) throw places(`kind: expected ${ORDER.join(", ")}`);
    return { kind, members: checked(kind, members, (what) => places(what)) };
  });
}

/** The members of its kind, each as it must be. */
function checked(kind: Kind, members: Record<string, unknown>, fail: (what: string) => Error): Item["members"] {
  const { key, facts } = KINDS[kind];
  const out: Record<string, string | number | readonly string[]> = {};
  for (const name of [...key, ...facts]) {
    const value = members[name];
    if (value === undefined || value === "") continue;
    if (LISTS.includes(name)) out[name] = list(value).sort();
    else if (NUMBERS.includes(name)) {
      if (!/^\d{1,5}$/.test(String(value))) throw fail(`${name}: "${String(value)}", expected a number`);
      out[name] = Number(value);
    } else out[name] = String(value);
  }
  const wanted = key.filter((name) => !OPTIONAL.includes(name) && out[name] === undefined);
  if (wanted.length) throw fail(`${wanted.join(", ")}: missing, expected ${key.join(", ")} of a ${kind}`);
  return out;
}

const LISTS = ["mac", "roles", "clients", "buses", "words"];
const NUMBERS = ["port", "channel", "terminal", "subaddress", "mode"];
/** Of a key: a service of ICMP has no port, a message has a subaddress or a mode code. */
const OPTIONAL = ["port", "subaddress", "mode"];
const list = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String) : String(value).split(/[ ;]+/).filter(Boolean);

/** Columns by the members' names, in any order; without a column `kind` the columns tell what a row is. */
export function parseCsv(text: string, file: string): Item[] {
  const [head, ...rows] = rowsOf(text);
  const problems: Problem[] = [];
  const fail = (line: number, column: number, what: string) => {
    const problem = { file, line, column, path: "", what };
    problems.push(problem);
    return new Problems([problem]);
  };
  if (!head) throw fail(1, 1, "empty, expected a header with columns such as address, mac, protocol, port");
  const names = head.fields.map(({ text: name }) => name.toLowerCase());
  const known = [
    "kind",
    "first",
    "last",
    ...new Set(ORDER.flatMap((kind) => [...KINDS[kind].key, ...KINDS[kind].facts])),
  ];
  for (const [n, name] of names.entries())
    if (!known.includes(name))
      fail(head.line, head.fields[n]!.column, `column "${name}", expected ${known.join(", ")}`);
  if (problems.length) throw new Problems(problems);
  const items = rows.flatMap(({ line, fields }): Item[] => {
    const cells = Object.fromEntries(fields.map(({ text: cell }, n) => [names[n] ?? "", cell]));
    const kind = (cells.kind || kindOf(cells)) as Kind;
    try {
      if (!Object.hasOwn(KINDS, kind)) throw fail(line, 1, `kind "${kind}", expected ${ORDER.join(", ")}`);
      return [{ kind, members: checked(kind, cells, (what) => fail(line, 1, what)) }];
    } catch (error) {
      if (error instanceof Problems) return [];
      throw error;
    }
  });
  if (problems.length) throw new Problems(problems);
  return items;
}

function kindOf(cells: Record<string, string>): Kind {
  if (cells.terminal) return cells.direction ? "message" : "terminal";
  return cells.protocol ? "service" : "host";
}

function ofBus(path: string): Known {
  const items = readBus(path).channels.flatMap(({ channel, terminals, messages }) => [
    ...terminals.map(
      ({ name, address }): Item => ({ kind: "terminal", members: { channel, terminal: address, name } }),
    ),
    ...messages.flatMap(({ name, commands }) =>
      commands.map((command): Item => {
        const [terminal, subaddress, count] = [command >> 11, (command >> 5) & 31, command & 31];
        const direction = command & 0x400 ? "transmits" : "receives";
        const isMode = subaddress === 0 || subaddress === 31;
        const what = isMode ? { mode: count } : { subaddress, words: [String(count || 32)] };
        return { kind: "message", members: { channel, terminal, direction, ...what, name } };
      }),
    ),
  ]);
  // Several messages may use one subaddress: their lengths are all right
  const merged = new Map<string, Item>();
  for (const item of items) {
    const before = merged.get(nameOf(item));
    const words = [before, item].flatMap((one) => (one?.members.words as string[] | undefined) ?? []);
    merged.set(nameOf(item), {
      ...item,
      members: { ...item.members, ...(words.length && { words: [...new Set(words)].sort() }) },
    });
  }
  return { ...ofItems([...merged.values()]), kinds: ["terminal", "message"] };
}

interface Place {
  item: Item;
  covers(item: Item): boolean;
}

/** Hosts and services that it calls known, what its rules let out, and messages that it allows. */
function ofPolicy(path: string): Known {
  const { policy } = compilePolicy(path, { keyless: true });
  const rules = policy.rules.filter(({ allow }) => allow);
  const hosts = policy.newcomer.hosts ?? rules.flatMap(({ from, to }) => [...from, ...to]);
  const places: Place[] = [
    ...hosts.map((network) => ({
      item: { kind: "host", members: { address: networkText(network) } } as Item,
      covers: ({ kind, members }: Item) => kind === "host" && isIn(network, String(members.address)),
    })),
    ...(policy.newcomer.services ?? []).map(({ protocol, network, port }) =>
      serviceOf([network], protocolText(protocol), port ? [{ first: port, last: port }] : []),
    ),
    ...rules.map(({ protocol, to, ports }) =>
      serviceOf(to, protocol === undefined ? undefined : protocolText(protocol), ports),
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
