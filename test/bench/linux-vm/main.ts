/**
 * `npm run bench:linux-vm`: Weir beside the Linux VM it replaces, in the same hypervisor, between the same taps, under the
 * same traffic. Prints tables in Markdown; with the word `write` behind `--` writes them to docs/LINUX-VM.md, too. Further words: tcg, kvm, or
 * both. Needs root for taps, and Debian's packages.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describeImage } from "../../../appliance/build/describe.ts";
import type { Accelerator } from "../../../appliance/hosts/qemu.ts";
import { ROOT } from "../../../lib/asc.ts";
import { withBlock } from "../../figures/block.ts";
import { addTaps, counterOf, removeTaps } from "../taps.ts";
import { linuxSubjects, type Subject, start, weirSubjects } from "./subjects.ts";

const RUNS = 3;
const SECONDS = 3;
const IDLE = 10; // seconds
const DENIED = 20; // in a hundred
const folder = mkdtempSync(join(tmpdir(), "weir-linux-vm-"));
const kept = join(ROOT, "build", "linux-vm");
const taps = { in: `wvi${process.pid % 100000}`, out: `wvo${process.pid % 100000}` };
const say = (text: string) => process.stderr.write(`${text}\n`);
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

if (process.getuid?.() !== 0 || !existsSync("/dev/net/tun")) {
  say("bench:linux-vm: skipped: needs root and tap devices");
  process.exit(0);
}

interface Figures {
  booted: number;
  smallest: number;
  idle: number;
  /** Frames a second at the other end while as many come as the host can send. */
  flooded: number;
  /** The highest rate of which nothing that is allowed was lost, nor anything refused because the tap's queue was full. */
  lossless: number;
}

try {
  mkdirSync(kept, { recursive: true });
  addTaps(taps);
  const blast = join(folder, "blast");
  execFileSync("clang", ["-O2", join(ROOT, "test", "bench", "linux-vm", "blast.c"), "-o", blast]);
  const subjects = [...(await weirSubjects(folder)), ...linuxSubjects(kept)];
  const tables: string[] = [];
  const asked = process.argv.slice(2).filter((word): word is Accelerator => word === "tcg" || word === "kvm");
  for (const accelerator of asked.length ? asked : (["tcg", "kvm"] as const)) {
    const rows: string[] = [];
    for (const subject of subjects) {
      const figures = await measure(subject, accelerator, blast);
      rows.push(
        figures
          ? `| ${subject.name} | ${subject.bytes.toLocaleString("en")} | ${figures.smallest} | ${figures.booted.toFixed(0)} | ${(figures.idle * 100).toFixed(1)} | ${figures.flooded.toFixed(0)} | ${figures.lossless} |`
          : `| ${subject.name} | ${subject.bytes.toLocaleString("en")} | does not start | | | | |`,
      );
      say(rows.at(-1)!);
    }
    tables.push(
      `${accelerator === "tcg" ? "QEMU's TCG (every instruction emulated, both alike)" : "KVM"}, \`npm run bench:linux-vm -- ${accelerator}\`:\n\n| | bytes loaded | smallest -m, MiB | exec to forwarding, ms | idle, % of a core | forwarded when flooded, frames/s | without loss, frames/s offered |\n|---|--:|--:|--:|--:|--:|--:|\n${rows.join("\n")}\n`,
    );
  }
  tables.push(trusted());
  const text = tables.join("\n");
  process.stdout.write(`Command: \`npm run bench:linux-vm\`\n\n${text}`);
  if (process.argv.includes("write")) writeTables(text);
} finally {
  removeTaps(taps);
  rmSync(folder, { recursive: true });
}

/** What has to be right for either to keep what it promises, as far as it can be counted here. */
function trusted(): string {
  const { build } = describeImage(readFileSync(join(folder, "weir.elf")));
  const { c, assemblyscript } = build!.lines;
  const handwritten = Object.values(c).reduce((sum, lines) => sum + lines, 0);
  const kernel = readFileSync(join(ROOT, "appliance/runtime/kernel/kernel.h"), "utf8");
  const calls = /enum weir_call \{([^}]*)\}/.exec(kernel)![1]!.split(",").length;
  const table = "/usr/include/x86_64-linux-gnu/asm/unistd_64.h";
  const linux = existsSync(table) ? readFileSync(table, "utf8").match(/^#define __NR_/gm)!.length : "not counted";
  return `| | weir | linux |
|---|---|---|
| lines in it | ${handwritten.toLocaleString("en")} C and assembly, ${assemblyscript.toLocaleString("en")} AssemblyScript | not counted: Debian's kernel, busybox, nft, tcpdump |
| calls from the unprivileged part into the kernel | ${calls} | ${linux} |
| open ports, logins, shells | none, none, none | as configured; a shell on the console |
`;
}

function writeTables(text: string): void {
  const path = join(ROOT, "docs", "LINUX-VM.md");
  writeFileSync(path, withBlock(readFileSync(path, "utf8"), "npm run bench:linux-vm -- write", text));
}

async function measure(subject: Subject, accelerator: Accelerator, blast: string): Promise<Figures | undefined> {
  const begin = (memory: number, patience: number) =>
    start(subject.arguments(taps, memory, accelerator), subject.ready, patience);
  const boots: number[] = [];
  for (let n = 0; n < RUNS; n++) {
    const machine = await begin(subject.memory, 30_000);
    if (!machine) return undefined;
    boots.push(machine.booted);
    await stop(machine.process);
  }
  const machine = (await begin(subject.memory, 30_000))!;
  await sleep(1500);
  const before = processorTime(machine.process.pid!);
  await sleep(IDLE * 1000);
  const idle = (processorTime(machine.process.pid!) - before) / IDLE;
  const floods: number[] = [];
  for (let n = 0; n < RUNS; n++) floods.push((await offered(blast, 0)).arrived / SECONDS);
  const lossless = await highest(blast, median(floods) * 1.5);
  await stop(machine.process);
  return {
    booted: median(boots),
    smallest: await smallest(subject.memory, begin),
    idle,
    flooded: median(floods),
    lossless,
  };
}

interface Offered {
  /** What the tap's queue took of the sender, and what it had no room for. */
  sent: number;
  refused: number;
  /** Of those sent. */
  allowed: number;
  arrived: number;
}

/** Sends for a while at this rate (0: as fast as it goes) from CPU 1. */
async function offered(blast: string, rate: number): Promise<Offered> {
  const before = counterOf(taps.out, "rx_packets");
  const full = counterOf(taps.in, "tx_dropped");
  const { stdout } = spawnSync("taskset", ["-c", "1", blast, taps.in, String(SECONDS), String(rate), String(DENIED)], {
    encoding: "utf8",
    timeout: 20_000,
  });
  await sleep(300);
  const sent = Number(stdout);
  return {
    sent,
    refused: counterOf(taps.in, "tx_dropped") - full,
    allowed: sent - Math.floor(sent / 100) * DENIED - Math.min(sent % 100, DENIED),
    arrived: counterOf(taps.out, "rx_packets") - before,
  };
}

/** Whether all of it arrives, most times: one time of three the machine may have been busy with something else. */
async function carried(blast: string, rate: number): Promise<boolean> {
  let [well, badly] = [0, 0];
  while (well < 2 && badly < 2) {
    const { sent, refused, allowed, arrived } = await offered(blast, rate);
    if (arrived >= allowed && refused === 0 && sent > 0.98 * rate * SECONDS) well++;
    else badly++;
  }
  return well > badly;
}

/** By halves, in steps of 1,000 frames a second. */
async function highest(blast: string, most: number): Promise<number> {
  let [low, high] = [0, Math.ceil(most / 1000)];
  while (high - low > Math.max(1, low / 10)) {
    const middle = (low + high) >> 1;
    if (await carried(blast, middle * 1000)) low = middle;
    else high = middle;
  }
  return low * 1000;
}

async function smallest(
  works: number,
  begin: (memory: number, patience: number) => ReturnType<typeof start>,
): Promise<number> {
  let [low, high] = [1, works];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const machine = await begin(middle, 8000);
    if (machine) {
      high = middle;
      await stop(machine.process);
    } else low = middle;
  }
  return high;
}

/** Seconds of processor time so far. */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/.*\) /, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function stop(child: {
  kill(signal: NodeJS.Signals): boolean;
  exitCode: number | null;
  once(e: "exit", f: () => void): unknown;
}) {
  return new Promise<void>((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once("exit", resolve);
    child.kill("SIGKILL");
  });
}
