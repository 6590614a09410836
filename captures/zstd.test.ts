// Zstandard: captures come out as they went in, and what is damaged is named, whatever the bytes say.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { generator } from "../ip/testing/seeds.ts";
import { CaptureReader } from "./reader.ts";
import { StreamSource } from "./source.ts";
import { ZstdSource } from "./zstd.ts";

const CAPTURE = readFileSync("fixtures/normal.pcap");
const hasTool = spawnSync("zstd", ["--version"]).status === 0;
const packed = (bytes: Uint8Array, ...args: string[]): Buffer =>
  spawnSync("zstd", ["-q", "-c", ...args], { input: bytes, maxBuffer: 1 << 26 }).stdout;

/** Twelve times "weir ", so that something is tried where there is no `zstd`. */
const WORDS = Buffer.from("weir ".repeat(12));
const MADE = Buffer.from("28b52ffd243c5d00002877656972200100c459b40a5d2184", "hex");

/** What comes out, and what is said about it. */
async function expanded(bytes: Uint8Array, step = bytes.length) {
  const said: string[] = [];
  const pieces = Array.from({ length: Math.ceil(bytes.length / step) }, (_, n) =>
    bytes.slice(n * step, n * step + step),
  );
  const source = new ZstdSource(
    new StreamSource(Readable.from(pieces, { objectMode: false })),
    new Uint8Array(0),
    (offset, what, expected) => said.push(`${offset}: ${what}: ${expected}`),
  );
  const out: Buffer[] = [];
  const buffer = new Uint8Array(50000);
  for (let got = await source.read(buffer, 0, 50000); got > 0; got = await source.read(buffer, 0, 50000))
    out.push(Buffer.from(buffer.subarray(0, got)));
  return { out: Buffer.concat(out), said };
}

/** Repetitive, random, and in between; empty. */
function contents(): Record<string, Buffer> {
  const random = generator(5);
  const noise = Buffer.from(Uint8Array.from({ length: 200_000 }, () => random() & 255));
  const skewed = Buffer.from(Uint8Array.from({ length: 300_000 }, () => Math.clz32(random()) + (random() & 1) * 64));
  return {
    capture: CAPTURE,
    noise,
    skewed,
    zeros: Buffer.alloc(500_000),
    one: Buffer.from("a"),
    none: Buffer.alloc(0),
  };
}

// REQ-DECODE-032
it.skipIf(!hasTool).each(["-1", "-9", "-19", "--fast=5", "--no-check", "--long=27"])("zstd %s", async (level) => {
  for (const [name, content] of Object.entries(contents())) {
    const { out, said } = await expanded(packed(content, level), 5000);
    expect(out.equals(content), name).toBe(true);
    expect(said).toEqual([]);
  }
});

// REQ-DECODE-032
it("frames one behind the other, and those that are to be skipped", async () => {
  const skipped = Buffer.from("532a4d1803000000010203", "hex");
  const { out, said } = await expanded(Buffer.concat([skipped, MADE, skipped, MADE]), 1);
  expect(out.toString()).toBe(`${WORDS}${WORDS}`);
  expect(said).toEqual([]);
});

// REQ-DECODE-032
it("cut anywhere, changed anywhere: named, or the content is as it was", async () => {
  for (let n = 1; n < MADE.length; n++) {
    const { out, said } = await expanded(MADE.subarray(0, n));
    expect(said, `${n}`).toHaveLength(1);
    expect(WORDS.subarray(0, out.length).equals(out)).toBe(true);
  }
  for (let n = 0; n < MADE.length; n++)
    for (let bit = 0; bit < 8; bit++) {
      const other = Buffer.from(MADE);
      other[n]! ^= 1 << bit;
      const { out, said } = await expanded(other);
      if (said.length === 0) expect(out.equals(WORDS), `byte ${n} bit ${bit}`).toBe(true);
    }
});

// REQ-DECODE-032
it.each([
  ["28b52ffd 00 f8 010000", "5: zstd window: at most 128 MiB expected"],
  ["28b52ffd 01 58 07 010000", "5: zstd dictionary: a frame without one expected"],
  ["28b52ffd 08 58 010000", "5: zstd data: a whole frame expected"],
  ["28b52ffd 00 58 070000", "5: zstd data: a whole frame expected"],
  ["28b52ffd 00 58 0b0010 00", "9: zstd data: a whole frame expected"],
  ["28b52ffd 00 58 090000", "9: zstd data cut: more of it expected"],
  ["28b52ffd 00 58 010000 6162", "9: bytes after the zstd data: nothing or another frame expected"],
  ["28b52ffd 00 58 010000 6162636465", "9: bytes after the zstd data: nothing or another frame expected"],
])("what a frame announces is not believed: %s", async (hex, expected) => {
  const { said } = await expanded(Buffer.from(hex.replaceAll(" ", ""), "hex"));
  expect(said).toEqual([expected]);
});

// REQ-DECODE-032
it.skipIf(!hasTool)("what stands in front of damage is handed on, however the bytes come", async () => {
  const noise = contents().noise!; // two blocks
  const whole = packed(noise);
  const other = Buffer.from(whole);
  other[whole.length - 1]! ^= 1;
  for (const step of [1000, whole.length])
    expect(await expanded(other, step)).toEqual({
      out: noise,
      said: [`${whole.length - 4}: zstd checksum: that of the content expected`],
    });
});

// REQ-DECODE-032
it.skipIf(!hasTool)("random changes neither throw nor hang", async () => {
  const random = generator(9);
  const whole = packed(CAPTURE.subarray(0, 20000), "-9");
  for (let n = 0; n < 300; n++) {
    const other = Buffer.from(whole);
    for (let m = 0; m < 3; m++) other[random() % other.length] = random() & 255;
    const { out } = await expanded(other);
    expect(out.length).toBeLessThan(8 << 20);
  }
});

// REQ-DECODE-032
it("the reader tells it by its first bytes, and says what to do about LZ4", async () => {
  const read = async (bytes: Uint8Array) => {
    const reader = await CaptureReader.open(["-"], { stdin: Readable.from([bytes], { objectMode: false }) });
    const target = new Uint8Array(131072);
    while ((await reader.fill(target)) > 0);
    await reader.close();
    return reader.summary;
  };
  if (hasTool) expect(await read(packed(CAPTURE))).toMatchObject({ packets: 836, damages: 0 });
  const lz4 = Buffer.from(
    "04224d186c403c00000000000000380f0000005f776569722005001f5077656972200000000082190db1",
    "hex",
  );
  const { files } = await read(lz4);
  expect(files[0]!.damage.map((each) => each.expected)).toEqual(["LZ4 is not read; lz4 -d makes a capture of it"]);
});
