// Every condition that guard has on its part of the policy, one field at a time. The digest is right each time: what is
// refused is refused for what it says. Offsets are those of appliance/contract/onboard/config.ts.
import { beforeAll, describe, expect, it } from "vitest";
import { Network, Part, packPart, Tag } from "../appliance/contract/config.ts";
import { compilePolicyText } from "./policy.ts";
import { Guard, policyWith, withSection } from "./testing/guard.ts";

const KEY = "5a".repeat(32);
const RULES = `- { name: files, action: allow, protocol: udp, from: 10.0.0.5, to: 10.0.1.9, ports: 7000, payload: transfer }
- { name: bus, action: allow, protocol: udp, from: 192.0.2.53, to: 239.255.0.10, ports: 2000, payload: mil1553 }
- { name: six, action: allow, protocol: udp, from: fd00::/64, to: ["fd00:1::9", "fd00:2::/72"], ports: 5000, source-ports: 1-9, vlan: 5 }`;
const MORE = `protected: [10.0.0.0/29, "fd00::/10"]
quarantine: { for: 10s, per-minute: 5 }
transfer: { in: { key: "${KEY}" }, out: { key: "${KEY}" }, extensions: [txt], largest: 100000, content: ascii }
messages:
  - { name: attitude, action: allow, channel: 2, rt: 5, sa: 1, direction: transmit, words: 28, data: [{ word: 1, range: 0-9 }] }`;
const SHAPED = ", rate: 1000/s, queue: 16, padding: { from: 10.0.0.1, to: 10.0.0.2, port: 9 }";

const compile = (out: string) =>
  compilePolicyText(policyWith(RULES, MORE, out), "policy.yaml", { keyless: true }).parts.guard;
let plain: Uint8Array;
let shaped: Uint8Array;
beforeAll(() => {
  plain = compile("");
  shaped = compile(SHAPED);
});

/** A field of 1, 2, 4 or 8 bytes. */
const set = (at: number, bytes: 1 | 2 | 4 | 8, value: number | bigint) => (section: Buffer) => {
  if (bytes === 8) section.writeBigUInt64LE(BigInt(value), at);
  else section.writeUIntLE(Number(value), at, bytes);
};
const LONG = (1n << 64n) - 1n;

/** Another length: zeros behind, or bytes away; withSection() keeps a section's length. */
function resized(part: Uint8Array, tag: number, by: number): Uint8Array {
  const view = Buffer.from(part);
  const sections: { tag: number; bytes: Buffer }[] = [];
  for (let at = 48; at < view.length; ) {
    const [own, length] = [view.readUInt32LE(at), view.readUInt32LE(at + 4)];
    const bytes = Buffer.alloc(Math.max(0, length + (own === tag ? by : 0)));
    view.copy(bytes, 0, at + 8, at + 8 + Math.min(length, bytes.length));
    sections.push({ tag: own, bytes });
    at += 8 + ((length + 7) & ~7);
  }
  return packPart(Part.GUARD, sections);
}

describe("guard takes the policy as it is", () => {
  it("with everything in it", async () => {
    for (const part of [plain, shaped]) expect((await Guard.bare()).configure(part)).toBe("accepted");
  });
});

describe("guard refuses a policy", () => {
  const fields: [string, number, (section: Buffer) => void][] = [
    ["an address of more than 48 bits", Tag.SETTINGS, set(0, 8, 1n << 48n)],
    ["another one", Tag.SETTINGS, set(8, 8, 1n << 48n)],
    ["an unknown flag", Tag.SETTINGS, set(16, 4, 4)],
    ["too small an MTU", Tag.SETTINGS, set(20, 4, 67)],
    ["too large an MTU", Tag.SETTINGS, set(20, 4, 9001)],
    ["no time to live", Tag.SETTINGS, set(24, 4, 0)],
    ["too long a time to live", Tag.SETTINGS, set(24, 4, 256)],
    ["more rules than there are", Tag.SETTINGS, set(28, 4, 4)],
    ["more rules than there may be", Tag.SETTINGS, set(28, 4, 129)],
    ["too long a quarantine", Tag.SETTINGS, set(32, 8, LONG)],
    ["too long an interval", Tag.SETTINGS, set(48, 8, LONG)],
    ["too long a slack", Tag.SETTINGS, set(56, 8, LONG)],
    ["too long an interval of tightened sources", Tag.SETTINGS, set(64, 8, LONG)],
    ["too long a queue", Tag.SETTINGS, set(72, 4, 1025)],
    ["a queue without a rate", Tag.SETTINGS, set(72, 4, 1)],
    ["padding without a queue", Tag.SETTINGS, set(16, 4, 2)],
    ["a port of padding without padding", Tag.SETTINGS, set(76, 4, 9)],
    ["a sender of padding without padding", Tag.SETTINGS, set(80, 4, 9)],
    ["a receiver of padding without padding", Tag.SETTINGS, set(84, 4, 9)],
    ["a name with a quotation mark", Tag.NAMES, set(0, 1, 0x22)],
    ["a name with a backslash", Tag.NAMES, set(0, 1, 0x5c)],
    ["a name with a space", Tag.NAMES, set(0, 1, 0x20)],
    ["a name that is not ASCII", Tag.NAMES, set(0, 1, 0x7f)],
    ["an undefined action", Tag.RULES, set(0, 1, 2)],
    ["an undefined kind of payload", Tag.RULES, set(2, 1, 4)],
    ["every protocol allowed", Tag.RULES, set(1, 1, 255)],
    ["sizes that end before they begin", Tag.RULES, set(4, 4, 0x00010002)],
    ["sources outside the networks", Tag.RULES, set(8, 2, 999)],
    ["destinations outside the networks", Tag.RULES, set(12, 2, 999)],
    ["ports outside the ranges", Tag.RULES, set(16, 2, 999)],
    ["source ports outside the ranges", Tag.RULES, set(20, 2, 999)],
    ["VLANs outside the ranges", Tag.RULES, set(24, 2, 999)],
    ["too long an interval of a rule", Tag.RULES, set(32, 8, LONG)],
    ["too long a slack of a rule", Tag.RULES, set(40, 8, LONG)],
    ["a network of another version", Tag.NETWORKS, set(16, 1, 5)],
    ["an IPv4 network of more than 32 bits", Tag.NETWORKS, set(17, 1, 33)],
    ["an IPv4 network with a high half", Tag.NETWORKS, set(0, 8, 1)],
    ["an IPv4 network of more than 32 bits of address", Tag.NETWORKS, set(8, 8, 1n << 32n)],
    ["an IPv4 network with bits behind it", Tag.NETWORKS, set(17, 1, 8)],
    ["a protected network of another version", Tag.PROTECTED, set(16, 1, 5)],
    ["a range that ends before it begins", Tag.RANGES, set(0, 2, 65535)],
    ["an undefined action of a message", Tag.MESSAGES, set(0, 1, 2)],
    ["an undefined mode of a message", Tag.MESSAGES, set(1, 1, 2)],
    ["channels of a message outside the ranges", Tag.MESSAGES, set(24, 2, 999)],
    ["checks of a message outside the checks", Tag.MESSAGES, set(28, 2, 999)],
    ["a message's name with a quotation mark", Tag.MESSAGE_NAMES, set(0, 1, 0x22)],
    ["a transfer of text that is neither", Tag.TRANSFER, set(8, 4, 2)],
    ["a transfer of too many extensions", Tag.TRANSFER, set(12, 4, 17)],
    ["a transfer without data", Tag.TRANSFER, set(16, 4, 0)],
    ["a transfer of too many shards", Tag.TRANSFER, set(16, 4, 9999)],
    ["a transfer without parity", Tag.TRANSFER, set(20, 4, 0)],
    ["a transfer of too much parity", Tag.TRANSFER, set(20, 4, 9999)],
    ["a transfer of no blocks", Tag.TRANSFER, set(24, 4, 0)],
    ["a transfer of too many blocks", Tag.TRANSFER, set(24, 4, 9999)],
    ["a transfer of so much that sums wrap", Tag.TRANSFER, set(228, 4, 0x8000_0000)],
    ["a transfer with clocks so far apart that sums wrap", Tag.TRANSFER, set(236, 4, 0x8000_0000)],
    ["message tables of no channel", Tag.MESSAGE_TABLES, set(1624, 4, 0)],
    ["message tables of too many channels", Tag.MESSAGE_TABLES, set(1624, 4, 1025)],
    ["message tables of too many checks", Tag.MESSAGE_TABLES, set(1628, 4, 513)],
    ["message tables of more checks than there are", Tag.MESSAGE_TABLES, set(1628, 4, 9)],
    ["message tables that do not begin at channel 0", Tag.MESSAGE_TABLES, set(1632, 8, 1)],
  ];
  it.each(fields)("with %s", async (_, tag, change) => {
    expect((await Guard.bare()).configure(withSection(plain, tag, change))).toBe("out of range");
  });

  it("with a check of a missing word or of an undefined kind", async () => {
    for (const change of [set(0, 1, 32), set(1, 1, 4), set(0, 2, 0xffff)])
      expect((await Guard.bare()).configure(withSection(plain, Tag.CHECKS, change))).toBe("out of range");
  });

  const paddings: [string, (section: Buffer) => void][] = [
    ["without a queue", set(72, 4, 0)],
    ["with bursts", set(56, 8, 1)],
    ["without a port", set(76, 4, 0)],
    ["with an invalid port", set(76, 4, 65536)],
    ["without a sender", set(80, 4, 0)],
    ["without a receiver", set(84, 4, 0)],
  ];
  it.each(paddings)("with padding %s", async (_, change) => {
    expect((await Guard.bare()).configure(withSection(shaped, Tag.SETTINGS, change))).toBe("out of range");
  });

  it("with an IPv6 network that has bits behind it, or too many", async () => {
    const six = (at: number) => (section: Buffer) => {
      for (let n = 0; n < section.length; n += Network.SIZE)
        if (section[n + 16] === 6) {
          if (at === 17) section[n + 17] = 129;
          else section.writeBigUInt64LE(section.readBigUInt64LE(n + at) | 1n, n + at);
          return;
        }
      throw new Error("no IPv6 network");
    };
    for (const at of [8, 17])
      expect((await Guard.bare()).configure(withSection(plain, Tag.NETWORKS, six(at)))).toBe("out of range");
    for (const at of [0, 8])
      expect((await Guard.bare()).configure(withSection(plain, Tag.PROTECTED, six(at)))).toBe("out of range");
  });

  const sections: [string, number, number][] = [
    ["settings", Tag.SETTINGS, 8],
    ["rules", Tag.RULES, -8],
    ["names", Tag.NAMES, 8],
    ["networks", Tag.NETWORKS, 1],
    ["ranges", Tag.RANGES, 1],
    ["protected", Tag.PROTECTED, 1],
    ["formats", Tag.FORMATS, 1],
    ["formats, none", Tag.FORMATS, -100_000],
    ["formats, too many", Tag.FORMATS, 40_000],
    ["tables", Tag.TABLES, 8],
    ["tables, none", Tag.TABLES, -100_000],
    ["messages", Tag.MESSAGES, 8],
    ["messages, too many", Tag.MESSAGES, 32 * 64],
    ["names of messages", Tag.MESSAGE_NAMES, 8],
    ["checks", Tag.CHECKS, 4],
    ["checks, too many", Tag.CHECKS, 8 * 512],
    ["message tables", Tag.MESSAGE_TABLES, -1640],
    ["message tables, longer", Tag.MESSAGE_TABLES, 8],
    ["transfer", Tag.TRANSFER, 8],
    ["no settings", 0, 0],
  ];
  it.each(sections)("with a section of another length: %s", async (name, tag, by) => {
    const part = name === "no settings" ? packPart(Part.GUARD, []) : resized(plain, tag, by);
    expect((await Guard.bare()).configure(part)).toBe("out of range");
  });

  it("longer than it has room for, or than its input", async () => {
    expect((await Guard.bare()).configure(resized(plain, Tag.NAMES, 98304))).toBe("out of range");
    const guard = await Guard.bare();
    guard.input.set(plain);
    expect(guard.exports.configure(guard.input.length + 1)).not.toBe(0);
  });

  it("in which a transfer is allowed that nothing is said of", async () => {
    const { parts } = compilePolicyText(policyWith(RULES.split("\n")[2]!), "policy.yaml");
    expect((await Guard.bare()).configure(withSection(parts.guard, Tag.RULES, set(2, 1, 3)))).toBe("out of range");
  });
});
