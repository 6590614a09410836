/**
 * `npm run bench:idle -- [images]`: many appliances on one core. What they use together while nothing comes, and how long
 * a frame takes through one of them, alone and while the others share its core and have traffic of their own.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { prebuiltImage, withPolicy } from "../../appliance/build/for.ts";
import { chooseAccelerator, liveClock, MACS, type Running, startImage } from "../../appliance/hosts/qemu.ts";
import { FrameStream } from "../../appliance/hosts/stream.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { ethernet, ipv4, UDP, udp } from "../../fixtures/frames.ts";
import { ROOT } from "../../lib/asc.ts";

const IMAGES = Number(process.argv[2] ?? 32);
const SECONDS = 20;
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
const FRAMES = 500;

const folder = mkdtempSync(join(tmpdir(), "weir-idle-"));
const image = join(folder, "weir.elf");
writeFileSync(image, withPolicy(await prebuiltImage(), compilePolicy(join(ROOT, "fixtures", "policy.yaml"))));
const accelerator = await chooseAccelerator(image, 8);

interface Appliance {
  running: Running;
  input: FrameStream;
  /** Sends one frame and waits for it on `out`; ms. */
  through(): Promise<number>;
}

/** Sent through rule `telemetry` of the policy. */
function telemetry(n: number): Buffer {
  const payload = Buffer.alloc(18);
  payload.writeUInt32BE(n);
  const [src, dst] = ["10.0.0.5", "10.0.1.9"];
  const segment = udp({ src, dst, sport: 40000, dport: 5000 }, payload);
  return ethernet({ from: "02:00:00:00:00:05", to: MACS.in }, 0x0800, ipv4({ src, dst, protocol: UDP }, segment));
}

async function start(n: number): Promise<Appliance> {
  let arrived: () => void = () => {};
  const path = (name: string) => join(folder, `${n}.${name}`);
  const input = await FrameStream.listen(path("in"), () => {});
  await FrameStream.listen(path("out"), () => arrived());
  const backend = (name: string) => ({ kind: "stream", path: path(name) }) as const;
  const nics = [
    { mac: MACS.in, backend: backend("in") },
    { mac: MACS.out, backend: backend("out") },
    { mac: MACS.log, backend: { kind: "none" } as const },
  ];
  const running = startImage({ image, memory: 8, accelerator, nics, append: liveClock() });
  await running.ready;
  execFileSync("taskset", ["-a", "-c", "-p", "0", String(running.process.pid)], { stdio: "ignore" });
  let sent = 0;
  const through = async () => {
    const began = performance.now();
    const there = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await input.send([telemetry(++sent)]);
    await Promise.race([there, sleep(2000)]);
    return performance.now() - began;
  };
  return { running, input, through };
}

/** Seconds of CPU that a process has used. */
function used(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

async function latency(of: Appliance): Promise<string> {
  const times: number[] = [];
  for (let i = 0; i < FRAMES; i++) {
    times.push(await of.through());
    await sleep(2);
  }
  times.sort((a, b) => a - b);
  return `${times[FRAMES >> 1]!.toFixed(2)} ms median, ${times[Math.floor(0.99 * FRAMES)]!.toFixed(2)} ms at 99 %`;
}

const say = (label: string, value: string) => process.stdout.write(`${label.padEnd(44)} ${value}\n`);
const all: Appliance[] = [];
try {
  all.push(await start(0));
  say(`latency through one alone, ${accelerator}`, await latency(all[0]!));
  for (let n = 1; n < IMAGES; n++) all.push(await start(n));
  await sleep(3000);
  const pids = all.map(({ running }) => running.process.pid!);
  const before = pids.map(used).reduce((a, b) => a + b, 0);
  await sleep(SECONDS * 1000);
  const cpu = pids.map(used).reduce((a, b) => a + b, 0) - before;
  say(`${IMAGES} idle on one core, ${accelerator}`, `${((100 * cpu) / SECONDS).toFixed(2)} % of it together`);
  say("latency through one of them, others idle", await latency(all[0]!));
  let on = true;
  const others = all.slice(1).map(async ({ through }) => {
    while (on) {
      await through();
      await sleep(20);
    }
  });
  say(`latency, the others 50 frames/s each at most`, await latency(all[0]!));
  on = false;
  await Promise.all(others);
} finally {
  await Promise.all(all.map(({ running }) => running.stop()));
  rmSync(folder, { recursive: true });
}
process.exit(0);
