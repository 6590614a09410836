/** Rows of weir decode with the names of an interface-control file: what they are of, and what is written behind them. */
import { dataCount } from "../../mil1553/simulator/message.ts";
import type { Named, Received, Value } from "./icd.ts";
import type { Names } from "./where.ts";

const wordsOf = (hex = "") => (hex.match(/.{4}/g) ?? []).map((digits) => Number.parseInt(digits, 16));

/** Of a row of MESSAGE_COLUMNS (index.ts). */
export function receivedOfCsv(line: string): Received {
  const f = line.split(",");
  return { channel: Number(f[0]), commands: wordsOf(`${f[7]}${f[8]}`), data: wordsOf(f[22]) };
}

/** Words in front of the data words: commands, and the status word of who sends them. */
const IN_FRONT: Record<string, number> = {
  ...{ "bc-rt": 1, "rt-bc": 2, "rt-rt": 3, mode: 2, "mode-transmit": 2, "mode-receive": 1 },
  ...{ broadcast: 1, "broadcast-rt-rt": 3, "broadcast-mode": 1, "broadcast-mode-data": 1 },
};

/** Of a line of JSON. */
export function receivedOfJson(line: string): Received {
  const { mil1553: m } = JSON.parse(line) as {
    mil1553: { channel: number; format: string; command?: string; from?: { command: string }; words?: string };
  };
  const front = IN_FRONT[m.format];
  if (front === undefined) return { channel: m.channel, commands: [], data: [] };
  const commands = wordsOf(`${m.command ?? ""}${m.from?.command ?? ""}`);
  return { channel: m.channel, commands, data: wordsOf(m.words).slice(front, front + dataCount(commands[0] ?? 0)) };
}

/** Columns behind those of MESSAGE_COLUMNS. */
export const NAMED_COLUMNS = "message,values";

const said = ({ name, value, unit }: Value) => `${name}=${value}${unit === undefined ? "" : ` ${unit}`}`;

/** `,ins-attitude,"roll=12.5 deg; pitch=3 deg"`; both blank for a message that the file does not have. */
export function csvOf(named: Named | undefined): string {
  if (!named) return ",,";
  return `,${named.message},"${named.values.map(said).join("; ").replaceAll('"', '""')}"`;
}

/** The line with `"icd":{"message":...,"values":{"roll":{"value":12.5,"unit":"deg"}}}` at its end. */
export function jsonWith(line: string, named: Named | undefined): string {
  if (!named) return line;
  const values = Object.fromEntries(named.values.map(({ name, value, unit }) => [name, { value, unit }]));
  return `${line.slice(0, -1)},"icd":${JSON.stringify({ message: named.message, values })}}`;
}

export const namesOf = (named: Named | undefined): Names | undefined =>
  named && { message: named.message, values: new Map(named.values.map(({ name, value }) => [name, value])) };
