/** Merged entries, and what follows from them: the one place where limits are chosen. */
import type { Entry, Threshold, Wanted } from "../../learned.ts";
import type {
  Any,
  BusEntry,
  Change,
  DataEntry,
  MessageEntry,
  OrderEntry,
  ResponseEntry,
  TerminalEntry,
} from "./entries.ts";
import { nameOf } from "./entries.ts";
import { margin, newness, normalLimit, sumLimit, uncertainty } from "./limits.ts";
import { type Range, rangesOf } from "./period.ts";

/** Detectors that share the wanted rate: those of ../onboard/judge. */
const DETECTORS = 10;
const SLACK = 0.5;
/** Bits of surprise for an alarm when one false alarm an hour is wanted. */
export const SURPRISE = 8;

export interface Identity {
  entry: MessageEntry;
  bus: BusModel;
  ranges: Range[] | undefined;
  order: OrderEntry | undefined;
  data: DataEntry | undefined;
  /** Messages learned. */
  count: number;
}

export interface BusModel {
  entry: BusEntry;
  identities: Identity[];
  terminals: TerminalEntry[];
  responses: ResponseEntry[];
  /** Bits of surprise: a new message, a new mode code, a command to a new terminal, a known message on the other side. */
  newMessage: number;
  newMode: number;
  newTerminal: number;
  otherSide: number;
  /** What each message takes away of the sums: twice what is to be expected. */
  messageLeak: number;
  sideLeak: number;
  modeLeak: number;
  /** Addresses that were ever commanded, as bits. */
  mask: number;
}

export interface Model {
  buses: BusModel[];
  /** Bits of surprise of a constant that changes, without those of its own count: how rare that is on these buses. */
  constants: number;
}

export const countOf = ({ a, b, again }: MessageEntry): number => a + b + again;

export const isMode = (command: number) => ((command >> 5) & 31) % 31 === 0;

/** Messages per hour on the bus's own clock. */
export const perHour = (n: number, bus: BusEntry): number => n / Math.max(bus.span / 36e9, 1e-9);

export function modelOf(entries: readonly Entry[]): Model {
  const all = entries as readonly Any[];
  const of = <D extends Any["detector"]>(detector: D, channel: number) =>
    all.filter((e) => e.detector === detector && e.channel === channel) as Extract<Any, { detector: D }>[];
  const buses = of1(all)
    .sort((a, b) => a.channel - b.channel)
    .map((entry): BusModel => {
      const { channel } = entry;
      const orders = new Map(of("bus.order", channel).map((e) => [nameOf(e.commands), e]));
      const datas = new Map(of("bus.data", channel).map((e) => [nameOf(e.commands), e]));
      const messages = of("bus.message", channel).sort((a, b) => (nameOf(a.commands) < nameOf(b.commands) ? -1 : 1));
      const total = messages.reduce((sum, m) => sum + countOf(m), 0);
      const single = (list: readonly MessageEntry[]) => list.filter((m) => countOf(m) === 1).length;
      const isModeEntry = (m: MessageEntry) => m.commands.length === 1 && isMode(m.commands[0]!);
      const modes = messages.filter(isModeEntry);
      const others = messages.filter((m) => !isModeEntry(m));
      const commanded = new Map<number, number>();
      for (const m of messages)
        for (const c of m.commands) commanded.set(c >> 11, (commanded.get(c >> 11) ?? 0) + countOf(m));
      const newMessage = newness(total, single(others));
      const newMode = newness(total, single(modes));
      // Each identity that was on both sides came to the other one for the first time once
      const sides = messages.filter((m) => m.a && m.b).length;
      const otherSide = newness(total, sides);
      const bus: BusModel = {
        entry,
        identities: [],
        terminals: of("bus.terminal", channel).sort((a, b) => a.terminal - b.terminal),
        responses: of("bus.response", channel).sort((a, b) => a.terminal - b.terminal || a.answer - b.answer),
        newMessage,
        newMode,
        newTerminal: newness(total, [...commanded.values()].filter((n) => n === 1).length),
        otherSide,
        sideLeak: (2 * otherSide * (sides + 0.5)) / (total + 1),
        messageLeak: (2 * newMessage * (single(others) + 0.5)) / (total + 1),
        modeLeak: (2 * newMode * (single(modes) + 0.5)) / (total + 1),
        mask: [...commanded.keys()].reduce((mask, address) => mask | (1 << address), 0) >>> 0,
      };
      bus.identities = messages.map((m) => ({
        entry: m,
        bus,
        ranges: rangesOf(m),
        order: orders.get(nameOf(m.commands)),
        data: datas.get(nameOf(m.commands)),
        count: countOf(m),
      }));
      return bus;
    });
  const words = buses.flatMap((b) => b.identities.flatMap((i) => i.data?.words ?? []));
  const still = words.filter((w) => typeof w[1] === "number").length;
  const once = words.filter(
    // One whose profile had no room changed late, so hardly more than once
    ([, w]) => w === null || (typeof w === "object" && moved(w) === 1),
  ).length;
  return { buses, constants: Math.log2((still + 1) / (once + 0.5)) };
}

const moved = ({ moves }: Change) => moves.slice(1).reduce((sum, n) => sum + n, 0);

const of1 = (all: readonly Any[]) => all.filter((e): e is BusEntry => e.detector === "bus");

/** Everything that the section takes from the list of thresholds. */
export const GLOBAL = {
  novelty: { detector: "bus.message", quantity: "surprise of what is new, bits" },
  order: { detector: "bus.order", quantity: "surprise of the order, bits" },
  response: { detector: "bus.response", quantity: "cumulative sum of response times, deviations" },
} as const;
export const GAP = { detector: "bus", quantity: "shortest intermessage gap, 0.1 us of dead time" };
export const LOAD = { detector: "bus", quantity: "load of a second, 1/10,000" };
export const MESSAGES = { detector: "bus", quantity: "messages in a second" };
export const FAILURES_OF_BUS = { detector: "bus", quantity: "cumulative sum of failures, nats" };
export const FAILURES = { detector: "bus.terminal", quantity: "cumulative sum of failures, nats" };

export function thresholds(entries: readonly Entry[], { rate }: Wanted, hours: number): Threshold[] {
  const { buses } = modelOf(entries);
  if (!buses.length) return [];
  const samples = buses.reduce((sum, { entry }) => sum + entry.messages, 0);
  const share = rate / DETECTORS;
  // 8 bits, and what a wanted rate other than one an hour asks for
  const surprise = Math.max(1, SURPRISE - Math.log2(rate));
  const answers = buses.reduce((sum, b) => sum + b.responses.reduce((s, r) => s + perHour(r.count, b.entry), 0), 0);
  const made = (what: { detector: string; quantity: string }, key: string, limit: number, n: number): Threshold => ({
    ...what,
    key,
    limit,
    method: "margin",
    samples: n,
    hours,
  });
  const out = [
    made(GLOBAL.novelty, "", surprise, samples),
    made(GLOBAL.order, "", surprise, samples),
    made(GLOBAL.response, "", sumLimit((2 * answers) / share, SLACK), samples),
  ];
  const terminals = buses.reduce((sum, b) => sum + b.terminals.length, 0);
  for (const { entry: b, terminals: own, identities } of buses) {
    const key = `${b.channel}`;
    if (b.lowestGaps.length === 16) {
      const [first, last] = [b.lowestGaps[0]!, b.lowestGaps[15]!];
      out.push(made(GAP, key, first - Math.max(2 * (last - first) + 1, 0.05 * first), b.gaps));
    }
    if (b.windows >= 2) {
      const mean = b.loadSum! / b.windows;
      const sigma = Math.sqrt(Math.max(0, b.loadSquares! / b.windows - mean * mean));
      const few = 1 + 16 / b.windows;
      // What has no schedule comes as it likes: a Poisson process, whose deviation is the root of its mean
      const free = identities.reduce((sum, i) => sum + (i.ranges ? 0 : perHour(i.count, b) / 3600), 0);
      out.push(made(LOAD, key, b.loadMax! + few * Math.max(0.1 * b.loadMax!, 4 * sigma, 100), b.windows));
      out.push(made(MESSAGES, key, b.countMax! + few * Math.max(0.1 * b.countMax!, 4 * Math.sqrt(free), 5), b.windows));
    }
    const theoryOfBus = Math.log(Math.max(Math.E, (perHour(b.messages, b) * buses.length) / share));
    out.push(made(FAILURES_OF_BUS, key, Math.max(theoryOfBus, 1.5 * b.peak + 1), b.messages + b.untrusted));
    for (const t of own) {
      const trials = perHour(t.trials, b);
      const theory = Math.log(Math.max(Math.E, (trials * terminals) / share));
      out.push(made(FAILURES, `${key} ${t.terminal}`, Math.max(theory, 1.5 * t.peak + 1), t.trials));
    }
  }
  return out;
}

/**
 * Failures per message: what was learned, with its upper 95 % bound, and what is to be found. Where nothing ever failed half
 * a failure counts: two in a row are then news, one is not.
 */
export function failureRates({ trials, failures }: Pick<TerminalEntry, "trials" | "failures">): {
  usual: number;
  wrong: number;
} {
  const usual = (failures ? failures + 1.65 * Math.sqrt(failures + 1) + 1 : 0.5) / trials;
  return { usual, wrong: Math.max(0.1, Math.min(4 * usual, 0.5 + usual / 2)) };
}

/**
 * Response times: least and most seen, and how far beyond them one may be; 0.1 us. alone: enough were seen to know the rare
 * ones, so that a single one farther out is an alarm.
 */
export function timesOf(r: ResponseEntry, bus: BusEntry, rate: number) {
  const mean = r.sum / r.count;
  const deviation = Math.sqrt(Math.max(0, r.squares / r.count - mean * mean) + 0.08);
  const least = Math.min(...r.times.map(([t]) => t));
  const most = Math.max(...r.times.map(([t]) => t));
  const z = normalLimit(perHour(r.count, bus) / rate) * deviation;
  const tolerance = Math.max(2, (most - least) * margin(r.count), z - (most - mean), z - (mean - least));
  return {
    mean,
    deviation: deviation * uncertainty(r.count),
    least,
    most,
    tolerance: Math.min(255, Math.ceil(tolerance)),
    alone: r.count >= 5000,
  };
}
