/**
 * Rules as sets of frames: unions of boxes in the space of what a rule can look at. Tells which frames a rule decides
 * once the rules before it have had theirs.
 */
import { UNTAGGED } from "../../appliance/contract/config.ts";
import { boundsOf, type Network, type Range } from "../../lib/addresses.ts";
import type { Rule } from "./model.ts";

/** In each dimension the first and last value, in the order of DIMENSIONS. */
export type Box = readonly (readonly [bigint, bigint])[];

export const DIMENSIONS = ["version", "protocol", "vlan", "size", "port", "source port", "from", "to"] as const;

/** Past this many boxes an answer is not worth its time: the question is left open. */
const LIMIT = 20_000;

/** Ports that frames of a protocol can have: guard drops those with port 0, and what has no ports counts as 0. */
function portsOf(protocol: number | undefined): Range[] {
  if (protocol === 17 || protocol === 6) return [{ first: 1, last: 65535 }];
  return [{ first: 0, last: protocol === undefined ? 65535 : 0 }];
}

const VERSIONS = [4, 6] as const;

/** The frames that a rule matches, whatever comes before it; undefined when there are too many boxes to say. */
export function boxesOf(rule: Rule): Box[] | undefined {
  const protocol: Range =
    rule.protocol === undefined ? { first: 0, last: 255 } : { first: rule.protocol, last: rule.protocol };
  const vlans = rule.vlans.length ? rule.vlans : [{ first: 0, last: UNTAGGED }];
  const boxes: Box[] = [];
  for (const version of VERSIONS) {
    if ((rule.protocol === 1 && version === 6) || (rule.protocol === 58 && version === 4)) continue;
    const lists = [
      [both(version, version)],
      [interval(protocol)],
      vlans.map(interval),
      [interval(rule.size)],
      (rule.ports.length ? rule.ports : portsOf(rule.protocol)).map(interval),
      (rule.sourcePorts.length ? rule.sourcePorts : portsOf(rule.protocol)).map(interval),
      addresses(rule.from, version),
      addresses(rule.to, version),
    ];
    if (lists.reduce((product, list) => product * list.length, 1) > LIMIT) return undefined;
    boxes.push(...product(lists));
  }
  return boxes;
}

const both = (first: number, last: number) => [BigInt(first), BigInt(last)] as const;
const interval = ({ first, last }: Range) => both(first, last);

function addresses(networks: readonly Network[], version: 4 | 6): (readonly [bigint, bigint])[] {
  if (networks.length === 0) return [[0n, (1n << (version === 4 ? 32n : 128n)) - 1n]];
  return networks.filter((network) => network.version === version).map(boundsOf);
}

function product(lists: readonly (readonly (readonly [bigint, bigint])[])[]): Box[] {
  return lists.reduce<Box[]>((boxes, list) => boxes.flatMap((box) => list.map((side) => [...box, side])), [[]]);
}

const larger = (a: bigint, b: bigint) => (a > b ? a : b);
const smaller = (a: bigint, b: bigint) => (a > b ? b : a);

/** What both hold, or undefined when that is nothing. */
export function intersection(a: Box, b: Box): Box | undefined {
  const box: [bigint, bigint][] = [];
  for (const [n, [first, last]] of a.entries()) {
    const [otherFirst, otherLast] = b[n]!;
    const low = larger(first, otherFirst);
    const high = smaller(last, otherLast);
    if (low > high) return undefined;
    box.push([low, high]);
  }
  return box;
}

/** What is left of a box when another is taken out: boxes that do not overlap. */
export function difference(a: Box, b: Box): Box[] {
  const common = intersection(a, b);
  if (!common) return [a];
  const left: Box[] = [];
  const rest = a.map((side) => [...side] as [bigint, bigint]);
  for (const [n, [low, high]] of common.entries()) {
    const [first, last] = rest[n]!;
    const piece = (side: [bigint, bigint]) => rest.map((s, m) => (m === n ? side : ([...s] as [bigint, bigint])));
    if (first < low) left.push(piece([first, low - 1n]));
    if (last > high) left.push(piece([high + 1n, last]));
    rest[n] = [low, high];
  }
  return left;
}

/** What is left of a set when others are taken out; undefined when it falls into too many pieces to say. */
export function without(boxes: readonly Box[], others: Iterable<Box>): Box[] | undefined {
  let left = [...boxes];
  for (const other of others) {
    left = left.flatMap((box) => difference(box, other));
    if (left.length > LIMIT) return undefined;
    if (left.length === 0) break;
  }
  return left;
}

export function overlap(a: readonly Box[], b: readonly Box[]): boolean {
  return a.some((box) => b.some((other) => intersection(box, other)));
}
