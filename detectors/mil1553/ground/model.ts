/** Merged entries as buses with their messages and terminals, and how surprising on each what is new would be. */
import type { Entry } from "../../learned.ts";
import {
  type Any,
  type BusEntry,
  type ClockEntry,
  type DataEntry,
  type MessageEntry,
  nameOf,
  type OrderEntry,
  type PauseEntry,
  type ResponseEntry,
  type TerminalEntry,
} from "./entries.ts";
import { newness } from "./limits.ts";
import { type Range, rangesOf } from "./period.ts";
import { type Change, isConstant } from "./words.ts";

export interface Identity {
  entry: MessageEntry;
  bus: BusModel;
  /** undefined: it has no schedule. */
  ranges: Range[] | undefined;
  order: OrderEntry | undefined;
  data: DataEntry | undefined;
  /** Messages learned. */
  count: number;
}

/** Bits of surprise of what was not in the inventory, and what each message takes away of their sums: twice what is to be expected. */
export interface Novelty {
  newMessage: number;
  messageLeak: number;
  newMode: number;
  modeLeak: number;
  /** A command to a new terminal. */
  newTerminal: number;
  /** A known message on the other side. */
  otherSide: number;
  sideLeak: number;
}

export interface BusModel {
  entry: BusEntry;
  identities: Identity[];
  terminals: TerminalEntry[];
  responses: ResponseEntry[];
  pauses: PauseEntry | undefined;
  clocks: ClockEntry[];
  novelty: Novelty;
  /** Addresses that were ever commanded, as bits. */
  mask: number;
}

export interface Model {
  buses: BusModel[];
  /** Bits of surprise of a constant that changes, without those of its own count: how rare that is on these buses. */
  constants: number;
}

export const countOf = ({ a, b, again }: MessageEntry): number => a + b + again;

/** Entries of a kind, on one channel or on all. */
function entriesOf<D extends Any["detector"]>(entries: readonly Entry[], detector: D, channel?: number) {
  return (entries as readonly Any[]).filter(
    (e) => e.detector === detector && (channel === undefined || e.channel === channel),
  ) as Extract<Any, { detector: D }>[];
}

export function modelOf(entries: readonly Entry[]): Model {
  const buses = entriesOf(entries, "bus")
    .sort((a, b) => a.channel - b.channel)
    .map((entry) => busModelOf(entry, entries));
  return { buses, constants: surpriseOfConstants(buses) };
}

function busModelOf(entry: BusEntry, entries: readonly Entry[]): BusModel {
  const { channel } = entry;
  const messages = entriesOf(entries, "bus.message", channel).sort((a, b) =>
    nameOf(a.commands) < nameOf(b.commands) ? -1 : 1,
  );
  const commanded = messagesByTerminal(messages);
  const bus: BusModel = {
    entry,
    identities: [],
    terminals: entriesOf(entries, "bus.terminal", channel).sort((a, b) => a.terminal - b.terminal),
    responses: entriesOf(entries, "bus.response", channel).sort(
      (a, b) => a.terminal - b.terminal || a.answer - b.answer,
    ),
    pauses: entriesOf(entries, "bus.pause", channel)[0],
    clocks: entriesOf(entries, "bus.clock", channel),
    novelty: noveltyOf(messages, commanded),
    mask: [...commanded.keys()].reduce((mask, address) => mask | (1 << address), 0) >>> 0,
  };
  const orders = byCommands(entriesOf(entries, "bus.order", channel));
  const datas = byCommands(entriesOf(entries, "bus.data", channel));
  bus.identities = messages.map((m) => ({
    entry: m,
    bus,
    ranges: rangesOf(m),
    order: orders.get(nameOf(m.commands)),
    data: datas.get(nameOf(m.commands)),
    count: countOf(m),
  }));
  return bus;
}

const byCommands = <E extends OrderEntry | DataEntry>(entries: readonly E[]) =>
  new Map(entries.map((e) => [nameOf(e.commands), e]));

/** How many messages each address was commanded by. */
function messagesByTerminal(messages: readonly MessageEntry[]): Map<number, number> {
  const commanded = new Map<number, number>();
  for (const m of messages)
    for (const c of m.commands) commanded.set(c >> 11, (commanded.get(c >> 11) ?? 0) + countOf(m));
  return commanded;
}

const isMode = (command: number) => ((command >> 5) & 31) % 31 === 0;
const isModeEntry = ({ commands }: MessageEntry) => commands.length === 1 && isMode(commands[0]!);

function noveltyOf(messages: readonly MessageEntry[], commanded: ReadonlyMap<number, number>): Novelty {
  const total = messages.reduce((sum, m) => sum + countOf(m), 0);
  const once = (list: readonly MessageEntry[]) => list.filter((m) => countOf(m) === 1).length;
  const newModes = once(messages.filter(isModeEntry));
  const newOthers = once(messages.filter((m) => !isModeEntry(m)));
  // Each identity that was on both sides came to the other one for the first time once
  const sides = messages.filter((m) => m.a && m.b).length;
  const newMessage = newness(total, newOthers);
  const newMode = newness(total, newModes);
  const otherSide = newness(total, sides);
  const leak = (surprise: number, n: number) => (2 * surprise * (n + 0.5)) / (total + 1);
  return {
    newMessage,
    messageLeak: leak(newMessage, newOthers),
    newMode,
    modeLeak: leak(newMode, newModes),
    newTerminal: newness(total, [...commanded.values()].filter((n) => n === 1).length),
    otherSide,
    sideLeak: leak(otherSide, sides),
  };
}

function surpriseOfConstants(buses: readonly BusModel[]): number {
  const words = buses.flatMap((b) => b.identities.flatMap((i) => i.data?.words ?? []));
  const still = words.filter(isConstant).length;
  const once = words.filter(
    // One whose profile had no room changed late, so hardly more than once
    ([, w]) => w === null || (typeof w === "object" && moved(w) === 1),
  ).length;
  return Math.log2((still + 1) / (once + 0.5));
}

const moved = ({ moves }: Change) => moves.slice(1).reduce((sum, n) => sum + n, 0);
