/**
 * Captures as one line of time, cut into blocks of equal length: for learning from some and judging the others.
 *
 * Position: seconds of recording from the beginning of the first capture; captures follow each other without a gap. Frames
 * are cut by their time. A Chapter 10 recording is cut between packets, by the counter that each of them carries; where they
 * are is asked of the onboard decoder, so that untrusted bytes are not parsed here.
 */
import { RECORD_HEADER, RecordHeader, RecordKind } from "../../appliance/contract/abi.ts";
import { afterRecord } from "../../appliance/contract/records.ts";
import type { Damage } from "../../captures/damage.ts";
import { listInputs } from "../../captures/inputs.ts";
import { decodeChapter10 } from "../../captures/mil1553/index.ts";
import { CaptureReader } from "../../captures/reader.ts";
import type { RecordSource } from "../../captures/records.ts";
import type { Skipped } from "../../captures/summary.ts";
import type { Clock } from "../learn/clock.ts";
import { sha256Of } from "../learn/learn.ts";
import { SurveyedSource } from "../learn/survey.ts";

/** A stretch of a Chapter 10 file. */
interface Packet {
  /** Bytes, from the beginning of the file. */
  from: number;
  to: number;
  /** Seconds from the first packet. */
  at: number;
  /** What later packets need to be understood: how the recorder was set up, what its counter means. */
  kind: "setup" | "time" | "data";
}

export interface Recording {
  name: string;
  /** In hexadecimal. */
  sha256: string;
  /** Position at which it begins. */
  start: number;
  seconds: number;
  /** Of its frames; undefined for Chapter 10. */
  clock: Clock | undefined;
  packets: number;
  messages: number;
  /** Of Chapter 10. */
  layout: Packet[] | undefined;
}

export interface Timeline {
  recordings: Recording[];
  seconds: number;
  damage: Damage[];
  damages: number;
  skipped: Skipped[];
}

/** Of a block, or of all: positions, the first included. */
export interface Window {
  from: number;
  to: number;
}

const TIME_PACKET = 0x11;
const LAST_COMPUTER_GENERATED = 0x07;
const COUNTER_HERTZ = 1e7;

/**
 * @param paths files and folders
 * @throws InputError; Error for standard input, which cannot be read twice
 */
export async function timelineOf(paths: readonly string[], recursive: boolean): Promise<Timeline> {
  const line: Timeline = { recordings: [], seconds: 0, damage: [], damages: 0, skipped: [] };
  for (const { name } of await listInputs([...paths], recursive, line.skipped)) {
    if (line.recordings.some((one) => one.name === name)) throw new Error(`-r ${name}: given twice`);
    if (name === "-") throw new Error("-r -: each capture is read several times: expected a file");
    const reader = await CaptureReader.open([name]);
    const source = new SurveyedSource(reader);
    const target = new Uint8Array(131072);
    while (await source.fill(target));
    await reader.close();
    const { summary } = reader;
    line.damage.push(...summary.damage);
    line.damages += summary.damages;
    if (!summary.files.length) continue;
    const decoded = await layoutOf(name);
    const recorded = summary.files[0]!.format === "chapter10";
    const layout = recorded ? decoded.layout : undefined;
    const { clock } = source.surveyed();
    const seconds = recorded ? (decoded.layout.at(-1)?.at ?? 0) : clock.seconds;
    line.recordings.push({
      name,
      sha256: await sha256Of(name),
      start: line.seconds,
      seconds,
      clock: recorded ? undefined : clock,
      packets: summary.packets,
      messages: decoded.messages,
      layout,
    });
    line.seconds += seconds;
  }
  return line;
}

/** Rows: packet, offset, channel, length, data length, version, sequence, flags, type, counter, checksum, anomalies. */
async function layoutOf(name: string): Promise<{ layout: Packet[]; messages: number }> {
  const reader = await CaptureReader.open([name]);
  const layout: Packet[] = [];
  const decoder = new TextDecoder("latin1");
  let rest = "";
  let before = 0;
  let origin: number | undefined;
  const result = await decodeChapter10(reader, { rows: "packets" }, (piece) => {
    const lines = (rest + decoder.decode(piece)).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const f = line.split(",");
      const [from, length, type, counter] = [Number(f[1]), Number(f[3]), Number.parseInt(f[8]!, 16), Number(f[9])];
      if (!Number.isFinite(from) || !Number.isFinite(counter)) continue; // the header
      const kind = type === TIME_PACKET ? "time" : type <= LAST_COMPUTER_GENERATED ? "setup" : "data";
      origin ??= counter;
      // A counter that was set back stands still until it is where it was
      before = Math.max(before, (counter - origin) / COUNTER_HERTZ);
      layout.push({ from, to: from + length, at: before, kind });
    }
  });
  await reader.close();
  return { layout, messages: result.messages };
}

/** Equal parts of the line. */
export function windowsOf({ seconds }: Pick<Timeline, "seconds">, blocks: number): Window[] {
  return Array.from({ length: blocks }, (_, i) => ({
    from: (seconds * i) / blocks,
    to: i === blocks - 1 ? Infinity : (seconds * (i + 1)) / blocks,
  }));
}

const isWhole = ({ from, to }: Window) => from === 0 && to === Infinity;

/** Which bytes of a recording a window needs, in order. */
function rangesOf({ layout, start }: Recording, { from, to }: Window): [number, number][] {
  const ranges: [number, number][] = [];
  let setup: Packet | undefined;
  let time: Packet | undefined;
  const add = (packet: Packet | undefined) => {
    if (!packet) return;
    const last = ranges.at(-1);
    if (last && last[1] === packet.from) last[1] = packet.to;
    else ranges.push([packet.from, packet.to]);
  };
  let begun = false;
  for (const packet of layout!) {
    const at = start + packet.at;
    if (at >= to) break;
    if (at < from) {
      if (packet.kind === "setup") setup = packet;
      if (packet.kind === "time") time = packet;
      continue;
    }
    if (!begun) for (const held of [setup, time].sort((a, b) => (a?.from ?? 0) - (b?.from ?? 0))) add(held);
    begun = true;
    add(packet);
  }
  return ranges;
}

/** What a window of the line holds, as records; they are numbered from the first capture that it opens on. */
export class WindowSource implements RecordSource {
  readonly summary: { packets: number; last?: bigint | undefined } = { packets: 0 };
  /** Of the record that was laid out last, roughly: that of its batch. */
  position = 0;
  /** The recording that the last batch came from. */
  recording: Recording | undefined;
  readonly #reader: CaptureReader;
  readonly #recordings: readonly Recording[];
  readonly #window: Window;
  #ranges: [number, number][] = [];
  #offset = 0;

  private constructor(reader: CaptureReader, recordings: readonly Recording[], window: Window) {
    this.#reader = reader;
    this.#recordings = recordings;
    this.#window = window;
  }

  /** @param recordings those to read; ones outside of the window are not opened */
  static async open(recordings: readonly Recording[], window: Window = { from: 0, to: Infinity }) {
    const within = recordings.filter(({ start, seconds }) => start < window.to && start + seconds >= window.from);
    const reader = await CaptureReader.open(within.map(({ name }) => name));
    return new WindowSource(reader, within, window);
  }

  get reader(): CaptureReader {
    return this.#reader;
  }

  async close(): Promise<void> {
    await this.#reader.close();
  }

  async fill(target: Uint8Array): Promise<number> {
    for (;;) {
      const length = await this.#reader.fill(target);
      if (length === 0) return 0;
      const left = this.#keep(target, length);
      if (left > 0) return left;
    }
  }

  /** Moves what the window has to the front; returns its bytes. */
  #keep(target: Uint8Array, length: number): number {
    const file = this.#reader.file;
    if (file !== this.recording?.name) {
      this.recording = this.#recordings.find(({ name }) => name === file)!;
      this.#offset = 0;
      this.#ranges = !this.recording.layout
        ? []
        : isWhole(this.#window)
          ? [[0, Infinity]]
          : rangesOf(this.recording, this.#window);
    }
    let to = 0;
    const record = new RecordHeader(target);
    while (record.at < length) {
      const next = afterRecord(record); // what is kept may be laid over this one
      to = record.kind === RecordKind.CHAPTER10 ? this.#piece(target, record, to) : this.#frame(target, record, to);
      record.at = next;
    }
    return to;
  }

  #frame(target: Uint8Array, record: RecordHeader, to: number): number {
    const { time } = record;
    const { start, clock } = this.recording!;
    const position = start + clock!.at(Number(time) / 1e9);
    if (position < this.#window.from || position >= this.#window.to) return to;
    this.position = position;
    this.summary.packets = Math.max(this.summary.packets, Number(record.number));
    if (this.summary.last === undefined || time > this.summary.last) this.summary.last = time;
    const next = afterRecord(record);
    target.copyWithin(to, record.at, next);
    return to + next - record.at;
  }

  /** The parts of a piece of a file that are in the window's ranges: never more than the piece, so it fits in its place. */
  #piece(target: Uint8Array, record: RecordHeader, to: number): number {
    const { at, captured } = record;
    const [begin, end] = [this.#offset, this.#offset + captured];
    this.#offset = end;
    const kept: number[] = [];
    let length = 0;
    for (const [from, until] of this.#ranges) {
      if (from >= end) break;
      const [a, b] = [Math.max(from, begin), Math.min(until, end)];
      if (a >= b) continue;
      kept.push(a - begin, b - begin);
      length += b - a;
    }
    if (length === 0) return to;
    const { layout, start } = this.recording!;
    this.position = start + (layout![below(layout!, end)]?.at ?? 0);
    this.summary.packets = Math.max(this.summary.packets, Number(record.number));
    const head = target.slice(at, at + RECORD_HEADER);
    new RecordHeader(head).captured = length;
    new RecordHeader(head).original = length;
    // The bytes first: a header that is written in front of them may lie where they are
    const bytes = target.slice(at + RECORD_HEADER, at + RECORD_HEADER + captured);
    target.set(head, to);
    let put = to + RECORD_HEADER;
    for (let i = 0; i < kept.length; i += 2) {
      target.set(bytes.subarray(kept[i], kept[i + 1]), put);
      put += kept[i + 1]! - kept[i]!;
    }
    const whole = to + RECORD_HEADER + ((length + 7) & ~7);
    target.fill(0, put, whole);
    return whole;
  }
}

/** The last packet that begins before an offset. */
function below(layout: readonly Packet[], offset: number): number {
  let [low, high] = [0, layout.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (layout[middle]!.from < offset) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
