/** The registry as lists: in the order of the anomalies' numbers, those without any last. */
import type { Declaration, LinkType, Protocol } from "./declare.ts";
import * as registry from "./registry.ts";

const place = ({ anomalies }: Declaration): number => anomalies?.first ?? Number.POSITIVE_INFINITY;

export const DECLARATIONS: readonly Declaration[] = Object.values(registry).sort((a, b) =>
  place(a) === place(b) ? 0 : place(a) - place(b),
);
export const PROTOCOLS: readonly Protocol[] = DECLARATIONS.flatMap(({ protocols }) => protocols);

/** The link types whose frames are decoded. */
export const LINK_TYPES: readonly LinkType[] = PROTOCOLS.flatMap(({ links }) => links ?? []);
