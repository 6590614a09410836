// REQ-DETECT-003
/**
 * The baseline entries of the traffic-shape detector (onboard/export.ts). They hold sums of integers and the largest of many, so
 * merging is exact: commutative, associative, and the same bytes in whatever order captures were learned or baselines merged.
 */
import { BUCKETS } from "../generated/histogram.ts";
import type { Entry } from "../learned.ts";
import { type LearnedClass, sumsLength } from "./compose.ts";
import { Peaks } from "./generated/learning.ts";
import { BLOCKS, PROTOCOLS } from "./generated/model.ts";

/** Scores that an entry of peaks keeps, and what they are counted in: onboard/peaks.ts. */
const MOST = (Peaks.SIZE - Peaks.AT.largest) / 2;
const PEAK_UNIT = 512;

const fail = (entry: Entry, what: string) => new RangeError(`entry of "${entry.detector}": ${what}`);

export function integer(entry: Entry, name: string, most = Number.MAX_SAFE_INTEGER): number {
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

export function serviceOf(entry: Entry): bigint {
  const text = entry.service;
  const key = typeof text === "string" && /^[0-9a-f]{16}$/.test(text) ? BigInt(`0x${text}`) : -1n;
  const kind = key >> 48n;
  if (key < 0n || kind > 3n || (kind === 0n ? key : key & 255n) >= PROTOCOLS)
    throw fail(entry, "service: expected the key of a protocol or service, 16 hexadecimal digits");
  return key;
}

export const blockOf = (entry: Entry) => integer(entry, "block", BLOCKS - 1);

function sumsOf(entry: Entry): bigint[] {
  const length = sumsLength(blockOf(entry));
  const bytes = binary(entry, "sums", 8 * length);
  return Array.from({ length }, (_, i) => bytes.readBigInt64LE(8 * i));
}

export function mergeClass(a: Entry, b: Entry): Entry {
  const other = sumsOf(b);
  const bytes = Buffer.alloc(8 * other.length);
  for (const [i, value] of sumsOf(a).entries()) {
    const sum = value + other[i]!;
    if (BigInt.asIntN(64, sum) !== sum) throw fail(a, "more frames than can be counted were learned");
    bytes.writeBigInt64LE(sum, 8 * i);
  }
  return { ...a, frames: integer(a, "frames") + integer(b, "frames"), sums: bytes.toString("base64") };
}

export function classesOf(entries: readonly Entry[]): LearnedClass[] {
  const classes = new Map<bigint, LearnedClass>();
  for (const entry of entries) {
    const key = serviceOf(entry);
    const frames = BigInt(integer(entry, "frames"));
    const own: LearnedClass = classes.get(key) ?? { key, frames, blocks: [] };
    classes.set(key, own);
    if (own.frames !== frames) throw fail(entry, `frames: ${frames} here, ${own.frames} in another block of it`);
    own.blocks[blockOf(entry)] = sumsOf(entry);
  }
  for (const { key, blocks } of classes.values())
    if (Object.keys(blocks).length !== BLOCKS) throw new RangeError(`shape: ${serviceText(key)} lacks a block`);
  return [...classes.values()];
}

// ---- Distances and peaks ---------------------------------------------------------------------------------------------

export function countsOf(entry: Entry): { from: number; counts: number[] } {
  const from = integer(entry, "from", BUCKETS - 1);
  const { counts } = entry;
  if (
    !Array.isArray(counts) ||
    from + counts.length > BUCKETS ||
    !counts.every((n) => Number.isSafeInteger(n) && n >= 0)
  )
    throw fail(entry, `counts: expected at most ${BUCKETS - from} whole numbers`);
  return { from, counts: counts as number[] };
}

export function mergeCounts(a: Entry, b: Entry): Entry {
  const [x, y] = [countsOf(a).counts, countsOf(b).counts];
  return { ...a, counts: Array.from({ length: Math.max(x.length, y.length) }, (_, i) => (x[i] ?? 0) + (y[i] ?? 0)) };
}

export function distancesOf(entries: readonly Entry[]): number[][] {
  const distances = Array.from({ length: BLOCKS }, () => new Array<number>(BUCKETS).fill(0));
  for (const entry of entries) {
    const { from, counts } = countsOf(entry);
    for (const [i, n] of counts.entries()) distances[blockOf(entry)]![from + i] = n;
  }
  return distances;
}

/** Scores, falling. */
export const scoresOf = (entry: Entry): number[] => largestOf(entry).map((n) => n / PEAK_UNIT);

/** Falling, in units of 1 / PEAK_UNIT. */
function largestOf(entry: Entry): number[] {
  const bytes = binary(entry, "largest");
  if (bytes.length % 2 || bytes.length > 2 * MOST) throw fail(entry, `largest: expected at most ${MOST} numbers`);
  return Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readUInt16LE(2 * i));
}

export function mergePeaks(a: Entry, b: Entry): Entry {
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

/** What a class is, for people: `TCP port 502, from it`. */
export function serviceText(key: bigint): string {
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
