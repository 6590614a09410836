// REQ-DETECT-015
// Nobody is framed by what is held against normal traffic, or against time: each of these detectors is given traffic that it raises
// an alert for, sent from the attacker's MAC address in another's name, and that other goes on sending.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeBaseline } from "../../detectors/baseline/file.ts";
import { baselineOf } from "../../detectors/baseline/merge.ts";
import { FAMILIES } from "../../detectors/catalogue.ts";
import { CLIENT, Connection, modbus, polled } from "../../detectors/content/testing/messages.ts";
import { leased } from "../../detectors/ip/testing/hop.ts";
import { arpFrame, byTime, every, macOf, resolved } from "../../detectors/ip/testing/traffic.ts";
import { Flight } from "../../detectors/testing/flight.ts";
import { ATTACKS, batches, type Frame, normalTraffic, tcpFrame, udpFrame } from "../../detectors/testing/site.ts";
import { SYN } from "../../ip/testing/frames.ts";
import { outcome, policyOf, RECEIVER } from "../framing/scene.ts";

/** Of normalTraffic(): who polls whom. */
const [MASTER, CONTROLLER, OTHER, STRANGER] = ["10.1.0.10", "10.1.0.101", "10.1.0.102", "10.1.0.66"];
const START = 2000;
const folder = mkdtempSync(join(tmpdir(), "weir-framing-"));
const BASELINE = join(folder, "site.baseline");
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  await Flight.ready();
  const flight = Flight.with([], true)!;
  const lesson = [MASTER, CONTROLLER, CLIENT].flatMap((host) => telemetry(host, 1000, 1200));
  lesson.push(...normalTraffic(1, 600), ...polled(1, 1000, 600), ...resolved(1000.5, MASTER, CONTROLLER));
  for (const batch of batches(byTime(lesson))) flight.run(batch);
  const entries = flight.learned(new Set(Object.keys(FAMILIES)));
  const capture = { name: "normal", sha256: "", bytes: 0, packets: 1, messages: 0, seconds: 600, first: "", last: "" };
  writeBaseline(BASELINE, baselineOf([capture], entries, { rate: 1 }));
});

/** Sent by the stranger, whoever is named in it. */
function forged({ time, data }: Frame): Frame {
  const frame = Uint8Array.from(data);
  frame.set(macOf(STRANGER), 6);
  return { time, data: frame };
}

/** What a host says to who is behind the diode; the policy lets it pass. */
const telemetry = (src: string, start: number, count: number) =>
  every(0.5, count, start, () => udpFrame({ src, dst: RECEIVER, sport: 4000, dport: 5000, size: 20 }));

const HEARD = 40;

/** The traffic beside what is normal, and telemetry of `victim` before and after it. */
async function play(detector: string, victim: string, traffic: Frame[], baseline = true) {
  const known = baseline ? `baseline: ${BASELINE}\n` : "";
  const policy = policyOf(`${known}detectors: { ${detector}: { action: quarantine } }`).replace("10.0.0.0/16", "any");
  const last = traffic.at(-1)!.time / 1e9;
  const normal = baseline ? normalTraffic(3, 60, START) : [];
  const around = [...telemetry(victim, START, HEARD / 2), ...telemetry(victim, last + 1, HEARD / 2)];
  const frames = byTime([...traffic, ...normal, ...around]).map(({ time, data }) => ({
    time: BigInt(time),
    frame: data,
  }));
  const { alerts, quarantined, crossed, events } = await outcome(policy, frames);
  expect(alerts).toContain(detector);
  const accused = quarantined.filter(({ quarantine }) => quarantine!.detector === detector);
  return {
    accused: accused.map(({ src_ip, quarantine }) => ({ src_ip, of: quarantine!.of, mac: quarantine!.mac })),
    heard: crossed[victim] ?? 0,
    said: events.flatMap(({ alert }) => (alert?.context.detector === detector ? [alert] : [])),
  };
}

const claims = (start: number) =>
  every(1, 5, start, () =>
    arpFrame({ op: 2, mac: macOf(STRANGER), ip: CONTROLLER, target: MASTER, targetMac: macOf(MASTER) }),
  );
const poll = (start: number) =>
  every(1, 5, start, () => tcpFrame({ src: CONTROLLER, dst: MASTER, sport: 502, dport: 50001, size: 19 }));
const calls = (src: string) =>
  every(20, 40, START + 15, (k) =>
    tcpFrame({ src, dst: "93.184.216.34", sport: 20000 + k, dport: 443, size: 0, flags: SYN }),
  );

describe("in another's name", () => {
  it("ARP accuses nobody", async () => {
    const { accused, heard } = await play("arp", CONTROLLER, claims(START + 12));
    expect({ accused, heard }).toEqual({ accused: [], heard: HEARD });
  });

  it("packets of an address that has another MAC address accuse it at this one only", async () => {
    const { accused, heard } = await play("arp", CONTROLLER, poll(START + 12).map(forged));
    expect(accused).toEqual([{ src_ip: CONTROLLER, of: "source", mac: "02:00:0a:01:00:42" }]);
    expect(heard).toBe(HEARD);
  });

  it("packets of an address that DHCP gave to the stranger accuse nobody, though its owner goes on", async () => {
    const lease = leased(START + 12, macOf(STRANGER), CONTROLLER, { mac: macOf("10.1.0.2"), ip: "10.1.0.2" });
    const { accused, heard } = await play("arp", CONTROLLER, [...lease, ...poll(START + 14).map(forged)]);
    expect({ accused, heard }).toEqual({ accused: [], heard: HEARD });
  });

  it("a beacon accuses nobody, where its address is contested", async () => {
    const { accused, heard } = await play("beacon", MASTER, calls(MASTER).map(forged), false);
    expect({ accused, heard }).toEqual({ accused: [], heard: HEARD });
    const own = await play("beacon", MASTER, calls(STRANGER), false);
    expect(own.accused).toEqual([{ src_ip: STRANGER, of: "source", mac: undefined }]);
  });

  it("what exceeds a rate accuses a flow at most", async () => {
    const traffic = ATTACKS["polling forty times as fast"]!(START + 12);
    const { accused, heard } = await play("rate", MASTER, traffic.map(forged));
    expect(accused.filter(({ of }) => of !== "flow")).toEqual([]);
    expect(heard).toBe(HEARD);
  });

  it("more of what a known flow carries accuses nobody", async () => {
    const traffic = every(0.005, 2000, START + 12, () =>
      udpFrame({ src: MASTER, dst: RECEIVER, sport: 4000, dport: 5000, size: 20 }),
    );
    const { accused, heard } = await play("rate", MASTER, traffic.map(forged));
    expect(accused).toEqual([]);
    expect(heard).toBe(HEARD + traffic.length);
  });

  it("a pair of known hosts that never talked accuses the flow", async () => {
    const traffic = every(1, 5, START + 12, () =>
      udpFrame({ src: CONTROLLER, dst: OTHER, sport: 9, dport: 9, size: 9 }),
    );
    const { accused, heard } = await play("new-pair", CONTROLLER, traffic.map(forged));
    expect(new Set(accused.map(({ src_ip, of }) => `${of} ${src_ip}`))).toEqual(new Set([`flow ${CONTROLLER}`]));
    expect(heard).toBe(HEARD);
  });

  it("a channel of another shape accuses nobody, where its address is contested, otherwise flows", async () => {
    const traffic = ATTACKS["a file leaves over the polling connection"]!(START + 12);
    const own = await play("shape", CONTROLLER, traffic);
    expect(new Set(own.accused.map(({ of }) => of))).toEqual(new Set(["flow"]));
    const { accused, heard } = await play("shape", CONTROLLER, traffic.map(forged));
    expect({ accused, heard }).toEqual({ accused: [], heard: HEARD });
  });

  it("content that a host never had accuses the flow, and where its address is contested nobody", async () => {
    const write = modbus(1, 1, [16, 0, 200, 0, 1, 2, 0, 9]);
    const traffic = new Connection(502).say(START + 12, true, write).say(START + 13, true, write).frames;
    const own = await play("content", CLIENT, traffic);
    expect(new Set(own.accused.map(({ src_ip, of }) => `${of} ${src_ip}`))).toEqual(new Set([`flow ${CLIENT}`]));
    expect(own.heard).toBe(HEARD);
    const { accused, heard } = await play("content", CLIENT, traffic.map(forged));
    expect({ accused, heard }).toEqual({ accused: [], heard: HEARD });
  });

  it("a flood accuses nobody", async () => {
    const traffic = ATTACKS["SYN flood from forged ports"]!(START + 12);
    const { accused, heard } = await play("flood", STRANGER, traffic, false);
    expect({ accused, heard }).toEqual({ accused: [], heard: HEARD });
  });
});

it("silence accuses nobody", async () => {
  const { accused, heard } = await play("silence", STRANGER, telemetry(OTHER, START + 90, 1));
  expect({ accused, heard }).toEqual({ accused: [], heard: HEARD });
});

// REQ-DETECT-016
it("a thousand new pairs of one client are one alert, and one at the end that counts the others", async () => {
  const traffic = every(0.01, 1000, START + 12, (k) =>
    udpFrame({ src: STRANGER, dst: CONTROLLER, sport: 50000, dport: 1000 + k, size: 9 }),
  );
  const { said } = await play("new-pair", MASTER, traffic);
  expect(said.map(({ context }) => (context as { count?: number }).count ?? 1)).toEqual([1, 999]);
});
