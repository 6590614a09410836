// Link types of captures and their names (tcpdump.org/linktypes.html, without the LINKTYPE_ in front).
import { LINK_TYPES } from "../ip/declarations.ts";
import { OTHER_LINKS } from "./link-names.ts";

const NAMES: Record<number, string> = {
  ...OTHER_LINKS,
  ...Object.fromEntries(LINK_TYPES.map(({ number, name }) => [number, name])),
};

/** What some systems write in place of a number: DLT_RAW (12; OpenBSD 14). */
const MEANT = new Map(LINK_TYPES.flatMap(({ number, also = [] }) => also.map((other) => [other, number])));

/** The name of a link type: `ETHERNET`, or `LINKTYPE_300` where this list has none. */
export const linkName = (link: number): string => NAMES[link] ?? `LINKTYPE_${link}`;

/**
 * The LINKTYPE_ of a pcap header's network field: without the bits for the length of a frame check sequence, and as it is
 * assigned. What does not fit 16 bits is 65535: assigned to none.
 */
export function linkOfHeader(network: number): number {
  const link = network & 0x03ffffff;
  return MEANT.get(link) ?? Math.min(link, 65535);
}
