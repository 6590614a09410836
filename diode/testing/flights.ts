// All that guard says and sends in the scenarios that it is told from its mutants by, and under policies that nobody would write, as lines.
import { createHash } from "node:crypto";
import type { Line } from "../../appliance/compartments/inspect/testing/log.ts";
import { Measure, MeasureList } from "../../appliance/contract/abi.ts";
import { Part, packPart } from "../../appliance/contract/config.ts";
import { batches, normalTraffic } from "../../detectors/testing/site.ts";
import { spoil } from "../../detectors/testing/spoilt.ts";
import { swarm } from "../../detectors/testing/swarm.ts";
import { generator } from "../../ip/testing/seeds.ts";
import { Guard, policyWith, sectionsOf } from "./guard.ts";
import { scenarios } from "./scenarios.ts";

/** What leaves guard in each call for a batch, as it lies in memory. */
function outputs(
  guard: Guard,
  bytes: Uint8Array,
  measures: Uint8Array = new Uint8Array(0),
): [frames: string, events: string][] {
  const e = guard.exports;
  const list = e.measuresAt();
  const count = { count: measures.length / Measure.SIZE, taken: 0 };
  guard.input.set(bytes);
  new MeasureList(new DataView(e.memory.buffer, list, MeasureList.SIZE)).write(count);
  new Uint8Array(e.memory.buffer, list + MeasureList.SIZE, measures.length).set(measures);
  const found: [string, string][] = [];
  for (let at = 0; at < bytes.length; ) {
    at = e.run(at, bytes.length);
    const text = (from: number, length: number) => Buffer.from(e.memory.buffer, from, length).toString("latin1");
    found.push([text(e.framesAt(), e.framesLength()), text(e.eventsAt(), e.eventsLength())]);
  }
  return found;
}

/** What leaves guard in each scenario. */
export async function scenarioLines(): Promise<Line[]> {
  const lines: Line[] = [];
  for (const { name, part, batches: all } of await scenarios()) {
    const guard = await Guard.bare();
    const answer = guard.configure(part);
    if (answer !== "accepted") lines.push({ kind: "refused", text: `${name}: ${answer}` });
    else
      for (const { bytes, measures } of all)
        for (const [frames, events] of outputs(guard, bytes, measures))
          lines.push({ kind: `${name}: frames`, text: frames }, { kind: `${name}: events`, text: events });
  }
  return lines;
}

/** With a key of each kind, so that each section has something in it. */
export const SITE = policyWith(
  `- { name: polls, action: allow, protocol: tcp, from: 10.1.0.0/24, to: [10.1.0.0/24, "2001:db8::/32"], ports: 502, rate: 20/s }
- { name: names, action: allow, protocol: udp, from: 10.0.0.0/8, to: any, ports: 53, source-ports: 1024-65535, size: 12-400 }
- { name: nobody, action: deny, protocol: udp, from: 10.1.0.20, ports: 1-100 }
- { name: rest, action: allow, protocol: udp, from: any, to: any, ports: 1-65535, vlan: any }
- { name: pings, action: allow, protocol: icmp, from: any, to: any }`,
  "protected: [10.1.0.10]\nquarantine: { for: 10s, per-minute: 30, tightened: 2/s }\ndetectors: { rate: { action: tighten } }",
  ", mtu: 1400, rate: 200/s, burst: 20",
);

/** Of each section of a policy so many that are not as they should be: whether they are taken, and what comes through then. */
export async function spoiltPolicies(part: Uint8Array, times: number): Promise<Line[]> {
  const random = generator(40_014);
  const traffic = [
    ...batches([...normalTraffic(8, 4), ...swarm({ seed: 41, frames: 120, pace: "dense", start: 1005 })]),
  ];
  const lines: Line[] = [];
  const sections = sectionsOf(part);
  for (const [place, { tag, bytes }] of sections.entries())
    for (let n = 0; n < times && bytes.length >= 8; n++) {
      const changed = sections.map((one, at) => (at === place ? { tag, bytes: spoil(bytes, random) } : one));
      const guard = await Guard.bare();
      const answer = guard.configure(packPart(Part.GUARD, changed));
      const hash = createHash("sha256");
      if (answer === "accepted") for (const batch of traffic) hash.update(outputs(guard, batch).flat().join());
      lines.push({ kind: `section ${tag}, ${answer}`, text: `${n} ${hash.digest("hex")}` });
    }
  return lines;
}
