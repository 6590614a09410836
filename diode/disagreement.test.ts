// What the two checkers do not agree on does not leave, whichever of them is wrong: each of the faults here is in the tables of
// one of them, in a policy whose digest is right, and nothing else changes the other's mind.
import { describe, expect, it } from "vitest";
import { Part, packPart, Tag } from "../appliance/contract/config.ts";
import type { BusMessage } from "../mil1553/simulator/message.ts";
import { COUNTER_START } from "../mil1553/simulator/run.ts";
import { Step } from "./generated/second.ts";
import { compilePolicyText } from "./policy.ts";
import { Guard, policyWith, type RecordInit, SECOND, sectionsOf, withSection } from "./testing/guard.ts";
import { ALL, bus, messagesOf, stream, under } from "./testing/stream.ts";
import { udp4 } from "./testing/vectors.ts";

const RULE = "- { name: one, action: allow, protocol: udp, from: 10.0.0.0/8, to: any, ports: 5000 }";
const partOf = (yaml: string) => compilePolicyText(yaml, "policy.yaml").parts.guard;
const plain = partOf(policyWith(RULE));

// ../onboard/second.ts, Op and Step
const [TEST, KEEP, MOVE, LENGTH, SUM] = [0, 1, 3, 4, 7] as const;
const [OFFSET, LOW, HIGH] = [4, 16, 20];
const DST_LO = 6;
type Change = (step: Buffer) => void;

/** The policy with one step of the second checker's program changed: the `nth` for which the test holds. */
function stepChanged(is: (step: Buffer) => boolean, change: Change, part = plain, nth = 0): Uint8Array {
  return withSection(part, Tag.FORMATS, (program) => {
    const steps = Array.from({ length: program.length / Step.SIZE }, (_, n) =>
      program.subarray(n * Step.SIZE, (n + 1) * Step.SIZE),
    ).filter(is);
    expect(steps.length).toBeGreaterThan(nth);
    change(steps[nth]!);
  });
}
const op = (code: number) => (step: Buffer) => step[0] === code;
const u32 =
  (at: number, value: number): Change =>
  (step) =>
    step.writeUInt32LE(value, at);

// REQ-FILTER-002
describe("a frame that the first checker lets out stays here when the second", () => {
  const wrong: [string, Uint8Array][] = [
    ["reads behind its end", stepChanged(op(TEST), (step) => step.writeUInt16LE(60_000, OFFSET))],
    ["moves behind its end", stepChanged(op(MOVE), u32(LOW, 60_000), plain, 1)],
    ["thinks its packet longer", stepChanged(op(LENGTH), u32(LOW, 60_000))],
    ["thinks its packet shorter, and more behind it than padding", stepChanged(op(LENGTH), u32(LOW, 0xfffffff0))],
    ["sums over more than there is", stepChanged(op(SUM), u32(LOW, 60_000))],
    ["sums over less", stepChanged(op(SUM), u32(LOW, 18))],
    [
      "takes the source for the destination",
      stepChanged(
        (s) => op(KEEP)(s) && s[2] === DST_LO,
        (s) => s.writeUInt16LE(12, OFFSET),
      ),
    ],
    ["wants another value", stepChanged((s) => op(TEST)(s) && s.readUInt32LE(LOW) === 0x45, u32(LOW, 0x46))],
    ["has another rule for it", partOf(policyWith(`- { name: no, action: deny, from: 10.0.0.5 }\n${RULE}`))],
  ];
  it.each(wrong)("%s", async (name, part) => {
    let policy = part;
    // The first does not know of the rule that the second goes by
    if (name.startsWith("has")) policy = withSection(part, Tag.RULES, (rules) => rules.writeUInt8(1, 1));
    const guard = await Guard.under(policy);
    expect(guard.one(udp4({ size: 60 }))).toBe("checkers");
  });

  it("has a shorter padding in mind", async () => {
    const short = stepChanged(op(LENGTH), u32(HIGH, 20));
    expect((await Guard.under(short)).one(udp4({ size: 4 }))).toBe("checkers");
    expect((await Guard.under(plain)).one(udp4({ size: 4 }))).toBeInstanceOf(Buffer);
  });

  it("looks at checksums that the first ignores", async () => {
    const deaf = withSection(plain, Tag.SETTINGS, (settings) => settings.writeUInt32LE(1, 16));
    const bad = udp4();
    bad[41]! ^= 1;
    expect((await Guard.under(deaf)).one(bad)).toBe("checkers");
    expect((await Guard.under(deaf)).one(udp4())).toBeInstanceOf(Buffer);
    const ignoring = await Guard.under(partOf(`${policyWith(RULE)}checksums: ignore\n`));
    expect(ignoring.one(bad)).toEqual((await Guard.under(plain)).one(udp4()));
  });
});

it("rules behind the 64th are the second checker's too", async () => {
  const many = Array.from(
    { length: 70 },
    (_, n) => `- { name: r${n}, action: ${n % 2 ? "allow" : "deny"}, protocol: udp, ports: ${5000 + n} }`,
  );
  const guard = await Guard.under(
    policyWith(many.join("\n").replaceAll("allow, protocol: udp", "allow, protocol: udp, from: any, to: any")),
  );
  const got = Array.from({ length: 70 }, (_, n) =>
    guard.one(udp4({ dport: 5000 + n }), { time: BigInt(2 * n + 1) * SECOND }),
  );
  expect(got.map((one) => (typeof one === "string" ? one : "passes"))).toEqual(
    got.map((_, n) => (n % 2 ? "passes" : `rule:r${n}`)),
  );
});

// REQ-FILTER-018
describe("1553 messages that the first checker lets out stay here when the second", () => {
  const messages = bus(7, 0.2);
  const records: RecordInit[] = stream({ of: messages });
  const part = partOf(under(ALL));
  const tables = (change: (tables: Buffer) => void) => withSection(part, Tag.MESSAGE_TABLES, change);

  it("knows another rule for them", async () => {
    // Two rules allow the same: the first checker's first one is made to match nothing
    const two = partOf(
      under(
        "- { name: a, action: allow, rt: 5, sa: 1, direction: transmit, words: 1-32 }\n- { name: b, action: allow, rt: 5, sa: 1, direction: transmit, words: 1-32 }",
      ),
    );
    const before = messagesOf((await Guard.under(two)).run(records).frames);
    expect(before.length).toBeGreaterThan(5);
    const other = withSection(two, Tag.MESSAGES, (rules) => rules.writeUInt32LE(0, 4));
    const output = (await Guard.under(other)).run(records);
    expect(messagesOf(output.frames)).toEqual([]);
    expect(output.events.map(({ json }) => json.drop?.reason)).toContain("checkers");
  });

  it("allows none, or sees another channel", async () => {
    for (const damaged of [tables((t) => t.fill(0, 0, 8)), tables((t) => t.fill(0, 1640, 1648))]) {
      const output = (await Guard.under(damaged)).run(records);
      expect(messagesOf(output.frames)).toEqual([]);
      expect(output.events.map(({ json }) => json.drop?.reason)).toContain("checkers");
    }
  });

  it("has no tables at all", async () => {
    const none = sectionsOf(part).map((one) =>
      one.tag === Tag.MESSAGE_TABLES ? { ...one, bytes: Buffer.alloc(0) } : one,
    );
    const output = (await Guard.under(packPart(Part.GUARD, none))).run(records);
    expect(output.frames).toEqual([]);
    expect(output.events.map(({ json }) => json.drop?.reason)).toContain("checkers");
  });

  const one = partOf(
    under(
      "- { name: one, action: allow, channel: 2, rt: 5, sa: 1, direction: transmit, words: 1-2, data: [{ word: 1, range: 0-65535 }, { word: 1, step: 100 }] }",
    ),
  );
  const CHECKS = 24;
  /** Of the two checks in the tables: u16 rule, u16 word, u32 mask, bias, low, high, step. */
  const checked = (change: (range: Buffer, step: Buffer) => void) =>
    withSection(one, Tag.MESSAGE_TABLES, (t) =>
      change(t.subarray(t.length - 2 * CHECKS, t.length - CHECKS), t.subarray(t.length - CHECKS)),
    );
  const said = (time: number, ...data: number[]): BusMessage => ({
    ...{ channel: 2, time: COUNTER_START + time * 10_000, blockStatus: 0, gap1: 0, gap2: 0 },
    words: [(5 << 11) | 0x400 | (1 << 5) | data.length, 5 << 11, ...data],
  });
  it.each([
    ["a larger word", (range: Buffer) => range.writeUInt32LE(11, 12), 1],
    ["a smaller word", (range: Buffer) => range.writeUInt32LE(9, 16), 1],
    ["a word that is not there", (range: Buffer) => range.writeUInt16LE(1, 2), 1],
    ["smaller steps", (_: Buffer, step: Buffer) => step.writeUInt32LE(3, 20), 2],
  ] as const)("wants %s", async (_, change, count) => {
    const data = stream({ of: [said(0, 10), said(1, 20)].slice(0, count) });
    expect(messagesOf((await Guard.under(one)).run(data).frames)).toHaveLength(count);
    const output = (await Guard.under(checked(change))).run(data);
    expect(messagesOf(output.frames)).toEqual([]);
    expect(output.events.map(({ json }) => json.drop?.reason)).toContain("checkers");
  });
});
