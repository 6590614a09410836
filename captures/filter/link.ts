/** Where the link types have what filters ask for, as the registry of link types has it (ip/declare.ts). */
import { LINK_TYPES } from "../../ip/declarations.ts";
import type { Network } from "../../ip/declare.ts";
import { Code, step } from "./bpf.ts";
import { ALWAYS, any, type Condition, compare, NEVER } from "./condition.ts";
import { ETHERTYPE } from "./names.ts";

const NETWORKS = new Map<number, Network>(
  LINK_TYPES.flatMap(({ number, network }) => (network ? [[number, network]] : [])),
);

/** Those that filters know. Frames of others do not match. */
export const LINKS: readonly number[] = [...NETWORKS.keys()];

/** Numbers by name. */
export const LINK: Readonly<Record<string, number>> = Object.fromEntries(
  LINK_TYPES.map(({ name, number }) => [name, number]),
);

/** AF_INET is 2 everywhere; AF_INET6 is 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on macOS, and 10 on Linux (ip/onboard/loopback.ts). */
const FAMILIES: Record<number, number[]> = { [ETHERTYPE.ip!]: [2], [ETHERTYPE.ip6!]: [10, 24, 28, 30] };

const behindTags = (network: Network, tags: number): number =>
  network.by === "ethertype" && network.isTagged ? 4 * tags : 0;

/** Bytes in front of the network layer, behind so many 802.1Q tags. */
export function networkAt(link: number, tags: number): number {
  const network = NETWORKS.get(link);
  return network ? network.at + behindTags(network, tags) : 0;
}

/** Whether a frame is of this EtherType. */
export function isType(link: number, tags: number, type: number): Condition {
  const network = NETWORKS.get(link);
  switch (network?.by) {
    case "ethertype":
      return compare([step(Code.LDH_ABS, network.typeAt + behindTags(network, tags))], Code.JEQ, type);
    case "family": {
      // NULL is in the order of bytes of whoever captured, and that is not written anywhere
      const values = (FAMILIES[type] ?? []).flatMap((family) => [family, family * 0x1000000]);
      return any(...values.map((value) => compare([step(Code.LDW_ABS, 0)], Code.JEQ, value)));
    }
    case "version":
      if (type !== ETHERTYPE.ip && type !== ETHERTYPE.ip6) return NEVER;
      return compare([step(Code.LDB_ABS, 0), step(0x54, 0xf0)], Code.JEQ, type === ETHERTYPE.ip ? 0x40 : 0x60);
    default:
      return network?.type === type ? ALWAYS : NEVER;
  }
}
