// Chapter 10 over UDP, however it is wrapped: `weir decode --1553` finds the messages that the appliance finds in flight.
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { embed } from "../../appliance/hosts/node.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { CaptureReader } from "../reader.ts";
import { recordStream } from "../records.ts";
import { MAGIC, pcapFile } from "../testing/files.ts";
import { decodeChapter10 } from "./index.ts";

/** fixtures/mil1553/stream.pcap with each frame made anew. */
function stream(link: number, change: (frame: Buffer) => Buffer): Buffer {
  const file = readFileSync("fixtures/mil1553/stream.pcap");
  const packets = [];
  for (let at = 24; at < file.length; ) {
    const end = at + 16 + file.readUInt32LE(at + 8);
    const [seconds, fraction] = [file.readUInt32LE(at), file.readUInt32LE(at + 4)];
    packets.push({ seconds, fraction, bytes: change(file.subarray(at + 16, end)) });
    at = end;
  }
  return pcapFile(packets, { magic: MAGIC.nanoseconds, link });
}

const open = (bytes: Uint8Array) => CaptureReader.open(["-"], { stdin: Readable.from([bytes]) });

async function decoded(bytes: Uint8Array, ports: number[] = []): Promise<number> {
  return (await decodeChapter10(await open(bytes), { rows: "messages", ports }, () => {})).messages;
}

async function inFlight(bytes: Uint8Array): Promise<number> {
  const appliance = await embed(compilePolicy("fixtures/watch.yaml").parts);
  let messages = 0;
  const record = (json: Uint8Array) => {
    const event = JSON.parse(Buffer.from(json).toString());
    messages = event.inspect?.messages_1553 ?? messages;
  };
  for await (const chunk of recordStream(await open(bytes), appliance.input))
    appliance.run(chunk.length, { forwarded: () => undefined, record });
  return messages;
}

const behind = (hex: string, at: number) => (frame: Buffer) =>
  Buffer.concat([frame.subarray(0, at), Buffer.from(hex, "hex"), frame.subarray(at)]);
/** The IP packet in another header. */
const within = (hex: string) => (frame: Buffer) => Buffer.concat([Buffer.from(hex, "hex"), frame.subarray(14)]);
const ETHERNET = "01005e000001020000000005";

// REQ-DECODE-018
it.each<[string, number, (frame: Buffer) => Buffer]>([
  ["as it is", 1, (frame) => frame],
  ["a VLAN tag 0x8100", 1, behind("81000005", 12)],
  ["a VLAN tag 0x9100", 1, behind("91000005", 12)],
  ["three VLAN tags", 1, behind("88a800059200000681000007", 12)],
  ["an MPLS label", 1, within(`${ETHERNET}8847000051ff`)],
  ["a loopback's header (LINKTYPE_NULL)", 0, within("02000000")],
  ["PPP", 9, within("ff030021")],
])("%s", async (_, link, change) => {
  const bytes = stream(link, change);
  const messages = await inFlight(bytes);
  expect(messages).toBe(222);
  expect(await decoded(bytes)).toBe(messages);
});

it("at some ports only, where they are named", async () => {
  const bytes = stream(1, (frame) => frame);
  expect(await decoded(bytes, [1999, 2000])).toBe(222);
  expect(await decoded(bytes, [1999, 2001])).toBe(0);
});
