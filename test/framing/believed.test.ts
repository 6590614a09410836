// Nobody is believed unasked: what a host wraps, or records, says nothing of others unless the policy names the tunnel or
// the recorder.
import { describe, expect, it } from "vitest";
import { bytes, ipv4, SYN, tcp, udp } from "../../ip/testing/frames.ts";
import { MIL1553, packet, TIME, timeData } from "../../mil1553/writer/chapter10.ts";
import { ATTACKER, ethernet, HONEST, MAC, outcome, policyOf, RECEIVER, Scene } from "./scene.ts";

const KNOWN = (more = "", action = "quarantine") =>
  policyOf(`${more}
detectors:
  scan: { action: quarantine }
  newcomer: { action: ${action}, hosts: [ ${HONEST}, ${RECEIVER}, 10.0.9.0/24 ] }`);

const inner = (n: number, src = HONEST) => {
  const ends = { src, dst: `10.0.9.${n + 1}`, sport: 40000 + n, dport: 22 };
  return ipv4(6, tcp(SYN, ends), ends);
};
const framed = (n: number, src = HONEST) => ethernet(MAC.attacker, inner(n, src));
const u16 = (v: number) => [v >> 8, v & 255];

/** What carries the inner packet: IP protocol and payload, by the kind a policy calls it. */
const WRAPPED: Record<string, (n: number, src?: string) => [protocol: number, payload: Uint8Array]> = {
  gre: (n, src) => [47, bytes([0, 0, 8, 0], inner(n, src))],
  erspan: (n, src) => [47, bytes([0x10, 0, 0x88, 0xbe, 0, 0, 0, 1], [0x10, 0, 0, 1, 0, 0, 0, 0], framed(n, src))],
  "ip-in-ip": (n, src) => [4, inner(n, src)],
  "ethernet-in-ip": (n, src) => [143, framed(n, src)],
  "mpls-in-ip": (n, src) => [137, bytes([0, 0, 0x11, 64], inner(n, src))],
  vxlan: (n, src) => [17, over(4789, bytes([8, 0, 0, 0, 0, 0, 1, 0], framed(n, src)))],
  geneve: (n, src) => [17, over(6081, bytes([0, 0, 0x65, 0x58, 0, 0, 1, 0], framed(n, src)))],
  gtp: (n, src) => [17, over(2152, gtp(inner(n, src)))],
  "gtp from its port": (n, src) => [17, over(5000, gtp(inner(n, src)), 2152)],
  "gre-in-udp": (n, src) => [17, over(4754, bytes([0, 0, 8, 0], inner(n, src)))],
  "mpls-in-udp": (n, src) => [17, over(6635, bytes([0, 0, 0x11, 64], inner(n, src)))],
};

const gtp = (packet: Uint8Array) => bytes([0x30, 255], u16(packet.length), [0, 0, 0, 7], packet);
const over = (dport: number, data: Uint8Array, sport = 33000) =>
  udp(data, { src: ATTACKER, dst: RECEIVER, sport, dport });

function wrappedScan(kind: string, src = HONEST): Scene {
  const scene = new Scene().telemetry(HONEST, MAC.honest, 5);
  for (let n = 0; n < 30; n++) {
    const [protocol, payload] = WRAPPED[kind]!(n, src);
    scene.ip(MAC.attacker, ATTACKER, RECEIVER, protocol, payload);
  }
  return scene.wait(6000).telemetry(HONEST, MAC.honest, 50);
}

describe.each(Object.keys(WRAPPED))("a tunnel that the policy does not name: %s", (kind) => {
  // REQ-DECODE-021
  it("is judged by who sends it, and frames nobody whom it quotes", async () => {
    const { crossed, quarantined, alerts, events } = await outcome(KNOWN(), wrappedScan(kind).frames);
    expect(new Set(quarantined.map(({ src_ip }) => src_ip))).toEqual(new Set([ATTACKER]));
    expect(crossed).toEqual({ [HONEST]: 55 });
    expect(alerts).toEqual(["new-host"]);
    // reported all the same: a flow of what is inside, and one of what is around it
    const flows = events.filter(({ event_type }) => event_type === "flow");
    expect(flows.some(({ src_ip, dest_ip }) => src_ip === HONEST && dest_ip === "10.0.9.1")).toBe(true);
    expect(flows.some(({ src_ip, dest_ip }) => src_ip === ATTACKER && dest_ip === RECEIVER)).toBe(true);
  });
});

// REQ-DECODE-021
it.each([
  [4789, "hello, this is no tunnel"], // VXLAN, whose flags say nothing of an identifier
  [2152, "hello, this is no tunnel"],
  [3544, "hello, this is no tunnel"],
  [6081, "\0\0\x08\x06\0\0\x01\0\0\x01\x08\0\x06\x04\0\x01"], // ARP in GENEVE
])("a datagram to port %i that holds no packet is one flow, as others are", async (port, data) => {
  const scene = new Scene();
  for (let n = 0; n < 3; n++) scene.datagram(HONEST, MAC.honest, RECEIVER, 33000, port, Buffer.from(data, "latin1"));
  const { events } = await outcome(KNOWN(), scene.frames);
  const flows = events.filter(({ event_type }) => event_type === "flow") as unknown as {
    flow: { pkts_toserver: number };
  }[];
  expect(flows.map(({ flow }) => flow.pkts_toserver)).toEqual([3]);
});

describe("a tunnel that the policy names", () => {
  const named = (kind: string, between: string, port = "") =>
    KNOWN(`tunnels: [ { name: core, kind: ${kind}${port}, between: [ ${between} ] } ]`, "alert");
  const ENDS = `${ATTACKER}, ${RECEIVER}`;

  // REQ-DECODE-021
  it.each([
    ["gre", "gre"],
    ["gre", "erspan"],
    ["ip-in-ip", "ip-in-ip"],
    ["ethernet-in-ip", "ethernet-in-ip"],
    ["mpls-in-ip", "mpls-in-ip"],
    ["vxlan", "vxlan"],
    ["geneve", "geneve"],
    ["gtp", "gtp"],
    ["gtp", "gtp from its port"],
    ["gre-in-udp", "gre-in-udp"],
    ["mpls-in-udp", "mpls-in-udp"],
  ])("%s is opened: %s", async (kind, wrapping) => {
    const { quarantined, alerts, crossed } = await outcome(named(kind, ENDS), wrappedScan(wrapping, "10.0.7.7").frames);
    expect(alerts.sort()).toEqual(["new-host", "scan"]);
    expect(quarantined.map(({ src_ip }) => src_ip)).toEqual(["10.0.7.7"]);
    expect(crossed[HONEST]).toBe(55);
  });

  // REQ-DECODE-021
  it.each([
    ["another kind", "ip-in-ip", ENDS, ""],
    ["other ends", "vxlan", `${HONEST}, ${RECEIVER}`, ""],
    ["one end only", "vxlan", ATTACKER, ""],
    ["another port", "vxlan", ENDS, ", port: 8472"],
  ])("with %s is not that one", async (_, kind, between, port) => {
    const { alerts } = await outcome(named(kind, between, port), wrappedScan("vxlan", "10.0.7.7").frames);
    expect(alerts).toEqual(["new-host"]); // the attacker
  });

  // REQ-DECODE-021
  it("says nothing of a tunnel inside it", async () => {
    const scene = new Scene();
    for (let n = 0; n < 30; n++) {
      const ends = { src: "10.0.7.7", dst: "10.0.7.8" };
      scene.ip(MAC.attacker, ATTACKER, RECEIVER, 47, bytes([0, 0, 8, 0], ipv4(4, inner(n), ends)));
    }
    const { quarantined, crossed, events } = await outcome(
      named("gre", ENDS),
      scene.wait(6000).telemetry(HONEST, MAC.honest, 50).frames,
    );
    expect(quarantined).toEqual([]);
    expect(events.filter(({ event_type }) => event_type === "alert").map(({ src_ip }) => src_ip)).toEqual(["10.0.7.7"]);
    expect(crossed).toEqual({ [HONEST]: 50 });
  });
});

const COUNTER = 1_000_000;
const channel10 = (type: number, data: Uint8Array, sequence = 0, channel = 2) =>
  packet(data, { channel, type, sequence, counter: COUNTER, checksum: 32 });

/** A Chapter 10 packet in a datagram of format 1. */
const datagram = (bytes10: Uint8Array, n = 0) => bytes([1, n & 255, n >> 8, 0], bytes10);

/** Recorded Ethernet frames (type 0x68) of this time, counted from the recorder's. */
function recorded(frames: readonly Uint8Array[], counter = COUNTER): Buffer {
  const csdw = Buffer.alloc(4);
  csdw.writeUInt32LE(frames.length);
  const parts = frames.map((frame) => {
    const head = Buffer.alloc(12);
    head.writeUIntLE(counter, 0, 6);
    head.writeUInt32LE(frame.length, 8);
    return Buffer.concat([head, frame, Buffer.alloc(frame.length & 1)]);
  });
  return channel10(0x68, Buffer.concat([csdw, ...parts]), 1, 9);
}

const YEAR_2200 = Date.UTC(2200, 0, 1);
const NOW = 1_700_000_000_000;
const time = (ms: number, n = 0) => datagram(channel10(TIME, timeData(ms), n, 1), n);
const TO = { sport: 5001, dport: 5001 };
const RECORDER = "10.0.0.7";

describe("Ethernet that a recorder sends over UDP", () => {
  // REQ-DECODE-022
  it.each([
    ["nobody named", ""],
    ["a recorder of the policy", `recorders: [ { name: bus, address: ${ATTACKER}, port: 5001 } ]`],
  ])("by %s frames nobody, and moves no time", async (_, more) => {
    const scene = new Scene().telemetry(HONEST, MAC.honest, 5);
    scene.datagram(ATTACKER, MAC.attacker, RECEIVER, TO.sport, TO.dport, time(YEAR_2200));
    const frames = Array.from({ length: 12 }, (_, n) => framed(n, n % 2 ? HONEST : "10.0.7.7"));
    scene.datagram(ATTACKER, MAC.attacker, RECEIVER, TO.sport, TO.dport, datagram(recorded(frames), 1));
    // a silent scan behind it, which a clock of the year 2200 would hide
    for (let n = 0; n < 20; n++) scene.segment("10.0.0.67", MAC.other, `10.0.9.${100 + n}`, 41000 + n, 22, SYN);
    const policy = policyOf(`${more}
detectors:
  scan: { action: quarantine }
  newcomer: { hosts: [ ${HONEST}, ${RECEIVER}, ${ATTACKER}, 10.0.0.67, 10.0.9.0/24 ] }`);
    const { crossed, quarantined, alerts, events } = await outcome(
      policy,
      scene.wait(6000).telemetry(HONEST, MAC.honest, 50).frames,
    );
    expect(alerts).toEqual(["scan"]);
    expect(quarantined.map(({ src_ip }) => src_ip)).toEqual(["10.0.0.67"]);
    expect(crossed[HONEST]).toBe(55);
    expect(events.filter(({ timestamp }) => !`${timestamp}`.startsWith("2023-11-14"))).toEqual([]);
  });
});

/** A datagram of messages whose words no terminal can have sent: each is an anomaly, dated by its recorder. */
function messages(n: number): Uint8Array {
  const data = Buffer.alloc(4 + 14 + 4);
  data.writeUInt32LE(1);
  data.writeUIntLE(COUNTER + n, 4, 6);
  data.writeUInt16LE(0x1000, 12); // block status: message error
  data.writeUInt16LE(0, 14);
  data.writeUInt16LE(4, 16);
  data.writeUInt16LE(0x2c22, 18);
  data.writeUInt16LE(0x0000, 20);
  return datagram(channel10(MIL1553, data, n), n);
}

describe("recorders", () => {
  const anomalies = (events: readonly Record<string, unknown>[]) =>
    events.filter(({ event_type, mil1553 }) => event_type === "anomaly" && mil1553);
  const policy = (more: string) => policyOf(`${more}\ndetectors: { anomalies: { per-second: 1000 } }`);
  const named = (rest = "") => policy(`recorders: [ { name: bus, address: ${RECORDER}, port: 5001${rest} } ]`);

  function play(strangers: number, src = RECORDER, dport = 5001): Scene {
    const scene = new Scene();
    const send = (from: string, data: Uint8Array) => scene.datagram(from, MAC.other, RECEIVER, 5001, dport, data);
    send(src, time(NOW));
    for (let n = 0; n < strangers; n++) send(`10.0.3.${n + 1}`, time(0, n));
    for (let n = 1; n < 6; n++) send(src, messages(n));
    return scene;
  }

  // REQ-DECODE-022
  it("that are named keep their clock whoever else sends Chapter 10", async () => {
    for (const strangers of [0, 16, 300]) {
      const found = anomalies((await outcome(named(), play(strangers).frames)).events);
      expect(found.length, `${strangers}`).toBe(5);
      expect(found.every(({ timestamp }) => `${timestamp}`.startsWith("2023-11-14"))).toBe(true);
    }
  });

  // REQ-DECODE-022
  it.each([
    ["another address", `recorders: [ { name: bus, address: 10.0.0.8, port: 5001 } ]`],
    ["another port", `recorders: [ { name: bus, address: ${RECORDER}, port: 5002 } ]`],
    ["nobody", ""],
  ])("are not believed where the policy names %s", async (_, more) => {
    expect(anomalies((await outcome(policy(more), play(0).frames)).events)).toEqual([]);
  });

  // REQ-DECODE-022
  it("are named by a rule that lets their messages out", async () => {
    const rule = `rules:\n  - { name: bus, action: allow, protocol: udp, from: ${RECORDER}, to: ${RECEIVER}, ports: 5001, payload: mil1553 }`;
    const more = "messages: [ { name: one, action: allow, rt: 5, sa: 2, words: 1, direction: transmit } ]";
    const text = policy(more).replace("rules:", rule);
    expect(anomalies((await outcome(text, play(16).frames)).events)).toHaveLength(5);
  });
});
