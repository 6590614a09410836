import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantiateOnboard } from "../lib/asc.ts";
import { busData, message, packet, sealData, sealHeader, tmats } from "./testing/chapter10.ts";
import { decodeBytes, rowsOf } from "./testing/decode.ts";

const words = [0x4c61, 0x4800, 7];
const bus = (sequence: number, n = 1, checksum: 0 | 1 | 2 | 4 = 4) =>
  packet(busData(Array.from({ length: n }, (_, i) => message(words, { rtc: 1000 * (sequence * 100 + i), gap1: 65 }))), {
    sequence,
    checksum,
  });

// REQ-DECODE-016
describe("checksums", () => {
  for (const size of [0, 1, 2, 4] as const)
    it(`of ${8 * size} bits over the data`, async () => {
      const good = bus(0, 3, size);
      expect((await rowsOf(good)).rows.length).toBe(3);
      if (size === 0) return;
      const bad = Buffer.from(good);
      bad[50]! ^= 1;
      const { rows, found } = await rowsOf(bad, bus(1));
      expect(rows.length).toBe(1); // the next packet's: the damaged one is not believed
      expect(found).toEqual([["chapter10.data_checksum", 0]]);
    });
  it("of TMATS is reported only", async () => {
    const text = packet(tmats("R-1\\TK1-1:5;R-1\\DSI-1:Left wing;"), { type: 1, channel: 0 });
    text[text.length - 1]! ^= 1;
    const { rows, found } = await rowsOf(text, bus(0));
    expect(found).toEqual([["chapter10.tmats_checksum", 0]]);
    expect(rows[0]!.mil1553.name).toBe("Left wing"); // real recorders get this sum wrong
  });
  it("of the secondary header", async () => {
    const p = packet(busData([message(words)]), { secondaryTime: 5n });
    expect((await rowsOf(p)).found).toEqual([]);
    p[24]! ^= 1;
    const { rows, found } = await rowsOf(p);
    expect(found.map((f) => f[0])).toEqual(["chapter10.secondary_checksum"]);
    expect(rows.length).toBe(1);
  });
  it("that is wrong can be overridden by an analyst", async () => {
    const bad = bus(0, 3);
    bad[50]! ^= 1;
    const { result } = await decodeBytes([bad, bus(1)], { rows: "json", believeDamaged: true });
    expect(result.messages).toBe(4);
  });
});

describe("sync", () => {
  // REQ-DECODE-017
  it("lost is found again at the next good header, and the bytes between are counted", async () => {
    const { rows, found } = await rowsOf(bus(0), Buffer.alloc(57, 0x25), bus(1), Buffer.from("trailing junk"));
    expect(rows.length).toBe(2);
    expect(found).toEqual([
      ["chapter10.lost_sync", 57],
      ["chapter10.truncated", 11],
    ]);
  });
  it("is not regained by a header whose checksum or lengths are wrong", async () => {
    const bad = bus(1);
    bad[13]! ^= 1;
    const lying = bus(2);
    lying.writeUInt32LE(5000, 8);
    sealHeader(lying);
    const { rows, found } = await rowsOf(bus(0), bad, bus(2), lying, bus(3));
    expect(rows.length).toBe(3);
    expect(found.map((f) => f[0])).toEqual([
      "chapter10.header_checksum",
      "chapter10.lost_sync",
      "chapter10.sequence_gap",
      "chapter10.header_length",
      "chapter10.lost_sync",
    ]);
  });
  it("goes on inside a packet that was cut short", async () => {
    for (const checksum of [4, 0] as const) {
      const cut = bus(1, 9, checksum).subarray(0, 100);
      const { rows, found } = await rowsOf(bus(0), cut, bus(2), bus(3));
      expect(rows.length).toBe(3);
      expect(found.map((f) => f[0])).toContain("chapter10.lost_sync");
      expect(found.at(-1)).toEqual(["chapter10.lost_sync", 100]);
    }
  });
  it("ends with a truncated packet, and what stands whole inside it is found", async () => {
    const { rows, found } = await rowsOf(bus(0), bus(1, 9).subarray(0, 60), bus(2));
    expect(rows.length).toBe(2);
    expect(found[0]![0]).toBe("chapter10.truncated");
    expect(found.at(-1)).toEqual(["chapter10.lost_sync", 60]);
  });
  it("costs a forger's headers inside a damaged packet no more than eight checksums", async () => {
    const inner = Array.from({ length: 40 }, (_, i) => {
      const p = bus(i, 1);
      p.writeUInt32LE(60_000, 4);
      sealHeader(p);
      return p;
    });
    const outer = packet(busData([message(words), ...inner]), { type: 0x40 });
    outer[outer.length - 1]! ^= 1;
    const { rows } = await rowsOf(outer, Buffer.alloc(8), bus(1));
    expect(rows.length).toBe(1);
  });
  it("is not kept by a forged header without a checksum inside a damaged packet: what it claims is found", async () => {
    const hidden = bus(3);
    const long = message([], { length: hidden.length });
    const fits = busData([Buffer.concat([long, hidden])], 1);
    const forged = [
      packet(fits, { type: 0x40, checksum: 0 }), // no 1553 packet, though its bytes are as one's
      packet(Buffer.concat([busData([long], 2), hidden]), { checksum: 0 }), // one, whose messages do not fill it
    ];
    for (const inner of forged) {
      const outer = packet(Buffer.concat([Buffer.alloc(40), inner, Buffer.alloc(300)]), { type: 0x40, channel: 8 });
      outer[40]! ^= 1;
      const { rows } = await rowsOf(bus(1), outer.subarray(0, outer.length - 4), bus(4));
      expect(rows.map(({ mil1553 }) => mil1553.rtc)).toEqual([100_000, 300_000, 400_000]);
    }
  });
  it("is kept over a packet too large to be read", async () => {
    const large = packet(Buffer.alloc(70_000, 0x25), { type: 0x11, channel: 1 });
    const { rows, found } = await rowsOf(large, bus(1));
    expect(rows.length).toBe(1);
    expect(found).toEqual([["chapter10.packet_too_large", large.length]]);
  });
  it("is the same however the bytes are cut", async () => {
    const bad = bus(2, 4);
    bad[60]! ^= 4;
    const file = Buffer.concat([
      bus(0, 3),
      Buffer.alloc(5),
      bus(1),
      bad,
      bus(3).subarray(0, 40),
      bus(4, 2),
      Buffer.alloc(30),
    ]);
    const wholeFile = await decodeBytes([file], { rows: "packets" });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: file.length }), { maxLength: 12 }), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), file.length];
        const pieces = at.slice(1).map((end, i) => file.subarray(at[i], end));
        const { text, found } = await decodeBytes(pieces, { rows: "packets" });
        expect(text).toBe(wholeFile.text);
        expect(found).toEqual(wholeFile.found);
      }),
      { numRuns: 60, seed: 1553 },
    );
  });
});

describe("what packets claim", () => {
  it("sequence numbers have no gaps, and do not repeat", async () => {
    const { found } = await rowsOf(bus(250), bus(251), bus(1), bus(1), bus(2));
    expect(found).toEqual([
      ["chapter10.sequence_gap", 5],
      ["chapter10.sequence_repeat", 1],
    ]);
  });
  it("more messages than there are", async () => {
    const { rows, found } = await rowsOf(packet(busData([message(words)], 0xffffff)));
    expect(rows.length).toBe(1);
    expect(found).toEqual([["chapter10.message_count", 0xffffff]]);
  });
  it("fewer messages than there are", async () => {
    const { rows, found } = await rowsOf(packet(busData([message(words), message(words)], 1)));
    expect(rows.length).toBe(1);
    expect(found).toEqual([["chapter10.message_count", 1]]);
  });
  it("a message longer than the packet", async () => {
    const { rows, found } = await rowsOf(packet(busData([message(words), message(words, { length: 19925 })])));
    expect(rows.length).toBe(1);
    expect(found).toEqual([["chapter10.message_length", 19925]]);
  });
  it("an odd number of bytes", async () => {
    const odd = packet(Buffer.concat([busData([message(words, { length: 7 })]), Buffer.alloc(1)]));
    const { rows, found } = await rowsOf(odd);
    expect(rows[0]!.anomalies).toEqual(["mil1553.odd_length"]);
    expect(found).toEqual([]);
  });
  it("no data at all", async () => {
    for (const type of [0x19, 0x11, 0x68, 0x01]) {
      const { found } = await rowsOf(packet(Buffer.alloc(0), { type }));
      expect(found.map((f) => f[0])).toEqual(type === 1 ? [] : ["chapter10.short_data"]);
    }
  });
  it("the recorder's own warnings", async () => {
    const { found } = await rowsOf(packet(busData([]), { flags: 0x30 }));
    expect(found.map((f) => f[0])).toEqual(["chapter10.rtc_sync_error", "chapter10.data_overflow"]);
  });
});

describe("Ethernet inside", () => {
  it("hands out whole frames, and names the others as anomalies", async () => {
    const e = (await instantiateOnboard("mil1553/onboard/reader.probe.ts")).exports;
    const ether = (bytes: Uint8Array, word = bytes.length) => {
      const head = Buffer.alloc(12);
      head.writeUInt32LE(word >>> 0, 8);
      return Buffer.concat([head, bytes, Buffer.alloc(bytes.length & 1)]);
    };
    const csdw = Buffer.from([3, 0, 0, 0]);
    const data = Buffer.concat([
      csdw,
      ether(Buffer.from("first")),
      ether(Buffer.from("part"), 0x10000004),
      ether(Buffer.from("last frame")),
    ]);
    const p = packet(data, { type: 0x68 });
    sealData(p);
    Buffer.from(e.memory.buffer).set(p, e.inputAt());
    e.begin();
    e.feedStream(0, p.length);
    expect(e.frameCount()).toBe(2);
    expect(e.anomalyCount()).toBe(1); // the frame that holds only part
    expect(Buffer.from(e.memory.buffer, e.frameAt(), e.lastFrame()).toString()).toBe("last frame");
  });
});
