// What is said of captures that cannot be read, or asked for what they do not have.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, it, onTestFinished } from "vitest";
import { RecordBatch } from "./batch.ts";
import { damageText } from "./damage.ts";
import { readRecording } from "./recording.ts";
import { block, enhanced, fields, pcapFile, readAll, readBytes, section } from "./testing/files.ts";
import { Window } from "./window.ts";

it("a target that is not where records can be, and a look further than there is memory", async () => {
  const memory = new ArrayBuffer(131072);
  const begin = (at: number, length: number) => () => new RecordBatch().begin(new Uint8Array(memory, at, length));
  expect(begin(4, 100_000)).toThrow(new RangeError("records must start at a multiple of 8 bytes"));
  expect(begin(0, 66_591)).toThrow(new RangeError("the target must have room for the longest record: 66592 bytes"));
  await expect(new Window().fill(2 ** 31)).rejects.toThrow(
    new RangeError("2147483648 bytes requested, at most 524288 are possible"),
  );
});

it("a file that cannot be read to its end: what was read stands, and it is said", async () => {
  const bytes = pcapFile([{ seconds: 1, fraction: 0, bytes: Buffer.from("a frame") }]);
  const stdin = Readable.from(
    (function* () {
      yield bytes;
      throw Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
    })(),
  );
  const { records, summary } = await readAll(["-"], { stdin });
  expect(records).toHaveLength(1);
  expect(summary.damage.map(damageText)).toEqual(["-: offset 47: file: reading failed: EIO: i/o error, read"]);
});

it("a recording without a message", async () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-captures-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "none.pcap");
  writeFileSync(path, pcapFile([{ seconds: 1, fraction: 0, bytes: Buffer.from("a frame") }]));
  await expect(readRecording([path])).rejects.toThrow(new Error(`${path}: no MIL-STD-1553 message in it`));
});

it("a section with more interfaces than are remembered", async () => {
  const one = block(1, fields(false, [16, 1], [16, 0], [32, 0]));
  const { summary } = await readBytes(Buffer.concat([section(false), ...Array<Buffer>(65_538).fill(one)]));
  expect(summary.damage.map(damageText)[0]).toBe(
    "-: offset 1310748: interface description: at most 65536 in a section expected",
  );
  expect(summary.damages).toBe(2);
});

it("a short description takes a number of its own, as long as there are numbers", async () => {
  const [one, short] = [block(1, fields(false, [16, 1], [16, 0], [32, 0])), block(1, fields(false, [16, 1], [16, 0]))];
  const packet = (id: number) => enhanced(id, 5n, Buffer.from("a frame "));
  const said = async (...blocks: Buffer[]) => {
    const { summary } = await readBytes(Buffer.concat([section(false), ...blocks]));
    return summary.damage.map((damage) => damageText(damage).replace(/^-: offset \d+: /, ""));
  };
  expect(await said(one, short, one, packet(2), packet(3))).toEqual([
    "interface description: 20 bytes expected",
    "packet of interface 3: 3 described before it",
  ]);
  expect(await said(...Array<Buffer>(65_536).fill(one), short, packet(65_535), packet(65_536))).toEqual([
    "interface description: 20 bytes expected",
    "packet of interface 65536: 65536 described before it",
  ]);
});
