import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { assertAcyclic } from "../appliance/build/stack.ts";
import { readWasm } from "../appliance/build/wasm.ts";
import { CaptureReader } from "../captures/reader.ts";
import { compileOnboard, ROOT } from "../lib/asc.ts";
import { ACK, bytes, type Ends, eth, FIN, ipv4, RST, SYN, tcp, udp, vlan } from "./testing/frames.ts";
import { Inspection } from "./testing/inspection.ts";

let x: Inspection;
beforeEach(async () => {
  x = await Inspection.create();
});

const A = "10.0.0.1";
const B = "10.0.0.2";
const there = (flags: number, o: Ends = {}) =>
  eth(0x0800, ipv4(6, tcp(flags, { src: A, dst: B, sport: 40000, dport: 502, ...o }), { src: A, dst: B }));
const back = (flags: number) =>
  eth(0x0800, ipv4(6, tcp(flags, { src: B, dst: A, sport: 502, dport: 40000 }), { src: B, dst: A }));
const datagram = (sport: number, src = A, dst = B) =>
  eth(0x0800, ipv4(17, udp(bytes("00"), { src, dst, sport, dport: 53 }), { src, dst }));

describe("TCP", () => {
  it("counts both directions and follows the state", () => {
    for (const [i, frame] of [there(SYN), back(SYN | ACK), there(ACK), there(ACK), back(ACK)].entries())
      x.frame(frame, 1 + i);
    x.frame(there(FIN | ACK), 10);
    x.frame(back(FIN | ACK), 11);
    expect(x.tick(20.9)).toEqual([]);
    const [event] = x.tick(21.1); // closed: 10 s
    expect(event).toMatchObject({
      timestamp: "1970-01-01T00:00:21.100000+0000",
      event_type: "flow",
      src_ip: A,
      src_port: 40000,
      dest_ip: B,
      dest_port: 502,
      proto: "TCP",
      ip_v: 4,
      flow: { pkts_toserver: 4, pkts_toclient: 3, age: 10, state: "closed", reason: "timeout", alerted: false },
      tcp: { tcp_flags: "13", syn: true, fin: true, ack: true, state: "time_wait" },
    });
    expect(x.e.openFlowCount()).toBe(0);
  });
  // REQ-DECODE-008
  it("times out by state: new 60 s, established 600 s", () => {
    x.frame(there(SYN), 0);
    x.frame(there(SYN, { sport: 40001 }), 0);
    x.frame(there(ACK, { sport: 40001 }), 1);
    expect(x.tick(60)).toEqual([]);
    expect(x.tick(60.1)).toMatchObject([{ flow: { state: "new" }, tcp: { state: "syn_sent" } }]);
    expect(x.tick(601)).toEqual([]);
    expect(x.tick(601.1)).toMatchObject([{ src_port: 40001, flow: { state: "established" } }]);
  });
  it("a SYN-ACK first: its source is the server", () => {
    x.frame(back(SYN | ACK), 0);
    expect(x.end(1)).toMatchObject([
      { src_ip: A, dest_ip: B, flow: { pkts_toserver: 0, pkts_toclient: 1, reason: "shutdown" } },
    ]);
  });
  it("a SYN on a closed connection is another flow", () => {
    x.frame(there(SYN), 0);
    x.frame(back(RST | ACK), 1);
    const [old] = x.frame(there(SYN), 2);
    expect(old).toMatchObject({ flow: { reason: "tcp_reuse", state: "closed" } });
    const [next] = x.end(3);
    expect(next).toMatchObject({ flow: { state: "new", pkts_toserver: 1 } });
    expect(next!.flow_id).not.toBe(old!.flow_id);
  });
});

describe("other protocols", () => {
  it("UDP: 30 s until answered, then 300 s", () => {
    x.frame(datagram(1000), 0);
    x.frame(datagram(1001), 0);
    x.frame(eth(0x0800, ipv4(17, udp(bytes("00"), { src: B, dst: A, sport: 53, dport: 1001 }), { src: B, dst: A })), 1);
    expect(x.tick(30.1)).toMatchObject([{ src_port: 1000, flow: { state: "new" } }]);
    expect(x.tick(301.1)).toMatchObject([{ src_port: 1001, flow: { state: "established", pkts_toclient: 1 } }]);
  });
  it("the same addresses and ports in another VLAN are another flow", () => {
    x.frame(datagram(1000), 0);
    x.frame(eth(0x8100, vlan(9, 0x0800, datagram(1000).subarray(14))), 0);
    const events = x.end(1);
    expect(events.map((e) => e.vlan)).toEqual([undefined, [9]]);
  });
  it("nothing times out while time goes backwards", () => {
    x.frame(datagram(1000), 100);
    x.frame(datagram(1001), 50);
    expect(x.tick(60)).toEqual([]);
    expect(x.e.openFlowCount()).toBe(2);
  });
});

// REQ-DECODE-007
it("holds 4,096 flows at most; what does not fit is forced out, the longest unseen of its bucket, and none is lost", () => {
  let ended = 0;
  const total = 20000;
  for (let i = 0; i < total; i++) {
    const events = x.frame(datagram(1 + (i % 60000), `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`), 1 + i / 1e6);
    for (const e of events) expect(e.flow?.reason).toBe("forced");
    ended += events.length;
  }
  expect(x.e.openFlowCount()).toBeLessThanOrEqual(4096);
  expect(x.e.openFlowCount()).toBeGreaterThan(4000);
  expect(BigInt(ended)).toBe(x.e.forcedFlowCount());
  expect(ended + x.end(2).length).toBe(total);
  expect(x.e.openFlowCount()).toBe(0);
});

it("gives the same events however records are batched", async () => {
  const all = (await replay(false)).join("");
  expect(all.split("\n").length).toBeGreaterThan(100);
  expect((await replay(true)).join("")).toBe(all);
});

/** Events of a fixture: by the reader's batches, or a record at a time. */
async function replay(single: boolean): Promise<string[]> {
  const inspection = await Inspection.create();
  const reader = await CaptureReader.open([join(ROOT, "fixtures/site.pcap")]);
  const buffer = new Uint8Array(new ArrayBuffer(131072));
  const events: string[] = [];
  for (;;) {
    const length = await reader.fill(buffer);
    if (length === 0) break;
    const view = new DataView(buffer.buffer);
    for (let at = 0; at < length; ) {
      const size = single ? (32 + view.getUint32(at + 16, true) + 7) & ~7 : length;
      inspection.input.set(buffer.subarray(at, at + size));
      events.push(inspection.run(size));
      at += size;
    }
  }
  events.push(...inspection.end(2e9).map((event) => `${JSON.stringify(event)}\n`));
  return events;
}

it("is code without recursion, imports and tables", async () => {
  const module = readWasm(readFileSync(await compileOnboard("ip/onboard/flow.probe.ts")));
  expect(module.imports).toEqual([]);
  expect(module.start).toBeUndefined();
  expect(module.functions.flatMap((f) => f.forbidden)).toEqual([]);
  assertAcyclic("ip", module);
});
