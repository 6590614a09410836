/**
 * Replays records through a booted image: they go in as a stream, cut into frames for its NIC `in` (runtime/user/replay.c),
 * and what it sends on `out` and `log` comes back. Nothing is lost on the way, and the same records give the same frames.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Exit } from "./exits.ts";
import type { Accelerator, Running } from "./host.ts";
import { MACS, type Machine, startImage } from "./qemu.ts";
import { FrameStream } from "./stream.ts";

export interface ReplayOptions {
  image: string;
  machine?: Machine;
  /** MiB. */
  memory: number;
  accelerator: Accelerator;
  /** The record stream (appliance/contract), cut anywhere, an END record last. A chunk is read before the next is asked for. */
  records: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** A frame on `out`, on `log`, and any that ever leaves through `in`. Views, valid during the call only. */
  onOut?: (frame: Buffer) => void;
  onLog?: (frame: Buffer) => void;
  onIn?: (frame: Buffer) => void;
  onLine?: (line: string) => void;
  /** Further arguments for QEMU. */
  more?: readonly string[];
  macs?: { in: string; out: string; log: string };
  /** Which start this is, for the log; 0 unless said: replays are alike. */
  boot?: number;
  /** Of its tables (lib/table-key.ts); that of replays unless given. */
  key?: Uint8Array;
  /** Milliseconds for all of it. */
  timeout?: number;
}

/** @returns what the image came to; DONE when it took everything. */
export async function replayThroughImage(options: ReplayOptions): Promise<Exit & { lines: string[] }> {
  const { macs = MACS, onOut = ignore, onLog = ignore, onIn = ignore } = options;
  const folder = mkdtempSync(join(tmpdir(), "weir-replay-"));
  const path = (name: string) => join(folder, `${name}.sock`);
  const nic = (name: "in" | "out" | "log") => ({
    mac: macs[name],
    backend: { kind: "stream", path: path(name) } as const,
  });
  const input = await FrameStream.listen(path("in"), onIn);
  const streams = [input, await FrameStream.listen(path("out"), onOut), await FrameStream.listen(path("log"), onLog)];
  execFileSync("mkfifo", ["-m", "600", path("console")]);
  const append = ["clock=frames", ...(options.boot ? [`boot=${options.boot}`] : [])];
  if (options.key) append.push(`weir.key=${Buffer.from(options.key).toString("hex")}`);
  const running = startImage({
    ...options,
    nics: [nic("in"), nic("out"), nic("log")],
    append,
    consolePipe: path("console"),
  });
  try {
    await feed(streams, options.records, running);
    const exit = await running.exit;
    // What it sent last may not have been read yet.
    if (
      await running.ready.then(
        () => true,
        () => false,
      )
    ) {
      // One that QEMU has not connected to by now has no end of its own.
      for (const stream of streams) stream.closeUnconnected();
      await Promise.all(streams.map((stream) => stream.ended));
    }
    return { ...exit, lines: running.lines };
  } finally {
    if (running.process.exitCode === null && running.process.signalCode === null) await running.stop();
    for (const stream of streams) stream.close();
    rmSync(folder, { recursive: true });
  }
}

const ignore = () => {};

async function feed(
  streams: readonly FrameStream[],
  records: ReplayOptions["records"],
  running: Running,
): Promise<void> {
  const input = streams[0]!;
  try {
    await running.ready;
    await Promise.race([Promise.all(streams.map((stream) => stream.connected())), running.exit]);
    for await (const chunk of records) await input.send(cut(chunk));
  } catch (error) {
    // An image that has ended says why itself; anything else is the caller's.
    const ended = await Promise.race([running.exit, new Promise<undefined>((resolve) => setTimeout(resolve, 500))]);
    if (!ended) throw error;
  }
}

/** Bytes of the stream in one frame: with header and count within a receive buffer of the image. */
const PAYLOAD = 2016;

/** A stretch of the stream as frames. */
export function cut(stream: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < stream.length; at += PAYLOAD) {
    const part = stream.subarray(at, at + PAYLOAD);
    const frame = new Uint8Array(16 + part.length);
    frame.fill(0xff, 0, 6);
    frame.set([0x52, 0x54, 0x00, 0x77, 0x00, 0x00, 0x88, 0xb5, part.length & 255, part.length >> 8], 6);
    frame.set(part, 16);
    frames.push(frame);
  }
  return frames;
}
