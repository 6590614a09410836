// REQ-LOG-010
/**
 * The index of events: an SQLite database that one collector writes and any number of `weir events` read.
 *
 * SQLite runs as WebAssembly and locks a database by making a folder beside it. Who finds it waits; a folder that has been
 * there for STALE was left by a process that was killed, since nobody holds it for longer than one batch or query.
 */
import { closeSync, rmdirSync, statSync } from "node:fs";
import sqlite, { type Database as Connection, type Statement } from "node-sqlite3-wasm";
import { openOwn } from "../lib/files.ts";

/** ms. */
const STALE = 60_000;
/** Events between two looks at whether there are too many. */
const PRUNE = 10_000;

const SCHEMA = `
PRAGMA synchronous = NORMAL;
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,      -- microseconds since 1970, of the event
  boot INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  severity INTEGER NOT NULL,  -- RFC 5424
  type TEXT NOT NULL,         -- event_type
  detector TEXT, src TEXT, dest TEXT,
  json BLOB NOT NULL          -- the event as it came
);
CREATE INDEX IF NOT EXISTS events_time ON events (time);
CREATE INDEX IF NOT EXISTS events_type ON events (type, time);
CREATE INDEX IF NOT EXISTS events_detector ON events (detector, time) WHERE detector IS NOT NULL;
CREATE INDEX IF NOT EXISTS events_src ON events (src, time) WHERE src IS NOT NULL;
CREATE INDEX IF NOT EXISTS events_dest ON events (dest, time) WHERE dest IS NOT NULL;
PRAGMA user_version = 1;
COMMIT;`;

export interface IndexedEvent {
  /** Microseconds since 1970. */
  time: number;
  boot: number;
  sequence: number;
  severity: number;
  type: string;
  detector: string | null;
  src: string | null;
  dest: string | null;
  json: Buffer;
}

export interface Query {
  /** Microseconds since 1970: from, and before. */
  since?: number;
  until?: number;
  detector?: string;
  type?: string;
  src?: string;
  dest?: string;
  /** This one, and those more severe (which have lower numbers). */
  severity?: number;
  /** The latest so many. */
  limit: number;
}

interface Parsed {
  timestamp?: unknown;
  arrived?: unknown;
  event_type?: unknown;
  src_ip?: unknown;
  dest_ip?: unknown;
  alert?: { context?: { detector?: unknown } };
  quarantine?: { detector?: unknown };
}

/** What the index keeps of an event; Undefined if the JSON is invalid or lacks a timestamp. */
export function indexedEvent(record: {
  boot: number;
  sequence: number;
  severity: number;
  json: Buffer;
}): IndexedEvent | undefined {
  let event: Parsed;
  try {
    event = JSON.parse(record.json.toString("latin1")) as Parsed;
  } catch {
    return undefined;
  }
  // A report is of when it was found
  const time = typeof event.arrived === "string" ? Date.parse(event.arrived) * 1000 : timeOf(event.timestamp);
  if (time === undefined || Number.isNaN(time)) return undefined;
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  return {
    ...record,
    time,
    type: text(event.event_type) ?? "",
    detector: text(event.alert?.context?.detector ?? event.quarantine?.detector),
    src: text(event.src_ip),
    dest: text(event.dest_ip),
  };
}

/** `2026-03-02T09:00:00.123456+0000` in microseconds since 1970. */
function timeOf(timestamp: unknown): number | undefined {
  const [, seconds, micros] =
    (typeof timestamp === "string" && /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{6})\+0000$/.exec(timestamp)) || [];
  const ms = seconds === undefined ? NaN : Date.parse(`${seconds}Z`);
  return Number.isNaN(ms) ? undefined : ms * 1000 + Number(micros);
}

export class EventIndex {
  readonly #path: string;
  readonly #database: Connection;
  #insert: Statement | undefined;
  #added = 0;

  /** @param write makes it where there is none. @throws Error when it is no index, or cannot be opened */
  constructor(path: string, { write = false } = {}) {
    this.#path = path;
    if (write) closeSync(openOwn(path, "append"));
    this.#database = new sqlite.Database(path, { fileMustExist: !write, readOnly: !write });
    if (!write) return;
    this.#patiently(() => this.#database.exec(SCHEMA));
    this.#insert = this.#database.prepare(
      "INSERT INTO events (time, boot, seq, severity, type, detector, src, dest, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
  }

  /**
   * Adds events, all or none.
   * @param keep events that stay, the oldest go
   * @returns false when somebody is reading just now: try again later
   */
  add(events: readonly IndexedEvent[], keep = Infinity): boolean {
    try {
      this.#database.exec("BEGIN IMMEDIATE");
    } catch (error) {
      if (this.#busy(error)) return false;
      throw error;
    }
    try {
      for (const { time, boot, sequence, severity, type, detector, src, dest, json } of events)
        this.#insert!.run([time, boot, sequence, severity, type, detector, src, dest, json]);
      this.#added += events.length;
      if (this.#added >= PRUNE && keep !== Infinity) {
        this.#added = 0;
        this.#database.run("DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - ?", [keep]);
      }
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
    return true;
  }

  /** The latest that match, in the order of their times. */
  query({ since, until, detector, type, src, dest, severity, limit }: Query): IndexedEvent[] {
    const conditions: [string, number | string | undefined][] = [
      ["time >= ?", since],
      ["time < ?", until],
      ["detector = ?", detector],
      ["type = ?", type],
      ["src = ?", src],
      ["dest = ?", dest],
      ["severity <= ?", severity],
    ];
    const wanted = conditions.filter(([, value]) => value !== undefined);
    const where = wanted.length ? `WHERE ${wanted.map(([text]) => text).join(" AND ")}` : "";
    const values = wanted.map(([, value]) => value!);
    const rows = this.#patiently(() =>
      this.#database.all(
        `SELECT time, boot, seq AS sequence, severity, type, detector, src, dest, json FROM events ${where} ORDER BY time DESC, id DESC LIMIT ?`,
        [...values, limit],
      ),
    ) as unknown as (Omit<IndexedEvent, "json"> & { json: Uint8Array })[];
    return rows.reverse().map((row) => ({ ...row, json: Buffer.from(row.json) }));
  }

  close(): void {
    this.#insert?.finalize();
    this.#database.close();
  }

  /** Tries for some seconds: whoever has it locked has it for a moment. */
  #patiently<T>(work: () => T): T {
    for (let tries = 0; ; tries++) {
      try {
        return work();
      } catch (error) {
        if (!this.#busy(error)) throw error;
        if (tries === 100) throw new Error(`${this.#path}: another process has locked it for 5 s`);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
      }
    }
  }

  /** Whether it was locked; a lock that nobody can be holding any more goes. */
  #busy(error: unknown): boolean {
    if (!/locked/.test((error as Error).message)) return false;
    const folder = `${this.#path}.lock`;
    try {
      if (Date.now() - statSync(folder).mtimeMs > STALE) rmdirSync(folder);
    } catch {
      // gone by now
    }
    return true;
  }
}
