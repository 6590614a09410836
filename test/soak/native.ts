/** Frames through the natively compiled compartments, a billion if asked, and through Node for the same digests. */
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { COMPARTMENTS } from "../../appliance/build/compartments.ts";
import { packContainer } from "../../appliance/build/container.ts";
import { NATIVE_FLAGS, NATIVE_INCLUDE, wasmToC } from "../../appliance/build/native.ts";
import type { Parts } from "../../appliance/contract/abi.ts";
import { layRecord, recordSize } from "../../appliance/contract/records.ts";
import { embed } from "../../appliance/hosts/node.ts";
import { compilePolicyText } from "../../diode/policy.ts";
import { compileOnboard, ROOT } from "../../lib/asc.ts";
import { POLICY, Traffic } from "./traffic.ts";
import type { Check } from "./watch.ts";

/** ns from one frame to the next: 50,000 a second. */
const STEP = 20_000;
/** Rounds of traffic that differ; then they come again, later. */
const ROUNDS = 64;
const MILLION = 1_000_000;

/** What had come out after so many frames. */
export interface Line {
  frames: number;
  out: number;
  outDigest: string;
  log: number;
  logDigest: string;
}

export interface NativeSoak {
  frames: number;
  seconds: number;
  nanosecondsPerFrame: number;
  compared: number;
  node: { seconds: number; lines: Line[] };
  lines: Line[];
  checks: Check[];
}

const run = promisify(execFile);

export async function soakNative(frames: number, compare: number): Promise<NativeSoak> {
  const folder = join(ROOT, "build", "soak");
  mkdirSync(folder, { recursive: true });
  const { parts } = compilePolicyText(POLICY, "soak.yaml");
  const list = trafficOf();
  const [container, stream] = [join(folder, "policy.bin"), join(folder, "frames.bin")];
  writeFileSync(container, packContainer(parts));
  writeFileSync(stream, Buffer.concat(list.flatMap((frame) => [lengthOf(frame), frame])));
  const program = await build(folder);
  const began = performance.now();
  const lines = await linesOf(program, [container, stream, String(frames), String(STEP)]);
  const seconds = (performance.now() - began) / 1000;
  const compared = Math.min(frames, compare);
  const nodeBegan = performance.now();
  const node = await inNode(parts, list, compared);
  const nodeSeconds = (performance.now() - nodeBegan) / 1000;
  const same = node.filter((line) => lines.some((other) => JSON.stringify(other) === JSON.stringify(line))).length;
  const last = lines.at(-1);
  return {
    ...{ frames, seconds, nanosecondsPerFrame: Math.round((seconds * 1e9) / frames), compared },
    node: { seconds: nodeSeconds, lines: node },
    lines,
    checks: [
      {
        name: "all frames went through",
        ok: last?.frames === frames,
        what: `${last?.frames} in ${seconds.toFixed(1)} s`,
      },
      {
        name: "something passed, and something was logged",
        ok: !!last?.out && !!last.log,
        what: `${last?.out} frames, ${last?.log} records`,
      },
      {
        name: "the same digests as Node's",
        ok: same === node.length && same > 0,
        what: `${same} of ${node.length} over ${compared} frames`,
      },
    ],
  };
}

function trafficOf(): Buffer[] {
  const traffic = new Traffic();
  return Array.from({ length: ROUNDS }, (_, n) => traffic.round(n)).flat();
}

function lengthOf(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return length;
}

async function build(folder: string): Promise<string> {
  const c = await Promise.all(
    COMPARTMENTS.map(async ({ name, entry, pages }) => {
      const wasm = await compileOnboard(entry, { pages });
      const { c: source } = await wasmToC(name, wasm, folder);
      const object = join(folder, `${name}-${basename(wasm, ".wasm")}.o`);
      if (existsSync(object)) return object; // half a minute of clang's
      const flags = [...NATIVE_FLAGS, "-fno-strict-aliasing", "-w", "-I", NATIVE_INCLUDE];
      await run("clang", [...flags, "-c", source, "-o", `${object}.new`]);
      renameSync(`${object}.new`, object);
      return object;
    }),
  );
  const runtime = join(ROOT, "appliance", "runtime");
  const include = [
    join(runtime, "test", "hosted"),
    runtime,
    join(ROOT, "appliance", "contract"),
    NATIVE_INCLUDE,
    folder,
  ];
  const program = join(folder, "soak");
  const source = join(ROOT, "test", "soak", "native", "main.c");
  await run("clang", [...NATIVE_FLAGS, "-Wall", ...include.flatMap((at) => ["-I", at]), source, ...c, "-o", program]);
  return program;
}

async function linesOf(program: string, args: string[]): Promise<Line[]> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const lines: Line[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [frames, out, outDigest, log, logDigest] = line.split(" ");
    const one = {
      frames: Number(frames),
      out: Number(out),
      outDigest: outDigest!,
      log: Number(log),
      logDigest: logDigest!,
    };
    if (lines.at(-1)?.frames !== one.frames) lines.push(one);
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`the native soak ended with ${code}`);
  return lines;
}

/** The same records through the embedded host, with a line at each million and at the end. */
async function inNode(parts: Parts, list: readonly Buffer[], count: number): Promise<Line[]> {
  const appliance = await embed(parts);
  const { input } = appliance;
  const [out, log] = [new Digest(), new Digest()];
  const sink = {
    forwarded: (frame: Uint8Array) => out.add(frame),
    record: (_: Uint8Array, __: Uint8Array, datagram: Uint8Array) => {
      if (datagram.length) log.add(datagram);
    },
  };
  const lines: Line[] = [];
  let used = 0;
  let records = 0;
  const work = () => {
    if (used) appliance.run(used, sink);
    used = records = 0;
  };
  let time = 1_772_438_400_000_000_000n;
  for (let n = 0; n < count; n++, time += BigInt(STEP)) {
    const frame = list[n % list.length]!;
    const size = recordSize(frame.length);
    if (records === 128 || used + size > input.length) work();
    used = layRecord(input, used, frame, { time, number: BigInt(n + 1) });
    records++;
    if ((n + 1) % MILLION && n + 1 !== count) continue;
    work();
    lines.push({ frames: n + 1, out: out.count, outDigest: out.text(), log: log.count, logDigest: log.text() });
  }
  return lines;
}

/** FNV-1a, 32 bits, over each one's length and bytes. */
class Digest {
  count = 0;
  #hash = 0x811c9dc5;
  add(bytes: Uint8Array): void {
    this.count++;
    let hash = this.#hash;
    for (let shift = 0; shift < 32; shift += 8) hash = Math.imul(hash ^ ((bytes.length >>> shift) & 255), 0x01000193);
    for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    this.#hash = hash;
  }
  text(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, "0");
  }
}
