/** `weir collect`: takes an appliance's log, verifies it, and keeps it. */
import { existsSync, mkdirSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { Command } from "commander";
import { fromEvent, interval, merge, take } from "rxjs";
import { readKeyFile } from "../diode/policy/transfer.ts";
import { steady } from "../lib/clock.ts";
import { Collector, FILES } from "../log/collector.ts";
import { Fleet, type FleetOptions, namesIn } from "../log/fleet.ts";
import { metricsOf, serveMetrics } from "../log/metrics.ts";
import { CLASSES, HOSTILE, type Report, reportText } from "../log/reports.ts";
import type { Rotation } from "../log/rotate.ts";
import { type Endpoint, endpointOf, linesOf, listen, overrun } from "../log/sources.ts";

interface Options {
  listen?: string;
  read: string[];
  keyFile?: string;
  appliances?: string;
  metrics?: string;
  logDir: string;
  rotate: string;
  keep: string;
  index: boolean;
  keepEvents: string;
  window: string;
  join?: boolean;
  gate?: boolean;
}

const collectAll = (value: string, all: string[]) => [...all, value];

export function command(): Command {
  return new Command("collect")
    .description(
      "Receive the log of an appliance from the network, or read it from a file that a syslog receiver wrote; verify each record;\n" +
        "keep genuine records in eve.json and in an index (weir events), and report what is wrong in collect.json.",
    )
    .option("--listen <[address:]port>", "receive datagrams on a UDP socket until stopped")
    .option(
      "--read <file>",
      "read records from a file, one raw record a line, or from - ; may be repeated",
      collectAll,
      [],
    )
    .option("--key-file <file>", "the policy's interfaces.log.key; without it nothing is authenticated")
    .option(
      "--appliances <folder>",
      "many appliances: their keys, NAME.key each, where NAME is interfaces.log.hostname",
    )
    .option(
      "--metrics <[address:]port>",
      "with --appliances: serve metrics for Prometheus at /metrics, on 127.0.0.1 unless an address is given",
    )
    .requiredOption("-l, --log-dir <dir>", "where eve.json, collect.json and the index are written")
    .option("--rotate <limits>", "start new eve.json and collect.json at a size, an age, or both: 100MB,24h", "1GB")
    .option("--keep <n>", "how many earlier files to keep: eve.json.1, eve.json.2, ...", "7")
    .option("--no-index", "do not write the index")
    .option("--keep-events <n>", "how many events the index keeps", "1000000")
    .option("--window <n>", "report a record as missing when this many later ones have arrived", "256")
    .option(
      "--join",
      "the appliance is running already: do not report records before the first one received as missing",
    )
    .option("--gate", "exit code 3 on any problem at all")
    .addHelpText(
      "after",
      `
What is reported (class, in collect.json):
${Object.entries(CLASSES)
  .map(([name, text]) => `  ${name.padEnd(16)} ${text}`)
  .join("\n")}

An rsyslog that writes a file for --read:
  module(load="imudp")  input(type="imudp" port="514" ruleset="weir")
  template(name="raw" type="string" string="%rawmsg%\\n")
  ruleset(name="weir" queue.workerThreads="1") { action(type="omfile" file="/var/log/weir.raw" template="raw") }

Examples:
  weir collect --listen 10.0.9.1:514 --key-file log.key -l /var/log/weir --rotate 100MB,24h
  weir collect --read /var/log/weir.raw --key-file log.key -l checked/ --gate
  weir collect --listen 10.0.9.1:514 --appliances /etc/weir/keys -l /var/log/weir --metrics 9464      many appliances
  tail -F /var/log/weir.raw | weir collect --read - --key-file log.key -l checked/

Exit codes: 0 every record arrived; 1 usage; 2 records are missing or were cut; 3 with --gate: records are missing, cut,
forged, altered, replayed, of two machines with one number, or not authenticated.`,
    )
    .action(async (options: Options) => {
      process.exitCode = await collect(options);
    });
}

async function collect(options: Options): Promise<number> {
  const { listen: where, read, keyFile, logDir, appliances, gate = false } = options;
  if ((where === undefined) === !read.length)
    throw new Error("nothing to collect from: expected --listen PORT or --read FILE");
  if (keyFile !== undefined && appliances !== undefined)
    throw new Error("--key-file, --appliances: expected one of them");
  if (options.metrics !== undefined && (appliances === undefined || where === undefined))
    throw new Error("--metrics: is for --listen with --appliances");
  const talk = new Talk();
  const settings: Shared = {
    folder: logDir,
    rotation: rotationOf(options),
    window: whole(options.window, "--window", 1),
    join: options.join,
    indexed: options.index ? whole(options.keepEvents, "--keep-events", 1) : 0,
    live: where !== undefined,
    onReport: (report, host) => talk.report(report, host),
    onTrouble: (text, host) => talk.say(host === undefined ? text : `${host}: ${text}`),
  };
  const make = makerOf(settings, keyFile, appliances);
  if (keyFile === undefined && appliances === undefined)
    talk.say("no --key-file: records are checked by their numbers only, so anybody can forge them");
  if (where !== undefined) return await listening(endpointOf(where), make, options, talk);
  mkdirSync(logDir, { recursive: true });
  if ([FILES.eve, FILES.index, FILES.state].some((name) => existsSync(join(logDir, name))))
    throw new Error(`-l ${logDir}: contains a log already, expected a folder without one`);
  const taker = make(0);
  try {
    for (const path of read) for await (const line of linesOf(path)) taker.take(line);
  } finally {
    taker.close();
  }
  return ended(taker, undefined, gate);
}

type Shared = Omit<FleetOptions, "keys">;

/** One collector, or one for each appliance. */
function makerOf(
  settings: Shared,
  keyFile: string | undefined,
  appliances: string | undefined,
): (now: number) => Collector | Fleet {
  if (appliances !== undefined) {
    const keys = new Map(namesIn(appliances).map((name) => [name, readKeyFile(join(appliances, `${name}.key`))]));
    return (now) => new Fleet({ ...settings, keys }, now);
  }
  const key = keyFile === undefined ? undefined : readKeyFile(keyFile);
  return (now) => new Collector({ ...settings, key }, now);
}

/** Prints what came of it. @param dropped datagrams that the socket had no room for */
function ended(taker: Collector | Fleet, dropped: number | undefined, gate: boolean): number {
  if (taker instanceof Collector) {
    process.stdout.write(summary(taker, dropped));
    return exitCode(taker, gate);
  }
  const { collectors, strangers } = taker;
  for (const [host, collector] of collectors) process.stdout.write(`${host}\n${summary(collector, undefined)}\n`);
  if (strangers) process.stdout.write(`${strangers} datagrams of no appliance that has a key here\n`);
  if (dropped) process.stdout.write(`${"overrun".padEnd(15)} ${overrunText(dropped)}\n`);
  return Math.max(...[...collectors.values()].map((collector) => exitCode(collector, gate)));
}

/** Until it is stopped. The socket first: of two collectors with one folder, the second touches nothing. */
async function listening(
  where: Endpoint,
  make: (now: number) => Collector | Fleet,
  { logDir, metrics, gate = false }: Options,
  talk: Talk,
): Promise<number> {
  let last = 0;
  let collector: Collector | Fleet | undefined;
  const socket = await listen(where, (payload, from) => {
    last = steady();
    collector?.take(payload, last, from);
  });
  const { address, port } = socket.address();
  let serving: Server | undefined;
  try {
    mkdirSync(logDir, { recursive: true });
    collector = make(steady());
    if (metrics !== undefined && collector instanceof Fleet)
      serving = await serveMetrics(endpointOf(metrics, "--metrics"), metricsOf(collector.collectors, steady));
  } catch (error) {
    socket.close(); // else this process would stay
    throw error;
  }
  talk.say(`listening on ${address} port ${port}`);
  const before = overrun(port) ?? 0;
  const ticks = interval(250).subscribe(() => collector.tick(steady()));
  await new Promise((resolve) =>
    merge(fromEvent(process, "SIGINT"), fromEvent(process, "SIGTERM")).pipe(take(1)).subscribe(resolve),
  );
  // What the socket still holds
  for (let waited = 0; waited < 2000 && (waited === 0 || steady() - last < 100); waited += 100)
    await new Promise((resolve) => setTimeout(resolve, 100));
  ticks.unsubscribe();
  serving?.close();
  serving?.closeAllConnections();
  const after = overrun(port);
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  collector.close();
  return ended(collector, after === undefined ? undefined : after - before, gate);
}

/** Lines on standard error: of each class the first SHOWN; all are in collect.json. */
class Talk {
  readonly #shown = new Map<string, number>();

  say(text: string): void {
    process.stderr.write(`weir: ${text}\n`);
  }

  report(report: Report, host?: string): void {
    const which = host === undefined ? "" : `${host}: `;
    const key = `${which}${report.class}`;
    const n = (this.#shown.get(key) ?? 0) + 1;
    this.#shown.set(key, n);
    if (n <= SHOWN) this.say(`${which}${reportText(report)}`);
    if (n === SHOWN) this.say(`${which}${report.class.replace("_", " ")}: further reports go to ${FILES.reports} only`);
  }
}
const SHOWN = 50;

const overrunText = (dropped: number) => `${dropped} datagrams: this machine's socket was full`;

/** What came of it all, for people. @param dropped datagrams that the socket had no room for */
export function summary(
  { verifier, unindexed, unsent, unwritten }: Pick<Collector, "verifier" | "unindexed" | "unsent" | "unwritten">,
  dropped: number | undefined,
): string {
  const { counts } = verifier;
  const lines: [string, string][] = [
    ["datagrams", `${verifier.datagrams}`],
    ["records", `${verifier.records}, ${verifier.authenticated ? "each authenticated" : "not authenticated"}`],
    ["missing", `${verifier.missing}`],
    ...(
      [
        ...(["duplicate", "reordered", "tampered", "forged", "replayed", "clone", "unauthenticated"] as const),
        ...(["truncated", "unchecked"] as const),
      ] as const
    )
      .filter((name) => counts.get(name))
      .map((name): [string, string] => [name, `${counts.get(name)}`]),
    ...(counts.get("not_ours") ? [["not ours", `${counts.get("not_ours")}`] as [string, string]] : []),
    ...(counts.get("restart") ? [["restarts", `${counts.get("restart")}`] as [string, string]] : []),
  ];
  for (const [boot, lost] of unsent)
    if (lost) lines.push(["unsent", `${lost} of boot ${boot}: the appliance's log interface was full`]);
  if (dropped) lines.push(["overrun", overrunText(dropped)]);
  if (unwritten) lines.push(["unwritten", `${unwritten}: there was no room for them`]);
  if (unindexed) lines.push(["unindexed", `${unindexed}: in ${FILES.eve} only`]);
  return `${lines.map(([name, text]) => `${name.padEnd(15)} ${text}`).join("\n")}\n`;
}

function exitCode({ verifier, unwritten }: Collector, gate: boolean): number {
  const { counts, missing } = verifier;
  const damaged = missing > 0 || unwritten > 0 || (counts.get("truncated") ?? 0) > 0;
  const hostile = HOSTILE.some((name) => counts.get(name));
  if (gate && (damaged || hostile || !verifier.authenticated)) return 3;
  return damaged ? 2 : 0;
}

const UNITS: Record<string, ["bytes" | "age", number]> = {
  kB: ["bytes", 1e3],
  MB: ["bytes", 1e6],
  GB: ["bytes", 1e9],
  s: ["age", 1e3],
  m: ["age", 60e3],
  h: ["age", 3600e3],
  d: ["age", 86400e3],
};

function rotationOf({ rotate, keep }: Options): Rotation {
  const rotation: Rotation = { keep: whole(keep, "--keep", 0) };
  for (const limit of rotate.split(",")) {
    const [, digits, unit] = /^(\d{1,9})(kB|MB|GB|s|m|h|d)$/.exec(limit) ?? [];
    if (unit === undefined || Number(digits) === 0)
      throw new Error(
        `--rotate ${rotate}: expected a size such as 100MB, an age such as 24h, or both with a comma between`,
      );
    const [what, factor] = UNITS[unit]!;
    rotation[what] = Number(digits) * factor;
  }
  return rotation;
}

function whole(text: string, option: string, least: number): number {
  const n = Number(text);
  if (!/^\d{1,12}$/.test(text) || n < least)
    throw new Error(`${option} ${text}: expected a whole number from ${least}`);
  return n;
}
