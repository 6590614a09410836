/** 1553 message rules for guard's second checker: its tables, laid out as ../onboard/messages/second.ts says. */
import { Check } from "../../appliance/contract/config.ts";
import type { MessageRule } from "./messages.ts";
import { struct } from "./struct.ts";

const NO_SENDER = 32;
const NO_STEP = 0xffffffff;

/** Rules as bits: those that a test holds for. */
const rulesWhere = (rules: readonly MessageRule[], test: (rule: MessageRule) => boolean): bigint =>
  rules.reduce((bits, rule, n) => (test(rule) ? bits | (1n << BigInt(n)) : bits), 0n);

const has = (mask: number, n: number) => ((mask >>> (n & 31)) & 1) === 1;

/** Empty when there are no rules. */
export function messageTablesOf(rules: readonly MessageRule[]): Uint8Array {
  if (!rules.length) return new Uint8Array(0);
  const of = (test: (rule: MessageRule) => boolean) => rulesWhere(rules, test);
  const each = (count: number, test: (rule: MessageRule, n: number) => boolean) =>
    Array.from({ length: count }, (_, n) => of((rule) => test(rule, n)));
  const fields = [
    of(({ allow }) => allow),
    ...each(32, ({ terminals }, n) => has(terminals, n)),
    ...each(32, ({ subaddresses }, n) => has(subaddresses, n)),
    ...each(64, ({ mode, counts }, n) => mode === n >= 32 && has(counts, n)),
    ...each(
      8,
      ({ mode, directions, buses }, n) => mode === n >= 4 && has(directions, (n >> 1) & 1) && has(buses, n & 1),
    ),
    ...each(33, ({ fromTerminals }, n) => (n === NO_SENDER ? fromTerminals === 0 : has(fromTerminals, n))),
    ...each(33, ({ fromSubaddresses }, n) => (n === NO_SENDER ? fromSubaddresses === 0 : has(fromSubaddresses, n))),
  ];
  const channels = channelEntries(rules);
  const checks = rules.flatMap((rule, n) => rule.checks.map((check) => ({ rule: n, ...check })));
  return struct(fields.length * 8 + 8 + channels.length * 16 + checks.length * 24, (s) => {
    for (const bits of fields) s.u64(bits);
    s.u32(channels.length).u32(checks.length);
    for (const { first, bits } of channels) s.u64(BigInt(first)).u64(bits);
    for (const { rule, word, kind, low, high } of checks) {
      s.u16(rule).u16(word);
      if (kind === Check.RANGE) s.u32(0xffff).u32(0).u32(low).u32(high).u32(NO_STEP);
      else if (kind === Check.SIGNED)
        s.u32(0xffff)
          .u32(0x8000)
          .u32((low + 0x8000) & 0xffff)
          .u32((high + 0x8000) & 0xffff)
          .u32(NO_STEP);
      else if (kind === Check.MASK) s.u32(low).u32(0).u32(high).u32(high).u32(NO_STEP);
      else s.u32(0).u32(0).u32(0).u32(0).u32(low);
    }
  });
}

/** The channels at which the set of rules changes, each with the set from there on; the first is 0. */
function channelEntries(rules: readonly MessageRule[]): { first: number; bits: bigint }[] {
  const starts = new Set([0]);
  for (const { first, last } of rules.flatMap(({ channels }) => channels)) {
    starts.add(first);
    if (last < 65535) starts.add(last + 1);
  }
  return [...starts]
    .sort((a, b) => a - b)
    .map((first) => ({
      first,
      bits: rulesWhere(
        rules,
        ({ channels }) => !channels.length || channels.some((range) => range.first <= first && first <= range.last),
      ),
    }));
}
