// The booted image with frames coming in and nobody telling it the time.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { placePolicy } from "../../appliance/build/place.ts";
import { MACS, type Running } from "../../appliance/hosts/qemu.ts";
import { FrameStream } from "../../appliance/hosts/stream.ts";
import { until } from "../../lib/testing/until.ts";
import { garbage } from "./garbage.ts";
import { Images, machines, nics, policy, prebuilt } from "./images.ts";
import { frame } from "./records.ts";

describe.each(machines)("$name", ({ name, arch, machine }) => {
  let images: Images;
  let image: string;
  beforeAll(async () => {
    images = await Images.open(arch, machine);
    image = images.write("live", placePolicy(await prebuilt(arch), policy()));
  });
  afterAll(() => images.close());

  type Name = "in" | "out" | "log";
  interface Live {
    running: Running;
    streams: Record<Name, FrameStream>;
    got: Record<Name, Buffer[]>;
    /** Ends the image; resolves when everything it ever sent is in `got`. */
    end(): Promise<void>;
  }

  let starts = 0;
  const EPOCH = 1_700_000_000_000_000_000n;

  /** Boots the image with its NICs on sockets; on `stuck` there is somebody who never reads. */
  async function live(stuck?: Name): Promise<Live> {
    const got: Live["got"] = { in: [], out: [], log: [] };
    const start = starts++;
    const path = (name: Name) => join(images.folder, `${name}-${start}.sock`);
    const backend = (name: Name) => ({ kind: "stream", path: path(name) }) as const;
    const listen = (name: Name) =>
      FrameStream.listen(path(name), name === stuck ? null : (bytes) => got[name].push(Buffer.from(bytes)));
    const streams = { in: await listen("in"), out: await listen("out"), log: await listen("log") };
    const running = images.start({
      ...images.options(image),
      nics: nics({ in: backend("in"), out: backend("out"), log: backend("log") }),
      append: [`epoch=${EPOCH}`],
    });
    await running.ready;
    await Promise.all(Object.values(streams).map((stream) => stream.connected()));
    const end = async () => {
      await running.stop();
      const reading = Object.entries(streams).filter(([name]) => name !== stuck);
      await Promise.all(reading.map(([, stream]) => stream.ended));
      for (const stream of Object.values(streams)) stream.close();
    };
    return { running, streams, got, end };
  }

  /** The test compartments say a line for each, and send a record. */
  const ticks = (running: Running) => running.lines.filter((line) => line === "pp").length;

  const hex = (frames: readonly Uint8Array[]) => frames.map((bytes) => Buffer.from(bytes).toString("hex"));

  describe("live", () => {
    // REQ-IMAGE-013
    it("is woken by what arrives, not by its timer", async () => {
      const { running, streams, got, end } = await live();
      const frames = Array.from({ length: 60 }, (_, n) => frame(0x11, 60 + n, n));
      for (const [n, bytes] of frames.entries()) {
        await streams.in.send([bytes]);
        await until(() => got.out.length === n + 1);
      }
      await end();
      expect(ticks(running)).toBeLessThan(30); // by the timer alone it would be one for each frame
      expect(hex(got.out)).toEqual(hex(frames));
    });

    // REQ-IMAGE-013
    it("begins with a tick, marks each second with one, and uses next to no processor meanwhile", async () => {
      const { running, got, end } = await live();
      const pid = running.process.pid!;
      await until(() => got.log.length === 1); // nothing has come: the first tick is the beginning's
      const [time, wakes] = [processorTime(pid), sleeps(pid)];
      await until(() => got.log.length >= 4 && ticks(running) >= 4); // what a tick sends comes before its line
      const [used, woken] = [processorTime(pid) - time, sleeps(pid) - wakes];
      await end();
      expect(got.log.length - ticks(running)).toBeOneOf([0, 1]); // the end may come between the two
      expect(used).toBeLessThan(0.3);
      // For each tick: the timer, the tick, what it sends; a timer of the machine's that goes on would be 18 or more
      console.log(`idle, ${name}: the host's threads are woken ${(woken / 3).toFixed(1)} times a tick`);
      expect(woken).toBeLessThan(3 * 15);
    });

    // REQ-DIODE-011
    it("goes on when nobody takes what it sends on `out`, and counts what it drops", async () => {
      const { streams, got, end } = await live("out");
      for (let n = 0; n < 960; n += 32) {
        await streams.in.send(Array.from({ length: 32 }, (_, k) => frame(0x11, 1500, n + k)));
        await until(() => got.log.length >= n + 32);
      }
      await end();
      const counters = got.log.map((bytes) => [0, 8, 16].map((at) => Number(bytes.readBigUInt64LE(18 + at))));
      const [overrun, out, log] = counters.at(-1)!;
      expect(out).toBeGreaterThan(100);
      expect(counters[0]).toEqual([0, 0, 0]);
      expect([overrun, log]).toEqual([0, 0]);
    });

    // QEMU 7.2's PL011 lets the whole machine wait for whoever reads its console (hw/char/pl011.c: qemu_chr_fe_write_all).
    it.skipIf(arch === "aarch64")("stands still for nobody who does not read the console", async () => {
      const { running, streams, got, end } = await live();
      running.process.stdout!.pause();
      for (let n = 0; n < 30_000; n += 30) {
        await streams.in.send(Array.from({ length: 30 }, (_, k) => frame(0x11, 60, n + k)));
        await until(() => got.log.length >= n + 30);
      }
      running.process.stdout!.resume();
      await end();
      expect(got.out.length).toBe(30_000);
    });
  });

  describe("one way", () => {
    // REQ-DIODE-004
    it("sends nothing on `in`, whatever comes at any NIC; what comes at `out` and `log` changes nothing", async () => {
      const sent = garbage(MACS.in, 1);
      // QEMU does not deliver what is longer than a receive buffer.
      const passing = [...sent.entries()].filter(([, bytes]) => bytes.length <= 2036);
      const results = [];
      for (const noisy of [false, true]) {
        const { running, streams, got, end } = await live();
        for (let round = 0; round < 3; round++) {
          if (noisy) {
            await streams.out.send(garbage(MACS.out, 2 + round));
            await streams.log.send(garbage(MACS.log, 12 + round));
          }
          for (let n = 0; n < sent.length; n += 20) {
            await streams.in.send(sent.slice(n, n + 20));
            const expected = passing.slice(0, passing.findLastIndex(([at]) => at < n + 20) + 1).length;
            await until(() => got.out.length >= round * passing.length + expected);
          }
        }
        const before = ticks(running);
        await until(() => ticks(running) > before + 1); // time to do what it should not
        await end();
        expect(hex(got.in)).toEqual([]);
        results.push(hex(got.out));
      }
      const passed = hex(passing.map(([, bytes]) => bytes));
      expect(results[0]!.slice(0, passed.length)).toEqual(passed);
      expect(results[1]).toEqual(results[0]);
    });
  });

  /** How often its threads have gone to sleep. */
  function sleeps(pid: number): number {
    const status = (thread: string) => readFileSync(`/proc/${pid}/task/${thread}/status`, "utf8");
    const one = (thread: string) => Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status(thread))![1]);
    return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + one(thread), 0);
  }

  /** Seconds of processor time of a process and its threads. */
  function processorTime(pid: number): number {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }
});
