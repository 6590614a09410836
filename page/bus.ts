/** The messages of 1553 buses as columns: for the map of terminals and subaddresses, and for the schedule. */

import { decodeChapter10 } from "../captures/mil1553/index.ts";
import { CaptureReader } from "../captures/reader.ts";
import { secondsOf } from "../lib/timestamp.ts";
import { grown } from "./columns.ts";

/** Messages that are kept; all are counted in cells. */
const KEPT = 2_000_000;

export interface Bus {
  /** Columns of the messages, in the order of the recording. */
  length: number;
  /** Seconds since 1970, or of the recorder's counter where it gives no time. */
  time: Float64Array;
  channel: Uint16Array;
  /** Command word; of a transfer between terminals the receiving one's, with the other in command2. */
  command: Uint16Array;
  command2: Uint16Array;
  /** Data words. */
  words: Uint8Array;
  /** 1: it has an anomaly. */
  bad: Uint8Array;
  cells: Cell[];
  total: number;
}

/** What a terminal did at a subaddress, one direction. */
export interface Cell {
  channel: number;
  terminal: number;
  transmit: boolean;
  subaddress: number;
  messages: number;
  errors: number;
  /** Per second, over the time of its channel. */
  rate: number;
  anomalies: Record<string, number>;
}

const decoder = new TextDecoder("latin1");

export async function readBus(captures: readonly string[]): Promise<Bus> {
  const reader = await CaptureReader.open([...captures]);
  const rows = new Rows();
  let rest = "";
  let header = true;
  await decodeChapter10(reader, { rows: "messages" }, (piece) => {
    if (header) {
      header = false;
      return;
    }
    const lines = (rest + decoder.decode(piece)).split("\n");
    rest = lines.pop()!;
    for (const line of lines) rows.add(line);
  });
  await reader.close();
  return rows.done();
}

class Rows {
  #length = 0;
  #total = 0;
  #room = 4096;
  #time = new Float64Array(this.#room);
  #words16 = [new Uint16Array(this.#room), new Uint16Array(this.#room), new Uint16Array(this.#room)];
  #words8 = [new Uint8Array(this.#room), new Uint8Array(this.#room)];
  readonly #cells = new Map<number, Cell>();
  readonly #spans = new Map<number, [number, number]>();

  /** A row of MESSAGE_COLUMNS (captures/mil1553): neither names nor raw words hold a comma. */
  add(line: string): void {
    const f = line.split(",");
    const channel = Number(f[0]);
    const time = f[13] ? secondsOf(f[13]) : Number(f[1]) / 1e7;
    const [one, two] = [Number.parseInt(f[7]!, 16), Number.parseInt(f[8]!, 16)];
    const anomalies = f[14] ? f[14].split(";") : [];
    this.#total++;
    const span = this.#spans.get(channel);
    if (span) span[1] = Math.max(span[1], time);
    else this.#spans.set(channel, [time, time]);
    if (Number.isFinite(one)) this.#count(channel, one, anomalies);
    if (Number.isFinite(two)) this.#count(channel, two, anomalies);
    if (this.#length === KEPT) return;
    if (this.#length === this.#room) this.#grow();
    const i = this.#length++;
    this.#time[i] = time;
    this.#words16[0]![i] = channel;
    this.#words16[1]![i] = one;
    this.#words16[2]![i] = Number.isFinite(two) ? two : 0;
    this.#words8[0]![i] = Number(f[11]);
    this.#words8[1]![i] = anomalies.length ? 1 : 0;
  }

  #count(channel: number, command: number, anomalies: readonly string[]): void {
    const key = channel * 2048 + (command >> 5);
    let cell = this.#cells.get(key);
    if (!cell) {
      const [terminal, transmit, subaddress] = [command >> 11, (command & 0x400) !== 0, (command >> 5) & 31];
      cell = { channel, terminal, transmit, subaddress, messages: 0, errors: 0, rate: 0, anomalies: {} };
      this.#cells.set(key, cell);
    }
    cell.messages++;
    if (anomalies.length) cell.errors++;
    for (const name of anomalies) cell.anomalies[name] = (cell.anomalies[name] ?? 0) + 1;
  }

  #grow(): void {
    this.#room *= 2;
    this.#time = grown(this.#time, this.#room);
    this.#words16 = this.#words16.map((column) => grown(column, this.#room));
    this.#words8 = this.#words8.map((column) => grown(column, this.#room));
  }

  done(): Bus {
    const n = this.#length;
    for (const cell of this.#cells.values()) {
      const [from, to] = this.#spans.get(cell.channel)!;
      cell.rate = to > from ? cell.messages / (to - from) : 0;
    }
    return {
      length: n,
      time: this.#time.slice(0, n),
      channel: this.#words16[0]!.slice(0, n),
      command: this.#words16[1]!.slice(0, n),
      command2: this.#words16[2]!.slice(0, n),
      words: this.#words8[0]!.slice(0, n),
      bad: this.#words8[1]!.slice(0, n),
      cells: [...this.#cells].sort(([a], [b]) => a - b).map(([, cell]) => cell),
      total: this.#total,
    };
  }
}
