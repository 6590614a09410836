// A second, minimal reader of Chapter 10 files: written from RCC 106-17 10.6, with neither the writer's nor the onboard
// decoder's code. It throws at the first thing that is not as the standard wants it.

export interface ReadMessage {
  channel: number;
  time: number;
  blockStatus: number;
  gap1: number;
  gap2: number;
  words: number[];
}

export interface ReadPacket {
  channel: number;
  type: number;
  sequence: number;
  counter: number;
  flags: number;
  data: Buffer;
  /** ns since 1970, of the secondary header. */
  secondary: bigint | undefined;
  messages: ReadMessage[];
}

const check = (right: boolean, what: string) => {
  if (!right) throw new Error(what);
};

function sum(bytes: Buffer, size: 1 | 2 | 4): number {
  let total = 0n;
  for (let i = 0; i < bytes.length; i += size) total += BigInt(bytes.readUIntLE(i, size));
  return Number(total & ((1n << BigInt(8 * size)) - 1n));
}

export function readChapter10(file: Buffer): ReadPacket[] {
  const packets: ReadPacket[] = [];
  const sequences = new Map<number, number>();
  for (let at = 0; at < file.length; ) {
    const head = file.subarray(at, at + 24);
    check(head.readUInt16LE(0) === 0xeb25, `no sync at ${at}`);
    check(sum(head.subarray(0, 22), 2) === head.readUInt16LE(22), `header checksum at ${at}`);
    const length = head.readUInt32LE(4);
    const dataLength = head.readUInt32LE(8);
    const flags = head[14]!;
    check(length % 4 === 0 && at + length <= file.length, `packet length ${length} at ${at}`);
    const whole = file.subarray(at, at + length);
    let start = 24;
    let secondary: bigint | undefined;
    if (flags & 0x80) {
      check(sum(whole.subarray(24, 34), 2) === whole.readUInt16LE(34), `secondary checksum at ${at}`);
      check((flags & 0x0c) === 4 && whole.readUInt16LE(32) === 0, `secondary header's format at ${at}`);
      secondary = BigInt(whole.readUInt32LE(28)) * 1_000_000_000n + BigInt(whole.readUInt32LE(24));
      start = 36;
    }
    const size = ([0, 1, 2, 4] as const)[flags & 3]!;
    if (size)
      check(
        sum(whole.subarray(start, length - size), size) === whole.readUIntLE(length - size, size),
        `data checksum at ${at}`,
      );
    const filler = whole.subarray(start + dataLength, length - size);
    check(start + dataLength + size <= length && filler.length < 4 && filler.every((b) => b === 0), `filler at ${at}`);
    const channel = head.readUInt16LE(2);
    check(
      sequences.get(channel) === undefined || head[13] === ((sequences.get(channel)! + 1) & 255),
      `sequence at ${at}`,
    );
    sequences.set(channel, head[13]!);
    const packet: ReadPacket = {
      channel,
      type: head[15]!,
      sequence: head[13]!,
      counter: head.readUIntLE(16, 6),
      flags,
      data: whole.subarray(start, start + dataLength),
      secondary,
      messages: [],
    };
    if (packet.type === 0x19) packet.messages = readMessages(packet);
    packets.push(packet);
    at += length;
  }
  return packets;
}

function readMessages({ channel, data, flags }: ReadPacket): ReadMessage[] {
  const csdw = data.readUInt32LE(0);
  check(csdw >>> 30 === 1 && (csdw & 0x3f000000) === 0, "time tag");
  const messages: ReadMessage[] = [];
  let at = 4;
  while (at < data.length) {
    const bytes = data.readUInt16LE(at + 12);
    check(bytes % 2 === 0 && at + 14 + bytes <= data.length, "message length");
    check(flags & 0x40 ? true : data.readUInt16LE(at + 6) === 0, "upper bits of the counter");
    messages.push({
      channel,
      time: flags & 0x40 ? Number(data.readBigUInt64LE(at)) : data.readUIntLE(at, 6),
      blockStatus: data.readUInt16LE(at + 8),
      gap1: data[at + 10]!,
      gap2: data[at + 11]!,
      words: Array.from({ length: bytes / 2 }, (_, i) => data.readUInt16LE(at + 14 + 2 * i)),
    });
    at += 14 + bytes;
  }
  check(messages.length === (csdw & 0xffffff), "message count");
  return messages;
}
