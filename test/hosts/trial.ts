/**
 * One host tried with the image on three taps: `weir run` starts it, a capture goes in, what leaves is compared; the image refuses a
 * machine with two NICs; it is ended, and its hypervisor killed. To be called in a network namespace of its own (inside.ts).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { interfacesOf } from "../../appliance/hosts/descriptions/manifest.ts";
import { hostOf, starterOf } from "../../appliance/hosts/hosts.ts";
import { liveClock } from "../../appliance/hosts/qemu.ts";
import { ROOT } from "../../lib/asc.ts";
import { nameOf, SUBJECTS, type Subject, versionOf } from "./subjects.ts";

/** The taps that the namespace has. */
export const TAPS = { in: "wi", out: "wo", log: "wl" } as const;
type Role = keyof typeof TAPS;
const ROLES = Object.keys(TAPS) as Role[];

export interface Row {
  subject: Subject;
  version: string;
  /** MiB. */
  memory: number;
  /** Frames that the capture has, that replay passes, that came on `out`; and whether these two are the same bytes. */
  sent: number;
  expected: number;
  out: number;
  isSame: boolean;
  /** Frames out of `in`, datagrams on `log`. */
  fromIn: number;
  log: number;
  /** What `weir run` ended with after SIGTERM; what the image ended with that was given two NICs, and how often it said so. */
  ended: number;
  refusal: string;
  refusals: number;
  /** What `weir run` ended with when the hypervisor was killed. */
  killed: number;
  /** Processes, files and devices that were left over by all of it. */
  left: string[];
  lines: string[];
}

export interface Material {
  image: string;
  capture: string;
  sent: number;
  /** Frames in hexadecimal that replay passes. */
  expected: readonly string[];
  /** For files, empty. */
  folder: string;
}

export async function tryHost(subject: Subject, material: Material): Promise<Row> {
  const started: (Run | Capture)[] = [];
  try {
    return await trial(subject, material, started);
  } finally {
    await Promise.all(started.map((one) => one.stop()));
  }
}

async function trial(subject: Subject, material: Material, started: (Run | Capture)[]): Promise<Row> {
  const folder = join(material.folder, String(SUBJECTS.indexOf(subject)));
  const temporary = join(folder, "t");
  mkdirSync(temporary, { recursive: true });
  const taps = links();
  const first = new Run(subject, material.image, temporary);
  started.push(first);
  await first.ready();
  const captures = await Promise.all(ROLES.map((role) => Capture.start(TAPS[role], join(folder, `${role}.pcap`))));
  started.push(...captures);
  const [fromIn, out, log] = captures as [Capture, Capture, Capture];
  await finished(spawn("tcpreplay", ["--pps=2000", "-i", TAPS.in, material.capture], { stdio: "ignore" }));
  await seen(() => out.count() >= material.expected.length && log.count() > 0);
  const heard = log.count();
  await seen(() => log.count() > heard); // the next second: time to do what it should not
  const ended = await first.stop();
  for (const capture of captures) await capture.stop();
  const memory = memoryOf(first.lines);
  const refused = await refusal(subject, material.image, memory);
  const second = new Run(subject, material.image, temporary);
  started.push(second);
  await second.ready();
  second.killHypervisor();
  const killed = await second.ended;
  const left = [
    ...[...first.processes, ...second.processes].filter(isAlive).map((pid) => `process ${pid}`),
    ...readdirSync(temporary),
    ...links().filter((name) => !taps.includes(name)),
    ...jails(),
  ];
  return {
    ...{
      subject,
      version: versionOf(subject, first.lines),
      memory,
      sent: material.sent,
      expected: material.expected.length,
    },
    ...{ out: out.count(), isSame: out.frames().join() === material.expected.join(), fromIn: fromIn.count() },
    ...{ log: log.count(), ended, ...refused, killed, left, lines: [...first.lines, ...second.lines] },
  };
}

/** The image is given two NICs: it has to say so once, and end. */
async function refusal(
  subject: Subject,
  image: string,
  memory: number,
): Promise<{ refusal: string; refusals: number }> {
  const { host, arch, accelerator, machine } = subject;
  const nics = interfacesOf(readFileSync(image), false).map((one) => ({ ...one, tap: TAPS[one.name as Role] }));
  const running = starterOf(hostOf(host)).start(
    {
      ...{ name: "weir", image, arch, flat: false, memory, accelerator, ...(machine && { machine }) },
      ...{ nics: nics.slice(0, 2), append: liveClock() },
    },
    { timeout: 120_000 },
  );
  const { name } = await running.exit;
  return { refusal: name, refusals: running.lines.filter((line) => line.startsWith("weir: refused: ")).length };
}

/** `weir run`, once its image is ready. */
class Run {
  readonly #subject: Subject;
  readonly #process: ChildProcess;
  readonly lines: string[] = [];
  readonly ended: Promise<number>;
  processes: number[] = [];

  constructor(subject: Subject, image: string, temporary: string) {
    const { host, accelerator, machine } = subject;
    this.#subject = subject;
    const args = [join(ROOT, "bin", "weir"), "run", image, "--host", host, "--accelerator", accelerator];
    for (const role of ROLES) args.push(`--${role}`, TAPS[role]);
    args.push("--patience", "120", ...(machine ? ["--machine", machine] : []));
    const env = { ...process.env, TMPDIR: temporary };
    this.#process = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#process.stdout!, this.#process.stderr!])
      stream.on("data", (data: Buffer) => this.lines.push(...data.toString("latin1").split(/\r?\n/).filter(Boolean)));
    this.ended = new Promise((resolve) => this.#process.on("close", (status) => resolve(status ?? -1)));
  }

  /** @throws Error with what it said, when it does not become that */
  async ready(): Promise<void> {
    const isReady = () => this.lines.includes("weir: ready");
    await seen(() => isReady() || this.#process.exitCode !== null);
    if (!isReady()) throw new Error([nameOf(this.#subject), ...this.lines].join("\n"));
    this.processes = descendants(this.#process.pid!);
  }

  stop(): Promise<number> {
    this.#process.kill("SIGTERM");
    return this.ended;
  }

  /** The process that `weir run` itself started. */
  killHypervisor(): void {
    const [first] = childrenOf(this.#process.pid!);
    process.kill(first!, "SIGKILL");
  }
}

/** What comes out of a tap, from the guest, into a file. */
class Capture {
  readonly #path: string;
  readonly #process: ChildProcess;

  private constructor(tap: string, path: string) {
    this.#path = path;
    // Each frame has room for as much in tcpdump's ring, which else holds eight.
    const args = ["-i", tap, "-Q", "in", "-s", "2048", "-B", "16384", "--immediate-mode", "-U", "-w", path];
    this.#process = spawn("tcpdump", args, { stdio: ["ignore", "ignore", "pipe"] });
  }

  static async start(tap: string, path: string): Promise<Capture> {
    const capture = new Capture(tap, path);
    let said = "";
    capture.#process.stderr!.on("data", (data: Buffer) => {
      said += data.toString();
    });
    await seen(() => said.includes("listening on"));
    return capture;
  }

  async stop(): Promise<void> {
    this.#process.kill("SIGTERM");
    await finished(this.#process);
  }

  frames(): string[] {
    const bytes = readFileSync(this.#path);
    const frames: string[] = [];
    for (let at = 24; at + 16 <= bytes.length; ) {
      const length = bytes.readUInt32LE(at + 8);
      frames.push(bytes.toString("hex", at + 16, at + 16 + length));
      at += 16 + length;
    }
    return frames;
  }

  count = (): number => this.frames().length;
}

/** Seconds after which what has not come is taken for missing: the row shows it. */
const LIMIT = 60;

async function seen(what: () => boolean): Promise<void> {
  for (let n = 0; n < LIMIT * 20 && !what(); n++) await pause(50);
}

const finished = (child: ChildProcess): Promise<unknown> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.on("close", resolve));

/** MiB: as much as the image found, which firmware may have taken of. */
const memoryOf = (lines: readonly string[]) =>
  Math.ceil(Number(lines.map((line) => /^weir: \S+, (\d+) KiB, /.exec(line)?.[1]).find(Boolean) ?? 0) / 1024);

const links = () => readdirSync("/sys/class/net");

/** Of this process's runs: what a jail of Firecracker leaves is in a folder of that name. */
function jails(): string[] {
  try {
    return readdirSync("/srv/jailer/firecracker").filter((name) => name.startsWith("weir-"));
  } catch {
    return [];
  }
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
}

function descendants(pid: number): number[] {
  const children = childrenOf(pid);
  return [...children, ...children.flatMap(descendants)];
}

function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`).length > 0;
  } catch {
    return false;
  }
}
