// Datagrams that IP has cut, recorders that begin anew, and several of them behind one address.
import { describe, expect, it } from "vitest";
import { busData, dateTime, message, packet, segment, stretch, whole } from "./testing/chapter10.ts";
import { bus, cut, decode, expected } from "./testing/datagrams.ts";
import { fragments, frame } from "./testing/decode.ts";

const SECOND = 1_000_000_000n;

// REQ-DECODE-024
describe("a datagram in IP fragments", () => {
  const PARTS = fragments(whole(0, bus(0, 40), bus(1, 40)), 448);
  const MESSAGES = expected([0, 40], [1, 40]);
  const read = async (...frames: Parameters<typeof decode>[0]) => (await decode(frames)).messages;
  it("is put together, in whatever order they come, and also where one comes twice", async () => {
    expect(PARTS.length).toBe(4);
    expect(await decode(PARTS)).toEqual({ messages: MESSAGES, found: [] });
    expect(await read(...[2, 0, 3, 1].map((n) => PARTS[n]!))).toEqual(MESSAGES);
    expect(await read(PARTS[0]!, PARTS[0]!, PARTS[1]!, PARTS[2]!, PARTS[2]!, PARTS[3]!, PARTS[3]!)).toEqual(MESSAGES);
  });
  it("of 65,504 bytes is put together, one beyond 65,535 is not", async () => {
    const packets = Array.from({ length: 15 }, (_, n) => bus(n, 210));
    const long = whole(0, ...packets, packet(Buffer.alloc(1_992), { type: 0x30, channel: 9 }));
    expect(long.length).toBe(65_504);
    const parts = fragments(long, 1480);
    expect((await decode(parts)).messages.length).toBe(15 * 210);
    const halves = [1, 0].flatMap((odd) => parts.filter((_, n) => (n & 1) === odd));
    expect((await decode(halves)).messages.length).toBe(15 * 210);
    const last = Buffer.from(parts.at(-1)!);
    last.writeUInt16BE(0x1ff0, 20);
    expect(await read(...parts.slice(0, -1), last)).toEqual([]);
  });
  it("that are missing, overlap, contradict each other, or come too late is not", async () => {
    expect(await read(...PARTS.slice(0, 3))).toEqual([]);
    expect(await read(...PARTS.slice(1))).toEqual([]);
    const other = Buffer.from(PARTS[1]!);
    other[100]! ^= 1;
    expect(await read(PARTS[0]!, PARTS[1]!, other, ...PARTS.slice(2))).toEqual([]);
    const overlapping = Buffer.from(PARTS[2]!);
    overlapping.writeUInt16BE(overlapping.readUInt16BE(20) - 1, 20);
    expect(await read(PARTS[0]!, PARTS[1]!, overlapping, PARTS[3]!)).toEqual([]);
    const late = (at: bigint) => [...PARTS.slice(0, 3), { at, frame: PARTS[3]! }];
    expect(await read(...late(2n * SECOND))).toEqual(MESSAGES);
    expect(await read(...late(2n * SECOND + 1n))).toEqual([]);
  });
  it("is told from others by its number and its sender; of nine at a time the oldest is given up", async () => {
    const of = (n: number, id: number, from = 1) => fragments(whole(0, bus(n, 40)), 600, { id, from });
    const woven = (...datagrams: Buffer[][]) => [0, 1].flatMap((n) => datagrams.map((parts) => parts[n]!));
    expect(of(0, 1).length).toBe(2);
    expect(await read(...woven(of(0, 1), of(1, 1, 2)))).toEqual(expected([0, 40], [1, 40]));
    expect(await read(...woven(of(0, 1), of(1, 2, 2)))).toEqual(expected([0, 40], [1, 40]));
    const some = (n: number) => woven(...Array.from({ length: n }, (_, i) => of(i, 1, 1 + i)));
    expect((await read(...some(8))).length).toBe(8 * 40);
    expect(await read(...some(9))).toEqual([]);
  });
  it("cut short by the capture is not", async () => {
    const snapped = PARTS[1]!.subarray(0, -1);
    expect(await read(PARTS[0]!, snapped, ...PARTS.slice(2))).toEqual([]);
  });
});

// REQ-DECODE-018
describe("a recorder that begins anew within the numbers that were there", () => {
  const clocked = (hour: number, rtc: number) =>
    packet(dateTime(`2026-03-02T${hour}:00:00Z`), { type: 0x11, channel: 1, rtc, sequence: 0 });
  it("is read from its first datagram on, while copies of a datagram are not read again", async () => {
    const run = (first: number) => [whole(0, clocked(first, 0)), ...[1, 2, 3].map((n) => whole(n, bus(first + n, 2)))];
    const all = [...run(10), ...run(20)];
    const { messages, found } = await decode(all.flatMap((one) => [frame(one), frame(one)]));
    expect(messages).toEqual(expected([11, 2], [12, 2], [13, 2], [21, 2], [22, 2], [23, 2]));
    expect(found.filter((text) => text.startsWith("udp_"))).toEqual([
      ...Array(4).fill("udp_duplicate 0"),
      "udp_restart 4",
      ...Array(4).fill("udp_duplicate 0"),
    ]);
  });
  it("gives up what it had not finished, and is read in segments", async () => {
    const before = cut(segment, 0, bus(0, 40), 400).slice(0, 2);
    const after = cut(segment, 0, bus(100, 40), 400);
    const { messages, found } = await decode([...before, ...after].map((one) => frame(one)));
    expect(messages).toEqual(expected([100, 40]));
    expect(found).toEqual(["udp_restart 2", "udp_incomplete 800"]);
  });
});

// REQ-DECODE-024
describe("recorders behind one address", () => {
  const recorder = (hour: number, rtc: number) => [
    packet(dateTime(`2026-03-02T${hour}:00:00Z`), { type: 0x11, channel: 1, rtc }),
    packet(busData([message([0x4c61, 0x4800, 1], { rtc: rtc + 10_000_000, gap1: 65 })])),
  ];
  const A = recorder(10, 5e9);
  const B = recorder(12, 9e9);
  const hoursOf = async (frames: Buffer[]) => (await decode(frames, { rows: "messages" }, 13)).messages;

  it("are told apart by the port that they send from", async () => {
    const frames = [0, 1].flatMap((n) => [
      frame(whole(n, A[n]!), 2000, 1, 4000),
      frame(whole(n, B[n]!), 2000, 1, 4001),
    ]);
    expect(await hoursOf(frames)).toEqual(["2026-03-02T10", "2026-03-02T12"]);
  });
  it("are told apart by the stream's identifier", async () => {
    const frames = [0, 1].flatMap((n) => [frame(stretch(n, 0, A[n]!, 1, 3)), frame(stretch(n, 0, B[n]!, 1, 4))]);
    expect(await hoursOf(frames)).toEqual(["2026-03-02T10", "2026-03-02T12"]);
    expect((await decode(frames)).found).toEqual([]);
  });
  it("that are one, with a port for each stream, have one clock: it is the same counter", async () => {
    const frames = [frame(whole(0, A[0]!), 2000, 1, 4000), frame(whole(0, A[1]!), 2000, 1, 4001)];
    expect(await hoursOf(frames)).toEqual(["2026-03-02T10"]);
    const stranger = [frames[0]!, frame(whole(0, B[1]!), 2000, 1, 4001)];
    expect(await hoursOf(stranger)).toEqual([""]);
    const elsewhere = [frames[0]!, frame(whole(0, A[1]!), 2000, 2, 4001)];
    expect(await hoursOf(elsewhere)).toEqual([""]);
  });
});
