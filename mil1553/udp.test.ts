import { describe, expect, it } from "vitest";
import { sealHeader, segment, segment2, stretch, whole } from "./testing/chapter10.ts";
import { bus, cut, decode, expected } from "./testing/datagrams.ts";
import { frame } from "./testing/decode.ts";

// REQ-DECODE-018
describe("format 1", () => {
  it("whole packets, several in a datagram", async () => {
    const { messages, found } = await decode([frame(whole(0, bus(0), bus(1, 3))), frame(whole(1, bus(2)))]);
    expect(messages).toEqual(expected([0, 1], [1, 3], [2, 1]));
    expect(found).toEqual([]);
  });
  it("segments, two channels interleaved", async () => {
    const a = cut(segment, 0, bus(0, 40), 100, 2);
    const b = cut(segment, 1, bus(0, 40, 6), 100, 2);
    const { messages, found } = await decode(a.flatMap((s, i) => [frame(s), frame(b[i]!)]));
    expect(messages).toEqual(expected([0, 40], [0, 40, 6]));
    expect(found).toEqual([]);
  });
  it("segments out of order", async () => {
    const s = cut(segment, 0, bus(0, 40), 200).map((d) => frame(d));
    const order = [0, 2, 1, 4, 3, ...s.keys()].filter((n, i, all) => all.indexOf(n) === i && n < s.length);
    const { messages, found } = await decode(order.map((i) => s[i]!));
    expect(messages).toEqual(expected([0, 40]));
    expect(found).toEqual(["udp_sequence_gap 1", "udp_reordered 2", "udp_sequence_gap 1", "udp_reordered 2"]);
  });
  it("a lost segment costs its packet, not the next", async () => {
    const s = [
      ...cut(segment, 0, bus(0, 40), 200),
      ...cut(segment, 5, bus(1, 40), 200),
      ...cut(segment, 10, bus(2, 40), 200),
    ];
    s.splice(2, 1);
    const { messages, found } = await decode(s.map((d) => frame(d)));
    expect(messages).toEqual(expected([1, 40], [2, 40]));
    expect(found[0]).toBe("udp_sequence_gap 1");
    expect(found).toContainEqual("udp_incomplete 632");
  });
  it("a datagram that comes twice is not read twice", async () => {
    const one = frame(whole(0, bus(0)));
    const { messages, found } = await decode([one, one, frame(whole(1, bus(1)))]);
    expect(messages).toEqual(expected([0, 1], [1, 1]));
    expect(found).toEqual(["udp_duplicate 0"]);
  });
  it("overlapping segments that agree are named, that differ cost the packet", async () => {
    const p = bus(0, 40);
    const parts = (second: Buffer) =>
      [segment(0, p, 0, 400), second, segment(2, p, 600, p.length)].map((d) => frame(d));
    const agree = await decode(parts(segment(1, p, 300, 600)));
    expect(agree).toEqual({ messages: expected([0, 40]), found: ["udp_overlap 100"] });
    const other = Buffer.from(p);
    other[350]! ^= 1;
    const differ = await decode(parts(segment(1, other, 300, 600)));
    expect(differ.messages).toEqual([]);
    expect(differ.found[0]).toBe("udp_conflict 400");
  });
  it("a segment beyond its packet, an invalid header, a restart", async () => {
    const p = bus(0, 40);
    const lying = Buffer.from(p);
    lying.writeUInt32LE(400, 4);
    lying.writeUInt32LE(300, 8);
    sealHeader(lying);
    expect((await decode([segment(0, lying, 0, 300), segment(1, lying, 300, 600)].map((d) => frame(d)))).found).toEqual(
      ["udp_size 300"],
    );
    const broken = Buffer.from(p);
    broken[9]! ^= 1;
    expect((await decode([frame(segment(0, broken, 0, 300))], { ports: [2000] })).found).toEqual([
      "header_checksum 300",
    ]);
    const { messages, found } = await decode([frame(whole(70000, bus(0))), frame(whole(3, bus(1)))]);
    expect(messages).toEqual(expected([0, 1], [1, 1]));
    expect(found[0]).toMatch(/^udp_restart/);
  });
  it("gives up a packet after two seconds without a segment", async () => {
    const s = cut(segment, 0, bus(0, 40), 400).map((d) => frame(d));
    const late = await decode([
      { at: 1n, frame: s[0]! },
      { at: 2_100_000_000n, frame: s[1]! },
    ]);
    expect(late.found).toEqual(["udp_incomplete 400", "udp_incomplete 400"]);
  });
});

// REQ-DECODE-018
describe("format 2", () => {
  for (const step of [0, 1])
    it(`segments, the sequence ${step ? "counting datagrams" : "constant over a packet"}`, async () => {
      const s = [...cut(segment2, 7, bus(0, 40), 200, step), ...cut(segment2, step ? 12 : 8, bus(1, 40), 200, step)];
      const { messages, found } = await decode(s.map((d) => frame(d)));
      expect(messages).toEqual(expected([0, 40], [1, 40]));
      expect(found).toEqual([]);
    });
});

// REQ-DECODE-018
describe("format 3", () => {
  const packets = [bus(0, 10), bus(1, 30), bus(2), bus(3, 20)];
  const bytes = Buffer.concat(packets);
  const starts = packets.map((_, i) => Buffer.concat(packets.slice(0, i)).length);
  const stream = (size: number, idLength = 0, id = 0) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => {
      const start = starts.find((s) => s >= i * size && s < (i + 1) * size);
      return frame(
        stretch(
          i,
          start === undefined ? 0xffff : start - i * size,
          bytes.subarray(i * size, (i + 1) * size),
          idLength,
          id,
        ),
      );
    });
  for (const size of [40, 64, 100, 333, 1000, 5000])
    it(`packets that straddle datagrams of ${size} bytes`, async () => {
      const { messages, found } = await decode(stream(size, 2, 0x5a));
      expect(messages).toEqual(expected([0, 10], [1, 30], [2, 1], [3, 20]));
      expect(found).toEqual([]);
    });
  it("the datagram behind a loss is read, from the packet on that begins in it", async () => {
    const s = [0, 1, 2].map((n) => frame(stretch(n, 0, bus(n))));
    const { messages, found } = await decode([s[0]!, s[2]!]);
    expect(messages).toEqual(expected([0, 1], [2, 1]));
    expect(found[0]).toBe("udp_sequence_gap 1");
  });
  it("goes on at the next packet start after a loss", async () => {
    const s = stream(100);
    s.splice(3, 1);
    const { messages, found } = await decode(s);
    expect(messages).toEqual(expected([0, 10], [2, 1], [3, 20]));
    expect(found.map((f) => f.split(" ")[0])).toEqual(["udp_sequence_gap", "udp_incomplete", "sequence_gap"]);
  });
});

describe("which format a flow has", () => {
  it("is told apart where format 1 looks like 2 and the other way round", async () => {
    for (const first of [0x020000, 0x120000]) {
      const { messages, found } = await decode(cut(segment, first, bus(0, 40), 200).map((d) => frame(d)));
      expect({ messages, found }).toEqual({ messages: expected([0, 40]), found: [] });
    }
    for (const first of [0x010000, 0x110000]) {
      const { messages, found } = await decode(cut(segment2, first, bus(0, 40), 200).map((d) => frame(d)));
      expect({ messages, found }).toEqual({ messages: expected([0, 40]), found: [] });
    }
  });
  it("is not guessed when nothing tells, and kept once known", async () => {
    const s = cut(segment, 0x020000, bus(0, 40), 200);
    const undecided = await decode([frame(s[1]!)], { ports: [2000] });
    expect(undecided.found.map((f) => f.split(" ")[0])).toEqual(["udp_undecided"]);
    const mixed = await decode([frame(whole(0, bus(0))), frame(cut(segment2, 1, bus(1, 40), 200)[0]!)]);
    expect(mixed.found.map((f) => f.split(" ")[0])).toEqual(["udp_format"]);
  });
  it("is per flow; other UDP is left alone unless its port is named", async () => {
    const noise = frame(Buffer.from("hello, this is no Chapter 10 at all, but long enough to be"), 2000, 2);
    const one = frame(whole(0, bus(0)), 2000, 1);
    const three = frame(stretch(0, 0, bus(0, 1, 6)), 2000, 3);
    const { messages, found } = await decode([noise, one, noise, three, frame(whole(1, bus(1)), 2000, 1)]);
    expect(messages).toEqual(["5:0", "6:0", "5:1000000"]);
    expect(found).toEqual([]);
    expect((await decode([noise], { ports: [2000] })).found.length).toBe(1);
    expect((await decode([noise, one], { ports: [2001] })).messages).toEqual([]);
  });
});

describe("room", () => {
  it("gives up the packet touched longest ago when many are open", async () => {
    const open = Array.from({ length: 30 }, (_, i) => frame(segment(i, bus(0, 40, 100 + i), 0, 400)));
    const { messages, found } = await decode([...open, frame(whole(30, bus(9)))]);
    expect(messages).toEqual(expected([9, 1]));
    expect(found.filter((f) => f === "udp_evicted 400").length).toBe(6); // 30 packets, 24 slots
    expect(found.filter((f) => f === "udp_incomplete 400").length).toBe(24);
  });
  it("gives up for want of blocks, keeps what is young", async () => {
    const large = (channel: number) => bus(0, 3000, channel); // 60,008 bytes: 15 blocks of 40
    const parts = [1, 2, 3].flatMap((c, k) => cut(segment, 40 * k, large(c), 1500).slice(0, 40));
    const rest = cut(segment, 80, large(3), 1500)
      .slice(40)
      .map((s, i) => Buffer.concat([segment(120 + i, large(3), 0, 0).subarray(0, 4), s.subarray(4)]));
    const { messages, found } = await decode([...parts, ...rest].map((d) => frame(d)));
    expect(messages.length).toBe(3000);
    expect(found.filter((f) => f.startsWith("udp_evicted")).length).toBe(1);
  });
});
