/** Capture files made by hand for tests, in every variant that the formats have; and everything a reader says of one. */
import { Readable } from "node:stream";
import { INPUT_SIZE } from "../../appliance/contract/abi.ts";
import { CaptureReader } from "../reader.ts";
import type { RunSummary } from "../summary.ts";

export interface Read {
  time: bigint;
  number: bigint;
  original: number;
  link: number;
  kind: number;
  bytes: Buffer;
}

/** All records of captures; `-` reads `stdin`. */
export async function readAll(
  paths: string[],
  options: { stdin?: Readable; recursive?: boolean; room?: number } = {},
): Promise<{ records: Read[]; summary: RunSummary }> {
  const { room = INPUT_SIZE } = options;
  const reader = await CaptureReader.open(paths, options);
  const buffer = new Uint8Array(room);
  const view = new DataView(buffer.buffer);
  const records: Read[] = [];
  for (let length = await reader.fill(buffer); length; length = await reader.fill(buffer))
    for (let at = 0; at < length; ) {
      const captured = view.getUint32(at + 16, true);
      const end = at + 32 + captured;
      records.push({
        time: view.getBigUint64(at, true),
        number: view.getBigUint64(at + 8, true),
        original: view.getUint32(at + 20, true),
        link: view.getUint16(at + 24, true),
        kind: view.getUint8(at + 26),
        bytes: Buffer.from(buffer.slice(at + 32, end)),
      });
      at = at + 32 + ((captured + 7) & ~7);
      // What fills a record up is zeros
      if (buffer.subarray(end, at).some((byte) => byte !== 0)) throw new Error("padding that is not zero");
    }
  await reader.close();
  return { records, summary: reader.summary };
}

/** The same of bytes that come as a stream, in chunks of this size. */
export const readBytes = (bytes: Uint8Array, chunk = 65536) =>
  readAll(["-"], {
    stdin: Readable.from(
      (function* () {
        for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
      })(),
    ),
  });

export interface PcapPacket {
  seconds: number;
  fraction: number;
  bytes: Uint8Array;
  original?: number;
  /** As the header says, where that is not what is there. */
  captured?: number;
}

export interface PcapVariant {
  magic?: number;
  big?: boolean;
  version?: [number, number];
  link?: number;
}

export const MAGIC = { microseconds: 0xa1b2c3d4, nanoseconds: 0xa1b23c4d, kuznetsov: 0xa1b2cd34 };

export function pcapFile(packets: readonly PcapPacket[], variant: PcapVariant = {}): Buffer {
  const { magic = MAGIC.microseconds, big = false, version = [2, 4], link = 1 } = variant;
  const u32 = (...values: number[]) => {
    const out = Buffer.alloc(4 * values.length);
    for (const [n, value] of values.entries()) big ? out.writeUInt32BE(value, 4 * n) : out.writeUInt32LE(value, 4 * n);
    return out;
  };
  const versions = big ? (version[0] << 16) | version[1] : (version[1] << 16) | version[0];
  return Buffer.concat([
    u32(magic, versions >>> 0, 0, 0, 262144, link),
    ...packets.flatMap(({ seconds, fraction, bytes, original = bytes.length, captured = bytes.length }) => [
      u32(seconds, fraction, captured, original),
      ...(magic === MAGIC.kuznetsov ? [Buffer.alloc(8, 0x77)] : []),
      bytes,
    ]),
  ]);
}

/** The same of whole frames. `time`: nanoseconds. */
export const pcapOf = (frames: readonly { time: number; data: Uint8Array }[]): Buffer =>
  pcapFile(
    frames.map(({ time, data: bytes }) => {
      const fraction = Math.floor((time % 1e9) / 1e3);
      return { seconds: Math.floor(time / 1e9), fraction, bytes };
    }),
  );

/** A pcapng block around `body`; `behind` is the length written behind it. */
export function block(type: number, body: Uint8Array, big = false, behind?: number): Buffer {
  const length = 12 + ((body.length + 3) & ~3);
  const out = Buffer.alloc(length);
  const u32 = (value: number, at: number) => (big ? out.writeUInt32BE(value, at) : out.writeUInt32LE(value, at));
  u32(type, 0);
  u32(length, 4);
  out.set(body, 8);
  u32(behind ?? length, length - 4);
  return out;
}

/** Numbers as 16 and 32 bits in a row, `[bits, value]` each, and bytes. */
export function fields(big: boolean, ...items: ([16 | 32, number] | Uint8Array)[]): Buffer {
  return Buffer.concat(
    items.map((item) => {
      if (item instanceof Uint8Array) return item;
      const [bits, value] = item;
      const out = Buffer.alloc(bits / 8);
      if (bits === 16) big ? out.writeUInt16BE(value) : out.writeUInt16LE(value);
      else big ? out.writeUInt32BE(value >>> 0) : out.writeUInt32LE(value >>> 0);
      return out;
    }),
  );
}

export const section = (big = false) =>
  block(0x0a0d0d0a, fields(big, [32, 0x1a2b3c4d], [16, 1], [16, 0], [32, 0xffffffff], [32, 0xffffffff]), big);

/** @param options code and bytes of each */
export function interfaceBlock(link: number, options: [number, Uint8Array][] = [], big = false): Buffer {
  const list = options.map(([code, bytes]) =>
    fields(big, [16, code], [16, bytes.length], bytes, new Uint8Array(-bytes.length & 3)),
  );
  const end = options.length ? [fields(big, [16, 0], [16, 0])] : [];
  return block(1, fields(big, [16, link], [16, 0], [32, 0], ...list, ...end), big);
}

export function enhanced(id: number, ticks: bigint, bytes: Uint8Array, big = false, original = bytes.length): Buffer {
  const body = fields(
    big,
    [32, id],
    [32, Number(ticks >> 32n)],
    [32, Number(ticks & 0xffffffffn)],
    [32, bytes.length],
    [32, original],
    bytes,
  );
  return block(6, body, big);
}
