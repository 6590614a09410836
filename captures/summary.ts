// What was in the captures: kept per file while reading, added up for the run.
import type { Damage } from "./damage.ts";

export type FileFormat = "pcap" | "pcapng" | "chapter10" | "unknown";

const KEPT_DAMAGE = 100; // per file; a file of nothing but damage must not fill the memory

/** Counters that mean the same for one file and for a whole run. */
export interface Totals {
  packets: number;
  /** Bytes handed on, and bytes that the packets had on the wire. */
  bytes: number;
  wireBytes: number;
  /** Chapter 10 bytes handed on, in pieces. */
  chapter10: number;
  /** Earliest and latest time, nanoseconds since 1970; absent where no packet had one. */
  first?: bigint | undefined;
  last?: bigint | undefined;
  /** Packets by LINKTYPE_ number. */
  links: Map<number, number>;
  /** Packets that the capture had cut (captured < original), and that the reader cut (longer than MAX_CAPTURED). */
  snapped: number;
  cut: number;
  /** Packets earlier than one before them in their file. */
  backwards: number;
  /** Times with a fraction of a second or more in the fraction field, or beyond what 64 bits of nanoseconds hold. */
  oddTimes: number;
  /** Packets without any time of their own (pcapng simple packets): they get the one of the packet before. */
  untimed: number;
  /** Records that announce fewer bytes on the wire than were captured. */
  oddLengths: number;
  damage: Damage[];
  /** All damage found; `damage` keeps the first 100 of each file. */
  damages: number;
  /** Bytes that could not be read because of damage before them, where the size of the file is known. */
  unread: number;
}

export class FileSummary implements Totals {
  readonly file: string;
  format: FileFormat = "unknown";
  compressed = false;
  packets = 0;
  bytes = 0;
  wireBytes = 0;
  chapter10 = 0;
  links = new Map<number, number>();
  snapped = 0;
  cut = 0;
  backwards = 0;
  oddTimes = 0;
  untimed = 0;
  oddLengths = 0;
  /** pcapng blocks that are no packets: skipped (names, statistics, secrets, custom). */
  otherBlocks = 0;
  damage: Damage[] = [];
  damages = 0;
  unread = 0;
  // Earliest and latest as unsigned halves: no BigInt per packet.
  #timed = false;
  #firstHigh = 0;
  #firstLow = 0;
  #lastHigh = 0;
  #lastLow = 0;

  constructor(file: string) {
    this.file = file;
  }

  get first(): bigint | undefined {
    return this.#timed ? (BigInt(this.#firstHigh) << 32n) | BigInt(this.#firstLow) : undefined;
  }
  get last(): bigint | undefined {
    return this.#timed ? (BigInt(this.#lastHigh) << 32n) | BigInt(this.#lastLow) : undefined;
  }

  /** Takes note of a packet's lengths. */
  count(captured: number, original: number): void {
    this.packets++;
    this.bytes += captured;
    this.wireBytes += original;
    if (captured < original) this.snapped++;
  }

  /** Takes note of a packet's time, in halves 0..2^32-1. */
  time(high: number, low: number): void {
    if (high > this.#lastHigh || (high === this.#lastHigh && low >= this.#lastLow)) {
      this.#lastHigh = high;
      this.#lastLow = low;
      if (this.#timed) return;
      this.#timed = true;
      this.#firstHigh = high;
      this.#firstLow = low;
      return;
    }
    this.backwards++;
    if (high < this.#firstHigh || (high === this.#firstHigh && low < this.#firstLow)) {
      this.#firstHigh = high;
      this.#firstLow = low;
    }
  }

  /** The same of many packets. */
  countMany(packets: number, bytes: number, wireBytes: number, snapped: number): void {
    this.packets += packets;
    this.bytes += bytes;
    this.wireBytes += wireBytes;
    this.snapped += snapped;
  }

  /** Earliest and latest time of the file now that there are more packets, `backwards` of them out of order. */
  timeMany(first: bigint, last: bigint, backwards: number): void {
    this.#timed = true;
    this.#firstHigh = Number(first >> 32n);
    this.#firstLow = Number(first & 0xffffffffn);
    this.#lastHigh = Number(last >> 32n);
    this.#lastLow = Number(last & 0xffffffffn);
    this.backwards += backwards;
  }

  link(link: number, packets: number): void {
    if (packets) this.links.set(link, (this.links.get(link) ?? 0) + packets);
  }

  damaged(offset: number, what: string, expected: string): void {
    if (this.damages++ < KEPT_DAMAGE) this.damage.push({ file: this.file, offset, what, expected });
  }
}

/** A file of a folder that was left out, and why. */
export interface Skipped {
  file: string;
  why: string;
}

const SUMS = [
  ...(["packets", "bytes", "wireBytes", "chapter10", "snapped", "cut", "backwards"] as const),
  ...(["oddTimes", "untimed", "oddLengths", "damages", "unread"] as const),
];

/** Everything that was read. */
export class RunSummary implements Totals {
  readonly files: FileSummary[] = [];
  readonly skipped: Skipped[] = [];
  packets = 0;
  bytes = 0;
  wireBytes = 0;
  chapter10 = 0;
  declare first?: bigint | undefined;
  declare last?: bigint | undefined;
  links = new Map<number, number>();
  snapped = 0;
  cut = 0;
  backwards = 0;
  oddTimes = 0;
  untimed = 0;
  oddLengths = 0;
  damage: Damage[] = [];
  damages = 0;
  unread = 0;

  /** Adds a file that has been read to its end. */
  add(file: FileSummary): void {
    this.files.push(file);
    for (const field of SUMS) this[field] += file[field];
    for (const [link, packets] of file.links) this.links.set(link, (this.links.get(link) ?? 0) + packets);
    this.damage.push(...file.damage);
    const { first, last } = file;
    if (first !== undefined && (this.first === undefined || first < this.first)) this.first = first;
    if (last !== undefined && (this.last === undefined || last > this.last)) this.last = last;
  }
}
