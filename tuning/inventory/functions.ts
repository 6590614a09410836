/** Functions of applications as an inventory lists them: `modbus:3`, `dnp3:21`, `enip:0x6f/0x4c`. */
import type { ApplicationWords } from "../../ip/decode/words.ts";

/** Kinds of all protocols that are no function: ip/onboard/application/message.ts, messages.ts. */
const NONE = 0xfffffff0;
const CONNECTION = 0xffff;

const hex = (n: number) => `0x${n.toString(16)}`;

/** By the protocol; undefined: no function. Those that are not here have the number of all that tells a function. */
const CODES: Record<string, (kind: number) => string | undefined> = {
  modbus: (kind) => (kind & 0x80 ? undefined : kind >> 8 ? `${kind & 127}/${(kind >> 8) - 1}` : String(kind)),
  dnp3: (kind) => (kind >> 8 === 1 ? String(kind & 255) : undefined),
  iec104: (kind) => (kind < 0x100 ? String(kind) : undefined),
  enip: (kind) => hex(kind >>> 16) + (kind & 0x100 ? `/${hex(kind & 255)}` : ""),
};

/** @param app @param kind of an entry of content.said */
export function functionCode(words: ApplicationWords, app: number, kind: number): string | undefined {
  if (app === 0 || kind >= NONE || kind >>> 8 === CONNECTION) return undefined;
  const protocol = words.protocol(app);
  const code = (CODES[protocol] ?? hex)(kind);
  return code === undefined ? undefined : `${protocol}:${code}`;
}
