/**
 * What is at a site: hosts, services, terminals of 1553 buses and their messages. An item is named by the members of its kind's
 * key; its facts are what may change while it stays the same item.
 */
import { protocolName } from "../../lib/protocols.ts";
import { dataCount, isMode, modeCode, subaddress, terminal, transmits } from "../../mil1553/simulator/message.ts";

export type Kind = "host" | "service" | "terminal" | "message";

export interface Item {
  kind: Kind;
  /** Members of key and facts; a list is sorted. What is not known is left out. */
  members: Record<string, string | number | readonly string[]>;
  /** When it was first and last seen, ISO 8601; left out where nothing tells. */
  first?: string;
  last?: string;
}

/** Of each kind its key, and its facts. */
export const KINDS: Record<Kind, { key: readonly string[]; facts: readonly string[]; title: string }> = {
  host: { key: ["address"], facts: ["mac", "roles"], title: "hosts" },
  service: { key: ["address", "protocol", "port"], facts: ["clients", "answers", "functions"], title: "services" },
  terminal: { key: ["channel", "terminal"], facts: ["name", "buses"], title: "terminals of MIL-STD-1553 buses" },
  message: {
    key: ["channel", "terminal", "direction", "subaddress", "mode"],
    facts: ["name", "words"],
    title: "messages of MIL-STD-1553 buses",
  },
};
export const ORDER = Object.keys(KINDS) as Kind[];
/** Of all kinds. */
export const MEMBERS: readonly string[] = [
  ...new Set(ORDER.flatMap((kind) => [...KINDS[kind].key, ...KINDS[kind].facts])),
];

/** As policies have it; a name that they do not know stays as it is. */
export const protocolWord = (protocol: number | string): string =>
  typeof protocol === "string" ? protocol.toLowerCase() : (protocolName(protocol) ?? String(protocol));

/** What a command word of a channel is for: the key of its message, and the words that it asks for. */
export function messageOf(channel: number, command: number): { key: Item["members"]; words: string[] } {
  const direction = transmits(command) ? "transmits" : "receives";
  const what = isMode(command) ? { mode: modeCode(command) } : { subaddress: subaddress(command) };
  return {
    key: { channel, terminal: terminal(command), direction, ...what },
    words: isMode(command) ? [] : [String(dataCount(command))],
  };
}

/** How it is called: `10.0.0.30 tcp 502`, `bus 2 terminal 12 transmits subaddress 1`. */
export function nameOf({ kind, members: m }: Item): string {
  if (kind === "host") return String(m.address);
  if (kind === "service") return [m.address, m.protocol, m.port].filter((part) => part !== undefined).join(" ");
  const terminal = `bus ${m.channel} terminal ${m.terminal}`;
  if (kind === "terminal") return terminal;
  return `${terminal} ${m.direction} ${m.mode === undefined ? `subaddress ${m.subaddress}` : `mode code ${m.mode}`}`;
}

/** What tells it from all others. */
export const identityOf = (item: Item): string => `${item.kind} ${nameOf(item)}`;

/** Items by name, where what is learned of one comes from several places. */
export class Items {
  readonly #all = new Map<string, Item>();

  /** The item of this key; it is made if it is not there. */
  of(kind: Kind, key: Item["members"]): Item {
    const item: Item = { kind, members: key };
    const found = this.#all.get(identityOf(item));
    if (found) return found;
    this.#all.set(identityOf(item), item);
    return item;
  }

  /** The item of this key, if it is there. */
  find(kind: Kind, key: Item["members"]): Item | undefined {
    return this.#all.get(identityOf({ kind, members: key }));
  }

  /** Adds to a list. */
  add({ members }: Item, fact: string, ...values: string[]): void {
    const before = members[fact];
    members[fact] = [...new Set([...(Array.isArray(before) ? (before as string[]) : []), ...values])].sort(inOrder);
  }

  saw(item: Item, first: string, last: string): void {
    if (item.first === undefined || first < item.first) item.first = first;
    if (item.last === undefined || last > item.last) item.last = last;
  }

  /** By kind, then by key, numbers by their size. */
  sorted(): Item[] {
    const rank = ({ kind }: Item) => ORDER.indexOf(kind);
    return [...this.#all.values()].sort((a, b) => rank(a) - rank(b) || inOrder(nameOf(a), nameOf(b)));
  }
}

const collator = new Intl.Collator("en", { numeric: true });
const inOrder = (a: string, b: string) => collator.compare(a, b);
