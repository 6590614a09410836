import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EventIndex, indexedEvent } from "./events.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-events-"));
  path = join(folder, "events.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

const alert = (n: number, detector = "scan", src = "10.0.0.66") =>
  `{"timestamp":"2026-03-02T09:00:${String(n).padStart(2, "0")}.000001+0000","event_type":"alert","src_ip":"${src}","dest_ip":"10.0.1.9","alert":{"signature":"x","context":{"detector":"${detector}"}}}`;
const event = (json: string, n = 1, severity = 1) =>
  indexedEvent({ boot: 1_700_000_000_000, sequence: n, severity, json: Buffer.from(json) })!;
const at = (n: number) => Date.UTC(2026, 2, 2, 9, 0, n) * 1000 + 1;

function filled(): EventIndex {
  const index = new EventIndex(path, { write: true });
  expect(
    index.add([
      ...[3, 1, 2, 4].map((n) => event(alert(n, n % 2 ? "scan" : "rate"), n)),
      event('{"timestamp":"2026-03-02T09:00:05.000000+0000","event_type":"heartbeat"}', 5, 6),
    ]),
  ).toBe(true);
  return index;
}

describe("the index", () => {
  it("finds by time, type, detector, addresses, severity; the latest so many, in order", () => {
    const index = filled();
    const found = (query: object) => index.query({ limit: 10, ...query }).map(({ sequence }) => sequence);
    expect(found({})).toEqual([1, 2, 3, 4, 5]);
    expect(found({ limit: 2 })).toEqual([4, 5]);
    expect(found({ since: at(2), until: at(4) })).toEqual([2, 3]);
    expect(found({ type: "alert" })).toEqual([1, 2, 3, 4]);
    expect(found({ detector: "scan" })).toEqual([1, 3]);
    expect(found({ src: "10.0.0.66", dest: "10.0.1.9", since: at(4) })).toEqual([4]);
    expect(found({ dest: "10.0.0.66" })).toEqual([]);
    expect(found({ severity: 5 })).toEqual([1, 2, 3, 4]);
    expect(found({ detector: "' OR 1=1 --" })).toEqual([]);
    expect(index.query({ limit: 1, detector: "scan" })[0]!.json.toString()).toBe(alert(3));
    index.close();
  });

  it("is there for another process's look, and for the next collector", () => {
    filled().close();
    const reader = new EventIndex(path);
    expect(reader.query({ limit: 10 }).length).toBe(5);
    const writer = new EventIndex(path, { write: true });
    expect(writer.add([event(alert(9), 9)])).toBe(true);
    expect(reader.query({ limit: 10 }).length).toBe(6);
    writer.close();
    reader.close();
  });

  // REQ-LOG-010
  it("keeps no more than it shall", () => {
    const index = new EventIndex(path, { write: true });
    const batch = Array.from({ length: 5000 }, (_, n) => event(alert(n % 60), n));
    for (let n = 0; n < 4; n++) index.add(batch, 100);
    expect(index.query({ limit: 100_000 }).length).toBe(100);
    index.close();
  });

  it("does not wait for another process that has locked it; a lock that was left behind is removed", () => {
    const index = filled();
    mkdirSync(`${path}.lock`);
    expect(index.add([event(alert(9), 9)])).toBe(false);
    utimesSync(`${path}.lock`, 0, 0);
    expect(index.add([event(alert(9), 9)])).toBe(false); // removed now
    expect(index.add([event(alert(9), 9)])).toBe(true);
    index.close();
  });

  it("refuses a file that is not an index", () => {
    expect(() => new EventIndex(join(folder, "none.db"))).toThrow();
  });

  it("is pruned at each 10,000 events, and never where all shall stay", () => {
    const index = new EventIndex(path, { write: true });
    const count = () => index.query({ limit: 100_000 }).length;
    const batch = Array.from({ length: 9999 }, (_, n) => event(alert(n % 60), n));
    index.add(batch, 5);
    expect(count()).toBe(9999);
    index.add(batch.slice(0, 1), 5);
    expect(count()).toBe(5);
    index.add(batch.slice(0, 1), 5);
    expect(count()).toBe(6);
    index.add(batch);
    expect(count()).toBe(10_005);
    index.close();
  });

  it.each([
    [60_000, true],
    [60_001, false],
  ])("a lock that is %i ms old is somebody's: %s", (age, isKept) => {
    const index = filled();
    mkdirSync(`${path}.lock`);
    const made = Math.floor(statSync(`${path}.lock`).mtimeMs / 1000); // whole seconds: no file system rounds them
    utimesSync(`${path}.lock`, made, made);
    const now = vi.spyOn(Date, "now").mockReturnValue(made * 1000 + age);
    expect([index.add([]), existsSync(`${path}.lock`)]).toEqual([false, isKept]);
    now.mockRestore();
    rmSync(`${path}.lock`, { recursive: true, force: true });
    index.close();
  });

  it("is waited for: 5 s, in steps of 50 ms, and then said who has it", () => {
    filled().close();
    const index = new EventIndex(path);
    mkdirSync(`${path}.lock`);
    const waited: unknown[] = [];
    const wait = vi.spyOn(Atomics, "wait").mockImplementation((...[, , , ms]: unknown[]) => {
      waited.push(ms);
      return "timed-out";
    });
    expect(() => index.query({ limit: 1 })).toThrow(`${path}: another process has locked it for 5 s`);
    expect(waited).toEqual(Array(100).fill(50));
    wait.mockImplementation(() => {
      rmSync(`${path}.lock`, { recursive: true });
      return "timed-out";
    });
    expect(index.query({ limit: 9 })).toHaveLength(5);
    wait.mockRestore();
    index.close();
  });

  it.each([
    ["an alert", alert(1), { type: "alert", detector: "scan", src: "10.0.0.66", dest: "10.0.1.9", time: at(1) }],
    [
      "a quarantine",
      '{"timestamp":"2026-03-02T09:00:01.999999+0000","event_type":"quarantine","src_ip":7,"quarantine":{"detector":"rate"}}',
      { type: "quarantine", detector: "rate", src: null, dest: null, time: at(1) + 999_998 },
    ],
    [
      "what names nothing",
      '{"timestamp":"2026-03-02T09:00:01.000001+0000","alert":{}}',
      { type: "", detector: null, src: null, dest: null, time: at(1) },
    ],
  ])("keeps of %s", (_, json, expected) => {
    const record = { boot: 7, sequence: 12, severity: 4, json: Buffer.from(json) };
    expect(indexedEvent(record)).toEqual({ ...record, ...expected });
    const index = new EventIndex(path, { write: true });
    index.add([indexedEvent(record)!]);
    expect(index.query({ limit: 1 })).toEqual([{ ...record, ...expected }]);
    index.close();
  });

  it("takes events only that have a time, down to the microsecond", () => {
    expect(event(alert(1))).toMatchObject({ time: at(1), type: "alert", detector: "scan", src: "10.0.0.66" });
    for (const json of ["{", "{}", '{"timestamp":1}', '{"timestamp":"2026-13-02T09:00:00.000000+0000"}'])
      expect(indexedEvent({ boot: 1, sequence: 1, severity: 1, json: Buffer.from(json) })).toBeUndefined();
  });
});
