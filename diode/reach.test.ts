// What coverage found that nothing had asked of guard: checksums that are ignored, rules without a network or a quarantine,
// Chapter 10 cut and damaged at every byte in every format.
import { beforeAll, describe, expect, it } from "vitest";
import { frame, STREAM } from "../mil1553/writer/frame.ts";
import { Guard, policyWith, SECOND, verdictOf } from "./testing/guard.ts";
import { bus, messagesOf, stream, under } from "./testing/stream.ts";
import { tcp4, udp4, udp6 } from "./testing/vectors.ts";

describe("checksums: ignore", () => {
  const RULES = `- { name: v4, action: allow, protocol: udp, from: 0.0.0.0/0, to: any, ports: 5000 }
- { name: t4, action: allow, protocol: tcp, from: 0.0.0.0/0, to: any, ports: 1-1023 }
- { name: v6, action: allow, protocol: udp, from: "::/0", to: any, ports: 5000 }`;
  it("lets frames pass whose checksums are wrong, with right ones; verify does not", async () => {
    const ignoring = await Guard.under(`${policyWith(RULES)}checksums: ignore\n`);
    const verifying = await Guard.under(policyWith(RULES));
    const broken: [Buffer, number, string][] = [
      [udp4(), 24, "ip-checksum"],
      [udp4(), 40, "checksum"],
      [tcp4({ dport: 80 }), 50, "checksum"],
      [udp6(), 60, "checksum"],
    ];
    for (const [whole, at] of broken) {
      const wrong = Buffer.from(whole);
      wrong.writeUInt16BE(wrong.readUInt16BE(at) ^ 0x5555, at);
      const passed = ignoring.one(wrong);
      expect(passed).toBeInstanceOf(Buffer);
      expect((passed as Buffer).readUInt16BE(at)).not.toBe(wrong.readUInt16BE(at));
      expect(verifying.one(wrong)).toMatch(/checksum/);
      expect(verifying.one(whole)).toEqual(passed);
    }
  });
});

describe("a verdict that asks for quarantine", () => {
  it("does nothing where the policy has none, and protects nobody where nobody is protected", async () => {
    const rule = "- { name: a, action: allow, protocol: udp, from: any, to: any, ports: 5000 }";
    const verdict = verdictOf("QUARANTINE_SOURCE", { detector: 3 });
    const none = await Guard.under(policyWith(rule));
    expect(none.one(udp4(), { verdict })).toBeInstanceOf(Buffer);
    const one = await Guard.under(policyWith(rule, "quarantine: { for: 10s, per-minute: 2 }\n"));
    one.run([{ frame: udp4(), verdict }]);
    expect(one.one(udp4(), { time: 2n * SECOND })).toBe("quarantine");
  });
});

describe("Chapter 10 at every byte", () => {
  const ALL = `- { name: all, action: allow, rt: 0-31, sa: 1-30, direction: receive, words: 1-32 }
- { name: answers, action: allow, rt: 0-30, sa: 1-30, direction: transmit, words: 1-32 }
- { name: elsewhere, action: allow, channel: 7, rt: 0-31, direction: receive, mode: any }
- { name: few, action: allow, rt: 0-31, sa: 1-30, direction: receive, words: 1-32, from: { rt: 0-30, sa: 2 } }`;
  let messages: ReturnType<typeof bus>;
  beforeAll(() => {
    messages = bus(5, 0.3);
  });
  const payloadOf = (bytes: Buffer) => bytes.subarray(42);

  for (const format of [1, 2, 3] as const)
    for (const checksum of [0, 8, 16, 32] as const)
      it(`format ${format}, checksum of ${checksum} bits: damaged or cut, nothing wrong is let out`, async () => {
        const guard = await Guard.under(under(ALL));
        const secondary = checksum === 16 || format === 3;
        const records = stream({ format, checksum, secondary, of: messages });
        const known = new Set(messagesOf(guard.run(records).frames).map(({ words }) => words.join()));
        expect(known.size).toBeGreaterThan(3);
        const originals = new Set(messages.map(({ words }) => words.join()));
        for (const { frame: whole } of records.slice(0, 3)) {
          const payload = payloadOf(Buffer.from(whole!));
          const damaged: Buffer[] = [];
          for (let at = 0; at < payload.length; at++) {
            const bytes = Buffer.from(payload);
            bytes[at]! ^= 1 << (at & 7);
            damaged.push(bytes);
            if (at < 120) damaged.push(payload.subarray(0, at));
          }
          for (const [id, bytes] of damaged.entries()) {
            const { frames } = guard.run([
              { frame: frame(bytes, STREAM, id), time: 100n * SECOND + BigInt(id) * 1_000_000n },
            ]);
            // A sum over all data lets no change of one bit through
            if (checksum !== 0)
              for (const { words } of messagesOf(frames)) expect(originals.has(words.join())).toBe(true);
          }
        }
      });
});
