// IRIG 106 Chapter 10 packets, as a recorder would write them (RCC 106-17 10.6.1). Little-endian throughout.
//
//    0 sync EB25   2 channel      4 packet length (with header and trailer, multiple of 4)
//    8 data length (without trailer)   12 data type version   13 sequence   14 flags   15 data type
//   16 counter, 48 bits   22 checksum of the header   24 secondary header (12) if flag 7   data   filler, data checksum

export const TMATS = 0x01;
export const TIME = 0x11;
export const MIL1553 = 0x19;

/** Data type version of RCC 106-17 (10.6.1.1 e). */
const VERSION = 8;
/** Header flags (10.6.1.1 g): secondary header present; message times are of its format; its format is IEEE 1588. */
const SECONDARY = 0x80;
const MESSAGE_TIME = 0x40;
const IEEE_1588 = 0x04;

/** Bits of the data checksum. */
export type Checksum = 0 | 8 | 16 | 32;

export interface PacketFields {
  channel: number;
  type: number;
  /** Per channel; its low 8 bits are written. */
  sequence: number;
  /** 0.1 us; its low 48 bits are written. */
  counter: number;
  checksum: Checksum;
  /** Nanoseconds since 1970 for a secondary header; without it the packet has none. */
  secondaryTime?: bigint;
  /** The messages inside carry IEEE 1588 time as the secondary header does, not the counter. */
  messageTime?: boolean;
}

/** A whole packet around `data`: filled up to 4 bytes, with both checksums. */
export function packet(data: Uint8Array, fields: PacketFields): Buffer {
  const { channel, type, sequence, counter, checksum, secondaryTime, messageTime = false } = fields;
  const body = secondaryTime === undefined ? 24 : 36;
  const trailer = checksum / 8;
  const length = (body + data.length + trailer + 3) & ~3;
  const out = Buffer.alloc(length);
  out.writeUInt16LE(0xeb25, 0);
  out.writeUInt16LE(channel, 2);
  out.writeUInt32LE(length, 4);
  out.writeUInt32LE(data.length, 8);
  out[12] = VERSION;
  out[13] = sequence & 255;
  out[14] =
    (secondaryTime === undefined ? 0 : SECONDARY | IEEE_1588) |
    (messageTime ? MESSAGE_TIME : 0) |
    [0, 1, 2, 2, 3][trailer]!;
  out[15] = type;
  counterInto(out, counter, 16);
  out.writeUInt16LE(sum16(out.subarray(0, 22)), 22);
  if (secondaryTime !== undefined) {
    ieee1588Into(out, secondaryTime, 24);
    out.writeUInt16LE(sum16(out.subarray(24, 34)), 34);
  }
  out.set(data, body);
  const summed = out.subarray(body, length - trailer); // filler included (10.6.1.4)
  if (checksum === 32) out.writeUInt32LE(sum32(summed), length - 4);
  else if (checksum === 16) out.writeUInt16LE(sum16(summed), length - 2);
  else if (checksum === 8) out[length - 1] = summed.reduce((sum, byte) => sum + byte, 0) & 255;
  return out;
}

export function counterInto(out: Buffer, counter: number, at: number): void {
  out.writeUIntLE(counter % 2 ** 48, at, 6);
}

/** IEEE 1588 time: nanoseconds in the low 32 bits, seconds in the high ones. */
export function ieee1588Into(out: Buffer, ns: bigint, at: number): void {
  out.writeUInt32LE(Number(ns % 1_000_000_000n), at);
  out.writeUInt32LE(Number((ns / 1_000_000_000n) & 0xffffffffn), at + 4);
}

function sum16(bytes: Buffer): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += bytes.readUInt16LE(i);
  return sum & 0xffff;
}

function sum32(bytes: Buffer): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 4) sum = (sum + bytes.readUInt32LE(i)) >>> 0;
  return sum;
}

const bcd = (n: number) => (Math.floor(n / 10) << 4) | (n % 10);

/** Data of a time packet, format 1, day-month-year (10.6.3.2). @param ms milliseconds since 1970; to 10 ms */
export function timeData(ms: number): Buffer {
  const t = new Date(ms);
  const year = t.getUTCFullYear();
  const out = Buffer.alloc(12);
  out.writeUInt32LE(0x0201, 0); // external source, IRIG-B, date as day-month-year
  out.writeUInt16LE(bcd(Math.floor(t.getUTCMilliseconds() / 10)) | (bcd(t.getUTCSeconds()) << 8), 4);
  out.writeUInt16LE(bcd(t.getUTCMinutes()) | (bcd(t.getUTCHours()) << 8), 6);
  out.writeUInt16LE(bcd(t.getUTCDate()) | (bcd(t.getUTCMonth() + 1) << 8), 8);
  out.writeUInt16LE(bcd(year % 100) | (bcd(Math.floor(year / 100)) << 8), 10);
  return out;
}
