// Every detector of the registry through inspect as it flies: each of its alerts is raised by the traffic below, as a score and as an
// event, and by nothing of what was learned. Detectors of a ground's module of their own are compared with it, score by score.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { RecordKind } from "../appliance/contract/abi.ts";
import { InspectFlag, Tag } from "../appliance/contract/config.ts";
import { command as simulate } from "../cli/simulate.ts";
import { compilePolicyText } from "../diode/policy.ts";
import { policyWith, sectionsOf } from "../diode/testing/guard.ts";
import { record, SYN } from "../ip/testing/frames.ts";
import { uniform } from "../lib/numerics/random.ts";
import { writeBaseline } from "./baseline/file.ts";
import { baselineOf } from "./baseline/merge.ts";
import { DETECTOR_NAMES, type DetectorName, FAMILIES, FIXED } from "./catalogue.ts";
import { goose, publisher } from "./content/testing/messages.ts";
import { advertisement, DISCOVER, dhcpFrame, leased, linkLocal, routerFrame, solicitation } from "./ip/testing/hop.ts";
import { arpFrame, at, byTime, echo, every, lookup, macOf, resolved } from "./ip/testing/traffic.ts";
import { Flight, type Scored } from "./testing/flight.ts";
import { ATTACKS, batches, type Frame, normalTraffic, tcpFrame, udpFrame } from "./testing/site.ts";

/** Of normalTraffic(): who polls whom. */
const [MASTER, CONTROLLER, STRANGER] = ["10.1.0.10", "10.1.0.101", "10.1.0.66"];
const SERVER = { mac: macOf("10.1.0.2"), ip: "10.1.0.2" };
const START = 2000;
const random = uniform(7);
const letters = (count: number) =>
  Array.from({ length: count }, () => "abcdefghijklmnop"[Math.floor(16 * random())]).join("");
const noise = (count: number) => Uint8Array.from({ length: count }, () => Math.floor(256 * random()));

/** What raises each alert: frames beside the normal traffic, or Chapter 10 in place of it. */
const RAISED: Record<DetectorName, () => Frame[] | Buffer> = {
  scan: () =>
    every(0.1, 60, START, (k) =>
      tcpFrame({ src: STRANGER, dst: CONTROLLER, sport: 4000, dport: 1 + k, size: 0, flags: SYN }),
    ),
  "new-host": () => every(1, 1, START, () => udpFrame({ src: STRANGER, dst: MASTER, sport: 9, dport: 9, size: 9 })),
  "new-service": () =>
    every(1, 1, START, () => udpFrame({ src: MASTER, dst: CONTROLLER, sport: 9, dport: 999, size: 9 })),
  "new-pair": () =>
    every(1, 1, START, () => udpFrame({ src: "10.1.0.101", dst: "10.1.0.102", sport: 9, dport: 9, size: 9 })),
  flood: () => ATTACKS["SYN flood from forged ports"]!(START),
  arp: () => [
    ...resolved(START, MASTER, CONTROLLER),
    ...every(1, 5, START + 1, () =>
      arpFrame({ op: 2, mac: macOf(STRANGER), ip: CONTROLLER, target: MASTER, targetMac: macOf(MASTER) }),
    ),
  ],
  nd: () => [
    at(START, advertisement({ mac: macOf(CONTROLLER), target: linkLocal(1) })),
    ...every(1, 5, START + 1, () => solicitation(macOf(MASTER), linkLocal(2), linkLocal(3))),
    ...every(1, 5, START + 2, () =>
      advertisement({ mac: macOf(STRANGER), target: linkLocal(1), dst: linkLocal(2), to: macOf(MASTER) }),
    ),
  ],
  "rogue-router": () => [
    ...every(100, 4, START - 400, () => routerFrame({ mac: macOf(CONTROLLER), src: linkLocal(1) })),
    at(START, routerFrame({ mac: macOf(STRANGER), src: linkLocal(66), prefix: "2001:db8:bad:0" })),
  ],
  "ra-flood": () =>
    every(0.01, 60, START, (k) => routerFrame({ mac: macOf(STRANGER), src: linkLocal(100 + k), lifetime: k })),
  "rogue-dhcp": () => [
    ...Array.from({ length: 9 }, (_, k) => leased(START + k, [2, 9, 0, 0, 0, k], `10.1.0.${200 + k}`, SERVER)).flat(),
    ...leased(START + 10, [2, 9, 0, 0, 0, 10], "10.1.0.210", { mac: macOf(STRANGER), ip: STRANGER }),
  ],
  "dhcp-starvation": () =>
    every(0.01, 200, START, (k) => dhcpFrame({ kind: DISCOVER, client: [2, 9, 0, 0, 1, k], xid: k })),
  "dns-tunnel": () =>
    Array.from({ length: 200 }, (_, k) =>
      lookup(START + k / 10, MASTER, "10.1.0.2", { name: `${letters(60)}.${letters(60)}.example.com`, type: 16 }, 200),
    ).flat(),
  nxdomain: () =>
    Array.from({ length: 70 }, (_, k) => {
      const [question, answer] = lookup(START + k / 10, MASTER, "10.1.0.2", { name: `${letters(12)}.com` }, 0);
      answer!.data.set([0x83, 0, 1, 0, 0], 14 + 20 + 8 + 3); // NXDOMAIN, without a record
      return [question!, answer!];
    }).flat(),
  "icmp-tunnel": () =>
    Array.from({ length: 100 }, (_, k) => [
      at(START + k / 5, echo(8, MASTER, STRANGER, 1, k, noise(800))),
      at(START + k / 5 + 0.01, echo(0, STRANGER, MASTER, 1, k, noise(800))),
    ]).flat(),
  beacon: () =>
    every(20, 40, START, (k) =>
      tcpFrame({ src: "10.1.0.20", dst: "93.184.216.34", sport: 20000 + k, dport: 443, size: 0, flags: SYN }),
    ),
  silence: () => [],
  rate: () => ATTACKS["polling forty times as fast"]!(START),
  shape: () => ATTACKS["a file leaves over the polling connection"]!(START),
  content: () =>
    byTime([
      ...publisher(START, 40),
      at(START + 30.5, goose({ state: 9, sequence: 0, since: START + 30.5, values: [true, false, true] })),
    ]),
  "bus-message": () => recorded("catalogue/bc-impersonation-high"),
  "bus-period": () => recorded("bc-impersonation"),
  "bus-order": () => recorded("bc-impersonation"),
  "bus-response": () => recorded("catalogue/terminal-spoofing-high"),
  "bus-gap": () => recorded("bc-impersonation"),
  "bus-error": () => recorded("collision"),
  "bus-status": () => recorded("catalogue/mode-self-test-high"),
  "bus-data": () => recorded("bc-impersonation"),
  "bus-mode": () => recorded("catalogue/mode-self-test-high"),
  "bus-load": () => readFileSync(join(folder, "flooded.ch10")),
};

const recorded = (name: string): Buffer => readFileSync(join("fixtures", "mil1553", `${name}.ch10`));
const folder = mkdtempSync(join(tmpdir(), "weir-flown-"));
afterAll(() => rmSync(folder, { recursive: true }));
let sections: ReturnType<typeof sectionsOf>;

/** Normal traffic from START on, in which nothing of the master's comes any more from `stop` on. */
const background = (seconds: number, stop = Infinity): Frame[] =>
  normalTraffic(3, seconds, START).filter(({ time }) => time < stop * 1e9);

beforeAll(async () => {
  await Flight.ready();
  const of = (run: (flight: Flight) => void) => {
    const flight = Flight.with([], true)!;
    run(flight);
    return flight.learned(new Set(Object.keys(FAMILIES)));
  };
  const normal = normalTraffic(1, 600);
  const entries = [
    ...of((flight) => {
      for (const batch of batches(byTime([...normal, ...resolved(1000.5, MASTER, CONTROLLER)]))) flight.run(batch);
    }),
    ...of((flight) => void flight.chapter10(recorded("clean"))),
  ];
  const capture = { name: "normal", sha256: "", bytes: 0, packets: 1, messages: 1, seconds: 600, first: "", last: "" };
  const path = join(folder, "site.baseline");
  writeBaseline(path, baselineOf([capture], entries, { rate: 1 }));
  const lists = `detectors:\n  newcomer: { hosts: [10.1.0.0/26, 10.1.0.96/27], services: [{ protocol: tcp, address: any }, { protocol: udp, address: any, port: 53 }] }\n`;
  const { parts } = compilePolicyText(policyWith("", lists), "p", { baseline: path });
  sections = sectionsOf(parts.inspect);
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const strike = ["--seconds", "3", "--attack", "flooding@0.5:high", "-o", join(folder, "flooded.ch10")];
  await simulate().parseAsync(["fixtures/mil1553/avionics.yaml", ...strike], { from: "user" });
  vi.restoreAllMocks();
});

interface Flown {
  scores: Scored[];
  alerts: string[];
}

/** What comes together on a bus is one alert of one of its detectors otherwise. */
const ungrouped = () =>
  sections.map(({ tag, bytes }) => {
    const own = Buffer.from(bytes);
    if (tag === Tag.SETTINGS) own.writeUInt32LE(own.readUInt32LE(0) | InspectFlag.UNGROUPED, 0);
    return { tag, bytes: own };
  });

function fly(traffic: Frame[] | Buffer, ticks: readonly number[] = []): Flown {
  const flight = Flight.with(Buffer.isBuffer(traffic) ? ungrouped() : sections)!;
  const flown: Flown = { scores: [], alerts: [] };
  const take = (scores: Scored[]) => {
    flown.scores.push(...scores);
    flown.alerts.push(...flight.said.flatMap(({ alert }) => (alert ? [alert.context.detector] : [])));
  };
  if (Buffer.isBuffer(traffic)) {
    for (let n = 0; n < traffic.length; n += 60_000)
      take(flight.run(record(traffic.subarray(n, n + 60_000), { kind: RecordKind.CHAPTER10 })));
  } else for (const batch of batches(byTime(traffic))) take(flight.run(batch));
  for (const second of ticks)
    take(flight.run(record(new Uint8Array(0), { time: BigInt(second) * 1_000_000_000n, kind: RecordKind.TICK })));
  take(flight.run(record(new Uint8Array(0), { kind: RecordKind.END })));
  return flown;
}

/** With normal traffic around it; the silence detector's is that of a master who falls silent. */
function raised(name: DetectorName): Flown {
  const traffic = RAISED[name]();
  if (Buffer.isBuffer(traffic)) return fly(traffic);
  return name === "silence"
    ? fly(
        background(60, START + 30),
        Array.from({ length: 30 }, (_, n) => START + 30 + n),
      )
    : fly([...traffic, ...background(60)]);
}

it("every alert of the registry has its traffic here", () => {
  expect(Object.keys(RAISED).sort()).toEqual([...DETECTOR_NAMES].sort());
});

it.each(DETECTOR_NAMES)("%s: raised as a score and as an event", (name) => {
  const { scores, alerts } = raised(name);
  const own = scores.filter(({ detector }) => detector === name);
  expect(own.length).toBeGreaterThan(0);
  for (const { score, threshold } of own) {
    if (FIXED.includes(name)) expect(score).toBeGreaterThanOrEqual(threshold);
    else expect(score).toBeGreaterThan(threshold);
    expect(score).toBeLessThanOrEqual(100 * threshold);
  }
  expect(alerts).toContain(name);
  expect([...new Set(alerts)].filter((one) => !scores.some(({ detector }) => detector === one))).toEqual([]);
});

it("none is raised by other traffic of the same plant and the same bus", () => {
  expect(fly(background(120)).alerts).toEqual([]);
  expect(fly(recorded("clean")).alerts).toEqual([]);
});
