// A flood of sources that were never seen: what of it leaves as alerts, flows and lines of the console is bounded by time, whatever its
// rate; how much was left out is said; and what another detector finds meanwhile is alerted.
import { beforeAll, expect, it } from "vitest";
import { compilePolicyText } from "../../../diode/policy.ts";
import { pack, policyWith, type RecordInit } from "../../../diode/testing/guard.ts";
import { packet } from "../../../mil1553/writer/chapter10.ts";
import { frame } from "../../../mil1553/writer/frame.ts";
import { EVENT_HEADER, EventHeader, EventKind, RecordKind, startInspect } from "../../contract/abi.ts";
import { afterEvent } from "../../contract/records.ts";
import { loadModules } from "../../hosts/node.ts";

const SECOND = 1_000_000_000n;
const AT_ONCE = 100;
const POLICY = policyWith(
  "",
  "detectors: { newcomer: { hosts: [10.0.0.0/16], services: [{ protocol: udp, address: 10.0.1.9, port: 5000 }] } }",
);

interface Said {
  time: number;
  text: string;
  event: { event_type: string; src_ip?: string; alert?: { context: { detector: string } }; inspect?: Counters };
}
type Counters = Record<"alerts" | "alerts_unreported" | "flows_unreported" | "events_lost", number>;

let module: WebAssembly.Module;
beforeAll(async () => {
  module = (await loadModules()).inspect;
});

/** A UDP frame. @param source of 11.0.0.0/8, or an address */
function datagram(source: number | string, toPort = 5000): Buffer {
  const from = typeof source === "string" ? source : `11.${source >> 16}.${(source >> 8) & 255}.${source & 255}`;
  const macs = { fromMac: "020000000007", toMac: "020000000001" };
  return frame(Buffer.alloc(20), { ...macs, from, to: "10.0.1.9", fromPort: 4000, toPort }, 1);
}

/** What inspect says of these records. */
function said(records: readonly RecordInit[]): Said[] {
  const inspect = startInspect(module);
  const input = new Uint8Array(inspect.memory.buffer, inspect.inputAt(), inspect.inputSize());
  const part = compilePolicyText(POLICY, "policy.yaml").parts.inspect;
  input.set(part);
  expect(inspect.configure(part.length)).toBe(0);
  const all: Said[] = [];
  for (let n = 0; n < records.length; n += AT_ONCE) {
    const some = records.slice(n, n + AT_ONCE);
    const { bytes, offsets } = pack(some);
    input.set(bytes);
    for (let at = 0; at < bytes.length; ) {
      at = inspect.run(at, bytes.length);
      const view = new DataView(inspect.memory.buffer, inspect.eventsAt(), inspect.eventsLength());
      for (const event = new EventHeader(view); event.at < view.byteLength; event.at = afterEvent(event)) {
        const from = view.byteOffset + event.at + EVENT_HEADER;
        const text = (start: number, length: number) =>
          Buffer.from(inspect.memory.buffer, start, length).toString("latin1");
        all.push({
          time: Number(some[offsets.indexOf(event.record)]!.time! / SECOND),
          // The journal ends the heartbeat's JSON, behind guard's part
          event: JSON.parse(text(from, event.json) + (event.kind === EventKind.STATS ? "}" : "")),
          text: text(from + event.json, event.text),
        });
      }
    }
  }
  return all;
}

// REQ-LOG-015
it("a flood from everywhere is told within the budgets, and hides no alert of another detector", () => {
  const rate = 20_000;
  const flood = Array.from({ length: 2 * rate }, (_, n) => ({
    frame: datagram(n),
    time: SECOND + (BigInt(n) * SECOND) / BigInt(rate),
    number: BigInt(n + 1),
  }));
  const service = { frame: datagram("10.0.0.5", 5001), time: flood[rate]!.time, number: 1n };
  const later = { frame: datagram("12.0.0.1"), time: 60n * SECOND, number: 1n };
  const beat = { frame: datagram("10.0.0.5"), time: 61n * SECOND, number: 1n };
  const all = said([...flood.slice(0, rate), service, ...flood.slice(rate), later, beat]);
  for (const second of [1, 2]) {
    const now = all.filter(({ time }) => time === second);
    const alerts = now.filter(({ event }) => event.event_type === "alert");
    expect(alerts.length).toBeGreaterThan(10);
    expect(alerts.length).toBeLessThanOrEqual(2 * 120 + 1);
    expect(now.filter(({ event }) => event.event_type === "flow").length).toBeLessThanOrEqual(750);
    expect(now.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(12 * 240);
  }
  const detectors = all.filter(({ event }) => event.alert && event.src_ip === "10.0.0.5");
  expect(detectors.map(({ event }) => event.alert!.context.detector)).toEqual(["new-service"]);
  const counters = all.at(-1)!.event.inspect!;
  expect(counters.alerts_unreported).toBeGreaterThan(39_000);
  expect(counters.flows_unreported).toBeGreaterThan(30_000);
  expect(counters.events_lost).toBe(0);
  const [line] = all.filter(({ time, event }) => time === 60 && event.event_type === "alert");
  expect(line!.text).toMatch(/^\(\d+ alerts not shown here\) ALERT new-host 12\.0\.0\.1: /);
});

it("a clock that goes back does not close the budgets", () => {
  const at = (time: bigint, from: number) =>
    Array.from({ length: 300 }, (_, n): RecordInit => ({ frame: datagram(from + n), time, number: 1n }));
  const all = said([...at(9000n * SECOND, 0), ...at(SECOND, 1000), { kind: RecordKind.END, time: 2n * SECOND }]);
  for (const second of [9000, 1])
    expect(all.filter(({ time, event }) => time === second && event.event_type === "alert")).toHaveLength(100);
});

// REQ-LOG-015
it("an alert that waits for room is counted once, not each time that there is none", () => {
  const from = (first: number, count: number, time: bigint) =>
    Array.from({ length: count }, (_, n): RecordInit => ({ frame: datagram(first + n), time, number: 1n }));
  const unreported = (quiet: number) => {
    const known = Array.from({ length: quiet }, () => ({
      frame: datagram("10.0.0.5"),
      time: 62n * SECOND,
      number: 1n,
    }));
    const end = { kind: RecordKind.END, time: 62n * SECOND };
    const all = said([...from(0, 300, SECOND), ...from(1000, 300, 62n * SECOND), ...known, end]);
    return all.findLast(({ event }) => event.inspect)!.event.inspect!.alerts_unreported;
  };
  expect(unreported(0)).toBeGreaterThan(300);
  expect(unreported(2000)).toBe(unreported(0));
});

/** A recorder's packet of one Ethernet frame (type 0x68), its counter at this second. */
function recorded(ethernet: Buffer, second: number): Buffer {
  const counter = second * 10_000_000;
  const head = Buffer.alloc(16);
  head.writeUInt32LE(1);
  head.writeUIntLE(counter, 4, 6);
  head.writeUInt32LE(ethernet.length, 12);
  const data = Buffer.concat([head, ethernet, Buffer.alloc(ethernet.length & 1)]);
  return packet(data, { channel: 9, type: 0x68, sequence: second - 1, counter, checksum: 32 });
}

// REQ-LOG-015
it("of a file the budgets fill up as time in it goes on", () => {
  const hosts = 400;
  const file = (n: number): RecordInit => ({
    frame: recorded(datagram(n), 1 + n),
    kind: RecordKind.CHAPTER10,
    link: 0,
    time: 0n,
  });
  const all = said([...Array.from({ length: hosts }, (_, n) => file(n)), { kind: RecordKind.END, time: 0n }]);
  expect(all.filter(({ event }) => event.event_type === "alert")).toHaveLength(hosts);
  expect(all.find(({ event }) => event.inspect)!.event.inspect!.alerts_unreported).toBe(0);
});
