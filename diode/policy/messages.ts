/** Rules for 1553 messages: what a policy may say of them, and what it means. */
import { z } from "zod";
import { Check } from "../../appliance/contract/config.ts";
import { type Range, ranges } from "../../lib/addresses.ts";
import { integer, object, oneOf, parsed, wrongAt } from "../../lib/yaml.ts";

const word16 = parsed<number>("a number from 0 to 65535, such as 0xff00", (value) =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 65535 ? value : undefined,
);

const bounds = parsed<[number, number]>("a range such as 0-1000, or signed as [-90, 90]", (value) => {
  const pair = Array.isArray(value) ? value : /^(\d+)-(\d+)$/.exec(String(value))?.slice(1).map(Number);
  if (pair?.length !== 2 || !pair.every((n) => Number.isInteger(n))) return undefined;
  const [low, high] = pair as [number, number];
  return low <= high && low >= -32768 && high <= (low < 0 ? 32767 : 65535) ? [low, high] : undefined;
});

const data = object({
  word: integer(1, 32),
  range: bounds.optional(),
  mask: word16.optional(),
  value: word16.optional(),
  step: word16.optional(),
}).superRefine((check, context) => {
  const wrong = (path: string[], message: string) => wrongAt(context, path, message);
  if (check.range === undefined && check.value === undefined && check.step === undefined)
    wrong([], "does not restrict the word, expected range, value (with or without mask), or step");
  if (check.mask !== undefined && check.value === undefined)
    wrong(["mask"], "has no effect alone, expected a value too");
  const { mask = 0xffff, value = 0 } = check;
  if (value & ~mask) wrong(["value"], "has bits outside of the mask: no word is like that");
});

const side = object({
  rt: ranges("a terminal", 0, 30),
  sa: ranges("a subaddress", 1, 30),
});

/** @param name how rules may be called */
export const messageSchema = (name: z.ZodType<string>) =>
  object({
    name,
    action: oneOf("allow", "deny"),
    channel: ranges("a channel", 0, 65535).optional(),
    bus: oneOf("A", "B").optional(),
    rt: ranges("a terminal", 0, 31).optional(),
    sa: ranges("a subaddress", 0, 31).optional(),
    direction: oneOf("transmit", "receive").optional(),
    words: ranges("a number of words", 1, 32).optional(),
    mode: ranges("a mode code", 0, 31, { any: [{ first: 0, last: 31 }] }).optional(),
    from: side.optional(),
    data: z.array(data, { error: "expected a list of what data words must be" }).optional(),
  }).superRefine((rule, context) => {
    const wrong = (path: string[], message: string) => wrongAt(context, path, message);
    if (rule.action === "allow") {
      for (const key of ["rt", ...(rule.mode ? [] : ["sa", "words"])] as const)
        if (rule[key as "rt"] === undefined) wrong([key], `missing, expected what is allowed (0-31, 1-32: all)`);
      if (rule.direction === undefined) wrong(["direction"], "missing, expected transmit or receive");
    } else if (rule.data) wrong(["data"], "has no effect in a rule that denies, expected action: allow");
    if (rule.mode && rule.words) wrong(["words"], "a mode command has none or one, by its code");
    if (rule.from && (rule.mode || rule.direction === "transmit"))
      wrong(["from"], "is for transfers between terminals, expected direction: receive and no mode");
    const single = (list?: Range[]) => list?.length === 1 && list[0]!.first === list[0]!.last;
    if (rule.data?.some(({ step }) => step !== undefined) && ![rule.channel, rule.rt, rule.sa].every(single))
      wrong(["data"], "a step is from one message to the next, expected one channel, one rt, one sa");
  });

export type MessageFile = z.output<ReturnType<typeof messageSchema>>;

export interface DataCheck {
  /** From 0. */
  word: number;
  kind: number;
  low: number;
  high: number;
}

/** A rule with its defaults; masks as guard has them (appliance/contract/onboard/config.ts, MessageRule). */
export interface MessageRule {
  name: string;
  allow: boolean;
  mode: boolean;
  directions: number;
  buses: number;
  terminals: number;
  subaddresses: number;
  counts: number;
  fromTerminals: number;
  fromSubaddresses: number;
  /** Empty: every channel. */
  channels: Range[];
  checks: DataCheck[];
}

/** Bits of the values in the ranges, all of 0-31 where there are none. */
const mask = (list: readonly Range[] | undefined): number =>
  (list ?? [{ first: 0, last: 31 }]).reduce((bits, { first, last }) => {
    for (let n = first; n <= last; n++) bits |= 1 << (n & 31);
    return bits;
  }, 0) >>> 0;

export function messageRuleOf(rule: MessageFile): MessageRule {
  const { from, mode } = rule;
  return {
    name: rule.name,
    allow: rule.action === "allow",
    mode: mode !== undefined,
    directions: rule.direction === undefined ? 3 : rule.direction === "transmit" ? 2 : 1,
    buses: rule.bus === undefined ? 3 : rule.bus === "A" ? 1 : 2,
    terminals: mask(rule.rt),
    subaddresses: mask(rule.sa),
    counts: mask(mode ?? rule.words),
    fromTerminals: from ? mask(from.rt) : 0,
    fromSubaddresses: from ? mask(from.sa) : 0,
    channels: rule.channel ?? [],
    checks: (rule.data ?? []).flatMap(checksOf),
  };
}

type DataFile = NonNullable<MessageFile["data"]>[number];

function checksOf({ word, range, mask = 0xffff, value, step }: DataFile): DataCheck[] {
  const checks: DataCheck[] = [];
  const add = (kind: number, low: number, high: number) =>
    checks.push({ word: word - 1, kind, low: low & 0xffff, high: high & 0xffff });
  if (range) add(range[0] < 0 ? Check.SIGNED : Check.RANGE, range[0], range[1]);
  if (value !== undefined) add(Check.MASK, mask, value);
  if (step !== undefined) add(Check.STEP, step, 0);
  return checks;
}

const numbers = (bits: number): string => {
  const set = Array.from({ length: 32 }, (_, n) => n).filter((n) => (bits >>> n) & 1);
  return set.length === 32 ? "any" : set.join(",");
};

/** One line for people. */
export function messageText(rule: MessageRule): string {
  const direction = ["", "receives", "transmits", "receives or transmits"][rule.directions];
  const what = rule.mode
    ? `mode ${numbers(rule.counts)}`
    : `sa ${numbers(rule.subaddresses)} words ${
        numbers(rule.counts) === "any"
          ? "any"
          : numbers(rule.counts)
              .replace(/^0,(.*)$/, "$1,32")
              .replace(/^0$/, "32")
      }`;
  const from = rule.fromTerminals ? ` from rt ${numbers(rule.fromTerminals)} sa ${numbers(rule.fromSubaddresses)}` : "";
  const channel =
    rule.channels.map(({ first, last }) => (first === last ? first : `${first}-${last}`)).join(",") || "any";
  const bus = rule.buses === 3 ? "" : ` bus ${rule.buses === 1 ? "A" : "B"}`;
  const checks = rule.checks.map(({ word, kind, low, high }) => {
    const signed = (n: number) => (n > 0x7fff ? n - 0x10000 : n);
    const of = `word ${word + 1}`;
    if (kind === Check.STEP) return `${of} steps of at most ${low}`;
    if (kind === Check.MASK) return `${of} & 0x${low.toString(16)} = 0x${high.toString(16)}`;
    return kind === Check.SIGNED ? `${of} in ${signed(low)} to ${signed(high)}` : `${of} in ${low} to ${high}`;
  });
  return `${rule.allow ? "allow" : "deny"} channel ${channel}${bus} rt ${numbers(rule.terminals)} ${direction} ${what}${from}${checks.length ? `; ${checks.join(", ")}` : ""}`;
}
