// Writes captures: pcap with nanoseconds, or a minimal pcapng (one section, one interface, nanoseconds).
// pcap: draft-ietf-opsawg-pcap; pcapng: draft-ietf-opsawg-pcapng sections 4.1-4.3. Both little-endian.
import { closeSync, openSync, writeSync } from "node:fs";
import { openOwn } from "../lib/files.ts";

/** LINKTYPE_ETHERNET (tcpdump.org/linktypes.html). */
export const ETHERNET = 1;

export type CaptureFormat = "pcap" | "pcapng";

export interface WriteOptions {
  /** Without it: pcapng if the file's name ends in .pcapng, else pcap. */
  format?: CaptureFormat;
  /** LINKTYPE_ number; Ethernet without it. */
  link?: number;
  /** It is in a folder of results: a link of that name is not followed. */
  own?: boolean;
}

const SNAPLEN = 262144; // the most that libpcap lets a record announce (MAXIMUM_SNAPLEN)
const BUFFER = 1 << 18;

/** The file header of a pcap with nanoseconds, or the section header and interface description of a pcapng. */
export function captureHeader(format: CaptureFormat, link: number = ETHERNET): Buffer {
  if (format === "pcap") {
    const head = Buffer.alloc(24);
    head.writeUInt32LE(0xa1b23c4d, 0);
    head.writeUInt16LE(2, 4);
    head.writeUInt16LE(4, 6);
    head.writeUInt32LE(SNAPLEN, 16);
    head.writeUInt32LE(link, 20);
    return head;
  }
  const head = Buffer.alloc(28 + 32);
  head.writeUInt32LE(0x0a0d0d0a, 0);
  head.writeUInt32LE(28, 4);
  head.writeUInt32LE(0x1a2b3c4d, 8);
  head.writeUInt16LE(1, 12);
  head.fill(0xff, 16, 24); // section length: not given
  head.writeUInt32LE(28, 24);
  head.writeUInt32LE(1, 28);
  head.writeUInt32LE(32, 32);
  head.writeUInt16LE(link, 36);
  head.writeUInt32LE(SNAPLEN, 40);
  head.writeUInt16LE(9, 44); // if_tsresol
  head.writeUInt16LE(1, 46);
  head[48] = 9; // 10^-9 s
  head.writeUInt32LE(32, 56); // behind opt_endofopt, which is all zeros
  return head;
}

/** Bytes that captureRecord() needs for a frame of this length. */
export function recordSize(format: CaptureFormat, length: number): number {
  return format === "pcap" ? 16 + length : 32 + ((length + 3) & ~3);
}

/** Lays one packet into `into` at `at`, time in nanoseconds since 1970; returns where the next one goes. */
export function captureRecord(
  format: CaptureFormat,
  into: Buffer,
  at: number,
  time: bigint,
  frame: Uint8Array,
  original: number,
): number {
  if (format === "pcap") {
    into.writeUInt32LE(Number((time / 1_000_000_000n) & 0xffffffffn), at);
    into.writeUInt32LE(Number(time % 1_000_000_000n), at + 4);
    into.writeUInt32LE(frame.length, at + 8);
    into.writeUInt32LE(original, at + 12);
    into.set(frame, at + 16);
    return at + 16 + frame.length;
  }
  const size = recordSize(format, frame.length);
  into.writeUInt32LE(6, at);
  into.writeUInt32LE(size, at + 4);
  into.writeUInt32LE(0, at + 8);
  into.writeUInt32LE(Number(time >> 32n), at + 12);
  into.writeUInt32LE(Number(time & 0xffffffffn), at + 16);
  into.writeUInt32LE(frame.length, at + 20);
  into.writeUInt32LE(original, at + 24);
  into.set(frame, at + 28);
  into.fill(0, at + 28 + frame.length, at + size - 4);
  into.writeUInt32LE(size, at + size - 4);
  return at + size;
}

export interface Packet {
  /** Nanoseconds since 1970. pcap holds seconds in 32 bits: until the year 2106. */
  time: bigint;
  frame: Uint8Array;
  /** Bytes on the wire; the frame's length without it. */
  original?: number;
}

/** A whole small capture in memory. */
export function captureBytes(
  packets: Iterable<Packet>,
  format: CaptureFormat = "pcap",
  link: number = ETHERNET,
): Buffer {
  const pieces = [captureHeader(format, link)];
  for (const { time, frame, original } of packets) {
    const piece = Buffer.alloc(recordSize(format, frame.length));
    captureRecord(format, piece, 0, time, frame, original ?? frame.length);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Writes a capture to a file as packets come, buffered; `-` is standard output. Nothing is on disk before close(). */
export class CaptureWriter {
  readonly format: CaptureFormat;
  packets = 0;
  #fd: number;
  #buffer = Buffer.allocUnsafe(BUFFER);
  #used = 0;

  constructor(path: string, options: WriteOptions = {}) {
    this.format = options.format ?? (path.endsWith(".pcapng") ? "pcapng" : "pcap");
    this.#fd = path === "-" ? 1 : options.own ? openOwn(path, "anew") : openSync(path, "w");
    this.#used = captureHeader(this.format, options.link).copy(this.#buffer);
  }

  /** @param time nanoseconds since 1970 @param original bytes on the wire, the frame's length without it */
  write(time: bigint, frame: Uint8Array, original: number = frame.length): void {
    const size = recordSize(this.format, frame.length);
    if (this.#used + size > this.#buffer.length) this.flush();
    if (size > this.#buffer.length) throw new RangeError(`a frame of ${frame.length} bytes does not fit a capture`);
    this.#used = captureRecord(this.format, this.#buffer, this.#used, time, frame, original);
    this.packets++;
  }

  flush(): void {
    for (let at = 0; at < this.#used; ) at += writeSync(this.#fd, this.#buffer, at, this.#used - at);
    this.#used = 0;
  }

  close(): void {
    this.flush();
    if (this.#fd !== 1) closeSync(this.#fd);
  }
}
