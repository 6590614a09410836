// 100,000 mutants of the project's own captures through the whole of a replay in this process: reader, all detectors,
// filter, log. Whatever they are: no throw, no trap, bounded memory, every event a JSON object.
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { Appliance } from "../../appliance/hosts/embedded/appliance.ts";
import { loadModules } from "../../appliance/hosts/node.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { recordStream } from "../../captures/records.ts";
import { enhanced, interfaceBlock, section } from "../../captures/testing/files.ts";
import { compilePolicy } from "../../diode/policy.ts";

const MUTANTS = 100_000;
const ROUND = 1_000; // mutants that one appliance is put through: it must bear all of them, one behind the other
const KEPT = 40; // packets of a capture

/** xorshift32: the same mutants on every machine. */
function generator(seed: number): (below: number) => number {
  let x = seed;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
}

/** Pieces of the fixtures, small enough for many mutants, each from another place. */
function seeds(): Buffer[] {
  const pcaps = ["fixtures/site.pcap", "fixtures/normal.pcap", "fixtures/mil1553/stream.pcap"].map((path) =>
    readFileSync(path),
  );
  const pieces: Buffer[] = [];
  for (const file of pcaps) {
    const records: Buffer[] = [];
    for (let at = 24; at + 16 <= file.length; ) {
      const end = at + 16 + file.readUInt32LE(at + 8);
      records.push(file.subarray(at, end));
      at = end;
    }
    for (let n = 0; n < records.length; n += KEPT * 3) {
      const some = records.slice(n, n + KEPT);
      pieces.push(Buffer.concat([file.subarray(0, 24), ...some]));
      pieces.push(
        Buffer.concat([
          section(),
          interfaceBlock(1),
          ...some.slice(0, 12).map((r, i) => enhanced(0, BigInt(i), r.subarray(16))),
        ]),
      );
    }
  }
  const bus = readFileSync("fixtures/mil1553/clean.ch10");
  for (let at = 0; at < bus.length; at += 6000) pieces.push(bus.subarray(at, at + 6000));
  pieces.push(...pieces.filter((_, n) => n % 9 === 0).map((piece) => gzipSync(piece)));
  return pieces;
}

const ODD = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 65535, 65536, 262144, 262145];

/** One to four changes: a bit, a byte, a length, something cut, doubled, put in, moved from another piece. */
function mutant(piece: Buffer, other: Buffer, random: (below: number) => number): Buffer {
  let bytes = Buffer.from(piece);
  for (let n = 1 + random(4); n > 0 && bytes.length > 8; n--) {
    const at = random(bytes.length - 4);
    const length = 1 + random(Math.min(200, bytes.length - at));
    switch (random(8)) {
      case 0:
        bytes[at]! ^= 1 << random(8);
        break;
      case 1:
        bytes[at] = random(256);
        break;
      case 2:
        bytes.writeUInt32LE(ODD[random(ODD.length)]!, at);
        break;
      case 3:
        bytes.writeUInt16BE(ODD[random(ODD.length)]! & 0xffff, at);
        break;
      case 4:
        bytes = bytes.subarray(0, at);
        break;
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 6:
        bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
        break;
      default: {
        const from = random(other.length);
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + length), bytes.subarray(at)]);
      }
    }
  }
  return bytes;
}

// REQ-GROUND-011
it(`${MUTANTS} mutants: exit 0 or 2, nothing else`, { timeout: 300_000, retry: 0 }, async () => {
  const random = generator(20261121);
  const pieces = seeds();
  const { parts } = compilePolicy("fixtures/policy.yaml");
  const modules = await loadModules();
  const before = process.memoryUsage().rss;
  let [events, damaged, packets, checked] = [0, 0, 0, 0];
  for (let n = 0; n < MUTANTS; ) {
    const appliance = new Appliance(modules, parts);
    for (let round = 0; round < ROUND; round++, n++) {
      const bytes = mutant(pieces[random(pieces.length)]!, pieces[random(pieces.length)]!, random);
      const reader = await CaptureReader.open(["-"], { stdin: Readable.from([bytes]) });
      try {
        for await (const chunk of recordStream(reader, appliance.input))
          appliance.run(chunk.length, {
            forwarded: (frame) => expect(frame.length).toBeGreaterThanOrEqual(60),
            record: (json) => {
              if (events++ % 50) return;
              checked++;
              expect(JSON.parse(Buffer.from(json).toString()).event_type).toBeTypeOf("string");
            },
          });
      } catch (error) {
        throw new Error(`mutant ${n}: ${error instanceof Error ? error.stack : error}`);
      }
      await reader.close();
      packets += reader.summary.packets;
      if (reader.summary.damages) damaged++;
    }
  }
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  console.log(
    `${MUTANTS} mutants, ${packets} packets, ${events} events (${checked} parsed), ${damaged} damaged, ${grown.toFixed(0)} MiB more than before`,
  );
  expect(damaged).toBeGreaterThan(MUTANTS / 10);
  expect(packets).toBeGreaterThan(MUTANTS);
  expect(grown).toBeLessThan(300);
});
