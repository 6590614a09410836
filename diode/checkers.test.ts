import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { Rule, RuleAction, Tag } from "../appliance/contract/config.ts";
import { checksum } from "../fixtures/frames.ts";
import { instantiateOnboard } from "../lib/asc.ts";
import { type ExportsOf, exportsOf } from "../lib/exports.ts";
import { Program } from "./policy/formats.ts";
import { compilePolicyText } from "./policy.ts";
import { Guard, policyWith, withSection } from "./testing/guard.ts";
import { VECTOR_POLICY, VECTORS } from "./testing/vectors.ts";

type Probe = ExportsOf<"diode/onboard/checkers.probe.ts">;
const guardPart = (yaml: string) => compilePolicyText(yaml, "policy.yaml").parts.guard;

async function probe(yaml: string): Promise<Probe> {
  const e = (await instantiateOnboard("diode/onboard/checkers.probe.ts")).exports;
  const part = guardPart(yaml);
  put(e, part);
  expect(e.configure(part.length)).toBe(0);
  return e;
}
const put = (e: Probe, bytes: Uint8Array) => new Uint8Array(e.memory.buffer).set(bytes, e.at());

let e: Probe;
beforeAll(async () => {
  e = await probe(VECTOR_POLICY);
});

/** Both checkers' answers, which must be the same. */
function agreed(frame: Uint8Array): number {
  put(e, frame);
  const first = e.askFirst(frame.length);
  expect(e.askSecond(frame.length), Buffer.from(frame).toString("hex")).toBe(first);
  return first;
}

// REQ-FILTER-002
describe("the two checkers", () => {
  it("agree on every vector", () => {
    for (const { frame } of VECTORS) agreed(frame);
  });

  it("agree after a change of any one bit of any vector", () => {
    for (const { frame, name } of VECTORS) {
      put(e, frame);
      expect(e.disagreements(frame.length), name).toBe(0);
    }
  });

  it("agree at every length of every vector", () => {
    for (const { frame } of VECTORS) for (let n = 0; n < frame.length; n++) agreed(frame.subarray(0, n));
  });

  it("agree on frames changed in several places whose checksums were made right again", () => {
    const good = VECTORS.filter(({ frame }) => frame.length >= 34).map(({ frame }) => frame);
    const change = fc.tuple(
      fc.nat(90),
      fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x45, 6, 17, 1, 58)),
    );
    let passed = 0;
    fc.assert(
      fc.property(fc.constantFrom(...good), fc.array(change, { minLength: 1, maxLength: 5 }), (frame, changes) => {
        const bytes = Buffer.from(frame);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        makeRight(bytes);
        if (agreed(bytes) >= 0) passed++;
      }),
      { seed: 3, numRuns: 60_000 },
    );
    expect(passed).toBeGreaterThan(2000); // or the frames would say little
  });

  it("agree under policies made at random", async () => {
    const module = new WebAssembly.Module(await wasm());
    fc.assert(
      fc.property(policies, (yaml) => {
        const fresh = exportsOf<"diode/onboard/checkers.probe.ts">(module);
        const part = guardPart(yaml);
        put(fresh, part);
        expect(fresh.configure(part.length)).toBe(0);
        for (const { frame, name } of VECTORS) {
          put(fresh, frame);
          expect(fresh.askSecond(frame.length), `${name} under\n${yaml}`).toBe(fresh.askFirst(frame.length));
        }
      }),
      { seed: 4, numRuns: 150 },
    );
  });
});

async function wasm(): Promise<Uint8Array<ArrayBuffer>> {
  const { readFileSync } = await import("node:fs");
  const { compileOnboard } = await import("../lib/asc.ts");
  return readFileSync(await compileOnboard("diode/onboard/checkers.probe.ts"));
}

/** Rules whose lists are drawn from values at which the vectors' fields lie, or lie beside. */
const policies = (() => {
  const v4 = fc.constantFrom(
    "10.0.0.5",
    "10.0.0.0/24",
    "10.0.0.64/29",
    "10.0.1.9",
    "10.0.1.8/31",
    "0.0.0.0/1",
    "0.0.0.0/0",
    "239.0.0.0/8",
  );
  const v6 = fc.constantFrom(
    '"fd00::/64"',
    '"fd00::5"',
    '"fd00:1::9"',
    '"fd00:1::8/127"',
    '"::/0"',
    '"8000::/1"',
    '"fd00:1::/32"',
  );
  const addresses = fc.array(fc.oneof(v4, v6), { minLength: 1, maxLength: 3 }).map((list) => `[${list.join(", ")}]`);
  const any = fc.oneof(addresses, fc.constant("any"));
  const ports = fc.array(fc.constantFrom("5000", "4999-5001", "1-65535", "22", "80", "5002-5003", "7777"), {
    minLength: 1,
    maxLength: 3,
  });
  const vlan = fc.constantFrom("", ", vlan: any", ", vlan: 12", ", vlan: [untagged, 10-12]");
  const size = fc.constantFrom("", ", size: 4-20", ", size: 20", ", size: 21-100");
  const ported = fc
    .tuple(fc.constantFrom("udp", "tcp"), ports)
    .map(([p, list]) => `protocol: ${p}, ports: [${list.join(", ")}]`);
  const protocol = fc.oneof(
    ported,
    fc.constantFrom("protocol: icmp", "protocol: icmp6", "protocol: 50", "protocol: icmp, types: echo-reply"),
  );
  const rule = fc.tuple(fc.constantFrom("allow", "deny"), protocol, any, any, vlan, size);
  return fc
    .array(rule, { minLength: 1, maxLength: 12 })
    .map((rules) =>
      policyWith(
        rules
          .map(
            ([action, p, from, to, v, s], n) =>
              `- { name: r${n}, action: ${action}, ${p}, from: ${from}, to: ${to}${v}${s} }`,
          )
          .join("\n"),
      ),
    )
    .filter(compiles);
})();

/** Whether the lists go together: some draws mix address families. */
function compiles(yaml: string): boolean {
  try {
    guardPart(yaml);
    return true;
  } catch {
    return false;
  }
}

/** Writes right checksums wherever the frame still has a header to write them to. */
function makeRight(bytes: Buffer): void {
  const at = bytes.readUInt16BE(12) === 0x8100 ? 18 : 14;
  const type = bytes.readUInt16BE(at - 2);
  if (type === 0x0800 && bytes.length >= at + 20) {
    bytes.writeUInt16BE(0, at + 10);
    bytes.writeUInt16BE(checksum(bytes.subarray(at, at + 20)), at + 10);
    transport(
      bytes.subarray(at + 20, at + bytes.readUInt16BE(at + 2)),
      bytes[at + 9]!,
      bytes.subarray(at + 12, at + 20),
    );
  } else if (type === 0x86dd && bytes.length >= at + 40)
    transport(
      bytes.subarray(at + 40, at + 40 + bytes.readUInt16BE(at + 4)),
      bytes[at + 6]!,
      bytes.subarray(at + 8, at + 40),
    );
}

function transport(segment: Buffer, protocol: number, addresses: Buffer): void {
  const field = { 17: 6, 6: 16, 1: 2, 58: 2 }[protocol];
  if (field === undefined || segment.length < field + 2) return;
  const pseudo = Buffer.concat([addresses, Buffer.from([0, protocol, segment.length >> 8, segment.length & 255])]);
  segment.writeUInt16BE(0, field);
  segment.writeUInt16BE(checksum(protocol === 1 ? Buffer.alloc(0) : pseudo, segment) || 0xffff, field);
}

// REQ-FILTER-002
describe("breaking one checker stops all forwarding", () => {
  const reasons = async (part: Uint8Array) => {
    const guard = await Guard.under(part);
    return VECTORS.filter(({ expected }) => expected === "passes").map(({ frame }, n) =>
      guard.one(frame, { time: BigInt(n * 2 + 2) * 1_000_000_000n }),
    );
  };

  it("the second: tables that allow nothing", async () => {
    const part = withSection(guardPart(VECTOR_POLICY), Tag.TABLES, (bytes) => bytes.fill(0, 0, 16));
    expect(new Set(await reasons(part))).toEqual(new Set(["checkers"]));
  });

  it("the second: a program that refuses at once", async () => {
    const part = withSection(guardPart(VECTOR_POLICY), Tag.FORMATS, (bytes) => bytes.set([0xff, 0xff], 6));
    expect(new Set(await reasons(part))).toEqual(new Set(["checkers"]));
  });

  it("the first: rules that all deny", async () => {
    const part = withSection(guardPart(VECTOR_POLICY), Tag.RULES, (bytes) => {
      for (let at = 0; at < bytes.length; at += Rule.SIZE) bytes[at] = RuleAction.DENY;
    });
    for (const reason of await reasons(part)) expect(reason).toMatch(/^rule:/);
  });

  it("the first: rules that allow everything open nothing", async () => {
    const part = withSection(guardPart(VECTOR_POLICY), Tag.RULES, (bytes) => {
      for (let at = 0; at < bytes.length; at += Rule.SIZE) {
        bytes.fill(0, at + 8, at + 32); // no lists: everything matches
        bytes[at] = RuleAction.ALLOW;
        bytes[at + 1] = 17;
      }
    });
    const guard = await Guard.under(part);
    for (const [n, { frame, expected }] of VECTORS.entries())
      if (expected !== "passes")
        expect(guard.one(frame, { time: BigInt(n * 2 + 2) * 1_000_000_000n })).toBeTypeOf("string");
  });
});

it("a program of the second checker jumps to one place for each name, and never back", () => {
  const program = () => new Program().label("a").set(0, 1);
  expect(() => program().label("a")).toThrow(new Error("format: a is there already"));
  expect(() => program().when({ offset: 0, width: 1 }, 0, 0, "a").pack()).toThrow(
    new Error("format: a is not behind line 1"),
  );
  expect(() => program().when({ offset: 0, width: 1 }, 0, 0, "b").label("b").set(0, 1).pack()).not.toThrow();
});
