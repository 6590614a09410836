// All that the journal makes of events, held against what it made of them before: detectors/flights.test.ts tells how to go on where that
// differs.
import { expect, it } from "vitest";
import { spoil } from "../../../detectors/testing/spoilt.ts";
import { compilePolicyText } from "../../../diode/policy.ts";
import { sectionsOf } from "../../../diode/testing/guard.ts";
import { generator } from "../../../ip/testing/seeds.ts";
import { type Event, JournalHost, KEY, policyText } from "../../../log/testing/journal.ts";
import { type Journal, REFUSALS, startJournal } from "../../contract/abi.ts";
import { Part, packPart } from "../../contract/config.ts";
import { loadModules } from "../../hosts/node.ts";
import { memoryOf, summary } from "../inspect/testing/log.ts";

const STAMP = '{"timestamp":"2026-03-02T09:00:01.123456+0000","event_type":"';
const MOST = 1112;

/** Of any kind and any length that there can be, some of it not printable. */
function anything(random: () => number): Event[] {
  const below = (n: number) => random() % n;
  return Array.from({ length: 1 + below(12) }, () => {
    const stats = below(4) === 0;
    const guard = below(3) === 0;
    // guard's part fits in a record by itself
    const length =
      [0, 20, 300, 700, 900, 975, 976, 977, 978, 1000, MOST - 80][below(stats && guard ? 4 : 11)]! + below(3);
    const filling = String.fromCharCode(...Array.from({ length }, () => (below(30) ? 97 + below(26) : below(256))));
    const open = stats && guard ? `"guard":{"x":"` : `${STAMP}${stats ? "heartbeat" : "anomaly"}","x":"`;
    const json = `${open}${filling}`.slice(0, MOST - 2);
    return { json: `${json}"${stats && !guard ? "" : "}"}`, severity: below(8), stats, guard };
  });
}

const POLICIES = {
  keyed: policyText(`, key: ${KEY}`),
  "without a key": policyText(),
  "without a collector": "weir: 1\ninterfaces:\n  out: { next-hop: 52:54:00:77:00:12 }\nrules: []\n",
  "at the ends": policyText(`, port: 65535, key: ${KEY}`).replace("hostname: weir", `hostname: ${"h".repeat(31)}`),
};

// REQ-LOG-002
it.each(Object.entries(POLICIES))("events under a policy %s", async (name, policy) => {
  const lines = [];
  for (const boot of [0n, 7n, 0x123456789abcdefn]) {
    const random = generator(50_021);
    const host = await JournalHost.start(policy, boot, 3n);
    for (let n = 0; n < 60; n++) {
      const counters = new BigUint64Array(host.journal.memory.buffer, host.journal.countersAt(), 3);
      counters.set([BigInt(n), BigInt(n * n), n > 50 ? 2n ** 64n - 1n : 0n]);
      for (const { frame, json, heartbeat } of host.run(anything(random)))
        lines.push({ kind: heartbeat ? "heartbeats" : "events", text: `${frame.toString("hex")} ${json}` });
    }
  }
  await expect(summary(`journal ${name}`, lines)).toMatchFileSnapshot(`golden/${name.replaceAll(" ", "-")}.txt`);
});

// REQ-LOG-001
it("settings that are not as they should be", async () => {
  const { parts } = compilePolicyText(POLICIES.keyed, "p", { boot: 4n });
  const { journal: module } = await loadModules();
  const random = generator(50_023);
  const [settings] = sectionsOf(parts.journal);
  const lines = Array.from({ length: 250 }, () => {
    const journal: Journal = startJournal(module);
    const part = packPart(Part.JOURNAL, [{ tag: settings!.tag, bytes: spoil(settings!.bytes, random) }]);
    new Uint8Array(journal.memory.buffer).set(part, journal.inputAt());
    const answer = REFUSALS[journal.configure(part.length)]!;
    // What it keeps of a part that it was given
    const left = Buffer.from(journal.memory.buffer, journal.inputAt(), part.length).toString("hex");
    return { kind: answer, text: answer === "accepted" ? left : "" };
  });
  await expect(summary("journal spoilt", lines)).toMatchFileSnapshot("golden/spoilt.txt");
});

it("its tables take so many bytes", async () => {
  expect(await memoryOf("journal")).toMatchInlineSnapshot(`172565`);
});
