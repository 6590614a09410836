// What weir replay says at its end, line by line.
import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { Report } from "../appliance/hosts/report.ts";
import type { CaptureReader } from "../captures/reader.ts";
import { type Outcome, printSummary } from "./summary.ts";

const NOTHING = {
  packets: 0,
  wireBytes: 0,
  chapter10: 0,
  links: new Map<number, number>(),
  snapped: 0,
  damages: 0,
  unread: 0,
  first: undefined as bigint | undefined,
  last: undefined as bigint | undefined,
};

function said(summary: Partial<typeof NOTHING>, report: Report, rest: Partial<Outcome> = {}): string[] {
  const to = new PassThrough();
  const reader = { summary: { ...NOTHING, ...summary } } as unknown as CaptureReader;
  printSummary(to, { reader, report, facts: undefined, seconds: 0.5, ...rest });
  return String(to.read()).trimEnd().split("\n");
}

const event = (value: unknown) => Buffer.from(JSON.stringify(value));
const alert = (detector: string, second: number, more: Record<string, unknown> = {}) =>
  event({
    timestamp: `2026-03-02T09:00:${String(second).padStart(2, "0")}.000000+0000`,
    event_type: "alert",
    src_ip: "10.0.0.66",
    alert: { signature: "port scan", context: { detector, expected: "few", seen: "many", ...more } },
  });

it("of a capture without anything to say", () => {
  expect(said({ packets: 3, wireBytes: 180, links: new Map([[1, 3]]) }, new Report())).toEqual([
    "frames in    3 (180 bytes, ETHERNET)",
    "alerts       none",
    "anomalies    none",
    "flows        0",
    "passed       0",
    "dropped      3",
  ]);
});

it("of one with everything", () => {
  const report = new Report();
  for (let n = 0; n < 22; n++) report.take(alert(n % 2 ? "scan" : "flood", n, n === 0 ? { count: 7 } : {}));
  for (const name of ["decoder.tcp.flags_null", "decoder.udp.bad_checksum", "decoder.udp.bad_checksum"])
    report.take(event({ event_type: "anomaly", anomaly: { event: name } }));
  report.take(Buffer.from('{"timestamp":"2026-03-02T09:00:00.000000+0000","flow_id":5,"event_type":"flow"}'));
  report.take(event({ event_type: "heartbeat", inspect: { messages_1553: 12 } }));
  report.take(
    event({
      event_type: "weir_thresholds",
      lines: [
        { line: 4, matched: 0 },
        { line: 5, matched: 1 },
      ],
    }),
  );
  const rules = [
    { rule: "modbus", action: "allow", frames: 40 },
    { rule: "dns", action: "allow", frames: 0 },
    { rule: "default", action: "drop", frames: 9 },
    { rule: "telnet", action: "deny", frames: 1 },
    { rule: "nav", action: "allow", messages: 11 },
  ];
  report.take(event({ event_type: "weir_rules", rules }));
  report.forwarded = 40;
  const summary = {
    ...{ packets: 60, wireBytes: 6000, chapter10: 500, snapped: 2, damages: 1, unread: 77 },
    links: new Map([
      [1, 50],
      [101, 10],
    ]),
    first: 1_772_442_000_000_000_000n,
    last: 1_772_442_021_500_000_000n,
  };
  const facts = {
    ...{ bytes: 900_000, memory: 64, hypervisor: "qemu", readyMs: 80, guestUs: 12_345 },
    ...{ emittedOnIn: 0, exit: "DONE", exitText: "" },
  };
  const lines = said(summary, report, { facts, filtered: 10, seconds: 2 });
  expect(lines.slice(0, 5)).toEqual([
    "image        900000 bytes, 64 MiB of memory, qemu",
    "boot         80 ms from exec to ready, of them 12.3 ms in the image",
    "ALERT        2026-03-02T09:00:00.000 10.0.0.66 port scan: expected few; seen many, 7 times",
    "ALERT        2026-03-02T09:00:01.000 10.0.0.66 port scan: expected few; seen many",
    "ALERT        2026-03-02T09:00:02.000 10.0.0.66 port scan: expected few; seen many",
  ]);
  expect(lines.slice(22)).toEqual([
    "             ... 2 more in the events",
    "capture      2026-03-02T09:00:00.000Z to 2026-03-02T09:00:21.500Z",
    "frames in    60 (6000 bytes, ETHERNET, RAW)",
    "filter       50 of them match",
    "             2 were cut by the capture",
    "chapter 10   500 bytes",
    "1553         12 messages",
    "alerts       flood 11, scan 11",
    "anomalies    decoder.udp.bad_checksum 2, decoder.tcp.flags_null 1",
    "flows        1",
    "passed       40: modbus 40, dns 0",
    "dropped      10: default 9, telnet 1",
    "1553 passed  nav 11",
    "out of `in`  0 frames",
    "damage       1 places, 77 bytes not read",
  ]);
  expect(report.idle).toEqual([4]);
});

it("a rate from a second on, and where this process did the work; 20 alerts are shown", () => {
  const rate = (seconds: number) => said({ packets: 1000 }, new Report(), { seconds })[0];
  expect([rate(0.99), rate(1), rate(4)]).toEqual([
    "frames in    1000 (0 bytes)",
    "frames in    1000 (0 bytes), 1000/s",
    "frames in    1000 (0 bytes), 250/s",
  ]);
  const shown = (count: number) => {
    const report = new Report();
    for (let n = 0; n < count; n++) report.take(alert("scan", n));
    return said({}, report).filter((line) => line.includes("more in the events"));
  };
  expect([shown(20), shown(21)]).toEqual([[], ["             ... 1 more in the events"]]);
});

it("of a Chapter 10 recording there are no frames, unless the recorder took some", () => {
  expect(said({ chapter10: 500 }, new Report())).toEqual([
    "chapter 10   500 bytes",
    "alerts       none",
    "anomalies    none",
  ]);
});

it("an alert of a 1553 bus names its channel, and the command as far as it is known", () => {
  const report = new Report();
  const of = (mil1553: Record<string, unknown>) => ({
    ...JSON.parse(alert("bus-period", 1).toString()),
    src_ip: undefined,
    mil1553,
  });
  report.take(event(of({ channel: 3, name: "STORES", command: "4861", rt: 9, sa: 3 })));
  report.take(event(of({ channel: 64, name: "a\u001b[2J\u009bé" })));
  report.take(event(of({ channel: 7, rt: 31, sa: 0 })));
  expect(report.alerts.map((line) => line.slice(24))).toEqual([
    "channel 3 STORES RT 9 SA 3 port scan: expected few; seen many",
    "channel 64 a?[2J?? port scan: expected few; seen many",
    "channel 7 RT 31 SA 0 port scan: expected few; seen many",
  ]);
});

it("alerts beyond a thousand are counted, and not kept", () => {
  const report = new Report();
  for (let n = 0; n < 1001; n++) report.take(alert("scan", n % 60));
  expect([report.alerts.length, report.byDetector.get("scan"), report.events]).toEqual([1000, 1001, 1001]);
});
