import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAGIC, type PcapPacket, pcapFile, readBytes } from "./testing/files.ts";

const bytes = (n: number, seed = 1) => Uint8Array.from({ length: n }, (_, i) => (i * 7 + seed) & 255);
const packets: PcapPacket[] = [60, 61, 1514, 0, 7, 8].map((n, i) => ({
  seconds: 1_700_000_000 + i,
  fraction: 999_999 - i,
  bytes: bytes(n, i),
  original: n + (i === 2 ? 400 : 0),
}));
const times = (unit: bigint) => packets.map((p) => BigInt(p.seconds) * 1_000_000_000n + BigInt(p.fraction) * unit);

// REQ-DECODE-009
describe("every variant", () => {
  for (const [name, magic] of Object.entries(MAGIC))
    for (const big of [false, true])
      it(`${name}, ${big ? "big" : "little"}-endian`, async () => {
        const { records, summary } = await readBytes(pcapFile(packets, { magic, big }));
        expect(records.map(({ time }) => time)).toEqual(times(magic === MAGIC.nanoseconds ? 1n : 1000n));
        expect(records.map((r) => r.bytes)).toEqual(packets.map((p) => Buffer.from(p.bytes)));
        expect(records.map((r) => r.original)).toEqual(packets.map((p) => p.original));
        expect(records.map((r) => r.number)).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
        expect([summary.damages, summary.snapped, summary.packets]).toEqual([0, 1, 6]);
        expect([summary.first, summary.last]).toEqual([records[0]!.time, records[5]!.time]);
      });

  it("versions before 2.4, whose lengths stood the other way round", async () => {
    const swapped = packets.map((p) => ({ ...p, captured: p.original!, original: p.bytes.length }));
    for (const [version, file] of [
      [[2, 2], swapped],
      [[2, 3], swapped],
      [[2, 3], packets],
      [[2, 0], swapped],
    ] as const) {
      const { records, summary } = await readBytes(pcapFile(file, { version: [...version] }));
      expect(
        records.map((r) => r.original),
        `${version}`,
      ).toEqual(packets.map((p) => p.original));
      expect(records.map((r) => r.bytes)).toEqual(packets.map((p) => Buffer.from(p.bytes)));
      expect(summary.damages).toBe(0);
    }
  });

  it("link types, those that are known and others", async () => {
    for (const [link, seen] of [
      [1, 1],
      [101, 101],
      [12, 101],
      [113, 113],
      [276, 276],
      [0, 0],
      [108, 108],
      [300, 300],
      [0x0400_0001, 1],
    ] as const) {
      const { records, summary } = await readBytes(pcapFile(packets, { link }));
      expect(new Set(records.map((r) => r.link))).toEqual(new Set([seen]));
      expect([...summary.links]).toEqual([[seen, 6]]);
    }
  });
});

describe("damage", () => {
  const damage = async (file: Uint8Array) => {
    const { records, summary } = await readBytes(file);
    return { good: records.length, damage: summary.damage.map(({ offset, what }) => [offset, what]) };
  };
  const good = pcapFile(packets);
  const third = 24 + 16 + 60 + 16 + 61;

  // REQ-DECODE-010
  it("cut anywhere: every packet in front of the cut is read, the cut is reported where it is", async () => {
    const ends: number[] = [];
    let at = 24;
    for (const p of packets) {
      at += 16 + p.bytes.length;
      ends.push(at);
    }
    for (let length = 24; length < good.length; length += length > 200 && length < 1600 ? 61 : 1) {
      const { records, summary } = await readBytes(good.subarray(0, length));
      const whole = ends.filter((end) => end <= length).length;
      expect(records.length, `${length}`).toBe(whole);
      const atBoundary = length === 24 || ends.includes(length);
      expect(summary.damages, `${length}`).toBe(atBoundary ? 0 : 1);
      if (!atBoundary) expect(summary.damage[0]!.offset).toBe([24, ...ends][whole]);
    }
  });

  it("a header cut, of another version, or of no capture", async () => {
    expect(await damage(good.subarray(0, 20))).toEqual({ good: 0, damage: [[0, "pcap header cut"]] });
    expect(await damage(pcapFile(packets, { version: [3, 0] }))).toEqual({
      good: 0,
      damage: [[4, "pcap version 3.0"]],
    });
    expect((await damage(Buffer.from("no capture at all, but text"))).damage).toEqual([[0, "not a capture"]]);
    expect((await damage(Buffer.alloc(0))).damage).toEqual([[0, "not a capture"]]);
  });

  it("a length that no frame has ends the file there; the packets in front are read", async () => {
    for (const length of [262145, 0x7fffffff, 0xffffffff]) {
      const file = Buffer.from(good);
      file.writeUInt32LE(length, third + 8);
      expect(await damage(file)).toEqual({ good: 2, damage: [[third + 8, "packet record length"]] });
    }
  });

  it("odd but harmless: fewer bytes on the wire than captured, fractions of a second and more, times that go back", async () => {
    const odd = [
      { seconds: 5, fraction: 1_500_000, bytes: bytes(20) },
      { seconds: 5, fraction: 0, bytes: bytes(20), original: 10 },
      { seconds: 4, fraction: 0, bytes: bytes(20) },
    ];
    const { records, summary } = await readBytes(pcapFile(odd));
    expect(records.map(({ time, original }) => [time, original])).toEqual([
      [6_500_000_000n, 20],
      [5_000_000_000n, 20],
      [4_000_000_000n, 20],
    ]);
    expect([summary.oddTimes, summary.oddLengths, summary.backwards, summary.damages]).toEqual([1, 1, 2, 0]);
    expect([summary.first, summary.last]).toEqual([4_000_000_000n, 6_500_000_000n]);
  });

  it("records longer than any the compartments take are cut, and counted", async () => {
    const { records, summary } = await readBytes(
      pcapFile([{ seconds: 1, fraction: 0, bytes: bytes(200_000) }, packets[0]!]),
    );
    expect(records.map((r) => r.bytes.length)).toEqual([65535, 60].map((n, i) => (i ? n : records[0]!.bytes.length)));
    expect(records[0]!.bytes.length).toBeLessThan(200_000);
    expect([records[0]!.original, summary.cut]).toEqual([200_000, 1]);
  });
});

it("whatever the packets, in whatever chunks: what was written is read", async () => {
  const packet = fc.record({
    seconds: fc.nat(0xffffffff),
    fraction: fc.nat(999_999),
    bytes: fc.uint8Array({ maxLength: 300 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(packet, { maxLength: 40 }),
      fc.constantFrom(...Object.values(MAGIC)),
      fc.boolean(),
      fc.integer({ min: 1, max: 4000 }),
      async (list, magic, big, chunk) => {
        const { records, summary } = await readBytes(pcapFile(list, { magic, big }), chunk);
        expect(summary.damages).toBe(0);
        const unit = magic === MAGIC.nanoseconds ? 1n : 1000n;
        expect(records.map(({ time, bytes: b }) => `${time} ${b.toString("hex")}`)).toEqual(
          list.map(
            (p) =>
              `${BigInt(p.seconds) * 1_000_000_000n + BigInt(p.fraction) * unit} ${Buffer.from(p.bytes).toString("hex")}`,
          ),
        );
        const inOrder = list.map((p) => BigInt(p.seconds) * 1_000_000_000n + BigInt(p.fraction) * unit);
        let last = 0n;
        const backwards = inOrder.filter((t) => {
          const back = t < last;
          if (!back) last = t;
          return back;
        }).length;
        expect(summary.backwards).toBe(backwards);
      },
    ),
    { numRuns: 150, seed: 3 },
  );
});

it("times are exact, from the first second to the last, in microseconds and in nanoseconds", async () => {
  const seconds = [0, 1, 65535, 65536, 1_000_000_007, 0x7fffffff, 0x80000000, 0xffff0000, 0xffffffff];
  for (const [magic, scale, most] of [
    [MAGIC.microseconds, 1000n, 999_999],
    [MAGIC.nanoseconds, 1n, 999_999_999],
  ] as const) {
    const packets = seconds.flatMap((second) =>
      [0, 1, most].map((fraction) => ({ seconds: second, fraction, bytes: Buffer.alloc(1) })),
    );
    const { records } = await readBytes(pcapFile(packets, { magic }));
    expect(records.map(({ time }) => time)).toEqual(
      packets.map(({ seconds, fraction }) => BigInt(seconds) * 1_000_000_000n + BigInt(fraction) * scale),
    );
  }
});
