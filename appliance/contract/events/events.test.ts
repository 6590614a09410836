// The declared events beside those that the compartments write: of fixtures under several policies every event is as declared,
// and nothing is declared that none of them has.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { beforeAll, describe, expect, it } from "vitest";
import { CaptureReader } from "../../../captures/reader.ts";
import { recordStream } from "../../../captures/records.ts";
import { pcapOf } from "../../../captures/testing/files.ts";
import { writeBaseline } from "../../../detectors/baseline/file.ts";
import { baselineOf } from "../../../detectors/baseline/merge.ts";
import { modbus, polled } from "../../../detectors/content/testing/messages.ts";
import type { Frame } from "../../../detectors/testing/site.ts";
import { type CompileOptions, compilePolicyText } from "../../../diode/policy.ts";
import { policyWith } from "../../../diode/testing/guard.ts";
import { learnCapture } from "../../../tuning/learn/learn.ts";
import { embed } from "../../hosts/node.ts";
import { count, type EventType, type Member, type ObjectType } from "./declare.ts";
import { schemaOf } from "./events.generate.ts";
import { EVENTS } from "./events.ts";

type Json = Record<string, unknown>;

/** Suricata's schema has these, of IP packets; test/replay.test.ts holds them against it. */
const theirs = ({ event_type, mil1553, chapter10 }: Json) =>
  ["flow", "drop"].includes(event_type as string) || (event_type === "anomaly" && !mil1553 && !chapter10);

async function eventsOf(policy: string, captures: string[], options: CompileOptions = {}): Promise<Json[]> {
  const appliance = await embed(compilePolicyText(policy, "policy.yaml", options).parts);
  const reader = await CaptureReader.open(captures);
  const events: Json[] = [];
  const record = (json: Uint8Array) => void events.push(JSON.parse(Buffer.from(json).toString("latin1")));
  for await (const chunk of recordStream(reader, appliance.input))
    appliance.run(chunk.length, { forwarded: () => undefined, record });
  await reader.close();
  return events.filter((event) => !theirs(event));
}

const validatorOf = (events: readonly EventType[]) => new Ajv({ strict: false }).compile(schemaOf(events));

/** Each member of a declared object, as a path: heartbeat.inspect.frames, ... */
function declared({ members }: ObjectType, at: string): string[] {
  return Object.entries(members).flatMap(([name, { object }]) => [
    `${at}.${name}`,
    ...(object ? declared(object, `${at}.${name}`) : []),
  ]);
}

/** The same of an event; a list counts as its items. */
function occurring(value: unknown, at: string, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) occurring(item, at, found);
  else if (value && typeof value === "object")
    for (const [name, inner] of Object.entries(value)) {
      found.add(`${at}.${name}`);
      occurring(inner, `${at}.${name}`, found);
    }
}

/** Optional members (with what is in them) that need traffic which the fixtures have none of. */
const RARE = [
  ...["vlan", "icmp_type", "icmp_code"].map((name) => `alert.${name}`),
  ...["mode_code", "mode"].map((name) => `alert.mil1553.${name}`),
  ...["alert", "anomaly"].flatMap((kind) =>
    ["from", "from_status", "second_response_us"].map((name) => `${kind}.mil1553.${name}`),
  ),
  "alert.alert.context.message.either",
  "weir_rules.rules.messages",
  ...["mac", "channel", "rt", "tr", "sa"].map((name) => `weir_quarantine.quarantine.${name}`),
];

const KEY = "5a".repeat(32);
const MESSAGES = `transfer: { in: { key: "${KEY}" }, out: { key: "${KEY}" }, extensions: [txt] }
messages:
  - { name: attitude, action: allow, rt: 5, sa: 1, direction: transmit, words: 28 }`;
const CROSSING = policyWith(
  `- { name: bus, action: allow, protocol: udp, from: 192.0.2.53, to: 239.255.0.10, ports: 2000, payload: mil1553 }
- { name: files, action: allow, protocol: udp, from: 10.0.0.21, to: 10.0.1.9, ports: 6000, payload: transfer }`,
  MESSAGES,
);

/** fixtures/policy.yaml with a quarantine, a rate, a queue. */
const site = readFileSync("fixtures/policy.yaml", "utf8")
  .replace(
    /^rules:/m,
    "quarantine: { for: 60s }\nmaintenance: [{ from: 2026-03-02T09:00Z, to: 2026-03-02T09:10Z, why: x, detectors: [arp] }]\nrules:",
  )
  .replace("    size: 1-512", "    rate: 5/s\n    size: 1-512")
  .replace("    mtu: 1500", "    rate: 1000/s\n    queue: 4\n    mtu: 1500");
const watch = readFileSync("fixtures/watch.yaml", "utf8");

let events: Json[];
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-events-"));
  const learned = async (capture: string) => {
    const { capture: of, entries } = await learnCapture(
      capture,
      compilePolicyText(watch, "p", { learn: true }),
      () => ({
        stop: () => undefined,
      }),
    );
    const baseline = join(folder, "learned.baseline");
    writeBaseline(baseline, baselineOf([of], entries, { rate: 0.1 }));
    return baseline;
  };
  const thresholds = join(folder, "threshold.config");
  writeFileSync(thresholds, "suppress gen_id 1, sig_id 7700001, track by_src, ip 10.0.0.5\n");
  const sets = ["detectors.scan.action=quarantine-flow"];
  const bus = ["bc-impersonation", "collision"].map((name) => `fixtures/mil1553/${name}.ch10`);
  const control = (name: string, frames: readonly Frame[]) => {
    const path = join(folder, name);
    writeFileSync(path, pcapOf(frames));
    return path;
  };
  const writes = [
    [16, 0, 200, 0, 1, 2, 0, 9],
    [6, 0, 201, 0, 45],
    [6, 0, 200, 3, 232],
  ].map((pdu) => modbus(9, 1, pdu));
  const written = polled(2, 10_000, 60, (c, k) => writes[k - 40] && c.say(10_000.7 + k, true, writes[k - 40]!));
  events = [
    ...(await eventsOf(watch, [control("written.pcap", written)], {
      baseline: await learned(control("lesson.pcap", polled(1, 1000, 1200))),
    })),
    ...(await eventsOf(site, ["fixtures/site.pcap"], {
      ...{ thresholds, sets, baseline: await learned("fixtures/normal.pcap") },
    })),
    ...(await eventsOf(watch, ["fixtures/normal.pcap"], { learn: true })),
    ...(await eventsOf(watch, bus, { baseline: await learned("fixtures/mil1553/clean.ch10") })),
    ...(await eventsOf(CROSSING, ["fixtures/mil1553/stream.pcap"], { keyless: true })),
  ];
  rmSync(folder, { recursive: true });
});

describe("what the compartments write", () => {
  it("is as declared: every member listed, of its type", () => {
    const valid = validatorOf(EVENTS);
    for (const event of events) expect(valid(event) || JSON.stringify([event, valid.errors])).toBe(true);
  });
  it("has every kind of event and every member that is declared, but for what the fixtures cannot have", () => {
    const found = new Set<string>();
    for (const event of events) occurring(event, event.event_type as string, found);
    const missing = EVENTS.flatMap((one) => declared(one, one.word)).filter((path) => !found.has(path));
    expect(missing.filter((path) => !RARE.some((rare) => path === rare || path.startsWith(`${rare}.`)))).toEqual([]);
    expect(RARE.filter((path) => !missing.includes(path))).toEqual([]);
  });
});

describe("a change of the declaration", () => {
  const changed = (change: (members: Record<string, Member>) => Record<string, Member>): EventType[] =>
    EVENTS.map((one) => {
      if (one.word !== "heartbeat") return one;
      const guard = one.members.guard!;
      const object = { ...guard.object!, members: change(guard.object!.members) };
      return { ...one, members: { ...one.members, guard: { ...guard, object } } };
    });
  const refused = (change: Parameters<typeof changed>[0]) => {
    const valid = validatorOf(changed(change));
    return events.filter((event) => event.event_type === "heartbeat" && !valid(event)).length;
  };
  it("is seen: another name, one more that is not optional, one less", () => {
    expect(refused((members) => members)).toBe(0);
    const heartbeats = events.filter((event) => event.guard).length;
    expect(heartbeats).toBeGreaterThan(10);
    expect(refused(({ forwarded, ...rest }) => ({ ...rest, passed: forwarded! }))).toBe(heartbeats);
    expect(refused((members) => ({ ...members, more: count("of nothing") }))).toBe(heartbeats);
    expect(refused(({ backwards: _, ...rest }) => rest)).toBe(heartbeats);
  });
});
