// Mutants (40,000, or WEIR_HOSTILE_MUTANTS) of the project's own captures through the whole of a replay in this process: reader, all detectors,
// filter, log. Whatever they are: no throw, no trap, bounded memory, every event a JSON object.
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { Appliance } from "../../appliance/hosts/embedded/appliance.ts";
import { loadModules } from "../../appliance/hosts/node.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { recordStream } from "../../captures/records.ts";
import { enhanced, interfaceBlock, section } from "../../captures/testing/files.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { generator } from "../fuzz/random.ts";
import { mutate } from "../fuzz/readers.ts";

const MUTANTS = Number(process.env.WEIR_HOSTILE_MUTANTS ?? 40_000);
const ROUND = 1_000; // mutants that one appliance is put through: it must bear all of them, one behind the other
const LONGEST = 1 << 16;
const KEPT = 40; // packets of a capture

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

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes that are still in use when all garbage is gone. */
function kept(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

// REQ-GROUND-011
it(`${MUTANTS} mutants: exit 0 or 2, nothing else`, async () => {
  const random = generator(20261121);
  const pieces = seeds();
  const { parts } = compilePolicy("fixtures/policy.yaml");
  const modules = await loadModules();
  const before = kept();
  let shortest = Number.POSITIVE_INFINITY;
  let [events, damaged, packets, checked] = [0, 0, 0, 0];
  for (let n = 0; n < MUTANTS; ) {
    const appliance = new Appliance(modules, parts);
    for (let round = 0; round < ROUND; round++, n++) {
      const bytes = mutate(pieces[random(pieces.length)]!, pieces[random(pieces.length)]!, random, LONGEST);
      const reader = await CaptureReader.open(["-"], { stdin: Readable.from([bytes]) });
      try {
        for await (const chunk of recordStream(reader, appliance.input))
          appliance.run(chunk.length, {
            forwarded: ({ length }) => {
              shortest = Math.min(shortest, length);
            },
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
  const grown = (kept() - before) / 2 ** 20;
  console.log(
    `${MUTANTS} mutants, ${packets} packets, ${events} events (${checked} parsed), ${damaged} damaged, ${grown.toFixed(0)} MiB more than before`,
  );
  expect(damaged).toBeGreaterThan(MUTANTS / 10);
  expect(packets).toBeGreaterThan(MUTANTS);
  expect(shortest).toBe(60);
  expect(grown).toBeLessThan(100);
});
