// `weir decode` of MIL-STD-1553: Chapter 10 files, or captures that carry Chapter 10 over UDP, as CSV or JSON lines. The
// decoding is the onboard decoder's, compiled into a WebAssembly module of its own (onboard/index.ts): untrusted bytes are
// not parsed here.
import { readFileSync } from "node:fs";
import { RECORD_HEADER } from "../../appliance/contract/abi.ts";
import { compileOnboard } from "../../lib/asc.ts";
import { type ExportsOf, exportsOf } from "../../lib/exports.ts";

/**
 * Columns of the reference decoders' CSV, then absolute time (blank while unknown), anomalies (`;` between them), and what the
 * words mean. The channel's name, text of the recording, is last, and may hold commas.
 */
export const MESSAGE_COLUMNS =
  "channel,ipts_rtc48,bsw_hex,bus,gap1,gap2,len_bytes,cmd1,cmd2,stat1,stat2,nwords,raw_words,abs_time,anomalies," +
  "rt,sa,direction,format,from_rt,from_sa,mode_code,data,response_us,second_response_us,doubtful,name";
export const PACKET_COLUMNS =
  "pkt,offset,channel,packet_len,data_len,hdr_ver,seq,flags_hex,type_hex,rtc48,chksum_hex,anomalies";

const ROWS = { nothing: 0, messages: 1, packets: 2, json: 3 } as const;
const PASS = { plain: 0, clock: 1, again: 2 } as const;

export interface DecodeOptions {
  /** One row per 1553 message (CSV), per Chapter 10 packet (CSV), or per message as a JSON line. */
  rows: "messages" | "packets" | "json";
  /** UDP destination ports that carry Chapter 10; without any, every flow that shows a transfer header. At most 64. */
  ports?: readonly number[];
  /** Year for times that come as day of the year only; default 1970, leap years 1972. */
  year?: number;
  /** Also messages of packets whose data checksum is wrong. The appliance never believes them. */
  believeDamaged?: boolean;
}

/** Where records come from: captures/reader.ts. */
export interface Records {
  /** Lays out records of one file; returns their bytes, 0 at the end. */
  fill(target: Uint8Array): Promise<number>;
  /** The file that they came from. */
  readonly file: string;
}

/** A finding about the container, as it was met. */
export interface Finding {
  file: string;
  anomaly: string;
  channel?: number;
  /** Bytes from the beginning of the file, or of the flow's packets. */
  offset: number;
  /** What it counts: mil1553/onboard/anomalies.ts. */
  detail: number;
  /** The input is damaged or cut (exit code 2), not merely unusual. */
  damaged: boolean;
}

/** What `detail` counts, by anomaly; for the others it says nothing to a reader. */
const DETAILS: Record<string, string> = {
  lost_sync: "bytes skipped",
  truncated: "bytes missing",
  header_length: "bytes claimed",
  packet_too_large: "bytes, skipped",
  sequence_gap: "packets missing",
  message_count: "messages claimed",
  message_length: "bytes claimed",
  time_jump: "ns",
  udp_sequence_gap: "datagrams missing",
  udp_incomplete: "bytes of it came",
  udp_evicted: "bytes of it came",
  udp_conflict: "bytes of it had come",
  many_anomalies: "more were found",
  format_not_read: "is its data type",
};

/** `FILE: offset 9884: chapter10.lost_sync: 30 bytes skipped`, with the channel where there is one. */
export function findingText({ file, offset, anomaly, channel, detail }: Finding): string {
  const what = DETAILS[anomaly.slice(anomaly.indexOf(".") + 1)];
  const where = channel === undefined ? "" : ` on channel ${channel}`;
  return `${file}: offset ${offset}: ${anomaly}${where}${what ? `: ${detail} ${what}` : ""}`;
}

export interface DecodeResult {
  messages: number;
  packets: number;
  datagrams: number;
  findings: number;
  damaged: boolean;
  /** Per 1553 channel, as onboard/stats.ts writes them. */
  buses: string[];
}

type Exports = ExportsOf<"captures/mil1553/onboard/index.ts">;

/** Bytes that are held back at most until the first time packet tells what the counter means. */
const HOLD = 16 << 20;

export class Chapter10Decoder {
  #e: Exports;
  #options: DecodeOptions;

  private constructor(e: Exports, options: DecodeOptions) {
    this.#e = e;
    this.#options = options;
    const ports = options.ports ?? [];
    new Uint16Array(e.memory.buffer, e.portsAt(), ports.length).set(ports);
    e.setPorts(ports.length);
    this.begin("plain");
  }

  static async create(options: DecodeOptions): Promise<Chapter10Decoder> {
    const path = await compileOnboard("captures/mil1553/onboard/index.ts");
    const module = new WebAssembly.Module(readFileSync(path));
    return new Chapter10Decoder(exportsOf<"captures/mil1553/onboard/index.ts">(module), options);
  }

  /** Where records are to be written: at least 66,592 bytes. */
  get input(): Uint8Array {
    return new Uint8Array(this.#e.memory.buffer, this.#e.inputAt(), this.#e.inputSize());
  }

  /** Begins a file: as it comes, for its first time packet only, or again with that known. */
  begin(pass: keyof typeof PASS): void {
    const { rows, year = 0, believeDamaged = false } = this.#options;
    this.#e.begin(ROWS[rows], year, believeDamaged ? 1 : 0, PASS[pass]);
  }

  /** Decodes `length` bytes of records in `input`: rows (valid until the next piece) and findings as JSON lines. */
  *decode(length: number): Generator<{ rows: Uint8Array; notes: Uint8Array }> {
    this.#e.feed(length);
    yield* this.#drain();
  }

  /** Nothing follows in this file. */
  *end(): Generator<{ rows: Uint8Array; notes: Uint8Array }> {
    this.#e.feedEnd();
    yield* this.#drain();
    yield { rows: this.#output(this.#e.closeRows()), notes: new Uint8Array(0) };
  }

  *#drain(): Generator<{ rows: Uint8Array; notes: Uint8Array }> {
    const e = this.#e;
    while (!e.finished()) {
      const rows = this.#output(e.rows());
      yield { rows, notes: new Uint8Array(e.memory.buffer, e.notesAt(), e.notesLength()) };
    }
  }

  #output(length: number): Uint8Array {
    return new Uint8Array(this.#e.memory.buffer, this.#e.outputAt(), length);
  }

  get clockKnown(): boolean {
    return this.#e.clockKnown() !== 0;
  }

  get counts(): { messages: number; packets: number; datagrams: number } {
    const e = this.#e;
    return {
      messages: Number(e.messageCount()),
      packets: e.packetCount(),
      datagrams: Number(e.datagramCount()),
    };
  }

  buses(): string[] {
    const lines: string[] = [];
    for (let i = 0; i < this.#e.statsRows(); i++) {
      const n = this.#e.statsRow(i);
      if (n) lines.push(Buffer.from(this.#output(n)).toString().trimEnd());
    }
    return lines;
  }
}

/**
 * Decodes everything that `input` has. Rows go to `write` (bytes valid until it has settled; the CSV header first),
 * findings to `found`. Deterministic: the same bytes give the same rows.
 */
export async function decodeChapter10(
  input: Records,
  options: DecodeOptions,
  write: (rows: Uint8Array) => void | Promise<void>,
  found: (finding: Finding) => void = () => {},
): Promise<DecodeResult> {
  const decoder = await Chapter10Decoder.create(options);
  const result: DecodeResult = { messages: 0, packets: 0, datagrams: 0, findings: 0, damaged: false, buses: [] };
  if (options.rows !== "json")
    await write(Buffer.from(`${options.rows === "packets" ? PACKET_COLUMNS : MESSAGE_COLUMNS}\n`));

  let file: string | undefined;
  const pass = async (pieces: Iterable<{ rows: Uint8Array; notes: Uint8Array }>) => {
    for (const { rows, notes } of pieces) {
      if (notes.length) {
        for (const line of Buffer.from(notes).toString().trimEnd().split("\n")) {
          const finding = { file: file ?? "", ...(JSON.parse(line) as Omit<Finding, "file">) };
          result.findings++;
          result.damaged ||= finding.damaged;
          found(finding);
        }
      }
      if (rows.length) await write(rows);
    }
  };

  // A message in front of the first time packet gets its time all the same: the beginning is held back until one has come
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let holding = false;
  const replayHeld = async () => {
    holding = false;
    decoder.begin("again");
    for (const records of held) {
      decoder.input.set(records);
      await pass(decoder.decode(records.length));
    }
    held = [];
    heldBytes = 0;
  };
  const closeFile = async () => {
    if (file === undefined) return;
    if (holding) await replayHeld();
    await pass(decoder.end());
    const { messages, packets, datagrams } = decoder.counts;
    result.messages += messages;
    result.packets += packets;
    result.datagrams += datagrams;
    result.buses.push(...decoder.buses());
  };

  for (;;) {
    const length = await input.fill(decoder.input);
    if (length === 0) break;
    if (input.file !== file) {
      const first = decoder.input.slice(0, length); // closing the file before decodes on in the same memory
      await closeFile();
      file = input.file;
      decoder.input.set(first);
      decoder.begin("clock");
      holding = true;
    }
    if (!holding) {
      await pass(decoder.decode(length));
      continue;
    }
    held.push(decoder.input.slice(0, length));
    heldBytes += length;
    for (const _ of decoder.decode(length)); // for the clock only
    if (decoder.clockKnown || heldBytes > HOLD) await replayHeld();
  }
  await closeFile();
  return result;
}

/** One record (appliance/contract) around `bytes`, for callers that have no capture file. */
export function record(bytes: Uint8Array, kind: number, link = 0, time = 0n): Uint8Array {
  const out = new Uint8Array((RECORD_HEADER + bytes.length + 7) & ~7);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, time, true);
  view.setUint32(16, bytes.length, true);
  view.setUint32(20, bytes.length, true);
  view.setUint16(24, link, true);
  view.setUint8(26, kind);
  out.set(bytes, RECORD_HEADER);
  return out;
}
