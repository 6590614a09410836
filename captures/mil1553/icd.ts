// REQ-DECODE-033
// Messages and data words by the names and units of an interface-control file (README.md here): a message is told by its channel
// and its commands, with their word counts. A value is the word x scale + offset.
import { type Message, widthOf } from "../../mil1553/simulator/icd/model.ts";
import { readBus, readBusText } from "../../mil1553/simulator/icd/read.ts";
import type { WordText } from "../../mil1553/simulator/icd/schema.ts";

export interface Value {
  name: string;
  /** A number, or of words that hold text their characters. */
  value: number | string;
  unit: string | undefined;
}

/** A message as it came. */
export interface Received {
  channel: number;
  /** One command word, or of a transfer between terminals two. */
  commands: readonly number[];
  /** Data words, as many as came. */
  data: readonly number[];
}

export interface Named {
  message: string;
  /** Of the words that came. */
  values: Value[];
}

export class Icd {
  #messages = new Map<string, Message>();

  private constructor(bus: ReturnType<typeof readBus>) {
    for (const { channel, messages } of bus.channels)
      for (const message of messages) this.#messages.set(keyOf(channel, message.commands), message);
  }

  /** @throws what readBus() throws: every error of the file with its line */
  static read(path: string): Icd {
    return new Icd(readBus(path));
  }
  static of(text: string, file: string): Icd {
    return new Icd(readBusText(text, file));
  }

  /** undefined: a message that the file does not have. */
  nameOf({ channel, commands, data }: Received): Named | undefined {
    const message = this.#messages.get(keyOf(channel, commands));
    if (!message) return undefined;
    const values: Value[] = [];
    let at = 0;
    for (const word of message.data) {
      const width = widthOf(word);
      if (at + width > data.length) break;
      values.push(meaningOf(word, data.slice(at, at + width)));
      at += width;
    }
    return { message: message.name, values };
  }
}

const keyOf = (channel: number, commands: readonly number[]) => `${channel} ${commands.join(" ")}`;

/** Digits that a value of 16 bits, times a scale, can be said with; what is behind them is the arithmetic's. */
const DIGITS = 12;

function meaningOf({ name, text, signed, scale = 1, offset = 0, unit }: WordText, words: readonly number[]): Value {
  if (text !== undefined) return { name, value: textOf(words), unit };
  const [word = 0] = words;
  const raw = signed && word > 0x7fff ? word - 0x10000 : word;
  return { name, value: Number((raw * scale + offset).toPrecision(DIGITS)), unit };
}

/** Untrusted: what is no printable ASCII becomes a dot. */
function textOf(words: readonly number[]): string {
  const bytes = words.flatMap((word) => [word >> 8, word & 0xff]);
  return String.fromCharCode(...bytes.map((c) => (c >= 0x20 && c < 0x7f ? c : 0x2e))).trimEnd();
}
