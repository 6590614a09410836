/** What ../onboard/learning/export.ts writes, and how two entries about the same thing become one: sums, least, most, masks. */
import type { Entry } from "../../learned.ts";

/** A bus as a whole. Times are in 0.1 us, load in 1/10,000 of the bus time. */
export interface BusEntry extends Entry {
  detector: "bus";
  channel: number;
  /** Whose command words could be believed, and the others. */
  messages: number;
  untrusted: number;
  /** Bus time. */
  span: number;
  /** Messages that the recorder calls damaged, and the largest value of their test, nats. */
  failures: number;
  peak: number;
  /** Error bits of the block status that were seen; and those seen more than once. */
  kinds: number;
  kindsTwice: number;
  /** Longest from the end of a message to the next. */
  silence: number;
  /** Windows of one second, each an eighth after the one before; of them the least, the most, sums. */
  windows: number;
  loadMin?: number;
  loadMax?: number;
  loadSum?: number;
  loadSquares?: number;
  countMin?: number;
  countMax?: number;
  gaps: number;
  /** The 16 lowest intermessage gaps (dead time), ascending. */
  lowestGaps: number[];
  /** What found no room: ../onboard/capacity.ts. */
  identitiesLost: number;
  wordsLost: number;
  changesLost: number;
  transitionsLost: number;
}

/** A message identity: one command word, or of RT-RT transfers two. */
export interface MessageEntry extends Entry {
  detector: "bus.message";
  channel: number;
  commands: number[];
  format: number;
  /** Messages on bus A and bus B; with an error; whose block of data was one of those seen last. */
  a: number;
  b: number;
  /** Messages right behind a failed one, on either bus. */
  again: number;
  damaged: number;
  repeats: number;
  /** Intervals of a seventh and further kinds. */
  irregular: number;
  /** Intervals in which other messages failed: they are not among those below. */
  disturbed: number;
  /** [kind, count, least, most], by kind. */
  intervals: [number, number, number, number][];
}

export interface OrderEntry extends Entry {
  detector: "bus.order";
  channel: number;
  commands: number[];
  /** [command, second command or -1, how often it came next]. */
  next: [number, number, number][];
}

export interface TerminalEntry extends Entry {
  detector: "bus.terminal";
  channel: number;
  terminal: number;
  statuses: number;
  /** Status bits seen, 0x8000 for another terminal's address; and those seen more than once. */
  bits: number;
  twice: number;
  trials: number;
  failures: number;
  /** Largest value of the test of failures, nats. */
  peak: number;
}

export interface ResponseEntry extends Entry {
  detector: "bus.response";
  channel: number;
  terminal: number;
  /** 0 to a receive command, 1 transmit, 2 mode code, 3 as the receiver of an RT-RT transfer. */
  answer: number;
  count: number;
  sum: number;
  squares: number;
  /** [0.1 us, how often]. */
  times: [number, number][];
}

/** A data word that changed. */
export interface Change {
  n: number;
  sum: number;
  squares: number;
  negative: number;
  negativeSum: number;
  /** Least and most, unsigned; least and most as two's complement. */
  range: [number, number, number, number];
  ones: number;
  zeros: number;
  longest: number;
  swings: number;
  /** Largest cumulative sum, 1/256 of a deviation. */
  peak: number;
  /** The first two moves of each capture: pairs of the move and how often it came. */
  steps: [number, number][];
  /** How often it moved by 0, 1, 2-3, 4-7, ... */
  moves: number[];
}
/**
 * [index, value, how often, in how many captures (1), how often in a row (as often as it came)], or [index, profile], or
 * [index, null] where there was no room for one.
 */
export type Word = [number, number, number, number?, number?] | [number, Change | null];

type Constant = [number, number, number, number?, number?];

export interface DataEntry extends Entry {
  detector: "bus.data";
  channel: number;
  commands: number[];
  words: Word[];
}

export type Any = BusEntry | MessageEntry | OrderEntry | TerminalEntry | ResponseEntry | DataEntry;

export const nameOf = (commands: readonly number[]): string =>
  commands.map((c) => `${c >> 11}-${c & 0x400 ? "T" : "R"}-${(c >> 5) & 31}-${c & 31}`).join("/");

export function keyOf(entry: Entry): string {
  const e = entry as Any;
  switch (e.detector) {
    case "bus":
      return `${e.channel}`;
    case "bus.terminal":
      return `${e.channel} ${e.terminal}`;
    case "bus.response":
      return `${e.channel} ${e.terminal} ${e.answer}`;
    case "bus.message":
    case "bus.order":
    case "bus.data":
      return `${e.channel} ${nameOf(e.commands)}`;
    default:
      throw new RangeError(`"${(entry as Entry).detector}" is no entry of the 1553 detectors`);
  }
}

const least = (a?: number, b?: number) => (a === undefined ? b : b === undefined ? a : Math.min(a, b));
const most = (a?: number, b?: number) => (a === undefined ? b : b === undefined ? a : Math.max(a, b));
const plus = (a?: number, b?: number) => (a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0));
/** Without members that are undefined, so that merged entries are written as exported ones are. */
const tidy = <T extends object>(value: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
const ascending = (a: readonly number[], b: readonly number[]) => a[0]! - b[0]! || a[1]! - b[1]!;

/** Lists of [key.., count] as one, counts added, in the order of their keys. */
function counted<T extends number[]>(a: readonly T[], b: readonly T[], keys: number): T[] {
  const all = new Map<string, T>();
  for (const item of [...a, ...b]) {
    const key = item.slice(0, keys).join();
    const before = all.get(key);
    all.set(key, before ? ([...item.slice(0, keys), before[keys]! + item[keys]!] as T) : item);
  }
  return [...all.values()].sort(ascending);
}

export function merge(a: Entry, b: Entry): Entry {
  if (a.detector !== b.detector || keyOf(a) !== keyOf(b)) throw new RangeError(`${keyOf(a)} and ${keyOf(b)} differ`);
  return MERGE[a.detector as Any["detector"]](a as never, b as never);
}

const MERGE: { [K in Any["detector"]]: (a: never, b: never) => Entry } = {
  bus: (a: BusEntry, b: BusEntry): BusEntry =>
    tidy<BusEntry>({
      ...a,
      messages: a.messages + b.messages,
      untrusted: a.untrusted + b.untrusted,
      span: a.span + b.span,
      failures: a.failures + b.failures,
      peak: Math.max(a.peak, b.peak),
      kinds: a.kinds | b.kinds,
      kindsTwice: a.kindsTwice | b.kindsTwice | (a.kinds & b.kinds),
      silence: Math.max(a.silence, b.silence),
      windows: a.windows + b.windows,
      loadMin: least(a.loadMin, b.loadMin),
      loadMax: most(a.loadMax, b.loadMax),
      loadSum: plus(a.loadSum, b.loadSum),
      loadSquares: plus(a.loadSquares, b.loadSquares),
      countMin: least(a.countMin, b.countMin),
      countMax: most(a.countMax, b.countMax),
      gaps: a.gaps + b.gaps,
      lowestGaps: [...a.lowestGaps, ...b.lowestGaps].sort((x, y) => x - y).slice(0, 16),
      identitiesLost: a.identitiesLost + b.identitiesLost,
      wordsLost: a.wordsLost + b.wordsLost,
      changesLost: a.changesLost + b.changesLost,
      transitionsLost: a.transitionsLost + b.transitionsLost,
    }),
  "bus.message": (a: MessageEntry, b: MessageEntry): MessageEntry => {
    const kinds = new Map<number, [number, number, number, number]>();
    for (const [kind, count, low, high] of [...a.intervals, ...b.intervals]) {
      const k = kinds.get(kind);
      kinds.set(kind, k ? [kind, k[1] + count, Math.min(k[2], low), Math.max(k[3], high)] : [kind, count, low, high]);
    }
    return {
      ...a,
      // A format that is 0 could not be told; else a key has one format
      format: Math.max(a.format, b.format),
      a: a.a + b.a,
      b: a.b + b.b,
      again: a.again + b.again,
      damaged: a.damaged + b.damaged,
      repeats: a.repeats + b.repeats,
      irregular: a.irregular + b.irregular,
      disturbed: a.disturbed + b.disturbed,
      intervals: [...kinds.values()].sort(ascending),
    };
  },
  "bus.order": (a: OrderEntry, b: OrderEntry): OrderEntry => ({ ...a, next: counted(a.next, b.next, 2) }),
  "bus.terminal": (a: TerminalEntry, b: TerminalEntry): TerminalEntry => ({
    ...a,
    statuses: a.statuses + b.statuses,
    bits: a.bits | b.bits,
    twice: a.twice | b.twice | (a.bits & b.bits),
    trials: a.trials + b.trials,
    failures: a.failures + b.failures,
    peak: Math.max(a.peak, b.peak),
  }),
  "bus.response": (a: ResponseEntry, b: ResponseEntry): ResponseEntry => ({
    ...a,
    count: a.count + b.count,
    sum: a.sum + b.sum,
    squares: a.squares + b.squares,
    times: counted(a.times, b.times, 1),
  }),
  "bus.data": (a: DataEntry, b: DataEntry): DataEntry => {
    const words = new Map<number, Word>(a.words.map((word) => [word[0], word]));
    for (const word of b.words) {
      const before = words.get(word[0]);
      words.set(word[0], before ? mergeWords(before, word) : word);
    }
    return { ...a, words: [...words.values()].sort((x, y) => x[0] - y[0]) };
  },
};

function mergeWords(a: Word, b: Word): Word {
  // What had no room once is not known
  if (a[1] === null || b[1] === null) return [a[0], null];
  if (typeof a[1] === "number" && typeof b[1] === "number" && a[1] === b[1]) {
    const [[, , n, captures = 1, longest = n], [, , m, others = 1, most = m]] = [a, b] as [Constant, Constant];
    return [a[0], a[1], n + m, captures + others, Math.max(longest, most)];
  }
  return [a[0], mergeChanges(changeOf(a), changeOf(b))];
}

/** A constant as a profile. */
export function changeOf(word: Word): Change {
  if (typeof word[1] === "object") return word[1]!;
  const [, x, n, captures = 1, longest = n] = word as Constant;
  const negative = x > 0x7fff ? n : 0;
  const s = x > 0x7fff ? x - 0x10000 : x;
  return {
    n,
    sum: x * n,
    squares: x * x * n,
    negative,
    negativeSum: x * negative,
    range: [x, x, s, s],
    ones: x,
    zeros: x,
    longest: Math.min(longest, 0xffff),
    swings: 0,
    peak: 0,
    steps: [],
    moves: n > captures ? [n - captures] : [],
  };
}

function mergeChanges(a: Change, b: Change): Change {
  const [low, high, signedLow, signedHigh] = a.range;
  return {
    n: a.n + b.n,
    sum: a.sum + b.sum,
    squares: a.squares + b.squares,
    negative: a.negative + b.negative,
    negativeSum: a.negativeSum + b.negativeSum,
    range: [
      Math.min(low, b.range[0]),
      Math.max(high, b.range[1]),
      Math.min(signedLow, b.range[2]),
      Math.max(signedHigh, b.range[3]),
    ],
    ones: a.ones & b.ones,
    zeros: a.zeros | b.zeros,
    longest: Math.max(a.longest, b.longest),
    swings: a.swings + b.swings,
    peak: Math.max(a.peak, b.peak),
    steps: counted(a.steps, b.steps, 1),
    moves: Array.from(
      { length: Math.max(a.moves.length, b.moves.length) },
      (_, i) => (a.moves[i] ?? 0) + (b.moves[i] ?? 0),
    ),
  };
}
