// Chapter 10 over UDP: the transfer headers of RCC 106-17 10.3.9.1. The layouts are drawn in mil1553/onboard/udp/transfer.ts,
// which reads them; format 2 is big-endian and counts in 32-bit words, as real senders do.
import type { Packet } from "./recording.ts";

export type TransferFormat = 1 | 2 | 3;

export interface TransferOptions {
  format: TransferFormat;
  /** Most bytes of a datagram's payload, header included; 1,472 (an Ethernet frame's) without it. At least 64. */
  size?: number;
  /** Format 3: source identifier and its length in nibbles, 0-4; none without it. */
  source?: { id: number; nibbles: number };
}

export interface Datagram {
  payload: Buffer;
  /** When it is sent, 0.1 us of the counter. */
  time: number;
}

/** A packet's header alone: what must be in a packet's first segment for a receiver to know its length. */
const HEADER = 24;
const NO_START = 0xffff;

/** Cuts packets into datagrams. In formats 1 and 2 a packet is whole or in segments; format 3 is a stream of bytes. */
export function* datagrams(packets: Iterable<Packet>, options: TransferOptions): Generator<Datagram> {
  const { format, size = 1472 } = options;
  if (!Number.isInteger(size) || size < 64 || size > 65507)
    throw new RangeError(`${size} bytes for a datagram, expected 64 to 65507`);
  if (format === 3) yield* stream(packets, size, options.source);
  else {
    let sequence = 0;
    for (const { bytes, time } of packets)
      for (const payload of format === 1 ? one(bytes, size, sequence) : two(bytes, size, sequence)) {
        sequence = (sequence + 1) & 0xffffff;
        yield { payload, time };
      }
  }
}

/** Format 1: a whole packet behind 4 bytes if it fits, else segments behind 12. */
function* one(packet: Buffer, size: number, first: number): Generator<Buffer> {
  const head = (sequence: number, type: 0 | 1, length: number) => {
    const out = Buffer.alloc(length);
    out.writeUInt32LE((((sequence & 0xffffff) << 8) | (type << 4) | 1) >>> 0, 0);
    return out;
  };
  if (4 + packet.length <= size) {
    yield Buffer.concat([head(first, 0, 4), packet]);
    return;
  }
  const most = size - 12;
  for (let offset = 0, n = first; offset < packet.length; offset += most, n++) {
    const out = head(n, 1, 12);
    out.writeUInt16LE(packet.readUInt16LE(2), 4);
    out[6] = packet[13]!;
    out.writeUInt32LE(offset, 8);
    yield Buffer.concat([out, packet.subarray(offset, offset + most)]);
  }
}

/** Format 2: always behind 12 bytes; type 0 when the whole packet is there. */
function* two(packet: Buffer, size: number, first: number): Generator<Buffer> {
  const most = (size - 12) & ~3;
  for (let offset = 0, n = first; offset < packet.length; offset += most, n++) {
    const out = Buffer.alloc(12);
    const words = offset >> 2;
    out.writeUIntBE(n & 0xffffff, 0, 3);
    out[3] = (packet.length <= most ? 0 : 0x10) | 2;
    out[4] = words >> 16;
    out.writeUIntBE(packet.length >> 2, 5, 3);
    out.writeUInt16BE(words & 0xffff, 8);
    out.writeUInt16BE(packet.readUInt16LE(2), 10);
    yield Buffer.concat([out, packet.subarray(offset, offset + most)]);
  }
}

/** Format 3: packets one behind the other, cut where the datagram is full; each says where the first packet begins. */
function* stream(packets: Iterable<Packet>, size: number, source: TransferOptions["source"]): Generator<Datagram> {
  const { id, nibbles } = source ?? { id: 0, nibbles: 0 };
  const bits = 32 - 4 * nibbles;
  const most = size - 8;
  let sequence = 0;
  let pending: Buffer[] = [];
  let length = 0;
  let start = NO_START; // in what is pending
  let last = 0;
  const flush = (): Datagram => {
    const out = Buffer.alloc(8);
    out.writeUInt32LE(((start << 16) | (nibbles << 4) | 3) >>> 0, 0);
    out.writeUInt32LE((nibbles ? id * 2 ** bits : 0) + (sequence++ % 2 ** bits), 4);
    const payload = Buffer.concat([out, ...pending]);
    pending = [];
    length = 0;
    start = NO_START;
    return { payload, time: last };
  };
  for (const { bytes, time } of packets) {
    // A header cut by the end of a datagram cannot prove the format to a receiver: better a short datagram in front of it
    if (length > 0 && most - length < HEADER) yield flush();
    if (start === NO_START) start = length;
    last = time;
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + most - length);
      pending.push(piece);
      length += piece.length;
      at += piece.length;
      if (length === most) yield flush();
    }
  }
  if (length > 0) yield flush();
}
