/**
 * The ground's readers of captures (captures/) under mutation. Whatever the bytes are: nothing is thrown but a stated error,
 * nothing takes longer than its time, memory stays bounded, each record is laid out as the ABI says; and how the bytes come,
 * in one piece or in many, from a stream or a file, changes nothing. New coverage (V8's block counts) keeps a mutant.
 */
import { Session } from "node:inspector";
import { Readable } from "node:stream";
import { gunzipSync, gzipSync } from "node:zlib";
import { INPUT_SIZE, MAX_CAPTURED } from "../../appliance/contract/abi.ts";
import { damageText, InputError } from "../../captures/damage.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { type Candidate, nameOf } from "./corpus.ts";
import { generator } from "./random.ts";

export interface ReaderFigures {
  executions: number;
  packets: number;
  damaged: number;
  /** Blocks of captures/ that were run, and how many there are in the functions that were. */
  blocks: number;
  blocksTotal: number;
  kept: Buffer[];
}

/** Longest that one input of 64 KiB may take of the processor, ms: it takes a few. */
export const PATIENCE = 5_000;

class Wrong extends Error {}

interface Seen {
  records: string;
  damages: string;
  packets: number;
  count: number;
}

/** Reads a capture as a stream in pieces of this many bytes; everything that comes of it. */
async function read(bytes: Uint8Array, piece: number, room: number): Promise<Seen> {
  const pieces = function* () {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  };
  const reader = await CaptureReader.open(["-"], { stdin: Readable.from(pieces(), { objectMode: false }) });
  const buffer = new Uint8Array(room);
  const view = new DataView(buffer.buffer);
  const records: string[] = [];
  for (let length = await reader.fill(buffer); length; length = await reader.fill(buffer)) {
    if (length > room || length & 7) throw new Wrong(`a batch of ${length} bytes`);
    for (let at = 0; at < length; ) {
      const captured = view.getUint32(at + 16, true);
      const end = at + 32 + captured;
      const next = at + 32 + ((captured + 7) & ~7);
      if (captured > MAX_CAPTURED || next > length) throw new Wrong(`a record of ${captured} bytes in ${length - at}`);
      if (view.getUint32(at + 20, true) < captured) throw new Wrong("a record that was shorter on the wire");
      if (view.getUint32(at + 28, true)) throw new Wrong("a record that was judged before");
      for (let i = end; i < next; i++) if (buffer[i]) throw new Wrong("padding that is not zero");
      // Chapter 10 is handed on as it comes: there only the bytes count
      const chapter10 = view.getUint8(at + 26) === 2;
      if (!chapter10) records.push("|", Buffer.from(buffer.buffer, at, 28).toString("hex"));
      records.push(Buffer.from(buffer.buffer, at + 32, captured).toString("latin1"));
      at = next;
    }
  }
  await reader.close();
  const { summary } = reader;
  for (const damage of summary.damage) if (!damageText(damage)) throw new Wrong("damage without words");
  return {
    records: records.join(""),
    damages: `${summary.damages} ${summary.damage.map(damageText).join("\n")}`,
    packets: summary.packets,
    count: summary.damages,
  };
}

/** One input through everything; throws what is wrong with it. */
export async function tryReaders(bytes: Uint8Array, figures: ReaderFigures): Promise<void> {
  const began = process.cpuUsage();
  try {
    const whole = await read(bytes, 65536, INPUT_SIZE);
    const pieces = await read(bytes, 1 + (bytes.length % 97) * 7, 66_592);
    if (whole.records !== pieces.records) throw new Wrong("other records when it comes in pieces");
    if (whole.damages !== pieces.damages)
      throw new Wrong(`other damage in pieces:\n${whole.damages}\n${pieces.damages}`);
    figures.packets += whole.packets;
    if (whole.count) figures.damaged++;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  figures.executions++;
  const { user, system } = process.cpuUsage(began);
  const took = (user + system) / 1000;
  if (took > PATIENCE) throw new Wrong(`it took ${took.toFixed(0)} ms`);
}

const ODD = [
  0, 1, 2, 4, 8, 12, 16, 24, 28, 32, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 65536, 262144,
  262145,
];

/** One to six changes: bits, bytes, numbers, something cut, doubled, put in, from another input. Of gzip mostly what is inside. */
export function mutate(input: Buffer, other: Buffer, random: (below: number) => number, longest: number): Buffer {
  if (input[0] === 0x1f && input[1] === 0x8b && random(4)) {
    try {
      return gzipSync(mutate(gunzipSync(input, { maxOutputLength: 1 << 20 }), other, random, longest), {
        level: random(10),
      });
    } catch {
      // Not whole any more: its own bytes then
    }
  }
  let bytes = Buffer.from(input);
  for (let n = 1 + random(6); n > 0 && bytes.length > 8; n--) {
    const at = random(bytes.length - 4);
    const length = 1 + random(Math.min(300, bytes.length - at));
    switch (random(10)) {
      case 0:
        bytes[at]! ^= 1 << random(8);
        break;
      case 1:
        bytes[at] = random(256);
        break;
      case 2:
        bytes.writeUInt32LE(ODD[random(ODD.length)]!, at);
        break;
      case 3:
        bytes.writeUInt32BE(ODD[random(ODD.length)]!, at);
        break;
      case 4:
        bytes.writeUInt16LE(random(2) ? ODD[random(ODD.length)]! & 0xffff : random(200), at);
        break;
      case 5:
        if (!random(3)) bytes = bytes.subarray(0, at);
        break;
      case 6:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 7:
        bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
        break;
      case 8:
        // The head of one file and the tail of another
        if (!random(4)) bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(random(other.length))]);
        break;
      default: {
        const from = random(other.length);
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + length), bytes.subarray(at)]);
      }
    }
    bytes = Buffer.from(bytes.subarray(0, longest));
  }
  return bytes;
}

const READERS = /\/captures\/[^/]*\.[jt]s$/;

/** V8's block coverage of captures/: what was run since it was last asked. */
export class Coverage {
  readonly #session = new Session();
  #seen = new Map<string, boolean>();
  readonly #numbers = new Map<string, number>();

  start(): void {
    this.#session.connect();
    this.#post("Profiler.enable", {});
    this.#post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Numbers of all blocks that ran since it was last asked. */
  ran(): number[] {
    const ran: number[] = [];
    for (const { url, functions } of this.#post("Profiler.takePreciseCoverage", {}).result) {
      if (!READERS.test(url)) continue;
      for (const { ranges } of functions)
        for (const { startOffset, endOffset, count } of ranges) {
          const key = `${url} ${startOffset} ${endOffset}`;
          if (!this.#numbers.has(key)) this.#numbers.set(key, this.#numbers.size);
          if (count) ran.push(this.#numbers.get(key)!);
        }
    }
    return ran;
  }

  /** Whether anything ran that never did before. */
  fresh(): boolean {
    let fresh = false;
    for (const { url, functions } of this.#post("Profiler.takePreciseCoverage", {}).result) {
      if (!READERS.test(url)) continue;
      for (const { ranges } of functions)
        for (const { startOffset, endOffset, count } of ranges) {
          const key = `${url} ${startOffset} ${endOffset}`;
          if (count && !this.#seen.get(key)) fresh = true;
          this.#seen.set(key, this.#seen.get(key) || count > 0);
        }
    }
    return fresh;
  }

  /** What was seen until now; and back to it. */
  snapshot(): Map<string, boolean> {
    return new Map(this.#seen);
  }
  back(to: Map<string, boolean>): void {
    this.#seen = to;
  }

  get blocks(): number {
    return [...this.#seen.values()].filter(Boolean).length;
  }
  get blocksTotal(): number {
    return this.#seen.size;
  }

  stop(): void {
    this.#session.disconnect();
  }

  #post(
    method: string,
    params: object,
  ): {
    result: { url: string; functions: { ranges: { startOffset: number; endOffset: number; count: number }[] }[] }[];
  } {
    let answer: unknown;
    this.#session.post(method, params, (error, result) => {
      if (error) throw error;
      answer = result;
    });
    return answer as never; // this session answers at once: it is of this thread
  }
}

export interface ReaderOptions {
  inputs: readonly Buffer[];
  seconds: number;
  seed: number;
  longest: number;
  /** Before each input: who watches for hangs keeps it. */
  before?: (input: Buffer) => void;
  progress?: (figures: ReaderFigures) => void;
}

const ROUND = 100;

export class ReaderFinding extends Error {
  readonly input: Buffer;
  constructor(input: Buffer, cause: unknown) {
    super(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
    this.input = input;
  }
}

/** The inputs once, then mutants of them until the time is over. @throws ReaderFinding */
export async function fuzzReaders({
  inputs,
  seconds,
  seed,
  longest,
  before,
  progress,
}: ReaderOptions): Promise<ReaderFigures> {
  const figures: ReaderFigures = { executions: 0, packets: 0, damaged: 0, blocks: 0, blocksTotal: 0, kept: [] };
  const coverage = new Coverage();
  coverage.start();
  const once = async (input: Buffer) => {
    before?.(input);
    try {
      await tryReaders(input, figures);
    } catch (error) {
      throw new ReaderFinding(input, error);
    }
  };
  const names = new Set<string>();
  const keep = (input: Buffer) => {
    const name = nameOf(input);
    if (!names.has(name)) figures.kept.push(input);
    names.add(name);
  };
  try {
    for (const input of inputs) {
      await once(input);
      if (coverage.fresh()) keep(input);
    }
    const random = generator(seed);
    for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
      // To ask for the coverage costs as much as many inputs: only when a round had something new each is asked for itself
      const round: Buffer[] = [];
      for (let n = 0; n < ROUND && performance.now() < end; n++) {
        const pool = random(2) && figures.kept.length ? figures.kept : inputs;
        const input = mutate(pool[random(pool.length)]!, inputs[random(inputs.length)]!, random, longest);
        round.push(input);
        await once(input);
      }
      const seen = coverage.snapshot();
      if (coverage.fresh()) {
        coverage.back(seen);
        for (const input of round) {
          await once(input);
          if (coverage.fresh()) keep(input);
        }
      }
      Object.assign(figures, { blocks: coverage.blocks, blocksTotal: coverage.blocksTotal });
      progress?.(figures);
    }
  } finally {
    Object.assign(figures, { blocks: coverage.blocks, blocksTotal: coverage.blocksTotal });
    coverage.stop();
  }
  return figures;
}

/** What each of these inputs reaches. */
export async function measureReaders(inputs: readonly Buffer[]): Promise<Candidate[]> {
  const figures: ReaderFigures = { executions: 0, packets: 0, damaged: 0, blocks: 0, blocksTotal: 0, kept: [] };
  const coverage = new Coverage();
  coverage.start();
  const all: Candidate[] = [];
  for (const bytes of inputs) {
    await tryReaders(bytes, figures);
    all.push({ bytes, reaches: coverage.ran() });
  }
  coverage.stop();
  return all;
}
