/** `weir events`: looks events up in a collector's index. */
import { existsSync, readdirSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { Command } from "commander";
import { isDay } from "../lib/timestamp.ts";
import { FILES } from "../log/collector.ts";
import { EventIndex, type IndexedEvent, type Query } from "../log/events.ts";
import { type Report, reportText } from "../log/reports.ts";

interface Options {
  logDir: string;
  since?: string;
  until?: string;
  detector?: string;
  type?: string;
  src?: string;
  dest?: string;
  severity?: string;
  limit: string;
  json?: boolean;
  table?: boolean;
}

/** RFC 5424 table 2. */
const SEVERITIES: Record<string, number> = { alert: 1, warning: 4, notice: 5, info: 6 };

export function command(): Command {
  return new Command("events")
    .description("Look up events in the index that weir collect keeps. An event must match all the options given.")
    .requiredOption("-l, --log-dir <dir>", "the collector's folder")
    .option("--since <when>", "from 30m, 2h or 7d ago, or from 2026-03-02T09:00:00Z, by the event's own time")
    .option("--until <when>", "before that time")
    .option(
      "--type <event_type>",
      "alert, anomaly, flow, drop, heartbeat, weir_rules, ...; weir_log: what the collector found",
    )
    .option("--detector <name>", "alerts of one detector, and the drops that followed from them")
    .option("--src <address>", "source address")
    .option("--dest <address>", "destination address")
    .option("--severity <name>", "this and more severe ones: alert, warning, notice, info")
    .option("--limit <n>", "show this many of the latest", "100")
    .option("--json", "print one event a line, as the appliance sent it")
    .option("--table", "print a readable line for each event (the default)")
    .addHelpText(
      "after",
      `
Examples:
  weir events -l /var/log/weir --since 2h --type alert
  weir events -l /var/log/weir --detector scan --src 10.0.0.66 --json

Exit codes: 0 looked up, whether or not events were found; 1 usage, or no index.`,
    )
    .action((options: Options) => {
      events(options);
    });
}

function events(options: Options): void {
  const { logDir, since, until, severity, detector, type, src, dest, limit } = options;
  if (options.json && options.table) throw new Error("--json, --table: expected one of them");
  const paths = indexesOf(logDir);
  if (!/^[1-9]\d{0,8}$/.test(limit)) throw new Error(`--limit ${limit}: expected a number from 1`);
  if (severity !== undefined && !Object.hasOwn(SEVERITIES, severity))
    throw new Error(`--severity ${severity}: expected ${Object.keys(SEVERITIES).join(", ")}`);
  for (const [option, address] of Object.entries({ "--src": src, "--dest": dest }))
    if (address !== undefined && !isIP(address)) throw new Error(`${option} ${address}: expected an IP address`);
  const query: Query = {
    limit: Number(limit),
    ...(since !== undefined && { since: whenOf("--since", since) }),
    ...(until !== undefined && { until: whenOf("--until", until) }),
    ...(severity !== undefined && { severity: SEVERITIES[severity]! }),
    ...(detector !== undefined && { detector }),
    ...(type !== undefined && { type }),
    ...(src !== undefined && { src }),
    ...(dest !== undefined && { dest }),
  };
  const found = paths.flatMap((path) => lookedUp(path, query));
  found.sort((a, b) => a.time - b.time);
  process.stdout.write(
    found
      .slice(-query.limit)
      .map((event) => `${options.json ? event.json.toString("latin1") : lineOf(event)}\n`)
      .join(""),
  );
  if (!found.length) process.stderr.write("weir: no matching events\n");
}

function lookedUp(path: string, query: Query): IndexedEvent[] {
  const index = new EventIndex(path);
  try {
    return index.query(query);
  } finally {
    index.close();
  }
}

/** Of one appliance, or of each in a folder of its own. */
function indexesOf(folder: string): string[] {
  const own = join(folder, FILES.index);
  if (existsSync(own)) return [own];
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const paths = names.map((name) => join(folder, name, FILES.index)).filter((path) => existsSync(path));
  if (!paths.length)
    throw new Error(`-l ${folder}: contains no ${FILES.index}, expected a folder that weir collect wrote`);
  return paths;
}

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400 };

/** Microseconds since 1970. */
function whenOf(option: string, text: string): number {
  const [, number, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (unit !== undefined) return (Date.now() - Number(number) * SECONDS[unit]! * 1000) * 1000;
  const ms = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(ms) || !isDay(text))
    throw new Error(`${option} ${text}: expected 30m, 2h, 7d, or a time such as 2026-03-02T09:00:00Z`);
  return ms * 1000;
}

/** What an event says, on one line. Escapes in its JSON may stand for anything: only printable characters are shown. */
function lineOf(event: IndexedEvent): string {
  const { time, severity, type, detector, src, dest } = event;
  const name = Object.entries(SEVERITIES).find(([, n]) => n === severity)?.[0] ?? String(severity);
  const parts = [new Date(time / 1000).toISOString(), name.padEnd(7), type];
  if (detector) parts.push(detector);
  if (src || dest) parts.push([src ?? "-", ...(dest ? ["->", dest] : [])].join(" "));
  const details = JSON.parse(event.json.toString("latin1")) as Details;
  if (details.host !== undefined) parts.splice(1, 0, details.host);
  const text = textOf(details);
  return [...parts, ...(text ? [text] : [])].join("  ").replaceAll(/[^\x20-\x7e]/g, "?");
}

interface Details {
  host?: string;
  weir_log?: Report;
  alert?: { signature?: string; context?: { expected?: string; seen?: string } };
  anomaly?: { event?: string };
  drop?: { reason?: string };
}

function textOf({ alert, anomaly, drop, weir_log: report }: Details): string {
  if (report) return reportText(report);
  const { expected, seen } = alert?.context ?? {};
  if (alert) return `${alert.signature ?? ""}${expected ? `: expected ${expected}; seen ${seen ?? ""}` : ""}`;
  return anomaly?.event ?? drop?.reason ?? "";
}
