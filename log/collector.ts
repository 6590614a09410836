// REQ-LOG-006, REQ-LOG-007, REQ-LOG-014
/**
 * Verifies what comes, keeps genuine records as eve.json and in the index, and findings as collect.json. Where it is live, it outlasts a
 * full disk: what cannot be written waits as long as memory for it lasts, and is counted from then on.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MOST_WRITTEN, readText, writeWhole } from "../lib/files.ts";
import { WorkLimit } from "./bucket.ts";
import { EventIndex, type IndexedEvent, indexedEvent } from "./events.ts";
import type { Parsed } from "./record.ts";
import { ReportBudget } from "./reported.ts";
import { REPORT, type Report, reportJson, severityOf } from "./reports.ts";
import { RotatingFile, type Rotation } from "./rotate.ts";
import { type State, Verifier } from "./verify.ts";

export interface CollectorOptions {
  folder: string;
  /** Whose log it is, where there are several: each event gets it as `host`, as Suricata writes it. */
  host?: string | undefined;
  key?: Uint8Array | undefined;
  rotation: Rotation;
  window?: number | undefined;
  join?: boolean | undefined;
  /** Events that the index keeps, 0: there is none. */
  indexed: number;
  /** It listens: time goes on, heartbeats are owed, and it goes on where it stopped. */
  live: boolean;
  onReport?: (report: Report, host?: string) => void;
  /** Something that is not about records: the index gives up, say. */
  onTrouble?: (text: string, host?: string) => void;
}

export const FILES = {
  eve: "eve.json",
  reports: "collect.json",
  index: "events.db",
  state: "collect.state.json",
} as const;

/** Milliseconds without a heartbeat that are an alarm: the appliance sends one each second. */
const SILENCE = 3000;
/** Events that may wait for the index; then the oldest are left out of it. */
const WAITING = 200_000;
/** Events that go into the index at once: the socket waits meanwhile. */
const AT_ONCE = 500;
/** Milliseconds between two writings of the state. */
const SAVED = 1000;
/** Claims that need some 35 HMACs to check: of one source, and of all that sent nothing genuine yet. About 7 % of a core at most. */
const CLAIMS = [
  { burst: 200, perSecond: 100 },
  { burst: 1000, perSecond: 500 },
] as const;
/** What SQLite says of a full disk. */
// A statement that a full disk stopped says so once more when it is used again
const NO_ROOM = /disk is full|disk I\/O error|Could not reset statement/;
const HEARTBEAT = Buffer.from('"event_type":"heartbeat"');
/** Where an event's time ends: `{"timestamp":"2026-03-02T09:00:00.123456+0000"`. */
const TIMED = 46;
const LOST_ON_LOG = /"lost":\{"in":\d+,"out":\d+,"log":(\d+)\}/;

export class Collector {
  readonly verifier: Verifier;
  /** Events that are in eve.json and not in the index. */
  unindexed = 0;
  /** Records that the appliance itself could not send, by boot: as its last heartbeat says. */
  readonly unsent = new Map<number, number>();
  /** The last one, and the start that it is of. */
  heartbeat: { boot: number; json: Buffer; heard: number } | undefined;
  readonly #options: CollectorOptions;
  readonly #eve: RotatingFile;
  readonly #reports: RotatingFile;
  #index: EventIndex | undefined;
  #waiting: IndexedEvent[] = [];
  /** Of the last genuine record. */
  #timestamp = "1970-01-01T00:00:00.000000+0000";
  #beat: number;
  #silent = false;
  #saved = 0;
  #savedAt = -1;
  readonly #budget: ReportBudget;
  #now: number;
  /** Files that cannot be written just now; and lines of eve.json that were left out, as far as reported. */
  readonly #stuck = new Set<string>();
  #unwritten = 0;

  /** @param now ms, where it is live */
  constructor(options: CollectorOptions, now = 0) {
    const { folder, key, rotation, window, join: joins, indexed, live } = options;
    this.#options = options;
    this.#eve = new RotatingFile(join(folder, FILES.eve), rotation, now);
    this.#reports = new RotatingFile(join(folder, FILES.reports), rotation, now);
    this.#index = indexed ? new EventIndex(join(folder, FILES.index), { write: true }) : undefined;
    this.#beat = this.#now = now;
    this.#budget = new ReportBudget(key !== undefined);
    for (const { path, cut } of [this.#eve, this.#reports])
      if (cut) this.#trouble(`${path}: ended in half a line, of which ${cut} bytes were removed`);
    this.verifier = new Verifier({
      key,
      ...(window !== undefined && { window }),
      ...(joins !== undefined && { join: joins }),
      state: live ? stateIn(folder) : undefined,
      work: live ? new WorkLimit(...CLAIMS) : undefined,
      onReport: (report) => this.#report(report),
      onRecord: (record, at) => this.#keep(record, at),
    });
  }

  /** Takes a datagram's payload, or a line. It must not change afterwards. */
  take(payload: Buffer, now = 0, from?: string): void {
    this.#now = now;
    const record = this.verifier.take(payload, now, from);
    if (record) this.#keep(record, now);
    // Where it is live, tick() tries again
    if (!this.#options.live && [this.#eve, this.#reports].some(isHindered)) this.#flush(now);
  }

  #keep(record: Parsed, now: number): void {
    this.#timestamp = record.json.toString("latin1", 14, 45);
    const json = hosted(record.json, this.#options.host);
    this.#eve.write(json);
    if (record.json.includes(HEARTBEAT)) this.#heard(record, now);
    this.#toIndex({ ...record, json });
  }

  #toIndex(record: { boot: number; sequence: number; severity: number; json: Buffer }): void {
    if (!this.#options.indexed) return;
    const event = indexedEvent(record);
    if (event) this.#waiting.push(event);
    else this.unindexed++;
    if (!this.#options.live && this.#waiting.length >= AT_ONCE) this.#fill();
  }

  /** No heartbeat has come for longer than it may take. */
  get isSilent(): boolean {
    return this.#silent;
  }

  /** To be called some times a second where it is live: settles what is open, writes what was held back. */
  tick(now: number): void {
    this.#now = now;
    this.verifier.tick(now);
    for (const summary of this.#budget.summaries(now)) this.#write(summary);
    if (now - this.#beat >= SILENCE && !this.#silent) {
      this.#silent = true;
      this.#report({ class: "silent", seconds: Math.floor((now - this.#beat) / 1000) });
    }
    this.#flush(now);
    this.#fill();
    if (this.#eve.isWritten && now - this.#saved >= SAVED && this.verifier.datagrams !== this.#savedAt) this.#save(now);
  }

  /** Nothing more will come. */
  close(): void {
    this.verifier.finish(this.#now);
    for (const summary of this.#budget.summaries()) this.#write(summary);
    this.#flush(this.#now);
    this.#eve.close();
    this.#reports.close();
    if (this.#eve.isWritten) this.#save(this.#now);
    for (let tries = 0; this.#waiting.length && tries < 100; ) {
      const before = this.#waiting.length;
      this.#fill();
      if (this.#waiting.length < before) continue;
      tries++;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
    this.#leaveOut(0);
    this.#index?.close();
    this.#index = undefined;
  }

  #heard({ boot, json }: Parsed, now: number): void {
    this.#beat = now;
    this.heartbeat = { boot, json, heard: now };
    if (this.#silent) this.#report({ class: "heard" });
    this.#silent = false;
    const [, lost] = LOST_ON_LOG.exec(json.toString("latin1")) ?? [];
    if (lost !== undefined) this.unsent.set(boot, Number(lost));
  }

  /** @throws Error when there is no room, and it is not live: nobody makes room while a command reads files. */
  #flush(now: number): void {
    for (const file of [this.#eve, this.#reports]) {
      file.flush(now);
      this.#say(file.path, file.trouble);
      if (file.trouble && !this.#options.live) throw new Error(`${file.path}: cannot be written (${file.trouble})`);
      this.#sayOverdue(file);
    }
    const left = this.unwritten - this.#unwritten;
    if (!left || this.#eve.trouble) return;
    this.#unwritten += left;
    this.#report({ class: "unwritten", count: left });
  }

  /** Once when it begins, once when it ends. */
  #say(path: string, trouble: string | undefined): void {
    if (trouble !== undefined && !this.#stuck.has(path)) {
      this.#stuck.add(path);
      this.#trouble(`${path}: cannot be written (${trouble}): records wait until there is room`);
    } else if (trouble === undefined && this.#stuck.delete(path)) this.#trouble(`${path}: is written again`);
  }

  /** Once, and again after the file has begun anew. @throws Error where it is not live */
  #sayOverdue({ path, overdue }: RotatingFile): void {
    const name = `${path} anew`;
    if (overdue === undefined) this.#stuck.delete(name);
    else if (!this.#options.live) throw new Error(`${path}: cannot begin anew (${overdue})`);
    else if (!this.#stuck.has(name)) {
      this.#stuck.add(name);
      this.#trouble(`${path}: cannot begin anew (${overdue}): goes on in the same file`);
    }
  }

  /** Genuine records that are not in eve.json because there was no room for too long. */
  get unwritten(): number {
    return this.#eve.leftOut;
  }

  #report(report: Report): void {
    if (this.#budget.allows(report, this.#now)) this.#write(report);
    this.#options.onReport?.(report, this.#options.host);
  }

  #trouble(text: string): void {
    this.#options.onTrouble?.(text, this.#options.host);
  }

  #write(report: Report): void {
    const arrived = this.#options.live ? new Date().toISOString() : undefined;
    const json = hosted(Buffer.from(reportJson(report, this.#timestamp, arrived)), this.#options.host);
    this.#reports.write(json);
    const { boot = 0, first = 0 } = report;
    this.#toIndex({ boot, sequence: first, severity: severityOf(report.class), json });
  }

  /**
   * Some of what waits goes into the index; where it is live, what has come meanwhile is taken before more of it does. The
   * log does not end because its index cannot be written.
   */
  #fill(): void {
    if (!this.#index || !this.#waiting.length) return;
    const some = this.#waiting.slice(0, AT_ONCE);
    try {
      if (!this.#index.add(some, this.#options.indexed)) {
        this.#leaveOut(WAITING);
        return;
      }
    } catch (error) {
      const { message } = error as Error;
      if (this.#options.live && NO_ROOM.test(message)) {
        this.#say(FILES.index, message);
        this.#leaveOut(WAITING);
        return;
      }
      this.#trouble(`${FILES.index}: ${message}: no further events are written to it`);
      this.#index = undefined;
      this.#leaveOut(0);
      return;
    }
    this.#say(FILES.index, undefined);
    this.#waiting = this.#waiting.slice(some.length);
    if (this.#options.live && this.#waiting.length) setImmediate(() => this.#fill());
  }

  /** The oldest of those that wait are not waited for any longer. */
  #leaveOut(most: number): void {
    if (this.#waiting.length <= most) return;
    const left = this.#waiting.slice(0, this.#waiting.length - most);
    this.unindexed += left.filter(({ type }) => type !== REPORT).length; // reports are in collect.json
    this.#waiting = this.#waiting.slice(left.length);
  }

  /** After eve.json: what is in the state is in the file. */
  #save(now: number): void {
    if (!this.#options.live) return;
    this.#saved = now;
    this.#savedAt = this.verifier.datagrams;
    const path = join(this.#options.folder, FILES.state);
    try {
      writeWhole(path, `${JSON.stringify(this.verifier.state)}\n`);
      this.#say(path, undefined);
    } catch (error) {
      this.#say(path, (error as Error).message);
    }
  }
}

/** With the name of the appliance behind the time, where a log has several. */
function hosted(json: Buffer, host: string | undefined): Buffer {
  if (host === undefined || json[TIMED] !== 0x2c) return json;
  return Buffer.concat([json.subarray(0, TIMED), Buffer.from(`,"host":"${host}"`), json.subarray(TIMED)]);
}

const isHindered = ({ trouble, overdue }: RotatingFile): boolean => trouble !== undefined || overdue !== undefined;

/** What the collector before knew. @throws Error when the file is there and not as one writes it */
function stateIn(folder: string): State | undefined {
  const path = join(folder, FILES.state);
  if (!existsSync(path)) return undefined;
  const text = readText(path, MOST_WRITTEN, "file");
  try {
    const state = JSON.parse(text) as State;
    const number = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
    const pair = (range: unknown) => Array.isArray(range) && range.length === 2 && range.every(number);
    const code = (text: unknown) => typeof text === "string" && /^\d{1,16} \d{1,16} [0-9a-f]{16}( x)?$/.test(text);
    if (
      state.boots.every(({ boot, highest, missing }) => number(boot) && number(highest) && missing.every(pair)) &&
      (state.codes ?? []).every(code)
    )
      return state;
  } catch {
    // told below
  }
  throw new Error(`${path}: not the state of a collector; remove it to start again`);
}
