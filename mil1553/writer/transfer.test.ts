import { expect, it } from "vitest";
import { packet } from "./chapter10.ts";
import type { Packet } from "./recording.ts";
import { datagrams, type TransferOptions } from "./transfer.ts";

const made = (bytes: number, channel: number, sequence: number): Packet => ({
  bytes: packet(Buffer.alloc(bytes, sequence), { channel, type: 0x19, sequence, counter: 5, checksum: 32 }),
  channel,
  type: 0x19,
  time: 1000 * sequence,
  messages: [],
});
const PACKETS = [made(40, 2, 0), made(700, 3, 1), made(10, 2, 2), made(3000, 2, 3)];
const cut = (options: TransferOptions) => [...datagrams(PACKETS, options)].map((d) => d.payload);
const whole = Buffer.concat(PACKETS.map((p) => p.bytes));

it("format 1: whole packets behind 4 bytes, segments behind 12, the sequence counting datagrams", () => {
  const payloads = cut({ format: 1, size: 500 });
  expect(payloads.map((p) => p.readUInt32LE(0) >>> 8)).toEqual(payloads.map((_, i) => i));
  expect(payloads.map((p) => p[0])).toEqual([0x01, 0x11, 0x11, 0x01, ...new Array(7).fill(0x11)]);
  const [, first, second] = payloads as [Buffer, Buffer, Buffer];
  // channel, channel sequence, reserved, offset
  expect(first.subarray(4, 12).toString("hex")).toBe("0300010000000000");
  expect(second.readUInt32LE(8)).toBe(488);
  expect(Buffer.concat(payloads.map((p) => p.subarray(p[0] === 1 ? 4 : 12))).equals(whole)).toBe(true);
});

it("format 2: big-endian, size and offset in 32-bit words", () => {
  const payloads = cut({ format: 2, size: 502 });
  const [single, first, second] = payloads as [Buffer, Buffer, Buffer];
  expect(single.subarray(0, 12).toString("hex")).toBe("000000020000001100000002");
  // 728 bytes are b6 words; 488 are 7a
  expect(first.subarray(0, 12).toString("hex")).toBe("00000112000000b600000003");
  expect(second.subarray(0, 12).toString("hex")).toBe("00000212000000b6007a0003");
  expect(Buffer.concat(payloads.map((p) => p.subarray(12))).equals(whole)).toBe(true);
});

it("format 3: one stream of bytes, each datagram saying where its first packet begins", () => {
  for (const source of [undefined, { id: 0xa, nibbles: 1 }]) {
    const payloads = cut({ format: 3, size: 108, ...(source && { source }) });
    let at = 0;
    const starts = PACKETS.map((_, i) => PACKETS.slice(0, i).reduce((sum, p) => sum + p.bytes.length, 0));
    for (const [i, p] of payloads.entries()) {
      expect(p[0]).toBe(source ? 0x13 : 3);
      expect(p.readUInt32LE(4)).toBe(source ? 0xa0000000 + i : i);
      const inside = starts.find((s) => s >= at && s < at + p.length - 8);
      expect(p.readUInt16LE(2)).toBe(inside === undefined ? 0xffff : inside - at);
      at += p.length - 8;
    }
    expect(Buffer.concat(payloads.map((p) => p.subarray(8))).equals(whole)).toBe(true);
  }
});

it("refuses a size in which no header fits", () => {
  expect(() => cut({ format: 1, size: 20 })).toThrow("20 bytes for a datagram, expected 64 to 65507");
});
