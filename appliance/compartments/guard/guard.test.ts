// guard behind the ABI: batches, buffers, time, counters, and what it refuses.
import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { beforeAll, describe, expect, it } from "vitest";
import { compilePolicyText } from "../../../diode/policy.ts";
import {
  type Event,
  end,
  Guard,
  type Output,
  pack,
  policyWith,
  type RecordInit,
  SECOND,
  stats,
  withSection,
} from "../../../diode/testing/guard.ts";
import { DAMAGED_POLICY, DAMAGES, EDGES } from "../../../diode/testing/scenarios.ts";
import { tcp4, udp4, VECTOR_POLICY, VECTORS } from "../../../diode/testing/vectors.ts";
import { hasShared, sharedPath } from "../../../lib/testing/shared.ts";
import { RecordKind } from "../../contract/abi.ts";

const MILLISECOND = 1_000_000n;
const ONE = "- { name: one, action: allow, protocol: udp, from: any, to: any, ports: 5000 }";
const partOf = (yaml: string) => compilePolicyText(yaml, "policy.yaml").parts.guard;
const tick = (time: bigint): RecordInit => ({ kind: RecordKind.TICK, time });
const drops = (output: Output) => output.events.filter(({ json }) => json.event_type === "drop");
type Counter = { rule: string; action: string; frames: number; limited?: number };
const counters = (output: Output) =>
  output.events.filter(({ json }) => json.event_type === "weir_rules").flatMap(({ json }) => json.rules as Counter[]);

/** Traffic of all kinds, some of it at the same time. */
const mixed = (count: number): RecordInit[] =>
  Array.from({ length: count }, (_, n) => {
    const vector = VECTORS[(n * 37) % VECTORS.length]!;
    return { ...vector, time: 1_000n * SECOND + BigInt(n) * 7n * MILLISECOND };
  });

describe("configure", () => {
  // REQ-FILTER-014
  it("refuses every single-bit change of a policy", async () => {
    const part = partOf(policyWith(ONE));
    const guard = await Guard.bare();
    for (let bit = 0; bit < part.length * 8; bit++) {
      const changed = part.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      if (guard.configure(changed) === "accepted") expect.fail(`accepted with bit ${bit} changed`);
    }
    expect(guard.configure(part)).toBe("accepted");
  });

  it("refuses what is not a whole policy, another compartment's part, and a second policy", async () => {
    const guard = await Guard.bare();
    const parts = compilePolicyText(policyWith(ONE), "policy.yaml").parts;
    expect(guard.configure(new Uint8Array(0))).toBe("missing");
    expect(guard.configure(parts.inspect)).toBe("out of range");
    expect(guard.configure(parts.guard.subarray(0, 200))).toBe("of another length than it says");
    expect(guard.configure(parts.guard)).toBe("accepted");
    expect(guard.configure(parts.guard)).toBe("out of range");
  });

  // REQ-FILTER-015
  it("refuses fields out of their range though the digest is right", async () => {
    for (const { tag, at, bytes } of DAMAGES) {
      const guard = await Guard.bare();
      const changed = withSection(partOf(DAMAGED_POLICY), tag, (section) => section.set(bytes, at));
      expect(guard.configure(changed), `tag ${tag} at ${at}: ${bytes}`).toBe("out of range");
    }
  });

  it("accepts fields at the ends of their range", async () => {
    for (const part of EDGES) expect((await Guard.bare()).configure(part)).toBe("accepted");
  });

  // REQ-FILTER-017
  it("processes nothing before it has a policy", async () => {
    const guard = await Guard.bare();
    guard.input.set(pack([{ frame: udp4() }]).bytes);
    expect(() => guard.exports.run(0, 96)).toThrow(WebAssembly.RuntimeError);
    guard.configure(new Uint8Array(64));
    expect(() => guard.exports.run(0, 96)).toThrow(WebAssembly.RuntimeError);
  });

  // REQ-FILTER-001
  it("lets nothing pass when there are no rules", async () => {
    const guard = await Guard.under(policyWith(""));
    for (const { frame, name, ...record } of VECTORS)
      expect(guard.one(frame, { ...record, time: (record.number ?? 1n) * SECOND }), name).toBeTypeOf("string");
  });
});

describe("run", () => {
  // REQ-IMAGE-011
  it("gives the same however the records are batched", async () => {
    const records = [...mixed(600), end(1_010n * SECOND)];
    const whole = flat((await Guard.under(VECTOR_POLICY)).run(records));
    for (const size of [1, 2, 7, 100]) {
      const guard = await Guard.under(VECTOR_POLICY);
      const parts: ReturnType<typeof flat> = { frames: [], events: [] };
      for (let n = 0; n < records.length; n += size) {
        const { frames, events } = flat(
          guard.run(records.slice(n, n + size).map((r, m) => ({ ...r, number: BigInt(n + m + 1) }))),
        );
        parts.frames.push(...frames);
        parts.events.push(...events);
      }
      expect(parts).toEqual(whole);
    }
  });

  it("stops early when frames fill up, and finishes at least one record each time", async () => {
    const guard = await Guard.under(
      policyWith("- { name: a, action: allow, protocol: udp, from: any, to: any, ports: 1 }", "", ", mtu: 9000"),
    );
    const records = Array.from({ length: 14 }, () => ({ frame: udp4({ dport: 1, size: 8972 }) }));
    const { bytes, offsets } = pack(records);
    guard.input.set(bytes);
    const stop = guard.exports.run(0, bytes.length);
    expect(stop).toBeGreaterThan(0);
    expect(stop).toBeLessThan(bytes.length);
    expect(offsets).toContain(stop);
    const { frames } = (
      await Guard.under(
        policyWith("- { name: a, action: allow, protocol: udp, from: any, to: any, ports: 1 }", "", ", mtu: 9000"),
      )
    ).run(records);
    expect(frames.map(({ record }) => record)).toEqual(offsets);
  });

  it("takes an empty batch, and one that fills input to the last byte", async () => {
    const guard = await Guard.under(policyWith(ONE));
    expect(guard.exports.run(0, 0)).toBe(0);
    const records = Array.from({ length: 1366 }, () => ({ frame: udp4() })); // 96 bytes each
    const { bytes } = pack([...records.slice(0, 1365), { kind: RecordKind.TICK }]);
    expect(bytes.length).toBe(131072);
    expect(guard.runBytes(bytes).frames).toHaveLength(1365);
  });

  it("traps on records that do not fit in what it was given", async () => {
    const { bytes } = pack([{ frame: udp4() }]);
    for (const [from, to] of [
      [0, bytes.length - 8],
      [0, 16],
      [8, 0],
      [0, 131080],
      [0, 4],
      [4, 8],
    ] as const) {
      const guard = await Guard.under(policyWith(ONE));
      guard.input.set(bytes);
      expect(() => guard.exports.run(from, to), `${from}..${to}`).toThrow(WebAssembly.RuntimeError);
    }
    const guard = await Guard.under(policyWith(ONE));
    const wild = Buffer.from(bytes);
    wild.writeUInt32LE(0xffffffff, 16);
    guard.input.set(wild);
    expect(() => guard.exports.run(0, wild.length)).toThrow(WebAssembly.RuntimeError);
  });

  it("keeps what 128 records say within what the journal takes with inspect's events", async () => {
    // The worst there is: many rules with long names, every record of another second, each a drop of another kind.
    const rules = Array.from(
      { length: 128 },
      (_, n) =>
        `- { name: ${`long-name-of-a-rule-${n}`.padEnd(31, "x")}, action: deny, protocol: udp, ports: ${n + 1} }`,
    );
    const guard = await Guard.under(policyWith(rules.join("\n")));
    for (let round = 0; round < 4; round++) {
      let bytes = 0;
      for (let n = 0; n < 128; n++) {
        const time = BigInt(round * 128 + n + 1) * 2n * SECOND;
        const last = round === 3 && n === 127;
        guard.input.set(pack([last ? end(time) : { frame: udp4({ dport: 1 + n }), time }]).bytes);
        guard.exports.run(0, last ? 32 : 96);
        bytes += guard.exports.eventsLength();
      }
      expect(bytes).toBeLessThan(131072 - 8 - 32768);
      expect(bytes).toBeGreaterThan(30_000);
    }
  });
});

function flat({ frames, events }: Output) {
  return {
    frames: frames.map(({ frame }) => frame.toString("hex")),
    events: events.map(({ raw, text, severity }) => `${severity} ${raw} ${text}`),
  };
}

describe("time", () => {
  // REQ-LOG-008
  it("beats once at each boundary of a second that a record reaches, whatever was skipped, and at the end", async () => {
    const guard = await Guard.under(policyWith(ONE));
    const at = (ms: number) => BigInt(ms) * MILLISECOND;
    const output = guard.run([
      tick(at(1500)),
      tick(at(1999)),
      tick(at(2000)),
      tick(at(2001)),
      tick(at(60_000)),
      tick(at(60_999)),
      tick(at(61_000)),
      end(at(61_001)),
    ]);
    expect(output.events.filter(({ kind }) => kind === 1).map(({ record }) => record / 32)).toEqual([2, 4, 6, 7]);
  });

  it("jumps ahead with its clock: rates have their burst, and no rule lets anything else pass", async () => {
    const guard = await Guard.under(policyWith(`${ONE.replace(" }", ", rate: 1/s, burst: 2 }")}`));
    const far = (1n << 63n) - 1n;
    const outcome = [udp4(), udp4(), udp4(), udp4({ dport: 80 })].map((frame) => guard.one(frame, { time: far }));
    expect(outcome.map((o) => (typeof o === "string" ? o : "passes"))).toEqual([
      "passes",
      "passes",
      "rate:one",
      "default",
    ]);
  });
  // REQ-FILTER-016
  it("stands still while a clock goes backwards: rates do not recover, quarantine does not end early", async () => {
    const guard = await Guard.under(policyWith(`${ONE.replace(" }", ", rate: 1/s }")}`));
    expect(guard.one(udp4(), { time: 100n * SECOND })).not.toBeTypeOf("string");
    expect(guard.one(udp4(), { time: 50n * SECOND })).toBe("rate:one");
    const output = guard.run([{ frame: udp4(), time: 101n * SECOND }, end(101n * SECOND)]);
    expect(output.frames).toHaveLength(1);
    expect(stats(output).at(-1)!.backwards).toBe(1);
  });
});

describe("rates", () => {
  const sent = async (policy: string, times: number[]) => {
    const guard = await Guard.under(policy);
    const output = guard.run([
      ...times.map((ms) => ({ frame: udp4(), time: BigInt(ms) * MILLISECOND })),
      end(1_000_000n * SECOND),
    ]);
    return { passed: output.frames.map(({ record }) => times[record / 96]), output };
  };

  // REQ-FILTER-008
  it("a rule's: evenly, without saving up what was not used", async () => {
    const { passed, output } = await sent(
      policyWith(ONE.replace(" }", ", rate: 10/s }")),
      [1000, 1099, 1100, 1150, 1199, 1200, 5000, 5050, 5100],
    );
    expect(passed).toEqual([1000, 1100, 1200, 5000, 5100]);
    expect(counters(output).findLast(({ rule }) => rule === "one")).toEqual({
      rule: "one",
      action: "allow",
      frames: 5,
      limited: 4,
    });
    expect(counters(output).findLast(({ rule }) => rule === "rate")).toEqual({
      rule: "rate",
      action: "drop",
      frames: 4,
    });
  });
  it("with a burst: as many at once, then evenly", async () => {
    const { passed } = await sent(
      policyWith(ONE.replace(" }", ", rate: 10/s, burst: 3 }")),
      [1000, 1000, 1000, 1000, 1100, 1101, 1200, 9000, 9000, 9000, 9000],
    );
    expect(passed).toEqual([1000, 1000, 1000, 1100, 1200, 9000, 9000, 9000]);
  });
  // REQ-FILTER-008
  it("of out: over all rules", async () => {
    const policy = policyWith(
      `${ONE}\n${ONE.replace("one", "two").replace("5000", "80").replace("udp", "tcp")}`,
      "",
      ", rate: 2/s",
    );
    const guard = await Guard.under(policy);
    const outcome = [udp4(), tcp4(), udp4(), tcp4()].map((frame, n) =>
      guard.one(frame, { time: SECOND + BigInt(n * 250) * MILLISECOND }),
    );
    expect(outcome.map((o) => (typeof o === "string" ? o : "passes"))).toEqual([
      "passes",
      "shaping",
      "passes",
      "dropped without an event",
    ]);
  });
});

describe("counters", () => {
  // REQ-FILTER-007
  it("every frame is forwarded or dropped for one reason: 1,000,000 frames", async () => {
    const guard = await Guard.under(VECTOR_POLICY);
    const records = mixed(1000);
    const { bytes } = pack(records);
    let forwarded = 0;
    for (let round = 0; round < 1000; round++) {
      for (let at = 0, from = 0; at < bytes.length; from = at) {
        // Batches of what fits into input.
        const batch = sizeOfBatch(bytes, from);
        guard.input.set(bytes.subarray(from, from + batch));
        for (let done = 0; done < batch; ) {
          done = guard.exports.run(done, batch);
          forwarded += frameCount(guard);
        }
        at = from + batch;
      }
    }
    const output = guard.run([end(2_000n * SECOND)]);
    const last = stats(output).at(-1)!;
    expect(last).toMatchObject({ frames: 1_000_000, forwarded, dropped: 1_000_000 - forwarded });
    const sum = counters(output).reduce((n, { frames }) => n + frames, 0);
    expect(sum).toBe(1_000_000);
    expect(
      counters(output)
        .filter(({ action }) => action === "allow")
        .reduce((n, { frames }) => n + frames, 0),
    ).toBe(forwarded);
    const expected =
      records.filter(({ expected }: RecordInit & { expected?: string }) => expected === "passes").length * 1000;
    expect(forwarded).toBe(expected);
  });

  it("are reported when they change, and all at the end", async () => {
    const guard = await Guard.under(VECTOR_POLICY);
    const at = (s: number) => BigInt(s) * SECOND;
    const first = guard.run([
      { frame: udp4(), time: at(1) },
      tick(at(2)),
      tick(at(3)),
      { frame: udp4({ dport: 1 }), time: at(3) },
      tick(at(4)),
    ]);
    expect(first.events.filter(({ json }) => json.event_type === "weir_rules").map(({ json }) => json.rules)).toEqual([
      [{ rule: "telemetry", action: "allow", frames: 1 }],
      [{ rule: "default", action: "drop", frames: 1 }],
    ]);
    const last = guard.run([end(at(5))]);
    expect(counters(last)).toEqual([
      { rule: "default", action: "drop", frames: 1 },
      { rule: "telemetry", action: "allow", frames: 1 },
    ]);
  });

  it("name the policy they are under", async () => {
    const part = partOf(VECTOR_POLICY);
    const output = (await Guard.under(part)).run([end(SECOND)]);
    expect(stats(output)[0]!.policy).toBe(Buffer.from(part.subarray(16, 24)).toString("hex"));
  });
});

/** Whole records from `from` on that fit into guard's input. */
function sizeOfBatch(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length) {
    const next = at + 32 + ((bytes.readUInt32LE(at + 16) + 7) & ~7);
    if (next - from > 131072) break;
    at = next;
  }
  return at - from;
}

function frameCount(guard: Guard): number {
  const view = new DataView(guard.exports.memory.buffer, guard.exports.framesAt(), guard.exports.framesLength());
  let count = 0;
  for (let at = 0; at < view.byteLength; at += 16 + ((view.getUint32(at, true) + 7) & ~7)) count++;
  return count;
}

describe("drop events", () => {
  it("one a second for each reason and each rule; the others are counted", async () => {
    const guard = await Guard.under(VECTOR_POLICY);
    const at = (ms: number) => 10n * SECOND + BigInt(ms) * MILLISECOND;
    const output = guard.run([
      ...[0, 1, 999, 1000, 1001].map((ms) => ({ frame: udp4({ dport: 1 }), time: at(ms) })),
      { frame: udp4({ src: "10.0.0.66" }), time: at(1002) },
      { frame: tcp4({ dport: 22 }), time: at(1003) },
      end(at(1004)),
    ]);
    expect(drops(output).map(({ json }) => [Number(json.pcap_cnt), json.drop!.reason])).toEqual([
      [1, "default"],
      [4, "default"],
      [6, "rule:no-bad"],
      [7, "rule:no-admin"],
    ]);
    expect(stats(output).at(-1)!.suppressed).toBe(3);
    expect(drops(output).map(({ text }) => text)).toEqual([
      "drop default 10.0.0.5 4000 -> 10.0.1.9 1 UDP (first of its kind)",
      "",
      "drop rule:no-bad 10.0.0.66 4000 -> 10.0.1.9 5000 UDP (first of its kind)",
      "drop rule:no-admin 10.0.0.5 4000 -> 10.0.1.9 22 TCP (first of its kind)",
    ]);
  });

  const hasSchema = hasShared("eve", "suricata-schema.json");
  let validate: ValidateFunction;
  beforeAll(() => {
    if (!hasSchema) return;
    const schema = readFileSync(sharedPath("eve", "suricata-schema.json"), "utf8");
    validate = new Ajv({ strict: false }).compile(JSON.parse(schema));
  });
  it.runIf(hasSchema)("are what Suricata's schema allows", async () => {
    const guard = await Guard.under(VECTOR_POLICY);
    const seen = new Set<string>();
    for (const [n, vector] of VECTORS.entries()) {
      const { events } = guard.run([{ ...vector, time: BigInt(2 * n + 2) * SECOND }]);
      for (const { json } of events.filter((event: Event) => event.json.event_type === "drop")) {
        seen.add(json.drop!.reason);
        expect(validate(json), `${JSON.stringify(json)} ${JSON.stringify(validate.errors)}`).toBe(true);
      }
    }
    expect(seen.size).toBeGreaterThan(20);
  });
});
