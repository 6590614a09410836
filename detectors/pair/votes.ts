/** Conversations that the image gets drawn together (learned.ts): each may come once, where their kind came more than once. */
import { isOneStay } from "../baseline/votes.ts";
import { groupBy, isOutside, talkOf } from "../ip/section.ts";
import type { Entry } from "../learned.ts";
import { isName } from "./names.ts";

/** Kinds that it may be drawn together with: other ports of the pair, other external addresses at either end. */
function kindsOf(entry: Entry): string[] {
  const { client, server, proto, service, either } = talkOf(entry);
  if (isName(entry) || entry.detector !== "new-pair" || either) return [];
  return [
    ...(service >= 1024 ? [`${client} to ${server}, protocol ${proto}`] : []),
    ...(isOutside(server) ? [`${client} to any, ${proto}/${service}`] : []),
    ...(isOutside(client) ? [`any to ${server}, ${proto}/${service}`] : []),
  ];
}

/**
 * Entries without the mark of what came once, where many of a kind came, and more than once: a browser meets most servers once. A scan
 * of ports is one stay, and no such kind.
 *
 * @param many conversations from which on they are drawn together
 */
export function withoutKinds(all: readonly Entry[], slices: readonly (readonly Entry[])[], many: number): Entry[] {
  const members = groupBy(
    all.flatMap((entry) => kindsOf(entry).map((kind) => ({ kind, entry }))),
    ({ kind }) => kind,
  );
  const times = groupBy(
    slices.flatMap((slice, part) => [...new Set(slice.flatMap(kindsOf))].map((kind) => ({ kind, part }))),
    ({ kind }) => kind,
  );
  const partsOf = (kind: string) => times.get(kind)?.map(({ part }) => part) ?? [];
  const isOften = (kind: string) =>
    members.get(kind)!.length >= many && partsOf(kind).length > 0 && !isOneStay(partsOf(kind));
  return all.map((entry) => {
    if (!entry.once || !kindsOf(entry).some(isOften)) return entry;
    const { once: _, ...rest } = entry;
    return rest as Entry;
  });
}
