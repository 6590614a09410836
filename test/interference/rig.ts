/**
 * One run of an image with a script on `in`, under a condition at `out` and one at `log`, and what the witnesses saw.
 *
 * Nothing of the run hangs on the host's clock: QEMU counts instructions (-icount) and skips idle time (sleep=off), and
 * each burst waits in a filter-buffer that lets it go at its time of the virtual clock. So two runs give the same bits
 * unless something that is not `in` reached the image.
 */
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Arch } from "../../appliance/contract/arch.ts";
import { type LogRecord, parseDatagram } from "../../appliance/hosts/datagram.ts";
import type { Exit } from "../../appliance/hosts/exits.ts";
import { archOfImage, liveClock, MACS, type Nic, type Running, startImage } from "../../appliance/hosts/qemu.ts";
import { FrameStream } from "../../appliance/hosts/stream.ts";
import { type Condition, type Peer, peer } from "./peers.ts";
import { Qmp, qmpArguments } from "./qmp.ts";
import type { Script } from "./script.ts";
import {
  dumpFile,
  type Each,
  each,
  NAMES,
  type Packet,
  packetsOf,
  readTrace,
  type Trace,
  transports,
  witnessArguments,
} from "./witness.ts";

export interface RunOptions {
  image: string;
  script: Script;
  /** For files of this run. */
  folder: string;
  out?: Condition;
  log?: Condition;
  memory?: number;
}

export interface Evidence {
  exit: Exit;
  /** All lines of the console. */
  console: string[];
  trace: Trace;
  sent: Each<Packet[]>;
  offered: Each<Packet[]>;
  /** Records that the image sent on `log`, those before the script's end. */
  records: Record<string, unknown>[];
  /** QEMU's own state of each NIC when the machine was stopped: x-query-virtio-status, x-query-virtio-queue-status. */
  status: Each<{ features: string[]; queues: QueueStatus[] }>;
  /** All of the machine's memory when the script ended, and the address at which it begins. */
  ram: Buffer;
  ramAt: number;
}

export interface QueueStatus {
  "queue-index": number;
  inuse: number;
  "vring-num": number;
  "vring-desc": number;
  "vring-avail": number;
  "vring-used": number;
  "used-idx": number;
  "last-avail-idx"?: number;
  "shadow-avail-idx"?: number;
}

export const EPOCH = 1_700_000_000_000;
/**
 * Bytes that QEMU may read at once before the machine has started: it keeps the image's header on its stack until the
 * firmware has taken it (QEMU 7.2, x86_load_linux), and a read of 60,000 bytes reaches that far.
 */
export const AT_ONCE = 30_000;
/** Where the machines have their memory. */
const RAM_AT: Record<Arch, number> = { x86_64: 0, aarch64: 0x40000000 };
/** Queues that QEMU has for a NIC: receive, transmit, and a control queue that nobody may set up. */
const QUEUES = 3;

export async function run(options: RunOptions): Promise<Evidence> {
  const { image, script, folder, out = "normal", log = "normal", memory = 8 } = options;
  mkdirSync(folder, { recursive: true });
  const qmp = await Qmp.listen(join(folder, "qmp.sock"));
  const peers: Each<Peer | undefined> = {
    in: undefined,
    out: await peer("out", out, folder),
    log: await peer("log", log, folder),
  };
  const text = join(folder, "console");
  const sources = new Sources(folder, script);
  await sources.listen();
  const nics = NAMES.map((name): Nic => ({ mac: MACS[name], backend: peers[name]?.backend ?? { kind: "none" } }));
  const running = startImage({
    ...{ image, memory, accelerator: "tcg", nics, append: liveClock(EPOCH) },
    // Who reads a pipe late makes the image drop text (cpu.c, arch_put): that is not what is looked at here.
    console: text,
    more: [
      ...["-icount", "shift=3,sleep=off", "-S", ...qmpArguments(join(folder, "qmp.sock"))],
      ...[...witnessArguments(folder), ...sources.arguments()],
    ],
  });
  try {
    await qmp.open();
    await sources.fill();
    const bases = await transports(qmp);
    let started = () => {};
    const booted = new Promise<void>((resolve) => {
      started = resolve;
    });
    for (const [n, name] of NAMES.entries()) await peers[name]?.begin(qmp, `n${n}`, booted);
    await qmp.ask("cont");
    await Promise.race([said(text, "weir: ready\n"), running.exit]);
    started();
    const ended = await sources.delivered(running.exit);
    for (const name of NAMES) await peers[name]?.end();
    const seen = { image, running, folder, bases, memory, text };
    return { ...(await gather(qmp, seen, ended)), records: recordsOf(folder, script.end) };
  } finally {
    if (running.process.exitCode === null && running.process.signalCode === null) await running.stop();
    for (const name of NAMES) peers[name]?.close();
    sources.close();
    qmp.close();
  }
}

export interface Seen {
  image: string;
  running: Running;
  folder: string;
  bases: Each<number>;
  /** MiB. */
  memory: number;
  /** The console's file. */
  text: string;
}

/** Stops the machine, asks QEMU for its state, ends it, and reads what the witnesses wrote. */
export async function gather(qmp: Qmp, seen: Seen, ended = false): Promise<Omit<Evidence, "records">> {
  const { image, running, folder, bases, memory, text } = seen;
  if (!ended) await qmp.ask("stop");
  const status = ended ? each(() => ({ features: [], queues: [] })) : await ask(qmp);
  const ramAt = RAM_AT[archOfImage(image)];
  const ram = ended ? Buffer.alloc(0) : await dump(qmp, folder, ramAt, memory << 20);
  const exit = await running.stop();
  const sent = each((name) => packetsOf(dumpFile(folder, name, "sent")));
  const offered = each((name) => packetsOf(dumpFile(folder, name, "offered")));
  // The image was stopped somewhere: what is behind the last end of a line is no line yet.
  const console = readFileSync(text, "latin1").split(/\r?\n/).slice(0, -1).filter(Boolean);
  return { exit, console, trace: readTrace(folder, bases), sent, offered, status, ram, ramAt };
}

/** Each burst has a socket, a place in its own filter-buffer, and a port of the hub that `in` is on. */
class Sources {
  readonly #folder: string;
  readonly #bursts: Script["bursts"];
  readonly #streams: FrameStream[] = [];

  constructor(folder: string, script: Script) {
    this.#folder = folder;
    this.#bursts = [...script.bursts, { at: script.end, frames: [Buffer.alloc(60, 0xff)] }];
  }

  async listen(): Promise<void> {
    for (const n of this.#bursts.keys()) this.#streams.push(await FrameStream.listen(this.#path(n), () => {}));
  }

  arguments(): string[] {
    return this.#bursts.flatMap(({ at }, n) => [
      ...["-netdev", `stream,id=s${n},server=off,addr.type=unix,addr.path=${this.#path(n)}`],
      ...["-netdev", `hubport,id=h${n},hubid=0,netdev=s${n}`],
      // In this order: what was read is in the capture before it waits.
      ...["-object", `filter-dump,id=read${n},netdev=s${n},queue=tx,file=${this.#read(n)}`],
      ...["-object", `filter-buffer,id=wait${n},netdev=s${n},queue=tx,interval=${at}`],
      // The hub sends each frame to all its ports: here they end. A socket that fills would have QEMU reorder frames.
      ...["-object", `filter-buffer,id=end${n},netdev=s${n},queue=rx,interval=4000000000`],
    ]);
  }

  /** Sends all bursts to the buffers of a machine that has not started; resolves when they are there. */
  async fill(): Promise<void> {
    for (const [n, { frames }] of this.#bursts.entries())
      for (let from = 0, to = 0; from < frames.length; from = to) {
        for (let bytes = 0; to < frames.length && (to === from || bytes + frames[to]!.length <= AT_ONCE); to++)
          bytes += frames[to]!.length + 4;
        await this.#streams[n]!.send(frames.slice(from, to));
        await grown(this.#read(n), captured(frames.slice(0, to)));
      }
  }

  /** Resolves when all frames reached the NIC and the image had time for them; then to whether it ended by itself. */
  async delivered(exit: Promise<Exit>): Promise<boolean> {
    const all = grown(
      dumpFile(this.#folder, "in", "offered"),
      captured(this.#bursts.flatMap(({ frames }) => [...frames])),
    );
    const ended = await Promise.race([all.then(() => false), exit.then(() => true)]);
    // What the image sent before is on its way through QEMU's main loop.
    if (!ended) await pause(60);
    return ended;
  }

  close(): void {
    for (const stream of this.#streams) void stream.close();
  }

  #path = (n: number) => join(this.#folder, `s${n}.sock`);
  #read = (n: number) => join(this.#folder, `s${n}.pcap`);
}

/** Bytes of a capture of these frames. */
const captured = (frames: readonly Uint8Array[]) => frames.reduce((sum, { length }) => sum + 16 + length, 24);

export async function said(path: string, what: string): Promise<void> {
  while (!readFileSync(path, "latin1").includes(what)) await pause(5);
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function grown(path: string, bytes: number): Promise<void> {
  while (statSync(path).size < bytes) await pause(5);
}

async function ask(qmp: Qmp): Promise<Evidence["status"]> {
  const status: Evidence["status"] = each(() => ({ features: [], queues: [] }));
  for (const [n, name] of NAMES.entries()) {
    const path = `/machine/peripheral/nic${n}`;
    const device = await qmp.ask<{ "guest-features": Record<string, string[]> }>("x-query-virtio-status", { path });
    status[name].features = Object.values(device["guest-features"]).flat();
    for (let queue = 0; queue < QUEUES; queue++)
      status[name].queues.push(await qmp.ask("x-query-virtio-queue-status", { path, queue }));
  }
  return status;
}

async function dump(qmp: Qmp, folder: string, val: number, size: number): Promise<Buffer> {
  const filename = join(folder, "ram");
  await qmp.ask("pmemsave", { val, size, filename });
  return readFileSync(filename);
}

/** Records of the log up to this time of the virtual clock, microseconds. */
function recordsOf(folder: string, end: number): Record<string, unknown>[] {
  const limit = new Date(EPOCH + end / 1000).toISOString();
  return packetsOf(dumpFile(folder, "log", "sent"))
    .map(({ bytes }) => parseDatagram(bytes) as LogRecord)
    .map(({ json, sequence }) => ({
      sequence: Number(sequence),
      ...(JSON.parse(Buffer.from(json).toString()) as object),
    }))
    .filter((record) => String((record as { timestamp?: string }).timestamp) < limit);
}
