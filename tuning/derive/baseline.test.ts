// A proposal made of a baseline, and that it lets out what was learned and nothing else.
import { expect, it } from "vitest";
import type { Baseline } from "../../detectors/baseline/file.ts";
import { compilePolicy, compilePolicyText } from "../../diode/policy.ts";
import { Guard, stats } from "../../diode/testing/guard.ts";
import { bus, messagesOf, RULES, stream } from "../../diode/testing/stream.ts";
import { learnCapture } from "../learn/learn.ts";
import { proposeOf } from "./baseline.ts";

const quiet = () => ({ stop: () => undefined });
async function learned(...captures: string[]): Promise<Baseline> {
  const policy = compilePolicy("fixtures/watch.yaml", { learn: true });
  const lessons = await Promise.all(captures.map((path) => learnCapture(path, policy, quiet)));
  return {
    captures: lessons.map(({ capture }) => capture),
    falseAlarmsPerHour: 0.1,
    thresholds: [],
    entries: lessons.flatMap(({ entries }) => entries),
  };
}

it("names who talked to whom about what, with all sources of a service in one rule", async () => {
  const text = proposeOf(await learned("fixtures/normal.pcap"), "site.baseline", { to: [], least: 2 });
  const { policy, warnings } = compilePolicyText(text, "proposed.yaml");
  expect(warnings).toEqual([]);
  expect(policy.rules.map(({ name }) => name).sort()).toEqual(
    ["icmp", "tcp-502", "tcp-80", "udp-5000", "udp-53", "udp-53-2", "udp-6000"].sort(),
  );
  expect(text).toContain("from: [10.0.0.20, 10.0.0.21], to: 10.0.0.10, ports: 80 }");
  // Who asked whom was not to be seen, and what does not cross
  expect(text).toContain("#   10.0.12.7 -> 10.0.12.8, protocol 17, service 5004: 6 packets");
  expect(text).not.toContain("2054 }");
});

it("names the messages of a bus; what was learned crosses, and nothing that was not", async () => {
  const baseline = await learned("fixtures/mil1553/clean.ch10");
  const text = proposeOf(baseline, "bus.baseline", { to: [], least: 2 });
  compilePolicyText(text, "proposed.yaml");
  const messages = text.slice(text.indexOf("messages:"));
  const policy = `weir: 1\ninterfaces:\n  out: { next-hop: 52:54:00:77:00:12, mtu: 9000 }\nrules:\n${RULES.replace(/^/gm, "  ")}\n${messages}`;
  const guard = await Guard.under(policy);
  const all = bus(78, 3);
  const out = messagesOf(guard.run(stream({ of: all })).frames);
  const clean = all.filter(({ blockStatus }) => (blockStatus & 0x1638) === 0);
  const sorted = (list: readonly { time: number; words: readonly number[] }[]) =>
    list.map(({ time, words }) => `${time} ${words.join(" ")}`).sort(); // packets hold a channel each
  expect(sorted(out)).toEqual(sorted(clean));
  // The same under command words that nobody has learned: another subaddress, another count
  const known = new Set(baseline.entries.flatMap(({ commands }) => (commands as number[] | undefined)?.[0] ?? []));
  const strange = clean.filter(
    (m) => (m.blockStatus & 0x800) === 0 && !known.has(m.words[0]! ^ 0x20) && m.words[0]! >> 11 !== 31,
  );
  const other = await Guard.under(policy);
  const changed = strange.map((m) => ({ ...m, words: m.words.with(0, m.words[0]! ^ 0x20) }));
  const run = other.run([...stream({ of: changed }), { kind: 3, time: 3600_000_000_000n }]);
  expect(changed.length).toBeGreaterThan(100);
  expect(messagesOf(run.frames)).toEqual([]);
  expect(stats(run).at(-1)!.messages_unlisted).toBeGreaterThan(100);
});

it("names what was seen seldom in comments only, and only what goes where it is asked for", async () => {
  const baseline = await learned("fixtures/normal.pcap");
  const network = { version: 4 as const, hi: 0n, lo: 0x0a000109n, bits: 32 };
  const text = proposeOf(baseline, "b", { to: [network], least: 100 });
  expect(compilePolicyText(text, "p").policy.rules.map(({ name }) => name)).toEqual(["udp-5000"]);
  expect(text).toContain(
    "\n# Seen too seldom, with no telling who asked, or nothing that crosses; not proposed:\n#   10",
  );
  expect(text).toContain("#   10.0.0.21 -> 10.0.1.9, protocol 17, service 6000: 2 packets");
});
