// What leaves and when: the queue, and constant rate with padding.
import { describe, expect, it } from "vitest";
import { end, Guard, policyWith, type RecordInit, SECOND, stats } from "../../../diode/testing/guard.ts";
import { udp4 } from "../../../diode/testing/vectors.ts";
import { RecordKind } from "../../contract/abi.ts";

const ONE = "- { name: one, action: allow, protocol: udp, from: any, to: any, ports: 5000 }";
const ms = (n: number) => SECOND + BigInt(Math.round(n * 1000)) * 1000n;
const tick = (n: number): RecordInit => ({ kind: RecordKind.TICK, time: ms(n) });
/** Frames told apart by their length. */
const frame = (n: number, size: number): RecordInit => ({ frame: udp4({ size }), time: ms(n) });
const sizeOf = (out: Buffer) => out.readUInt16BE(38) - 8;
const isPadding = (out: Buffer) => out.readUInt16BE(36) === 9;

/** Runs the records and says of each frame that left at which of them, ms, and how long its payload is. */
function sent(guard: Guard, records: RecordInit[]): [number, number][] {
  const { frames, offsets } = guard.run(records);
  return frames.map(({ record, frame }) => [
    Number((records[offsets.indexOf(record)]!.time! - SECOND) / 1000n) / 1000,
    isPadding(frame) ? 0 : sizeOf(frame),
  ]);
}

describe("a queue", () => {
  const policy = policyWith(ONE, "", ", rate: 100/s, queue: 3");

  it("lets frames wait for the rate, in order, and drops those that it has no place for", async () => {
    const guard = await Guard.under(policy);
    const out = sent(guard, [
      ...[100, 101, 102, 103, 104, 105].map((size) => frame(0, size)),
      tick(9.999),
      tick(10),
      tick(20),
      frame(20, 106),
      tick(30),
      tick(1000),
      frame(1000, 107),
    ]);
    expect(out).toEqual([
      [0, 100],
      [10, 101],
      [20, 102],
      [30, 103],
      [1000, 106],
    ]);
    const [last] = stats(guard.run([tick(1005), end(ms(1010))]));
    expect(last).toMatchObject({ frames: 8, forwarded: 6, dropped: 2, waiting: 0 });
    expect(guard.exports.tick()).toBe(10_000_000n);
  });
  it("keeps bursts of the rate", async () => {
    const guard = await Guard.under(policyWith(ONE, "", ", rate: 100/s, burst: 2, queue: 3"));
    expect(sent(guard, [...[1, 2, 3, 4].map((size) => frame(0, size)), tick(10), tick(20)])).toEqual([
      [0, 1],
      [0, 2],
      [10, 3],
      [20, 4],
    ]);
  });
  it("gives out what it took, byte for byte as without it, through many turns of its ring", async () => {
    const [queued, direct] = [
      await Guard.under(policyWith(ONE, "", ", rate: 1000000/s, queue: 1024, mtu: 9000")),
      await Guard.under(policyWith(ONE, "", ", mtu: 9000")),
    ];
    let seed = 1;
    const random = (n: number) => {
      seed = (seed * 48271) % 0x7fffffff;
      return seed % n;
    };
    let [time, waiting, dropped] = [0, 0, 0];
    const [got, want]: [Buffer[], Buffer[]] = [[], []];
    for (let batch = 0; batch < 300; batch++) {
      // At the same time nothing conforms twice: what comes at once waits, then ticks let it out
      const burst = Array.from({ length: 1 + random(20) }, () =>
        udp4({ size: random(4) ? random(200) : random(8900) }),
      );
      for (const f of burst) {
        const output = queued.run([{ frame: f, time: ms(time) }, end(ms(time))]);
        got.push(...output.frames.map((o) => o.frame));
        const [{ dropped: now }] = stats(output) as [{ dropped: number }];
        const last = direct.run([{ frame: f, time: ms(time) }]);
        if (now === dropped) want.push(last.frames[0]!.frame);
        dropped = now;
      }
      for (let n = random(12); n > 0; n--) {
        time += 0.001 * (1 + random(3));
        got.push(...queued.run([tick(time)]).frames.map((o) => o.frame));
      }
      time += 0.001;
      waiting = Math.max(waiting, want.length - got.length);
    }
    for (let n = 0; n < 1100; n++) got.push(...queued.run([tick(time + n * 0.001)]).frames.map((o) => o.frame));
    expect(waiting).toBeGreaterThan(30);
    expect(dropped).toBeGreaterThan(30);
    // The identification is a counter, which frames that were dropped have not moved on
    const bare = (f: Buffer) => f.toString("latin1", 0, 18) + f.toString("latin1", 26);
    expect(got.length).toBe(want.length);
    expect(got.map(bare)).toEqual(want.map(bare));
  });
  // REQ-FILTER-009
  it("is bounded: a thousand frames at once take no more than its place", async () => {
    const guard = await Guard.under(policyWith(ONE, "", ", rate: 10/s, queue: 1024, mtu: 9000"));
    for (let n = 0; n < 100; n++) guard.run(Array.from({ length: 10 }, () => frame(0, 8900)));
    const [last] = stats(guard.run([end(ms(0))]));
    expect(last).toMatchObject({ frames: 1000, waiting: 14, dropped: 985 }); // of 131,072 bytes, and one has left
  });
});

describe("padding", () => {
  const policy = policyWith(ONE, "", ", mtu: 576, rate: 1000/s, queue: 8, padding: { from: 10.1.1.1, to: 10.1.1.2 }");
  const ticks = (from: number, count: number) => Array.from({ length: count }, (_, n) => tick(from + n));

  it("one frame leaves in each interval, whatever came", async () => {
    const guard = await Guard.under(policy);
    const out = sent(guard, [tick(0), tick(1), frame(1.2, 100), frame(1.4, 101), tick(2), tick(3), tick(4)]);
    expect(out).toEqual([
      [1, 0],
      [2, 100],
      [3, 101],
      [4, 0],
    ]);
    const [last] = stats(guard.run([end(ms(4.5))]));
    expect(last).toMatchObject({ frames: 2, forwarded: 2, waiting: 0, padding: 2, slots_forgone: 0 });
  });
  // REQ-DIODE-016
  it("times and lengths are the same idle, busy and flooded", async () => {
    const shape = async (between: (n: number) => RecordInit[]) => {
      const guard = await Guard.under(policy);
      return ticks(0, 50).flatMap((t, n) => {
        const records = [t, ...between(n)];
        const { frames, offsets } = guard.run(records);
        return frames.map(({ record, frame: f }) => `${records[offsets.indexOf(record)]!.time} ${f.length}`);
      });
    };
    const idle = await shape(() => []);
    expect(idle).toHaveLength(49);
    expect(new Set(idle.map((line) => line.split(" ")[1]))).toEqual(new Set(["590"]));
    expect(await shape((n) => (n % 3 ? [] : [frame(n + 0.5, n)]))).toEqual(idle);
    expect(await shape((n) => Array.from({ length: 20 }, (_, i) => frame(n + i / 20.5, 17 * i)))).toEqual(idle);
  });
  it("is a datagram of zeros from and to the addresses of the policy, with right checksums", async () => {
    const guard = await Guard.under(policy);
    const [padding] = guard.run([tick(0), tick(1)]).frames;
    expect(padding!.frame.length).toBe(590);
    const copied = await Guard.under(policyWith(ONE.replace("5000", "9"), "", ", mtu: 576"));
    const same = copied.run([
      { frame: udp4({ src: "10.1.1.1", dst: "10.1.1.2", sport: 9, dport: 9, payload: Buffer.alloc(548) }) },
    ]);
    expect(padding!.frame).toEqual(same.frames[0]!.frame);
  });
  it("a frame that is shorter is filled up with zeros behind its packet", async () => {
    const guard = await Guard.under(policy);
    const plain = await Guard.under(policyWith(ONE, "", ", mtu: 576"));
    const one = { frame: udp4({ payload: Buffer.from("altitude 1200") }), time: ms(0.5) };
    const [out] = guard.run([tick(0), one, tick(1)]).frames;
    const [direct] = plain.run([one]).frames;
    expect(out!.frame).toEqual(Buffer.concat([direct!.frame, Buffer.alloc(590 - direct!.frame.length)]));
  });
  it("an image that was paused does not catch up with a burst", async () => {
    const guard = await Guard.under(policy);
    const out = sent(guard, [tick(0), tick(1), tick(1001), tick(1002), tick(1003)]);
    expect(out.length).toBeLessThanOrEqual(5);
    const [last] = stats(guard.run([end(ms(1003.5))]));
    expect(last!.slots_forgone).toBeGreaterThan(990);
  });
  it("a little late it does: no interval stays empty", async () => {
    const guard = await Guard.under(policy);
    const out = sent(guard, [tick(0), tick(1), tick(5), tick(6), tick(7)]);
    expect(out.map(([time]) => time)).toEqual([1, 5, 5, 5, 5, 6, 7]);
  });
});
