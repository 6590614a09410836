// A Chapter 10 recording with one thing wrong, and the same one without it.
import {
  busData,
  dateTime,
  dayTime,
  ieee1588,
  message,
  networkTime,
  type PacketOptions,
  packet,
  sealHeader,
  tmats,
} from "../chapter10.ts";
import { type Pairs, pair } from "./pair.ts";

const join = (...parts: Buffer[]) => Buffer.concat(parts);
const WORDS = [0x4c61, 0x4800, 7];
/** A 1553 packet without a message. */
const bare = (sequence: number, options: PacketOptions = {}) => packet(busData([]), { sequence, ...options });
const single = (options: PacketOptions = {}) => packet(busData([message(WORDS, { gap1: 65 })]), options);

/** With a byte changed by so much. */
function flipped(what: Buffer, at: number, by: number): Buffer {
  const copy = Buffer.from(what);
  copy[at < 0 ? copy.length + at : at]! ^= by;
  return copy;
}
/** With lengths that are not its own. */
function saying(what: Buffer, lengths: { packet?: number; data?: number }): Buffer {
  const copy = Buffer.from(what);
  if (lengths.packet !== undefined) copy.writeUInt32LE(lengths.packet, 4);
  if (lengths.data !== undefined) copy.writeUInt32LE(lengths.data, 8);
  sealHeader(copy);
  return copy;
}
const text = packet(tmats("G\\106:07;"), { type: 1, channel: 0 });

interface EthernetFrame {
  bytes: Buffer;
  length?: number;
  /** Of the frame word, beside the length. */
  bits?: number;
}
/** To nobody, of the type LLDP. */
const FRAME: EthernetFrame = { bytes: Buffer.from("02000000000202000000000188cc", "hex") };

/** Ethernet data, format 0 (RCC 106-17 10.6.12.1). */
function ethernet(frames: EthernetFrame[], count = frames.length, format = 0): Buffer {
  const word = Buffer.alloc(4);
  word.writeUInt32LE(((format << 28) | count) >>> 0);
  return join(
    word,
    ...frames.map(({ bytes, length = bytes.length, bits = 0 }) => {
      const head = Buffer.alloc(12);
      head.writeUInt32LE((bits | length) >>> 0, 8);
      return join(head, bytes);
    }),
  );
}

export const CONTAINER: Pairs = {
  lost_sync: [
    pair((n) => join(bare(0), Buffer.alloc(n), bare(1)), 1, 0),
    pair((n) => join(Buffer.alloc(n), bare(0)), 1, 0),
  ],
  header_checksum: pair((by) => join(bare(0), flipped(bare(1), 22, by)), 1, 0, { also: ["lost_sync"] }),
  header_length: [
    pair((data) => saying(single(), { data }), 25, 24, { also: ["lost_sync"] }),
    // RCC 106-17 10.6.1.1 c
    pair((length) => saying(bare(0), { packet: length }), 524_292, 524_288, {
      also: ["lost_sync"],
      left: ["truncated"],
    }),
    pair((length) => saying(text, { packet: length }), 134_217_732, 134_217_728, {
      also: ["lost_sync"],
      left: ["truncated"],
    }),
    pair((length) => saying(bare(0), { packet: length, data: 0 }), 34, 32, {
      also: ["lost_sync"],
      left: ["short_data"],
    }),
  ],
  data_checksum: ([1, 2, 4] as const).map((checksum) =>
    pair((by: number) => join(flipped(single({ checksum }), -1, by), bare(1)), 1, 0),
  ),
  tmats_checksum: pair((by) => join(flipped(text, -1, by), bare(0)), 1, 0),
  secondary_checksum: pair((by) => flipped(single({ secondaryTime: 5n, checksum: 0 }), 34, by), 1, 0),
  packet_too_large: pair((n) => packet(Buffer.alloc(n - 28), { type: 0x11 }), 65_540, 65_536, {
    left: ["time_invalid"],
  }),
  truncated: pair((missing) => join(bare(0), bare(1).subarray(0, 32 - missing)), 1, 0),
  sequence_gap: pair((next) => join(bare(255), bare(next)), 1, 0),
  sequence_repeat: pair((next) => join(bare(7), bare(next)), 7, 8),
  message_count: [
    ...[0, 2].map((n) => pair((count: number) => packet(busData([message(WORDS, { gap1: 65 })], count)), n, 1)),
    pair((count) => packet(ethernet([FRAME], count), { type: 0x68 }), 2, 1),
  ],
  message_length: pair((length) => packet(busData([message(WORDS, { gap1: 65, length })])), 7, 6),
  short_data: [
    pair((n) => packet(Buffer.alloc(n)), 3, 4),
    pair((n) => packet(Buffer.alloc(n), { type: 0x68 }), 3, 4),
    pair((n) => packet(dayTime(1, 0, 0, 0).subarray(0, n), { type: 0x11 }), 9, 10),
    pair((n) => packet(networkTime(0, 0).subarray(0, n), { type: 0x12 }), 11, 12),
  ],
  rtc_sync_error: pair((flags) => bare(0, { flags }), 0x20, 0),
  data_overflow: pair((flags) => bare(0, { flags }), 0x10, 0),
  format_not_read: [
    pair((type) => packet(busData([]), { type }), 0x1a, 0x19),
    pair((type) => packet(busData([]), { type }), 0x18, 0x17),
    pair((type) => packet(busData([]), { type }), 0x1f, 0x20),
    pair((type) => packet(Buffer.alloc(4), { type }), 0x69, 0x68),
    pair((type) => packet(Buffer.alloc(4), { type }), 0x6f, 0x70),
  ],
  tmats_xml: pair((csdw) => packet(Buffer.from([0, csdw, 0, 0]), { type: 1, channel: 0 }), 2, 1),
  // eight channels share a place
  channel_forgotten: pair((n) => join(...Array.from({ length: n }, (_, i) => bare(0, { channel: 5 + 64 * i }))), 9, 8),
  // of one step 64 can wait to be told
  many_anomalies: pair((n) => packet(ethernet(Array(n).fill({ ...FRAME, bits: 0x10000000 })), { type: 0x68 }), 65, 64, {
    also: ["ethernet_error"],
    left: ["ethernet_error"],
  }),
};

export const ETHERNET: Pairs = {
  ethernet_length: pair((length) => packet(ethernet([{ ...FRAME, length }]), { type: 0x68 }), 15, 14),
  ethernet_error: [
    ...[14, 15, 28, 29, 30, 31].map((bit) =>
      pair((n: number) => packet(ethernet([{ ...FRAME, bits: (1 << n) >>> 0 }]), { type: 0x68 }), bit, 27),
    ),
    pair((format) => packet(ethernet([FRAME], 1, format), { type: 0x68 }), 1, 0),
  ],
};

const clock = (data: Buffer, rtc = 0, sequence = 0) => packet(data, { type: 0x11, channel: 1, rtc, sequence });
const dated = (at: number, value: number) => {
  const data = dateTime("2026-12-31T23:59:59Z");
  data.writeUInt16LE(value, at);
  return clock(data);
};
const onNetwork = (fraction: number, format: number, status = 1) =>
  packet(networkTime(1, fraction, format, status), { type: 0x12, channel: 1 });
/** The recorder's word on where its time comes from. */
const sourced = (csdw: number) => {
  const data = dateTime("2026-12-31T23:59:59Z");
  data.writeUInt32LE(csdw);
  return clock(data);
};
/** A second, and what the counter says of it, in 100 ns. */
const ticked = (rtc: number) => join(clock(dayTime(1, 0, 0, 0)), clock(dayTime(1, 0, 0, 1), rtc, 1));

export const CLOCK: Pairs = {
  time_invalid: [
    pair((day) => clock(dayTime(day, 0, 0, 0)), 0, 1),
    pair((day) => clock(dayTime(day, 0, 0, 0, 0, true)), 367, 366),
    pair((isLeap) => clock(dayTime(366, 0, 0, 0, 0, isLeap)), false, true),
    pair((hour) => clock(dayTime(1, hour, 0, 0)), 24, 23),
    pair((minute) => clock(dayTime(1, 0, minute, 0)), 60, 59),
    pair((second) => clock(dayTime(1, 0, 0, second)), 61, 60), // a leap second
    pair((low) => dated(4, 0x5900 | low), 0x9a, 0x99),
    pair((low) => dated(4, 0x5900 | low), 0xa0, 0x90),
    pair((month) => dated(8, 0x0001 | (month << 8)), 0x00, 0x01),
    pair((month) => dated(8, 0x0001 | (month << 8)), 0x13, 0x12),
    pair((day) => dated(8, 0x1200 | day), 0x00, 0x01),
    pair((day) => dated(8, 0x1200 | day), 0x32, 0x31),
    pair((day) => dated(8, 0x0200 | day), 0x29, 0x28),
    pair((day) => dated(8, 0x0400 | day), 0x31, 0x30),
    pair((year) => dated(10, year), 0x1969, 0x1970),
    pair((year) => dated(10, year), 0x2500, 0x2499),
    pair((n) => clock(dateTime("2026-12-31T23:59:59Z").subarray(0, n)), 11, 12),
    pair((fraction) => onNetwork(fraction, 1), 1_000_000_000, 999_999_999),
    pair((fraction) => onNetwork(fraction, 2), 1_000_000_000, 999_999_999),
    pair((format) => onNetwork(1_000_000_000, format), 1, 0),
    pair((format) => onNetwork(0, format), 3, 2),
    pair(
      (ns) =>
        packet(busData([message(WORDS, { gap1: 65, time: ieee1588(1, ns) })]), { flags: 0x44, secondaryTime: 5n }),
      1_000_000_000,
      999_999_999,
    ),
  ],
  time_none: [
    pair(sourced, 0x20f, 0x202),
    pair(sourced, 0x2f1, 0x251),
    pair((status) => onNetwork(0, 0, status), 0, 1),
  ],
  time_jump: [
    pair(ticked, 10_000_000 - 1_000_001, 10_000_000 - 1_000_000),
    pair(ticked, 10_000_000 + 1_000_001, 10_000_000 + 1_000_000),
  ],
  time_source: [
    ...[0x40, 0x44, 0x48].map((good) => pair((flags: number) => bare(0, { flags, secondaryTime: 5n }), 0x4c, good)),
    // Chapter 4 time has no date: without a secondary header there is nothing to hold it against
    pair((flags) => bare(0, { flags }), 0x40, 0x44),
  ],
};
