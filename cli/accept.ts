// REQ-GROUND-019
/** `weir accept`: what an alert was about is right; the baseline learns just that. */

import { readFileSync } from "node:fs";
import { Command } from "commander";
import type { Alert } from "../appliance/contract/generated/events.ts";
import { entryIssues } from "../detectors/baseline/entries.ts";
import { type Accepted, readBaseline, writeBaseline } from "../detectors/baseline/file.ts";
import { baselineOf, detectorOf, normalEntries } from "../detectors/baseline/merge.ts";
import { DETECTORS } from "../detectors/baseline/registry.ts";
import type { Entry } from "../detectors/learned.ts";
import { ApplicationWords } from "../ip/decode/words.ts";
import { MOST_MADE, readText } from "../lib/files.ts";
import { printable } from "../lib/printable.ts";
import { saidNow } from "./said.ts";

interface Options {
  baseline: string;
  why: string;
  who?: string;
  dryRun?: boolean;
}

export function command(): Command {
  return new Command("accept")
    .description(
      "Say of alerts that what they found is right: the baseline learns just that, and remembers who said it, when and why.\n" +
        "What can be learned from an alert: a conversation (new-pair), a host's further MAC address (arp), what a known\n" +
        "conversation never said (content), an unknown 1553 message (bus-message, bus-mode). For\n" +
        "others raise a threshold, write a line of threshold.config, or learn anew.",
    )
    .argument("<events>", "lines of eve.json, chosen by weir events, grep or jq; - for standard input")
    .requiredOption("--baseline <site.baseline>", "the baseline that learns it")
    .requiredOption("--why <text>", "why it is right, for whoever reads weir baseline log")
    .option("--who <name>", "who says so; by default the user's name")
    .option("--dry-run", "only say what would be learned")
    .addHelpText(
      "after",
      `
Examples:
  grep '"dest_ip":"10.0.1.9"' eve.json > right.json
  weir accept right.json --baseline site.baseline --why "new historian, change 4711"
  weir events -l /var/log/weir --since 2h --type alert | weir accept - --baseline site.baseline --why "pump 3 was replaced"
  weir baseline log site.baseline

An alert may stand for several findings: only the one that is in it is learned. Build the image anew with the baseline
(weir build), or start it again.

Exit codes: 0 all alerts were learned or were known; 1 usage, or a file cannot be read; 3 some tell nothing to learn.`,
    )
    .action(async (events: string, options: Options) => {
      process.exitCode = await accept(events, options);
    });
}

async function accept(events: string, { baseline: path, why, who, dryRun }: Options): Promise<number> {
  const said = saidNow(why, who);
  const alerts = alertsOf(events);
  if (!alerts.length) throw new Error(`${events}: no alert in it, expected lines of eve.json`);
  const baseline = readBaseline(path);
  const [learned, records]: [Entry[], Accepted[]] = [[], []];
  const words = await ApplicationWords.create();
  const known = new Set(normalEntries(baseline).flatMap(hostsOf));
  let refused = 0;
  for (const { alert, line } of alerts) {
    const { detector } = alert.alert.context;
    const entries = DETECTORS.flatMap((one) => one.accept?.(alert) ?? []);
    const [wrong] = entries.flatMap(entryIssues);
    if (!entries.length || wrong) {
      refused++;
      say(`${events}:${line}: ${detector}: ${wrong ? wrong.message : "nothing to learn from an alert of this kind"}`);
      continue;
    }
    const fresh = entries.filter((entry) => !isKnown(entry, [...normalEntries(baseline), ...learned]));
    if (!fresh.length) continue;
    learned.push(...fresh);
    const what = fresh.map((entry) => detectorOf(entry).show(entry, words));
    records.push({ ...said, detector, alert: alert.timestamp, what });
    process.stdout.write(printable(what.map((one) => `${detector}: ${one}\n`).join("")));
    for (const host of new Set(fresh.flatMap(hostsOf))) {
      if (!known.has(host)) say(`${host}: nothing that was learned knows it; from now on this is right of it`);
      known.add(host);
    }
    if (isOfAnyValue(alert, fresh))
      say(
        `${events}:${line}: ${detector}: the alert does not tell what was written, so any value is right from now on`,
      );
  }
  if (learned.length && !dryRun) {
    const { captures, entries, falseAlarmsPerHour: rate, accepted = [] } = baseline;
    writeBaseline(path, baselineOf(captures, [...entries, ...learned], { rate }, [...accepted, ...records]));
  }
  const most = `${records.length} of ${alerts.length} alerts`;
  process.stdout.write(
    `${path}: ${dryRun ? "would learn" : "learned"} from ${most}${refused ? `, ${refused} tell nothing to learn` : ""}\n`,
  );
  return refused ? 3 : 0;
}

/** Whether a command is learned without what it carried. */
const isOfAnyValue = ({ src_ip, alert: { context } }: Alert, entries: readonly Entry[]): boolean =>
  src_ip !== undefined &&
  context.message?.from === "client" &&
  entries.some(({ about }) => about) &&
  entries.every(({ octet, octets }) => octet === undefined && octets === undefined);

/** Addresses that an entry is about. */
const hostsOf = ({ client, server, ip, mac, macs }: Entry): string[] =>
  [client, server, ip, mac, macs].flat().filter((host) => typeof host === "string");

/** Whether one of the same thing is there, with all that its lists have. */
function isKnown(entry: Entry, entries: readonly Entry[]): boolean {
  const detector = detectorOf(entry);
  const has = (one: Entry) =>
    Object.entries(entry).every(
      ([name, list]) => !Array.isArray(list) || list.every((item) => (one[name] as unknown[]).includes(item)),
    );
  return entries.some(
    (one) => one.detector === entry.detector && detector.keyOf(one) === detector.keyOf(entry) && has(one),
  );
}

function alertsOf(path: string): { alert: Alert; line: number }[] {
  const text = path === "-" ? readFileSync(0, "utf8") : readText(path, MOST_MADE);
  return text.split("\n").flatMap((json, i) => {
    if (!json.trim()) return [];
    let event: Alert;
    try {
      event = JSON.parse(json);
    } catch (error) {
      throw new Error(`${path}:${i + 1}:1: ${(error as Error).message}`);
    }
    if (event?.event_type !== "alert") return [];
    if (typeof event.alert?.context?.detector !== "string" || typeof event.alert.context.seen !== "string")
      throw new Error(`${path}:${i + 1}:1: an alert without alert.context, expected one of Weir`);
    return [{ alert: event, line: i + 1 }];
  });
}

const say = (line: string) => process.stderr.write(`weir: ${printable(line)}\n`);
