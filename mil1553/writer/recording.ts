// Messages to the packets of a recording: TMATS first, a time packet, then bus data as the buffers of a recorder fill up.
import type { BusMessage } from "../simulator/message.ts";
import { type Checksum, counterInto, ieee1588Into, MIL1553, packet, TIME, TMATS, timeData } from "./chapter10.ts";
import { type ChannelName, tmatsData } from "./tmats.ts";

const SECOND = 10_000_000; // 0.1 us
const TMATS_CHANNEL = 0;
const TIME_CHANNEL = 1;
/** Time, block status, gaps, length in front of each message (10.6.4.2 b). */
const INTRA = 14;

/** What the counter means: at `counter` (0.1 us) it was `ms` (milliseconds since 1970, a multiple of 10). */
export interface Clock {
  counter: number;
  ms: number;
}

export interface RecordingOptions {
  /** The 1553 channels, for TMATS. */
  channels: readonly ChannelName[];
  clock: Clock;
  program?: string;
  /** Bits of the data checksum: 32 without it. */
  checksum?: Checksum;
  /** Each packet has a secondary header with IEEE 1588 time; "messages": the messages inside carry that time too. */
  secondary?: boolean | "messages";
  /** A packet is closed when its first message is this old: 0.1 us; 80 ms without it (10.6.1: at most 100 ms). */
  packetTime?: number;
  /** A packet is closed before its data grow beyond this many bytes: 16,384 without it. */
  packetBytes?: number;
}

export interface Packet {
  bytes: Buffer;
  channel: number;
  type: number;
  /** When the recorder hands it on, 0.1 us of the counter. */
  time: number;
  /** What is in it, in this order; empty in packets of other types. */
  messages: readonly BusMessage[];
}

/**
 * Packs messages that come in the order of time. Their number (labels) is their place in the packets, from 1: packets
 * follow each other as they are closed, so the messages of two channels do not alternate as they did on the buses.
 */
export function* recording(messages: Iterable<BusMessage>, options: RecordingOptions): Generator<Packet> {
  const { channels, clock, checksum = 32, secondary = false } = options;
  const { packetTime = 800_000, packetBytes = 16_384 } = options;
  const sequences = new Map<number, number>();
  const nsAt = (counter: number) => BigInt(clock.ms) * 1_000_000n + BigInt(counter - clock.counter) * 100n;
  const seal = (data: Buffer, channel: number, type: number, counter: number, time: number): Packet => {
    const sequence = sequences.get(channel) ?? 0;
    sequences.set(channel, sequence + 1);
    const bytes = packet(data, {
      channel,
      type,
      sequence,
      counter,
      checksum,
      ...(secondary && { secondaryTime: nsAt(counter) }),
      messageTime: secondary === "messages" && type === MIL1553,
    });
    return { bytes, channel, type, time, messages: [] };
  };
  const close = (open: Open, time: number): Packet => {
    const { messages } = open;
    const data = busData(messages, secondary === "messages" ? nsAt : undefined);
    return { ...seal(data, messages[0]!.channel, MIL1553, messages[0]!.time, time), messages };
  };

  const tmats = tmatsData(channels, TIME_CHANNEL, options.program ?? "weir simulate");
  yield seal(tmats, TMATS_CHANNEL, TMATS, clock.counter, clock.counter);
  const open = new Map<number, Open>();
  let nextTime = clock.counter;
  for (const message of messages) {
    // What is due before this message, in the order of time: time packets each second, buffers that are old enough
    for (;;) {
      const oldest = oldestOf(open);
      const due = oldest ? oldest.messages[0]!.time + packetTime : Number.POSITIVE_INFINITY;
      if (Math.min(due, nextTime) > message.time) break;
      if (nextTime <= due) {
        const ms = clock.ms + (nextTime - clock.counter) / 10_000;
        yield seal(timeData(ms), TIME_CHANNEL, TIME, nextTime, nextTime);
        nextTime += SECOND;
      } else {
        open.delete(oldest!.messages[0]!.channel);
        yield close(oldest!, due);
      }
    }
    const size = INTRA + 2 * message.words.length;
    let buffer = open.get(message.channel);
    if (buffer && buffer.bytes + size > packetBytes) {
      yield close(buffer, message.time);
      open.delete(message.channel);
      buffer = undefined;
    }
    if (!buffer) {
      buffer = { messages: [], bytes: 4 };
      open.set(message.channel, buffer);
    }
    buffer.messages.push(message);
    buffer.bytes += size;
  }
  for (let rest = oldestOf(open); rest; rest = oldestOf(open)) {
    open.delete(rest.messages[0]!.channel);
    yield close(rest, rest.messages[0]!.time + packetTime);
  }
}

interface Open {
  messages: BusMessage[];
  /** Of data, CSDW included. */
  bytes: number;
}

/** The buffer whose first message is the oldest; of equals the one opened first. */
function oldestOf(open: ReadonlyMap<number, Open>): Open | undefined {
  let oldest: Open | undefined;
  for (const buffer of open.values())
    if (!oldest || buffer.messages[0]!.time < oldest.messages[0]!.time) oldest = buffer;
  return oldest;
}

/** CSDW (count, time tag 1: first bit of the first word) and messages, without padding between them. */
function busData(messages: readonly BusMessage[], nsAt: ((counter: number) => bigint) | undefined): Buffer {
  const out = Buffer.alloc(4 + messages.reduce((sum, { words }) => sum + INTRA + 2 * words.length, 0));
  out.writeUInt32LE(((1 << 30) | messages.length) >>> 0, 0);
  let at = 4;
  for (const { time, blockStatus, gap1, gap2, words } of messages) {
    if (nsAt) ieee1588Into(out, nsAt(time), at);
    else counterInto(out, time, at);
    out.writeUInt16LE(blockStatus, at + 8);
    out[at + 10] = gap1;
    out[at + 11] = gap2;
    out.writeUInt16LE(2 * words.length, at + 12);
    at += INTRA;
    for (const word of words) at = out.writeUInt16LE(word, at);
  }
  return out;
}
