// REQ-DETECT-003
/**
 * The ground's half of the traffic-shape detector: merging what was learned, the limit, the section of the policy.
 *
 * Entries (onboard/export.ts) hold sums of integers and the largest of many, so merging is exact: commutative, associative,
 * and the same bytes in whatever order captures were learned or baselines merged.
 */
import { Tag } from "../../appliance/contract/config.ts";
import { limitOfLargest } from "../../lib/numerics/threshold.ts";
import type { Entry, LearnedDetector, Threshold } from "../learned.ts";
import { BLOCKS, BUCKETS, type ClassSums, compose, PROTOCOLS, type Sums, sumsLength } from "./compose.ts";
import { BLOCKS as BLOCK_NAMES } from "./features.ts";

/** Peaks that an entry keeps, and what they are counted in: onboard/peaks.ts. */
const MOST = 256;
const PEAK_UNIT = 512;
/** Scores end here. */
const CEILING = 100;
/** A limit is never less: a score of 1 is what one normal frame in a hundred has in every block. */
const LEAST = 1;
/**
 * Where no tail can be fitted, what was seen says little of what is still to come: the limit is at least UNFITTED, and
 * above the largest by MARGIN for each halving of the rate that would be needed to see it. Attacks on the captures that
 * this project has score 2.5 to 4 (a feature counts 8 deviations at most), so a wider margin would find none of them.
 */
const UNFITTED = 2;
const MARGIN = 0.05;
/** A fitted tail may promise anything: the limit is at most this many times the largest seen, and not below it. */
const REACH = 1.5;

const fail = (entry: Entry, what: string) => new RangeError(`entry of "${entry.detector}": ${what}`);

function integer(entry: Entry, name: string, most = Number.MAX_SAFE_INTEGER): number {
  const value = entry[name];
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > most)
    throw fail(entry, `${name}: expected a whole number from 0 to ${most}`);
  return value;
}

/** Bytes behind a base 64 text; as many as `size` says where it does. */
function binary(entry: Entry, name: string, size?: number): Buffer {
  const text = entry[name];
  const bytes = typeof text === "string" ? Buffer.from(text, "base64") : undefined;
  if (!bytes || bytes.toString("base64") !== text || (size !== undefined && bytes.length !== size))
    throw fail(entry, `${name}: expected ${size ?? "some"} bytes in base 64`);
  return bytes;
}

// ---- Classes: sums of features and of their products, in a block ---------------------------------------------------------

function serviceOf(entry: Entry): bigint {
  const text = entry.service;
  const key = typeof text === "string" && /^[0-9a-f]{16}$/.test(text) ? BigInt(`0x${text}`) : -1n;
  const kind = key >> 48n;
  if (key < 0n || kind > 3n || (kind === 0n ? key : key & 255n) >= PROTOCOLS)
    throw fail(entry, "service: expected the key of a protocol or service, 16 hexadecimal digits");
  return key;
}

const blockOf = (entry: Entry) => integer(entry, "block", BLOCKS - 1);

function sumsOf(entry: Entry): bigint[] {
  const length = sumsLength(blockOf(entry));
  const bytes = binary(entry, "sums", 8 * length);
  return Array.from({ length }, (_, i) => bytes.readBigInt64LE(8 * i));
}

function mergeClass(a: Entry, b: Entry): Entry {
  const other = sumsOf(b);
  const bytes = Buffer.alloc(8 * other.length);
  for (const [i, value] of sumsOf(a).entries()) {
    const sum = value + other[i]!;
    if (BigInt.asIntN(64, sum) !== sum) throw fail(a, "more frames than can be counted were learned");
    bytes.writeBigInt64LE(sum, 8 * i);
  }
  return { ...a, frames: integer(a, "frames") + integer(b, "frames"), sums: bytes.toString("base64") };
}

function classesOf(entries: readonly Entry[]): ClassSums[] {
  const classes = new Map<bigint, ClassSums>();
  for (const entry of entries) {
    const key = serviceOf(entry);
    const frames = BigInt(integer(entry, "frames"));
    const own: ClassSums = classes.get(key) ?? { key, frames, blocks: [] };
    classes.set(key, own);
    if (own.frames !== frames) throw fail(entry, `frames: ${frames} here, ${own.frames} in another block of it`);
    own.blocks[blockOf(entry)] = sumsOf(entry);
  }
  for (const { key, blocks } of classes.values())
    if (Object.keys(blocks).length !== BLOCKS) throw new RangeError(`shape: ${serviceText(key)} lacks a block`);
  return [...classes.values()];
}

// ---- Distances and peaks ---------------------------------------------------------------------------------------------

function countsOf(entry: Entry): { from: number; counts: number[] } {
  const from = integer(entry, "from", BUCKETS - 1);
  const { counts } = entry;
  if (
    !Array.isArray(counts) ||
    from + counts.length > BUCKETS ||
    !counts.every((n) => Number.isSafeInteger(n) && n >= 0)
  )
    throw fail(entry, `counts: expected whole numbers, at most ${BUCKETS - from}`);
  return { from, counts: counts as number[] };
}

function mergeCounts(a: Entry, b: Entry): Entry {
  const [x, y] = [countsOf(a).counts, countsOf(b).counts];
  return { ...a, counts: Array.from({ length: Math.max(x.length, y.length) }, (_, i) => (x[i] ?? 0) + (y[i] ?? 0)) };
}

function distancesOf(entries: readonly Entry[]): number[][] {
  const distances = Array.from({ length: BLOCKS }, () => new Array<number>(BUCKETS).fill(0));
  for (const entry of entries) {
    const { from, counts } = countsOf(entry);
    for (const [i, n] of counts.entries()) distances[blockOf(entry)]![from + i] = n;
  }
  return distances;
}

/** Falling, in units of 1 / PEAK_UNIT. */
function largestOf(entry: Entry): number[] {
  const bytes = binary(entry, "largest");
  if (bytes.length % 2 || bytes.length > 2 * MOST) throw fail(entry, `largest: expected at most ${MOST} numbers`);
  return Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readUInt16LE(2 * i));
}

function mergePeaks(a: Entry, b: Entry): Entry {
  const largest = [...largestOf(a), ...largestOf(b)].sort((x, y) => y - x).slice(0, MOST);
  const bytes = Buffer.alloc(2 * largest.length);
  for (const [i, value] of largest.entries()) bytes.writeUInt16LE(value, 2 * i);
  return {
    ...a,
    seconds: integer(a, "seconds") + integer(b, "seconds"),
    maxima: integer(a, "maxima") + integer(b, "maxima"),
    largest: bytes.toString("base64"),
  };
}

// ---- The detector ----------------------------------------------------------------------------------------------------

const QUANTITY = "score";
const only = (entries: readonly Entry[], kind: string) =>
  entries.filter(({ detector }) => detector === `shape.${kind}`);

/** What a class is, for people: `TCP port 502, from it`. */
function serviceText(key: bigint): string {
  const protocols = ["ARP", "frames without IP", "TCP", "UDP", "other IP"];
  const protocol = protocols[Number(key & 255n)]!;
  const value = Number((key >> 8n) & 0xffffn);
  const ip = Number((key >> 24n) & 255n);
  switch (key >> 48n) {
    case 0n:
      return `${protocol}, all`;
    case 1n:
      return key & 255n ? `EtherType 0x${value.toString(16).padStart(4, "0")}` : `ARP operation ${value}`;
    case 2n:
      return `${protocol} port ${value}, ${(key >> 40n) & 1n ? "from" : "to"} it`;
    default:
      return `IP protocol ${ip}, type ${value}`;
  }
}

export const shape: LearnedDetector = {
  name: "shape",
  tag: Tag.BASELINE_SHAPE,
  keyOf(entry) {
    if (entry.detector === "shape.class") return `${entry.service} ${entry.block}`;
    if (entry.detector === "shape.distance") return `${entry.block} ${String(entry.from).padStart(3, "0")}`;
    return "";
  },
  merge(a, b) {
    if (a.detector === "shape.class") return mergeClass(a, b);
    if (a.detector === "shape.distance") return mergeCounts(a, b);
    return mergePeaks(a, b);
  },
  thresholds(entries, { rate }): Threshold[] {
    const [peaks] = only(entries, "peaks");
    if (!peaks) return [];
    const samples = integer(peaks, "maxima");
    const hours = integer(peaks, "seconds") / 3600;
    const largest = largestOf(peaks).map((n) => n / PEAK_UNIT);
    const own = { detector: "shape", key: "", quantity: QUANTITY, samples, hours };
    // Too little was learned for a model to be tried on frames that it had not seen.
    if (!largest.length) return [{ ...own, limit: CEILING, method: "margin" }];
    const found = limitOfLargest({ largest, count: samples, hours }, { rate, ceiling: CEILING });
    const unfitted = found.method === "largest";
    const [top] = largest as [number];
    const halvings = Math.log2(Math.max(1, Math.min(found.promised, 1e6) / rate));
    let limit = unfitted ? Math.max(UNFITTED, top) + MARGIN * halvings : found.limit;
    if (found.method === "extreme") limit = Math.max(top, Math.min(limit, REACH * top));
    return [
      {
        ...own,
        limit: Math.min(CEILING, Math.max(LEAST, limit)),
        method: unfitted ? "margin" : found.method,
        interval: found.interval,
      },
    ];
  },
  pack(entries, thresholds) {
    const limit = thresholds.find(({ quantity }) => quantity === QUANTITY)?.limit ?? CEILING;
    const learned: Sums = {
      classes: classesOf(only(entries, "class")),
      distances: distancesOf(only(entries, "distance")),
    };
    return compose(learned, Math.min(CEILING, Math.max(LEAST, limit)));
  },
  show(entry) {
    if (entry.detector === "shape.class")
      return `${serviceText(serviceOf(entry))}: ${BLOCK_NAMES[blockOf(entry)]} features of ${integer(entry, "frames")} frames`;
    if (entry.detector === "shape.distance") {
      const { from, counts } = countsOf(entry);
      const frames = counts.reduce((sum, n) => sum + n, 0);
      return `${frames} frames measured in ${BLOCK_NAMES[blockOf(entry)]}, buckets from ${from}`;
    }
    const [largest = 0] = largestOf(entry);
    return `highest normal score ${largest / PEAK_UNIT}, of ${integer(entry, "maxima")} in ${integer(entry, "seconds")} s`;
  },
};
