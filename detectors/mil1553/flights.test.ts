// All that inspect says of bus traffic of which much is wrong, held against what it said before: ../flights.test.ts tells how to go on where that differs.
import { createHash } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { INSPECT_BYTES, Log, memoryOf, summary } from "../../appliance/compartments/inspect/testing/log.ts";
import { Action, RecordKind } from "../../appliance/contract/abi.ts";
import { DetectorSetting, InspectFlag, type Section, Tag } from "../../appliance/contract/config.ts";
import { packed } from "../../appliance/contract/layout.ts";
import { compilePolicyText } from "../../diode/policy.ts";
import { policyWith, sectionsOf } from "../../diode/testing/guard.ts";
import { record } from "../../ip/testing/frames.ts";
import { readBus } from "../../mil1553/simulator/icd/read.ts";
import type { BusMessage } from "../../mil1553/simulator/message.ts";
import { simulate } from "../../mil1553/simulator/run.ts";
import { packetsOf, stream } from "../../mil1553/testing/streams.ts";
import { anything, disturbed } from "../../mil1553/testing/swarm.ts";
import { mergeEntries } from "../baseline/merge.ts";
import { DETECTOR, DETECTOR_NAMES, isOfBus } from "../catalogue.ts";
import { byTime } from "../ip/testing/traffic.ts";
import type { Entry } from "../learned.ts";
import { batches } from "../testing/site.ts";
import { spoiltLines } from "../testing/spoilt.ts";
import { mil1553 } from "./learned.ts";
import { bytesOf } from "./testing/appliance.ts";

const bus = readBus("fixtures/mil1553/avionics.yaml");
const flown = (seed: number, seconds: number) => simulate(bus, { seed, seconds });

const LESSONS: Record<string, () => BusMessage[]> = {
  "a bus": () => disturbed(flown(1, 2.5), { seed: 1, oneIn: 400 }),
  "the same bus": () => disturbed(flown(2, 1.5), { seed: 2, oneIn: 60 }),
  "anything on 36 channels": () => anything({ seed: 3, messages: 5000, channels: 36 }),
};
const TRAFFIC: Record<string, () => BusMessage[]> = {
  "a bus": () => disturbed(flown(11, 2.5), { seed: 11, oneIn: 25 }),
  "a worse bus": () => disturbed(flown(12, 1.5), { seed: 12, oneIn: 4 }),
  anything: () => anything({ seed: 13, messages: 1500, channels: 6 }),
};

/** All detectors of the bus, at about this factor, each its own, and with another action in turn. */
function policy(flags: number, scale: number, bytes?: Uint8Array, recorders = "recorders: any"): Section[] {
  const actions = [Action.QUARANTINE_TERMINAL, Action.QUARANTINE_MESSAGE, Action.QUARANTINE_SOURCE, Action.TIGHTEN];
  const settings = DETECTOR_NAMES.filter((name) => isOfBus(DETECTOR[name])).map((name, n) =>
    packed(DetectorSetting, { detector: DETECTOR[name], action: actions[n % 4]!, scale: scale * (1 + n / 64) }),
  );
  const { parts } = compilePolicyText(policyWith("", recorders), "p");
  const rest = sectionsOf(parts.inspect).filter(({ tag }) => tag !== Tag.DETECTORS);
  const sections = rest.map(({ tag, bytes: own }) => {
    if (tag === Tag.SETTINGS) own.writeUInt32LE(own.readUInt32LE(0) | flags, 0);
    return { tag, bytes: own };
  });
  const learned = bytes ? [{ tag: mil1553.tag, bytes }] : [];
  return [...sections, { tag: Tag.DETECTORS, bytes: Buffer.concat(settings) }, ...learned];
}

async function log(sections: readonly Section[], messages: BusMessage[]) {
  const flight = await Log.of(sections);
  const channels = [...new Set(messages.map(({ channel }) => channel))].map((channel) => ({
    channel,
    name: `B${channel}`,
  }));
  const bytes = Buffer.concat([...bytesOf(messages, channels)]);
  for (let at = 0; at < bytes.length; at += 60_000)
    flight.run(record(bytes.subarray(at, at + 60_000), { kind: RecordKind.CHAPTER10 }));
  return flight.run(record(new Uint8Array(0), { kind: RecordKind.END })).lines;
}

const lessons = new Map<string, Awaited<ReturnType<typeof log>>>();
let section: Uint8Array;
let wide: Uint8Array;
const merged = new Map<string, Entry[]>();
const packedOf = (entries: Entry[]) => mil1553.pack(entries, mil1553.thresholds(entries, { rate: 1 }, 0.001));

beforeAll(async () => {
  for (const [name, make] of Object.entries(LESSONS))
    lessons.set(name, await log(policy(InspectFlag.LEARN, 1), make()));
  const of = (...names: string[]) =>
    names.flatMap((name) =>
      lessons.get(name)!.flatMap(({ kind, text }): Entry[] => {
        if (!kind.startsWith("weir_baseline ")) return [];
        return [(JSON.parse(/\{.*\}/.exec(text)![0]) as { baseline: { entry: Entry } }).baseline.entry];
      }),
    );
  merged.set("a bus", mergeEntries(of("a bus", "the same bus")));
  merged.set("anything on 36 channels", mergeEntries(of("anything on 36 channels")));
  section = packedOf(merged.get("a bus")!);
  wide = packedOf(merged.get("anything on 36 channels")!);
});

it.each([...["a bus", "anything on 36 channels"]])(
  "what the ground makes of %s: lines, limits, and the section",
  async (name) => {
    const entries = merged.get(name)!;
    const limits = mil1553.thresholds(entries, { rate: 1 }, 0.001);
    const short = (_: string, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(9)) : value);
    const bytes = packedOf(entries);
    const digest = createHash("sha256").update(bytes).digest("hex");
    const few = (all: string[]) => all.filter((_, n) => all.length < 400 || n % 16 === 0);
    const lines = [
      ...few(entries.map((entry) => `${mil1553.keyOf(entry)} | ${mil1553.show(entry)}`)),
      ...few(limits.map((one) => JSON.stringify(one, short))),
      `${bytes.length} bytes ${digest}`,
    ];
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(golden(`ground ${name}`));
    expect(packedOf([...entries].reverse())).toEqual(bytes);
  },
);

const golden = (name: string) => `golden/${name.replaceAll(" ", "-")}.txt`;

// REQ-DETECT-003
it.each(Object.keys(LESSONS))("what is learned of %s", async (name) => {
  await expect(summary(`bus learned ${name}`, lessons.get(name)!)).toMatchFileSnapshot(golden(`learned ${name}`));
});

for (const [how, flags, scale] of [
  ["every score", InspectFlag.SCORES | InspectFlag.UNGROUPED, 1e-3],
  ["what is learned", InspectFlag.SCORES, 1],
] as const)
  it.each(Object.entries(TRAFFIC))(`${how}: %s`, async (name, make) => {
    const lines = await log(policy(flags, scale, name === "anything" ? wide : section), make());
    await expect(summary(`bus ${how} ${name}`, lines)).toMatchFileSnapshot(golden(`${how} ${name}`));
  });

// REQ-DECODE-022
it("streams: of each recorder the channels that the policy names, and what is asked for about whom", async () => {
  const streams = [1, 2, 3, 4].map((n) =>
    stream(packetsOf(disturbed(flown(30 + n, 0.5), { seed: 30 + n, oneIn: 8 }), { packetTime: 60_000 }), {
      ...{ seed: 30 + n, format: 1, oneIn: 40, from: 52 + n },
    }),
  );
  const recorders = `recorders:
  - { name: a, address: 192.0.2.53, port: 2000, channels: [2] }
  - { name: b, address: 192.0.2.54, port: 2000 }
  - { name: c, address: 192.0.2.55, port: 2000, channels: [3-9] }`;
  for (const [name, named] of [
    ["named", recorders],
    ["any", "recorders: any"],
  ] as const) {
    const flight = await Log.of(policy(InspectFlag.SCORES, 0.2, section, named));
    for (const batch of batches(byTime(streams.flat()))) flight.run(batch);
    const { lines } = flight.run(record(new Uint8Array(0), { time: 1_010_000_000_000n, kind: RecordKind.END }));
    await expect(summary(`bus streams ${name}`, lines)).toMatchFileSnapshot(`golden/streams-${name}.txt`);
  }
});

const pieces = (bytes: Uint8Array) =>
  Array.from({ length: Math.ceil(bytes.length / 60_000) }, (_, n) =>
    record(bytes.subarray(n * 60_000, (n + 1) * 60_000), { kind: RecordKind.CHAPTER10 }),
  );
const recordedOf = (messages: BusMessage[]) => pieces(Buffer.concat([...bytesOf(messages, bus.channels)]));

// REQ-DETECT-008
it("sections that are not as they should be: which are refused, and what is judged by the others", async () => {
  const records = recordedOf(disturbed(flown(21, 0.25), { seed: 21, oneIn: 5 }));
  const lines = await spoiltLines(policy(InspectFlag.SCORES, 0.5, section), { seed: 2, times: 800, records });
  await expect(summary("bus spoilt", lines)).toMatchFileSnapshot("golden/spoilt.txt");
});

it("a second configuration forgets all of the first", async () => {
  const second = policy(InspectFlag.SCORES, 0.01, section);
  const records = recordedOf(disturbed(flown(22, 0.5), { seed: 22, oneIn: 5 }));
  const judged = (flight: Log) => {
    for (const one of records) flight.run(one);
    return flight.lines
      .filter(({ kind }) => kind.startsWith("score "))
      .map(({ kind, text }) => [kind, text.split(" ")[4]]);
  };
  const fresh = judged(await Log.of(second));
  expect(fresh.length).toBeGreaterThan(20);
  for (const first of [second, policy(InspectFlag.LEARN, 1)]) {
    const flight = await Log.of(first);
    for (const one of recordedOf(disturbed(flown(23, 0.5), { seed: 23, oneIn: 9 }))) flight.run(one);
    flight.configure(second);
    flight.lines.length = 0;
    expect(judged(flight)).toEqual(fresh);
  }
});

it("the tables of inspect take as many bytes as is said in one place", async () => {
  expect(await memoryOf("inspect")).toBe(INSPECT_BYTES);
});
