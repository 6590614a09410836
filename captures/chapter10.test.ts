// What passes for a Chapter 10 recording, by its name and by its first header; and how much of a damaged file was not read.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { isChapter10 } from "./chapter10.ts";
import { pcapFile, readAll } from "./testing/files.ts";
import type { Window } from "./window.ts";

/** 24 bytes whose last two are the sum of the others. */
function header(change: (bytes: Buffer) => void = () => {}): Buffer {
  const bytes = Buffer.alloc(24, 0xf7);
  bytes.writeUInt16LE(0xeb25, 0);
  let sum = 0;
  for (let at = 0; at < 22; at += 2) sum += bytes.readUInt16LE(at);
  bytes.writeUInt16LE(sum & 0xffff, 22);
  change(bytes);
  return bytes;
}
const windowOf = (bytes: Buffer, at = 0) =>
  ({ view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), at, end: bytes.length }) as unknown as Window;

it.each<[string, Buffer, string, boolean]>([
  ["a whole header", header(), "a", true],
  ["another first word", header((bytes) => bytes.writeUInt16LE(0xeb26, 0)), "a", false],
  ["a word that the sum does not have", header((bytes) => bytes.writeUInt8(0, 20)), "a", false],
  ["another sum", header((bytes) => bytes.writeUInt8(bytes[22]! ^ 1, 22)), "a", false],
  ["a byte too few", header().subarray(0, 23), "a", false],
  ["damage, by its name", Buffer.alloc(1), "a.ch10", true],
  ["damage, by its shorter name", Buffer.alloc(1), "a.C10", true],
  ["damage, packed, by its name", Buffer.alloc(1), "a.ch10.gz", true],
  ["nothing, whatever its name", Buffer.alloc(0), "a.ch10", false],
  ["a name that only begins so", Buffer.alloc(1), "a.ch10.txt", false],
])("%s", (_, bytes, name, expected) => {
  expect(isChapter10(windowOf(bytes), name)).toBe(expected);
  expect(isChapter10(windowOf(Buffer.concat([Buffer.alloc(40), bytes]), 40), name)).toBe(expected);
});

it.each([
  ["none", 0, 0, 0],
  ["one damage, and what is behind it", 1, 1, 700_000],
  ["a file that ends too early", -5, 1, 0],
])("what was not read: %s", async (_, more, damages, least) => {
  const folder = mkdtempSync(join(tmpdir(), "weir-unread-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "a.pcap");
  const bytes = pcapFile([{ seconds: 1, fraction: 0, bytes: Buffer.from("a frame") }]);
  const behind = more > 0 ? Buffer.alloc(700_000, 0xff) : Buffer.alloc(0);
  writeFileSync(path, Buffer.concat([bytes.subarray(0, bytes.length + Math.min(0, more)), behind]));
  const { summary } = await readAll([path]);
  expect([summary.damages, summary.unread]).toEqual([damages, least]);
});
