/** An inventory beside what ought to be there: what is new, what has changed, what is missing. */
import { type Item, identityOf, KINDS } from "./items.ts";
import type { Known } from "./known.ts";

export type Status = "new" | "changed" | "missing" | "known";

export interface Compared {
  item: Item;
  status: Status;
  /** Of what has changed: each fact, with what was known and what is there. */
  changes: string[];
}

/** Items in their order, then what is missing. A fact that is known of neither or of one only has not changed. */
export function compare(items: readonly Item[], known: Known): Compared[] {
  const found = items.flatMap((item): Compared[] => {
    if (!known.kinds.includes(item.kind)) return [{ item, status: "known", changes: [] }];
    const before = known.find(item);
    if (!before) return [{ item, status: "new", changes: [] }];
    const changes = KINDS[item.kind].facts.flatMap((fact) => change(fact, before, item));
    return [{ item: named(item, before), status: changes.length ? "changed" : "known", changes }];
  });
  const there = new Set(items.map(identityOf));
  const missing = known.all.filter((item) => !there.has(identityOf(item)));
  return [...found, ...missing.map((item): Compared => ({ item, status: "missing", changes: [] }))];
}

/** With the name that it is known by. */
const named = (item: Item, { members: { name } }: Item): Item =>
  name === undefined ? item : { ...item, members: { ...item.members, name } };

function change(fact: string, before: Item, now: Item): string[] {
  const [a, b] = [before.members[fact], now.members[fact]];
  if (a === undefined || b === undefined) return [];
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b ? [] : [`${fact} was ${String(a)}, is ${String(b)}`];
  const added = b.filter((one: string) => !a.includes(one));
  const gone = a.filter((one: string) => !b.includes(one));
  return [
    ...(added.length ? [`${fact}: also ${added.join(", ")}`] : []),
    ...(gone.length ? [`${fact}: not ${gone.join(", ")}`] : []),
  ];
}
