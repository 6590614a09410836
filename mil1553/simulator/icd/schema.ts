/** What an interface-control file may say. The README of the simulator says it to its authors. */

import { z } from "zod";
import { isDay } from "../../../lib/timestamp.ts";
import { described, integer, object, oneOf, parsed, Wrong, wrongAt } from "../../../lib/yaml.ts";
import { MODE_CODES } from "./modes.ts";

const UNITS: Record<string, number> = { us: 10, ms: 10_000, s: 10_000_000 };

/** `6.5us`, `20 ms`, `12 s` as ticks of 0.1 us; not rounded, so that a spread may be finer than a tick. */
export function ticks(least: number, most: number, expected: string) {
  return parsed<number>(expected, (value) => {
    if (value === 0 && least === 0) return 0;
    const match = typeof value === "string" ? /^(\d+(?:\.\d+)?)\s*(us|ms|s)$/.exec(value) : null;
    if (!match) return undefined;
    const found = (Number(match[1]) * 1000 * UNITS[match[2]!]!) / 1000;
    return found >= least && found <= most ? found : undefined;
  });
}

const named = parsed<string>("1 to 31 letters, digits, dots, dashes and underscores", (value) =>
  typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,30}$/.test(value) ? value : undefined,
);

const number = (expected: string, fits: (n: number) => boolean) =>
  parsed<number>(expected, (value) =>
    typeof value === "number" && Number.isFinite(value) && fits(value) ? value : undefined,
  );
const probability = number("a probability from 0 to 1", (n) => n >= 0 && n <= 1);
/** A word as people think of it: unsigned or two's complement. */
const value = number("a value from -32768 to 65535", (n) => n >= -32768 && n <= 65535);
const spread = number("a standard deviation from 0 to 65535", (n) => n >= 0 && n <= 65535);
const period = ticks(10_000, 36e9, "a period from 1 ms to 3600 s, such as 12 s");

const bits = parsed<number[]>("a list of bits from 0 (least significant) to 15", (found) =>
  Array.isArray(found) && found.length > 0 && found.every((bit) => Number.isInteger(bit) && bit >= 0 && bit <= 15)
    ? found
    : undefined,
);
const text = parsed<string>("1 to 64 ASCII characters", (found) =>
  typeof found === "string" && /^[\x20-\x7e]{1,64}$/.test(found) ? found : undefined,
);

const BEHAVIOURS = {
  constant: value,
  counter: object({ from: value.optional(), to: value.optional(), step: integer(1, 65535).optional() }),
  ramp: object({ from: value, to: value, period, noise: spread.optional() }),
  sine: object({ mean: value, amplitude: value, period, noise: spread.optional() }),
  noise: object({ mean: value, sigma: spread }),
  discrete: object({ initial: integer(0, 65535).optional(), bits, change: probability }),
  text,
};
const KINDS = Object.keys(BEHAVIOURS) as (keyof typeof BEHAVIOURS)[];

/** Of a value: what --icd of weir decode writes behind it. */
const unit = parsed<string>("1 to 16 ASCII characters without quotes, commas and semicolons", (found) =>
  typeof found === "string" && /^[\x21-\x7e](?:[\x20-\x7e]{0,14}[\x21-\x7e])?$/.test(found) && !/["',;\\]/.test(found)
    ? found
    : undefined,
);
const factor = number("a number", (n) => Math.abs(n) <= 1e15);
/** What a value is: the word x scale + offset. They change nothing of what is simulated. */
const MEANING = ["scale", "offset", "unit", "signed"] as const;

const word = object({
  name: named,
  scale: factor.optional(),
  offset: factor.optional(),
  unit: unit.optional(),
  signed: z.boolean({ error: (issue) => `${described(issue.input)}, expected true or false` }).optional(),
  constant: BEHAVIOURS.constant.optional(),
  counter: BEHAVIOURS.counter.optional(),
  ramp: BEHAVIOURS.ramp.optional(),
  sine: BEHAVIOURS.sine.optional(),
  noise: BEHAVIOURS.noise.optional(),
  discrete: BEHAVIOURS.discrete.optional(),
  text: BEHAVIOURS.text.optional(),
}).superRefine((found, context) => {
  const given = KINDS.filter((kind) => found[kind] !== undefined);
  const meant = MEANING.filter((key) => found[key] !== undefined);
  if (meant[0] && found.text !== undefined)
    wrongAt(context, [meant[0]], `${meant[0]} and text, expected one of both: text has no value`);
  else if (given.length > 1 || (given.length === 0 && meant.length === 0))
    wrongAt(
      context,
      given[1] ? [given[1]] : [],
      `${given.length ? given.join(" and ") : "no behaviour"}, expected one of ${KINDS.join(", ")}`,
    );
});

const MODES = Object.keys(MODE_CODES);
const end = parsed<string>("BC, TERMINAL/SUBADDRESS, ALL/SUBADDRESS, or for a mode code TERMINAL or ALL", (found) =>
  typeof found === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]*(\/\d+)?$/.test(found) ? found : undefined,
);
const sending = parsed<number>("a rate from 0.001/s to 1000/s, such as 2/s", (found) => {
  const match = typeof found === "string" ? /^(\d+(?:\.\d+)?)\s*\/\s*s$/.exec(found) : null;
  const rate = match ? Number(match[1]) : 0;
  return rate >= 0.001 && rate <= 1000 ? rate : undefined;
});

const message = object({
  name: named,
  from: end.optional(),
  to: end.optional(),
  mode: parsed<string>(`a mode code: ${MODES.join(", ")}`, (found) => MODES.find((name) => name === found)).optional(),
  bus: oneOf("A", "B").optional(),
  every: integer(1, 1024).optional(),
  phase: integer(0, 1023).optional(),
  aperiodic: sending.optional(),
  words: integer(1, 32).optional(),
  data: z.array(word, { error: (issue) => `${described(issue.input)}, expected a list of data words` }).optional(),
});

const terminal = object({
  name: named,
  address: integer(0, 30),
  response: ticks(40, 120, "a response time from 4 us to 12 us (MIL-STD-1553B 4.3.3.8)"),
  spread: ticks(0, 20, "a standard deviation from 0 us to 2 us").optional(),
  "no-response": probability.optional(),
  "service-request": probability.optional(),
});

const list = <T extends z.ZodType>(item: T, what: string) =>
  z.array(item, { error: (issue) => `${described(issue.input)}, expected a list of ${what}` });

const channel = object({
  name: named,
  channel: integer(2, 65535),
  "minor-frame": ticks(10_000, 10_000_000, "a minor frame from 1 ms to 1 s, such as 20 ms"),
  "minor-frames": integer(1, 1024),
  gap: ticks(40, 10_000, "an intermessage gap from 4 us (MIL-STD-1553B 4.3.3.7) to 1 ms").optional(),
  "gap-spread": ticks(0, 1000, "a standard deviation from 0 us to 100 us").optional(),
  jitter: ticks(0, 10_000, "a standard deviation from 0 us to 1 ms").optional(),
  timeout: ticks(140, 2000, "a no-response timeout from 14 us (MIL-STD-1553B 4.3.3.9) to 200 us").optional(),
  errors: object({
    "no-response": probability.optional(),
    "invalid-word": probability.optional(),
    retries: integer(0, 3).optional(),
  }).optional(),
  terminals: list(terminal, "terminals"),
  messages: list(message, "messages"),
});

const start = parsed<number>("a time such as 2026-03-02T08:00:00Z, to 10 ms, from 1970 to 2499", (found) => {
  if (typeof found !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d\d0?)?Z$/.test(found)) return undefined;
  const ms = Date.parse(found);
  if (Number.isNaN(ms) || !isDay(found)) return new Wrong(`${found} is no date`);
  return ms >= 0 && new Date(ms).getUTCFullYear() < 2500 ? ms : undefined;
});

export const busSchema = object({
  "weir-bus": integer(1, 1),
  name: named,
  start: start.optional(),
  channels: list(channel, "channels"),
});

export type WordText = z.output<typeof word>;
export type MessageText = z.output<typeof message>;
export type TerminalText = z.output<typeof terminal>;
export type ChannelText = z.output<typeof channel>;
export type BusText = z.output<typeof busSchema>;
