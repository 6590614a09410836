// The clock stops, jumps, goes back; interrupts are lost; the machine is paused: the user part's loop, and guard.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RecordKind } from "../../appliance/contract/abi.ts";
import { end, Guard, type Output, policyWith, type RecordInit, SECOND, stats } from "../../diode/testing/guard.ts";
import { udp4 } from "../../diode/testing/vectors.ts";
import { Hosted } from "./hosted.ts";
import { Outcomes } from "./outcome.ts";

interface Seen {
  offered: number;
  refused: number;
  frames: number;
  disorder: number;
  ticksBefore: number;
  ticksBehind: number;
  longestMs: number;
  ticksAtOnce: number;
  backwards: number;
  sent: number;
  ended?: number;
}

const hosted = new Hosted();
const outcomes = new Outcomes("2-clock");
const seen: Record<string, Seen> = {};
beforeAll(async () => {
  const loop = await hosted.program("loop");
  for (const fault of ["none", "interrupts", "stopped", "ahead", "back", "paused"])
    seen[fault] = JSON.parse(await loop(fault)) as Seen;
});
afterAll(() => {
  outcomes.write();
  hosted.remove();
});

const on = "the user part's loop under sanitizers";
const test = "clock.test.ts";
/** Five seconds of a hundred frames each behind the fault, and two of none. */
const ALL = { offered: 800, refused: 0, frames: 800, sent: 800, disorder: 0 };

describe("the loop", () => {
  it("takes all frames at once while nothing fails", () => {
    expect(seen.none).toMatchObject({ ...ALL, ticksBefore: 3, ticksBehind: 7, longestMs: 0, backwards: 0 });
  });

  it("looks at the ring with each tick though no interrupt ever comes", () => {
    const { longestMs } = seen.interrupts!;
    expect(seen.interrupts).toMatchObject({ ...ALL, ticksBehind: 7 });
    expect(longestMs).toBeGreaterThan(500);
    expect(longestMs).toBeLessThanOrEqual(1000);
    outcomes.add({
      fault: "interrupts of `in` are lost, all",
      on,
      test,
      detected: `frames wait up to ${longestMs} ms instead of 0`,
      forwarded: "as ever, in order",
      lost: "nothing, up to 128 frames a second",
      verdict: "goes on",
    });
  });

  it("goes on without ticks when the clock stops", () => {
    expect(seen.stopped).toMatchObject({ ...ALL, backwards: 0 });
    expect(seen.stopped!.ticksBehind).toBeLessThanOrEqual(1);
    outcomes.add({
      fault: "the clock stops",
      on,
      test,
      detected: "no heartbeat any more: the collector's alarm after 3 s",
      forwarded: "as ever, in order; of limited rates no more than one burst (below)",
      lost: "nothing",
      verdict: "goes on",
    });
  });

  it("does not make up for an hour that it skipped", () => {
    expect(seen.ahead).toMatchObject({ ...ALL, ticksBehind: 7, ticksAtOnce: 1, backwards: 0 });
    outcomes.add({
      fault: "the clock jumps an hour ahead",
      on,
      test,
      detected: "times in the log",
      forwarded: "as ever, in order, no burst",
      lost: "nothing",
      verdict: "goes on",
    });
  });

  it("goes on from where the clock went back to", () => {
    expect(seen.back!.ended).toBeUndefined();
    expect(seen.back).toMatchObject({ ...ALL, ticksBehind: 7, backwards: 1 });
    outcomes.add({
      fault: "the clock goes an hour back",
      on,
      test,
      detected: "no heartbeat until it has caught up: the collector's alarm after 3 s; then guard's `backwards`",
      forwarded: "as ever, in order",
      lost: "nothing",
      verdict: "goes on",
    });
  });

  it("takes what waited when the machine was paused, and one tick for all that it missed", () => {
    const { offered, refused, frames, disorder, ticksAtOnce, ticksBehind } = seen.paused!;
    expect([frames + refused, disorder, ticksAtOnce]).toEqual([offered, 0, 1]);
    expect(refused).toBe(300 - 128);
    expect(ticksBehind).toBe(4);
    outcomes.add({
      fault: "the machine is paused for 3 s, the clock goes on, the network too",
      on,
      test,
      detected: "times in the log, and missing heartbeats",
      forwarded: "what 128 buffers held, in order, once; no burst of ticks",
      lost: `${refused} frames that found no buffer: virtio does not tell of them`,
      verdict: "residual",
    });
  });
});

const RATED = policyWith(
  "- { name: slow, action: allow, protocol: udp, from: any, to: any, ports: 5000, rate: 10/s, burst: 2 }",
);
const frames = (count: number, time: (n: number) => bigint): RecordInit[] =>
  Array.from({ length: count }, (_, n) => ({ frame: udp4(), time: time(n) }));
const last = (output: Output) => stats(output).at(-1)!;

describe("guard", () => {
  const guard = "guard";
  it("lets no more than one burst through while time stands still", async () => {
    const output = (await Guard.under(RATED)).run([...frames(100, () => 5n * SECOND), end(5n * SECOND)]);
    expect(output.frames).toHaveLength(2);
    expect(last(output)).toMatchObject({ frames: 100, forwarded: 2, dropped: 98 });
    outcomes.add({
      fault: "time stands still, a rule has 10/s and a burst of 2",
      on: guard,
      test,
      detected: "no heartbeats",
      forwarded: "2 of 100 frames",
      lost: "98, counted as `rate:slow`",
      verdict: "goes on, counted",
    });
  });

  it("takes time that goes back for none, and counts it", async () => {
    const g = await Guard.under(RATED);
    const output = g.run([
      ...frames(2, () => 100n * SECOND),
      ...frames(50, (n) => BigInt(n) * SECOND),
      end(99n * SECOND),
    ]);
    expect(output.frames).toHaveLength(2);
    expect(last(output)).toMatchObject({ frames: 52, forwarded: 2, backwards: 51 });
    outcomes.add({
      fault: "time goes back by 100 s, a rule has 10/s and a burst of 2",
      on: guard,
      test,
      detected: "the heartbeat's `backwards`, 51",
      forwarded: "2 of 52 frames: the rate does not relax",
      lost: "50, counted as `rate:slow`",
      verdict: "goes on, counted",
    });
  });

  it("gives a source no more than its burst for an hour that was skipped", async () => {
    const g = await Guard.under(RATED);
    const output = g.run([...frames(10, () => SECOND), ...frames(10, () => 3600n * SECOND), end(3600n * SECOND)]);
    expect(output.frames).toHaveLength(4);
    expect(last(output)).toMatchObject({ frames: 20, forwarded: 4, dropped: 16 });
    outcomes.add({
      fault: "time jumps an hour ahead, a rule has 10/s and a burst of 2",
      on: guard,
      test,
      detected: "times in the log",
      forwarded: "2 + 2 of 20 frames",
      lost: "16, counted as `rate:slow`",
      verdict: "goes on, counted",
    });
  });

  it("forgoes the padding of a pause, and counts it", async () => {
    const padded = policyWith(
      "- { name: all, action: allow, protocol: udp, from: any, to: any, ports: 5000 }",
      "",
      ", mtu: 600, rate: 100/s, padding: { from: 10.0.1.1, to: 10.0.1.9 }",
    );
    const ticks = (from: bigint, count: number): RecordInit[] =>
      Array.from({ length: count }, (_, n) => ({ kind: RecordKind.TICK, time: from + BigInt(n) * 5_000_000n }));
    const g = await Guard.under(padded);
    const before = g.run(ticks(SECOND, 200));
    const behind = g.run([...ticks(11n * SECOND, 200), end(12n * SECOND)]);
    const counted = last(behind) as Record<string, unknown>;
    const forgone = Object.entries(counted).find(([name]) => /forgone|missed|skipped/.test(name));
    expect(forgone, JSON.stringify(counted)).toBeDefined();
    expect(behind.frames.length).toBeLessThanOrEqual(before.frames.length + 16);
    expect(Number(forgone![1])).toBeGreaterThan(850);
    outcomes.add({
      fault: "the machine is paused for 9 s at a constant rate of 100/s",
      on: guard,
      test,
      detected: `the heartbeat's \`${forgone![0]}\`, ${forgone![1]} intervals`,
      forwarded: `${behind.frames.length} frames in the second behind it, ${before.frames.length} in the one before: no burst`,
      lost: "padding only",
      verdict: "goes on, counted",
    });
  });
});
