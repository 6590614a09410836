// REQ-GROUND-020
/**
 * Whether what was learned was there more than once. A long capture is learned in slices of time, too: what only one of them has
 * is not taken for normal (votes over slices of time: Cretu et al., IEEE Symposium on Security and Privacy 2008). Its entry keeps
 * it as `once`, for a person to look at, until another capture has it as well, or a person accepts it.
 */
import type { Entry, LearnedDetector, Thing } from "../learned.ts";

/** Slices of a capture that votes: a stay of up to the length of one is once. */
export const SLICES = 8;
/** Parts of slices, learned each from a fresh start. */
const HALVES = 2;
export const PARTS = HALVES * SLICES;
/** Seconds of a capture from which on it votes: in less, most of what is normal comes once. */
export const VOTING = 3600;

type Of = (entry: Entry) => LearnedDetector;

const thingsOf = (entry: Entry, of: Of): Thing[] => of(entry).things?.(entry) ?? [];
/** Names of what is in the entry once only. */
export const onceOf = (entry: Entry): readonly string[] => (entry.once as string[] | undefined) ?? [];

function withOnce(entry: Entry, once: readonly string[]): Entry {
  const { once: _, ...rest } = entry;
  return once.length ? { ...(rest as Entry), once: [...once] } : (rest as Entry);
}

/**
 * Whether what these parts have came once: in one stay, which may begin and end anywhere, and lasted a slice at most. Parts, rising;
 * none: it was seen across them.
 */
export function isOneStay(parts: readonly number[]): boolean {
  const [first, last] = [parts[0], parts.at(-1)];
  return first !== undefined && last! - first === parts.length - 1 && parts.length <= HALVES + 1;
}

/** Entries of a capture, with `once` where something came once; `slices`: what each part of a slice has, in the order of time. */
export function voted(entries: readonly Entry[], slices: readonly (readonly Entry[])[], of: Of): Entry[] {
  const seen = new Map<string, number[]>();
  const shown = new Map<string, number[]>();
  for (const [part, slice] of slices.entries())
    for (const entry of slice)
      for (const { name, shows } of thingsOf(entry, of)) {
        note(seen, `${entry.detector} ${name}`, part);
        if (shows !== undefined) note(shown, `${entry.detector} ${shows}`, part);
      }
  return entries.map((entry) => {
    const isOnce = ({ name, asks }: Thing) => {
      const turned = asks === undefined ? [] : (shown.get(`${entry.detector} ${asks}`) ?? []);
      const parts = new Set([...(seen.get(`${entry.detector} ${name}`) ?? []), ...turned]);
      return isOneStay([...parts].sort((a, b) => a - b));
    };
    return withOnce(
      entry,
      thingsOf(entry, of)
        .filter(isOnce)
        .map(({ name }) => name),
    );
  });
}

/** @param part not before those that were noted */
function note(map: Map<string, number[]>, name: string, part: number): void {
  const parts = map.get(name);
  if (!parts) map.set(name, [part]);
  else if (parts.at(-1) !== part) parts.push(part);
}

/** What is once in two entries together, of which `both` was made. */
export function mergedOnce(a: Entry, b: Entry, both: Entry, of: Of): Entry {
  if (!a.once && !b.once) return both;
  const [inA, inB] = [a, b].map((entry) => new Set(thingsOf(entry, of).map(({ name }) => name)));
  const isOnce = (name: string) => inA!.has(name) !== inB!.has(name) && [...onceOf(a), ...onceOf(b)].includes(name);
  return withOnce(
    both,
    thingsOf(both, of).flatMap(({ name }) => (isOnce(name) ? [name] : [])),
  );
}

/** The entry without what came once; undefined when nothing is left. */
function withoutOnce(entry: Entry, of: Of): Entry | undefined {
  const once = onceOf(entry);
  if (!once.length) return entry;
  const left = thingsOf(entry, of).filter(({ name }) => !once.includes(name));
  return left.length ? withOnce(of(entry).only!(entry, left), []) : undefined;
}

/** What is taken for normal. */
export const normalOf = (entries: readonly Entry[], of: Of): Entry[] =>
  entries.flatMap((entry) => withoutOnce(entry, of) ?? []);

/** What came once: an entry for each, with nothing else in it. */
export const onces = (entries: readonly Entry[], of: Of): Entry[] =>
  entries.flatMap((entry) =>
    thingsOf(entry, of)
      .filter(({ name }) => onceOf(entry).includes(name))
      .map((thing) => withOnce(of(entry).only?.(entry, [thing]) ?? entry, [])),
  );

/** The entries, in which these of onces() are as all others are. */
export function keeping(entries: readonly Entry[], chosen: readonly Entry[], of: Of): Entry[] {
  const named = (entry: Entry) => thingsOf(entry, of).map(({ name }) => `${entry.detector} ${name}`);
  const names = new Set(chosen.flatMap(named));
  return entries.map((entry) =>
    entry.once
      ? withOnce(
          entry,
          onceOf(entry).filter((name) => !names.has(`${entry.detector} ${name}`)),
        )
      : entry,
  );
}
