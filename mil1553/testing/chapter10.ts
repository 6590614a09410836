// Small Chapter 10 packets and datagrams, byte by byte, for tests: written from the layout, not with the decoder's code.

export interface PacketOptions {
  channel?: number;
  type?: number;
  sequence?: number;
  /** Without the data checksum's bits: those follow from `checksum`. */
  flags?: number;
  rtc?: number;
  /** Bytes of data checksum. */
  checksum?: 0 | 1 | 2 | 4;
  /** The secondary header's eight bytes of time; sets flag 7. */
  secondaryTime?: bigint;
  filler?: number;
}

export function packet(data: Uint8Array, options: PacketOptions = {}): Buffer {
  const {
    channel = 5,
    type = 0x19,
    sequence = 0,
    flags = 0,
    rtc = 0,
    checksum = 4,
    secondaryTime,
    filler = 0,
  } = options;
  const start = secondaryTime === undefined ? 24 : 36;
  const length = (start + data.length + filler + checksum + 3) & ~3;
  const out = Buffer.alloc(length);
  out.writeUInt16LE(0xeb25, 0);
  out.writeUInt16LE(channel, 2);
  out.writeUInt32LE(length, 4);
  out.writeUInt32LE(data.length, 8);
  out[12] = 6;
  out[13] = sequence & 255;
  out[14] = flags | [0, 1, 2, 2, 3][checksum]! | (secondaryTime === undefined ? 0 : 0x80);
  out[15] = type;
  out.writeUIntLE(rtc, 16, 6);
  sealHeader(out);
  if (secondaryTime !== undefined) {
    out.writeBigUInt64LE(secondaryTime, 24);
    out.writeUInt16LE(words(out.subarray(24, 34)), 34);
  }
  out.set(data, start);
  sealData(out);
  return out;
}

export const words = (bytes: Uint8Array): number => {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += bytes[i]! | (bytes[i + 1]! << 8);
  return sum & 0xffff;
};

export function sealHeader(packet: Buffer): void {
  packet.writeUInt16LE(words(packet.subarray(0, 22)), 22);
}

export function sealData(packet: Buffer): void {
  const size = [0, 1, 2, 4][packet[14]! & 3]!;
  const from = packet[14]! & 0x80 ? 36 : 24;
  const body = packet.subarray(from, packet.length - size);
  if (size === 4) {
    let sum = 0;
    for (let i = 0; i < body.length; i += 4) sum = (sum + body.readUInt32LE(i)) >>> 0;
    packet.writeUInt32LE(sum, packet.length - 4);
  } else if (size === 2) packet.writeUInt16LE(words(body), packet.length - 2);
  else if (size === 1) packet[packet.length - 1] = body.reduce((a, b) => a + b, 0) & 255;
}

export interface MessageOptions {
  rtc?: number;
  /** All eight bytes of its time, in place of `rtc`. */
  time?: bigint;
  status?: number;
  gap1?: number;
  gap2?: number;
  /** Bytes that the message says it has, if not the truth. */
  length?: number;
}

/** Intra-packet header and words of one 1553 message. */
export function message(words: number[], options: MessageOptions = {}): Buffer {
  const out = Buffer.alloc(14 + 2 * words.length);
  if (options.time !== undefined) out.writeBigUInt64LE(options.time, 0);
  else out.writeUIntLE(options.rtc ?? 0, 0, 6);
  out.writeUInt16LE(options.status ?? 0, 8);
  out[10] = options.gap1 ?? 0;
  out[11] = options.gap2 ?? 0;
  out.writeUInt16LE(options.length ?? 2 * words.length, 12);
  words.forEach((word, i) => void out.writeUInt16LE(word, 14 + 2 * i));
  return out;
}

/** Data of a 1553 packet: CSDW and messages; `count` and time tag as given. */
export function busData(messages: Buffer[], count = messages.length, timeTag = 1): Buffer {
  const csdw = Buffer.alloc(4);
  csdw.writeUInt32LE(((timeTag << 30) | count) >>> 0, 0);
  return Buffer.concat([csdw, ...messages]);
}

const bcd = (n: number) => (Math.floor(n / 10) << 4) | (n % 10);

/** Data of a time packet by day of the year. */
export function dayTime(
  day: number,
  hour: number,
  minute: number,
  second: number,
  hundredths = 0,
  leap = false,
): Buffer {
  const out = Buffer.alloc(10);
  out.writeUInt32LE(leap ? 0x101 : 1, 0);
  out.writeUInt16LE(bcd(hundredths) | (bcd(second) << 8), 4);
  out.writeUInt16LE(bcd(minute) | (bcd(hour) << 8), 6);
  out.writeUInt16LE(bcd(day % 100) | (Math.floor(day / 100) << 8), 8);
  return out;
}

/** Data of a time packet by date. */
export function dateTime(iso: string): Buffer {
  const t = new Date(iso);
  const out = Buffer.alloc(12);
  out.writeUInt32LE(0x201, 0);
  out.writeUInt16LE(bcd(Math.floor(t.getUTCMilliseconds() / 10)) | (bcd(t.getUTCSeconds()) << 8), 4);
  out.writeUInt16LE(bcd(t.getUTCMinutes()) | (bcd(t.getUTCHours()) << 8), 6);
  out.writeUInt16LE(bcd(t.getUTCDate()) | (bcd(t.getUTCMonth() + 1) << 8), 8);
  out.writeUInt16LE(bcd(t.getUTCFullYear() % 100) | (bcd(Math.floor(t.getUTCFullYear() / 100)) << 8), 10);
  return out;
}

/** Data of a time packet, format 2. `format`: 0 NTP, 1 and 2 IEEE 1588; `status`: 1 valid. */
export function networkTime(seconds: number, fraction: number, format = 0, status = 1): Buffer {
  const out = Buffer.alloc(12);
  out.writeUInt32LE((format << 4) | status, 0);
  out.writeUInt32LE(seconds, 4);
  out.writeUInt32LE(fraction, 8);
  return out;
}

/** IEEE 1588 time as a message or a secondary header has it. */
export const ieee1588 = (seconds: number, ns: number): bigint => (BigInt(seconds) << 32n) | BigInt(ns);
/** Chapter 4 time: 10 ms and microseconds. */
export const chapter4 = (hundredths: number, us: number): bigint => (BigInt(hundredths) << 32n) | (BigInt(us) << 16n);

export const tmats = (text: string): Buffer => Buffer.concat([Buffer.alloc(4), Buffer.from(text)]);

/** UDP transfer header, format 1: whole packets. */
export function whole(sequence: number, ...packets: Uint8Array[]): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(((sequence << 8) | 1) >>> 0, 0);
  return Buffer.concat([head, ...packets]);
}

/** Format 1: bytes [from, to) of a packet. */
export function segment(sequence: number, packet: Buffer, from: number, to: number): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt32LE(((sequence << 8) | 0x11) >>> 0, 0);
  head.writeUInt16LE(packet.readUInt16LE(2), 4);
  head[6] = packet[13]!;
  head.writeUInt32LE(from, 8);
  return Buffer.concat([head, packet.subarray(from, to)]);
}

/** Format 2, big-endian, size and offset in 32-bit words. */
export function segment2(sequence: number, packet: Buffer, from: number, to: number): Buffer {
  const head = Buffer.alloc(12);
  head.writeUIntBE(sequence, 0, 3);
  head[3] = 0x12;
  head[4] = (from >> 2) >> 16;
  head.writeUIntBE(packet.length >> 2, 5, 3);
  head.writeUInt16BE((from >> 2) & 0xffff, 8);
  head.writeUInt16BE(packet.readUInt16LE(2), 10);
  return Buffer.concat([head, packet.subarray(from, to)]);
}

/** Format 3: a stretch of the byte stream in which the first packet begins at `start` (0xffff: none). */
export function stretch(sequence: number, start: number, bytes: Uint8Array, idLength = 0, id = 0): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(((start << 16) | (idLength << 4) | 3) >>> 0, 0);
  const bits = 32 - 4 * idLength;
  head.writeUInt32LE((idLength ? id * 2 ** bits : 0) + sequence, 4);
  return Buffer.concat([head, bytes]);
}
