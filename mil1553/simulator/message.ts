// One MIL-STD-1553 transaction as a bus monitor records it (IRIG 106 Chapter 10, 1553 format 1): the plain type that the
// simulator makes, attacks change and the writer writes. Ground side: values here were made by us or decoded onboard.

/** The counter's unit is 0.1 us: a 10 MHz, 48-bit counter (RCC 106-17 10.6.1.1). */
export const TICKS_PER_US = 10;
export const TICKS_PER_SECOND = 10_000_000;
/** 16 bits, sync and parity at 1 Mb/s: 20 us (MIL-STD-1553B 4.3.3.3). */
export const WORD = 200;
/** A gap is measured from mid-parity to mid-sync (4.3.3.7, .8): 2 us of it belong to the two words. */
export const CROSSING = 20;
/** Least response time and intermessage gap, 4 us. */
export const LEAST_GAP = 40;
/** The terminal numbers end at 30; 31 is broadcast (4.3.3.5.1.2). */
export const BROADCAST = 31;

/** Block status word, RCC 106-17 10.6.4.2 b(1). */
export const BSW = {
  BUS_B: 0x2000,
  ERROR: 0x1000,
  RT_RT: 0x0800,
  FORMAT: 0x0400,
  TIMEOUT: 0x0200,
  WORD_COUNT: 0x0020,
  SYNC: 0x0010,
  WORD: 0x0008,
} as const;

/** Status word, MIL-STD-1553B 4.3.3.5.3. */
export const STATUS = { SERVICE_REQUEST: 0x0100, BUSY: 0x0008 } as const;

export interface BusMessage {
  /** Chapter 10 channel number: one dual-redundant bus. */
  readonly channel: number;
  /** The counter at the first bit of the first word (time tag 1), 0.1 us, not wrapped at 48 bits. */
  readonly time: number;
  readonly blockStatus: number;
  /** 0.1 us: last command or data word to the first status; 0 where no terminal answered. At most 255. */
  readonly gap1: number;
  /** 0.1 us, RT-RT: last data word to the second status. */
  readonly gap2: number;
  /** 16-bit words as on the wire: C D.. S, C S D.., Creceive Ctransmit Stransmit D.. Sreceive, ... */
  readonly words: readonly number[];
  /** Ground truth: an attacker did this to it. Absent in clean traffic. */
  readonly attack?: Mark;
}

/** What an attack did to a message: put it there, changed its contents or its answer, or sent it at another time. */
export type Change = "inserted" | "modified" | "moved";

export interface Mark {
  /** The attack's name in the catalogue. */
  readonly name: string;
  readonly change: Change | "removed";
  /** Which of the injected attacks, from 0. */
  readonly strike: number;
}

/** The ten information transfer formats of 4.3.3.6 and 4.3.3.7. */
export type Format =
  | "bc-rt"
  | "rt-bc"
  | "rt-rt"
  | "mode"
  | "mode-transmit"
  | "mode-receive"
  | "broadcast"
  | "rt-broadcast"
  | "broadcast-mode"
  | "broadcast-mode-receive";

export const terminal = (word: number): number => word >> 11;
export const transmits = (command: number): boolean => (command & 0x400) !== 0;
export const subaddress = (command: number): number => (command >> 5) & 31;
export const isMode = (command: number): boolean => subaddress(command) === 0 || subaddress(command) === 31;
export const modeCode = (command: number): number => command & 31;
/** Data words that a command announces: 0 in the count field means 32, mode codes from 16 on carry one. */
export function dataCount(command: number): number {
  return isMode(command) ? modeCode(command) >> 4 : command & 31 || 32;
}
/** @param count data words 1-32, or a mode code 0-31 */
export function command(address: number, transmit: boolean, subaddress: number, count: number): number {
  return (address << 11) | (transmit ? 0x400 : 0) | (subaddress << 5) | (count & 31);
}

/** Where the words of a format stand when all goes well, `n` data words; -1 where it has no such word. */
export function layout(format: Format, n: number): { words: number; status1: number; status2: number; data: number } {
  switch (format) {
    case "bc-rt":
    case "mode-receive":
      return { words: n + 2, status1: n + 1, status2: -1, data: 1 };
    case "rt-bc":
    case "mode":
    case "mode-transmit":
      return { words: n + 2, status1: 1, status2: -1, data: 2 };
    case "rt-rt":
      return { words: n + 4, status1: 2, status2: n + 3, data: 3 };
    case "rt-broadcast":
      return { words: n + 3, status1: 2, status2: -1, data: 3 };
    default:
      return { words: n + 1, status1: -1, status2: -1, data: 1 };
  }
}

export interface Transaction {
  format: Format;
  /** One command word, of RT-RT transfers two: receive, transmit. */
  commands: readonly number[];
  data: readonly number[];
  /** Status words in the order of the wire; as many as the format has. */
  statuses: readonly number[];
}

/** The words of a transaction in which everyone answered. */
export function wireWords({ format, commands, data, statuses }: Transaction): number[] {
  const at = layout(format, data.length);
  const words = new Array<number>(at.words);
  for (const [i, word] of commands.entries()) words[i] = word;
  for (const [i, word] of data.entries()) words[at.data + i] = word;
  if (at.status1 >= 0) words[at.status1] = statuses[0]!;
  if (at.status2 >= 0) words[at.status2] = statuses[1]!;
  return words;
}

/** The format that commands ask for. */
export function formatOf(command: number, rtRt: boolean): Format {
  const all = terminal(command) === BROADCAST;
  if (rtRt) return all ? "rt-broadcast" : "rt-rt";
  if (!isMode(command)) return all ? "broadcast" : transmits(command) ? "rt-bc" : "bc-rt";
  if (dataCount(command) === 0) return all ? "broadcast-mode" : "mode";
  if (all) return "broadcast-mode-receive";
  return transmits(command) ? "mode-transmit" : "mode-receive";
}

/** Takes a message apart; undefined when it was recorded with an error or is not what its command announces. */
export function transaction(message: BusMessage): Transaction | undefined {
  const { words, blockStatus } = message;
  if ((blockStatus & BSW.ERROR) !== 0 || words.length === 0) return undefined;
  const rtRt = (blockStatus & BSW.RT_RT) !== 0;
  if (rtRt && words.length < 2) return undefined;
  const format = formatOf(words[0]!, rtRt);
  const n = dataCount(words[0]!);
  const at = layout(format, n);
  if (words.length !== at.words) return undefined;
  return {
    format,
    commands: words.slice(0, rtRt ? 2 : 1),
    data: words.slice(at.data, at.data + n),
    statuses: [at.status1, at.status2].filter((i) => i >= 0).map((i) => words[i]!),
  };
}

/** The terminals that take part and answer, in the order of their status words. */
export function responders(format: Format, commands: readonly number[]): number[] {
  if (format === "rt-rt") return [terminal(commands[1]!), terminal(commands[0]!)];
  if (format === "rt-broadcast") return [terminal(commands[1]!)];
  return format.startsWith("broadcast") ? [] : [terminal(commands[0]!)];
}

/** Time on the wire from the first bit to the last, 0.1 us. */
export function duration({ words, gap1, gap2 }: Pick<BusMessage, "words" | "gap1" | "gap2">): number {
  return WORD * words.length + Math.max(0, gap1 - CROSSING) + Math.max(0, gap2 - CROSSING);
}

/** When the last bit was on the wire. */
export const endOf = (message: BusMessage): number => message.time + duration(message);
