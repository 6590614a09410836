/** Where the link types have what filters ask for (tcpdump.org/linktypes.html). */
import { Code, step } from "./bpf.ts";
import { ALWAYS, any, type Condition, compare, NEVER } from "./condition.ts";
import { ETHERTYPE } from "./names.ts";

export const LINK = {
  ETHERNET: 1,
  RAW: 101,
  IPV4: 228,
  IPV6: 229,
  LINUX_SLL: 113,
  LINUX_SLL2: 276,
  NULL: 0,
  LOOP: 108,
} as const;

/** Those that filters know. Frames of others do not match. */
export const LINKS: readonly number[] = Object.values(LINK);

/** AF_INET is 2 everywhere; AF_INET6 is 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on macOS, and 10 on Linux (ip/onboard/loopback.ts). */
const FAMILIES: Record<number, number[]> = { [ETHERTYPE.ip!]: [2], [ETHERTYPE.ip6!]: [10, 24, 28, 30] };

/** Bytes in front of the network layer, behind so many 802.1Q tags. */
export function networkAt(link: number, tags: number): number {
  switch (link) {
    case LINK.ETHERNET:
      return 14 + 4 * tags;
    case LINK.LINUX_SLL:
      return 16;
    case LINK.LINUX_SLL2:
      return 20;
    case LINK.NULL:
    case LINK.LOOP:
      return 4;
    default:
      return 0;
  }
}

/** Where the EtherType is, of link types that have one. */
export const typeAt = (link: number, tags: number): number | undefined =>
  link === LINK.ETHERNET ? 12 + 4 * tags : link === LINK.LINUX_SLL ? 14 : link === LINK.LINUX_SLL2 ? 0 : undefined;

/** Whether a frame is of this EtherType. */
export function isType(link: number, tags: number, type: number): Condition {
  const at = typeAt(link, tags);
  if (at !== undefined) return compare([step(Code.LDH_ABS, at)], Code.JEQ, type);
  const [ip, ip6] = [type === ETHERTYPE.ip, type === ETHERTYPE.ip6];
  switch (link) {
    case LINK.NULL:
    case LINK.LOOP: {
      // NULL is in the order of bytes of whoever captured, and that is not written anywhere
      const values = (FAMILIES[type] ?? []).flatMap((family) => [family, family * 0x1000000]);
      return any(...values.map((value) => compare([step(Code.LDW_ABS, 0)], Code.JEQ, value)));
    }
    case LINK.RAW:
      if (!ip && !ip6) return NEVER;
      return compare([step(Code.LDB_ABS, 0), step(0x54, 0xf0)], Code.JEQ, ip ? 0x40 : 0x60);
    default:
      return (link === LINK.IPV4 && ip) || (link === LINK.IPV6 && ip6) ? ALWAYS : NEVER;
  }
}
