/**
 * The members of baseline entries, each stated once: what it must be, and what two of it become. From the declaration of an
 * entry (entryKind()) follow its TypeScript type, the schema that a baseline file is checked by, its key, and its merge.
 */
import { z } from "zod";
import type { Entry } from "../learned.ts";

// ---- What a member must be -------------------------------------------------------------------------------------------

export const expected = (what: string) => ({ error: `expected ${what}` });
const FAR = Number.MAX_SAFE_INTEGER;
export const number = z
  .number(expected("a number"))
  .min(-FAR, expected("a number below 2^53"))
  .max(FAR, expected("a number below 2^53"));
export const count = number.min(0, expected("a number from 0"));
/** @param most inclusive */
export const whole = (most: number) =>
  z
    .int(expected("a whole number"))
    .min(0, expected(`a whole number from 0 to ${most}`))
    .max(most, expected(`a whole number from 0 to ${most}`));
export const list = <T extends z.ZodType>(item: T, least = 0, most = 65536) =>
  z
    .array(item, expected("a list"))
    .min(least, expected(`a list of at least ${least}`))
    .max(most, expected(`a list of at most ${most}`));

/** Exactly n numbers. */
export const numbers = <T extends number[]>(n: T["length"]) => list(number, n, n) as unknown as z.ZodType<T>;

// ---- What two of a member become -------------------------------------------------------------------------------------

/** A member with values of type T. merge() is commutative and associative; a and b are the whole that x and y are members of. */
export interface Member<T> {
  readonly schema: z.ZodType<T>;
  merge(x: T, y: T, a: Whole, b: Whole): T;
  /** Of a member of the key: entries in which it differs are never merged. */
  key?(value: T): string;
}
export type Whole = Readonly<Record<string, unknown>>;
// biome-ignore lint/suspicious/noExplicitAny: members of any type
export type Members = Readonly<Record<string, Member<any>>>;

export const key = <T>(schema: z.ZodType<T>, text: (value: T) => string = String): Member<T> => ({
  schema,
  merge: (x) => x,
  key: text,
});
export const merged = <T>(schema: z.ZodType<T>, merge: (x: T, y: T) => T): Member<T> => ({ schema, merge });
export const sum = merged<number>(count, (x, y) => x + y);
export const smallest = merged<number>(count, (x, y) => Math.min(x, y));
export const largest = merged<number>(count, (x, y) => Math.max(x, y));
/** Bits, 16 of them: those in either. */
export const bits = merged<number>(whole(0xffff), (x, y) => x | y);
/** Bits, 16 of them: those in both. */
export const commonBits = merged<number>(whole(0xffff), (x, y) => x & y);
/** Bits of the member `of` that were seen more than once: in one of the two already, or once in each. */
export const bitsTwice = (of: string): Member<number> => ({
  schema: bits.schema,
  merge: (x, y, a, b) => x | y | ((a[of] as number) & (b[of] as number)),
});
/** Where one of the two lacks it, the other's. */
export const optional = <T>({ schema, merge }: Member<T>): Member<T | undefined> => ({
  schema: schema.optional(),
  merge: (x, y, a, b) => (x === undefined ? y : y === undefined ? x : merge(x, y, a, b)),
});

const ascending = (a: readonly number[], b: readonly number[]) => a[0]! - b[0]! || a[1]! - b[1]!;

/** Rows of n numbers, the first `keys` of which are the key: rows with the same key become one; ascending. */
export function rows<T extends number[]>(
  n: T["length"],
  keys: number,
  merge: (x: T, y: T) => T,
  most?: number,
): Member<T[]> {
  return merged(list(numbers<T>(n), 0, most), (a, b) => {
    const all = new Map<string, T>();
    for (const row of [...a, ...b]) {
      const name = row.slice(0, keys).join();
      const before = all.get(name);
      all.set(name, before ? merge(before, row) : row);
    }
    return [...all.values()].sort(ascending);
  });
}
/** Rows of n numbers: a key and, last, a count; the counts add up. */
export const counts = <T extends number[]>(n: T["length"], most?: number): Member<T[]> =>
  rows<T>(n, n - 1, (x, y) => [...x.slice(0, n - 1), x[n - 1]! + y[n - 1]!] as T, most);

// ---- Whole entries, and parts of them --------------------------------------------------------------------------------

type Value<M> = M extends Member<infer T> ? T : never;
type Optional<M> = { [K in keyof M]: undefined extends Value<M[K]> ? K : never }[keyof M];
/** Objects with these members. */
export type Fields<M extends Members> = {
  -readonly [K in Exclude<keyof M, Optional<M>>]: Value<M[K]>;
} & { -readonly [K in Optional<M>]?: Exclude<Value<M[K]>, undefined> };

function mergedFields(members: Members, a: Whole, b: Whole): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(members)) out[name] = member.merge(a[name], b[name], a, b);
  return out;
}
const schemaOf = (members: Members) =>
  z.looseObject(Object.fromEntries(Object.entries(members).map(([name, { schema }]) => [name, schema])));

/** A member that has members of its own. */
export const nested = <M extends Members>(members: M): Member<Fields<M>> => ({
  schema: schemaOf(members) as unknown as z.ZodType<Fields<M>>,
  merge: (x, y) => mergedFields(members, x, y) as Fields<M>,
});

export interface EntryKind<D extends string = string, M extends Members = Members> {
  readonly detector: D;
  readonly members: M;
  readonly schema: z.ZodType;
  /** What the entry is about: the members of its key. */
  keyOf(entry: Entry): string;
  /** Of two entries with the same key. Members that are undefined are left out, as in entries that are exported. */
  merge(a: Entry, b: Entry): Entry;
}
/** The entries of a kind. */
export type EntryOf<K> = K extends EntryKind<infer D, infer M> ? Entry & { detector: D } & Fields<M> : never;

/** @param detector the name in entries, such as `bus.message` */
export function entryKind<const D extends string, M extends Members>(detector: D, members: M): EntryKind<D, M> {
  const keys = Object.entries(members).filter(([, member]) => member.key);
  return {
    detector,
    members,
    schema: schemaOf(members),
    keyOf: (entry) => keys.map(([name, member]) => member.key!(entry[name])).join(" "),
    merge: (a, b) =>
      Object.fromEntries(
        Object.entries({ ...a, ...mergedFields(members, a, b) }).filter(([, value]) => value !== undefined),
      ) as Entry,
  };
}
