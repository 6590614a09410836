// All that inspect says of traffic of all kinds at once, held against what it said before: each score to the last bit, each event to the
// last byte, each verdict and measure. A change that shows here is either a mistake or meant. With WEIR_LOGS=1 a run leaves the lines
// themselves in build/logs, to be compared with those of the version before; `npx vitest run detectors/flights.test.ts -u` writes the
// tables anew.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { INSPECT_BYTES, Log, memoryEnd, memoryOf, summary } from "../appliance/compartments/inspect/testing/log.ts";
import { Action, RecordKind } from "../appliance/contract/abi.ts";
import { DetectorSetting, InspectFlag, type Section, Tag } from "../appliance/contract/config.ts";
import { packed } from "../appliance/contract/layout.ts";
import { compilePolicyText } from "../diode/policy.ts";
import { policyWith, sectionsOf } from "../diode/testing/guard.ts";
import { record } from "../ip/testing/frames.ts";
import { compileOnboard } from "../lib/asc.ts";
import { writeBaseline } from "./baseline/file.ts";
import { baselineOf } from "./baseline/merge.ts";
import { DETECTOR, DETECTOR_NAMES, isOfBus } from "./catalogue.ts";
import { byTime } from "./ip/testing/traffic.ts";
import type { Entry } from "./learned.ts";
import { patterns } from "./testing/patterns.ts";
import { batches, type Frame, normalTraffic } from "./testing/site.ts";
import { spoiltLines } from "./testing/spoilt.ts";
import { swarm } from "./testing/swarm.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-flights-"));
afterAll(() => rmSync(folder, { recursive: true }));

const LISTS = `detectors:
  newcomer: { hosts: [10.1.0.0/26, 10.1.0.96/27, "2001:db8::/126"], services: [{ protocol: tcp, address: any, port: 502 }, { protocol: udp, address: 10.1.0.0/24 }] }
tunnels: [{ name: a, kind: ip-in-ip, between: [10.1.0.0/24, 10.1.0.0/24] }, { name: b, kind: vxlan, between: [10.0.0.0/8, 10.0.0.0/8] }]
`;
const policy = (more: string, baseline?: string): Section[] =>
  sectionsOf(compilePolicyText(policyWith("", more), "p", baseline === undefined ? {} : { baseline }).parts.inspect);

/** With these flags besides, and of every detector of IP about this factor, each its own, and in turn another action. */
function changed(sections: readonly Section[], flags: number, scale?: number): Section[] {
  const actions = [Action.QUARANTINE_SOURCE, Action.TIGHTEN, Action.QUARANTINE_FLOW, Action.PASS];
  const settings = DETECTOR_NAMES.filter((name) => !isOfBus(DETECTOR[name])).map((name, n) =>
    packed(DetectorSetting, {
      detector: DETECTOR[name],
      action: actions[n % actions.length]!,
      scale: scale! * (1 + n / 64),
    }),
  );
  const rest = sections.map(({ tag, bytes }) => {
    const copy = Buffer.from(bytes);
    if (tag === Tag.SETTINGS) copy.writeUInt32LE(copy.readUInt32LE(0) | flags, 0);
    return { tag, bytes: copy };
  });
  if (scale === undefined) return rest;
  return [...rest.filter(({ tag }) => tag !== Tag.DETECTORS), { tag: Tag.DETECTORS, bytes: Buffer.concat(settings) }];
}

async function log(sections: readonly Section[], frames: Frame[]) {
  const flight = await Log.of(sections);
  for (const batch of batches(frames)) flight.run(batch);
  const time = BigInt(frames.at(-1)!.time) + 10_000_000_000n;
  return flight.run(record(new Uint8Array(0), { time, kind: RecordKind.END })).lines;
}

const mixed = (...parts: Frame[][]) => byTime(parts.flat());
const LESSONS: Record<string, () => Frame[]> = {
  "the plant": () =>
    mixed(
      normalTraffic(1, 120),
      swarm({ seed: 1, frames: 1500, pace: "dense" }),
      patterns({ seed: 1, start: 1000, seconds: 120, scanners: 4 }),
    ),
  "a slow swarm": () => swarm({ seed: 2, frames: 2000, pace: "sparse" }),
  "a crowd": () => swarm({ seed: 3, frames: 2500, pace: "dense", crowd: 2000 }),
};
const TRAFFIC: Record<string, () => Frame[]> = {
  dense: () =>
    mixed(
      swarm({ seed: 11, frames: 1500, pace: "dense" }),
      patterns({ seed: 11, start: 1000, seconds: 60, stops: true }),
      normalTraffic(3, 40),
    ),
  sparse: () => swarm({ seed: 12, frames: 2000, pace: "sparse" }),
  long: () =>
    mixed(
      swarm({ seed: 13, frames: 1200, pace: "long" }),
      patterns({ seed: 13, start: 1000, seconds: 1400, scanners: 700 }),
    ),
  crowd: () => swarm({ seed: 14, frames: 3500, pace: "dense", crowd: 3000 }),
};
const POLICIES: Record<string, () => Section[]> = {
  "every score": () => changed(known, InspectFlag.SCORES | InspectFlag.UNGROUPED, 1e-3),
  "what is learned": () => changed(known, InspectFlag.SCORES, 1),
  "no baseline": () => changed(policy(LISTS.replace(/tunnels.*/, "tunnels: any")), InspectFlag.SCORES, 0.25),
};

let known: Section[];
let crowd: Section[];
const logs = new Map<string, Awaited<ReturnType<typeof log>>>();
const lesson = async (name: string) => {
  const lines = logs.get(name) ?? (await log(changed(policy(LISTS), InspectFlag.LEARN), LESSONS[name]!()));
  logs.set(name, lines);
  return lines;
};

async function learnedOf(...names: string[]): Promise<Section[]> {
  const entries = (await Promise.all(names.map(lesson))).flat().flatMap(({ kind, text }): Entry[] => {
    if (!kind.startsWith("weir_baseline ")) return [];
    return [(JSON.parse(/\{.*\}/.exec(text)![0]) as { baseline: { entry: Entry } }).baseline.entry];
  });
  const capture = { name: "n", sha256: "", bytes: 0, packets: 1, messages: 0, seconds: 120, first: "", last: "" };
  const path = join(folder, `${names.length}.baseline`);
  writeBaseline(path, baselineOf([capture], entries, { rate: 1 }));
  return policy(LISTS, path);
}

beforeAll(async () => {
  known = await learnedOf("the plant", "a slow swarm");
  crowd = await learnedOf("a crowd");
});

const golden = (name: string) => `golden/${name.replaceAll(" ", "-")}.txt`;

// REQ-DETECT-003
it.each(Object.keys(LESSONS))("what is learned of %s", async (name) => {
  await expect(summary(name, await lesson(name))).toMatchFileSnapshot(golden(`learned-${name}`));
});

for (const [how, of] of Object.entries(POLICIES))
  it.each(Object.entries(TRAFFIC))(`${how}: %s`, async (name, traffic) => {
    await expect(summary(`${how} ${name}`, await log(of(), traffic()))).toMatchFileSnapshot(golden(`${how} ${name}`));
  });

it("a crowd that is known", async () => {
  const again = mixed(
    LESSONS["a crowd"]!().slice(0, 1500),
    swarm({ seed: 15, frames: 500, pace: "dense", crowd: 2000 }),
  );
  const lines = await log(changed(crowd, InspectFlag.SCORES, 0.5), again);
  await expect(summary("a crowd that is known", lines)).toMatchFileSnapshot("golden/known-crowd.txt");
});

// REQ-DETECT-008
it("sections that are not as they should be: which are refused, and what is judged by the others", async () => {
  const few = mixed(swarm({ seed: 16, frames: 150, pace: "sparse" }), normalTraffic(4, 20));
  const sections = changed(known, InspectFlag.SCORES, 0.5);
  const lines = await spoiltLines(sections, { seed: 1, times: 150, records: [...batches(few)] });
  await expect(summary("spoilt", lines)).toMatchFileSnapshot("golden/spoilt.txt");
});

/** Of detectors that keep what is learned, or of whom; who was new, and who tried ports, is remembered as long as inspect runs. */
const LASTING = ["new-host", "new-service", "scan"];
const judged = (lines: Awaited<ReturnType<typeof log>>) =>
  lines.filter(({ kind }) => kind.startsWith("score ") && !LASTING.some((name) => kind.endsWith(` ${name}`)));

it("a second configuration forgets all of the first", async () => {
  const second = changed(known, InspectFlag.SCORES, 0.01);
  const frames = mixed(swarm({ seed: 18, frames: 600, pace: "dense", start: 5000 }), normalTraffic(5, 20, 5000));
  const fresh = judged(await log(second, frames));
  for (const first of [second, changed(crowd, InspectFlag.SCORES, 2), changed(policy(LISTS), InspectFlag.LEARN)]) {
    const flight = await Log.of(first);
    for (const batch of batches(swarm({ seed: 17, frames: 1500, pace: "dense" }))) flight.run(batch);
    flight.run(record(new Uint8Array(0), { time: 1_100_000_000_000n, kind: RecordKind.END }));
    flight.configure(second);
    flight.lines.length = 0;
    for (const batch of batches(frames)) flight.run(batch);
    flight.run(
      record(new Uint8Array(0), { time: BigInt(frames.at(-1)!.time) + 10_000_000_000n, kind: RecordKind.END }),
    );
    expect(summary("second", judged(flight.lines))).toBe(summary("fresh", fresh));
  }
});

it("the tables of inspect take as many bytes as is said in one place", async () => {
  expect(await memoryOf("inspect")).toBe(INSPECT_BYTES);
});

it("the tables of the ground's own shape detector take so many bytes", async () => {
  const module = readFileSync(await compileOnboard("detectors/shape/ground/onboard/index.ts"));
  expect(memoryEnd(module)).toMatchInlineSnapshot(`2320543`);
});
