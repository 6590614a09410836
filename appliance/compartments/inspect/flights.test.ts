// All that inspect says of traffic on networks and buses at once, under policies that use each of its sections, held against what it said
// before: detectors/flights.test.ts tells how to go on where that differs.
import { expect, it } from "vitest";
import { byTime } from "../../../detectors/ip/testing/traffic.ts";
import { patterns } from "../../../detectors/testing/patterns.ts";
import { batches, type Frame } from "../../../detectors/testing/site.ts";
import { swarm } from "../../../detectors/testing/swarm.ts";
import { alertSections } from "../../../diode/policy/pack.ts";
import { compilePolicyText } from "../../../diode/policy.ts";
import { parseThresholds } from "../../../diode/suppression/config.ts";
import { policyWith, sectionsOf } from "../../../diode/testing/guard.ts";
import { record } from "../../../ip/testing/frames.ts";
import { readBus } from "../../../mil1553/simulator/icd/read.ts";
import { simulate } from "../../../mil1553/simulator/run.ts";
import { file, packetsOf, stream } from "../../../mil1553/testing/streams.ts";
import { disturbed } from "../../../mil1553/testing/swarm.ts";
import { RecordKind } from "../../contract/abi.ts";
import { InspectFlag, InspectSettings, type Section, Tag } from "../../contract/config.ts";
import { INSPECT_BYTES, Log, memoryOf, summary } from "./testing/log.ts";

const bus = readBus("fixtures/mil1553/avionics.yaml");
const packets = (seed: number) =>
  packetsOf(disturbed(simulate(bus, { seed, seconds: 1.2 }), { seed, oneIn: 10 }), { packetTime: 100_000 });

const TRAFFIC: Frame[] = byTime([
  ...swarm({ seed: 31, frames: 1200, pace: "dense" }),
  ...patterns({ seed: 31, start: 1000, seconds: 12, scanners: 6 }),
  ...stream(packets(31), { seed: 31, format: 1, oneIn: 20 }),
  ...stream(packets(32), { seed: 32, format: 2, oneIn: 20, from: 54, port: 2001 }),
  ...stream(packets(33), { seed: 33, format: 3, oneIn: 20, from: 55, port: 2002 }),
  ...swarm({ seed: 32, frames: 300, pace: "long", start: 1010 }),
]);

function policy(more: string, change: (settings: InspectSettings) => void = () => {}): Section[] {
  return sectionsOf(compilePolicyText(policyWith("", more), "p").parts.inspect).map(({ tag, bytes }) => {
    const copy = Uint8Array.from(bytes);
    if (tag === Tag.SETTINGS) change(new InspectSettings(copy));
    return { tag, bytes: copy };
  });
}

const NEWCOMERS = "newcomer: { hosts: [10.1.0.0/26], services: [{ protocol: tcp, address: any }] }";
const RECORDERS = `recorders:
  - { name: a, address: 192.0.2.53, port: 2000, channels: [2] }
  - { name: b, address: [192.0.2.54/31], port: 2001-2002 }
  - { name: c, address: 192.0.2.55, port: 2000, channels: [3-9] }`;
/** Lines of each type, each tracking, and each way that a list of addresses is written. */
const LINES = [
  ...["by_src", "by_dst", "by_rule", "by_both"].flatMap((track, n) => [
    `event_filter gen_id 1, sig_id ${7_700_001 + n}, type limit, track ${track}, count ${1 + n}, seconds 3`,
    `event_filter gen_id 1, sig_id ${7_700_005 + n}, type threshold, track ${track}, count ${2 + n}, seconds 5`,
    `event_filter gen_id 1, sig_id 7700007, type both, track ${track}, count ${2 + n}, seconds 2`,
    `rate_filter gen_id 1, sig_id ${7_700_008 + n}, track ${track}, count 2, seconds 2, new_action pass, timeout ${4 + n}`,
  ]),
  "suppress gen_id 1, sig_id 7700002, track by_src, ip [10.1.0.0/24,!10.1.0.10]",
  "suppress gen_id 1, sig_id 0, track by_either, ip 10.1.0.101",
  "suppress gen_id 1, sig_id 7700001, track by_dst, ip 2001:db8::/32",
  "suppress gen_id 1, sig_id 7700012",
];
const POLICIES: Record<string, () => Section[]> = {
  plain: () => policy(""),
  "named recorders": () => policy(`${RECORDERS}\ndetectors: { ${NEWCOMERS}, anomalies: { per-second: 7 } }`),
  "any recorder": () =>
    policy(`recorders: any\ntunnels: any\ndetectors: { ${NEWCOMERS}, anomalies: { per-second: 100000 } }`),
  lines: () => {
    const alerts = alertSections(parseThresholds(LINES.join("\n"), "t"));
    const sections = policy(`${RECORDERS}\ndetectors: { ${NEWCOMERS} }`, (s) => {
      s.flags |= InspectFlag.UNGROUPED;
    });
    return [...sections.filter(({ tag }) => !alerts.some((one) => one.tag === tag)), ...alerts];
  },
  "learning, with exports": () =>
    policy(`recorders: any\ndetectors: { ${NEWCOMERS} }`, (s) => {
      s.flags |= InspectFlag.LEARN;
      s.exportEvery = 20_000;
    }),
  "dropping newcomers": () =>
    policy(`detectors: { ${NEWCOMERS} }`, (s) => {
      s.flags |= InspectFlag.IGNORE_CHECKSUMS | InspectFlag.SCORES;
      s.hostAction = 1;
      s.serviceAction = 3;
      s.scanAction = 2;
    }),
};

/** Ticks between the frames, a recording behind them, and the end. */
async function log(sections: readonly Section[]) {
  const flight = await Log.of(sections);
  let second = 0;
  for (const batch of batches(TRAFFIC)) {
    flight.run(batch);
    second = Math.floor(Number(new DataView(batch.buffer, batch.byteOffset).getBigUint64(0, true)) / 1e9);
    flight.run(record(new Uint8Array(0), { time: BigInt(second) * 1_000_000_000n, kind: RecordKind.TICK }));
  }
  const bytes = file(packets(34), 34, 30);
  for (let at = 0; at < bytes.length; at += 50_000)
    flight.run(record(bytes.subarray(at, at + 50_000), { kind: RecordKind.CHAPTER10 }));
  return flight.run(record(new Uint8Array(0), { time: 90_000_000_000_000n, kind: RecordKind.END })).lines;
}

it.each(Object.entries(POLICIES))("%s", async (name, make) => {
  const lines = await log(make());
  await expect(summary(`inspect ${name}`, lines)).toMatchFileSnapshot(`golden/${name.replaceAll(/\W+/g, "-")}.txt`);
});

it("the tables of inspect take as many bytes as is said in one place", async () => {
  expect(await memoryOf("inspect")).toBe(INSPECT_BYTES);
});
