// Maintenance windows end to end through inspect: what is done, and how alerts are marked, in a window and outside.
import { expect, it } from "vitest";
import { goose } from "../../../detectors/content/testing/messages.ts";
import { tcpFrame } from "../../../detectors/testing/site.ts";
import { compilePolicyText } from "../../../diode/policy.ts";
import { policyWith, sectionsOf } from "../../../diode/testing/guard.ts";
import { ACK, RST, record, SYN } from "../../../ip/testing/frames.ts";
import { Log } from "./testing/log.ts";

const SCANNER = "10.2.0.66";
const QUARANTINE = "quarantine: { for: 60s }\ndetectors: { scan: { action: quarantine } }\n";

/** Thirty connections that are refused, each a millisecond after the last. */
function scan(begins: string): Buffer {
  const start = BigInt(Date.parse(begins)) * 1_000_000n;
  const at = (k: number) => ({ time: start + BigInt(k) * 500_000n, number: k + 1 });
  return Buffer.concat(
    Array.from({ length: 30 }, (_, k) => {
      const ends = { src: SCANNER, dst: `10.1.0.${k + 1}`, sport: 40_000 + k, dport: 80, size: 0 };
      const back = { src: ends.dst, dst: SCANNER, sport: 80, dport: ends.sport, size: 0 };
      return [
        record(tcpFrame({ ...ends, flags: SYN }), at(2 * k)),
        record(tcpFrame({ ...back, flags: RST | ACK }), at(2 * k + 1)),
      ];
    }).flat(),
  );
}

/** What inspect says of scans at these times: severity, window, the console's line; and how often it asks guard for something. */
async function said(windows: string, ...times: string[]) {
  const policy = policyWith("", `${QUARANTINE}maintenance:\n${windows}`);
  const log = await Log.of(sectionsOf(compilePolicyText(policy, "policy.yaml").parts.inspect));
  for (const time of times) log.run(scan(time));
  const alerts = log.lines.flatMap(({ kind, text }) => {
    if (kind !== "alert scan") return [];
    const [, json, line] = /^\d+ \d+ (\{.*\}) (.*)$/s.exec(text)!;
    const { severity, context } = JSON.parse(json!).alert;
    return [[severity, context.maintenance, line!.slice(0, 24)]];
  });
  return { alerts, measures: log.lines.filter(({ kind }) => kind === "measure scan").length };
}
const span = (from: string, to: string, more = "") => `  - { from: ${from}, to: ${to}, why: pump 3${more} }\n`;
const NINE = "2026-03-02T09:00:00Z";

// REQ-DETECT-025
it("nothing is done in a window, and its alerts say so; before and behind it all is as ever", async () => {
  const outside = await said(span("2026-03-02T08:00Z", NINE), NINE);
  expect(outside.alerts).toEqual([[2, undefined, expect.stringMatching(/^ALERT scan /)]]);
  expect(outside.measures).toBeGreaterThan(0);
  const inside = await said(span("2026-03-02T10:00+01:00", "2026-03-02T09:00:01Z"), NINE);
  expect(inside).toEqual({ alerts: [[3, 1, expect.stringMatching(/^maintenance 1: ALERT sca/)]], measures: 0 });
  const both = await said(
    span(NINE, "2026-03-02T09:05Z") + span("2026-03-02T09:10Z", "2026-03-02T09:20Z"),
    NINE,
    "2026-03-02T09:15Z",
  );
  expect(both.alerts.map(([, window]) => window)).toEqual([1, 2]);
});

it("what was held back in a window is marked, though it is told behind it; what came on outside is not", async () => {
  const start = Date.parse(NINE) / 1000;
  const other = [2, 0, 0, 0, 7, 9];
  const frame = (time: number, sequence: number, from?: number[]) => ({
    time: BigInt(Math.round(time * 1e9)),
    data: goose({ state: 5, sequence, since: start - 9, values: [true], ...(from && { from }) }),
  });
  // A publisher of GOOSE; from the 100th second on another says something in its name each five seconds, four times
  const frames = Array.from({ length: 600 }, (_, k) => frame(start + k, k));
  const forged = [100, 105, 110, 115].map((k) => frame(start + k + 0.5, k, other));
  const all = [...frames, ...forged].sort((a, b) => Number(a.time - b.time));
  const marks = async (to: string) => {
    const policy = policyWith("", `maintenance:\n${span("2026-03-02T08:00Z", to)}`);
    const log = await Log.of(sectionsOf(compilePolicyText(policy, "policy.yaml").parts.inspect));
    for (const [i, { time, data }] of all.entries()) log.run(record(data, { time, number: i + 1 }));
    return log.lines.flatMap(({ kind, text }) => {
      if (kind !== "alert content") return [];
      const { severity, context } = JSON.parse(/^\d+ \d+ (\{.*\}) /s.exec(text)![1]!).alert;
      return [[severity, context.maintenance, context.count]];
    });
  };
  expect(await marks("2026-03-02T09:02:00Z")).toEqual([
    [3, 1, undefined],
    [3, 1, 3],
  ]);
  expect(await marks("2026-03-02T09:01:52Z")).toEqual([
    [3, 1, undefined],
    [2, undefined, 3],
  ]);
});

it("is about the detectors that it names", async () => {
  expect((await said(span(NINE, "2026-03-02T10:00Z", ", detectors: [arp]"), NINE)).measures).toBeGreaterThan(0);
  expect((await said(span(NINE, "2026-03-02T10:00Z", ", detectors: [arp, scan]"), NINE)).measures).toBe(0);
});

it.each<[string, string]>([
  ["2026-03-02T09:00Z, to: 2026-03-02T09:00Z, why: x", "maintenance.0.to: not later than from, expected a later time"],
  [
    "2026-03-02T09:00, to: 2026-03-02T10:00Z, why: x",
    'maintenance.0.from: "2026-03-02T09:00", expected a time with its zone',
  ],
  [
    "2026-13-02T09:00Z, to: 2026-03-02T10:00Z, why: x",
    'maintenance.0.from: "2026-13-02T09:00Z", expected a time with its zone',
  ],
  ['2026-03-02T09:00Z, to: 2026-03-02T10:00Z, why: " "', "expected words that say why"],
  ["2026-03-02T09:00Z, to: 2026-03-02T10:00Z", "maintenance.0.why: missing, expected words that say why"],
  ["2026-03-02T09:00Z, to: 2026-03-02T10:00Z, why: x, detectors: []", "maintenance.0.detectors: expected some"],
  [
    "2026-03-02T09:00Z, to: 2026-03-02T10:00Z, why: x, detectors: [none]",
    'maintenance.0.detectors.0: "none", expected scan, ',
  ],
])("refuses { from: %s }", (text, what) => {
  expect(() => compilePolicyText(policyWith("", `maintenance: [{ from: ${text} }]`), "p")).toThrow(what);
});

it("takes sixteen", () => {
  const windows = (n: number) => `maintenance:\n${span("2026-03-02T09:00Z", "2026-03-02T10:00Z").repeat(n)}`;
  expect(compilePolicyText(policyWith("", windows(16)), "p").policy.maintenance).toHaveLength(16);
  expect(() => compilePolicyText(policyWith("", windows(17)), "p")).toThrow("too many spans, expected at most 16");
});
