// Recordings of disturbed buses (swarm.ts) as a hostile world hands them on: files with bytes changed, left out, and put in; datagrams
// of all three formats that are lost, repeated, late, and sent by more recorders than there are places for.
import type { Frame } from "../../detectors/testing/site.ts";
import { generator } from "../../ip/testing/seeds.ts";
import type { BusMessage } from "../simulator/message.ts";
import { frame, STREAM } from "../writer/frame.ts";
import { type Packet, type RecordingOptions, recording } from "../writer/recording.ts";
import { datagrams } from "../writer/transfer.ts";
import { dateTime, dayTime, packet, sealHeader, tmats } from "./chapter10.ts";

export const CLOCK = { counter: 600_000_000, ms: Date.UTC(2026, 2, 2, 8) };

export function packetsOf(messages: readonly BusMessage[], more: Partial<RecordingOptions> = {}): Packet[] {
  const numbers = [...new Set(messages.map(({ channel }) => channel))];
  const channels = numbers.map((channel) => ({ channel, name: `BUS ${channel}` }));
  return [...recording(messages, { channels, clock: CLOCK, packetBytes: 4000, ...more })];
}

/** Packets of other types, and such that are not as they should be, among those of a recording. */
function between(random: () => number, counter: number): Uint8Array {
  const below = (n: number) => random() % n;
  const data = Buffer.from(Array.from({ length: 4 + below(60) }, () => random() & 255));
  const rtc = counter;
  const kinds = [
    () =>
      packet(data, {
        type: [0x30, 0x40, 0x09, 0x19, 0x68, 0x11, 0x01, 0x02, 0x03, 0x18][below(10)]!,
        rtc,
        channel: below(10),
      }),
    () =>
      packet(dayTime(1 + below(366), below(25), below(61), below(61), below(101), below(2) === 0), {
        type: 0x11,
        rtc,
        channel: 1,
      }),
    () => packet(dateTime(new Date(CLOCK.ms + below(1e9)).toISOString()), { type: 0x11, rtc, channel: 1 }),
    () =>
      packet(
        tmats(`R-1\\ID:X;R-1\\TK1-1:${below(9)};R-1\\DSI-1:N${below(9)};R-1\\CDT-1:1553IN;B-1\\DLN:N1;B-1\\NBS\\N:1;`),
        { type: 1, channel: 0 },
      ),
    () =>
      packet(data, {
        rtc,
        secondaryTime: BigInt(below(1e9)),
        checksum: [0, 1, 2, 4][below(4)] as 0,
        filler: below(5),
        sequence: below(256),
      }),
  ];
  return kinds[below(kinds.length)]!();
}

/** Longer than what is looked into, and than what is believed. */
const LONG = [65_536, 65_540, 65_568, 65_572, 524_288, 524_292];

/** A file of these packets, of which some are damaged. */
export function file(packets: readonly Packet[], seed: number, oneIn: number): Buffer {
  const random = generator(seed * 48271 + 5);
  for (let n = 0; n < 8; n++) random();
  const below = (n: number) => random() % n;
  const parts = packets.flatMap(({ bytes, time }) => {
    const copy = Buffer.from(bytes);
    if (below(oneIn)) return [copy];
    const at = () => below(copy.length);
    switch (below(12)) {
      case 0:
        return [];
      case 1:
        return [copy.subarray(0, at())];
      case 2:
        return [copy, copy];
      case 3:
        return [Buffer.from(Array.from({ length: below(100) }, () => random() & 255)), copy];
      case 4:
        copy[at()]! ^= 1 << below(8);
        return [copy];
      case 5:
      case 6: // a header that is whole but says something else
        copy[[2, 4, 5, 6, 8, 9, 12, 13, 14, 15, 16, 20, 21][below(13)]!] = random() & 255;
        sealHeader(copy);
        return [copy];
      case 7:
        copy.writeUInt32LE((below(12) ? [0, 24, 28, 2000, copy.length + 4, copy.length - 4] : LONG)[below(6)]!, 4);
        sealHeader(copy);
        return [copy];
      case 8: // what a packet says of the messages in it
        copy.writeUInt32LE(((below(4) << 30) | below(40)) >>> 0, 24);
        return [copy];
      case 9:
        copy[24 + below(Math.max(1, copy.length - 24))] = [0, 255, random() & 255][below(3)]!;
        return [copy];
      default:
        return [Buffer.from(between(random, time)), copy];
    }
  });
  return Buffer.concat(parts);
}

export interface Stream {
  seed: number;
  format: 1 | 2 | 3;
  /** In one of so many datagrams something is wrong. */
  oneIn: number;
  /** Bytes of a datagram at most. */
  size?: number;
  /** The last number of the recorder's address. */
  from?: number;
  port?: number;
  nibbles?: number;
}

/** Frames of a stream of these packets, at the times at which it is sent, from second 1000 on. */
export function stream(
  packets: readonly Packet[],
  { seed, format, oneIn, size = 600, from = 53, port = 2000, nibbles = 0 }: Stream,
): Frame[] {
  const random = generator(seed * 16807 + 11);
  for (let n = 0; n < 8; n++) random();
  const below = (n: number) => random() % n;
  const ends = {
    ...STREAM,
    from: `192.0.2.${from}`,
    fromMac: `0200000015${from.toString(16).padStart(2, "0")}`,
    toPort: port,
  };
  const frames: Frame[] = [];
  let id = 0;
  for (const { payload, time } of datagrams(packets, {
    format,
    size,
    ...(nibbles ? { source: { id: 1, nibbles } } : {}),
  })) {
    const copy = Buffer.from(payload);
    const at = 1000e9 + (time - CLOCK.counter) * 100;
    const add = (after: number, bytes: Uint8Array) => frames.push({ time: at + after, data: frame(bytes, ends, ++id) });
    const what = below(oneIn) ? -1 : below(8);
    if (what === 0) continue;
    if (what === 1) copy[below(copy.length)]! ^= 1 << below(8);
    if (what === 2) copy[below(Math.min(12, copy.length))] = random() & 255;
    add(what === 3 ? 5e6 : what === 4 ? 2.1e9 : 0, what === 5 ? copy.subarray(0, below(copy.length)) : copy);
    if (what === 6) add(0, copy);
    if (what === 7) add(0, Buffer.from(Array.from({ length: below(60) }, () => random() & 255)));
  }
  return frames;
}
