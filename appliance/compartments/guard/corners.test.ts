// Corners of guard that no other test has a reason to visit: what a policy leaves out, and what events say of rare frames.
import { describe, expect, it } from "vitest";
import { compilePolicyText } from "../../../diode/policy.ts";
import { end, Guard, policyWith, SECOND, stats, verdictOf, withSection } from "../../../diode/testing/guard.ts";
import { udp4 } from "../../../diode/testing/vectors.ts";
import { address6, ethernet, ipv4, ipv6 } from "../../../fixtures/frames.ts";
import { Tag } from "../../contract/config.ts";

const RULE = "- { name: one, action: allow, protocol: udp, from: any, to: any, ports: 5000 }";
const MACS = { from: "02:00:00:00:00:05", to: "02:00:00:00:00:09" };

it("wants no more than a tick a second where nothing waits and nothing is transferred", async () => {
  expect((await Guard.under(policyWith(RULE))).exports.tick()).toBe(0n);
  expect((await Guard.under(policyWith(RULE, "", ", rate: 1000/s, queue: 4"))).exports.tick()).toBe(1_000_000n);
});

it("names a rule whose name fills its place to the last byte", async () => {
  const part = compilePolicyText(policyWith("- { name: no, action: deny, protocol: udp }"), "policy.yaml").parts.guard;
  const guard = await Guard.under(withSection(part, Tag.NAMES, (names) => names.fill("x")));
  expect(guard.one(udp4())).toBe(`rule:${"x".repeat(32)}`);
});

describe("a frame that is not passed is named by its protocol", () => {
  it.each([
    [1, "ICMP"],
    [2, "IGMP"],
    [6, "TCP"],
    [17, "UDP"],
    [58, "IPv6-ICMP"],
    [5, "005"],
    [50, "050"],
    [132, "132"],
  ])("%i as %s", async (protocol, name) => {
    const guard = await Guard.under(policyWith(""));
    const frame = ethernet(MACS, 0x0800, ipv4({ src: "10.0.0.5", dst: "10.0.1.9", protocol }, Buffer.alloc(40)));
    const { events } = guard.run([{ frame }]);
    expect(events[0]!.json.proto).toBe(name);
  });
});

it("takes an IPv6 packet out of a frame that is filled up to Ethernet's minimum", async () => {
  const rule = '- { name: esp, action: allow, protocol: 50, from: "::/0", to: any }';
  const guard = await Guard.under(policyWith(rule));
  const ends = { src: "fd00::5", dst: "fd00:1::9" };
  const short = ethernet(MACS, 0x86dd, ipv6({ ...ends, next: 50 }, Buffer.from([1, 2, 3])));
  const filled = Buffer.concat([short, Buffer.alloc(60 - short.length, 0xaa)]).subarray(0, 60);
  const out = guard.one(filled) as Buffer;
  expect(out).toHaveLength(60);
  expect(out.readUInt16BE(18)).toBe(3);
  expect(out.subarray(54)).toEqual(Buffer.from([1, 2, 3, 0, 0, 0]));
  expect(out.subarray(22, 38)).toEqual(Buffer.from(address6(ends.src)));
  expect(guard.one(Buffer.concat([filled, Buffer.alloc(1)]), { time: 3n * SECOND })).toBe("trailing");
});

it("shuts sources out where the policy protects nobody, and nobody where it has no quarantine", async () => {
  const verdict = verdictOf("QUARANTINE_SOURCE", { detector: 3 });
  const some = await Guard.under(policyWith(RULE, "quarantine: { for: 10s, per-minute: 2 }\n"));
  expect(some.one(udp4(), { verdict })).toBe("verdict");
  expect(some.one(udp4(), { time: 3n * SECOND })).toBe("quarantine");
  const none = await Guard.under(policyWith(RULE));
  expect(none.one(udp4(), { verdict })).toBe("verdict");
  expect(none.one(udp4(), { time: 3n * SECOND })).toBeInstanceOf(Buffer);
  expect(stats(none.run([end(9n * SECOND)])).at(-1)!.quarantined).toBe(0);
});

// REQ-IMAGE-019
it("names the tables that its policy leaves untouched: fewer where there is a queue, or a transfer", async () => {
  const key = "5a".repeat(32);
  const transfer = `transfer: { in: { key: "${key}" }, out: { key: "${key}" }, extensions: [txt] }`;
  const policies = [
    policyWith(RULE),
    policyWith(RULE, "", ", rate: 1000/s, queue: 4"),
    policyWith(`${RULE}\n${RULE.replace("one", "two").replace(" }", ", payload: transfer }")}`, transfer),
  ];
  const spared = policies.map(async (policy) => {
    const { exports } = await Guard.under(compilePolicyText(policy, "policy.yaml", { keyless: true }).parts.guard);
    let n = 0;
    while (exports.spare(n)) n++;
    return n;
  });
  const [all, queued, transferring] = await Promise.all(spared);
  expect(queued).toBe(all! - 1);
  expect(transferring).toBe(all! - 4);
});
