// Where tables are full and lengths lie: what is given up, and under which name. Through `weir decode`'s decoder and inspect.
import { describe, expect, it } from "vitest";
import {
  busData,
  dateTime,
  dayTime,
  message,
  packet,
  sealHeader,
  segment,
  segment2,
  stretch,
  tmats,
  whole,
} from "./testing/chapter10.ts";
import { bus, cut, decode, expected } from "./testing/datagrams.ts";
import { frame, rowsOf } from "./testing/decode.ts";

const names = (found: readonly string[]) => found.map((text) => text.split(" ")[0]);
const named = async (...datagrams: Buffer[]) => names((await decode(datagrams.map((d) => frame(d)))).found);

// REQ-DECODE-018
describe("a stream's datagrams", () => {
  it("too short for any, or for what their first word says, are named", async () => {
    const one = whole(0, bus(0));
    expect(await named(one, Buffer.alloc(3))).toEqual(["udp_short"]);
    expect(await named(one, segment(1, bus(1), 0, 0).subarray(0, 8))).toEqual(["udp_format"]);
    expect(await named(one, Buffer.from([0x21, 1, 0, 0, 0, 0, 0, 0]))).toEqual(["udp_format"]);
    const two = cut(segment2, 7, bus(0, 4), 400);
    expect(await named(...two, two[0]!.subarray(0, 8))).toEqual(["udp_format"]);
    const odd = Buffer.from(two[0]!);
    odd[3] = 0x22;
    expect(await named(...two, odd)).toEqual(["udp_format"]);
    const three = stretch(0, 0, bus(0));
    expect(await named(three, stretch(1, 0, Buffer.alloc(0)).subarray(0, 6))).toEqual(["udp_format"]);
    expect(await named(three, stretch(1, 0, bus(1), 5))).toEqual(["udp_format"]);
  });

  it("are no stream's while nothing proves which format they have", async () => {
    const p = bus(0, 4);
    const wrong = (make: typeof segment, at: number) => {
      const d = make(7, p, 0, p.length);
      d[at]! ^= 1;
      return d;
    };
    // of format 1 another offset or sequence, of format 2 another channel or size than the packet in it has
    for (const d of [wrong(segment, 8), wrong(segment, 6), wrong(segment, 4), wrong(segment2, 11), wrong(segment2, 7)])
      expect(await decode([frame(d)])).toEqual({ messages: [], found: [] });
    expect(await decode([frame(stretch(0, 300, p))])).toEqual({ messages: [], found: [] });
  });

  it("of a 33rd sender displace the one seen longest ago, and its packets", async () => {
    const open = segment(0, bus(0, 40), 0, 400);
    const senders = Array.from({ length: 33 }, (_, i) => frame(i ? whole(0, bus(i)) : open, 2000, i + 1));
    const { messages, found } = await decode(senders);
    expect(messages).toHaveLength(32);
    expect(found).toEqual(["udp_flow_forgotten 0", "udp_incomplete 400"]);
    const other = await decode([...senders, frame(segment(0, bus(0, 40), 0, 400), 2000, 50), frame(open, 2000, 60)]);
    expect(names(other.found).filter((name) => name === "udp_flow_forgotten")).toHaveLength(3);
  });

  it("without a payload change nothing", async () => {
    const p = bus(0, 40);
    expect(
      await decode([segment(0, p, 0, 400), segment(1, p, 0, 0), segment(2, p, 400, p.length)].map((d) => frame(d))),
    ).toEqual({
      messages: expected([0, 40]),
      found: [],
    });
  });

  it("of a packet in more stretches than are kept give it up", async () => {
    const parts = cut(segment, 0, bus(0, 400), 100).filter((_, i) => i % 2 === 0);
    const found = await named(...parts.slice(0, 28));
    expect(found.filter((name) => name === "udp_pieces")).toHaveLength(1);
  });

  it("of a packet that many later ones have overtaken give it up", async () => {
    const early = segment(0, bus(0, 40), 0, 400);
    const later = Array.from({ length: 70 }, (_, i) => whole(1 + i, bus(1 + i)));
    const next = segment(71, bus(71, 40), 0, 400);
    const { found } = await decode([early, ...later, next].map((d) => frame(d)));
    expect(found.filter((text) => text === "udp_incomplete 400")).toHaveLength(2);
    const second = [segment2(0, bus(0, 40), 0, 400), ...cut(segment2, 80, bus(1, 40), 400)];
    expect((await decode(second.map((d) => frame(d)))).messages).toEqual(expected([1, 40]));
  });
});

// REQ-DECODE-018
describe("a packet in segments", () => {
  const large = packet(Buffer.alloc(80_000, 0x11), { type: 0x19, channel: 3 });

  it("larger than any that is read is counted, whole, and given up where its beginning was not kept", async () => {
    expect(await named(...cut(segment, 0, large, 1400))).toEqual(["packet_too_large"]);
    const head = [segment(1, large, 0, 12), segment(2, large, 12, 40)];
    expect(await named(whole(9, bus(9)), segment(0, large, 70_000, 70_100), ...head)).toContain("packet_too_large");
    expect(await named(whole(9, bus(9)), segment(0, large, 70_000, 70_100), segment(1, large, 0, 100))).not.toContain(
      "packet_too_large",
    );
  });

  it("with impossible lengths is refused", async () => {
    const lying = Buffer.from(bus(0, 40));
    lying.writeUInt32LE(20, 4);
    sealHeader(lying);
    expect(await named(whole(9, bus(9)), segment(10, lying, 0, 300))).toEqual(["header_length"]);
  });

  it("of a type that is not read takes no room from others", async () => {
    const video = packet(Buffer.alloc(50_000, 0x22), { type: 0x40, channel: 4 });
    const other = cut(segment, 0, video, 1400).slice(0, 20);
    const three = [1, 2, 3].flatMap((c, k) => cut(segment, 40 * (k + 1), bus(0, 3000, c), 1500).slice(0, 40));
    const found = await named(...other, ...three, segment(200, video, 28_000, 29_400));
    expect(found).toContain("udp_evicted");
  });

  it("of a byte stream that begins anew before its end, or is none after all", async () => {
    const a = bus(0, 20);
    const begun = stretch(0, 0, a.subarray(0, 200));
    expect((await named(begun, stretch(1, 40, Buffer.concat([Buffer.alloc(40), bus(1)])))).slice(0, 1)).toEqual([
      "udp_straddle",
    ]);
    const rest = a.subarray(200);
    const far = stretch(1, rest.length + 8, Buffer.concat([rest, Buffer.alloc(8), bus(1)]));
    expect(await named(begun, far)).toEqual(["udp_straddle"]);
    const broken = Buffer.from(a);
    broken[9]! ^= 1;
    expect(
      await named(
        stretch(0, 0, Buffer.concat([bus(5), broken.subarray(0, 10)])),
        stretch(1, 0xffff, broken.subarray(10, 100)),
      ),
    ).toEqual(["header_checksum"]);
  });
});

// REQ-DECODE-017
describe("a recording's tables", () => {
  it("forget the channel seen longest ago of those that share its place", async () => {
    const { found } = await rowsOf(...Array.from({ length: 9 }, (_, i) => bus(0, 1, 5 + 64 * i)));
    expect(found).toEqual([["chapter10.channel_forgotten", 5]]);
  });

  it("forget the sender seen longest ago while packets of another are open", async () => {
    const frames = Array.from({ length: 30 }, (_, i) => frame(segment(i, bus(0, 40, 100 + i), 0, 400)));
    const senders = Array.from({ length: 40 }, (_, i) => frame(whole(0, bus(i)), 2000, 10 + i));
    expect(names((await decode([...frames, ...senders])).found)).toContain("udp_flow_forgotten");
  });

  it("name channels by what fits, of as many as there is room for", async () => {
    const many = Array.from({ length: 260 }, (_, i) => `R-1\\TK1-${i + 1}:${i + 1};R-1\\DSI-${i + 1}:bus ${i};`).join(
      "",
    );
    const link = "x".repeat(40);
    const text = `${many}R-9\\DSI-1:nobody;R-1\\CDLN-1:${link};B-1\\DLN:${link};B-1\\BNA-1:never;B-0\\DLN:y;B-2\\BNA-1:;`;
    const { rows, found } = await rowsOf(packet(tmats(text), { type: 1, channel: 0 }), bus(0, 1, 2), bus(0, 1, 1));
    expect(found).toEqual([]);
    expect(rows.map(({ mil1553 }) => mil1553.channel_name ?? mil1553.name)).toMatchObject(["bus 1", "x".repeat(32)]);
  });
});

// REQ-DECODE-017
describe("a time packet", () => {
  const time = (data: Buffer) => packet(data, { type: 0x11, channel: 1 });
  const dated = (change: (data: Buffer) => void) => {
    const data = dateTime("2026-11-21T10:00:00Z");
    change(data);
    return time(data);
  };
  it.each<[string, Buffer, boolean]>([
    ["of a date", dated(() => {}), true],
    ["of the last day of a year", time(dateTime("2026-12-31T23:59:59Z")), true],
    ["of a leap day", time(dateTime("2024-02-29T00:00:00Z")), true],
    ["of a day behind one", time(dateTime("2024-03-01T00:00:00Z")), true],
    ["of the day 366", time(dayTime(366, 1, 2, 3, 0, true)), true],
    ["of the day 366 of a year that has none", time(dayTime(366, 1, 2, 3)), false],
    ["of the 30th of February", dated((data) => data.writeUInt16LE(0x0230, 8)), false],
    ["of the day 0", time(dayTime(0, 1, 2, 3)), false],
    ["of the day 367", time(dayTime(367, 1, 2, 3, 0, true)), false],
    ["of the hour 24", time(dayTime(1, 24, 2, 3)), false],
    ["of month 0", dated((data) => data.writeUInt16LE(0x0021, 8)), false],
    ["of month 13", dated((data) => data.writeUInt16LE(0x1321, 8)), false],
    ["of day 0", dated((data) => data.writeUInt16LE(0x1100, 8)), false],
    ["of day 32", dated((data) => data.writeUInt16LE(0x1132, 8)), false],
    ["of a century that is no number", dated((data) => data.writeUInt16LE(0xa026, 10)), false],
    ["of a year that is no number", dated((data) => data.writeUInt16LE(0x202a, 10)), false],
    ["of the year 1969", dated((data) => data.writeUInt16LE(0x1969, 10)), false],
    ["of the year 2500", dated((data) => data.writeUInt16LE(0x2500, 10)), false],
    ["that ends before the year", time(dateTime("2026-11-21T10:00:00Z").subarray(0, 10)), false],
  ])("%s", async (_, one, good) => {
    const { found } = await rowsOf(one, bus(0));
    expect(found.map(([name]) => name)).toEqual(good ? [] : ["chapter10.time_invalid"]);
  });

  it("before which a message of the same clock would be older than 1970 gives it no time", async () => {
    const epoch = packet(dayTime(1, 0, 0, 0), { type: 0x11, channel: 1, rtc: 5e7 });
    const { rows } = await rowsOf(
      epoch,
      packet(busData([message([0x4c61, 0x4800, 1], { rtc: 10, gap1: 65 })]), { rtc: 10 }),
    );
    expect(rows.map(({ timestamp }) => timestamp)).toEqual([null]);
  });
});

// REQ-DECODE-017
describe("a damaged recording", () => {
  it("has what stands inside it found, whatever else looks like a header there", async () => {
    const cases = [
      // larger than any packet that is read, longer than what is left, without a checksum
      packet(Buffer.alloc(70_000), { channel: 9 }).subarray(0, 200),
      packet(Buffer.alloc(9000), { channel: 9 }).subarray(0, 200),
      packet(Buffer.alloc(60, 0x25), { channel: 9, type: 0x40, checksum: 0 }),
    ];
    for (const inner of cases) {
      const outer = packet(Buffer.concat([Buffer.alloc(40), inner, bus(3), Buffer.alloc(300)]), { channel: 8 });
      outer[60]! ^= 1;
      const { rows } = await rowsOf(bus(1), outer.subarray(0, 24 + 40 + inner.length + bus(3).length), bus(4));
      expect(rows.map(({ mil1553 }) => mil1553.rtc)).toEqual([1e6, 3e6, 4e6]);
    }
  });
});

describe("a message that looks like RT to RT without saying so", () => {
  // receive 5-1, two words; then the second command and, in its place, what answers
  const rows = async (words: number[]) =>
    (await rowsOf(packet(busData([message(words, { gap1: 65, gap2: 65 })])))).rows.map(({ mil1553 }) => mil1553.format);
  it.each([
    ["is one", [0x2822, 0x3422, 0x3000, 1, 2, 0x2800], "rt-rt"],
    ["for another number of words is none", [0x2822, 0x3423, 0x3000, 1, 2, 0x2800], "bc-rt"],
    ["from the terminal itself is none", [0x2822, 0x2c22, 0x2800, 1, 2, 0x2800], "bc-rt"],
    ["not answered by the one is none", [0x2822, 0x3422, 0x4800, 1, 2, 0x2800], "bc-rt"],
    ["not answered by the other is none", [0x2822, 0x3422, 0x3000, 1, 2, 0x4800], "bc-rt"],
    ["whose second is a mode code is none", [0x2822, 0x3402, 0x3000, 1, 2, 0x2800], "bc-rt"],
  ])("%s", async (_, words, format) => expect(await rows(words)).toEqual([format]));
});
