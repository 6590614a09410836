// All that inspect says of recordings and streams that are not whole, held against what it said before: detectors/flights.test.ts tells
// how to go on where that differs.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { INSPECT_BYTES, Log, memoryEnd, memoryOf, summary } from "../appliance/compartments/inspect/testing/log.ts";
import { RecordKind } from "../appliance/contract/abi.ts";
import { byTime } from "../detectors/ip/testing/traffic.ts";
import { batches, type Frame } from "../detectors/testing/site.ts";
import { compilePolicyText } from "../diode/policy.ts";
import { policyWith, sectionsOf } from "../diode/testing/guard.ts";
import { record } from "../ip/testing/frames.ts";
import { compileOnboard } from "../lib/asc.ts";
import { readBus } from "./simulator/icd/read.ts";
import { simulate } from "./simulator/run.ts";
import { decodeBytes } from "./testing/decode.ts";
import { file, packetsOf, stream } from "./testing/streams.ts";
import { anything, disturbed } from "./testing/swarm.ts";
import type { RecordingOptions } from "./writer/recording.ts";

const bus = readBus("fixtures/mil1553/avionics.yaml");
const flown = (seed: number, seconds: number, oneIn: number) =>
  disturbed(simulate(bus, { seed, seconds }), { seed, oneIn });
const several = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n));

const begun = async () => {
  const policy = policyWith("", "recorders: any\ndetectors: { anomalies: { per-second: 100000 } }");
  return Log.of(sectionsOf(compilePolicyText(policy, "p").parts.inspect));
};
const last = record(new Uint8Array(0), { time: 2_000_000_000_000n, kind: RecordKind.END });

/** In pieces of any length, as a file is read. */
function inPieces(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieces.at(-1)!.length)
    pieces.push(bytes.subarray(at, at + [60_000, 1, 23, 24, 4096, 65_000, 7][pieces.length % 7]!));
  return pieces;
}

/** Kinds of recordings: packets with and without checksums and times of their own; what is in them. */
const RECORDINGS: Record<string, () => Buffer> = {
  whole: () => Buffer.concat(packetsOf(flown(1, 1.2, 8)).map(({ bytes }) => bytes)),
  damaged: () => file(packetsOf(flown(2, 3, 30), { packetBytes: 1000, packetTime: 60_000 }), 2, 3),
  "with times": () => file(packetsOf(flown(3, 1, 30), { secondary: true, checksum: 16, packetTime: 60_000 }), 3, 4),
  "with times of messages": () =>
    file(packetsOf(flown(4, 1, 30), { secondary: "messages", checksum: 8, packetTime: 60_000 }), 4, 5),
  anything: () => file(packetsOf(anything({ seed: 5, messages: 3000, channels: 9 }), { checksum: 0 }), 5, 6),
  "700 channels": () =>
    file(packetsOf(anything({ seed: 6, messages: 3000, channels: 700 }), { packetTime: 1e8 }), 6, 50),
};

it.each(Object.entries(RECORDINGS))("a recording, %s", async (name, make) => {
  const log = await begun();
  const bytes = make();
  for (const piece of inPieces(bytes)) log.run(record(piece, { kind: RecordKind.CHAPTER10 }));
  const decoded: { kind: string; text: string }[] = [];
  for (const rows of ["messages", "packets", "json"] as const) {
    const { text, found } = await decodeBytes(inPieces(bytes), { rows });
    decoded.push(...text.split("\n").map((line) => ({ kind: `decoded ${rows}`, text: line })));
    if (rows === "json") decoded.push(...found.map((one) => ({ kind: "finding", text: JSON.stringify(one) })));
  }
  const lines = [...log.run(last).lines, ...decoded];
  await expect(summary(`recording ${name}`, lines)).toMatchFileSnapshot(
    `golden/recording-${name.replaceAll(" ", "-")}.txt`,
  );
});

const packets = (seed: number, seconds: number, more: Partial<RecordingOptions> = {}) =>
  packetsOf(flown(seed, seconds, 40), { packetTime: 60_000, packetBytes: 3000, ...more });
const STREAMS: Record<string, () => Frame[]> = {
  "format 1": () => stream(packets(11, 2), { seed: 11, format: 1, oneIn: 12 }),
  "format 2": () => stream(packets(12, 2), { seed: 12, format: 2, oneIn: 12 }),
  "format 3": () => stream(packets(13, 2), { seed: 13, format: 3, oneIn: 12 }),
  "format 3 with sources": () => stream(packets(14, 1), { seed: 14, format: 3, oneIn: 20, nibbles: 4 }),
  "large packets": () =>
    stream(packets(15, 3, { packetTime: 3e7, packetBytes: 70_000 }), { seed: 15, format: 1, oneIn: 60, size: 1400 }),
  "20 recorders": () =>
    byTime(
      several(20, (n) =>
        stream(packets(20 + n, 0.2), { seed: 20 + n, format: ((n % 3) + 1) as 1, oneIn: 15, from: 60 + n }),
      ).flat(),
    ),
  "40 streams at once": () =>
    byTime(
      several(40, (n) =>
        stream(packets(60 + (n % 3), 0.2, { packetBytes: 9000, packetTime: 1e6 }), {
          ...{ seed: 60 + n, format: ((n % 2) + 1) as 1, oneIn: 10, size: 400 },
          ...{ from: 60 + (n % 9), port: 2000 + n },
        }),
      ).flat(),
    ),
};

it.each(Object.entries(STREAMS))("a stream, %s", async (name, make) => {
  const log = await begun();
  for (const batch of batches(make())) log.run(batch);
  log.run(record(new Uint8Array(0), { time: 1_010_000_000_000n, kind: RecordKind.TICK }));
  const { lines } = log.run(last);
  await expect(summary(`stream ${name}`, lines)).toMatchFileSnapshot(`golden/stream-${name.replaceAll(" ", "-")}.txt`);
});

it("the tables of inspect take as many bytes as is said in one place", async () => {
  expect(await memoryOf("inspect")).toBe(INSPECT_BYTES);
});

it("the tables of the reader take so many bytes by themselves", async () => {
  const module = readFileSync(await compileOnboard("mil1553/onboard/reader.probe.ts"));
  expect(memoryEnd(module)).toMatchInlineSnapshot(`1998827`);
});
