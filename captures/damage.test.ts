// What is said of each damage that a capture can have: where it is, what it is, what was expected. Beside it stand the bytes that
// are just right, of which nothing is said.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it, onTestFinished } from "vitest";
import { damageText } from "./damage.ts";
import { CaptureReader } from "./reader.ts";
import { block, enhanced, fields, interfaceBlock, pcapFile, readAll, readBytes, section } from "./testing/files.ts";

const DATA = Buffer.alloc(8, 0x77);
const pcap = (length = DATA.length, captured?: number) =>
  pcapFile([{ seconds: 1, fraction: 0, bytes: Buffer.alloc(length), ...(captured !== undefined && { captured }) }]);
const START = Buffer.concat([section(), interfaceBlock(1)]);
const after = (...blocks: Uint8Array[]) => Buffer.concat([START, ...blocks]);
const at = (bytes: Buffer, offset: number, value: number) => {
  const changed = Buffer.from(bytes);
  changed.writeUInt32LE(value >>> 0, offset);
  return changed;
};
const cut = (bytes: Buffer, from: number) => bytes.subarray(0, bytes.length - from);
const version = (major: number) =>
  block(0x0a0d0d0a, fields(false, [32, 0x1a2b3c4d], [16, major], [16, 0], [32, -1], [32, -1]));
/** A packet block of so many bytes of fields that says it has so many of data. */
const packet = (type: number, announced: number, bytes: Uint8Array) =>
  block(type, fields(false, [32, 0], [32, 0], [32, 0], [32, announced], [32, announced], bytes));
const simple = (original: number, bytes: Uint8Array) => block(3, fields(false, [32, original], bytes));
const PACKET = 2 ** 18;
const WINDOW = 2 ** 19;
const zipped = gzipSync(pcap());
/** With what the flags of the header say that it has. */
const headed = (flags: number, fields: Buffer) =>
  Buffer.concat([zipped.subarray(0, 3), Buffer.from([flags]), zipped.subarray(4, 10), fields, zipped.subarray(10)]);
const optioned = (code: number, bytes: Uint8Array, size = bytes.length) => {
  const whole = interfaceBlock(1, [[code, bytes]]);
  whole.writeUInt16LE(size, 18);
  return after(whole);
};

it.each<[string, Buffer, string[]]>([
  ["a whole pcap", pcap(), []],
  ["a pcap header that is cut", pcap().subarray(0, 23), ["offset 0: pcap header cut: 24 bytes expected, 23 found"]],
  ["no record behind the header", pcap().subarray(0, 24), []],
  ["a version to come", at(pcap(), 4, 0x50002), ["offset 4: pcap version 2.5: 2.0 to 2.4 expected"]],
  ["another major version", at(pcap(), 4, 0x40001), ["offset 4: pcap version 1.4: 2.0 to 2.4 expected"]],
  ["the oldest version", at(pcap(), 4, 0x00002), []],
  ["a record header that is cut", cut(pcap(), 9), ["offset 24: packet record header cut: 16 bytes expected, 15 left"]],
  ["a record that is cut", cut(pcap(), 1), ["offset 24: packet record cut: 8 bytes announced, 7 left"]],
  ["the longest record", pcap(PACKET), []],
  [
    "a record too long",
    pcap(PACKET + 1),
    [`offset 32: packet record length: at most ${PACKET} expected, ${PACKET + 1} announced`],
  ],
  ["a whole pcapng", after(enhanced(0, 0n, DATA)), []],
  ["a block header that is cut", after(Buffer.alloc(11)), ["offset 48: block header cut: 12 bytes expected, 11 left"]],
  ["a block that is cut", cut(after(enhanced(0, 0n, DATA)), 1), ["offset 48: block cut: 40 bytes expected, 39 left"]],
  [
    "another byte order",
    Buffer.concat([START, at(section(), 8, 0x1a2b3c4e)]),
    ["offset 56: byte-order magic of a section: 1a2b3c4d expected"],
  ],
  [
    "a length that is no multiple of 4",
    after(at(block(9, DATA), 4, 21)),
    ["offset 52: block length: a multiple of 4 from 12 expected, 21 announced"],
  ],
  ["the shortest block", after(block(9, Buffer.alloc(0))), []],
  [
    "a block shorter than that",
    after(at(block(9, DATA), 4, 8)),
    ["offset 52: block length: a multiple of 4 from 12 expected, 8 announced"],
  ],
  [
    "a section without its fields",
    after(at(section(), 4, 24)),
    ["offset 52: block length: a multiple of 4 from 12 expected, 24 announced"],
  ],
  [
    "another length behind a block",
    after(block(9, DATA, false, 24)),
    ["offset 64: block length after the block: 20 expected as before the block, 24 found"],
  ],
  [
    "a section of version 2",
    Buffer.concat([START, version(2)]),
    ["offset 60: section of version 2.0: 1.0 expected; skipped"],
  ],
  [
    "a short description of an interface",
    Buffer.concat([section(), block(1, Buffer.alloc(4))]),
    ["offset 28: interface description: 20 bytes expected"],
  ],
  ["a packet of the last interface", after(interfaceBlock(1), enhanced(1, 0n, DATA)), []],
  ["one of the next", after(enhanced(1, 0n, DATA)), ["offset 56: packet of interface 1: 1 described before it"]],
  [
    "a packet block without its fields",
    after(block(6, Buffer.alloc(16))),
    ["offset 52: packet block length: 32 or more expected, 28 announced"],
  ],
  ["a packet block with them", after(packet(6, 0, Buffer.alloc(0))), []],
  [
    "a simple one without its fields",
    after(block(3, Buffer.alloc(0))),
    ["offset 52: packet block length: 16 or more expected, 12 announced"],
  ],
  ["a simple one with them", after(simple(0, Buffer.alloc(0))), []],
  ["as many bytes as there is room", after(packet(6, 8, DATA)), []],
  ["more than there is room", after(packet(6, 9, DATA)), ["offset 68: packet length: at most 8 expected, 9 announced"]],
  ["more in an old one", after(packet(2, 9, DATA)), ["offset 68: packet length: at most 8 expected, 9 announced"]],
  ["more in a simple one", after(simple(9, DATA)), ["offset 56: packet length: at most 8 expected, 9 announced"]],
  ["the longest packet", after(enhanced(0, 0n, Buffer.alloc(PACKET))), []],
  [
    "a packet too long",
    after(enhanced(0, 0n, Buffer.alloc(PACKET + 4))),
    [`offset 68: packet length: at most ${PACKET} expected, ${PACKET + 4} announced`],
  ],
  [
    "a packet block beyond the window",
    after(packet(6, 8, Buffer.alloc(WINDOW))),
    [`offset 52: packet block length: at most ${WINDOW} expected, ${WINDOW + 32} announced`],
  ],
  [
    "an interface beyond it",
    Buffer.concat([section(), block(1, Buffer.alloc(WINDOW))]),
    [`offset 32: interface description length: ${WINDOW + 12} announced`],
  ],
  ["another block beyond it", after(block(9, Buffer.alloc(WINDOW))), []],
  [
    "another block beyond it, cut",
    cut(after(block(9, Buffer.alloc(WINDOW))), 6),
    [`offset ${48 + WINDOW + 6}: block cut: ${WINDOW + 12} bytes announced, 6 missing`],
  ],
  [
    "another length behind such a block",
    after(block(9, Buffer.alloc(WINDOW), false, 24)),
    [`offset ${48 + WINDOW + 8}: block length after the block: ${WINDOW + 12} expected, 24 found`],
  ],
  ["an option of an interface", optioned(9, Buffer.from([9])), []],
  [
    "one of another length",
    optioned(9, Buffer.alloc(2)),
    ["offset 64: length of interface option 9: 1 expected, 2 announced"],
  ],
  [
    "another of another length",
    optioned(14, Buffer.alloc(4)),
    ["offset 64: length of interface option 14: 8 expected, 4 announced"],
  ],
  [
    "an option that is cut",
    optioned(9, Buffer.alloc(4), 9),
    ["offset 64: interface option 9 cut: 9 bytes announced, 8 left"],
  ],
  ["a whole gzip", zipped, []],
  ["two of them", Buffer.concat([zipped, gzipSync(Buffer.alloc(0))]), []],
  [
    "a gzip header that is cut",
    zipped.subarray(0, 9),
    [
      "offset 0: gzip header cut: a whole header expected (offset of the compressed bytes)",
      "offset 0: not a capture: empty",
    ],
  ],
  ["a gzip header with all that it may have", headed(0x1e, Buffer.from([2, 0, 1, 1, 65, 0, 66, 67, 0, 1, 1])), []],
  ...[1, 3, 6, 9, 10].map((length): [string, Buffer, string[]] => [
    `${length} bytes of that`,
    headed(0x1e, Buffer.from([2, 0, 1, 1, 65, 0, 66, 67, 0, 1, 1])).subarray(0, 10 + length),
    [
      "offset 0: gzip header cut: a whole header expected (offset of the compressed bytes)",
      "offset 0: not a capture: empty",
    ],
  ]),
  [
    "bytes behind a gzip",
    Buffer.concat([zipped, Buffer.from("x")]),
    [
      `offset ${zipped.length}: bytes after the gzip data: nothing or another gzip member expected (offset of the compressed bytes)`,
    ],
  ],
  [
    "gzip data that is cut",
    cut(zipped, 9),
    [`offset ${zipped.length - 9}: gzip data cut: more of it expected (offset of the compressed bytes)`],
  ],
  [
    "a trailer that is cut",
    cut(zipped, 1),
    [`offset ${zipped.length - 8}: gzip trailer cut: 8 bytes expected (offset of the compressed bytes)`],
  ],
  [
    "another length in it",
    at(zipped, zipped.length - 4, 1),
    [`offset ${zipped.length - 4}: gzip length: 48 expected, 1 found (offset of the compressed bytes)`],
  ],
])("%s", async (_, bytes, expected) => {
  for (const chunk of [65536, 1021]) {
    const { summary } = await readBytes(bytes, chunk);
    expect(summary.damage.map((damage) => damageText(damage).replace(/^-: /, ""))).toEqual(expected);
    expect(summary.damages).toBe(expected.length);
  }
});

it("gzip data and checksums that are wrong", async () => {
  const said = async (bytes: Buffer) => (await readBytes(bytes)).summary.damage.map(damageText);
  const broken = Buffer.from(zipped);
  broken[10] = 0xff;
  expect((await said(broken))[0]).toMatch(
    /^-: offset \d+: gzip data: deflated bytes expected \(.+\) \(offset of the compressed bytes\)$/,
  );
  expect(await said(at(zipped, zipped.length - 8, 0))).toEqual([
    expect.stringMatching(
      /^-: offset \d+: gzip checksum: [0-9a-f]{8} expected, 00000000 found \(offset of the compressed/,
    ),
  ]);
});

it("what of a folder is left out, and why", async () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-damage-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = (name: string, bytes: Uint8Array | string) => writeFileSync(join(folder, name), bytes);
  file("a.pcap", pcap());
  file("b.txt", "text\n");
  file("c", "");
  mkdirSync(join(folder, "d"));
  symlinkSync("/dev/null", join(folder, "e"));
  symlinkSync(join(folder, "nowhere"), join(folder, "f"));
  const { summary, records } = await readAll([folder]);
  expect(records.length).toBe(1);
  expect(summary.skipped.map(({ file, why }) => [file.slice(folder.length + 1), why])).toEqual([
    ["d", "a folder; --recursive reads it"],
    ["e", "neither a file nor a folder"],
    ["f", "neither a file nor a folder"],
    ["b.txt", "pcap, pcapng, Chapter 10 or gzip, zstd of them expected, begins 74 65 78 74"],
    ["c", "empty"],
  ]);
  await expect(CaptureReader.open([join(folder, "g")])).rejects.toThrow(`${folder}/g: cannot be read: no such file`);
  if (process.getuid?.() === 0) return; // nobody denies root anything
  chmodSync(join(folder, "a.pcap"), 0);
  await expect(readAll([join(folder, "a.pcap")])).rejects.toThrow("no permission");
});
