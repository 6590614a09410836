/** The image with fixtures/policy.yaml, booted, with hands on everything that may fail around it. */

import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { Heartbeat } from "../../appliance/contract/generated/events.ts";
import { parseDatagram } from "../../appliance/hosts/datagram.ts";
import { type Accelerator, liveClock, type Running, startImage } from "../../appliance/hosts/qemu.ts";
import { FrameStream } from "../../appliance/hosts/stream.ts";
import { nics } from "../image/images.ts";
import { Qmp, qmpArguments } from "../interference/qmp.ts";
import { telemetry } from "../interference/script.ts";
import { NAMES, type Name } from "../interference/witness.ts";
import { Gdb, gdbArguments } from "./gdb.ts";

export const PATIENCE = 30_000;

/** Shapes of kernel.h's struct weir_device_rings: flags, index, entries of 8 bytes, one more u16; then a multiple of 4. */
const SIZES = { in: 128, out: 256, log: 256 } as const;
const ringOf = (entries: number) => 4 + 8 * entries + 4;
const RINGS = { in: 0, out: ringOf(SIZES.in), log: ringOf(SIZES.in) + ringOf(SIZES.out) } as const;

export interface LogLine {
  sequence: number;
  json: Record<string, unknown> & { timestamp: string; event_type: string };
  /** The reader's clock when it came, ms. */
  arrived: number;
}

/** The other end of `out` or `log`: reads, or leaves what comes where it is. */
class Gate {
  readonly #server: Server;
  #socket: Socket | undefined;
  #open: boolean;
  #rest: Buffer = Buffer.alloc(0);

  private constructor(server: Server, open: boolean, onFrame: (frame: Buffer) => void) {
    this.#server = server;
    this.#open = open;
    server.once("connection", (socket) => {
      this.#socket = socket;
      socket.on("error", () => {});
      if (!this.#open) socket.pause();
      socket.on("data", (data: Buffer) => this.#take(data, onFrame));
      if (!this.#open) socket.pause();
    });
  }

  static async listen(path: string, open: boolean, onFrame: (frame: Buffer) => void): Promise<Gate> {
    const server = createServer();
    const gate = new Gate(server, open, onFrame);
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return gate;
  }

  open(): void {
    this.#open = true;
    this.#socket?.resume();
  }

  close(): void {
    this.#server.close();
    this.#socket?.destroy();
  }

  #take(data: Buffer, onFrame: (frame: Buffer) => void): void {
    const bytes = this.#rest.length ? Buffer.concat([this.#rest, data]) : data;
    let at = 0;
    for (; bytes.length - at >= 4; at += 4 + bytes.readUInt32BE(at)) {
      const end = at + 4 + bytes.readUInt32BE(at);
      if (end > bytes.length) break;
      onFrame(Buffer.from(bytes.subarray(at + 4, end)));
    }
    this.#rest = bytes.subarray(at);
  }
}

export class Rig {
  readonly running: Running;
  readonly got: Record<"in" | "out", Buffer[]> = { in: [], out: [] };
  readonly arrived: number[] = []; // of what is in got.out
  readonly lines: LogLine[] = [];
  /** Payloads of the log's datagrams, as a collector gets them. */
  readonly payloads: Buffer[] = [];
  /** ms by which the clock of those who read is ahead of this machine's: time that a test lets pass. */
  later = 0;
  readonly #in: FrameStream;
  readonly #gates: Record<"out" | "log", Gate>;
  readonly #qmp: Qmp;
  readonly #gdb: string;

  private constructor(running: Running, ends: [FrameStream, Gate, Gate], qmp: Qmp, gdb: string) {
    this.running = running;
    this.#in = ends[0];
    this.#gates = { out: ends[1], log: ends[2] };
    this.#qmp = qmp;
    this.#gdb = gdb;
  }

  /** @param shut NICs whose other end reads nothing until open() */
  static async boot(folder: string, image: string, accelerator: Accelerator, shut: readonly Name[] = []): Promise<Rig> {
    const id = `${Rig.#starts++}`;
    const path = (name: string) => join(folder, `${name}${id}`);
    let rig: Rig | undefined;
    const ends: [FrameStream, Gate, Gate] = [
      await FrameStream.listen(path("in"), (bytes) => rig?.got.in.push(Buffer.from(bytes))),
      await Gate.listen(path("out"), !shut.includes("out"), (bytes) => rig?.takeFrame(bytes)),
      await Gate.listen(path("log"), !shut.includes("log"), (bytes) => rig?.takeRecord(bytes)),
    ];
    const qmp = await Qmp.listen(path("qmp"));
    const backend = (name: Name) => ({ kind: "stream", path: path(name) }) as const;
    const running = startImage({
      ...{ image, memory: 8, accelerator, append: liveClock() },
      nics: nics({ in: backend("in"), out: backend("out"), log: backend("log") }),
      more: [...qmpArguments(path("qmp")), ...gdbArguments(path("gdb"))],
    });
    rig = new Rig(running, ends, qmp, path("gdb"));
    await running.ready;
    await qmp.open();
    return rig;
  }

  now(): number {
    return Date.now() + this.later;
  }

  private takeFrame(frame: Buffer): void {
    this.got.out.push(frame);
    this.arrived.push(this.now());
  }

  private takeRecord(frame: Buffer): void {
    const record = parseDatagram(frame);
    const json = JSON.parse(Buffer.from(record.json).toString()) as LogLine["json"];
    this.lines.push({ sequence: Number(record.sequence), json, arrived: this.now() });
    this.payloads.push(frame.subarray(42));
  }

  open(name: "out" | "log"): void {
    this.#gates[name].open();
  }

  static #starts = 0;

  send(frames: readonly Uint8Array[]): Promise<void> {
    return this.#in.send(frames);
  }

  /** Allowed frames, numbered from `first`. */
  telemetry(first: number, count: number, size = 100): Promise<void> {
    return this.send(Array.from({ length: count }, (_, n) => telemetry(first + n, size)));
  }

  /** The numbers of the allowed frames that came out, in order. */
  numbers(): number[] {
    return this.got.out.map((frame) => frame.readUInt32BE(42));
  }

  ask<T>(what: string, given: Record<string, unknown> = {}): Promise<T> {
    return this.#qmp.ask<T>(what, given);
  }

  heartbeats(): (LogLine & { json: Heartbeat })[] {
    return this.lines.filter(({ json }) => json.event_type === "heartbeat") as never;
  }

  /** The machine stands still while this is done to its memory. */
  async meanwhile(what: (gdb: Gdb) => Promise<void>): Promise<void> {
    const gdb = await Gdb.stop(this.#gdb);
    await what(gdb);
    await gdb.leave();
  }

  /**
   * Writes entries into a used ring of the image, at `rings`, as its device would.
   * @param back how many entries before the next one it begins: 0 = new ones @param step how far the index goes
   */
  async lie(
    rings: number,
    name: Name,
    entries: [id: number, length: number][],
    back = 0,
    step = entries.length,
  ): Promise<void> {
    const at = rings + RINGS[name];
    await this.meanwhile(async (gdb) => {
      const index = (await gdb.read(at + 2, 2)).readUInt16LE() - back;
      for (const [n, [id, length]] of entries.entries()) {
        const bytes = Buffer.alloc(8);
        bytes.writeUInt32LE(id, 0);
        bytes.writeUInt32LE(length, 4);
        await gdb.write(at + 4 + 8 * (((index + n) & 0xffff) % SIZES[name]), bytes);
      }
      const next = Buffer.alloc(2);
      next.writeUInt16LE((index + (back || step)) & 0xffff);
      await gdb.write(at + 2, next);
    });
  }

  /** Where QEMU has this NIC's registers. */
  async registers(name: Name): Promise<number> {
    const mac = nics({})[NAMES.indexOf(name)]!.mac;
    const devices = await this.ask<string>("human-monitor-command", { "command-line": "info qtree" });
    const found = [
      ...devices.matchAll(/dev: virtio-mmio[\s\S]*?mmio ([0-9a-f]+)\/[0-9a-f]+[\s\S]*?(?=dev: virtio-mmio|$)/g),
    ].find(([text]) => text.includes(mac));
    if (!found) throw new Error(`${name} is not in QEMU's tree of devices`);
    return Number.parseInt(found[1]!, 16);
  }

  async stop() {
    const exit = await this.running.stop();
    await this.close();
    return exit;
  }

  /** When the machine has ended. */
  async close(): Promise<void> {
    await this.#in.close();
    this.#gates.out.close();
    this.#gates.log.close();
    this.#qmp.close();
  }
}

export { until } from "../../lib/testing/until.ts";
