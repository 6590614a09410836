// REQ-FILTER-002
/** Classification tables of the second checker (../onboard/second.ts): for each dimension, which rules match where. */

import { boundsOf, type Network, type Range } from "../../lib/addresses.ts";
import { Dimension, ENTRY } from "../generated/second.ts";
import type { Policy, Rule } from "./model.ts";
import { struct } from "./struct.ts";

type Interval = readonly [bigint, bigint];

/** Which intervals of a dimension a rule matches. */
const DIMENSIONS: Record<keyof typeof Dimension, (rule: Rule) => Interval[]> = {
  PROTOCOL: ({ protocol }) => (protocol === undefined ? [ALL] : [[BigInt(protocol), BigInt(protocol)]]),
  VLAN: ({ vlans }) => intervals(vlans),
  SIZE: ({ size }) => intervals([size]),
  DST_PORT: ({ ports }) => intervals(ports),
  SRC_PORT: ({ sourcePorts }) => intervals(sourcePorts),
  FROM4: ({ from }) => addresses(from, 4),
  TO4: ({ to }) => addresses(to, 4),
  FROM6: ({ from }) => addresses(from, 6),
  TO6: ({ to }) => addresses(to, 6),
};

const ALL: Interval = [0n, (1n << 128n) - 1n];
const LOW = (1n << 64n) - 1n;

const intervals = (ranges: readonly Range[]): Interval[] =>
  ranges.length ? ranges.map(({ first, last }) => [BigInt(first), BigInt(last)]) : [ALL];

const addresses = (networks: readonly Network[], version: 4 | 6): Interval[] =>
  networks.length ? networks.filter((network) => network.version === version).map(boundsOf) : [ALL];

export function tablesOf({ rules }: Policy): Uint8Array {
  const order = Object.keys(Dimension) as (keyof typeof Dimension)[];
  const dimensions = order.map((name) => dimension(rules.map(DIMENSIONS[name])));
  const allows = rules.reduce((bits, { allow }, n) => (allow ? bits | (1n << BigInt(n)) : bits), 0n);
  const entries = dimensions.flat();
  return struct(16 + dimensions.length * 8 + entries.length * ENTRY, (s) => {
    s.u64(allows & LOW).u64(allows >> 64n);
    let at = 0;
    for (const { length } of dimensions) {
      s.u32(at).u32(length);
      at += length;
    }
    for (const { start, rules } of entries)
      s.u64(start >> 64n)
        .u64(start & LOW)
        .u64(rules & LOW)
        .u64(rules >> 64n);
  });
}

/** The values at which the set of matching rules changes, each with the set from there on, as bits. */
function dimension(byRule: readonly Interval[][]): { start: bigint; rules: bigint }[] {
  const starts = new Set([0n]);
  for (const [first, last] of byRule.flat()) {
    starts.add(first);
    if (last < ALL[1]) starts.add(last + 1n);
  }
  const sorted = [...starts].sort((a, b) => (a < b ? -1 : 1));
  const entries = sorted.map((start) => ({
    start,
    rules: byRule.reduce(
      (bits, list, n) => (list.some(([a, b]) => a <= start && start <= b) ? bits | (1n << BigInt(n)) : bits),
      0n,
    ),
  }));
  return entries.filter(({ rules }, n) => n === 0 || rules !== entries[n - 1]!.rules);
}
