// Many appliances, one collector. Their journals are the modules that are in images.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "../lib/asc.ts";
import { EventIndex } from "./events.ts";
import { Fleet, namesIn } from "./fleet.ts";
import { metricsOf, serveMetrics } from "./metrics.ts";
import { hostOf } from "./record.ts";
import type { Report } from "./reports.ts";
import { anomaly, JournalHost, policyText } from "./testing/journal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-fleet-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const names = Array.from({ length: 20 }, (_, n) => `rack-${String(n + 1).padStart(2, "0")}`);
const keyOf = (name: string) => createHash("sha256").update(name).digest();
const BOOT = 1_700_000_000_000n;

/** A start of an appliance, and the payloads of its first records. */
async function started(name: string, boot: bigint, jsons: readonly string[], key = keyOf(name)): Promise<Buffer[]> {
  const policy = policyText(`, key: ${key.toString("hex")}`).replace("hostname: weir", `hostname: ${name}`);
  const host = await JournalHost.start(policy, boot);
  return jsons.map((json) => host.run([{ json }])[0]!.payload);
}

const events = (from: number, count = 5) => Array.from({ length: count }, (_, n) => anomaly(from + n));
const heartbeat = (n: number) =>
  `{"timestamp":"2026-03-02T00:00:0${n}.000000+0000","event_type":"heartbeat","inspect":{"frames":100,"bytes":6000,"alerts":3,` +
  `"alerts_unreported":1,"anomalies":4,"messages_1553":0,"evictions":2},"guard":{"forwarded":60,"dropped":40,"quarantined":5},` +
  `"journal":{"records":7,"lost":{"in":9,"out":0,"log":1}}}`;

function fleet(now = 0, live = false) {
  const found: [string | undefined, string, Partial<Report>][] = [];
  const said: string[] = [];
  const all = new Fleet(
    {
      ...{ folder, live, indexed: 1000, rotation: { keep: 1 } },
      keys: new Map(names.map((name) => [name, keyOf(name)])),
      onReport: ({ class: name, ...rest }, host) => found.push([host, name, rest]),
      onTrouble: (text, host) => said.push(`${host}: ${text}`),
    },
    now,
  );
  return { all, found, said };
}

describe("twenty appliances", () => {
  // REQ-LOG-016
  it("of which one is cloned, one has its clock set back, one is forged by another and one loses records: each is named right", async () => {
    const { all, found } = fleet();
    for (const name of names) for (const payload of await started(name, BOOT, events(1))) all.take(payload);
    // rack-03 is a snapshot that went on twice
    for (const payload of (await started("rack-03", BOOT, [...events(1, 3), ...events(100)])).slice(3))
      all.take(payload);
    // rack-07 starts anew with a clock of before
    for (const payload of await started("rack-07", BOOT - 1000n, events(50))) all.take(payload);
    // rack-11 says to be rack-12, with its own key
    for (const payload of await started("rack-12", BOOT + 5n, events(60, 2), keyOf("rack-11"))) all.take(payload);
    // rack-15: two records are lost on the way
    const next = await started("rack-15", BOOT, events(1, 12));
    for (const payload of [...next.slice(5, 7), ...next.slice(9)]) all.take(payload);
    // Somebody who has no key here, and something else at the same port
    for (const payload of await started("rack-99", BOOT, events(1, 1))) all.take(payload, 0, "192.0.2.1:514");
    all.take(Buffer.from("<13>Mar  2 09:00:00 router link down"), 0, "192.0.2.2:514");
    all.close();

    const of = (host: string | undefined) =>
      found.filter(([name, what]) => name === host && what !== "started").map(([, what, rest]) => [what, rest]);
    const kinds = (host: string | undefined) => [...new Set(of(host).map(([what]) => what))];
    expect(kinds("rack-03")).toEqual(["clone"]);
    expect(of("rack-03")[0]![1]).toMatchObject({ how: "copied" });
    expect(of("rack-07")).toEqual([
      ["restart", { boot: 1_699_999_999_000, previous: { boot: 1_700_000_000_000, last: 5 }, lower: true }],
    ]);
    expect(kinds("rack-12")).toEqual(["forged"]);
    expect(of("rack-15")).toEqual([["missing", { boot: 1_700_000_000_000, first: 8, last: 9, count: 2 }]]);
    expect(found.filter(([host]) => host === undefined)).toEqual([
      [undefined, "stranger", { claims: "rack-99", from: "192.0.2.1:514" }],
      [undefined, "not_ours", { from: "192.0.2.2:514" }],
    ]);
    expect(all.strangers).toBe(2);
    const quiet = names.filter((name) => !["rack-03", "rack-07", "rack-12", "rack-15"].includes(name));
    expect(quiet.flatMap(of)).toEqual([]);
    expect(found.filter(([, what]) => what === "started").map(([host]) => host)).toEqual(names);

    // Files of each: the host is in each event, as Suricata has it; what was found is among the events
    const first = JSON.parse(readFileSync(join(folder, "rack-07/eve.json"), "utf8").split("\n")[0]!);
    expect(Object.keys(first).slice(0, 2)).toEqual(["timestamp", "host"]);
    expect(first.host).toBe("rack-07");
    const index = new EventIndex(join(folder, "rack-07/events.db"));
    const reports = index.query({ type: "weir_log", limit: 10 });
    index.close();
    expect(
      reports.map(({ severity, json }) => [severity, JSON.parse(`${json}`).host, JSON.parse(`${json}`).weir_log.class]),
    ).toEqual([
      [6, "rack-07", "started"],
      [4, "rack-07", "restart"],
    ]);
    const outside = readFileSync(join(folder, "collect.json"), "utf8").trim().split("\n");
    expect(outside.map((line) => JSON.parse(line).weir_log.class)).toEqual(["stranger", "not_ours"]);
  });

  it("a flood in the name of one, or of nobody, costs the others nothing", async () => {
    const { all, found } = fleet();
    const good = await started("rack-02", BOOT, events(1, 40));
    const forged = await started("rack-01", BOOT, events(1, 40), keyOf("nobody"));
    const strange = await started("elsewhere", BOOT, events(1, 1));
    good.forEach((payload, n) => {
      for (let k = 0; k < 50; k++) all.take(forged[(n + k) % 40]!);
      for (let k = 0; k < 50; k++) all.take(strange[0]!);
      all.take(payload);
    });
    all.close();
    expect(all.collectors.get("rack-02")!.verifier.records).toBe(40);
    expect(found.filter(([host]) => host === "rack-02").map(([, what]) => what)).toEqual(["started"]);
    expect(all.collectors.get("rack-01")!.verifier.records).toBe(0);
    const lines = readFileSync(join(folder, "collect.json"), "utf8").trim().split("\n");
    expect(lines).toHaveLength(1001);
    expect(JSON.parse(lines.at(-1)!).weir_log).toEqual({ class: "stranger", count: 1000, omitted: true });
  });

  it("their keys come from a folder, and what is none is said", () => {
    const keys = join(folder, "keys");
    mkdirSync(keys);
    expect(() => namesIn(keys)).toThrow(`${keys}: contains no key, expected NAME.key for each appliance`);
    writeFileSync(join(keys, "b.key"), "");
    writeFileSync(join(keys, "a-1.key"), "");
    writeFileSync(join(keys, "README"), "");
    expect(namesIn(keys)).toEqual(["a-1", "b"]);
    writeFileSync(join(keys, "x y.key"), "");
    expect(() => namesIn(keys)).toThrow(`${keys}/x y.key: expected an appliance's interfaces.log.hostname and .key`);
  });

  it("a record names its appliance only where it is one", async () => {
    const [payload] = await started("rack-01", BOOT, events(1, 1));
    expect(hostOf(payload!)).toBe("rack-01");
    expect(hostOf(Buffer.from("<13>Mar  2 09:00:00 router link down"))).toBeUndefined();
    expect(hostOf(payload!.subarray(0, 20))).toBeUndefined();
  });
});

describe("metrics", () => {
  // REQ-LOG-017
  it("say of each appliance what its last heartbeat said, and what its log came to", async () => {
    const { all } = fleet(1000, true);
    for (const payload of await started("rack-01", BOOT, [...events(1, 2), heartbeat(3)])) all.take(payload, 2000);
    all.tick(4500);
    const registry = metricsOf(all.collectors, () => 4500);
    const server = await serveMetrics({ address: "", port: 0 }, registry);
    const { port } = server.address() as { port: number };
    const get = (path: string, method = "GET") => fetch(`http://127.0.0.1:${port}${path}`, { method });
    const answer = await get("/metrics");
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await answer.text();
    for (const line of [
      'weir_up{host="rack-01"} 1',
      'weir_up{host="rack-02"} 0',
      'weir_heartbeat_age_seconds{host="rack-01"} 2.5',
      'weir_boot{host="rack-01"} 1700000000000',
      'weir_frames_total{host="rack-01"} 100',
      'weir_bytes_total{host="rack-01"} 6000',
      'weir_alerts_total{host="rack-01"} 3',
      'weir_alerts_unreported_total{host="rack-01"} 1',
      'weir_anomalies_total{host="rack-01"} 4',
      'weir_messages_1553_total{host="rack-01"} 0',
      'weir_evictions_total{host="rack-01"} 2',
      'weir_forwarded_frames_total{host="rack-01"} 60',
      'weir_dropped_frames_total{host="rack-01"} 40',
      'weir_quarantined_frames_total{host="rack-01"} 5',
      'weir_lost_total{host="rack-01",interface="in"} 9',
      'weir_lost_total{host="rack-01",interface="log"} 1',
      'weir_records{host="rack-01"} 3',
      'weir_records_missing{host="rack-01"} 0',
      'weir_log_reports{host="rack-01",class="started"} 1',
      'weir_log_reports{host="rack-02",class="started"} 0',
    ])
      expect(text.split("\n")).toContain(line);
    expect(text).not.toContain('weir_frames_total{host="rack-02"}');
    const help = text.split("\n").filter((line) => /^# HELP weir_(?!collector_)/.test(line));
    expect(help.map((line) => line.slice("# HELP weir_".length))).toMatchInlineSnapshot(`
      [
        "up 1: heartbeats come",
        "heartbeat_age_seconds Since the last heartbeat came",
        "boot The number of the start",
        "policy 1: this policy runs, by its name (weir policy show)",
        "frames_total Frames that came in",
        "bytes_total Bytes of frames that came in",
        "alerts_total Alerts",
        "alerts_unreported_total Alerts that were only counted",
        "anomalies_total Anomalies",
        "messages_1553_total MIL-STD-1553 messages",
        "evictions_total Records of full tables that made room",
        "forwarded_frames_total Frames that the policy let out",
        "dropped_frames_total Frames that the policy kept",
        "quarantined_frames_total Frames of who is shut out",
        "lost_total What an interface could not take or give",
        "records Genuine records that came to this collector",
        "records_missing Records that did not come",
        "log_reports What was found in the log, by class (weir collect --help)",
      ]
    `);
    for (const [path, method] of [
      ["/", "GET"],
      ["/metrics", "POST"],
      ["/../etc/passwd", "GET"],
    ] as const) {
      const refused = await get(path, method);
      expect([refused.status, await refused.text()]).toEqual([404, "GET /metrics\n"]);
    }
    await expect(serveMetrics({ address: "127.0.0.1", port }, registry)).rejects.toThrow(
      new RegExp(`^--metrics 127\\.0\\.0\\.1:${port}: .*EADDRINUSE`),
    );
    server.closeAllConnections();
    server.close();
    all.close();
  });

  it("are those that the dashboard asks for", async () => {
    const { all } = fleet();
    const registry = metricsOf(all.collectors, () => 0);
    const known = registry.getMetricsAsArray().map(({ name }) => name);
    const dashboard = readFileSync(join(ROOT, "docs/handbook/grafana.json"), "utf8");
    const expressions = [...dashboard.matchAll(/"expr": "((?:[^"\\]|\\.)*)"/g)].map(([, expression]) => expression!);
    const asked = new Set(expressions.flatMap((expression) => expression.match(/\bweir_\w+/g) ?? []));
    expect(asked.size).toBeGreaterThan(8);
    expect([...asked].filter((name) => !known.includes(name))).toEqual([]);
    all.close();
  });
});
