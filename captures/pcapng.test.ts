import { describe, expect, it, vi } from "vitest";
import { block, enhanced, fields, interfaceBlock, readBytes, section } from "./testing/files.ts";

const data = Buffer.from("a frame of some bytes, not a multiple of four!!");
const SECOND = 1_000_000_000n;
const option64 = (value: bigint, big: boolean) => {
  const out = Buffer.alloc(8);
  if (big) out.writeBigInt64BE(value);
  else out.writeBigInt64LE(value);
  return out;
};

// REQ-DECODE-009
describe("what it reads", () => {
  for (const big of [false, true])
    it(`interfaces with units of their own, ${big ? "big" : "little"}-endian`, async () => {
      const file = Buffer.concat([
        section(big),
        interfaceBlock(1, [], big), // microseconds
        interfaceBlock(101, [[9, Buffer.from([9])]], big), // nanoseconds
        interfaceBlock(
          113,
          [
            [9, Buffer.from([0x80 | 10])],
            [14, option64(100n, big)],
          ],
          big,
        ), // 1/1024 s, 100 s later
        interfaceBlock(
          276,
          [
            [9, Buffer.from([3])],
            [14, option64(-1n, big)],
          ],
          big,
        ), // milliseconds, 1 s earlier
        enhanced(0, 5_000_001n, data, big),
        enhanced(1, 5_000_000_007n, data, big, 900),
        enhanced(2, 1536n, data, big),
        enhanced(3, 7000n, data, big),
      ]);
      const { records, summary } = await readBytes(file);
      expect(records.map(({ time, link, original }) => [time, link, original])).toEqual([
        [5n * SECOND + 1000n, 1, data.length],
        [5n * SECOND + 7n, 101, 900],
        [101n * SECOND + SECOND / 2n, 113, data.length],
        [6n * SECOND, 276, data.length],
      ]);
      for (const { bytes } of records) expect(bytes).toEqual(data);
      expect([summary.damages, summary.snapped]).toEqual([0, 1]);
      expect(summary.links.size).toBe(4);
    });

  it("simple and obsolete packet blocks; several sections of either order; unknown blocks are skipped and counted", async () => {
    const simple = block(3, fields(false, [32, data.length], data));
    const obsolete = block(
      2,
      fields(true, [16, 0], [16, 3], [32, 0], [32, 9_000_000], [32, data.length], [32, data.length], data),
      true,
    );
    const file = Buffer.concat([
      section(),
      interfaceBlock(1),
      enhanced(0, 3_000_000n, data),
      simple,
      block(4, Buffer.from("names")),
      block(0x0bad, Buffer.from("of somebody's own")),
      section(true),
      interfaceBlock(101, [], true),
      obsolete,
    ]);
    const { records, summary } = await readBytes(file, 33);
    expect(records.map(({ time, link }) => [time, link])).toEqual([
      [3n * SECOND, 1],
      [3n * SECOND, 1], // a simple packet has no time: that of the one before
      [9n * SECOND, 101],
    ]);
    expect([summary.untimed, summary.damages, summary.files[0]!.otherBlocks]).toEqual([1, 0, 2]);
  });
});

describe("damage", () => {
  const head = Buffer.concat([section(), interfaceBlock(1)]);
  const one = enhanced(0, 1_000_000n, data);
  const seen = async (...parts: Uint8Array[]) => {
    const { records, summary } = await readBytes(Buffer.concat(parts));
    return [records.length, summary.damage.map(({ what }) => what)];
  };

  // REQ-DECODE-010
  it("cut anywhere: the packets in front are read, and it is said", async () => {
    const file = Buffer.concat([head, one, one, one]);
    for (let length = head.length; length < file.length; length++) {
      const { records, summary } = await readBytes(file.subarray(0, length));
      const whole = Math.floor((length - head.length) / one.length);
      expect(records.length).toBe(whole);
      expect(summary.damages).toBe((length - head.length) % one.length ? 1 : 0);
    }
  });
  it("lengths that disagree end the file; so does an invalid length", async () => {
    const wrong = Buffer.from(one);
    wrong.writeUInt32LE(one.length + 4, one.length - 4);
    expect(await seen(head, one, wrong, one)).toEqual([1, ["block length after the block"]]);
    const tiny = Buffer.from(one);
    tiny.writeUInt32LE(8, 4);
    expect(await seen(head, one, tiny, one)).toEqual([1, ["block length"]]);
  });
  it("inside a block it costs that block only", async () => {
    const long = Buffer.from(one);
    long.writeUInt32LE(5000, 20); // captured length beyond the block
    const [good, damage] = await seen(head, one, long, one);
    expect(good).toBe(2);
    expect(damage).toHaveLength(1);
    const nobody = enhanced(7, 1n, data);
    const [read, what] = await seen(head, nobody, one);
    expect(read).toBe(1);
    expect(what).toHaveLength(1);
  });
  it("a long block without packets is passed over in bounded memory, and what is behind it is read", async () => {
    expect(await seen(head, block(0x0bad, Buffer.alloc(3_000_000)), one)).toEqual([1, []]);
  });
  it.each([2, 3, 6])(
    "a block of type %i is of packets: one that is longer than any is said, and passed over",
    async (type) => {
      expect(await seen(head, block(type, Buffer.alloc(3_000_000)), one)).toEqual([1, ["packet block length"]]);
    },
  );
  // REQ-DECODE-011
  it("a corrupt length costs no more than reading the file once", async () => {
    const corrupt = (length: number) => {
      const file = Buffer.concat([head, one, Buffer.alloc(length, 0xff)]);
      file.writeUInt32LE(6, head.length + one.length);
      file.writeUInt32LE(0x7ffffff0, head.length + one.length + 4);
      return file;
    };
    /** How often a number of the file is looked at. */
    const looks = async (file: Buffer) => {
      const look = vi.spyOn(DataView.prototype, "getUint32");
      try {
        const { records, summary } = await readBytes(file);
        expect(records.length).toBe(1);
        expect(summary.damages).toBeGreaterThan(0);
        return look.mock.calls.length;
      } finally {
        look.mockRestore();
      }
    };
    const file = corrupt(16_000_000);
    expect(await looks(file)).toBeLessThan(file.length / 1000);
  });
});
