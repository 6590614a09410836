// What the collector does when its files cannot be written, and when most of what comes is forged: it says so, and the log goes on.
import fs, { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sqlite from "node-sqlite3-wasm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { standIn } from "../lib/testing/builtin.ts";
import { Collector, FILES } from "./collector.ts";
import { anomaly, JournalHost, KEY, policyText } from "./testing/journal.ts";

/** Bytes that the disk still takes; what is beyond is written in part, as a disk that gets full does. */
const disk = { room: Infinity };
const full = () => Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
standIn(
  fs,
  (real) =>
    ({
      writeSync: (fd: number, bytes: Buffer, at: number) => {
        const length = Math.min(bytes.length - at, disk.room);
        if (length === 0 && bytes.length > at) throw full();
        disk.room -= length;
        return real.writeSync(fd, bytes, at, length);
      },
      writeFileSync: (path: string, content: string | Buffer, options: object) => {
        if (content.length > disk.room) throw full();
        real.writeFileSync(path, content, options);
      },
    }) as Partial<typeof fs>,
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-collector-"));
  disk.room = Infinity;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Datagrams of so many events, by the journal itself. */
async function payloads(count: number, more = ""): Promise<Buffer[]> {
  const host = await JournalHost.start(policyText(more), 1_700_000_000_000n);
  return Array.from({ length: count }, (_, n) => host.run([{ json: anomaly(n + 1) }])[0]!.payload);
}

it.each([
  ["a table is missing", true, ["events.db: no such table: events: no further events are written to it"], 0, 6],
  ["nothing is", false, [], 6, 0],
])("%s", async (_, isMissing, trouble, indexed, unindexed) => {
  const said: string[] = [];
  const options = { folder, rotation: { keep: 1 }, indexed: 100, live: false };
  const collector = new Collector({ ...options, onTrouble: (text) => said.push(text) });
  if (isMissing) {
    const other = new sqlite.Database(join(folder, FILES.index));
    other.exec("DROP TABLE events");
    other.close();
  }
  const all = await payloads(6);
  for (const payload of all.slice(0, 3)) collector.take(payload);
  collector.tick(1);
  for (const payload of all.slice(3)) collector.take(payload);
  collector.close();
  expect(said).toEqual(trouble);
  expect(collector.unindexed).toBe(unindexed);
  expect(readFileSync(join(folder, FILES.eve), "utf8").trim().split("\n")).toHaveLength(6);
  const index = new sqlite.Database(join(folder, FILES.index), { readOnly: true });
  const kept = isMissing ? 0 : (index.all("SELECT id FROM events WHERE type != 'weir_log'") as unknown[]).length;
  index.close();
  expect(kept).toBe(indexed);
});

const lines = (name: string) => readFileSync(join(folder, name), "utf8").split("\n").slice(0, -1);
const live = (said: string[] = []) => ({
  ...{ folder, key: Buffer.from(KEY, "hex"), rotation: { keep: 1 }, indexed: 0, live: true },
  onTrouble: (text: string) => void said.push(text.replace(`${folder}/`, "")),
});
const keyed = (count: number) => payloads(count, `, key: ${KEY}`);

// REQ-LOG-014
describe("a full disk", () => {
  it("gets whole records or none; what came meanwhile is written when there is room, and how much was too much is said", async () => {
    const said: string[] = [];
    const all = await keyed(300);
    const collector = new Collector(live(said), 0);
    const take = (from: number, to: number, now: number) => {
      for (const payload of all.slice(from, to)) collector.take(payload, now, "10.0.9.2:5514");
      collector.tick(now);
    };
    take(0, 20, 1000);
    disk.room = 1000; // three records and a half
    take(20, 100, 2000);
    take(100, 200, 3000);
    expect(lines("eve.json")).toEqual(Array.from({ length: 20 }, (_, n) => anomaly(n + 1)));
    expect(readFileSync(join(folder, "eve.json"), "latin1").endsWith("}\n")).toBe(true);
    expect(said[0]).toBe(
      "eve.json: cannot be written (ENOSPC: no space left on device): records wait until there is room",
    );
    disk.room = Infinity;
    take(200, 300, 4000);
    collector.close();
    expect(lines("eve.json")).toEqual(Array.from({ length: 300 }, (_, n) => anomaly(n + 1)));
    expect(said).toContain("eve.json: is written again");
    expect(collector.unwritten).toBe(0);
  });

  it("for too long: the latest are left out, and reported", async () => {
    const [payload] = await payloads(1);
    const collector = new Collector({ ...live(), key: undefined }, 0);
    const record = payload!.toString();
    disk.room = 0;
    const of = (n: number) =>
      Buffer.from(record.replace('seq="1"', `seq="${n}"`).replace("trunc_pkt", "x".repeat(600)));
    for (let n = 1; n <= 12_000; n++) collector.take(of(n), 1000);
    collector.tick(1000);
    disk.room = Infinity;
    collector.tick(2000);
    collector.close();
    expect(collector.unwritten).toBeGreaterThan(500);
    expect(lines("eve.json")).toHaveLength(12_000 - collector.unwritten);
    const reports = lines("collect.json").map((line) => JSON.parse(line).weir_log);
    expect(reports.filter((report) => report.class === "unwritten")).toEqual([
      { class: "unwritten", count: collector.unwritten },
    ]);
  });

  it("ends a command that reads files, naming the file", async () => {
    const collector = new Collector({ ...live(), live: false });
    disk.room = 100;
    for (const payload of await keyed(3)) collector.take(payload);
    expect(() => collector.close()).toThrow(/eve\.json: cannot be written \(ENOSPC/);
  });

  it("ends it at once, not when it has read all and kept nothing of it", async () => {
    const [payload] = await payloads(1);
    const collector = new Collector({ ...live(), key: undefined, live: false });
    const record = payload!.toString();
    disk.room = 0;
    let taken = 0;
    const readAll = () => {
      for (let n = 1; n <= 30_000; n++, taken++) collector.take(Buffer.from(record.replace('seq="1"', `seq="${n}"`)));
    };
    expect(readAll).toThrow(/eve\.json: cannot be written \(ENOSPC/);
    expect(taken * record.length).toBeLessThan(1 << 20);
  });

  it("is told for what is in the state only what is in eve.json", async () => {
    const all = await keyed(30);
    const first = new Collector(live(), 0);
    for (const payload of all.slice(0, 10)) first.take(payload, 1000);
    first.tick(1000);
    disk.room = 0;
    for (const payload of all.slice(10, 20)) first.take(payload, 3000);
    first.tick(3000); // and is killed
    disk.room = Infinity;
    const second = new Collector(live(), 4000);
    for (const payload of all) second.take(payload, 4000);
    second.close();
    expect(lines("eve.json")).toEqual(all.map((_, n) => anomaly(n + 1)));
  });
});

it("without a key, too, begins again whatever stood for codes in what came", async () => {
  const [genuine] = await keyed(1);
  const options = { ...live(), key: undefined };
  const first = new Collector(options, 0);
  const of = (n: number, previous: string, mac: string) =>
    Buffer.from(
      genuine!
        .toString()
        .replace('seq="1"', `seq="${n}"`)
        .replace(/prev="[^"]*" mac="[^"]*"/, `prev="${previous}" mac="${mac}"`),
    );
  first.take(of(1, "no digits, 16 !!", "0".repeat(32)), 0);
  first.take(of(2, "0".repeat(16), "no digits of base 16, but 32 !!!"), 0);
  first.take(of(3, "0".repeat(16), "line\nends are 32 characters, to\n"), 0);
  first.close();
  const second = new Collector(options, 0);
  for (const n of [1, 4]) second.take(of(n, "no digits, 16 !!", "0".repeat(32)), 0);
  second.close();
  expect(second.verifier.counts.get("duplicate")).toBe(1);
  expect(lines("eve.json")).toHaveLength(4);
});

it("half a line that a killed collector left is taken back, and said", async () => {
  const said: string[] = [];
  const all = await keyed(2);
  new Collector(live(), 0).close();
  appendFileSync(join(folder, "eve.json"), `${anomaly(1)}\n${anomaly(2).slice(0, 40)}`);
  const collector = new Collector(live(said), 0);
  collector.take(all[1]!);
  collector.close();
  expect(lines("eve.json")).toEqual([anomaly(1), anomaly(2)]);
  expect(said).toEqual(["eve.json: ended in half a line, of which 40 bytes were removed"]);
});

// REQ-LOG-014
it("50,000 forged datagrams take little room, whatever they claim; how many there were is reported", async () => {
  const [genuine] = await keyed(1);
  const collector = new Collector(live(), 0);
  collector.take(genuine!, 0, "10.0.9.2:5514");
  const text = genuine!.toString().replace(/ mac="[^"]*"/, ` mac="${"0a".repeat(16)}"`);
  for (let n = 0; n < 50_000; n++) {
    const claim = [
      text.replace(/boot="\d+"/, `boot="${n + 1}"`),
      text.replace(/seq="1"/, `seq="${n + 2}"`),
      text.replace(/ len=.* mac="[^"]*"/, ""),
      text.slice(0, 200),
      `<13>not ours ${n}`,
    ][n % 5]!;
    collector.take(Buffer.from(claim), n / 10, `10.0.${n % 250}.9:${n % 60_000}`);
    if (n % 2500 === 0) collector.tick(n / 10);
  }
  collector.close();
  expect(lines("eve.json")).toHaveLength(1);
  const size = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  expect(size).toBeLessThan(2_000_000);
  const reports = lines("collect.json").map((line) => JSON.parse(line).weir_log);
  for (const name of ["forged", "unauthenticated", "truncated", "not_ours", "unchecked"] as const) {
    const sum = reports.filter((report) => report.class === name).reduce((sum, { count = 1 }) => sum + count, 0);
    expect(sum, name).toBe(collector.verifier.counts.get(name));
  }
});
