// Ethernet frames inside a Chapter 10 recording (type 0x68) go to the IP decoder: what it says of them is what it says of
// the same frames in a pcap.
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { embed } from "../../appliance/hosts/node.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { recordStream } from "../../captures/records.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { packet, TIME, timeData } from "../../mil1553/writer/chapter10.ts";

const START = Date.UTC(2026, 2, 2, 9);
const ETHERNET = 0x68;

/** Frames of a capture with their time after START in 0.1 us. */
function frames(): { bytes: Buffer; time: number }[] {
  const file = readFileSync("fixtures/site.pcap");
  const unit = file.readUInt32LE(0) === 0xa1b23c4d ? 1n : 1000n;
  const all: { bytes: Buffer; time: number }[] = [];
  for (let at = 24; at < file.length; ) {
    const ns = BigInt(file.readUInt32LE(at)) * 1_000_000_000n + BigInt(file.readUInt32LE(at + 4)) * unit;
    const end = at + 16 + file.readUInt32LE(at + 8);
    all.push({ bytes: file.subarray(at + 16, end), time: Number((ns - BigInt(START) * 1_000_000n) / 100n) });
    at = end;
  }
  return all;
}

/** A recording of them: a time packet, then 20 frames to a packet. */
function recording(): Buffer {
  const all = frames();
  const counter = 1_000_000;
  const parts = [packet(timeData(START), { channel: 1, type: TIME, sequence: 0, counter, checksum: 32 })];
  for (let n = 0; n < all.length; n += 20) {
    const some = all.slice(n, n + 20);
    const csdw = Buffer.alloc(4);
    csdw.writeUInt32LE(some.length);
    const data = some.map(({ bytes, time }) => {
      const head = Buffer.alloc(12);
      head.writeUIntLE(counter + time, 0, 6);
      head.writeUInt32LE(bytes.length, 8);
      return Buffer.concat([head, bytes, Buffer.alloc(bytes.length & 1)]);
    });
    const fields = {
      channel: 9,
      type: ETHERNET,
      sequence: n / 20,
      counter: counter + some[0]!.time,
      checksum: 32,
    } as const;
    parts.push(packet(Buffer.concat([csdw, ...data]), fields));
  }
  return Buffer.concat(parts);
}

async function events(bytes: Uint8Array): Promise<Record<string, unknown>[]> {
  const appliance = await embed(compilePolicy("fixtures/policy.yaml").parts);
  const reader = await CaptureReader.open(["-"], { stdin: Readable.from([bytes]) });
  const all: Record<string, unknown>[] = [];
  const record = (json: Uint8Array) => all.push(JSON.parse(Buffer.from(json).toString()));
  for await (const chunk of recordStream(reader, appliance.input))
    appliance.run(chunk.length, { forwarded: () => undefined, record });
  expect(reader.summary.damages).toBe(0);
  return all;
}

it("the same flows, anomalies and alerts as from the capture itself", async () => {
  const kinds = ["flow", "anomaly", "alert"];
  // Numbers of the log differ, for it also has what guard says of the frames of the pcap
  const essence = (list: Record<string, unknown>[]) =>
    list
      .filter(({ event_type }) => kinds.includes(event_type as string))
      .map(({ weir: _, ...rest }) => JSON.stringify(rest))
      .sort();
  const recorded = await events(recording());
  const direct = await events(readFileSync("fixtures/site.pcap"));
  const flow = (list: Record<string, unknown>[]) => list.filter(({ event_type }) => event_type === "flow").length;
  expect(flow(recorded)).toBeGreaterThan(100);
  expect(essence(recorded)).toEqual(essence(direct));
});
