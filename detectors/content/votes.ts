/** How surprising something new would be, had what came once not come: else poison while learning hides all that is new later. */
import { talkKey } from "../ip/section.ts";
import type { Entry } from "../learned.ts";
import { keyOf, only, sideOf } from "./entries.ts";

const SIDES = ["to", "from"] as const;

/**
 * Entries of conversations with the last new function and object of each side that came more than once.
 *
 * @param all with `once` where one slice only has something
 * @param slices what was learned in each slice of time, from a fresh start
 */
export function withoutPoison(all: readonly Entry[], slices: readonly (readonly Entry[])[]): Entry[] {
  const spoilt = new Set(only(all, "said").flatMap((entry) => (entry.once ? [talkKey(entry)] : [])));
  if (!spoilt.size) return [...all];
  const counts = slices.map((slice) => new Map(only(slice, "").map((entry) => [talkKey(entry), entry])));
  const saidIn = slices.map((slice) => new Set(only(slice, "said").map(keyOf)));
  return all.map((entry) => {
    if (entry.detector !== "content" || !spoilt.has(talkKey(entry))) return entry;
    const said = only(all, "said").filter((one) => talkKey(one) === talkKey(entry));
    const sides = SIDES.map((name, side): [string, number[]] => {
      const [messages, ...latest] = sideOf(entry, name);
      const own = said.filter((one) => one.side === side);
      const kinds = [false, true].map((isObject) => own.filter((one) => (one.about !== undefined) === isObject));
      return [
        name,
        [
          messages,
          ...kinds.map((list, i) => {
            if (!list.some(({ once }) => once)) return latest[i]!;
            const later = latestOf(
              list.filter(({ once }) => !once),
              saidIn,
            );
            return Math.min(latest[i]!, later === undefined ? 0 : before(counts, talkKey(entry), name, later, 1 + i));
          }),
        ],
      ];
    });
    return { ...entry, ...Object.fromEntries(sides) };
  });
}

/** The slice in which the last of them came first; undefined: there are none, or slices see them otherwise. */
function latestOf(said: readonly Entry[], slices: readonly ReadonlySet<string>[]): number | undefined {
  const firsts = said.map((one) => slices.findIndex((slice) => slice.has(keyOf(one))));
  return firsts.length ? Math.max(...firsts) : undefined;
}

/** Messages of a side before the last new thing of this slice. */
function before(
  counts: readonly ReadonlyMap<string, Entry>[],
  talk: string,
  side: "to" | "from",
  slice: number,
  which: number,
): number {
  const of = (i: number) => {
    const entry = counts[i]?.get(talk);
    return entry ? sideOf(entry, side) : [0, 0, 0];
  };
  let sum = 0;
  for (let i = 0; i < slice; i++) sum += of(i)[0]!;
  return sum + of(slice)[which]!;
}
