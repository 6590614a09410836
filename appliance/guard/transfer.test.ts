// A transfer through guard itself: what its filter passes leaves under guard's own rules, made anew with the other key.
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { end, Guard, policyWith, type RecordInit, SECOND, stats } from "../../diode/testing/guard.ts";
import { frame } from "../../mil1553/writer/frame.ts";
import { Endpoint, Kind, MOST_BYTES, PROFILES } from "../../transfer/endpoint.ts";
import { RecordKind } from "../abi/abi.ts";

const KEY_IN = Buffer.alloc(32, 1);
const KEY_OUT = Buffer.alloc(32, 2);
const ENDS = {
  ...{ fromMac: "020000000007", toMac: "020000000001", from: "10.0.0.7", to: "10.0.1.7" },
  ...{ fromPort: 4000, toPort: 6100 },
};
const RULE =
  "- { name: files, action: allow, protocol: udp, from: 10.0.0.7, to: 10.0.1.7, ports: 6100, payload: transfer }";
const keys = `in: { key: "${KEY_IN.toString("hex")}" }, out: { key: "${KEY_OUT.toString("hex")}" }`;
const policy = (out = "", allowed = "extensions: [txt, bin], largest: 2000000, content: bytes") =>
  policyWith(RULE, `transfer: { profile: records, ${keys}, ${allowed} }`, out);
const MILLISECOND = 1_000_000n;

/** Frames of one file, 16 shards of data and 4 of parity in a block. */
async function framesOf(name: string, data: Buffer): Promise<Buffer[]> {
  const sender = await Endpoint.open(KEY_IN, PROFILES.records, 1n);
  const digest = createHash("sha256").update(data).digest();
  const payloads: Buffer[] = [];
  const parity = () => {
    for (let p = sender.parity(); p; p = sender.parity()) payloads.push(Buffer.from(p));
  };
  const add = (bytes: Buffer) => {
    payloads.push(Buffer.from(bytes));
    parity();
  };
  add(sender.manifest(5, name, data.length, digest));
  for (let at = 0; at < data.length; at += MOST_BYTES) add(sender.data(5, at, data.subarray(at, at + MOST_BYTES)));
  add(sender.end(5, data.length, digest));
  sender.flush();
  parity();
  return payloads.map((payload, id) => frame(payload, ENDS, id));
}

const tick = (time: bigint): RecordInit => ({ kind: RecordKind.TICK, time });
const ticks = (from: bigint, count: number) =>
  Array.from({ length: count }, (_, n) => tick(from + BigInt(n) * 10n * MILLISECOND));
const spaced = (frames: readonly Buffer[]): RecordInit[] =>
  frames.map((bytes, n) => ({ frame: bytes, time: SECOND + BigInt(n) * MILLISECOND }));

/** What the other end makes of the frames that left. */
async function received(frames: readonly { frame: Buffer }[]): Promise<{ data: Buffer; refused: string[] }> {
  const receiver = await Endpoint.open(KEY_OUT, PROFILES.records, 0n);
  const parts: { offset: number; bytes: Buffer }[] = [];
  const refused: string[] = [];
  for (const { frame: out } of frames) {
    const why = receiver.take(out.subarray(42, 34 + out.readUInt16BE(38)));
    if (why) refused.push(why);
    else for (const record of receiver.records()) if (record?.kind === Kind.DATA) parts.push(record);
  }
  const data = Buffer.alloc(Math.max(0, ...parts.map(({ offset, bytes }) => offset + bytes.length)));
  for (const { offset, bytes } of parts) data.set(bytes, offset);
  return { data, refused };
}

describe("a transfer through guard", () => {
  const data = Buffer.from(Array.from({ length: 60_000 }, (_, n) => (n * n * 31 + (n >> 7)) & 255));

  // REQ-TRANSFER-001, REQ-TRANSFER-006
  it("crosses whole, made anew, though four frames of each block are lost; what is left over leaves with ticks", async () => {
    const guard = await Guard.under(policy());
    expect(guard.exports.tick()).toBe(2n * MILLISECOND);
    expect(guard.run([tick(SECOND / 2n)]).frames).toEqual([]); // nothing is known of where to yet
    const frames = await framesOf("a.bin", data);
    const lossy = frames.filter((_, n) => n % 20 < 3 || n % 20 > 6);
    const out = guard.run([...spaced(lossy), ...ticks(3n * SECOND, 200)]).frames;
    const got = await received(out);
    expect(got.refused).toEqual([]);
    expect(got.data.equals(data)).toBe(true);
    const { forwarded, relayed } = stats(guard.run([end(9n * SECOND)])).at(-1)!;
    expect(forwarded).toBe(lossy.length); // of what came; what leaves is counted as relayed
    expect(relayed).toBe(out.length);
  });

  // REQ-TRANSFER-002, REQ-TRANSFER-005
  it("does not cross under a name that is not allowed, nor anything that is none of it", async () => {
    const guard = await Guard.under(policy("", "extensions: [txt], largest: 2000000, content: ascii"));
    const out = guard.run(spaced(await framesOf("a.bin", data))).frames;
    expect((await received(out)).data).toHaveLength(0);
    for (const length of [0, 1, 31, 32, 1471, 1472]) {
      const time = BigInt(20 + length) * SECOND;
      const { events } = guard.run([{ frame: frame(Buffer.alloc(length, length & 255), ENDS, 1), time }]);
      expect(events.flatMap(({ json }) => json.drop?.reason ?? [])).toEqual(["transfer"]);
    }
  });

  it("keeps to the rate of `out`, also of what only waits", async () => {
    const guard = await Guard.under(policy(", rate: 100/s"));
    const records = spaced(await framesOf("a.txt", Buffer.from("text\n".repeat(3000))));
    const ended = records.at(-1)!.time!;
    const out = guard.run([...records, ...ticks(ended, 100)]).frames;
    const seconds = Number(ended - SECOND) / 1e9 + 1; // the ticks last one more
    expect(out.length).toBeGreaterThan(0);
    expect(out.length).toBeLessThanOrEqual(Math.ceil(100 * seconds) + 1);
  });
});
