/** Inventories as people read them, as JSON, and as CSV. */
import { columns } from "../../lib/columns.ts";
import type { Compared } from "./compare.ts";
import { type Item, KINDS, MEMBERS, nameOf, ORDER } from "./items.ts";

/** Names in a list that is longer: how many more there are says the last cell. */
const MOST = 6;

/** @param compared with what ought to be there; undefined: nothing was compared */
export function inventoryText(items: readonly Item[], compared?: readonly Compared[]): string {
  const rows = compared ?? items.map((item): Compared => ({ item, status: "known", changes: [] }));
  const sections = ORDER.flatMap((kind) => {
    const own = rows.filter(({ item }) => item.kind === kind);
    if (!own.length) return [];
    const facts = KINDS[kind].facts.filter((fact) => own.some(({ item }) => item.members[fact] !== undefined));
    const isTimed = own.some(({ item }) => item.first !== undefined);
    const head = [
      KINDS[kind].title,
      ...facts,
      ...(isTimed ? ["first seen", "last seen"] : []),
      ...(compared ? [""] : []),
    ];
    const cells = own.map(({ item, status, changes }) => [
      `  ${nameOf(item)}`,
      ...facts.map((fact) => cell(item.members[fact])),
      ...(isTimed ? [item.first ?? "-", item.last ?? "-"] : []),
      ...(compared ? [status === "known" ? "" : [status.toUpperCase(), ...changes].join("  ")] : []),
    ]);
    return [...columns([head, ...cells]), ""];
  });
  return sections.length ? sections.join("\n") : "nothing was found\n";
}

function cell(value: Item["members"][string] | undefined): string {
  if (value === undefined) return "-";
  if (!Array.isArray(value)) return String(value);
  const list = value as readonly string[];
  return list.length > MOST ? `${list.slice(0, MOST).join(", ")} and ${list.length - MOST} more` : list.join(", ");
}

export function inventoryJson(items: readonly Item[], compared?: readonly Compared[]): string {
  const plain = ({ kind, members, first, last }: Item) => ({ kind, ...members, ...(first && { first, last }) });
  const out = {
    items: items.map(plain),
    ...(compared && {
      differences: compared
        .filter(({ status }) => status !== "known")
        .map(({ item, status, changes }) => ({ status, ...plain(item), ...(changes.length && { changes }) })),
    }),
  };
  return `${JSON.stringify(out, null, 1)}\n`;
}

/** What `weir inventory --against` reads again. */
export function inventoryCsv(items: readonly Item[]): string {
  const text = (value: unknown) => {
    const plain = Array.isArray(value) ? value.join(" ") : String(value ?? "");
    return /[",;\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  const rows = items.map((item) =>
    [item.kind, ...MEMBERS.map((name) => item.members[name]), item.first, item.last].map(text).join(","),
  );
  return `${[["kind", ...MEMBERS, "first", "last"].join(","), ...rows].join("\n")}\n`;
}
