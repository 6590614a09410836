/** Chapter 10 packets of 1553 messages, field by field, for tests of guard: right, or wrong as asked for. */

export interface Packet {
  type?: number;
  flags?: number;
  channel?: number;
  sync?: number;
  /** In the header; what `data` has. */
  length?: number;
  /** Of the header, 0.1 us. */
  counter?: number;
  /** Time of a secondary header, whose flag is set; without it there is none. */
  secondary?: bigint;
  /** Bytes behind the data, beside what fills up four. */
  filler?: number;
}

export const sum16 = (bytes: Buffer) => {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += bytes.readUInt16LE(i);
  return sum & 0xffff;
};

/** A packet without data checksum (RCC 106-17 10.6.1). */
export function packet(
  data: Buffer,
  { type = 0x19, flags = 0, channel = 3, sync = 0xeb25, length = data.length, ...more }: Packet = {},
) {
  const { counter = 0, secondary, filler = 0 } = more;
  const header = Buffer.alloc(secondary === undefined ? 24 : 36);
  const whole = (header.length + data.length + filler + 3) & ~3;
  header.writeUInt16LE(sync, 0);
  header.writeUInt16LE(channel, 2);
  header.writeUInt32LE(whole, 4);
  header.writeUInt32LE(length, 8);
  header.set([8, 1, flags | (secondary === undefined ? 0 : 0x80), type], 12);
  header.writeUIntLE(counter, 16, 6);
  header.writeUInt16LE(sum16(header.subarray(0, 22)), 22);
  if (secondary !== undefined) {
    header.writeBigUInt64LE(secondary, 24);
    header.writeUInt16LE(sum16(header.subarray(24, 34)), 34);
  }
  return Buffer.concat([header, data, Buffer.alloc(whole - header.length - data.length)]);
}

export const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};
/** Of a packet of 1553 data, what is behind its header: messages, each its words. */
export function bus(
  messages: readonly { words: readonly number[]; status?: number; time?: bigint }[],
  csdw = messages.length,
): Buffer {
  const parts = messages.map(({ words, status = 0, time = 0n }) => {
    const bytes = Buffer.alloc(14 + 2 * words.length);
    bytes.writeBigUInt64LE(time);
    bytes.writeUInt16LE(status, 8);
    bytes.writeUInt16LE(2 * words.length, 12);
    for (const [n, word] of words.entries()) bytes.writeUInt16LE(word, 14 + 2 * n);
    return bytes;
  });
  return Buffer.concat([u32(0x40000000 | csdw), ...parts]); // a message's time is of its last bit
}

export const command = (rt: number, tr: number, sa: number, count: number) =>
  (rt << 11) | (tr << 10) | (sa << 5) | count;
export const answer = (rt: number) => rt << 11;
