// A transfer through guard itself: what its filter passes leaves under guard's own rules, made anew with the other key.
import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { end, Guard, policyWith, SECOND, stats } from "../../diode/testing/guard.ts";
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
const policy = (out = "", allowed = "extensions: [txt, bin], largest: 2000000, content: any") =>
  policyWith(RULE, `transfer: { profile: records, ${keys}, ${allowed} }`, out);

async function framesOf(name: string, data: Buffer): Promise<Buffer[]> {
  const sender = await Endpoint.open(KEY_IN, PROFILES.records, 1n);
  const digest = createHash("sha256").update(data).digest();
  const frames: Buffer[] = [];
  const parity = () => {
    for (let p = sender.parity(); p; p = sender.parity()) frames.push(Buffer.from(p));
  };
  const add = (bytes: Buffer) => {
    frames.push(Buffer.from(bytes));
    parity();
  };
  add(sender.manifest(5, name, data.length, digest));
  for (let at = 0; at < data.length; at += MOST_BYTES) add(sender.data(5, at, data.subarray(at, at + MOST_BYTES)));
  add(sender.end(5, data.length, digest));
  sender.flush();
  parity();
  return frames.map((payload, id) => frame(payload, ENDS, id));
}

const tick = (time: bigint) => ({ kind: RecordKind.TICK, time });

async function received(frames: readonly Buffer[]): Promise<{ data: Buffer; refused: string[] }> {
  const receiver = await Endpoint.open(KEY_OUT, PROFILES.records, 0n);
  const parts: { offset: number; bytes: Buffer }[] = [];
  const refused: string[] = [];
  for (const out of frames) {
    const why = receiver.take(out.subarray(42, 34 + out.readUInt16BE(38)));
    if (why) refused.push(why);
    else for (const record of receiver.records()) if (record?.kind === Kind.DATA) parts.push(record);
  }
  const data = Buffer.alloc(Math.max(0, ...parts.map(({ offset, bytes }) => offset + bytes.length)));
  for (const { offset, bytes } of parts) data.set(bytes, offset);
  return { data, refused };
}

describe("a transfer through guard", () => {
  const data = randomBytes(60_000);

  it("crosses whole, made anew; what is left over leaves with ticks; the heartbeat counts it", async () => {
    const guard = await Guard.under(policy());
    expect(guard.exports.tick()).toBeGreaterThan(0n);
    const quiet = guard.run([tick(SECOND / 2n)]); // nothing is known of where to yet
    expect(quiet.frames).toEqual([]);
    const frames = await framesOf("a.bin", data);
    const input = frames.map((bytes, n) => ({ frame: bytes, time: SECOND + BigInt(n) * 100_000n }));
    const during = input.flatMap((record) => guard.run([record]).frames);
    const after = Array.from(
      { length: 200 },
      (_, n) => guard.run([tick(3n * SECOND + BigInt(n) * 10_000_000n)]).frames,
    );
    const out = [...during, ...after.flat()].map(({ frame: bytes }) => bytes);
    const got = await received(out);
    expect(got.refused).toEqual([]);
    expect(got.data.equals(data)).toBe(true);
    const { forwarded, relayed } = stats(guard.run([end(9n * SECOND)])).at(-1)!;
    expect(relayed).toBe(out.length);
    expect(forwarded).toBeLessThanOrEqual(out.length + frames.length);
  });

  it("crosses not under a name that is not allowed, and with nothing that is none of it", async () => {
    const guard = await Guard.under(policy("", "extensions: [txt], largest: 2000000, content: ascii"));
    const out = (await framesOf("a.bin", data)).flatMap((bytes, n) =>
      guard.run([{ frame: bytes, time: SECOND + BigInt(n) * 100_000n }]).frames.map(({ frame: made }) => made),
    );
    expect((await received(out)).data).toHaveLength(0);
    for (const length of [0, 1, 31, 32, 1471, 1472, 1473].filter((n) => n <= 1472))
      expect(
        guard.one(frame(Buffer.alloc(length, length & 255), ENDS, 1), { time: (20n + BigInt(length)) * SECOND }),
      ).toBe("transfer");
  });

  it("keeps to the rate of `out`, also of what only waits", async () => {
    const guard = await Guard.under(policy(", rate: 100/s"));
    const frames = await framesOf("a.txt", Buffer.from("text\n".repeat(3000)));
    const records = frames.map((bytes, n) => ({ frame: bytes, time: SECOND + BigInt(n) * 1_000_000n }));
    const out = guard.run(records).frames;
    const seconds = Number(records.at(-1)!.time - records[0]!.time) / 1e9;
    expect(out.length).toBeGreaterThan(0);
    expect(out.length).toBeLessThanOrEqual(Math.ceil(100 * seconds) + 2);
  });
});
