// Who is the client of a flow, whichever packet comes first. Through decoder, flows and events as inspect has them.
import { beforeEach, describe, expect, it } from "vitest";
import { MAC, outcome, policyOf, Scene } from "../test/framing/scene.ts";
import { ACK, bytes, type Ends, eth, FIN, icmp, ipv4, RST, SYN, tcp, udp } from "./testing/frames.ts";
import { Inspection } from "./testing/inspection.ts";

const CLIENT = "10.0.0.7";
const SERVER = "10.0.0.80";
let x: Inspection;
beforeEach(async () => {
  x = await Inspection.create();
});

type More = Ends & { seq?: number; ack?: number; data?: Uint8Array; ttl?: number };
const segment = (flags: number, o: More) => eth(0x0800, ipv4(6, tcp(flags, o), o));
const there = (flags: number, o: More = {}) =>
  segment(flags, { src: CLIENT, dst: SERVER, sport: 51_000, dport: 443, ...o });
const back = (flags: number, o: More = {}) =>
  segment(flags, { src: SERVER, dst: CLIENT, sport: 443, dport: 51_000, ...o });
const clients = (at = 5000) => x.end(at).map(({ src_ip }) => src_ip);

describe("the client is", () => {
  // REQ-DECODE-027
  it("who has the port that clients pick, where the server is seen first", () => {
    x.frame(back(ACK), 0);
    x.frame(there(ACK), 1);
    expect(x.end(2)).toMatchObject([{ src_ip: CLIENT, dest_port: 443, flow: { pkts_toserver: 1, pkts_toclient: 1 } }]);
  });

  it("who has it, of a datagram that answers", () => {
    const data = { src: SERVER, dst: CLIENT, sport: 53, dport: 40_000 };
    x.frame(eth(0x0800, ipv4(17, udp(bytes("00"), data), data)), 0);
    expect(clients()).toEqual([CLIENT]);
  });

  it("who asks, of an echo that is seen to be answered first", () => {
    x.frame(eth(0x0800, ipv4(1, icmp(0, 0, bytes("00010001")), { src: SERVER, dst: CLIENT })), 0);
    expect(clients()).toEqual([CLIENT]);
  });

  it.each([20_000, 2404, 44_818, 4840])(
    "who has a port that clients pick, of one that speaks unasked at port %i",
    (port) => {
      x.frame(segment(ACK, { src: SERVER, dst: CLIENT, sport: port, dport: 49_200 }), 0);
      expect(clients()).toEqual([CLIENT]);
    },
  );

  it.each([
    [4000, 5000],
    [40_000, 51_820], // WireGuard's, from a port that Linux picked
    [60_000, 33_000],
  ])("who sent first, where ports say nothing: %i to %i", (sport, dport) => {
    const data = { src: SERVER, dst: CLIENT, sport, dport };
    x.frame(eth(0x0800, ipv4(17, udp(bytes("00"), data), data)), 0);
    expect(clients()).toEqual([SERVER]);
  });

  // REQ-DECODE-027
  it("who was it in a handshake, after an idle time that ended the flow", () => {
    const odd = { dport: 60_000, sport: 50_000 };
    const other = { sport: 60_000, dport: 50_000 };
    for (const [n, frame] of [there(SYN, odd), back(SYN | ACK, other), there(ACK, odd)].entries()) x.frame(frame, n);
    expect(x.tick(700)).toMatchObject([{ src_ip: CLIENT }]);
    x.frame(back(ACK, other), 701);
    x.frame(there(ACK, odd), 702);
    expect(clients()).toEqual([CLIENT]);
  });

  it("who sends a SYN, though it is stored behind the other's segments", () => {
    x.frame(segment(ACK, { src: CLIENT, dst: SERVER, sport: 443, dport: 51_000 }), 1);
    const [before] = [x.frame(segment(SYN, { src: SERVER, dst: CLIENT, sport: 51_000, dport: 443 }), 0.9)];
    expect(before).toEqual([]);
    expect(clients()).toEqual([SERVER]);
    x.frame(there(ACK, { sport: 700, dport: 600 }), 10);
    x.frame(back(SYN, { sport: 600, dport: 700 }), 11);
    expect(x.end(20)).toMatchObject([{ src_ip: SERVER, flow: { pkts_toserver: 1, pkts_toclient: 1 } }]);
  });
});

describe("records out of order and wild clocks", () => {
  // REQ-DECODE-028
  it("a SYN stored behind its whole connection belongs to it", () => {
    const order = [back(SYN | ACK), there(ACK), there(FIN | ACK), back(FIN | ACK), there(ACK)];
    for (const [n, frame] of order.entries()) x.frame(frame, 1 + n / 1000);
    x.frame(there(SYN), 0.999);
    const events = x.end(9);
    expect(events).toMatchObject([{ src_ip: CLIENT, flow: { pkts_toserver: 4, pkts_toclient: 2, state: "closed" } }]);
    const { start, end } = events[0]!.flow as unknown as Record<string, string>;
    expect(end! >= start!).toBe(true);
  });

  // REQ-DECODE-028
  it("a flow from the future holds up the time-outs of no other, and ends no earlier than it starts", () => {
    x.frame(there(SYN, { sport: 1 }), 1e9);
    for (let n = 2; n < 9; n++) x.frame(there(SYN, { sport: 50_000 + n }), n);
    const ended = [69, 70, 71, 72].flatMap((time) => x.tick(time));
    expect(ended).toHaveLength(7);
    for (const { flow } of [...ended, ...x.end(80)]) {
      const { start, end } = flow as unknown as Record<string, string>;
      expect(end! >= start!).toBe(true);
    }
  });
});

describe("what a policy and the clock make of flows", () => {
  const flows = async (scene: Scene, policy = "") =>
    (await outcome(policyOf(policy), scene.frames)).events.filter(({ event_type }) => event_type === "flow");

  // REQ-DECODE-028
  it("a packet behind its flow's time-out begins another, before the clock is believed", async () => {
    const scene = new Scene().datagram(CLIENT, MAC.honest, SERVER, 4000, 53, bytes("00")).wait(3_600_000);
    scene.datagram(CLIENT, MAC.honest, SERVER, 4000, 53, bytes("00"));
    expect(await flows(scene)).toMatchObject([{ flow: { reason: "timeout" } }, { flow: { reason: "shutdown" } }]);
  });

  // REQ-DECODE-027
  it("a conversation whose directions are in two VLANs is two flows, or one where the policy ignores VLANs", async () => {
    const tagged = (id: number, frame: Uint8Array) =>
      bytes(frame.subarray(0, 12), [0x81, 0, 0, id], frame.subarray(12));
    const scene = new Scene();
    for (let n = 0; n < 2; n++) scene.add(tagged(10, there(n ? ACK : SYN))).add(tagged(20, back(n ? ACK : SYN | ACK)));
    expect(await flows(scene)).toHaveLength(2);
    expect(await flows(scene, "flows: { vlans: together }")).toMatchObject([
      { src_ip: CLIENT, vlan: [10], flow: { pkts_toserver: 2, pkts_toclient: 2 } },
    ]);
  });
});

describe("a receiver ignores, so nothing changes:", () => {
  const established = () => {
    const order = [
      there(SYN),
      back(SYN | ACK),
      there(ACK, { seq: 2, data: bytes("0102") }),
      back(ACK, { seq: 2, ack: 4 }),
    ];
    for (const [n, frame] of order.entries()) x.frame(frame, n / 100);
  };
  const state = () => x.end(9).map(({ flow }) => flow!.state);
  const spoilt = (frame: Uint8Array) => {
    frame[14 + 20 + 16]! ^= 0x55;
    return frame;
  };

  // REQ-DECODE-028
  it.each<[string, () => Uint8Array]>([
    ["a RST with a wrong checksum", () => spoilt(there(RST, { seq: 4 }))],
    ["a FIN with a wrong checksum", () => spoilt(there(FIN | ACK, { seq: 4 }))],
    ["a RST whose time to live ends on the way", () => there(RST, { seq: 4, ttl: 2 })],
    ["a RST within the window, but not the number waited for", () => there(RST, { seq: 900 })],
    ["a RST of old", () => there(RST, { seq: 0xffff0000 })],
    ["a RST of the server's side out of its window", () => back(RST, { seq: 0x70000000 })],
    ["a FIN far out of the window", () => there(FIN | ACK, { seq: 0x70000000 })],
  ])("%s", (_, make) => {
    established();
    x.frame(make(), 1);
    expect(state()).toEqual(["established"]);
  });

  it("but a RST with the number waited for closes", () => {
    established();
    x.frame(there(RST, { seq: 4 }), 1);
    expect(state()).toEqual(["closed"]);
  });

  it("but on the host that leaves sums to its network card, nothing is ignored for them", () => {
    for (const frame of [there(SYN), back(SYN | ACK), there(ACK, { seq: 2 }), there(FIN | ACK, { seq: 2 })])
      x.frame(frame[29] === 7 ? spoilt(frame) : frame, 1);
    x.frame(back(FIN | ACK, { seq: 2, ack: 3 }), 1);
    expect(state()).toEqual(["closed"]);
  });
});
