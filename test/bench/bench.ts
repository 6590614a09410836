/** `npm run bench`: prints what the project claims in numbers. Medians; ratios of one run mean more than any figure. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prebuiltImage, withPolicy } from "../../appliance/build/for.ts";
import { ARCHES, type Arch } from "../../appliance/contract/arch.ts";
import { type Accelerator, chooseAccelerator, MACS, PROGRAMS, startImage } from "../../appliance/hosts/qemu.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { replayInImage, whyNoImage } from "../../cli/image-replay.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { ROOT } from "../../lib/asc.ts";
import { installed, leastTime, makeLargeCapture } from "./captures.ts";
import { growth } from "./growth.ts";
import { mil1553Speed } from "./mil1553.ts";

const RUNS = 9;
const say = (label: string, value: string) => process.stdout.write(`${label.padEnd(34)} ${value}\n`);

const folder = mkdtempSync(join(tmpdir(), "weir-bench-"));
try {
  for (const arch of ARCHES) if (installed(PROGRAMS[arch])) await imageFacts(arch);
  await captureSpeed();
  detectorCosts();
  await growth(say);
  await mil1553Speed(folder, say);
} finally {
  rmSync(folder, { recursive: true });
}

/** Size, kernel part, smallest memory and start of one CPU's image. */
async function imageFacts(arch: Arch): Promise<void> {
  const image = join(folder, `weir-${arch}.elf`);
  const bytes = withPolicy(await prebuiltImage(arch), compilePolicy(join(ROOT, "fixtures", "policy.yaml")));
  writeFileSync(image, bytes);
  say(`${arch}: image with fixtures/policy.yaml`, `${bytes.length} bytes`);
  say(`${arch}: kernel part`, `${kernelLines(arch)} lines of C and assembler without blanks and comments`);
  const smallest = await smallestMemory(image);
  say(`${arch}: smallest -m that gets ready`, `${smallest} MiB (tcg)`);
  const accelerators: Accelerator[] = ["tcg"];
  if ((await chooseAccelerator(image, smallest)) === "kvm") accelerators.push("kvm");
  for (const accelerator of accelerators) {
    const runs: Start[] = [];
    for (let i = 0; i < RUNS; i++) runs.push(await execToReady(image, smallest, accelerator));
    const [whole, inside] = [runs.map((run) => run.whole), runs.map((run) => run.inside)];
    for (const times of [whole, inside]) times.sort((a, b) => a - b);
    say(
      `${arch}: exec to ready, ${accelerator}`,
      `${whole[RUNS >> 1]!.toFixed(0)} ms (least ${whole[0]!.toFixed(0)}, of ${RUNS} runs), in the image ${inside[RUNS >> 1]!.toFixed(1)} (least ${inside[0]!.toFixed(1)})`,
    );
  }
}

/** Reader, decoder and flows against peers on one capture; start-up of each program included, and shown. */
async function captureSpeed(): Promise<void> {
  const capture = join(folder, "large.pcap");
  const { packets, bytes } = await makeLargeCapture(capture);
  say("capture", `${packets} packets, ${Math.round(bytes / packets)} bytes on average`);
  const ours = join(ROOT, "dist", "test", "bench", "read.js");
  const baseline = join(folder, "site.baseline");
  spawnSync(process.execPath, [
    join(ROOT, "bin", "weir"),
    "learn",
    "-r",
    join(ROOT, "fixtures", "normal.pcap"),
    "-o",
    baseline,
  ]);
  const peers: [string, string[]][] = [
    ["weir: read, decode, flows", [process.execPath, ours, capture]],
    ["weir replay, without a baseline", [process.execPath, join(ROOT, "bin", "weir"), "replay", "-r", capture]],
    // Learned elsewhere, so nearly every talk is news: as bad as it gets
    [
      "weir replay, with a foreign baseline",
      [process.execPath, join(ROOT, "bin", "weir"), "replay", "-r", capture, "--baseline", baseline],
    ],
    ["tcpdump -w /dev/null", ["tcpdump", "-r", capture, "-w", "/dev/null"]],
    ["ndpiReader", ["ndpiReader", "-i", capture, "-q"]],
    [
      "suricata, no rules, no events",
      [
        "suricata",
        "-r",
        capture,
        "-S",
        "/dev/null",
        "--runmode",
        "single",
        "-k",
        "none",
        "-l",
        folder,
        "--set",
        "outputs.1.eve-log.enabled=no",
      ],
    ],
  ];
  const rates = peers.map(([name, command]): [string, number | undefined] => {
    const seconds = installed(command[0]!) ? leastTime(command) : undefined;
    return [name, seconds && packets / seconds];
  });
  const few = 100_000;
  const tshark = installed("tshark")
    ? leastTime(["tshark", "-r", capture, "-c", String(few), "-T", "fields", "-e", "frame.number"])
    : undefined;
  rates.push([`tshark, the first ${few}`, tshark && few / tshark]);
  rates.push(["the image, the first 50000", await imageRate(capture, 50_000)]);
  const own = rates[0]![1];
  for (const [name, rate] of rates) {
    const ratio = own && rate ? `, ratio of the first line to it ${(own / rate).toFixed(2)}` : "";
    say(name, rate ? `${(rate / 1e6).toFixed(2)} M packets/s${ratio}` : "not installed, or it failed");
  }
}

/** What the detectors cost, in nanoseconds a packet: over what decoding costs alone. */
function detectorCosts(): void {
  for (const detector of ["ip", "shape"]) {
    const script = join(ROOT, "dist", "detectors", detector, "testing", "speed.js");
    const { stdout } = spawnSync(process.execPath, [script, join(ROOT, "fixtures", "normal.pcap")], {
      encoding: "utf8",
    });
    for (const line of stdout.trim().split("\n")) say(`detectors, ${detector}`, line.replaceAll(/ +/g, " "));
  }
}

/** Packets a second of the whole appliance in the image, where a hypervisor runs: reading and handing over included. */
async function imageRate(capture: string, packets: number): Promise<number | undefined> {
  const part = join(folder, "part.pcap");
  if (!installed("editcap") || spawnSync("editcap", ["-r", capture, part, `1-${packets}`]).status !== 0)
    return undefined;
  if (await whyNoImage()) return undefined;
  const policy = compilePolicy(join(ROOT, "fixtures", "watch.yaml"));
  const rate = async (files: string[]) => {
    const reader = await CaptureReader.open(files);
    const started = performance.now();
    await replayInImage(reader, policy, 16, { forwarded: () => undefined, record: () => undefined });
    return performance.now() - started;
  };
  const empty = await rate([join(ROOT, "fixtures", "normal.pcap")]); // starting up
  return packets / (((await rate([part])) - empty) / 1000);
}

function launch(image: string, memory: number, accelerator: Accelerator) {
  const nics = Object.values(MACS).map((mac) => ({ mac, backend: { kind: "none" } as const }));
  return startImage({ image, memory, accelerator, nics, timeout: 10_000 });
}

/** Milliseconds: from exec of the hypervisor to the line that says `ready`, and what the image itself took. */
interface Start {
  whole: number;
  inside: number;
}

async function execToReady(image: string, memory: number, accelerator: Accelerator): Promise<Start> {
  const started = performance.now();
  const running = launch(image, memory, accelerator);
  await running.ready;
  const whole = performance.now() - started;
  await running.stop();
  const said = running.lines.map((line) => /^weir: booted in (\d+) us/.exec(line)?.[1]).find(Boolean);
  return { whole, inside: Number(said) / 1000 };
}

async function smallestMemory(image: string): Promise<number> {
  for (let memory = 1; ; memory++) {
    const running = launch(image, memory, "tcg");
    const ready = await running.ready.then(
      () => true,
      () => false,
    );
    await running.stop();
    if (ready) return memory;
    if (memory === 64) throw new Error("the image does not get ready with 64 MiB");
  }
}

function kernelLines(arch: Arch): number {
  const folders = ["kernel", `arch/${arch}`].map((name) => join(ROOT, "appliance", "runtime", name));
  const files = folders.flatMap((at) => readdirSync(at).map((name) => join(at, name)));
  return files
    .filter((file) => /\.[cS]$/.test(file))
    .reduce((sum, file) => sum + codeLines(readFileSync(file, "utf8")), 0);
}

function codeLines(text: string): number {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, "");
  return code.split("\n").filter((line) => line.trim() && !line.trim().startsWith("//")).length;
}
