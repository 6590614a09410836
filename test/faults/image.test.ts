// Faults around the booted image: what a device writes to its rings or its registers is written there by a debugger, the hypervisor
// stops and goes on, links go down, receivers do not read.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prebuiltImage, withPolicy } from "../../appliance/build/for.ts";
import type { Heartbeat } from "../../appliance/contract/generated/events.ts";
import { type Accelerator, chooseAccelerator } from "../../appliance/hosts/qemu.ts";
import { whyNoImage } from "../../cli/image-replay.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { ethernet, ipv4, UDP, udp } from "../../fixtures/frames.ts";
import { Collector } from "../../log/collector.ts";
import type { Report } from "../../log/reports.ts";
import { symbols } from "../interference/image.ts";
import { Outcomes } from "./outcome.ts";
import { Rig, until } from "./rig.ts";

const reason = await whyNoImage();
if (reason) console.log(`skipped: faults around the booted image: ${reason}`);

const folder = mkdtempSync(join(tmpdir(), "weir-faults-image-"));
const outcomes = new Outcomes("4-image");
const test = "image.test.ts";
let image: string;
let rings: number;
let accelerator: Accelerator;

/** From 1 to n. */
const upTo = (n: number) => Array.from({ length: n }, (_, k) => k + 1);
const lostOf = (rig: Rig) => rig.heartbeats().at(-1)!.json.journal!.lost;
/** The last heartbeat with both parts. */
const whole = (rig: Rig) => rig.heartbeats().findLast(({ json }) => json.guard)!.json as Required<Heartbeat>;

/** What `weir collect` would have said of the log, at the times when it came. */
function collected(rig: Rig): Report["class"][] {
  const reports: Report["class"][] = [];
  const to = mkdtempSync(join(folder, "collected-"));
  const begin = rig.lines[0]!.arrived;
  const collector = new Collector(
    {
      folder: to,
      rotation: { keep: 1 },
      indexed: 0,
      live: true,
      join: true,
      onReport: (report) => reports.push(report.class),
    },
    begin,
  );
  let now = begin;
  for (const [n, payload] of rig.payloads.entries()) {
    for (; now + 250 < rig.lines[n]!.arrived; now += 250) collector.tick(now);
    collector.take(Buffer.from(payload), rig.lines[n]!.arrived);
  }
  collector.close();
  return reports;
}

/** Alerts have a budget of time; of anomalies the policy says how many are told. */
const WORDY = ["detectors.anomalies.per-second=100000"];
/** ms without the machine: longer than a collector waits for a heartbeat. */
const PAUSE = 4500;

describe.skipIf(reason)("around the booted image", () => {
  let on: string;
  beforeAll(async () => {
    image = join(folder, "weir.elf");
    writeFileSync(image, withPolicy(await prebuiltImage(), compilePolicy("fixtures/policy.yaml")));
    rings = symbols().get("weir_device_rings")!;
    accelerator = await chooseAccelerator(image, 8);
    on = `booted image, QEMU ${accelerator}`;
  });
  afterAll(() => {
    outcomes.write();
    rmSync(folder, { recursive: true });
  });

  const LIES: [string, "in" | "out", (rig: Rig) => Promise<void>][] = [
    ["an undefined id", "in", (rig) => rig.lie(rings, "in", [[200, 100]])],
    ["a length that no buffer has", "in", (rig) => rig.lie(rings, "in", [[20, 4000]])],
    ["a length shorter than its header", "in", (rig) => rig.lie(rings, "in", [[20, 3]])],
    [
      "the same buffer twice",
      "in",
      (rig) =>
        rig.lie(rings, "in", [
          [20, 100],
          [20, 100],
        ]),
    ],
    ["an index far ahead", "in", (rig) => rig.lie(rings, "in", [], 0, 300)],
    // Seen when it next looks at what `out` gave back: within a second, whether frames come or not
    ["an undefined id", "out", (rig) => rig.lie(rings, "out", [[256, 0]])],
  ];
  it.concurrent.each(LIES)("a device that writes %s into the ring of `%s` ends it", async (what, name, lie) => {
    const rig = await Rig.boot(folder, image, accelerator);
    await rig.telemetry(1, 5);
    await until(() => rig.got.out.length === 5);
    await lie(rig);
    const exit = await rig.running.exit;
    await rig.close();
    expect(exit.name).toBe("HOSTILE_DEVICE");
    expect(rig.running.lines.at(-1)).toMatch(new RegExp(`^weir: stopped: the device of \`${name}\` `));
    const numbers = rig.numbers();
    expect(numbers).toEqual(upTo(numbers.length));
    expect(numbers.length).toBeLessThanOrEqual(name === "in" ? 5 : 125);
    outcomes.add({
      fault: `the device of \`${name}\` writes ${what}`,
      on,
      test,
      detected: `console, exit code ${exit.name}`,
      forwarded: `nothing more: ${numbers.length} frames before`,
      lost: "what is on its way; sequence numbers of the log end",
      verdict: "fail closed",
    });
  });

  it.concurrent("`in` is reset by somebody else: nothing comes any more, and nothing else happens", async () => {
    const rig = await Rig.boot(folder, image, accelerator);
    await rig.telemetry(1, 5);
    await until(() => rig.got.out.length === 5);
    const registers = await rig.registers("in");
    await rig.meanwhile((gdb) => gdb.write(registers + 0x70, Buffer.alloc(4)));
    await rig.telemetry(6, 20);
    const before = rig.heartbeats().length;
    await until(() => rig.heartbeats().length >= before + 3);
    const { name } = await rig.stop();
    expect(name).toBe("STOPPED");
    expect(rig.numbers()).toEqual(upTo(5));
    expect(whole(rig).inspect.frames).toBe(5);
    outcomes.add({
      fault: "the device of `in` is reset behind the image's back",
      on,
      test,
      detected: "the heartbeat's count of frames stands still",
      forwarded: "nothing more",
      lost: "what the host does not deliver: it does not reach the image",
      verdict: "residual",
    });
  });

  it.concurrent("`out` is reset by somebody else: what it does not take is counted, but for what its ring holds", async () => {
    const rig = await Rig.boot(folder, image, accelerator);
    await rig.telemetry(1, 5);
    await until(() => rig.got.out.length === 5);
    const registers = await rig.registers("out");
    await rig.meanwhile((gdb) => gdb.write(registers + 0x70, Buffer.alloc(4)));
    for (let n = 6; n <= 605; n += 20) await rig.telemetry(n, 20);
    await until(() => rig.heartbeats().some(({ json }) => json.guard?.forwarded === 605) && lostOf(rig).out > 0);
    await rig.stop();
    expect(rig.numbers()).toEqual(upTo(5));
    const { out } = lostOf(rig);
    const uncounted = 605 - 5 - out;
    expect(uncounted).toBeGreaterThanOrEqual(0);
    expect(uncounted).toBeLessThanOrEqual(256);
    outcomes.add({
      fault: "the device of `out` is reset behind the image's back",
      on,
      test,
      detected: `the heartbeat's lost.out, ${out}`,
      forwarded: "nothing more",
      lost: `600 frames: ${out} counted, ${uncounted} that the ring holds are with the device for ever`,
      verdict: "residual",
    });
  });

  it.concurrent("without interrupts frames wait for the next tick, and none is lost", async () => {
    const rig = await Rig.boot(folder, image, "tcg"); // KVM keeps the interrupt controller out of the debugger's reach
    await rig.telemetry(1, 1);
    await until(() => rig.got.out.length === 1);
    await rig.meanwhile(async (gdb) => {
      const IOAPIC = 0xfec00000;
      for (let line = 0; line < 24; line++) {
        await gdb.write(IOAPIC, Buffer.from([0x10 + 2 * line, 0, 0, 0]));
        const entry = (await gdb.read(IOAPIC + 0x10, 4)).readUInt32LE();
        const masked = Buffer.alloc(4);
        masked.writeUInt32LE((entry | 0x10000) >>> 0);
        await gdb.write(IOAPIC + 0x10, masked);
      }
    });
    const ticks = () => rig.heartbeats().length;
    await until(() => ticks() >= 1);
    // Each is sent when the one before it has come out. With interrupts all would come out between two ticks. A tick takes what
    // waited for it, and at most what came while it did so: the frame that was sent because of the first.
    const before = ticks();
    for (let n = 2; n <= 7; n++) {
      await rig.telemetry(n, 1);
      await until(() => rig.got.out.length === n);
    }
    const counted = () => rig.heartbeats().at(-1)?.json.inspect?.frames ?? 0;
    await until(() => counted() >= 7);
    const waited = ticks() - before;
    await rig.stop();
    expect(rig.numbers()).toEqual(upTo(7));
    expect(waited).toBeGreaterThanOrEqual(3);
    expect(waited).toBeLessThan(6 * 4);
    expect(whole(rig).inspect.frames).toBeGreaterThan(1);
    outcomes.add({
      fault: "the interrupt controller's lines are all masked",
      on: "booted image, QEMU tcg",
      test,
      detected: `6 frames, one behind the other, take ${waited} ticks`,
      forwarded: "all 7 frames, in order",
      lost: "nothing",
      verdict: "goes on",
    });
  });

  it.concurrent("paused and resumed under traffic: no frame twice, none out of order, none lost uncounted; the gap is seen", async () => {
    const rig = await Rig.boot(folder, image, accelerator);
    await until(() => rig.heartbeats().length >= 1);
    await rig.telemetry(1, 6);
    await until(() => rig.got.out.length === 6);
    await rig.ask("stop");
    // The machine's clock stands still with it; that of the collector goes on
    const standing = rig.got.out.length;
    const n = 6 + PAUSE / 50;
    await rig.telemetry(7, PAUSE / 50);
    await rig.ask("query-status");
    expect(rig.got.out.length).toBe(standing);
    rig.later += PAUSE;
    const resumed = rig.now();
    await rig.ask("cont");
    const seen = rig.heartbeats().length;
    await until(() => rig.heartbeats().length > seen + 1);
    await until(() => rig.heartbeats().some(({ json }) => json.guard?.forwarded === n));
    // What waited comes at once: on a busy machine more than the ring of `out` holds until QEMU looks at it
    await until(() => rig.got.out.length + lostOf(rig).out === n);
    await rig.stop();
    const numbers = rig.numbers();
    const { out: lost } = lostOf(rig);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    if (lost === 0) expect(numbers).toEqual(upTo(n));
    expect(rig.got.in).toEqual([]);
    const beats = rig.heartbeats();
    const gap = Math.max(...beats.slice(1).map(({ arrived }, k) => arrived - beats[k]!.arrived));
    expect(beats.at(-1)!.arrived).toBeGreaterThan(resumed);
    // No record of the log is missing, and the collector says that nothing was heard, and then that it is again
    expect(rig.lines.map(({ sequence }) => sequence)).toEqual(upTo(rig.lines.length));
    const reports = collected(rig);
    expect(reports).toContain("silent");
    expect(reports).toContain("heard");
    expect(reports).not.toContain("missing");
    outcomes.add({
      fault: `the hypervisor stops the machine for ${(PAUSE / 1000).toFixed(1)} s under 20 frames/s`,
      on,
      test,
      detected: `no heartbeat for ${(gap / 1000).toFixed(1)} s: the collector says silent, then heard`,
      forwarded: `${numbers.length} of ${n} frames, in order, each once`,
      lost: lost
        ? `${lost} frames of the burst behind it, counted (lost.out)`
        : "nothing: what came meanwhile waited with the host",
      verdict: lost ? "goes on, counted" : "goes on",
    });
  });

  // REQ-LOG-011
  it.concurrent("nobody reads `log`: what it does not take is counted, and the log says so when somebody reads again", async () => {
    const wordy = join(folder, "wordy.elf");
    writeFileSync(wordy, withPolicy(await prebuiltImage(), compilePolicy("fixtures/policy.yaml", { sets: WORDY })));
    const rig = await Rig.boot(folder, wordy, accelerator, ["log"]);
    const frames = Array.from({ length: 2500 }, (_, n) => broken(n));
    await rig.send(frames);
    await rig.telemetry(1, 10);
    await until(() => rig.got.out.length === 10);
    // Some heartbeats later: the image says so itself, on the console
    await until(() =>
      rig.running.lines.some((line) => /^weir: the device of `log` has taken nothing for \d+ s/.test(line)),
    );
    const opened = Date.now();
    rig.open("log");
    await until(() => rig.heartbeats().length > 0 && lostOf(rig).log > 0);
    const { sequence } = rig.lines.at(-1)!;
    await until(() => rig.lines.at(-1)!.sequence > sequence);
    await rig.stop();
    const sequences = rig.lines.map(({ sequence }) => sequence);
    const missing = sequences.at(-1)! - sequences.length;
    expect(missing).toBeGreaterThan(50);
    expect(lostOf(rig).log).toBe(missing);
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
    // Behind the first record that was lost there was still room for a heartbeat
    const lost = sequences.findIndex((number, n) => number !== n + 1) + 1;
    const kept = rig
      .heartbeats()
      .filter(({ sequence, json }) => sequence > lost && Date.parse(json.timestamp) < opened);
    expect(kept.length).toBeGreaterThan(0);
    expect(rig.numbers()).toEqual(upTo(10));
    outcomes.add({
      fault: "nobody takes what is sent on `log`, for some seconds",
      on,
      test,
      detected: `missing sequence numbers, and the heartbeat's lost.log: ${missing}, both`,
      forwarded: "as ever",
      lost: `${missing} records of ${sequences.at(-1)}, each counted`,
      verdict: "goes on, counted",
    });
  });

  it.concurrent("nobody reads `out`: what it does not take is counted, the rest comes in order", async () => {
    const rig = await Rig.boot(folder, image, accelerator, ["out"]);
    const all = 4000;
    await rig.telemetry(1, all, 500);
    await until(() => rig.heartbeats().some(({ json }) => json.guard?.forwarded === all));
    rig.open("out");
    await until(() => rig.got.out.length + lostOf(rig).out === all);
    await rig.stop();
    const numbers = rig.numbers();
    const { out } = lostOf(rig);
    expect(out).toBeGreaterThan(500);
    expect(numbers.length + out).toBe(all);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    outcomes.add({
      fault: "nobody takes what is sent on `out`, for some seconds",
      on,
      test,
      detected: `the heartbeat's lost.out, ${out}`,
      forwarded: `${numbers.length} of ${all} frames, in order, each once`,
      lost: `${out} frames, each counted`,
      verdict: "goes on, counted",
    });
  });

  it.concurrent("the collector is away: its numbers say which records are missing", async () => {
    const rig = await Rig.boot(folder, image, accelerator);
    await until(() => rig.heartbeats().length >= 1);
    await rig.ask("set_link", { name: "n2", up: false });
    // Fewer than `log` has room for, should its device be slow: none is lost on this side of the cable
    await rig.send(Array.from({ length: 20 }, (_, n) => stranger(n)));
    // When the second ten have come out, the records of what was sent before the first have left
    for (const first of [1, 11]) {
      await rig.telemetry(first, 10);
      await until(() => rig.got.out.length === first + 9);
    }
    await rig.ask("set_link", { name: "n2", up: true });
    const seen = rig.heartbeats().length;
    await until(() => rig.heartbeats().length >= seen + 2);
    await rig.stop();
    const sequences = rig.lines.map(({ sequence }) => sequence);
    const missing = sequences.at(-1)! - sequences.length;
    expect(missing).toBeGreaterThan(10);
    expect(lostOf(rig).log).toBe(0);
    const reports = collected(rig);
    expect(reports).toContain("missing");
    expect(rig.numbers()).toEqual(upTo(20));
    outcomes.add({
      fault: "the collector is away: what is sent on `log` goes nowhere, for some seconds",
      on,
      test,
      detected: `the collector says missing, by the numbers of the records: ${missing}`,
      forwarded: "as ever",
      lost: `${missing} records of ${sequences.at(-1)}; each is known by its number`,
      verdict: "goes on, counted",
    });
  });

  it.concurrent("links go down and come up: what the cable does not carry is known to nobody here", async () => {
    const rig = await Rig.boot(folder, image, accelerator);
    const phase = async (first: number, expected: number) => {
      await rig.telemetry(first, 10);
      await until(() => rig.got.out.length >= expected);
    };
    await phase(1, 10);
    await rig.ask("set_link", { name: "n1", up: false });
    await rig.telemetry(11, 10);
    await until(() => rig.heartbeats().some(({ json }) => json.guard?.forwarded === 20));
    await rig.ask("set_link", { name: "n1", up: true });
    await phase(21, 20);
    await until(() => rig.heartbeats().some(({ json }) => json.guard?.forwarded === 30));
    await rig.stop();
    expect(rig.numbers()).toEqual([...upTo(10), ...upTo(10).map((n) => n + 20)]);
    expect(lostOf(rig).out).toBe(0);
    outcomes.add({
      fault: "the link of `out` goes down and comes up",
      on,
      test,
      detected: "by the receiver only, if what it gets is numbered: the device takes all frames",
      forwarded: "20 of 30 frames, in order",
      lost: "10 frames that the heartbeat counts as forwarded",
      verdict: "residual",
    });
  });
});

/** A datagram of somebody that the policy does not list. */
function stranger(n: number): Uint8Array {
  const ends = { src: `10.7.${n >> 8}.${n & 255}`, dst: "10.0.1.9", sport: 1000, dport: 5000 };
  const macs = { from: "02:00:00:00:00:07", to: "02:00:00:00:00:01" };
  return ethernet(macs, 0x0800, ipv4({ ...ends, protocol: UDP }, udp(ends, Buffer.alloc(20))));
}

/** The same with an IPv4 header that says it is too short: an anomaly each. */
function broken(n: number): Uint8Array {
  const frame = stranger(n);
  frame[14] = 0x44;
  return frame;
}
