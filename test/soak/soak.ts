/** The booted image under as much traffic as it takes, for as long as asked. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { prebuiltImage, withPolicy } from "../../appliance/build/for.ts";
import { chooseAccelerator, liveClock, MACS, startImage } from "../../appliance/hosts/qemu.ts";
import { FrameStream } from "../../appliance/hosts/stream.ts";
import { compilePolicyText } from "../../diode/policy.ts";
import { marker, POLICY, Traffic } from "./traffic.ts";
import { type Check, type Stretch, type Totals, verdict, Watch } from "./watch.ts";

export interface SoakOptions {
  seconds: number;
  /** Frames that are sent at least: a slow machine takes longer. */
  least?: number;
  /** Seconds of one stretch of the report. */
  stretch: number;
  onStretch?: (stretch: Stretch) => void;
  /** An image without a policy, as `weir build` keeps it in build/; this tree's, built if need be, without it. */
  image?: string;
}

export interface Soaked {
  accelerator: string;
  seconds: number;
  stretches: Stretch[];
  totals: Totals;
  /** Seconds, see verdict(). */
  stalls: number;
  checks: Check[];
}

/** MiB. */
const MEMORY = 12;
/** Frames in one write, and one marker in so many writes. */
const AT_ONCE = 64;
const MARKED = 4;
/**
 * Markers that may be on their way: about 2,000 frames, 20 ms of work. The image is never idle, and what is measured is not
 * how much QEMU's stream backend takes in ahead of its guest, which is everything: it has no bound.
 */
const WINDOW = 8;
/** A marker that is so late was lost on `out`; ms. */
const LOST = 1000;

export async function soak({ seconds, least = 0, stretch, onStretch, image: given }: SoakOptions): Promise<Soaked> {
  const folder = mkdtempSync(join(tmpdir(), "weir-soak-"));
  const image = join(folder, "weir.elf");
  const bare = given ? readFileSync(given) : await prebuiltImage();
  const [words, boot] = liveClock();
  writeFileSync(image, withPolicy(bare, compilePolicyText(POLICY, "soak.yaml")));
  const accelerator = await chooseAccelerator(image, MEMORY);
  const watch = new Watch();
  const path = (name: string) => join(folder, `${name}.sock`);
  const input = await FrameStream.listen(path("in"), () => watch.totals.onIn++);
  const out = await FrameStream.listen(path("out"), (frame) => watch.out(frame));
  const log = await FrameStream.listen(path("log"), (frame) => watch.log(frame));
  const nics = (["in", "out", "log"] as const).map((name) => ({
    mac: MACS[name],
    backend: { kind: "stream", path: path(name) } as const,
  }));
  const running = startImage({ image, memory: MEMORY, accelerator, nics, append: [words!, boot!] });
  const rss = () => residentOf(running.process.pid!);
  const stalls = stallClock();
  try {
    await running.ready;
    const traffic = new Traffic();
    const began = performance.now();
    let next = began + stretch * 1000;
    const isOver = () => performance.now() - began >= seconds * 1000 && watch.totals.sent >= least;
    let writes = 0;
    for (let round = 0; !isOver(); round++) {
      const frames = traffic.round(round);
      for (let at = 0; at < frames.length && !isOver(); at += AT_ONCE) {
        const some = frames.slice(at, at + AT_ONCE);
        if (writes++ % MARKED === 0) some.push(marker(watch.totals.markers++, performance.now()));
        watch.totals.sent += some.length;
        await input.send(some);
        await gate(watch);
        // What comes back is read between writes, or its latency would be this loop's.
        await new Promise((resolve) => setImmediate(resolve));
        if (performance.now() < next) continue;
        next += stretch * 1000;
        const ended = watch.stretch(rss());
        onStretch?.(ended);
      }
    }
    await settle(watch);
    const exit = await running.stop();
    await Promise.all([out.ended, log.ended]);
    const { stretches, totals } = watch;
    const checks = verdict(watch, stalls.seconds(), exit.name);
    return { accelerator, seconds, stretches, totals, stalls: stalls.seconds(), checks };
  } finally {
    stalls.stop();
    if (running.process.exitCode === null && running.process.signalCode === null) await running.stop();
    for (const stream of [input, out, log]) void stream.close();
    rmSync(folder, { recursive: true });
  }
}

/** Waits while too many markers are on their way. */
async function gate(watch: Watch): Promise<void> {
  const late = performance.now() + LOST;
  while (watch.totals.markers - watch.arrived - watch.lost > WINDOW) {
    await new Promise((resolve) => setImmediate(resolve));
    if (performance.now() < late) continue;
    watch.lost = watch.totals.markers - watch.arrived;
  }
}

/** Until a heartbeat has counted all that was sent: what is still on its way comes, then two more seconds of the image's. */
async function settle(watch: Watch): Promise<void> {
  for (let waited = 0; waited < 60; waited++) {
    const { heartbeats } = watch.totals;
    while (watch.totals.heartbeats === heartbeats && waited++ < 60) await sleep(1000);
    const { last, sent } = watch.totals;
    if (last && last.inspect.frames + last.journal.lost.in >= sent) break;
  }
  // The heartbeat that says so has not counted itself, nor what left with it.
  const { heartbeats } = watch.totals;
  for (let waited = 0; watch.totals.heartbeats < heartbeats + 1 && waited < 100; waited++) await sleep(100);
}

/** KiB of memory that a process has. */
function residentOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
}

/** Counts time for which a timer of this process was late by more than half a second. */
function stallClock() {
  let last = performance.now();
  let total = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - last > 600) total += now - last - 100;
    last = now;
  }, 100);
  return { seconds: () => total / 1000, stop: () => clearInterval(timer) };
}
